"""What only the terminal of this machine asks for (本机)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from anning.accounts.roles import Action
from anning.api.routes import Answer, Call, Route

LocalPath = Annotated[str, Meta(min_length=1, max_length=4096)]


class ImportRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A list on this machine's disk, to be imported."""

    path: LocalPath
    row_kind: Literal["wish", "consent", "recycling"]
    defaults: dict[str, str] = {}
    good_rows: bool = False
    bad_file: LocalPath | None = None


class BadRowShown(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was not taken."""

    row: int
    column: str
    zh: str
    en: str
    cells: tuple[str, ...]


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a list."""

    id: str
    row_kind: str
    rows: int
    bad: tuple[BadRowShown, ...]
    duplicate: bool
    bad_file: str


def import_list(call: Call) -> Imported:
    """Import a list of wishes or consents that lies on this machine."""
    asked: ImportRequest = call.body
    report = call.house.registers.take(
        Path(asked.path),
        asked.row_kind,
        actor=call.who.actor,
        defaults=asked.defaults,
        good_rows=asked.good_rows,
        bad_file=None if asked.bad_file is None else Path(asked.bad_file),
        tenant=call.tenant.id,
    )
    return Imported(
        id=report.id,
        row_kind=report.row_kind,
        rows=report.rows,
        bad=tuple(BadRowShown(row=b.row, column=b.column, zh=b.zh, en=b.en, cells=b.cells) for b in report.bad),
        duplicate=report.duplicate,
        bad_file="" if report.bad_file is None else str(report.bad_file),
    )


def disable_person_here(call: Call) -> Answer:
    """Disable a person of whatever tenant."""
    call.house.accounts.disable_person(call.params["id"], actor=call.who.actor)
    return Answer(status=204)


def revoke_key_here(call: Call) -> Answer:
    """Revoke a key of whatever tenant."""
    call.house.accounts.revoke_key(call.params["id"], actor=call.who.actor)
    return Answer(status=204)


ROUTES: Final = (
    Route(
        method="DELETE",
        path="/v1/local/people/{id}",
        action=Action.ADMINISTER,
        handler=disable_person_here,
        zh="停用任一租户的人员（仅限本机命令行）",
        en="Disable a person of whatever tenant (for its own command line alone)",
        tag="local",
        status=204,
    ),
    Route(
        method="DELETE",
        path="/v1/local/keys/{id}",
        action=Action.ADMINISTER,
        handler=revoke_key_here,
        zh="吊销任一租户的密钥（仅限本机命令行）",
        en="Revoke a key of whatever tenant (for its own command line alone)",
        tag="local",
        status=204,
    ),
    Route(
        method="POST",
        path="/v1/local/imports",
        action=Action.ADMINISTER,
        handler=import_list,
        zh="导入本机上的名单（仅限本机命令行）",
        en="Import a list that lies on this machine (for its own command line alone)",
        tag="local",
        takes=ImportRequest,
        answers=Imported,
        status=201,
        example={"path": "/srv/lists/wishes.csv", "row_kind": "wish"},
    ),
)

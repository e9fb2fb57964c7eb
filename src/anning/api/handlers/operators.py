"""What operators tell and ask of numbers: a new holder, a list of them (号码归属与二次放号)."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from uuid_utils import uuid7

from anning.accounts.roles import Action
from anning.accounts.speaking import ALLOWED, serves_only_its_own
from anning.api.handlers.local import BadRowShown
from anning.api.handlers.registers import Recorded, recorded
from anning.api.handlers.scrubs import to_disk
from anning.api.models import Moment, NumberText
from anning.api.routes import Answer, Call, Route
from anning.errors import InvalidInput, NotAllowed
from anning.journal.folders import make_folder
from anning.law.instrument import SHANGHAI
from anning.registers import events as reg
from anning.registers.histories import subscriber
from anning.wishes.proving import subscriber_number

_KINDS: Final[dict[str, type[reg.Payload]]] = {
    "wish": reg.WishStated,
    "consent": reg.ConsentGiven,
    "recycling": reg.NumberRecycled,
}
_DEFAULTS: Final = ("says", "channel", "trades", "wish_kind", "org", "act", "through", "at")


class RecyclingAsked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """A number and a day, as CAMARA's Number Recycling asks."""

    phone_number: NumberText
    specified_date: date


class RecyclingAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether the number got a new holder since that day."""

    phone_number_recycled: bool


class RecyclingTold(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """A number got a new holder; now when no moment is given."""

    phone_number: NumberText
    recycled_at: Moment | None = None


class ImportQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the rows of a list are, and what holds for all of them, written as in a list."""

    kind: Literal["wish", "consent", "recycling"]
    filename: Annotated[str, Meta(pattern=r"^[^/\\\x00]{1,200}$")] = "list.csv"
    good_rows: bool = False
    says: str = ""
    channel: str = ""
    trades: str = ""
    wish_kind: str = ""
    org: str = ""
    act: str = ""
    through: str = ""
    at: str = ""


class ListTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a list: where it is on record, and the rows that were not taken."""

    id: str
    row_kind: str
    rows: int
    bad: tuple[BadRowShown, ...]
    duplicate: bool


def check_recycling(call: Call) -> RecyclingAnswer:
    """Whether a number got a new holder on or after a day, Beijing time."""
    asked: RecyclingAsked = call.body
    number = subscriber_number(asked.phone_number)
    since = datetime.combine(asked.specified_date, time(), SHANGHAI)
    with call.house.registers.store.read() as connection:
        settled, _ = subscriber(connection, number)
    now = call.house.clock()
    recycled = settled is not None and any(since <= one.at <= now for one in settled.recyclings)
    return RecyclingAnswer(phone_number_recycled=recycled)


async def report_recycling(call: Call) -> Recorded:
    """A number got a new holder: wishes and consents of the old one end at every gate."""
    asked: RecyclingTold = call.body
    return await recorded(call, reg.NumberRecycled(number=asked.phone_number), asked.recycled_at, call.key)


async def take_list(call: Call) -> Answer:
    """A whole list, taken or refused as one; with `good_rows` its good rows are, and the bad come back with causes."""
    asked: ImportQuery = call.query
    if call.who.kind != "local" and _KINDS[asked.kind] not in ALLOWED[call.tenant.tenant_kind]:
        raise NotAllowed(
            "这类名单不由本租户导入",
            "lists of this kind are not this tenant's to import",
            thing=asked.kind,
            field="kind",
            rule="tenant-kind",
        )
    if asked.org and not call.tenant.speaks_for(asked.org):
        raise NotAllowed(
            f"本租户不得代表“{asked.org}”",
            f"this tenant does not speak for {asked.org!r}",
            thing=asked.kind,
            field="org",
            rule="own-organisation",
        )
    folder = call.house.settings.data_dir / "uploads"
    await run_in_threadpool(make_folder, folder)
    path = folder / f"{uuid7()}-{asked.filename}"
    try:
        await to_disk(call.stream, path, call.house.settings.upload_max_bytes)
        return Answer(value=await run_in_threadpool(_take, call, asked, path), status=201)
    finally:
        for left in folder.glob(f"{path.name}*"):
            left.unlink(missing_ok=True)


def _take(call: Call, asked: ImportQuery, path: Path) -> ListTaken:
    outsider = call.tenant.outsider and call.who.kind != "local"
    given = {name: text for name in _DEFAULTS if (text := getattr(asked, name))}
    own = call.tenant.id if call.who.kind != "local" and serves_only_its_own(call.tenant) else ""
    try:
        report = call.house.registers.take(
            path,
            asked.kind,
            actor=call.who.actor,
            defaults=given,
            good_rows=asked.good_rows,
            tenant=call.tenant.id,
            operator=own,
            spoken_for=call.tenant.organisations if outsider else None,
            reserve=(lambda rows: call.house.quotas.take(call.tenant.id, "consents", rows)) if outsider else None,
        )
    except KeyError as unknown:
        raise InvalidInput(
            f"这类名单没有 {unknown.args[0]} 列",
            f"lists of this kind have no column {unknown.args[0]}",
            thing=asked.kind,
            field=str(unknown.args[0]),
            rule="allowed-value",
        ) from unknown
    return ListTaken(
        id=report.id,
        row_kind=report.row_kind,
        rows=report.rows,
        bad=tuple(BadRowShown(row=b.row, column=b.column, zh=b.zh, en=b.en, cells=b.cells) for b in report.bad),
        duplicate=report.duplicate,
    )


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/number-recycling/check",
        action=Action.LOOK_UP,
        handler=check_recycling,
        zh="号码自某日以来是否换过机主（参照 CAMARA Number Recycling）",
        en="Whether a number got a new holder since a day (after CAMARA's Number Recycling)",
        tag="operators",
        takes=RecyclingAsked,
        answers=RecyclingAnswer,
        example={"phoneNumber": "+8613800138000", "specifiedDate": "2026-01-31"},
    ),
    Route(
        method="POST",
        path="/v1/number-recycling/report",
        action=Action.SAY,
        handler=report_recycling,
        zh="告知号码换了机主",
        en="Tell that a number got a new holder",
        tag="operators",
        takes=RecyclingTold,
        answers=Recorded,
        status=201,
        idempotent="journal",
        example={"phoneNumber": "+8613800138000"},
    ),
    Route(
        method="POST",
        path="/v1/imports",
        action=Action.REGISTER,
        handler=take_list,
        zh="导入名单：意愿、同意、换了机主的号码",
        en="Import a list: wishes, consents, numbers with a new holder",
        tag="operators",
        query=ImportQuery,
        answers=ListTaken,
        status=201,
        streams=True,
    ),
)

"""`anning code`: number codes, their holders and users (码号登记)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from anning.cli import here, lazily
from anning.cli import show as speech
from anning.cli.registers import common
from anning.cli.registers.common import At, Json, Key
from anning.journal.envelope import to_microseconds
from anning.numbers import require
from anning.registers.events import CodeRecorded, payload_of
from anning.registers.views import rows

app = lazily.application("码号：登记、查看 | Number codes: register, show")

Code = Annotated[str, typer.Argument(metavar="CODE", help="码号 | a number code")]


@app.command("add")
def add(
    code: Code,
    holder: Annotated[str, typer.Option("--holder", metavar="ORG", help="分配给谁 | to whom it is allotted")],
    user: Annotated[str, typer.Option("--user", metavar="ORG", help="谁在使用 | who uses it")],
    use: Annotated[str, typer.Option("--use", help="commercial, service, public-interest, any")] = "any",
    state: Annotated[str, typer.Option("--state", help="active, suspended, recovered")] = "active",
    reviewed: Annotated[
        bool, typer.Option("--reviewed/--not-reviewed", help="使用者资质已审核 | its user's qualification was reviewed")
    ] = True,
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """登记码号；无许可者不得分配（R06b） | Register a code; the unlicensed get none (R06b)."""
    recorded = CodeRecorded(
        code=code,
        holder=holder,
        user=user,
        use=common.checked("use", use, Literal["commercial", "service", "public-interest", "any"]),
        state=common.checked("state", state, Literal["active", "suspended", "recovered"]),
        reviewed=reviewed,
    )
    common.say(recorded, at=at, key=key, as_json=as_json)


@app.command("show")
def show(code: Code, at: At = "", as_json: Json = False) -> None:
    """查看一个码号及其沿革 | Show a code and its history, the latest first."""
    canonical = require(code).number
    moment = to_microseconds(common.moment("at", at) or datetime.now(UTC))
    with here.registers_to_read() as registers, registers.store.read() as connection:
        found = [payload_of(row) for row in rows(connection, "code_recorded_by_code", code=canonical, at=moment)]
    if as_json:
        speech.as_json({"code": canonical, "history": found})
    elif not found:
        speech.say(f"码号 {canonical} 未登记", f"the code {canonical} is not registered")
    else:
        common.table(
            (("码号", "code"), ("分配给", "holder"), ("使用者", "user"), ("用途", "use"), ("状态", "state")),
            (
                (
                    row["code"],
                    row["holder"],
                    row["user"],
                    common.word(row.get("use", "any")),
                    common.word(row.get("state", "active")),
                )
                for row in _texts(found)
            ),
        )


def _texts(found: list[dict[str, object]]) -> list[dict[str, str]]:
    return [{name: str(value) for name, value in row.items()} for row in found]

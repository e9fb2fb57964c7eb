"""What every command of the registers shares: its options, how it speaks to the journal, how it answers."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from anning.cli import here, show
from anning.errors import InvalidCommand, InvalidNumber
from anning.gate.wording import moment_words, value_words
from anning.journal.envelope import from_microseconds
from anning.numbers import SUBSCRIBERS, mask, require
from anning.registers import columns
from anning.registers.commands import Said, remark
from anning.registers.events import Payload, kind_of, payload_of
from anning.registers.hours import SHANGHAI
from anning.registers.stated import Stated

OPERATOR = "operator"
"""Who speaks at this terminal; people with names of their own come with the portal."""

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="用户号码 | a subscriber's number, in any spelling")]
Organisation = Annotated[str, typer.Argument(metavar="ORG", help="机构标识 | the id of an organisation")]
Channel = Annotated[str, typer.Option("--channel", help="渠道 | channel: sms, call, both")]
To = Annotated[str, typer.Option("--to", metavar="ORG", help="对哪个机构 | to which organisation")]
Trades = Annotated[
    list[str] | None,
    typer.Option("--trade", help="行业，可重复；不写为全部 | a trade, may be repeated; none means all"),
]
At = Annotated[
    str,
    typer.Option("--at", metavar="TIME", help="何时表示，默认现在 | when it was said; now by default"),
]
Key = Annotated[
    str,
    typer.Option("--key", help="幂等键：同一键重复提交只记一次 | idempotency key: the same twice is once"),
]
Json = Annotated[bool, typer.Option("--json", help="输出一行 JSON | print one line of JSON")]


def say(said: Said, *, at: str, key: str, as_json: bool, follows: tuple[str, str] | None = None) -> None:
    """Say it to the registers and tell the person where it stands now, numbers masked.

    Args:
        follows: what follows from it, where the speaker should be told; by default the registers' own remark.
    """
    with here.registers() as registers:
        ack = registers.write(said, actor=OPERATOR, key=key, at=moment("at", at))
    note = follows or remark(said)
    if as_json:
        line: dict[str, Any] = {
            "ids": ack.ids,
            "duplicate": ack.duplicate,
            "said": masked(payload_of(said) if isinstance(said, Payload) else msgspec.to_builtins(said)),
        }
        show.as_json(line if note is None else {**line, "remark": {"zh": note[0], "en": note[1]}})
        return
    if ack.duplicate:
        show.say("此前已登记，未重复写入", "recorded before, nothing was written this time")
    elif ack.ids:
        show.say(f"已登记：{ack.ids[0]}", f"recorded: {ack.ids[0]}")
    else:
        show.say("无需登记", "nothing to record")
    if note is not None:
        show.say(*note)


def subscriber(text: str) -> str:
    """The number of a person, E.164, from any spelling.

    Raises:
        InvalidNumber: it is no number, or a code that no person has.
    """
    parsed = require(text)
    if parsed.kind in SUBSCRIBERS:
        return parsed.number
    raise InvalidNumber(
        f"{parsed.number} 是码号，不是用户号码",
        f"{parsed.number} is a code, not a subscriber's number",
        thing=parsed.number,
        field="NUMBER",
        rule="subscriber-number",
    )


def checked(field: str, text: str, kind: Any) -> Any:
    """A word that must be one of a few.

    Raises:
        InvalidCommand: it is none of them.
    """
    try:
        return msgspec.convert(text, kind)
    except msgspec.ValidationError:
        allowed = ", ".join(str(one) for one in getattr(kind, "__args__", None) or [member.value for member in kind])
        raise InvalidCommand(
            f"{field}“{text}”不在允许之列：{allowed}",
            f"{field} “{text}” is not one of: {allowed}",
            thing=text,
            field=field,
            rule="allowed-value",
        ) from None


def moment(field: str, text: str) -> datetime | None:
    """A time as a person writes it, None when nothing is written; without a zone it is Chinese time."""
    return from_microseconds(read(field, text, columns.moment)) if text else None


def last_moment(field: str, text: str) -> datetime | None:
    """As `moment`; a bare day stands until its end."""
    return from_microseconds(read(field, text, columns.last_moment)) if text else None


def day(field: str, text: str) -> date:
    """A day."""
    return from_microseconds(read(field, text, columns.moment)).astimezone(SHANGHAI).date()


def read(field: str, text: str, reader: columns.Reader) -> Any:
    """The text of an option, read as a list's cell is.

    Raises:
        InvalidCommand: it cannot be meant.
    """
    try:
        return reader(text)
    except columns.Unreadable as cause:
        raise InvalidCommand(
            f"{field}：{cause.zh}", f"{field}: {cause.en}", thing=text, field=field, rule="allowed-value"
        ) from None


def masked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with a subscriber's number as a person may see it."""
    return {name: mask(value) if name == "number" else value for name, value in fields.items()}


def as_line(one: Stated) -> dict[str, Any]:
    """A statement as JSON: its place, its time, its kind and fields, the number masked."""
    return {
        "position": one.position,
        "at": one.at.astimezone(SHANGHAI).isoformat(),
        "kind": kind_of(one.payload),
        **masked(payload_of(one.payload)),
    }


def table(headings: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]]) -> None:
    """A table for a person."""
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for zh, en in headings:
        drawn.add_column(show.both(zh, en), overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console.width = 200
    console.print(drawn)


def word(value: object) -> str:
    """A value of a register in the language chosen."""
    return show.both(*value_words("", value))


_STATEMENTS: Final = {
    "consent-given": ("给出同意", "consent given"),
    "consent-withdrawn": ("撤回或拒绝", "consent withdrawn"),
    "reply-unclear": ("答复待判读", "unclear answer"),
    "reply-read": ("答复已判读", "answer read"),
    "wish-stated": ("表示意愿", "wish stated"),
    "wish-withdrawn": ("撤回意愿", "wish withdrawn"),
    "number-recycled": ("换了机主", "new holder"),
    "subscriber-forgotten": ("请求清除", "asked to be forgotten"),
    "charge-notice-given": ("已告知资费", "told of charges"),
}


def history(said: Iterable[Stated]) -> None:
    """Statements for a person, the latest last."""
    rows = []
    for one in said:
        names = [name for name, value in payload_of(one.payload).items() if name != "number" and value not in _UNSAID]
        told = "  ".join(f"{name}={_plain(getattr(one.payload, name))}" for name in names)
        rows.append((moment_words(one.at), show.both(*_STATEMENTS[kind_of(one.payload)]), told))
    table((("时间", "time"), ("表示", "statement"), ("内容", "content")), rows)


_UNSAID: Final[tuple[Any, ...]] = (None, "", [], ())


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)

"""`anning calendar`: due dates in Chinese working days, and from when a record may be erased (工作日历)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from anning.cli import lazily, show
from anning.errors import InvalidFile, InvalidInput
from anning.law.calendar import WorkingCalendar, erase_from, period_end

app = lazily.application("工作日与期限 | Chinese working days and periods in months.")

_CalendarFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--calendar",
        metavar="FILE",
        help="更多年度的日历 CSV（date,kind,name） | calendar of further years, CSV with date,kind,name",
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="输出一行 JSON | print one line of JSON")]


@app.command("due")
def due(
    received: Annotated[str, typer.Argument(metavar="DATE", help="收到之日 | day of receipt, e.g. 2026-09-30")],
    working_days: Annotated[int, typer.Option("--working-days", metavar="N", help="工作日数 | working days")],
    calendar: _CalendarFiles = None,
    as_json: _Json = False,
) -> None:
    """到期日：自收到次日起数 N 个工作日 | The N-th working day, counted from the day after receipt."""
    start = _date(received)
    on = _calendar(calendar).due(start, working_days)
    if as_json:
        _print_json({"received": start, "working_days": working_days, "due": on})
        return
    typer.echo(on.isoformat())
    show.say(
        f"{start} 收到，自次日起第 {working_days} 个工作日，含调休",
        f"working day {working_days} counted from the day after {start}, adjusted weekends included",
    )


@app.command("erase")
def erase(
    start: Annotated[str, typer.Argument(metavar="DATE", help="起算日 | first day of the period, e.g. 2026-01-31")],
    months: Annotated[int, typer.Option("--months", metavar="N", help="保存月数 | months to keep")],
    as_json: _Json = False,
) -> None:
    """可删除时间：保存期届满次日零时（北京时间） | From when a record may be erased, Asia/Shanghai."""
    first = _date(start)
    ends, erasable = period_end(first, months), erase_from(first, months)
    if as_json:
        _print_json({"start": first, "months": months, "ends": ends, "erase_from": erasable.isoformat()})
        return
    typer.echo(f"{erasable:%Y-%m-%d %H:%M}")
    show.say(
        f"保存 {months} 个月，{ends} 届满，次日零时（北京时间）起可删除",
        f"kept for {months} month(s), to the end of {ends}; may be erased from 00:00 Beijing time of the next day",
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            f"日期“{text}”应写作 2026-09-30", f"“{text}” is not a date: write 2026-09-30", thing=text, field="date"
        ) from None


def _calendar(files: list[Path] | None) -> WorkingCalendar:
    calendar = WorkingCalendar.published()
    for file in files or []:
        calendar = calendar.extended_by(_read(file))
    return calendar


def _read(file: Path) -> WorkingCalendar:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as refused:
        raise InvalidFile(
            f"无法读取日历文件 {file}：应为 UTF-8 编码的 CSV",
            f"the calendar file {file} cannot be read as CSV in UTF-8: {refused}",
            thing=str(file),
        ) from refused
    return WorkingCalendar.from_csv(text)


def _print_json(fields: dict[str, object]) -> None:
    typer.echo(msgspec.json.encode(fields).decode())

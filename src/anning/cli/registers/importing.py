"""`anning import`: whole lists of wishes or consents (批量导入)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from anning.cli import here, lazily, show
from anning.cli.registers import common
from anning.cli.registers.common import Json
from anning.registers.imports import SHOWN, ImportReport, RowKind

app = lazily.application("批量导入意愿或同意名单 | Import whole lists of wishes or consents")

File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV、XLSX 或 Parquet，首行为表头 | CSV, XLSX or Parquet")]
GoodRows = Annotated[
    bool, typer.Option("--good-rows", help="收下合格的行，退回不合格的 | take the good rows, return the bad")
]
BadFile = Annotated[
    Path | None,
    typer.Option("--bad", metavar="OUT", help="不合格行写到哪里 | where bad rows go; FILE.bad.csv by default"),
]
ChannelDefault = Annotated[str, typer.Option("--channel", help="没有渠道列时的渠道 | channel when no column says")]
AtDefault = Annotated[
    str,
    typer.Option(
        "--at", metavar="TIME", help="没有时间列时的时间，默认现在 | time when no column says; now by default"
    ),
]


@app.command("wishes")
def wishes(
    file: File,
    says: Annotated[str, typer.Option("--says", help="没有意愿列时 | when no column says: decline, accept")] = "",
    channel: ChannelDefault = "",
    trade: Annotated[str, typer.Option("--trade", help="没有行业列时 | when no column says: finance,education")] = "",
    kind: Annotated[str, typer.Option("--kind", help="decline-calls 谢绝来电 | nuisance-filter 骚扰电话拒接")] = "",
    at: AtDefault = "",
    good_rows: GoodRows = False,
    bad: BadFile = None,
    as_json: Json = False,
) -> None:
    """导入意愿名单；同一份导入两次只算一次 | Import a list of wishes; the same list twice is once."""
    defaults = {"says": says, "channel": channel, "trades": trade, "wish_kind": kind, "at": at}
    _take(file, "wish", defaults, good_rows=good_rows, bad=bad, as_json=as_json)


@app.command("consents")
def consents(
    file: File,
    to: Annotated[str, typer.Option("--to", metavar="ORG", help="没有机构列时 | when no column says to whom")] = "",
    channel: ChannelDefault = "",
    act: Annotated[str, typer.Option("--act", help="没有同意方式列时 | when no column says by which act")] = "",
    through: Annotated[str, typer.Option("--through", metavar="ORG", help="经哪个平台取得 | platform")] = "",
    at: AtDefault = "",
    good_rows: GoodRows = False,
    bad: BadFile = None,
    as_json: Json = False,
) -> None:
    """导入同意名单；同一份导入两次只算一次 | Import a list of consents; the same list twice is once."""
    defaults = {"org": to, "channel": channel, "act": act, "through": through, "at": at}
    _take(file, "consent", defaults, good_rows=good_rows, bad=bad, as_json=as_json)


@app.command("recycled")
def recycled(
    file: File,
    at: AtDefault = "",
    good_rows: GoodRows = False,
    bad: BadFile = None,
    as_json: Json = False,
) -> None:
    """导入换了机主的号码；原机主的意愿与同意终止 | Import numbers with a new holder: what the old one said ends."""
    _take(file, "recycling", {"at": at}, good_rows=good_rows, bad=bad, as_json=as_json)


def _take(
    file: Path, row_kind: RowKind, defaults: dict[str, str], *, good_rows: bool, bad: Path | None, as_json: bool
) -> None:
    given = {name: text for name, text in defaults.items() if text}
    console = Console(stderr=True, quiet=as_json or not sys.stderr.isatty())
    spinner = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    )
    with here.registers() as registers, spinner:
        task = spinner.add_task(file.name)
        report = registers.take(
            file,
            row_kind,
            actor=common.OPERATOR,
            defaults=given,
            good_rows=good_rows,
            bad_file=bad,
            progress=lambda rows: spinner.update(task, description=f"{file.name} {rows:,}"),
        )
    if as_json:
        show.as_json(
            {
                "id": report.id,
                "rows": report.rows,
                "bad": len(report.bad),
                "duplicate": report.duplicate,
                "bad_file": "" if report.bad_file is None else str(report.bad_file),
            }
        )
        return
    _tell(report)


def _tell(report: ImportReport) -> None:
    if report.duplicate:
        show.say(
            f"这份名单此前已导入（{report.id}，{report.rows:,} 行），未重复写入",
            f"this list was imported before ({report.id}, {report.rows:,} rows); nothing was written",
        )
        return
    show.say(f"已导入 {report.rows:,} 行：{report.id}", f"imported {report.rows:,} rows: {report.id}")
    if report.bad:
        show.say(
            f"{len(report.bad):,} 行不合格，写在 {report.bad_file}",
            f"{len(report.bad):,} bad row(s), written to {report.bad_file}",
        )
        for row in report.bad[:SHOWN]:
            show.say(f"  第 {row.row} 行 {row.column}：{row.zh}", f"  row {row.row}, {row.column}: {row.en}")

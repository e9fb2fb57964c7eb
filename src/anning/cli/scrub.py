"""`anning scrub`: a campaign list judged row by row (名单过滤)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from anning.cli import here, show, unregistered
from anning.cli.check import moment_asked
from anning.errors import InvalidInput
from anning.gate.campaign import Campaign
from anning.gate.communication import Communication
from anning.gate.directory import code_form
from anning.gate.gate import Gate
from anning.gate.observe import observe_message, observe_sending
from anning.gate.opening import open_gate
from anning.gate.scrub import Language, Result
from anning.gate.scrub import scrub as judge_list
from anning.gate.scrub.outputs import refuse_the_registers, refuse_to_overwrite
from anning.gate.scrub.run import ReasonCount
from anning.gate.wording import moment_words
from anning.law.decision import Outcome
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import CallerIdentity, Channel, Purpose
from anning.numbers import CAUSES
from anning.settings import Settings
from anning.tables import Table, open_table
from anning.tables.writers import Style

FILES: Final = {
    "send": ("可以发送或拨打", "may go"),
    "stop": ("不得发送或拨打", "may not go"),
    "hold": ("待查", "to be looked at"),
    "bad": ("坏行：没有可判定的号码", "bad rows: no number to judge"),
    "all": ("全部行与裁决", "all rows with their verdicts"),
}


def scrub(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="名单：CSV、TSV、TXT、XLSX、Parquet | the list")],
    sender: Annotated[str, typer.Option("--sender", metavar="ORG", help="代表谁发送 | on whose behalf")],
    provider: Annotated[str, typer.Option("--provider", metavar="ORG", help="持证承运方 | who carries it")],
    code: Annotated[str, typer.Option("--from", metavar="CODE", help="显示的码号 | the code shown")],
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            metavar="OUT",
            help="完整结果；旁边另存 .send .stop .hold .bad | the full result; the rows by outcome beside it",
        ),
    ],
    channel: Annotated[Channel, typer.Option("--channel", help="渠道：sms 或 call | channel")] = Channel.SMS,
    text: Annotated[str | None, typer.Option("--text", help="统一正文 | the one text for all")] = None,
    text_column: Annotated[
        str | None,
        typer.Option("--text-column", metavar="C", help="每行正文所在列 | the column of each row's own text"),
    ] = None,
    number_column: Annotated[
        str | None,
        typer.Option(
            "--number-column",
            metavar="C",
            help="号码列，缺省按内容判断 | the column of the numbers, found by content by default",
        ),
    ] = None,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="时刻，缺省为现在 | the moment, now by default")] = "",
    under: Annotated[str, typer.Option("--under", help="按哪一规定 | under which instrument")] = IN_FORCE,
    via: Annotated[str, typer.Option("--via", metavar="ORG", help="中间平台 | the platform between")] = "",
    purpose: Annotated[
        Purpose,
        typer.Option(
            "--purpose", help="申报用途；群发名单缺省为商业 | as declared; a campaign is commercial by default"
        ),
    ] = Purpose.COMMERCIAL,
    platform_call: Annotated[
        bool | None,
        typer.Option(
            "--platform-call/--no-platform-call",
            help="经呼叫中心平台；群呼缺省为是 | through a call-centre platform; yes by default for calls",
        ),
    ] = None,
    caller_identity: Annotated[
        CallerIdentity, typer.Option("--caller-identity", help="主叫鉴权结果 | caller authentication")
    ] = CallerIdentity.VERIFIED,
    charged: Annotated[bool, typer.Option("--charged", help="向用户收费 | the recipient is charged")] = False,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", help="工作表，缺省为含号码的那张 | the sheet, by default the one with the numbers"),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="文本编码，缺省自动识别 | of a text, recognised by default")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option("--delimiter", help="分隔符，制表符写 tab | of a text; write tab for a tab")
    ] = None,
    header: Annotated[
        bool | None,
        typer.Option("--header/--no-header", help="首行是否列名，缺省自动判断 | whether the columns are named"),
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help="数据目录 | data directory")] = None,
    db: Annotated[str, typer.Option("--db", metavar="URL", help="事件库地址 | sqlite:///... or postgresql://...")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 | as JSON")] = False,
) -> None:
    """逐行判定名单：谁可以发、谁不可以、依据哪一条 | Judge a list row by row: who may be sent it, who not, why."""
    _one_text(channel, text, text_column)
    table = open_table(file, sheet=sheet, encoding=encoding, delimiter=delimiter, header=header)
    number = table.number_column(number_column)
    words = None if text_column is None else table.column(text_column, field="text-column")
    if channel is Channel.CALL:
        words = None
    settings = here.settings(data, db)
    refuse_to_overwrite(file, out)
    own = settings.database.removeprefix("sqlite:///")
    database = None if own == settings.database else Path(own)
    refuse_the_registers(out, database, [settings.segments, *_data_folder(settings)])
    style = Style.of(out, table)
    gate = open_gate(
        settings.database,
        settings.segments,
        snapshots=settings.snapshots,
        counts=settings.counts,
        shards=settings.counts_shards,
    )
    c = Communication(
        channel=channel,
        provider=provider,
        sender=sender,
        via=via,
        code=code_form(code),
        number="",
        text="" if channel is Channel.CALL else text or "",
        purpose=purpose,
        platform_call=channel is Channel.CALL if platform_call is None else platform_call,
        caller_identity=caller_identity,
        charged=charged,
        at=moment_asked(at),
    )
    missing = (*unregistered.unregistered_in(gate, c), *_declared_otherwise(gate, c))
    if not as_json:
        unregistered.tell(missing)
    with _progress(table) as progress:
        result = judge_list(
            table,
            Campaign(gate, c, under),
            out,
            style,
            number=number,
            text=words,
            language=_language(table),
            headers="zh" if show.language() == "zh" else "en",
            progress=progress,
        )
    if as_json:
        told = {"at": c.at.isoformat(), "under": under, "position": gate.position}
        show.as_json({**as_plain(result), **told, "warnings": unregistered.as_plain(missing)})
    else:
        tell(table, result, c, under)


def _declared_otherwise(gate: Gate, c: Communication) -> Iterator[unregistered.Remark]:
    """A text that reads as a service, sent as commercial: judged as declared, and the person should know."""
    if c.channel is Channel.CALL or c.purpose is not Purpose.COMMERCIAL or not c.text:
        return
    if observe_message(observe_sending(c, gate.sources), c.text, gate.sources).base.content_class == "service":
        yield (
            "内容读来是服务短信，而名单按商业性申报（缺省），将按商业性判定；若非推广，请用 --purpose service",
            "the text reads as a service and the list is declared commercial (by default): it is judged as commercial; "
            "if it offers nothing, say --purpose service",
        )


def _data_folder(settings: Settings) -> list[Path]:
    """The data directory, unless it is the one people work in."""
    return [] if settings.data_dir.resolve() == Path.cwd() else [settings.data_dir]


def _one_text(channel: Channel, text: str | None, text_column: str | None) -> None:
    if text is not None and text_column is not None:
        raise InvalidInput(
            "--text 与 --text-column 只能选一个", "give --text or --text-column, not both", thing="scrub", field="text"
        )
    if channel is not Channel.CALL and text is None and text_column is None:
        raise InvalidInput(
            "请用 --text 给出统一正文，或用 --text-column 指明正文列",
            "give the text with --text, or the column that holds each row's with --text-column",
            thing="scrub",
            field="text",
        )


def _language(table: Table) -> Language:
    """The language asked for; when that is both, the one the list is written in."""
    chosen = show.language()
    if chosen != "both":
        return chosen
    named_in_english = table.header and "".join(table.columns).isascii()
    return "en" if named_in_english else "zh"


@contextmanager
def _progress(table: Table) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error when a person watches; by bytes, for nobody has counted the rows yet."""
    if not sys.stderr.isatty():
        yield lambda _read, _rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(show.both("判定中", "judging"), total=max(table.size, 1), rows=0)
        yield lambda read, rows: bar.update(task, completed=read, rows=rows)


def as_plain(result: Result) -> dict[str, Any]:
    """The result as JSON values."""
    return {
        "rows": result.rows,
        "allow": result.allow,
        "label": result.label,
        "hold": result.hold,
        "refuse": result.refuse,
        "bad": result.bad,
        "out_of_scope": result.out_of_scope,
        "silent": list(result.silent),
        "reasons": result.reasons,
        "causes": result.causes,
        "files": result.files,
        "column": result.column,
        "sheet": result.sheet,
        "sheets_left": list(result.sheets_left),
        "seconds": round(result.seconds, 3),
    }


def tell(table: Table, result: Result, c: Communication, under: str) -> None:
    """The result as a compliance officer reads it: how many may go, may not, are to be looked at, and why."""
    at = moment_words(c.at)
    show.say(
        f"{table.path.name}：{result.rows:,} 行，号码列“{result.column}”，按 {under} 以 {at}（北京时间）判定",
        f"{table.path.name}: {result.rows:,} rows, numbers in “{result.column}”, under {under} at {at} Beijing time",
    )
    if result.sheet and table.other_sheets:
        left = "、".join(table.other_sheets)
        show.say(f"读的是工作表“{result.sheet}”，未读：{left}", f"sheet “{result.sheet}” was read, not: {left}")
    if result.sheets_left:
        left = "、".join(result.sheets_left)
        show.say(
            f"注意：工作表 {left} 里也有号码，没有判定", f"mind: sheet {left} holds numbers too and was not judged"
        )
    if result.silent:
        show.say(
            f"对这份名单没有规定可说的：{'、'.join(result.silent)}",
            f"had nothing to say of this list: {', '.join(result.silent)}",
        )
    _print(_counts(result), _reasons(result), _causes(result))


def _counts(result: Result) -> Any:
    table = _table(("", ""), ("行数", "rows"), ("", ""), ("文件", "file"))
    counted = {
        "send": result.allow + result.label,
        "stop": result.refuse,
        "hold": result.hold,
        "bad": result.bad,
        "all": result.rows,
    }
    for part, (zh, en) in FILES.items():
        share = f"{counted[part] / result.rows:.1%}" if result.rows else ""
        table.add_row(show.both(zh, en), f"{counted[part]:,}", share, result.files.get(part, ""))
    if result.label:
        zh, en = Outcome.LABEL.zh, Outcome.LABEL.en
        table.add_row(show.both(f"其中{zh}", f"of which: {en}"), f"{result.label:,}", "", "")
    if result.out_of_scope:
        table.add_row(
            show.both("其中不在所选规定的适用范围内", "of which: out of the scope of the law asked for"),
            f"{result.out_of_scope:,}",
            "",
            "",
        )
    return table


def _reasons(result: Result) -> Any:
    table = _table(("裁决", "verdict"), ("行数", "rows"), ("编号", "id"), ("原因与依据", "reason and citation"))
    for each in result.counted:
        effect = each.reason.effect
        table.add_row(show.both(effect.zh, effect.en), f"{each.rows:,}", each.reason.obligation, _words(each))
    return table if result.counted else ""


def _words(each: ReasonCount) -> str:
    reason = each.reason
    return show.both(f"{reason.zh}〔{reason.citation.zh()}〕", f"{reason.en} [{reason.citation.en()}]")


def _causes(result: Result) -> Any:
    table = _table(("坏行", "bad rows"), ("行数", "rows"), ("原因", "cause"))
    for cause, rows in result.causes.items():
        table.add_row(cause, f"{rows:,}", show.both(CAUSES[cause].zh, CAUSES[cause].en))
    return table if result.causes else ""


def _table(*headings: tuple[str, str]) -> Any:
    from rich.table import Table as Grid

    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for place, (zh, en) in enumerate(headings):
        grid.add_column(show.both(zh, en), justify="right" if place == 1 else "left", overflow="fold")
    return grid


def _print(*parts: Any) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = 160
    for part in parts:
        if part:
            console.print()
            console.print(part)

"""`anning number`: what a number or code is, whatever its spelling (号码识别)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from anning.cli import show
from anning.errors import InvalidInput
from anning.numbers import CARRIERS, CAUSES, KIND_NAMES, Parsed, carrier, parse


def number(
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT...", help="号码 | numbers, in any spelling")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="名单：文本、XLSX 或 Parquet | a list: text, XLSX or Parquet"),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option("--column", metavar="C", help="列名或列序号（从 1 起） | column by header or by number from 1"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="每个号码一行 JSON | one line of JSON a number")] = False,
) -> None:
    """识别号码：E.164 与中国编号计划 | Say what a number is: E.164 and the Chinese numbering plan."""
    values: Iterable[str] = texts or []
    if file is not None:
        from anning.tables import read_column

        values = chain(values, read_column(file, column))
    elif not texts:
        raise InvalidInput(
            "请给出号码，或用 --file 指定文件", "give numbers, or a file with --file", thing="number", field="TEXT"
        )
    if as_json:
        for line in map(_line, map(parse, values)):
            sys.stdout.write(line)
        return
    _print_table(map(parse, values))


def _line(parsed: Parsed) -> str:
    fields = {
        "raw": parsed.raw,
        "number": parsed.number,
        "kind": str(parsed.kind),
        "cause": parsed.cause,
        "carrier": carrier(parsed.number) if parsed.number else "",
    }
    return msgspec.json.encode(fields).decode() + "\n"


def _print_table(numbers: Iterable[Parsed]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for zh, en in (("原文", "raw"), ("号码", "number"), ("类别", "kind"), ("运营商或原因", "carrier or cause")):
        table.add_column(show.both(zh, en), overflow="fold")
    for parsed in numbers:
        kind = show.both(KIND_NAMES[parsed.kind], str(parsed.kind))
        table.add_row(*(Text(cell) for cell in (parsed.raw.strip(), parsed.number, kind, _remark(parsed))))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200
    console.print(table)


def _remark(parsed: Parsed) -> str:
    if parsed.cause:
        cause = CAUSES[parsed.cause]
        return show.both(cause.zh, cause.en)
    name = carrier(parsed.number)
    return show.both(CARRIERS[name], name) if name else ""

"""Campaign lists in a spreadsheet (电子表格): the sheet that holds the numbers, its cells as they were stored."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Final

import msgspec
import python_calamine as calamine

from anning.errors import InvalidFile
from anning.tables.block import Block, Cell, cell_text
from anning.tables.formats import Format
from anning.tables.layout import Header, Layout, lay_out, number_shares
from anning.tables.table import SAMPLE_ROWS, Table
from anning.tables.windows import height, windows

SHEET_ROWS: Final = 1_048_576
"""Rows of a sheet; a longer list goes on in the next one."""


class _Sheet(msgspec.Struct, frozen=True):
    """What the first rows of a sheet show."""

    name: str
    layout: Layout
    rows: list[list[str]]
    height: int
    numbers: float
    """About how many numbers its best column holds."""


class SpreadsheetTable(Table):
    """A workbook; some rows of one sheet are in memory at a time."""

    def __init__(self, path: Path, *, sheet: str | None = None, header: Header = None) -> None:
        with _readable(path):
            book = calamine.CalamineWorkbook.from_path(str(path))
            names = [each.name for each in book.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
        del book
        if sheet is not None:
            names = [_named(names, sheet, path)]
        with _readable(path):
            seen = [_look(path, name, header, alone=len(names) == 1) for name in names]
        best = max(seen, key=lambda each: each.numbers, default=None)
        if best is None:
            raise _damaged(path)
        self._layout = best.layout
        self._sheets = _continued(best, seen)
        self.sheet = ", ".join(self._sheets)
        self.other_sheets = tuple(each.name for each in seen if each.name not in self._sheets)
        self.numbers_elsewhere = tuple(each.name for each in seen if each.numbers and each.name not in self._sheets)
        super().__init__(path, Format.XLSX, best.layout, rows=best.rows)

    def blocks(self) -> Iterator[Block]:
        width = self._layout.width
        first = 1
        for order, name in enumerate(self._sheets):
            line, above = self._layout.first + 1, self._layout.first
            with _readable(self.path):
                for window, read in windows(self.path, name):
                    rows = [_fitted(row, width) for row in window[above:]]
                    above = max(above - len(window), 0)
                    self.read = int(self.size * (order + read) / len(self._sheets))
                    yield Block(first, _lines(line, len(rows)), cells=rows, width=width)
                    first += len(rows)
                    line += len(rows)
                    del window, rows


def _look(path: Path, name: str, header: Header, *, alone: bool) -> _Sheet:
    """The first rows of a sheet, and its height where there are others to compare it with."""
    written = chain.from_iterable(rows for rows, _ in windows(path, name))
    first = [[cell_text(cell) for cell in row] for row in islice(written, SAMPLE_ROWS)]
    layout = lay_out(first, header=header)
    rows = first[layout.first :]
    share = max(number_shares(rows, layout.width), default=0.0)
    high = len(first) if alone else height(path, name)
    return _Sheet(name, layout, rows, high, share * max(high - layout.first, 0))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What the reader finds wrong with a workbook, as our own error."""
    try:
        yield
    except (calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError) as refused:
        raise _damaged(path) from refused


def _fitted(row: list[Cell], width: int) -> list[Cell]:
    return row if len(row) == width else [*row[:width], *[""] * (width - len(row))]


def _lines(first: int, height: int) -> Callable[[], range]:
    return lambda: range(first, first + height)


def _continued(best: _Sheet, seen: Sequence[_Sheet]) -> list[str]:
    """The best sheet and those that carry it on: each follows a full one and has the same columns."""
    names = [best.name]
    full = best.height >= SHEET_ROWS
    for sheet in seen[seen.index(best) + 1 :]:
        if not full or sheet.layout.labels != best.layout.labels:
            break
        names.append(sheet.name)
        full = sheet.height >= SHEET_ROWS
    return names


def _named(names: Sequence[str], wanted: str, path: Path) -> str:
    if wanted in names:
        return wanted
    listed = ", ".join(f"“{name}”" for name in names)
    raise InvalidFile(
        f"{path} 中没有工作表“{wanted}”（有：{listed}）",
        f"{path} has no sheet “{wanted}” (there are: {listed})",
        thing=str(path),
        field="sheet",
    )


def _damaged(path: Path) -> InvalidFile:
    return InvalidFile(
        f"{path} 不是完整的工作簿，或者设有密码",
        f"{path} is not a whole workbook, or has a password",
        thing=str(path),
        rule="readable",
    )

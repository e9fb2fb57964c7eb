"""Campaign lists in a spreadsheet (电子表格): the sheet that holds the numbers, its cells as they were stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec
import python_calamine as calamine

from anning.errors import InvalidFile
from anning.tables.block import Block, Cell, cell_text
from anning.tables.formats import Format
from anning.tables.formulas import uncalculated
from anning.tables.layout import Header, Layout, lay_out, number_shares
from anning.tables.table import SAMPLE_ROWS, Table

SHEET_ROWS: Final = 1_048_576
"""Rows of a sheet; a longer list goes on in the next one."""

_ROWS: Final = 1 << 16


class _Sheet(msgspec.Struct, frozen=True):
    """What the first rows of a sheet show."""

    name: str
    layout: Layout
    rows: list[list[str]]
    height: int
    numbers: float
    """About how many numbers its best column holds."""


class _Opened:
    """A sheet as it was loaded.

    Attributes:
        above, left: blank rows and columns before the first cell.
        height: rows down to the last cell.
    """

    def __init__(self, book: calamine.CalamineWorkbook, path: Path, name: str) -> None:
        self.name = name
        self.sheet = book.get_sheet_by_name(name)
        self.formulas = uncalculated(path, name)
        self.above, self.left = self.sheet.start or (0, 0)
        self.height = self.above + self.sheet.height

    def put_formulas(self, cells: list[Cell], place: int) -> None:
        """Blank cells of a row get the text of their formula."""
        for column, text in self.formulas[place]:
            cells.extend([""] * (column + 1 - len(cells)))
            if cells[column] == "":
                cells[column] = text


class SpreadsheetTable(Table):
    """A workbook; one sheet is in memory at a time."""

    def __init__(self, path: Path, *, sheet: str | None = None, header: Header = None) -> None:
        try:
            self._book = calamine.CalamineWorkbook.from_path(str(path))
        except (calamine.CalamineError, OSError, ValueError) as refused:
            raise _damaged(path) from refused
        self._path = path
        self._last: _Opened | None = None
        names = [each.name for each in self._book.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
        if sheet is not None:
            names = [_named(names, sheet, path)]
        seen = [self._look(name, header) for name in names]
        best = max(seen, key=lambda each: each.numbers, default=None)
        if best is None:
            raise _damaged(path)
        self._layout = best.layout
        self._sheets = _continued(best, seen)
        self.sheet = ", ".join(self._sheets)
        self.other_sheets = tuple(each.name for each in seen if each.name not in self._sheets)
        self.numbers_elsewhere = tuple(each.name for each in seen if each.numbers and each.name not in self._sheets)
        super().__init__(path, Format.XLSX, best.layout, rows=best.rows)

    def _look(self, name: str, header: Header) -> _Sheet:
        first = [[cell_text(cell) for cell in row] for row in islice(self._cells(name), SAMPLE_ROWS)]
        layout = lay_out(first, header=header)
        rows = first[layout.first :]
        share = max(number_shares(rows, layout.width), default=0.0)
        height = self._opened(name).height
        return _Sheet(name, layout, rows, height, share * max(height - layout.first, 0))

    def _opened(self, name: str) -> _Opened:
        """A sheet in memory; the one asked for last stays there."""
        if self._last is None or self._last.name != name:
            self._last = None
            try:
                self._last = _Opened(self._book, self._path, name)
            except (calamine.CalamineError, OSError, ValueError) as refused:
                raise _damaged(self._path) from refused
        return self._last

    def _cells(self, name: str) -> Iterator[list[Cell]]:
        """All rows of a sheet from its first; cells whose formula was never calculated hold the formula's text."""
        opened = self._opened(name)
        for _ in range(opened.above):
            yield []
        for place, row in enumerate(opened.sheet.iter_rows(), opened.above):
            cells: list[Cell] = [""] * opened.left + row if opened.left else row  # type: ignore[assignment,operator]
            if place in opened.formulas:
                opened.put_formulas(cells, place)
            yield cells

    def blocks(self) -> Iterator[Block]:
        width = self._layout.width
        row = 1
        for order, name in enumerate(self._sheets):
            line = self._layout.first + 1
            cells = islice(self._cells(name), self._layout.first, None)
            while taken := list(islice(cells, _ROWS)):
                fitted = [_fitted(row, width) for row in taken]
                yield Block(row, _lines(line, len(taken)), cells=fitted, width=width)
                row += len(taken)
                line += len(taken)
            self.read = self.size * (order + 1) // len(self._sheets)


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

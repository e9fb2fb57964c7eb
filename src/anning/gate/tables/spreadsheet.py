"""Campaign lists in a spreadsheet (电子表格): the sheet that holds the numbers, its cells as they were stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec
import python_calamine as calamine

from anning.errors import InvalidFile
from anning.gate.tables.block import Block, Cell, cell_text
from anning.gate.tables.formats import Format
from anning.gate.tables.formulas import uncalculated
from anning.gate.tables.layout import Layout, lay_out, number_shares
from anning.gate.tables.table import SAMPLE_ROWS, Table

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


class SpreadsheetTable(Table):
    """A workbook; one sheet is in memory at a time."""

    def __init__(self, path: Path, *, sheet: str | None = None, header: bool | None = None) -> None:
        try:
            self._book = calamine.CalamineWorkbook.from_path(str(path))
        except (calamine.CalamineError, OSError, ValueError) as refused:
            raise _damaged(path) from refused
        self._path = path
        names = list(self._book.sheet_names)
        if sheet is not None:
            names = [_named(names, sheet, path)]
        seen = [self._look(name, header) for name in names]
        best = max(seen, key=lambda each: each.numbers, default=None)
        if best is None:
            raise _damaged(path)
        self._layout = best.layout
        self._sheets = _continued(best, seen)
        self.sheet = ", ".join(self._sheets)
        self.other_sheets = tuple(name for name in self._book.sheet_names if name not in self._sheets)
        self.numbers_elsewhere = tuple(each.name for each in seen if each.numbers and each.name not in self._sheets)
        super().__init__(path, Format.XLSX, best.layout, rows=best.rows)

    def _look(self, name: str, header: bool | None) -> _Sheet:
        first: list[list[str]] = []
        height = 0
        for row in self._cells(name):
            height += 1
            if height <= SAMPLE_ROWS:
                first.append([cell_text(cell) for cell in row])
        layout = lay_out(first, header=header)
        rows = first[layout.first :]
        share = max(number_shares(rows, layout.width), default=0.0)
        return _Sheet(name, layout, rows, height, share * max(height - layout.first, 0))

    def _cells(self, name: str) -> Iterator[list[Cell]]:
        """All rows of a sheet from its first; cells whose formula was never calculated hold the formula's text."""
        try:
            sheet = self._book.get_sheet_by_name(name)
            above, left = sheet.start or (0, 0)
            formulas = uncalculated(self._path, name)
            for _ in range(above):
                yield []
            for place, row in enumerate(sheet.iter_rows()):
                cells: list[Cell] = [""] * left + list(row)
                for column, text in formulas.get(above + place, ()):
                    cells.extend([""] * (column + 1 - len(cells)))
                    if cells[column] == "":
                        cells[column] = text
                yield cells
        except (calamine.CalamineError, OSError, ValueError) as refused:
            raise _damaged(self._path) from refused

    def blocks(self) -> Iterator[Block]:
        width = self._layout.width
        row = 1
        for order, name in enumerate(self._sheets):
            line = self._layout.first + 1
            cells = islice(self._cells(name), self._layout.first, None)
            while taken := list(islice(cells, _ROWS)):
                fitted = [[*cell[:width], *[""] * (width - len(cell))] for cell in taken]
                yield Block(row, _lines(line, len(taken)), cells=fitted, width=width)
                row += len(taken)
                line += len(taken)
            self.read = self.size * (order + 1) // len(self._sheets)


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
        f"{path} 不是完整的工作簿，或者设有密码", f"{path} is not a whole workbook, or has a password", thing=str(path)
    )

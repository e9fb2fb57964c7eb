"""Lists written as XLSX, row by row (写出电子表格)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from anning.errors import InvalidFile
from anning.tables.block import Block, Cell
from anning.tables.spreadsheet import SHEET_ROWS
from anning.tables.writer import TableWriter

_CELL_CHARACTERS: Final = 32_767


class SpreadsheetWriter(TableWriter):
    """XLSX, row by row; past the last row of a sheet it goes on in the next one under the same header.

    Texts stay texts: none becomes a formula, a link or a number.
    """

    def __init__(self, path: Path, labels: Sequence[str], *, sheet_rows: int = SHEET_ROWS) -> None:
        super().__init__(path)
        self._labels = list(labels)
        self._sheet_rows = sheet_rows
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "use_zip64": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}
        )
        self._next_sheet()

    def _next_sheet(self) -> None:
        self._sheet: Any = self._book.add_worksheet()
        self._row = 0
        self._put(self._labels)

    def write(self, block: Block) -> None:
        rows: Sequence[Sequence[Cell]] = block.cells if block.cells is not None else block.frame.rows()
        for row in rows:
            if self._row == self._sheet_rows:
                self._next_sheet()
            self._put(row)

    def _put(self, row: Sequence[Cell]) -> None:
        sheet, place = self._sheet, self._row
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                if len(cell) > _CELL_CHARACTERS:
                    raise self._too_long(column)
                if cell:
                    sheet.write_string(place, column, cell)
            elif isinstance(cell, bool):
                sheet.write_boolean(place, column, cell)
            elif isinstance(cell, (int, float)) and abs(cell) < 1e15:
                sheet.write_number(place, column, cell)
            elif isinstance(cell, (dt.datetime, dt.date, dt.time, dt.timedelta)):
                plain = cell.replace(tzinfo=None) if isinstance(cell, (dt.datetime, dt.time)) else cell
                sheet.write_datetime(place, column, plain)
            elif cell is not None:
                sheet.write_string(place, column, str(cell))
        self._row += 1

    def _too_long(self, column: int) -> InvalidFile:
        label, row = self._labels[column], self._row + 1
        return InvalidFile(
            f"“{label}”列第 {row} 行超过 {_CELL_CHARACTERS} 个字符，XLSX 放不下，请改存为 CSV 或 Parquet",
            f"row {row} of column “{label}” has more than {_CELL_CHARACTERS} characters, which XLSX cannot hold: "
            "write CSV or Parquet",
            thing=str(self.path),
            field=label,
        )

    def finish(self) -> None:
        self._book.close()

    def abandon(self) -> None:
        self._book.close()

"""Campaign lists in and out: CSV, TSV, lists of bare numbers, XLSX and Parquet, in bounded memory (名单读写)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from anning.errors import InvalidFile
from anning.tables.block import Block, Cell, cell_text
from anning.tables.formats import Format, format_for, format_of
from anning.tables.layout import Header
from anning.tables.numbers import Numbers, read_numbers
from anning.tables.parquet import ParquetTable
from anning.tables.spreadsheet import SpreadsheetTable
from anning.tables.table import Table
from anning.tables.text import TextTable

__all__ = [
    "Block",
    "Cell",
    "Format",
    "Header",
    "Numbers",
    "Table",
    "cell_text",
    "find_column",
    "format_for",
    "format_of",
    "open_table",
    "read_column",
    "read_columns",
    "read_numbers",
]


def open_table(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: Header = None,
) -> Table:
    """A campaign list, ready to be read (打开名单).

    Args:
        sheet: the sheet of a workbook; without it the one that holds the most numbers.
        encoding: of a text; without it UTF-8, by mark or by content, else GB18030.
        delimiter: of a text ("tab" is understood); without it the one that parts the rows evenly.
        header: whether the first row names the columns, or what knows the row that does; without it found out.

    Raises:
        InvalidFile: it cannot be opened, or is not what it says it is.
    """
    found = format_of(path)
    if found is Format.PARQUET:
        return ParquetTable(path)
    if found is Format.XLSX:
        return SpreadsheetTable(path, sheet=sheet, header=header)
    return TextTable(path, found, encoding=encoding, delimiter=delimiter, header=header)


def find_column(table: Table, wanted: str | None = None) -> int:
    """The column that holds the numbers (号码列); see `Table.number_column`."""
    return table.number_column(wanted)


def read_column(path: Path, column: str | None = None) -> Iterator[str]:
    """One column of a list as text, below its header; without a name, the column that holds the numbers.

    A name that is not found may stand in a first row that does not look like a header: it is one then.

    Raises:
        InvalidFile: the file cannot be read, or has no such column.
    """
    table, index = _table_and_column(path, column)
    for block in table.batches():
        yield from block.texts(index)


def read_columns(path: Path, wanted: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Some columns of a list as text, row by row, below its header.

    Args:
        wanted: the columns, by the option that names each.

    Raises:
        InvalidFile: the file cannot be read, or has no such column.
    """
    table = open_table(path, header=True)
    places = [table.column(column, field=field) for field, column in wanted.items()]
    for block in table.batches():
        yield from zip(*(block.texts(place) for place in places), strict=True)


def _table_and_column(path: Path, column: str | None) -> tuple[Table, int]:
    table = open_table(path)
    try:
        return table, table.number_column(column, field="column")
    except InvalidFile:
        if column is None:
            raise
        below_first = open_table(path, header=True)
        if column.strip() not in map(str.strip, below_first.columns):
            raise
        return below_first, below_first.column(column)

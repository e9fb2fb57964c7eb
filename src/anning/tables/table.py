"""A campaign list as people have it, whatever its format (名单文件)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from anning.tables.block import Block
from anning.tables.formats import Format
from anning.tables.layout import Layout, chosen_column, number_column

SAMPLE_ROWS: Final = 1000
"""How many first rows are looked at to find the header and the number column."""


class Table(ABC):
    """Rows with named columns, read in blocks from the first to the last, as often as wanted.

    Attributes:
        columns: the labels as written, in order; "number" or "column N" when there is no header.
        header: whether the file names its columns.
        above: rows above the first data row: titles, blank rows, the header; 0 where names are no row.
        sheet: the sheet that is read, empty when the format has none.
        other_sheets: sheets that are not read; `numbers_elsewhere`: those of them that hold numbers too.
        size, read: bytes of the file, and how many of them the running iteration has taken.
    """

    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    numbers_elsewhere: tuple[str, ...] = ()

    def __init__(self, path: Path, format: Format, layout: Layout, *, rows: Sequence[Sequence[str]]) -> None:
        self.path = path
        self.format = format
        self.columns = layout.labels
        self.header = layout.header is not None
        self.above = layout.first
        self.size = path.stat().st_size
        self.read = 0
        self._rows = rows

    @abstractmethod
    def blocks(self) -> Iterator[Block]:
        """The data rows in the blocks the format is best read in."""

    def batches(self, rows: int = 1 << 16) -> Iterator[Block]:
        """The data rows in blocks of `rows` at most. Memory is bounded by a block, whatever the length of the file."""
        for block in self.blocks():
            for offset in range(0, block.height, rows):
                yield block.part(offset, rows)

    def number_column(self, wanted: str | None = None, *, field: str = "number-column") -> int:
        """The column that holds the numbers, found by content (号码列), or the one the user names.

        Args:
            field: the option by which the user names it.

        Raises:
            InvalidFile: it cannot be told; the candidates are named.
        """
        return number_column(self.columns, self._rows, thing=str(self.path), wanted=wanted, field=field)

    def column(self, wanted: str, *, field: str = "column") -> int:
        """The column of this name or at this place from 1.

        Raises:
            InvalidFile: there is none.
        """
        return chosen_column(self.columns, wanted, thing=str(self.path), field=field)

"""A run of rows on their way from one file to another (一批数据行)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.tables.numbers import Numbers, kept_as_numbers, read_numbers
from anning.tables.texts import Texts

Cell: TypeAlias = object
"""A spreadsheet's cell as it was stored: text, number, truth value, date, time; an empty text when blank."""

_EXACT = 2.0**53


def cell_text(value: Cell) -> str:
    """What a person reads in a cell; a whole number below 2^53 without its point (单元格文本)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if value is None:
        return ""
    return str(value)


def _texts(column: pl.Series) -> list[str]:
    return [cell_text(value) for value in column.to_list()]


def column_name(index: int) -> str:
    """The name a column has inside frames; the label people gave it may be blank or stand twice."""
    return f"c{index}"


class Block:
    """Consecutive rows of a table, every cell as it was.

    Attributes:
        first: number of the first row among the table's data rows, from 1.
        unclosed: whether the last row is cut off within a quoted cell: the file ends in the middle of it.
    """

    def __init__(
        self,
        first: int,
        lines: Callable[[], Sequence[int]],
        *,
        frame: pl.DataFrame | None = None,
        cells: Sequence[Sequence[Cell]] | None = None,
        width: int = 0,
        unclosed: bool = False,
    ) -> None:
        self.first = first
        self.unclosed = unclosed
        self.cells = cells
        self._frame = frame
        self._lines = lines
        self._width = width

    @property
    def height(self) -> int:
        """How many rows."""
        if self._frame is not None:
            return self._frame.height
        return len(self.cells or ())

    @cached_property
    def lines(self) -> Sequence[int]:
        """Where each row begins in its file: the line of a text, the row of a sheet, from 1."""
        return self._lines()

    def lines_of(self, rows: NDArray[np.integer]) -> NDArray[np.int64]:
        """Where some rows begin."""
        lines: NDArray[np.int64] = np.asarray(self.lines, dtype=np.int64)[rows]
        return lines

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The cells as columns; of a spreadsheet or a text each is text and none is null."""
        if self._frame is not None:
            return self._frame
        rows = self.cells or ()
        return pl.DataFrame(
            {
                column_name(index): pl.Series([cell_text(row[index]) for row in rows], dtype=pl.String)
                for index in range(self._width)
            }
        )

    def column(self, index: int) -> pl.Series:
        """One column as text; blank cells are empty."""
        if self.cells is not None:
            return pl.Series([cell_text(row[index]) for row in self.cells], dtype=pl.String)
        column = self.frame.to_series(index)
        if column.dtype in (pl.Categorical, pl.Enum):
            column = column.cast(pl.String)
        if column.dtype != pl.String:
            return pl.Series(_texts(column), dtype=pl.String)
        return column.fill_null("") if column.null_count() else column

    def texts(self, index: int) -> list[str]:
        """One column as a list of texts; blank cells are empty."""
        return self.column(index).to_list()

    def numbers(self, index: int) -> Numbers:
        """One column read as numbers. A row that is cut off has none."""
        if self.cells is None:
            column = self.frame.to_series(index)
            if column.dtype.is_integer() or column.dtype.is_float():
                return kept_as_numbers(column, lambda rows: Texts.of(_texts(column.gather(rows))))
        return read_numbers(self.column(index))

    def distinct(self, index: int) -> Texts:
        """One column as texts, each distinct one once."""
        if self.cells is not None:
            return Texts.of(self.texts(index))
        column = self.column(index)
        texts = column.unique(maintain_order=True)
        places = column.replace_strict(texts, pl.int_range(len(texts), dtype=pl.Int32, eager=True))
        return Texts(texts.to_list(), places.to_numpy())

    def part(self, offset: int, length: int) -> Block:
        """The rows from `offset` on, `length` of them at most."""
        if offset == 0 and length >= self.height:
            return self
        end = offset + length
        return Block(
            self.first + offset,
            lambda: self.lines[offset:end],
            frame=None if self._frame is None else self._frame[offset:end],
            cells=None if self.cells is None else self.cells[offset:end],
            width=self._width,
            unclosed=self.unclosed and end >= self.height,
        )

    def rows(self, chosen: NDArray[np.integer]) -> Block:
        """The rows at these places, in this order."""
        return Block(
            self.first,
            lambda: [self.lines[place] for place in chosen],
            frame=None if self._frame is None else self._frame[chosen],
            cells=None if self.cells is None else [self.cells[place] for place in chosen],
            width=self._width,
        )

    def between(self, before: Sequence[pl.Series], after: Sequence[pl.Series]) -> Block:
        """The same rows with columns added on either side."""
        added = len(before) + len(after)
        if self.cells is not None:
            left = list(zip(*(column.to_list() for column in before), strict=True)) if before else [()] * self.height
            right = list(zip(*(column.to_list() for column in after), strict=True)) if after else [()] * self.height
            cells = [(*a, *row, *b) for a, row, b in zip(left, self.cells, right, strict=True)]
            return Block(self.first, lambda: self.lines, cells=cells, width=self._width + added)
        columns = [*before, *self.frame.get_columns(), *after]
        frame = pl.DataFrame([column.alias(column_name(index)) for index, column in enumerate(columns)])
        return Block(self.first, lambda: self.lines, frame=frame, width=len(columns))

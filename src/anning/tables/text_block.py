"""Rows of a delimited text that stay the bytes they came as (原文数据行)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.tables.block import Block, column_name
from anning.tables.numbers import KIND_OF_PREFIX, Numbers, complete
from anning.tables.texts import Texts

_QUOTE = 34


Lines = Callable[[NDArray[np.integer]], NDArray[np.int64]]
"""On which lines of their file the rows asked for begin."""


class Written(msgspec.Struct, frozen=True):
    """How the rows of a text are written.

    Attributes:
        encoding: UTF-8 or GB18030.
        delimiter: between cells; empty when each row is one cell as it stands, quotes and all.
    """

    encoding: str
    delimiter: str

    @property
    def signs(self) -> tuple[int, int]:
        """The bytes that part and that quote cells."""
        from anning.tables.kernels.records import NONE

        return (ord(self.delimiter), _QUOTE) if self.delimiter else (NONE, NONE)


class TextBlock(Block):
    """Rows that are read from their bytes only where something is asked of them.

    Each row stands in `text` from its place in `starts` to that in `ends`: as many cells as the table has columns,
    quoted by the rules (RFC 4180), without a line end.
    """

    def __init__(
        self,
        first: int,
        line_of: Lines,
        text: NDArray[np.uint8],
        starts: NDArray[np.int32],
        ends: NDArray[np.int32],
        written: Written,
        width: int,
        *,
        unclosed: bool = False,
    ) -> None:
        super().__init__(first, lambda: self.lines_of(np.arange(self.height)).tolist(), width=width, unclosed=unclosed)
        self._line_of = line_of
        self.text = text
        self.starts = starts
        self.ends = ends
        self.written = written

    @property
    def height(self) -> int:
        return len(self.starts)

    def lines_of(self, rows: NDArray[np.integer]) -> NDArray[np.int64]:
        return self._line_of(rows)

    @cached_property
    def longest(self) -> int:
        """Bytes of the longest row."""
        return int((self.ends - self.starts).max(initial=0))

    def means_the_same(self, delimiter: str) -> bool:
        """Whether the rows as they stand are rows of a text with this delimiter."""
        if self.written.delimiter:
            return self.written.delimiter == delimiter
        if not self.height:
            return True
        text = self.text[self.starts.min() : self.ends.max()]
        return not ((text == _QUOTE) | (text == ord(delimiter))).any()

    @cached_property
    def frame(self) -> pl.DataFrame:
        names = [column_name(index) for index in range(self._width)]
        body = self._body()
        if not self.written.delimiter:
            cells = body.decode().split("\n")[: self.height]
            return pl.DataFrame([pl.Series(names[0], cells, dtype=pl.String)])
        if not body:
            return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
        return pl.read_csv(
            body, has_header=False, separator=self.written.delimiter, schema=dict.fromkeys(names, pl.String)
        ).fill_null("")

    def _body(self) -> bytes:
        """The rows as UTF-8, a line end behind each."""
        from anning.tables.kernels.bits import SLACK
        from anning.tables.kernels.rows import append_rows

        rows = self.height
        size = int((self.ends - self.starts).sum(dtype=np.int64)) + rows
        out = np.empty(size + SLACK, dtype=np.uint8)
        newline = np.full(1 + SLACK, 10, dtype=np.uint8)
        append_rows(
            self.text,
            self.starts,
            self.ends,
            np.arange(rows, dtype=np.int32),
            0,
            np.empty((rows, 0), dtype=np.int64),
            0,
            np.zeros(rows, dtype=np.uint32),
            newline,
            np.array([0, 1]),
            out,
            0,
            size,
        )
        body = out[:size].tobytes()
        return body if self.written.encoding == "utf-8" else body.decode(self.written.encoding).encode()

    def column(self, index: int) -> pl.Series:
        return self.frame.to_series(index)

    def numbers(self, index: int) -> Numbers:
        from anning.tables.kernels.digits import read_mobiles

        starts, ends = self._cells(index)
        values, kinds = np.empty(self.height, dtype=np.int64), np.empty(self.height, dtype=np.uint8)
        gb18030 = self.written.encoding == "gb18030"
        read_mobiles(self.text, starts, ends, self.written.signs[1], gb18030, KIND_OF_PREFIX, values, kinds)
        numbers = complete(values, kinds, lambda rows: self._distinct(starts[rows], ends[rows]))
        return numbers.without(self.height - 1, "unclosed-quote") if self.unclosed else numbers

    def distinct(self, index: int) -> Texts:
        return self._distinct(*self._cells(index))

    def _distinct(self, starts: NDArray[np.int32], ends: NDArray[np.int32]) -> Texts:
        """The cells at these places; one may come twice, if it is written in quotes and without."""
        from anning.tables.kernels.cells import number_distinct

        slots = np.full(1 << (2 * len(starts)).bit_length(), -1, dtype=np.int32)
        firsts, places = np.empty_like(starts), np.empty_like(starts)
        count = number_distinct(self.text, starts, ends, slots, firsts, places)
        return Texts([self._cell(starts[row], ends[row]) for row in firsts[:count]], places)

    def _cells(self, index: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        from anning.tables.kernels.cells import find_cells

        starts, ends = np.empty(self.height, dtype=np.int32), np.empty(self.height, dtype=np.int32)
        find_cells(self.text, self.starts, self.ends, index, *self.written.signs, starts, ends)
        return starts, ends

    def _cell(self, start: int, end: int) -> str:
        text = self.text[start:end].tobytes().decode(self.written.encoding)
        if self.written.delimiter and text.startswith('"'):
            return text[1:-1].replace('""', '"')
        return text

    def part(self, offset: int, length: int) -> Block:
        if offset == 0 and length >= self.height:
            return self
        end = offset + length
        return TextBlock(
            self.first + offset,
            lambda rows: self._line_of(rows + offset),
            self.text,
            self.starts[offset:end],
            self.ends[offset:end],
            self.written,
            self._width,
            unclosed=self.unclosed and end >= self.height,
        )

    def rows(self, chosen: NDArray[np.integer]) -> Block:
        return TextBlock(
            self.first,
            lambda rows: self._line_of(chosen[rows]),
            self.text,
            self.starts[chosen],
            self.ends[chosen],
            self.written,
            self._width,
        )

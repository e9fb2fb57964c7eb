"""Text between delimiters, record by record, in pieces that can be read by themselves (分隔文本).

`polars` reads what is written as the rules of CSV (RFC 4180) have it, many times faster than anything that looks at
one record after another. What is not - a row that is too long or too short, a blank line, a lone carriage return, a
quote in the middle of a cell - Python's `csv` reads, and its reading is the reference.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, islice
from typing import Final, NamedTuple

import msgspec
import numpy as np
import polars as pl

from anning.errors import InvalidFile
from anning.tables.block import Block, column_name

_LONGEST_RECORD: Final = 1 << 24
_LONGEST_RECORD_READ: Final = 1 << 18
"""Characters of one record; what is longer is a quote that somebody forgot to close."""
_ROWS: Final = 1 << 16
_QUOTE, _NEWLINE, _RETURN = b'"\n\r'


class Dialect(msgspec.Struct, frozen=True):
    """How cells and rows are set apart.

    Attributes:
        delimiter: between cells; empty when each line is one cell, as in a list of bare numbers.
        newline: what ends a line in this file.
    """

    delimiter: str
    newline: str = "\n"


class Record(NamedTuple):
    """One row as it stands in a text.

    Attributes:
        line: the line it begins on, from 1.
        characters: how many were read up to its end.
        opened: the line on which a quote was opened that the text's end leaves open; 0 when all are closed.
        swallows: whether more lines stand behind that quote, which may be rows.
    """

    cells: list[str]
    line: int
    characters: int
    opened: int = 0
    swallows: bool = False


def records(pieces: Iterator[bytes], dialect: Dialect, *, thing: str) -> Iterator[Record]:
    """Each record of a text, in order.

    Raises:
        InvalidFile: a cell that goes on and on, because a quote was opened and never closed.
    """
    lines = _Lines(pieces)
    if not dialect.delimiter:
        for line in lines:
            yield Record([line.rstrip("\r\n")], lines.number, lines.characters)
            lines.record_begins()
        return
    reader = csv.reader(lines, delimiter=dialect.delimiter)
    first = 1
    try:
        for row in reader:
            record = Record(row, first, lines.characters)
            yield _left_open(record, lines.number) if lines.ended else record
            first = lines.number + 1
            lines.record_begins()
    except csv.Error as refused:
        raise unclosed(thing, first) from refused


def unclosed(thing: str, line: int) -> InvalidFile:
    """The error for a quote that somebody opened and did not close: all rows behind it would be one cell."""
    return InvalidFile(
        f"{thing} 第 {line} 行打开的引号没有结束",
        f"a quote opened on line {line} of {thing} does not end",
        thing=thing,
        field=f"line {line}",
        rule="unclosed-quote",
    )


def _left_open(record: Record, last: int) -> Record:
    """A record whose last cell the end of the text, on this line, left open."""
    cell = record.cells[-1]
    return record._replace(opened=last - max(_count_lines(cell), 1) + 1, swallows=_count_lines(cell.rstrip("\r\n")) > 1)


def _count_lines(text: str) -> int:
    return sum(1 for _ in io.StringIO(text, newline=""))


class _Lines:
    """The lines of a text that comes in pieces, counted."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._lines = _split(pieces)
        self.number = 0
        self.characters = 0
        self.ended = False
        self._begun = 0

    def record_begins(self) -> None:
        """The next line is the first of a record."""
        self._begun = self.characters

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._lines)
        except StopIteration:
            self.ended = True
            raise
        self.number += 1
        self.characters += len(line)
        if self.characters - self._begun > _LONGEST_RECORD_READ and self.number > 1:
            raise csv.Error("a record without end")
        return line


def _split(pieces: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for piece in pieces:
        whole, newline, rest = (rest + piece).rpartition(b"\n")
        yield from io.StringIO((whole + newline).decode(), newline="")
    if rest:
        yield from io.StringIO(rest.decode(), newline="")


def fitted(row: list[str], width: int, delimiter: str) -> list[str]:
    """A record with as many cells as the table has columns: missing ones are blank, and what stands beyond the last
    column belongs to it, for then somebody wrote the delimiter in a remark without quoting it."""
    if len(row) < width:
        return row + [""] * (width - len(row))
    if len(row) == width:
        return row
    beyond = row[width - 1 :]
    while len(beyond) > 1 and not beyond[-1]:
        beyond.pop()
    return [*row[: width - 1], delimiter.join(beyond)]


class Reading:
    """The data rows of a delimited text as blocks.

    Args:
        pieces: the text as UTF-8 from its first data record on.
        line: the line that record begins on.
        thing: the file, as the user named it, for errors.
    """

    def __init__(self, pieces: Iterator[bytes], dialect: Dialect, width: int, line: int, *, thing: str) -> None:
        self._pieces = pieces
        self._dialect = dialect
        self._delimiter = dialect.delimiter.encode()
        self._names = [column_name(index) for index in range(width)]
        self._line = line
        self._row = 1
        self._unclosed = False
        self._thing = thing

    def blocks(self) -> Iterator[Block]:
        """Block after block, each about as large as the pieces are."""
        if not self._delimiter:
            yield from self._single_cells()
            return
        rest = b""
        for piece in self._pieces:
            data = rest + piece
            end = _end_of_records(data)
            if end == 0 and len(data) < _LONGEST_RECORD:
                rest = data
                continue
            whole, rest = data[:end], data[end:]
            if end == 0 or not _quoted_by_the_rules(whole, self._delimiter):
                yield from self._by_csv(chain([data], self._pieces))
                return
            yield self._block(whole)
        yield from self._by_csv(iter([rest]))

    def _block(self, data: bytes) -> Block:
        frame = None if _irregular(data) else self._by_polars(data)
        if frame is None:
            rows, lines = zip(*self._fitted_records(iter([data])), strict=True)
            frame = self._framed(rows)
            block = self._numbered(frame, lambda: lines)
        else:
            first = self._line
            one_each = range(first, first + frame.height)
            block = self._numbered(frame, (lambda: _lines_of(frame, first)) if b'"' in data else lambda: one_each)
        self._line += data.count(b"\n")
        return block

    def _by_polars(self, data: bytes) -> pl.DataFrame | None:
        try:
            frame = pl.read_csv(
                data,
                has_header=False,
                separator=self._dialect.delimiter,
                schema=dict.fromkeys(self._names, pl.String),
            )
        except pl.exceptions.PolarsError:
            return None
        return frame.fill_null("")

    def _by_csv(self, pieces: Iterator[bytes]) -> Iterator[Block]:
        records = self._fitted_records(pieces)
        while taken := list(islice(records, _ROWS)):
            yield self._from_rows([row for row, _ in taken], [line for _, line in taken])

    def _from_rows(self, rows: Sequence[Sequence[str]], lines: Sequence[int]) -> Block:
        return self._numbered(self._framed(rows), lambda: lines)

    def _fitted_records(self, pieces: Iterator[bytes]) -> Iterator[tuple[list[str], int]]:
        """Each row as wide as the table, and its line. A blank line is a row of blank cells, but none behind it.

        Raises:
            InvalidFile: a quote was opened and never closed, and more than the text's last line stands behind it.
        """
        start, width = self._line - 1, len(self._names)
        blank: list[int] = []
        for row, line, _, opened, swallows in records(pieces, self._dialect, thing=self._thing):
            if swallows:
                raise unclosed(self._thing, start + opened)
            self._unclosed = opened > 0
            if not row:
                blank.append(start + line)
                continue
            for place in blank:
                yield [""] * width, place
            blank.clear()
            yield fitted(row, width, self._dialect.delimiter), start + line

    def _single_cells(self) -> Iterator[Block]:
        """Each line is a row. Where blank lines stand between the numbers they are rows without a number, and so is
        what follows the last line's end: such a list was a column of a sheet, and its rows stay in step with it."""
        between = False
        blank = 0
        for lines in _lines_in_runs(self._pieces):
            cells: list[str] = []
            for line in lines:
                cell = line.rstrip("\r\n")
                if not cell:
                    blank += 1
                    continue
                between = between or blank > 0
                cells += [""] * blank
                cells.append(cell)
                blank = 0
            ended = lines[-1].endswith(("\n", "\r"))
            if cells:
                yield self._cells(cells)
        if between:
            cells = [""] * (blank + ended)
            if cells:
                yield self._cells(cells)

    def _cells(self, cells: list[str]) -> Block:
        first = self._line
        self._line += len(cells)
        return self._numbered(self._framed([cells], by_column=True), lambda: range(first, first + len(cells)))

    def _framed(self, rows: Sequence[Sequence[str]], *, by_column: bool = False) -> pl.DataFrame:
        columns = rows if by_column else list(zip(*rows, strict=True))
        return pl.DataFrame(
            [pl.Series(name, column, dtype=pl.String) for name, column in zip(self._names, columns, strict=True)]
        )

    def _numbered(self, frame: pl.DataFrame, lines: Callable[[], Sequence[int]]) -> Block:
        block = Block(self._row, lines, frame=frame, width=len(self._names), unclosed=self._unclosed)
        self._row += frame.height
        return block


def _lines_in_runs(pieces: Iterator[bytes]) -> Iterator[list[str]]:
    lines = _split(pieces)
    while run := list(islice(lines, _ROWS)):
        yield run


def _end_of_records(data: bytes) -> int:
    """Where the last whole record ends, blank lines behind it left out; 0 when none does."""
    end = data.rfind(b"\n") + 1
    quotes = data.count(b'"', 0, end)
    while quotes % 2:
        before = data.rfind(b"\n", 0, end - 1) + 1
        quotes -= data.count(b'"', before, end)
        end = before
    written = len(data[:end].rstrip(b"\r\n"))
    if written == 0:
        return 0
    return written + (2 if data[written : written + 2] == b"\r\n" else 1)


def _irregular(data: bytes) -> bool:
    """Whether a blank line or a carriage return by itself stands in it, which `polars` would pass over."""
    if b"\n\n" in data or b"\n\r\n" in data or data.startswith((b"\n", b"\r")):
        return True
    return b"\r" in data and data.count(b"\r") != data.count(b"\r\n")


def _quoted_by_the_rules(data: bytes, delimiter: bytes) -> bool:
    """Whether every quote opens a cell at its start, closes it at its end, or is doubled within (RFC 4180, 2)."""
    if b'"' not in data:
        return True
    signs = np.frombuffer(data, np.uint8)
    places = np.flatnonzero(signs == _QUOTE)
    if len(places) % 2:
        return False
    opening, closing = places[::2], places[1::2]
    before = signs[opening - 1]
    starts = (before == _NEWLINE) | (before == delimiter[0])
    starts[0] |= opening[0] == 0
    doubled = opening[1:] == closing[:-1] + 1
    starts[1:] |= doubled
    after = signs[np.minimum(closing + 1, len(signs) - 1)]
    ends = (after == _NEWLINE) | (after == delimiter[0]) | (after == _RETURN) | (closing == len(signs) - 1)
    ends[:-1] |= doubled
    return bool(starts.all() and ends.all())


def _lines_of(frame: pl.DataFrame, first: int) -> list[int]:
    """The line each row begins on: one line a row, and one more for each line's end within its cells."""
    within = frame.select(pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True))).to_series().to_list()
    return [first + before for before in accumulate((1 + count for count in within[:-1]), initial=0)]

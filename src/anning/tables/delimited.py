"""Text between delimiters, record by record, as Python's `csv` reads it (分隔文本): what faster readers must equal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from anning.errors import InvalidFile

_LONGEST_RECORD: Final = 1 << 18
"""Characters of one record; what is longer is a quote that somebody forgot to close."""


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


def records(pieces: Iterator[bytes], dialect: Dialect, *, thing: str, begins: int = 1) -> Iterator[Record]:
    """Each record of a text, in order; it `begins` on this line of the file, for errors.

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
        raise unclosed(thing, begins - 1 + first) from refused


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
        if self.characters - self._begun > _LONGEST_RECORD and self.number > 1:
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


def quoted(row: list[str], delimiter: str) -> str:
    """A record by the rules: cells in quotes where they must be, and a blank one that is alone in its row."""
    if row == [""]:
        return '""'
    return delimiter.join(
        '"' + cell.replace('"', '""') + '"' if delimiter in cell or any(sign in cell for sign in '"\n\r') else cell
        for cell in row
    )

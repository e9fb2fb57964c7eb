"""A delimited text in pieces, read as blocks of rows (文本分块读取).

Compiled loops find where each record ends. What is no row by the rules - too long or too short, a blank line, a quote
in the middle of a cell - is read as `csv` reads it and written anew by the rules; all other rows stay as they came.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.tables.block import Block
from anning.tables.delimited import Dialect, fitted, quoted, records, unclosed
from anning.tables.encodings import LOST, Piece, no_text
from anning.tables.numbers import buffer_of
from anning.tables.text_block import Lines, TextBlock, Written

_LONGEST: Final = 1 << 24
"""Bytes of one record; what is longer is a quote that somebody forgot to close."""
_ROWS: Final = 1 << 16
_ENDS: Final = (10, 13)

Text = NDArray[np.uint8]
Places = NDArray[np.int32]


class Reading:
    """The data rows of a delimited text as blocks.

    Args:
        pieces: the text in `encoding`, UTF-8 or GB18030, without a mark.
        width: how many columns the table has.
        line: the line the text begins on.
        above: how many records stand above the first data row.
        thing: the file, as the user named it, for errors.
    """

    def __init__(
        self,
        pieces: Iterator[bytes | Piece],
        dialect: Dialect,
        width: int,
        line: int,
        *,
        thing: str,
        above: int = 0,
        encoding: str = "utf-8",
    ) -> None:
        self._pieces = pieces
        self._dialect = dialect
        self._width = width
        self._line = line
        self._above = above
        self._thing = thing
        self._written = Written(encoding, dialect.delimiter)
        self._row = 1
        self._blank: range = range(0)
        self._has_gaps = False
        self._last_byte = 0

    def blocks(self) -> Iterator[Block]:
        """Block after block. A blank line is a row of blank cells, but none behind the last row; in a list of bare
        numbers it is one there too when there are others, and so is what follows the last line's end: such a list was
        a column of a sheet, and its rows stay in step with it.

        Raises:
            InvalidFile: a quote was opened and never closed, and more than the text's last line stands behind it; or
                bytes that are no text in this encoding.
        """
        rest = np.empty(0, dtype=np.uint8)
        for piece in self._pieces:
            text, begin, end = _behind(rest, piece)
            begin = yield from self._complete(text, begin, end, final=False)
            rest = text[begin:end]
            if len(rest) > _LONGEST and self._dialect.delimiter:
                raise unclosed(self._thing, self._line)
        last = self._whole_characters(rest.tobytes())
        yield from self._complete(buffer_of(last), 0, len(last), final=True)
        if self._dialect.delimiter or not self._has_gaps:
            return
        first = self._blank.start if self._blank else self._line
        self._blank = range(first, first + len(self._blank) + (self._last_byte in _ENDS))
        yield from self._blank_rows()

    def _complete(self, text: Text, begin: int, end: int, *, final: bool) -> Generator[Block, None, int]:
        """The rows that are complete; gives back where they end."""
        from anning.tables.kernels.records import find_records

        while True:
            starts, ends = np.empty(_ROWS, dtype=np.int32), np.empty(_ROWS, dtype=np.int32)
            shapes = np.empty(_ROWS, dtype=np.uint8)
            found, after = find_records(
                text, begin, end, final, *self._written.signs, self._width, starts, ends, shapes
            )
            if found:
                self._check(text, begin, after)
                yield from self._rows(text, begin, after, starts[:found], ends[:found], shapes[:found])
                self._last_byte = int(text[after - 1])
                begin = after
            if found < _ROWS:
                return begin

    def _rows(self, text: Text, begin: int, end: int, starts: Places, ends: Places, shapes: Text) -> Iterator[Block]:
        from anning.tables.kernels.lines import count_lines
        from anning.tables.kernels.records import BLANK

        first = self._line
        self._line += count_lines(text, begin, end)
        if self._above:
            above = min(self._above, len(starts))
            self._above -= above
            if above == len(starts):
                return
            begin, first = int(starts[above]), first + count_lines(text, begin, int(starts[above]))
            starts, ends, shapes = starts[above:], ends[above:], shapes[above:]

        count = len(starts)
        if shapes[-1] == BLANK:
            filled = np.flatnonzero(shapes != BLANK)
            count = int(filled[-1]) + 1 if len(filled) else 0
        behind = len(starts) - count
        if count:
            if not self._dialect.delimiter:
                self._has_gaps = self._has_gaps or bool(self._blank) or bool((shapes[:count] == BLANK).any())
            yield from self._blank_rows()
            line_of = _lines_from(text, begin, first, starts[:count])
            yield self._block(text, starts[:count], ends[:count], shapes[:count], line_of)
        if behind:
            start = self._blank.start if self._blank else self._line - behind
            self._blank = range(start, self._line)

    def _block(self, text: Text, starts: Places, ends: Places, shapes: Text, line_of: Lines) -> Block:
        from anning.tables.kernels.records import OPEN, PLAIN

        cut_off = shapes[-1] == OPEN
        if self._dialect.delimiter:
            odd = np.flatnonzero(shapes != PLAIN)
            if len(odd):
                text, starts, ends = self._mended(text, starts, ends, odd, line_of, cut_off=bool(cut_off))
        return self._numbered(line_of, text, starts, ends, unclosed=bool(cut_off))

    def _numbered(self, line_of: Lines, text: Text, starts: Places, ends: Places, *, unclosed: bool = False) -> Block:
        block = TextBlock(self._row, line_of, text, starts, ends, self._written, self._width, unclosed=unclosed)
        self._row += block.height
        return block

    def _blank_rows(self) -> Iterator[Block]:
        waiting, self._blank = self._blank, range(0)
        row = quoted([""] * self._width, self._dialect.delimiter) if self._dialect.delimiter else ""
        for first in range(0, len(waiting), _ROWS):
            some = waiting[first : first + _ROWS]
            starts = np.zeros(len(some), dtype=np.int32)
            yield self._numbered(_lines_as(some), buffer_of(row.encode()), starts, starts + len(row))

    def _mended(
        self,
        text: Text,
        starts: Places,
        ends: Places,
        odd: NDArray[np.int64],
        line_of: Lines,
        *,
        cut_off: bool,
    ) -> tuple[Text, Places, Places]:
        """The rows once those that are odd are written anew by the rules, behind the others."""
        encoding, delimiter = self._written.encoding, self._dialect.delimiter
        written = [text[starts[row] : ends[row]].tobytes().decode(encoding) for row in odd]
        rows = self._read(written[:-1] if cut_off else written, odd, line_of)
        if cut_off:
            rows.append(self._read_cut_off(written[-1], int(line_of(np.array([len(starts) - 1]))[0])))
        anew = [quoted(fitted(row or [""], self._width, delimiter), delimiter).encode(encoding) for row in rows]
        lengths = np.array([len(each) for each in anew], dtype=np.int32)
        origin, end = int(starts[0]), int(ends[-1])
        starts, ends = starts - np.int32(origin), ends - np.int32(origin)
        ends[odd] = end - origin + np.cumsum(lengths)
        starts[odd] = ends[odd] - lengths
        return buffer_of(text[origin:end], b"".join(anew)), starts, ends

    def _read(self, written: list[str], rows: NDArray[np.int64], line_of: Lines) -> list[list[str]]:
        """Whole records as `csv` reads them, all at once; one by one only to say which it refuses."""
        try:
            return list(self._reader("\n".join(written) + "\n")) if written else []
        except csv.Error:
            for record, row in zip(written, rows, strict=False):
                try:
                    list(self._reader(record))
                except csv.Error as refused:
                    raise unclosed(self._thing, int(line_of(np.array([row]))[0])) from refused
            raise

    def _reader(self, text: str) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(text, newline=""), delimiter=self._dialect.delimiter)

    def _read_cut_off(self, written: str, line: int) -> list[str]:
        """The last record, which the text's end leaves open."""
        record = next(records(iter([written.encode()]), self._dialect, thing=self._thing, begins=line))
        if record.swallows:
            raise unclosed(self._thing, line - 1 + record.opened)
        return record.cells

    def _check(self, text: Text, begin: int, end: int) -> None:
        """Bytes that are no text in this encoding are an error that names their line."""
        place, _ = self._first_wrong(text, begin, end)
        if place >= 0:
            raise self._no_text(text, begin, place)

    def _no_text(self, text: Text, begin: int, place: int) -> Exception:
        from anning.tables.kernels.lines import count_lines

        return no_text(self._thing, self._written.encoding, self._line + count_lines(text, begin, place))

    def _whole_characters(self, rest: bytes) -> bytes:
        """What the text ends with; a character cut short becomes U+FFFD: a file that ends in the middle is ordinary."""
        text = buffer_of(rest)
        place, cut_short = self._first_wrong(text, 0, len(rest))
        if place < 0:
            return rest
        if not cut_short:
            raise self._no_text(text, 0, place)
        return rest[:place] + LOST.encode(self._written.encoding)

    def _first_wrong(self, text: Text, begin: int, end: int) -> tuple[int, bool]:
        from anning.tables.kernels.characters import first_not_gb18030, first_not_utf8

        if self._written.encoding == "gb18030":
            return first_not_gb18030(text, begin, end, _pairs())
        return first_not_utf8(text, begin, end)


def _behind(rest: Text, piece: bytes | Piece) -> tuple[Text, int, int]:
    """A piece with what was left of the one before it: a buffer, and where in it both stand."""
    if isinstance(piece, bytes):
        return buffer_of(rest, piece), 0, len(rest) + len(piece)
    buffer, begin, end = piece
    if len(rest) > begin:
        return buffer_of(rest, buffer[begin:end]), 0, len(rest) + end - begin
    buffer[begin - len(rest) : begin] = rest
    return buffer, begin - len(rest), end


def _lines_as(lines: range) -> Lines:
    return lambda rows: np.asarray(rows, dtype=np.int64) + lines.start


def _lines_from(text: Text, begin: int, first: int, starts: Places) -> Lines:
    """Lines counted from `begin`, which stands on the `first`."""

    def line_of(rows: NDArray[np.integer]) -> NDArray[np.int64]:
        from anning.tables.kernels.lines import number_lines

        places = starts[rows]
        if np.any(places[1:] < places[:-1]):
            places, back = np.unique(places, return_inverse=True)
        else:
            back = None
        lines = np.empty(len(places), dtype=np.int64)
        number_lines(text, begin, first, places, lines)
        return lines if back is None else lines[back]

    return line_of


@cache
def _pairs() -> NDArray[np.bool_]:
    """The two bytes that are a character of GB18030, by Python's codec."""
    known = np.zeros(1 << 16, dtype=np.bool_)
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            try:
                bytes((first, second)).decode("gb18030")
            except UnicodeDecodeError:
                continue
            known[first << 8 | second] = True
    return known

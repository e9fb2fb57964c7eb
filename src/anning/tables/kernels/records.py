"""Where the records of a delimited text begin and end (行边界), as Python's `csv` parts them.

Quotes are followed by counting: between an odd and an even one the text is within a cell. That holds as long as each
opens a cell at its start, closes it at its end, or is doubled within (RFC 4180, 2). A record in which one does not is
walked byte by byte, in the states `csv` has, and is odd. A text without quotes or without a delimiter is asked for with
`NONE`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.tables.kernels.bits import below, byte_at, compiled, count_ones, equal_bytes, inlined, lowest, parity_from

NONE: Final = 0xFF
"""A byte that stands in no text, UTF-8 or GB18030."""

_NEWLINE, _RETURN = np.uint8(10), np.uint8(13)
_ONE, _ALL = np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)
_FIELD, _QUOTED, _CLOSED, _START = 0, 1, 2, 3

PLAIN, ODD, BLANK, OPEN = 0, 1, 2, 3
"""What a record is: cells by the rules, as many as there are columns; anything else; nothing at all; cut off by the
text's end within quotes."""

Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]


@compiled
def find_records(
    data: Bytes,
    begin: int,
    end: int,
    final: bool,
    delimiter: int,
    quote: int,
    width: int,
    starts: Places,
    ends: Places,
    shapes: Bytes,
) -> tuple[int, int]:
    """The records that are complete between `begin` and `end`, as many as the arrays hold.

    Args:
        data: bytes with `SLACK` behind `end`.
        final: whether the text ends at `end`, so that its last record needs no line end.
        width: how many cells a plain record has.
        starts, ends, shapes: filled with each record's place without its line end, and its shape.

    Returns:
        How many were found, and where the next one begins.
    """
    text = data.ctypes.data
    separator, quotes = np.uint8(delimiter), np.uint8(quote)
    room = len(starts)
    found = 0
    start = at = begin
    cells = 1
    within = np.uint64(0)
    closed_before = np.uint64(0)
    parted_before = _ONE
    while at < end and found < room:
        here = below(end - at)
        parts = equal_bytes(text, at, separator) & here
        breaks = (equal_bytes(text, at, _NEWLINE) | equal_bytes(text, at, _RETURN)) & here
        marks = equal_bytes(text, at, quotes) & here
        wrong = np.uint64(0)
        if marks | within | closed_before:
            inside = parity_from(marks) ^ within
            opening, closing = marks & inside, marks & ~inside
            parted = parts | breaks
            behind = (closing << _ONE) | closed_before
            if final and end - at < 64:
                behind &= here
            wrong = opening & ~((parted << _ONE) | parted_before | behind)
            wrong |= behind & ~(parted | marks)
            closed_before = closing >> np.uint64(63)
            parted_before = (parted & ~inside) >> np.uint64(63)
            within = np.uint64(0) - (inside >> np.uint64(63))
            parts &= ~inside
            breaks &= ~inside
            if wrong:
                upto = below(lowest(wrong))
                parts &= upto
                breaks &= upto
        else:
            parted_before = (parts | breaks) >> np.uint64(63)
        before = at
        while breaks:
            place = lowest(breaks)
            breaks &= breaks - _ONE
            stop = at + place
            if stop < start:
                continue
            upto = below(place)
            cells += count_ones(parts & upto)
            parts &= ~upto
            following = stop + 1
            if byte_at(text, stop) == _RETURN:
                if following == end and not final:
                    return found, start
                if following < end and byte_at(text, following) == _NEWLINE:
                    following += 1
            starts[found], ends[found] = start, stop
            shapes[found] = BLANK if stop == start else (PLAIN if cells == width else ODD)
            found += 1
            start = following
            cells = 1
            if found == room:
                return found, start
        if wrong:
            stop, following, whole = _walk(text, start, end, final, separator, quotes)
            if not whole and not final:
                return found, start
            starts[found], ends[found] = start, stop
            shapes[found] = ODD if whole else OPEN
            found += 1
            start = at = following
            cells = 1
            within = closed_before = np.uint64(0)
            parted_before = _ONE
            continue
        cells += count_ones(parts)
        at = before + 64
    if final and found < room and start < end:
        starts[found], ends[found] = start, end
        shapes[found] = OPEN if within else (PLAIN if cells == width else ODD)
        found += 1
        start = end
    return found, start


@inlined
def _walk(text: int, start: int, end: int, final: bool, separator: np.uint8, quotes: np.uint8) -> tuple[int, int, bool]:
    """One record by the states of `csv`: where it stops, where the next begins, whether it is whole."""
    state = _START
    at = start
    while at < end:
        sign = byte_at(text, at)
        if state == _QUOTED:
            if sign == quotes:
                state = _CLOSED
        elif sign in (_NEWLINE, _RETURN):
            following = at + 1
            if sign == _RETURN:
                if following == end and not final:
                    return at, at, False
                if following < end and byte_at(text, following) == _NEWLINE:
                    following += 1
            return at, following, True
        elif sign == separator:
            state = _START
        elif sign == quotes and state in (_START, _CLOSED):
            state = _QUOTED
        else:
            state = _FIELD
        at += 1
    return end, end, final and state != _QUOTED

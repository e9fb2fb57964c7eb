"""Rows on their way out (行输出): each as it came, figures before it and words behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anning.tables.kernels.bits import compiled, copy_bytes, inlined, send

Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]


@compiled
def append_rows(
    data: Bytes,
    starts: Places,
    ends: Places,
    chosen: Places,
    first: int,
    figures: NDArray[np.int64],
    delimiter: int,
    codes: NDArray[np.uint32],
    words: Bytes,
    word_starts: NDArray[np.int64],
    out: Bytes,
    begin: int,
    room: int,
) -> tuple[int, int]:
    """Append rows to a buffer as far as they fit.

    Args:
        data: where the rows stand, from `starts` to `ends`.
        chosen: the rows wanted, in order; `first` is the place among them to begin at.
        figures: for each row wanted the whole numbers before its first cell, as many as there are columns.
        codes: by row which words follow it; those of code `n` stand in `words` from `word_starts[n]` to the next.
        out: with `SLACK` behind `room`; written from `begin` on.

    Returns:
        How many of the wanted rows are done, and where the next one goes.
    """
    text, behind, target = data.ctypes.data, words.ctypes.data, out.ctypes.data
    before = figures.shape[1]
    at = begin
    for place in range(first, len(chosen)):
        row = chosen[place]
        start = int(starts[row])
        length = int(ends[row]) - start
        code = np.int64(codes[row])
        word = word_starts[code]
        letters = word_starts[code + 1] - word
        if at + 21 * before + length + letters > room:
            return place, at
        for figure in range(before):
            at = _write_figure(out, at, figures[place, figure])
            out[at] = delimiter
            at += 1
        at = copy_bytes(target, at, text, start, length)
        at = copy_bytes(target, at, behind, word, letters)
    return len(chosen), at


@inlined
def _write_figure(out: Bytes, at: int, figure: int) -> int:
    digits = 1
    rest = figure // 10
    while rest:
        digits += 1
        rest //= 10
    for place in range(digits - 1, -1, -1):
        out[at + place] = 48 + figure % 10
        figure //= 10
    return at + digits


@compiled
def code_rows(
    places: Places, code_of_place: NDArray[np.uint32], counts: NDArray[np.int64], codes: NDArray[np.uint32]
) -> int:
    """The code of each row, by its place in another list; where it has none, -1, the code is 0 and is not counted.

    Returns:
        How many have none.
    """
    without = 0
    for row in range(len(places)):
        place = places[row]
        code = code_of_place[place] if place >= 0 else np.uint32(0)
        codes[row] = code
        counts[code] += place >= 0
        without += place < 0
    return without


@compiled
def spread_rows(
    data: Bytes,
    starts: Places,
    ends: Places,
    first: int,
    codes: NDArray[np.uint32],
    sheet_of_code: NDArray[np.int64],
    words: Bytes,
    word_starts: NDArray[np.int64],
    sheets: NDArray[np.int64],
    with_all: bool,
) -> tuple[int, int]:
    """Put each row, from the `first` on, into the buffer of its code's sheet and, `with_all`, into that of sheet 0.

    Args:
        data: where the rows stand, from `starts` to `ends`.
        codes: by row which words follow it; those of code `n` stand in `words` from `word_starts[n]` to the next.
        sheet_of_code: above 0, or below it when there is none.
        sheets: by sheet its buffer's address, how much of that is filled, its room, the file a full buffer goes to or
            -1, and how much of it the file took when it did not take all.

    Returns:
        The row at which a sheet has no room, and that sheet; it has to be emptied. All rows, and -1, when there is
        none.
    """
    text, behind = data.ctypes.data, words.ctypes.data
    for row in range(first, len(starts)):
        start, code = int(starts[row]), codes[row]
        length = int(ends[row]) - start
        word = word_starts[code]
        letters = word_starts[code + 1] - word
        sheet = sheet_of_code[code]
        needed = length + letters
        if with_all and not _has_room(sheets, 0, needed):
            return row, 0
        if sheet > 0:
            if not _has_room(sheets, sheet, needed):
                return row, sheet
            address, at = sheets[sheet, 0], sheets[sheet, 1]
            sheets[sheet, 1] = copy_bytes(address, copy_bytes(address, at, text, start, length), behind, word, letters)
        if with_all:
            address, at = sheets[0, 0], sheets[0, 1]
            sheets[0, 1] = copy_bytes(address, copy_bytes(address, at, text, start, length), behind, word, letters)
    return len(starts), -1


@inlined
def _has_room(sheets: NDArray[np.int64], sheet: int, needed: int) -> bool:
    """Whether so many bytes fit into a sheet's buffer, once it is emptied if it must be and has a file."""
    filled = sheets[sheet, 1]
    if filled + needed <= sheets[sheet, 2]:
        return True
    if sheets[sheet, 3] < 0:
        return False
    sent = send(sheets[sheet, 3], sheets[sheet, 0], filled)
    if sent != filled:
        sheets[sheet, 4] = max(sent, 0)
        return False
    sheets[sheet, 1] = 0
    return True

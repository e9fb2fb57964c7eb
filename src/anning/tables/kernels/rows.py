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
    file: int,
) -> tuple[int, int, int]:
    """Append rows to a buffer, and the buffer to a file whenever it is full.

    Args:
        data: where the rows stand, from `starts` to `ends`.
        chosen: the rows wanted, in order; `first` is the place among them to begin at.
        figures: for each row wanted the whole numbers before its first cell, as many as there are columns.
        codes: by row which words follow it; those of code `n` stand in `words` from `word_starts[n]` to the next.
        out: with `SLACK` behind `room`; written from `begin` on.
        file: its descriptor; -1 when the caller empties the buffer.

    Returns:
        How many of the wanted rows are done; up to where the buffer is filled; and how much of that the file took
        when it did not take all, which ends the work as a full buffer without a file does.
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
            sent = send(file, target, at) if file >= 0 else 0
            if sent != at:
                return place, at, max(sent, 0)
            at = 0
        for figure in range(before):
            at = _write_figure(out, at, figures[place, figure])
            out[at] = delimiter
            at += 1
        at = copy_bytes(target, at, text, start, length)
        at = copy_bytes(target, at, behind, word, letters)
    return len(chosen), at, 0


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
def part_rows(
    codes: NDArray[np.uint32], part_of_code: Bytes, parts: int, order: Places, ends: NDArray[np.int64]
) -> None:
    """The rows by part, each part's in their order.

    Args:
        part_of_code: by code which part its rows belong to, below `parts`.
        order: gets the rows, those of the first part first.
        ends: gets for each part where its rows end.
    """
    ends[:] = 0
    for code in codes:
        ends[part_of_code[code]] += 1
    begin = 0
    for part in range(parts):
        begin, ends[part] = begin + ends[part], begin
    for row in range(len(codes)):
        part = part_of_code[codes[row]]
        order[ends[part]] = row
        ends[part] += 1

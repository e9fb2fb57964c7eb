"""Rows on their way out (行输出): each as it came, figures before it and words behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anning.tables.kernels.bits import compiled, copy_bytes, inlined

Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]


@compiled
def append_rows(
    data: Bytes,
    starts: Places,
    ends: Places,
    chosen: NDArray[np.int64],
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

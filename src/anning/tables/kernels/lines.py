"""Which line of its file a row begins on (行号); lines end as `io.StringIO` has it: `\\n`, `\\r\\n` or a lone `\\r`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anning.tables.kernels.bits import below, byte_at, compiled, count_ones, equal_bytes, inlined

_NEWLINE, _RETURN = np.uint8(10), np.uint8(13)
_LANES: Final = 64
_ONE = np.uint64(1)


@inlined
def _line_ends(text: int, at: int, end: int) -> Any:
    here = below(end - at)
    newlines = equal_bytes(text, at, _NEWLINE)
    returns = equal_bytes(text, at, _RETURN) & here
    if returns:
        after = newlines >> _ONE
        if byte_at(text, at + _LANES) == _NEWLINE:
            after |= _ONE << np.uint64(63)
        returns &= ~after
    return (newlines & here) | returns


@compiled
def count_lines(data: NDArray[np.uint8], begin: int, end: int) -> int:
    """How many lines end between two places, neither of which parts a `\\r\\n`."""
    text = data.ctypes.data
    found = 0
    for at in range(begin, end, _LANES):
        found += count_ones(_line_ends(text, at, end))
    return found


@compiled
def number_lines(
    data: NDArray[np.uint8], begin: int, first: int, places: NDArray[np.int32], lines: NDArray[np.int64]
) -> None:
    """The line each place stands on; `begin` stands on line `first`, and the places follow one another."""
    text = data.ctypes.data
    done = 0
    before = first
    at = begin
    while done < len(places):
        ends = _line_ends(text, at, at + _LANES)
        while done < len(places) and places[done] < at + _LANES:
            lines[done] = before + count_ones(ends & below(places[done] - at))
            done += 1
        before += count_ones(ends)
        at += _LANES

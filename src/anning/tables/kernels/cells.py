"""One column of plain records: where its cells stand, and which of them are the same (单元格定位)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anning.tables.kernels.bits import below, compiled, count_ones, equal_bytes, inlined, lowest, parity_from, word_at

Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]

_ONE, _ALL = np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@compiled
def find_cells(
    data: Bytes,
    starts: Places,
    ends: Places,
    column: int,
    delimiter: int,
    quote: int,
    cell_starts: Places,
    cell_ends: Places,
) -> None:
    """Where a column's cell begins and ends in each record, its quotes included."""
    text = data.ctypes.data
    separator, quotes = np.uint8(delimiter), np.uint8(quote)
    for row in range(len(starts)):
        start, end = int(starts[row]), int(ends[row])
        begin = start if column == 0 else -1
        stop = end
        missing = column
        within = np.uint64(0)
        at = start
        while at < end:
            here = below(end - at)
            parts = equal_bytes(text, at, separator) & here
            marks = equal_bytes(text, at, quotes) & here
            if within or marks & ~_behind(parts, missing):
                inside = parity_from(marks) ^ within
                within = np.uint64(0) - (inside >> np.uint64(63))
                parts &= ~inside
            if begin < 0:
                found = count_ones(parts)
                if found < missing:
                    missing -= found
                    at += 64
                    continue
                for _ in range(missing - 1):
                    parts &= parts - _ONE
                begin = at + lowest(parts) + 1
                parts &= parts - _ONE
                missing = 0
            if parts:
                stop = at + lowest(parts)
                break
            at += 64
        cell_starts[row], cell_ends[row] = begin, stop


@inlined
def _behind(parts: np.uint64, cells: int) -> np.uint64:
    """The places behind the separator that ends the cell so many cells on; quotes there do not matter."""
    for _ in range(cells):
        parts &= parts - _ONE
    return ~((parts & (np.uint64(0) - parts)) - _ONE) if parts else np.uint64(0)


@inlined
def _last_word_at(text: int, at: int, end: int) -> Any:
    return word_at(text, at) & below((end - at) * 8)


@inlined
def _same(text: int, one: int, end: int, other: int) -> bool:
    while end - one >= 8:
        if word_at(text, one) != word_at(text, other):
            return False
        one += 8
        other += 8
    return bool((word_at(text, one) ^ word_at(text, other)) & below((end - one) * 8) == np.uint64(0))


@compiled
def number_distinct(data: Bytes, starts: Places, ends: Places, slots: Places, firsts: Places, places: Places) -> int:
    """Number the cells so that equal ones have the same number.

    Args:
        slots: more than the rows, a power of two, all -1.
        firsts: gets for each number the first row with such a cell.
        places: gets for each row its cell's number.

    Returns:
        How many are distinct.
    """
    text = data.ctypes.data
    distinct = 0
    mask = np.uint64(len(slots) - 1)
    for row in range(len(starts)):
        at, end = int(starts[row]), int(ends[row])
        length = end - at
        mixed = np.uint64(length)
        while at + 8 <= end:
            mixed = (mixed ^ word_at(text, at)) * _MIX
            mixed ^= mixed >> np.uint64(32)
            at += 8
        mixed = (mixed ^ _last_word_at(text, at, end)) * _MIX
        slot = (mixed ^ (mixed >> np.uint64(29))) & mask
        while True:
            number = slots[np.intp(slot)]
            if number < 0:
                slots[np.intp(slot)] = distinct
                firsts[distinct] = row
                places[row] = distinct
                distinct += 1
                break
            first = firsts[number]
            begin = int(starts[first])
            if int(ends[first]) - begin == length and _same(text, end - length, end, begin):
                places[row] = number
                break
            slot = (slot + _ONE) & mask
    return distinct

"""Loops over millions of contacts, compiled (编译内核). Imported when there are many contacts, not before."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anning.gate.counts.contacts import KEPT
from anning.gate.counts.keys import FIRST_MOBILE, LAST_MOBILE

_KEPT: Final = KEPT
_FIRST: Final = FIRST_MOBILE
_LAST: Final = LAST_MOBILE
_ALL: Final = (1 << 33) - 1
_ODD: Final = 0x1_3C6E_F373
_EMPTY: Final = np.uint32(0xFFFF_FFFF)


@njit(cache=True, nogil=True)
def merge(
    keys: NDArray[np.int64],
    seconds: NDArray[np.uint32],
    more_keys: NDArray[np.int64],
    more_seconds: NDArray[np.uint32],
    first: int,
    into_keys: NDArray[np.int64],
    into_seconds: NDArray[np.uint32],
) -> int:
    """Two runs into one, without what is before `first` and, of one key, all but the latest 256.

    Returns:
        How many are left; the arrays to write into must have room for all.
    """
    i, j, n, begins = 0, 0, 0, 0
    while i < len(keys) or j < len(more_keys):
        from_first = j == len(more_keys) or (
            i < len(keys) and (keys[i] < more_keys[j] or (keys[i] == more_keys[j] and seconds[i] <= more_seconds[j]))
        )
        if from_first:
            key, second = keys[i], seconds[i]
            i += 1
        else:
            key, second = more_keys[j], more_seconds[j]
            j += 1
        if second < first:
            continue
        if n == begins or into_keys[n - 1] != key:
            begins = n
        elif n - begins == _KEPT:
            # The oldest of the key goes; keys with so many are few.
            for place in range(begins, n - 1):
                into_seconds[place] = into_seconds[place + 1]
            n -= 1
        into_keys[n] = key
        into_seconds[n] = second
        n += 1
    return n


@njit(inline="always")
def _mixed(value: int) -> int:
    """A mobile number's distance from the first, 33 bits, mixed so that every 33 bits are some number's."""
    mixed = ((value - _FIRST) * _ODD) & _ALL
    return mixed ^ (mixed >> 17)


@njit(cache=True, nogil=True)
def put(numbers: NDArray[np.int64], bits: int, slots: NDArray[np.uint32], spilt: NDArray[np.int64]) -> int:
    """Put mobile numbers into a table of buckets of eight slots, 2 ** bits of them; what finds no room is spilt.

    Returns:
        How many were spilt.
    """
    left = 33 - bits
    spilt_so_far = 0
    for place in range(len(numbers)):
        mixed = _mixed(numbers[place])
        first = (mixed >> left) << 3
        rest = np.uint32(mixed & ((1 << left) - 1))
        for slot in range(first, first + 8):
            if slots[slot] == rest:
                break
            if slots[slot] == _EMPTY:
                slots[slot] = rest
                break
        else:
            spilt[spilt_so_far] = numbers[place]
            spilt_so_far += 1
    return spilt_so_far


@njit(cache=True, nogil=True)
def mark(
    slots: NDArray[np.uint32],
    bits: int,
    spilt: NDArray[np.int64],
    values: NDArray[np.int64],
    found: NDArray[np.bool_],
) -> None:
    """Mark the rows whose number is in such a table.

    Args:
        spilt: what found no room, in order.
        values: mobile numbers; others are passed over.
        found: by row; what is marked already stays so.
    """
    left = 33 - bits
    below = (1 << left) - 1
    for row in range(len(values)):
        value = values[row]
        if value < _FIRST or value > _LAST:
            continue
        mixed = _mixed(value)
        first = (mixed >> left) << 3
        rest = np.uint32(mixed & below)
        there = False
        for slot in range(first, first + 8):
            there |= slots[slot] == rest
        if there:
            found[row] = True
        elif slots[first + 7] != _EMPTY and len(spilt):
            place = np.searchsorted(spilt, value)
            if place < len(spilt) and spilt[place] == value:
                found[row] = True

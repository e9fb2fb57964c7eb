"""Loops over millions of contacts, compiled (编译内核). Imported when there are many contacts, not before."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anning.gate.counts.contacts import KEPT

_KEPT: Final = KEPT
_FEW: Final = 8


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


@njit(cache=True, nogil=True)
def mark(
    keys: NDArray[np.int64],
    starts: NDArray[np.int64],
    shift: int,
    lowest: int,
    values: NDArray[np.int64],
    found: NDArray[np.bool_],
) -> None:
    """Mark the rows whose number has a contact in a slice of one sender and channel.

    Args:
        keys: of the slice, the sender and channel taken off.
        starts: where in the slice each bucket of numbers begins, and the end of the last.
        shift, lowest: a number's bucket is (number - lowest) >> shift.
        values: mobile numbers; others are passed over.
        found: by row; what is marked already stays so.
    """
    buckets = len(starts) - 1
    for row in range(len(values)):
        value = values[row]
        bucket = (value - lowest) >> shift
        if value < lowest or bucket >= buckets:
            continue
        low, high = starts[bucket], starts[bucket + 1]
        while high - low > _FEW:
            middle = (low + high) >> 1
            if keys[middle] >> 2 < value:
                low = middle + 1
            else:
                high = middle + 1
        for place in range(low, high):
            number = keys[place] >> 2
            if number >= value:
                if number == value:
                    found[row] = True
                break


@njit(cache=True, nogil=True)
def begin(keys: NDArray[np.int64], shift: int, lowest: int, starts: NDArray[np.int64]) -> None:
    """Where each bucket of numbers begins, as `mark` wants it."""
    bucket = 0
    for place in range(len(keys)):
        of = ((keys[place] >> 2) - lowest) >> shift
        while bucket <= of:
            starts[bucket] = place
            bucket += 1
    while bucket < len(starts):
        starts[bucket] = len(keys)
        bucket += 1

"""The limit of the machine, and numbers drawn in millions, compiled by numba (基准内核)."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_AT_ONCE = {"cache": True, "nogil": True, "error_model": "numpy"}


@numba.njit(**_AT_ONCE)
def fetch(addresses: Any, pages: Any, out: Any) -> None:
    """By row the byte at a known address, nothing else: the machine's limit for one look-up."""
    for row in range(addresses.shape[0]):
        out[row] = pages[addresses[row]]


@numba.njit(**_AT_ONCE)
def fetch_two(addresses: Any, pages: Any, others: Any, marks: Any, out: Any) -> None:
    """By row the sum of two bytes at known addresses: the machine's limit for two look-ups."""
    for row in range(addresses.shape[0]):
        out[row] = pages[addresses[row]] + marks[others[row]]


@numba.njit(**_AT_ONCE)
def addresses_of(values: Any, blocks: Any, first: int, block: int, out: Any) -> None:
    """By row where the byte of a mobile number lies; every number has a block."""
    for row in range(values.shape[0]):
        place = (values[row] - first) // block
        out[row] = blocks[place] + (values[row] - first - place * block)


@numba.njit(**_AT_ONCE)
def draw(numbers: Any, seed: int, shares: Any, out: Any) -> None:
    """By row which of several things a number drew: `shares` are their cumulated shares but the last, of 2**32.

    The same number draws the same under the same seed (splitmix64).
    """
    for row in range(numbers.shape[0]):
        mixed = np.uint64(numbers[row]) + np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        drawn = np.int64((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32))
        which = 0
        for share in shares:
            which += drawn >= share
        out[row] = which

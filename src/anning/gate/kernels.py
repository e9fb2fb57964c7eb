"""Verdicts of many rows from a table of those already made, compiled by numba (裁决内核)."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_AT_ONCE = {"cache": True, "nogil": True, "error_model": "numpy"}

LEFT_OUT = -1
UNKNOWN = -2


@numba.njit(**_AT_ONCE)
def find_verdicts(histories: Any, kinds: Any, among: Any, table: Any, of_kinds: int, invalid: int, out: Any) -> int:
    """By row the place of the verdict on its history and kind of number.

    Args:
        among: by row whether it is asked about; empty when all are.
        table: by history times `of_kinds` and kind; below 0 where no verdict was made yet.
        invalid: the kind of cells that name no number.
        out: `LEFT_OUT` where none is asked for, `UNKNOWN` where the table has none.

    Returns:
        How many rows are unknown.
    """
    unknown = 0
    whole = among.shape[0] == 0
    for row in range(histories.shape[0]):
        place = np.int32(LEFT_OUT)
        if kinds[row] != invalid and (whole or among[row]):
            place = table[histories[row] * of_kinds + kinds[row]]
            if place < 0:
                place = np.int32(UNKNOWN)
                unknown += 1
        out[row] = place
    return unknown


@numba.njit(**_AT_ONCE)
def renumber(places: Any, numbers: Any) -> int:
    """Number the places that are met, in their order, from 0 on, and put these numbers in their stead.

    Args:
        places: below 0 where there is none; written over.
        numbers: as many as there are places, all -1; holds the number of each place that is met afterwards.

    Returns:
        How many are met.
    """
    for row in range(places.shape[0]):
        if places[row] >= 0:
            numbers[places[row]] = 0
    met = 0
    for place in range(numbers.shape[0]):
        if numbers[place] == 0:
            numbers[place] = met
            met += 1
    for row in range(places.shape[0]):
        if places[row] >= 0:
            places[row] = numbers[places[row]]
    return met

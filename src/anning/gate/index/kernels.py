"""Look-ups over millions of numbers, compiled by numba (查询内核).

A number is looked up by its *id*: 0 to 6,999,999,999 for the mobile numbers 13000000000 to 19999999999, above that the
ordinal of any other number of which something was said. The byte of a mobile number lies in its block of a million;
the table of blocks fits the cache. Numbers go through in runs of 256: first every address is worked out and asked for,
then every byte is read, so that the memory answers many at once (shared/performance.md; the two-pass look-up).
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

FIRST_MOBILE = 13_000_000_000
MOBILES = 7_000_000_000
BLOCK = 1_000_000
BLOCKS = MOBILES // BLOCK
RUN = 256

_AT_ONCE = {"cache": True, "nogil": True, "error_model": "numpy"}


@intrinsic
def _prefetch(_typing: Any, array: Any, place: Any) -> Any:  # noqa: ARG001 - read from the signature
    """Ask for the cache line of an element, to be read soon (`llvm.prefetch`)."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        view = context.make_array(kind)(context, builder, arguments[0])
        element = cgutils.get_item_pointer(context, builder, kind, view, [arguments[1]], wraparound=False)
        byte = ir.IntType(8).as_pointer()
        word = ir.IntType(32)
        signature_ = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        ask = cgutils.get_or_insert_function(builder.module, signature_, "llvm.prefetch.p0")
        read, keep, data = ir.Constant(word, 0), ir.Constant(word, 1), ir.Constant(word, 1)
        builder.call(ask, [builder.bitcast(element, byte), read, keep, data])
        return context.get_dummy_value()

    return types.void(array, types.intp), code


@numba.njit(inline="always")
def _address(value: Any, blocks: Any) -> Any:
    """Where the byte of an 11-digit mobile number lies; 0, the byte of nobody, where nothing was ever said."""
    offset = np.uint64(value) - np.uint64(FIRST_MOBILE)
    inside = offset if offset < np.uint64(MOBILES) else np.uint64(0)
    # 1,000,000 = 64 * 15,625: a 32-bit division is several times as fast as one of 64 bits.
    block = np.uint32(inside >> np.uint64(6)) // np.uint32(15_625)
    start = blocks[block]
    if start < 0 or offset >= np.uint64(MOBILES):
        return np.uint64(0)
    return np.uint64(start) + (inside - np.uint64(block) * np.uint64(BLOCK))


@numba.njit(**_AT_ONCE)
def gather(values: Any, blocks: Any, pages: Any, out: Any) -> None:
    """By row the profile byte of a mobile number (int64, 11 digits)."""
    addresses = np.empty(RUN, np.uint64)
    rows = values.shape[0]
    for first in range(0, rows, RUN):
        count = min(RUN, rows - first)
        for row in range(count):
            address = _address(values[first + row], blocks)
            _prefetch(pages, np.intp(address))
            addresses[row] = address
        for row in range(count):
            out[first + row] = pages[np.intp(addresses[row])]


@numba.njit(**_AT_ONCE)
def gather_pairs(values: Any, blocks: Any, pages: Any, marks: Any, places: Any, out: Any) -> int:
    """By row the place of (profile byte, mark of the sender's dealings) in a table of 256 x 16.

    Returns:
        How many rows came out -1: what the table does not know yet.
    """
    addresses = np.empty(RUN, np.uint64)
    rows = values.shape[0]
    unknown = 0
    for first in range(0, rows, RUN):
        count = min(RUN, rows - first)
        for row in range(count):
            address = _address(values[first + row], blocks)
            _prefetch(pages, np.intp(address))
            _prefetch(marks, np.intp(address >> np.uint64(1)))
            addresses[row] = address
        for row in range(count):
            address = addresses[row]
            both = marks[np.intp(address >> np.uint64(1))]
            mark = (both >> (np.uint8(address & np.uint64(1)) << np.uint8(2))) & np.uint8(15)
            place = places[np.intp(pages[np.intp(address)]) * 16 + np.intp(mark)]
            out[first + row] = place
            unknown += place < 0
    return unknown


# --- open-addressed maps: int64 key (0 is free) to uint32 ---------------------------------------------------------


@numba.njit(inline="always")
def _slot(key: Any, mask: Any) -> Any:
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return np.intp((mixed ^ (mixed >> np.uint64(32))) & np.uint64(mask))


@numba.njit(**_AT_ONCE)
def find(keys: Any, values: Any, key: int, missing: int) -> int:
    """The value of a key, or `missing`."""
    mask = keys.shape[0] - 1
    slot = _slot(key, mask)
    while keys[slot] != 0:
        if keys[slot] == key:
            return values[slot]  # type: ignore[no-any-return]  # numba's integers
        slot = (slot + 1) & mask
    return missing


@numba.njit(**_AT_ONCE)
def put(keys: Any, values: Any, key: int, value: int) -> bool:
    """Set a key; true when it is new. The value is there before the key: whoever reads meanwhile finds both or none."""
    mask = keys.shape[0] - 1
    slot = _slot(key, mask)
    while keys[slot] != 0:
        if keys[slot] == key:
            values[slot] = value
            return False
        slot = (slot + 1) & mask
    values[slot] = value
    keys[slot] = key
    return True


@numba.njit(**_AT_ONCE)
def put_all(keys: Any, values: Any, from_keys: Any, from_values: Any) -> int:
    """Set many keys, those of 0 aside; how many were new."""
    new = 0
    for place in range(from_keys.shape[0]):
        if from_keys[place] != 0:
            new += put(keys, values, from_keys[place], from_values[place])
    return new


@numba.njit(**_AT_ONCE)
def find_all(keys: Any, values: Any, wanted: Any, missing: int, out: Any) -> None:
    """By row the value of a key, or `missing`."""
    for row in range(wanted.shape[0]):
        out[row] = find(keys, values, wanted[row], missing)


@numba.njit(**_AT_ONCE)
def keys_from(keys: Any, first: int, last: int, out: Any) -> int:
    """The slots whose key lies in a range; how many there are (only as many as `out` holds are named)."""
    found = 0
    for slot in range(keys.shape[0]):
        if first <= keys[slot] <= last:
            if found < out.shape[0]:
                out[found] = slot
            found += 1
    return found


# --- pairs: sorted low parts by organisation and high part ---------------------------------------------------------


@numba.njit(**_AT_ONCE)
def find_pair(starts: Any, low: Any, organisation: int, number: int) -> int:
    """Where the pair of an organisation and a number id stands among the low parts, -1 when it does not."""
    part = organisation * 4 + (number >> 32)
    if part + 1 >= starts.shape[0]:
        return -1
    left, right = starts[part], starts[part + 1]
    wanted = np.uint32(number & 0xFFFFFFFF)
    while left < right:
        middle = (left + right) >> 1
        if low[middle] < wanted:
            left = middle + 1
        else:
            right = middle
    return left if left < starts[part + 1] and low[left] == wanted else -1


@numba.njit(**_AT_ONCE)
def find_pairs(starts: Any, low: Any, organisation: int, numbers: Any, out: Any) -> None:
    """By row what `find_pair` finds; a number id below 0 has none."""
    for row in range(numbers.shape[0]):
        out[row] = find_pair(starts, low, organisation, numbers[row]) if numbers[row] >= 0 else -1


@numba.njit(**_AT_ONCE)
def find_each(
    starts: Any,
    low: Any,
    codes: Any,
    palettes: Any,
    palette: Any,
    overlay_keys: Any,
    overlay_values: Any,
    organisations: Any,
    numbers: Any,
    keys: Any,
    out: Any,
) -> None:
    """By row the class of the pair of an organisation and a number id, 0 when there is none."""
    for row in range(numbers.shape[0]):
        changed = find(overlay_keys, overlay_values, keys[row], -1)
        if changed >= 0:
            out[row] = changed
            continue
        place = find_pair(starts, low, organisations[row], numbers[row])
        out[row] = 0 if place < 0 else palette[palettes[organisations[row]] + codes[place]]


@numba.njit(**_AT_ONCE)
def mark_pairs(starts: Any, low: Any, codes: Any, organisation: int, mark_of: Any, blocks: Any, marks: Any) -> None:
    """Set the mark of every mobile number of an organisation; `mark_of` goes from the pair's code to the mark."""
    for high in range(4):
        part = organisation * 4 + high
        if part + 1 >= starts.shape[0]:
            return
        for place in range(starts[part], starts[part + 1]):
            number = (np.int64(high) << 32) | np.int64(low[place])
            if number < MOBILES:
                _mark(number, mark_of[codes[place]], blocks, marks)


@numba.njit(inline="always")
def _mark(number: Any, mark: Any, blocks: Any, marks: Any) -> None:
    address = _address(number + FIRST_MOBILE, blocks)
    if address == 0:
        return
    place = np.intp(address >> np.uint64(1))
    shift = np.uint8(address & np.uint64(1)) << np.uint8(2)
    kept = marks[place] & np.uint8(~(np.uint8(15) << shift) & 0xFF)
    marks[place] = kept | np.uint8(np.uint8(mark) << shift)


@numba.njit(**_AT_ONCE)
def mark_numbers(numbers: Any, marks_of: Any, blocks: Any, marks: Any) -> None:
    """Set the marks of these number ids; those that are no mobile numbers have none."""
    for row in range(numbers.shape[0]):
        if 0 <= numbers[row] < MOBILES:
            _mark(numbers[row], marks_of[row], blocks, marks)


# --- the general byte, set -----------------------------------------------------------------------------------------


@numba.njit(**_AT_ONCE)
def needed_blocks(numbers: Any, blocks: Any, needed: Any) -> None:
    """Which blocks of these mobile number ids have no place yet."""
    for row in range(numbers.shape[0]):
        block = numbers[row] // BLOCK
        if blocks[block] < 0:
            needed[block] = True


@numba.njit(**_AT_ONCE)
def set_bytes(numbers: Any, codes: Any, blocks: Any, pages: Any) -> None:
    """Set the byte of these mobile number ids, whose blocks have a place."""
    for row in range(numbers.shape[0]):
        block = numbers[row] // BLOCK
        pages[blocks[block] + (numbers[row] - block * BLOCK)] = codes[row]


@numba.njit(**_AT_ONCE)
def set_bits(numbers: Any, blocks: Any, bits: Any) -> None:
    """Set the bit of these mobile number ids, whose blocks have a place."""
    for row in range(numbers.shape[0]):
        block = numbers[row] // BLOCK
        place = blocks[block] + (numbers[row] - block * BLOCK)
        bits[place >> 3] |= np.uint8(1 << (place & 7))


@numba.njit(**_AT_ONCE)
def read_bits(numbers: Any, blocks: Any, bits: Any, out: Any) -> None:
    """By row whether the bit of a mobile number id is set; rows of other ids are left as they are."""
    for row in range(numbers.shape[0]):
        if 0 <= numbers[row] < MOBILES:
            block = numbers[row] // BLOCK
            if blocks[block] >= 0:
                place = blocks[block] + (numbers[row] - block * BLOCK)
                out[row] = bits[place >> 3] >> np.uint8(place & 7) & 1

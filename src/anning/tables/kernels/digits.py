"""Cells read as mobile numbers (手机号识别): eleven digits at once, the spellings nobody can mistake one by one.

What stands in any other way gets 0 and is left to `anning.numbers.parse`, whose reading is the reference.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.tables.kernels.bits import byte_at, compiled, figure_at, inlined, word_at
from anning.tables.numbers import FIRST, LAST

_BLANK, _TAB, _DASH, _PLUS, _DOT, _ZERO, _APOSTROPHE = (np.uint8(ord(sign)) for sign in " \t-+.0'")
_SPACE: Final = 10
_UNKNOWN: Final = 11
_NINES = np.uint64(0x0606060606060606)
_HIGH = np.uint64(0xF0F0F0F0F0F0F0F0)
_ZEROS = np.uint64(0x3030303030303030)


@compiled
def read_mobiles(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    quote: int,
    gb18030: bool,
    kind_of_prefix: NDArray[np.uint8],
    values: NDArray[np.int64],
    kinds: NDArray[np.uint8],
) -> int:
    """The mobile number in each cell, 0 where it is not plain that there is one.

    Args:
        quote: the byte that quotes cells.
        gb18030: whether the text is that, not UTF-8.
        kind_of_prefix: by a number's first four digits the code of its kind, and at 0 that of no number.

    Returns:
        How many are 0.
    """
    text = data.ctypes.data
    quotes = np.uint8(quote)
    unread = 0
    for row in range(len(starts)):
        start, end = int(starts[row]), int(ends[row])
        value = _common(text, start, end - start)
        if value == 0 and start < end:
            if byte_at(text, start) == quotes and end - start > 1:
                start += 1
                end -= 1
            value = _spelled(text, start, end, gb18030)
        unread += value == 0
        values[row] = value
        kinds[row] = kind_of_prefix[value // 10_000_000]
    return unread


@inlined
def _common(text: int, start: int, length: int) -> int:
    """The spellings that make up nearly every list, by their length: bare, +86, 86, 0086, `.0`, groups of 3-4-4."""
    head, tail = word_at(text, start), word_at(text, start + 3)
    if length == 14 and head & np.uint64(0xFFFFFF) == np.uint64(0x36382B):
        head, tail = word_at(text, start + 3), word_at(text, start + 6)
    elif length == 15 and head & np.uint64(0xFFFFFFFF) == np.uint64(0x36383030):
        head, tail = word_at(text, start + 4), word_at(text, start + 7)
    elif length == 13:
        last = word_at(text, start + 5)
        third, eighth = byte_at(text, start + 3), byte_at(text, start + 8)
        if head & np.uint64(0xFFFF) == np.uint64(0x3638):
            head, tail = word_at(text, start + 2), last
        elif third == eighth and third in (_BLANK, _DASH):
            middle = head >> np.uint64(32)
            head = (head & np.uint64(0xFFFFFF)) | (middle << np.uint64(24)) | ((last >> np.uint64(32)) << np.uint64(56))
            tail = middle | ((last >> np.uint64(32)) << np.uint64(32))
        elif last >> np.uint64(48) != np.uint64(0x302E):
            return 0
    elif length != 11:
        return 0
    if not (_are_digits(head) and _are_digits(tail)):
        return 0
    value = _number_of(head, tail)
    return value if FIRST <= value <= LAST else 0


@inlined
def _are_digits(word: np.uint64) -> bool:
    return bool((word & (word + _NINES) & _HIGH) == _ZEROS)


@inlined
def _number_of(head: np.uint64, tail: np.uint64) -> int:
    """Eleven digits: the first eight, and those from the fourth on."""
    word = head - _ZEROS
    word = word * np.uint64(10) + (word >> np.uint64(8))
    eight = (
        (word & np.uint64(0x000000FF000000FF)) * np.uint64(0x000F424000000064)
        + ((word >> np.uint64(16)) & np.uint64(0x000000FF000000FF)) * np.uint64(0x0000271000000001)
    ) >> np.uint64(32)
    three = (
        ((tail >> np.uint64(40)) & np.uint64(15)) * np.uint64(100)
        + ((tail >> np.uint64(48)) & np.uint64(15)) * np.uint64(10)
        + ((tail >> np.uint64(56)) & np.uint64(15))
    )
    return np.int64(eight * np.uint64(1000) + three)  # type: ignore[return-value]


@inlined
def _sign(text: int, at: int, end: int, gb18030: bool) -> tuple[int, int]:
    """What stands here, a digit or a blank, and how many bytes it takes; full-width forms count as what they show."""
    byte = byte_at(text, at)
    if np.uint8(48) <= byte <= np.uint8(57):
        return figure_at(text, at) - 48, 1
    if byte in (_BLANK, _TAB):
        return _SPACE, 1
    if gb18030:
        if at + 1 < end:
            second = byte_at(text, at + 1)
            if byte == np.uint8(0xA3) and np.uint8(0xB0) <= second <= np.uint8(0xB9):
                return figure_at(text, at + 1) - 0xB0, 2
            if byte == np.uint8(0xA1) and second == np.uint8(0xA1):
                return _SPACE, 2
    elif at + 2 < end:
        second, third = byte_at(text, at + 1), byte_at(text, at + 2)
        if byte == np.uint8(0xEF) and second == np.uint8(0xBC) and np.uint8(0x90) <= third <= np.uint8(0x99):
            return figure_at(text, at + 2) - 0x90, 3
        if byte == np.uint8(0xE3) and second == np.uint8(0x80) and third == np.uint8(0x80):
            return _SPACE, 3
    return _UNKNOWN, 1


@inlined
def _spelled(text: int, start: int, end: int, gb18030: bool) -> int:
    """Blanks and an apostrophe around it; +86, 0086 or 86 before it; single blanks or dashes behind the country code
    and in groups of 3-4-4, or `.0` behind it."""
    at = start
    while at < end:
        sign, width = _sign(text, at, end, gb18030)
        if sign != _SPACE and byte_at(text, at) != _APOSTROPHE:
            break
        at += width
    plus = at < end and byte_at(text, at) == _PLUS
    at += plus
    digits = 0
    value = 0
    parted = 0
    waiting = False
    while at < end:
        sign, width = _sign(text, at, end, gb18030)
        if sign < _SPACE:
            if digits == 15:
                return 0
            parted |= int(waiting) << digits
            waiting = False
            value = value * 10 + sign
            digits += 1
        elif byte_at(text, at) in (_BLANK, _DASH) and not waiting and digits:
            waiting = True
        else:
            break
        at += width
    if waiting and byte_at(text, at - 1) == _DASH:
        return 0
    if at + 1 < end and byte_at(text, at) == _DOT and not waiting and not parted:
        at += 1
        if byte_at(text, at) != _ZERO:
            return 0
        while at < end and byte_at(text, at) == _ZERO:
            at += 1
    while at < end:
        sign, width = _sign(text, at, end, gb18030)
        if sign != _SPACE:
            return 0
        at += width
    before = digits - 11
    national = value % 100_000_000_000
    country = value // 100_000_000_000
    known = before == 2 or (not plus and (before in (0, 4)))
    if not known or (before and country != 86) or national < FIRST or national > LAST:
        return 0
    allowed = ((1 << before) | (1 << (before + 3)) | (1 << (before + 7))) & ~1
    return national if parted & ~allowed == 0 else 0

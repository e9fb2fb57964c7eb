"""Whether bytes are characters (字符校验): UTF-8 (RFC 3629) or GB18030 as Python's codecs have them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anning.tables.kernels.bits import below, byte_at, bytes_from, compiled, equal_bytes, figure_at, inlined, lowest

_LANES: Final = 64
_TWO, _THREE, _FOUR = np.uint8(0xC2), np.uint8(0xE0), np.uint8(0xF0)
_HIGH, _LEADING, _BEYOND = np.uint8(0x80), np.uint8(0xC0), np.uint8(0xF5)
_SURROGATES, _LAST = np.uint8(0xED), np.uint8(0xF4)
_IN_FIRST_PLANE: Final = 39_420
_FIRST_BEYOND: Final = 15 * 12_600


@compiled
def first_not_utf8(data: NDArray[np.uint8], begin: int, end: int) -> tuple[int, bool]:
    """Where the first byte stands that is no character's, and whether the text ends within that character.

    Returns:
        The place, on the line of the character, or -1 when all are characters.
    """
    text = data.ctypes.data
    must = np.uint64(0)
    for at in range(begin, end, _LANES):
        here = below(end - at)
        high = bytes_from(text, at, _HIGH) & here
        if not (high | must):
            continue
        leading = bytes_from(text, at, _LEADING) & here
        two = bytes_from(text, at, _TWO) & here
        three = bytes_from(text, at, _THREE) & here
        four = bytes_from(text, at, _FOUR) & here
        following = high & ~leading
        expected = (two << np.uint64(1)) | (three << np.uint64(2)) | (four << np.uint64(3)) | must
        wrong = ((following ^ expected) & here) | (leading & ~two) | (bytes_from(text, at, _BEYOND) & here)
        must = (two >> np.uint64(63)) | (three >> np.uint64(62)) | (four >> np.uint64(61)) | (expected & ~here)
        narrow = (equal_bytes(text, at, _THREE) | equal_bytes(text, at, _SURROGATES) | four) & here & ~wrong
        while narrow:
            place = lowest(narrow)
            narrow &= narrow - np.uint64(1)
            behind = at + place + 1
            if behind < end and _out_of_range(byte_at(text, behind - 1), byte_at(text, behind)):
                wrong |= np.uint64(1) << np.uint64(place)
        if wrong:
            return at + lowest(wrong), False
    if not must:
        return -1, False
    lead = end - 1
    while byte_at(text, lead) < _LEADING:
        lead -= 1
    return lead, True


@inlined
def _out_of_range(lead: np.uint8, second: np.uint8) -> Any:
    """Longer than need be, a surrogate, or past U+10FFFF."""
    if lead == _THREE:
        return second < np.uint8(0xA0)
    if lead == _SURROGATES:
        return second > np.uint8(0x9F)
    if lead == _FOUR:
        return second < np.uint8(0x90)
    return lead == _LAST and second > np.uint8(0x8F)


@compiled
def first_not_gb18030(data: NDArray[np.uint8], begin: int, end: int, two: NDArray[np.bool_]) -> tuple[int, bool]:
    """The same of GB18030.

    Args:
        two: by both bytes whether they are a character.
    """
    text = data.ctypes.data
    at = begin
    while at < end:
        high = bytes_from(text, at, _HIGH) & below(end - at)
        if not high:
            at += _LANES
            continue
        at += lowest(high)
        if at + 1 == end:
            return at, True
        lead, second = figure_at(text, at), figure_at(text, at + 1)
        if second >= 0x40:
            if not two[(lead << 8) | second]:
                return at, False
            at += 2
        elif second < 0x30 or second > 0x39:
            return at, False
        elif end - at < 4:
            return at, True
        elif _is_four(lead - 0x81, second - 0x30, figure_at(text, at + 2), figure_at(text, at + 3)):
            at += 4
        else:
            return at, False
    return -1, False


@inlined
def _is_four(lead: int, second: int, third: int, fourth: int) -> bool:
    """Whether four bytes are within the ranges that stand for U+0080 to U+FFFF and for what is beyond."""
    if lead < 0 or third < 0x81 or third > 0xFE or fourth < 0x30 or fourth > 0x39:
        return False
    place = (lead * 10 + second) * 1260 + (third - 0x81) * 10 + fourth - 0x30
    return place < _IN_FIRST_PLANE or _FIRST_BEYOND <= place <= _FIRST_BEYOND + 0xFFFFF

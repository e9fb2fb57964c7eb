"""What the trained judge sees of a message: n-grams of its signs and of their sounds, hashed (模型特征).

A text is read as a row of signs: characters, letters, and one sign for each number by its shape (a mobile number, a
hotline, a long number). Blanks and punctuation are no signs, so that what is inserted between the characters of a word
hides nothing. Beside the signs stand their sounds: a character by its syllable, letters by the syllables they spell,
syllables that are confused (zh and z, ing and in) as one, so that 贷款, 袋款, dai款 and daikuan sound alike. Each
different n-gram counts once (signs 1 to 4, sounds 2 to 4) and is a row of the weights by its hash.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]

SIGNS: Final = 4
"""Signs an n-gram holds at the most."""

SOUNDS: Final = 4
"""Sounds an n-gram holds at the most; one alone says nothing."""

GRAMS_A_SIGN: Final = SIGNS + SOUNDS
"""N-grams that begin at one sign, at the most."""

_DIGIT: Final = 0x30
_MOBILE: Final = 0xE001
_HOTLINE: Final = 0xE002
_LANDLINE: Final = 0xE003
_LONG_NUMBER: Final = 0xE004
_SHORT_CODE: Final = 0xE005
_BASIC_PLANE: Final = 0x10000
_SYLLABLE_LETTERS: Final = 6
_SYLLABLE_SLOTS: Final = 4096
_SPELLING_MIX: Final = 2654435761
_MIX: Final = 0x9E3779B97F4A7C15
_SIGN_SEED: Final = 0x5851F42D4C957F2D
_SOUND_SEED: Final = 0x14057B7EF767814F


def codes_of(text: str) -> Codes:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def spelling_table(spellings: tuple[str, ...]) -> NDArray[np.int64]:
    """The look-up of spelled-out syllables, from `syllable number` each."""
    table = np.zeros((_SYLLABLE_SLOTS, 2), np.int64)
    for spelling in spellings:
        syllable, number = spelling.split()
        key = 0
        for letter in syllable:
            key = key * 27 + ord(letter) - 0x60
        slot = key * _SPELLING_MIX % _SYLLABLE_SLOTS
        while table[slot, 0]:
            slot = (slot + 1) % _SYLLABLE_SLOTS
        table[slot] = key, int(number)
    return table


def compiled(function: Any) -> Any:
    """The function as machine code, kept between runs."""
    return nb.njit(cache=True, nogil=True)(function)


@compiled
def _mix(state: Any, sign: Any) -> Any:
    state = (np.uint64(state) ^ np.uint64(sign)) * np.uint64(_MIX)
    return state ^ (state >> np.uint64(29))


@compiled
def _is_letter(code: int) -> bool:
    return 0x61 <= code <= 0x7A


@compiled
def _number_sign(codes: Any, start: int, end: int, digits: int) -> int:
    """The one sign for a run of digits, strokes and points between them left out."""
    first = codes[start] - 0x30
    second = codes[start + 1] - 0x30 if end > start + 1 and codes[start + 1] >= 0x30 else 0
    if digits == 11 and first == 1 and second >= 3:
        return _MOBILE
    if digits == 10 and (first == 4 or first == 8) and second == 0:  # noqa: PLR1714 - no tuples in a kernel
        return _HOTLINE
    if digits == 5 and first == 9 and (second == 5 or second == 6):  # noqa: PLR1714
        return _SHORT_CODE
    if 10 <= digits <= 12 and first == 0:
        return _LANDLINE
    return _DIGIT if digits < 9 else _LONG_NUMBER


@compiled
def read_signs(codes: Any, signs: Any, places: Any) -> int:
    """Writes the signs of a text and where each begins; returns how many there are."""
    count, place, length = 0, 0, len(codes)
    while place < length:
        code = codes[place]
        if 0x30 <= code <= 0x39:
            end, digits, last = place, 0, place
            while end < length and (0x30 <= codes[end] <= 0x39 or codes[end] == 0x2D or codes[end] == 0x2E):
                if codes[end] >= 0x30:
                    digits += 1
                    last = end
                end += 1
            signs[count], places[count] = _number_sign(codes, place, last + 1, digits), place
            count += 1
            place = last + 1
            continue
        if _is_letter(code) or 0x3400 <= code <= 0x9FFF or code == 0x25:
            signs[count], places[count] = code, place
            count += 1
        place += 1
    return count


@compiled
def _spell(signs: Any, start: int, end: int, spelled: Any) -> int:
    """The longest syllable that the letters from `start` spell, times 256, and how many they are; 0 when they none."""
    best, key = 0, 0
    for length in range(1, min(_SYLLABLE_LETTERS, end - start) + 1):
        key = key * 27 + signs[start + length - 1] - 0x60
        slot = key * _SPELLING_MIX % _SYLLABLE_SLOTS
        while spelled[slot, 0] != 0:
            if spelled[slot, 0] == key:
                if length > 1:
                    best = (spelled[slot, 1] << 8) | length
                break
            slot = (slot + 1) % _SYLLABLE_SLOTS
    return best


@compiled
def read_sounds(signs: Any, count: int, of_character: Any, spelled: Any, sounds: Any, origins: Any) -> int:
    """Writes the sounds of the signs and at which sign each begins; returns how many there are."""
    heard, place = 0, 0
    while place < count:
        sign = signs[place]
        if not _is_letter(sign):
            sound = of_character[sign] if sign < _BASIC_PLANE else 0
            sounds[heard], origins[heard] = sound if sound else 0x4000 | (sign & 0x3FFF), place
            heard += 1
            place += 1
            continue
        end = place
        while end < count and _is_letter(signs[end]):
            end += 1
        while place < end:
            found = _spell(signs, place, end, spelled)
            sounds[heard], origins[heard] = found >> 8 if found else 0x8000 | signs[place], place
            heard += 1
            place += found & 0xFF if found else 1
    return heard


@compiled
def _first_time(seen: Any, mask: int, mixed: int) -> bool:
    """Whether this n-gram was not in the text before; remembers it."""
    slot = np.int64(mixed & np.uint64(mask))
    while seen[slot] != 0:
        if seen[slot] == mixed:
            return False
        slot = (slot + 1) & mask
    seen[slot] = mixed
    return True


@compiled
def read_grams(codes: Any, of_character: Any, spelled: Any, bits: int, grams: Any, places: Any) -> Any:
    """Writes each different n-gram: the weights' row, the first and the last sign it covers.

    Args:
        codes: code points of the normalised words, of length n.
        of_character, spelled: the syllable of each character of the basic plane, and of spelled-out letters.
        bits: the weights have two to the power of so many rows.
        grams: room for them, of shape (`GRAMS_A_SIGN` * n, 3).
        places: room for where each sign stands in the text, of length n.

    Returns:
        How many n-grams and how many signs there are.
    """
    length = len(codes)
    signs = np.empty(length, np.int64)
    count = read_signs(codes, signs, places)
    sounds = np.empty(length + 1, np.int64)
    origins = np.empty(length + 1, np.int64)
    heard = read_sounds(signs, count, of_character, spelled, sounds, origins)
    size = 64
    while size < 10 * count + 1:
        size *= 2
    seen = np.zeros(size, np.uint64)
    shift = np.uint64(64 - bits)
    found = 0
    for start in range(count):
        state = np.uint64(_SIGN_SEED)
        for end in range(start, min(start + SIGNS, count)):
            state = _mix(state, signs[end])
            mixed = state | np.uint64(1)
            if _first_time(seen, size - 1, mixed):
                grams[found, 0], grams[found, 1], grams[found, 2] = np.int64(mixed >> shift), start, end
                found += 1
    for start in range(heard):
        state = np.uint64(_SOUND_SEED)
        for end in range(start, min(start + SOUNDS, heard)):
            state = _mix(state, sounds[end])
            mixed = state | np.uint64(1)
            if end > start and _first_time(seen, size - 1, mixed):
                until = origins[end + 1] - 1 if end + 1 < heard else count - 1
                grams[found, 0], grams[found, 1], grams[found, 2] = np.int64(mixed >> shift), origins[start], until
                found += 1
    return found, count

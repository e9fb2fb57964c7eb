"""Which characters sound alike, from pypinyin: the tables the model file carries (读音表)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_CONFUSED: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
_FIRST, _END = 0x3400, 0xA000


def confused(syllable: str) -> str:
    """The syllable as it is heard by many: zh as z, ing as in (模糊音)."""
    for written, heard in _CONFUSED:
        syllable = syllable.replace(written, heard)
    return syllable


def sound_tables() -> tuple[tuple[str, ...], NDArray[np.uint16]]:
    """Every syllable as spelled, with the number of its sound, and the number of each character's sound.

    Returns:
        spellings: `syllable number` each, numbers from 1.
        of_character: one number for each code point of the basic plane, 0 for what is no character.
    """
    from pypinyin import Style, pinyin

    of_character = np.zeros(0x10000, np.uint16)
    numbers: dict[str, int] = {}
    spellings: dict[str, int] = {}
    for code in range(_FIRST, _END):
        character = chr(code)
        read = pinyin(character, style=Style.NORMAL, errors="ignore")
        if not read or not read[0][0].isascii() or not read[0][0].isalpha():
            continue
        syllable = read[0][0].lower()
        number = numbers.setdefault(confused(syllable), len(numbers) + 1)
        spellings[syllable] = number
        of_character[code] = number
    return tuple(f"{syllable} {number}" for syllable, number in sorted(spellings.items())), of_character

"""Number ids: what a telephone number is in the arrays of an index (号码编号)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.errors import Unavailable
from anning.gate.index import kernels
from anning.gate.index.arrays import SPARSE, Arrays
from anning.gate.index.kernels import FIRST_MOBILE, MOBILES

ROOM: Final = 1 << 28
"""Numbers outside the mobile range that one index can know."""

FIRST_ROOM: Final = 1 << 10
_FULL: Final = 0.6
_MOBILE: Final = "+861"
_MOBILE_LENGTH: Final = len("+8613800138000")

_MOBILE_LETTERS: Final = np.array([ord(letter) for letter in _MOBILE], np.uint32)
_TENS: Final = 10 ** np.arange(10, -1, -1, dtype=np.int64)

NO_ID: Final = -1
"""The id of a number of which nothing was ever said."""


class Numbering:
    """From E.164 to number ids: mobile numbers by arithmetic, all others by a map in the order of coming."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays

    @staticmethod
    def make(arrays: Arrays) -> None:
        """The arrays of an index that knows no number."""
        arrays.replace(
            sparse_keys=arrays.new("sparse_keys", "int64", FIRST_ROOM),
            sparse_ordinals=arrays.new("sparse_ordinals", "uint32", FIRST_ROOM),
            sparse_generals=arrays.new("sparse_generals", "uint32", ROOM),
            sparse_dealt=arrays.new("sparse_dealt", "uint8", ROOM),
        )

    def known(self, number: str) -> int:
        """The id of a number; `NO_ID` when it has none, or is no subscriber's number."""
        mobile = mobile_of(number)
        if mobile:
            return mobile - FIRST_MOBILE
        digits = number[1:]
        if not number.startswith("+") or not digits.isascii() or not digits.isdigit():
            return NO_ID
        a = self._arrays
        ordinal = kernels.find(a["sparse_keys"], a["sparse_ordinals"], int(digits), NO_ID)
        return NO_ID if ordinal < 0 else MOBILES + ordinal

    def id(self, number: str) -> int:
        """The id of a number, given now if it has none; the keeper only."""
        known = self.known(number)
        if known != NO_ID:
            return known
        a = self._arrays
        ordinal = int(a.header[SPARSE])
        if ordinal >= ROOM:
            raise Unavailable("索引已容不下更多号码", "the index has no room for more numbers", thing="index")
        if (ordinal + 1) > len(a["sparse_keys"]) * _FULL:
            self._grow()
        a.header[SPARSE] = ordinal + 1
        kernels.put(a["sparse_keys"], a["sparse_ordinals"], int(number[1:]), ordinal)
        return MOBILES + ordinal

    def many(self, numbers: Sequence[str]) -> NDArray[np.int64]:
        """The ids of many numbers."""
        return np.fromiter(map(self.known, numbers), np.int64, len(numbers))

    def ids(self, numbers: Sequence[str]) -> list[int]:
        """By row what `id` gives, mobile numbers read together."""
        mobiles = mobiles_of(numbers)
        persons: list[int] = (mobiles - FIRST_MOBILE).tolist()
        for row in np.flatnonzero(mobiles == 0).tolist():
            persons[row] = self.id(numbers[row])
        return persons

    def _grow(self) -> None:
        a = self._arrays
        room = len(a["sparse_keys"]) * 2
        keys, ordinals = a.new("sparse_keys", "int64", room), a.new("sparse_ordinals", "uint32", room)
        kernels.put_all(keys, ordinals, a["sparse_keys"], a["sparse_ordinals"])
        a.replace(sparse_keys=keys, sparse_ordinals=ordinals)


def mobiles_of(numbers: Sequence[str]) -> NDArray[np.int64]:
    """By row what `mobile_of` gives, except that digits of other scripts are left at 0."""
    right = np.fromiter(map(len, numbers), np.int64, len(numbers)) == _MOBILE_LENGTH
    mobiles = np.zeros(len(numbers), np.int64)
    if not right.any():
        return mobiles
    letters = np.frombuffer("".join(compress(numbers, right)).encode("utf-32-le", "surrogatepass"), np.uint32)
    rows = letters.reshape(-1, _MOBILE_LENGTH)
    digits = rows[:, 3:].astype(np.int64) - ord("0")
    mobile = (rows[:, :4] == _MOBILE_LETTERS).all(axis=1) & ((digits >= 0) & (digits <= 9)).all(axis=1)
    mobiles[right] = np.where(mobile & (digits[:, 1] >= 3), digits @ _TENS, 0)
    return mobiles


def mobile_of(number: str) -> int:
    """The eleven digits of a mainland mobile number in E.164; 0 for any other."""
    if len(number) == _MOBILE_LENGTH and number.startswith(_MOBILE) and number[1:].isdigit() and number[4] >= "3":
        return int(number[3:])
    return 0

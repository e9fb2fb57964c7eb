"""Which operator serves a number (号码归属): the owner is not the segment (R23b).

A number belongs to the operator it was last taken to (携号转网); else to the operator of the longest declared range it
begins with, a reseller's within a carrier's; else to nobody, and only the registry speaks for it. A number that was
given to a new person after it was ported is back where its range is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.journal import Connection
from anning.journal.envelope import to_microseconds
from anning.registers.views import QUERIES

_CHINA: Final = "+86"
_DIGITS: Final = 11
_AT_ONCE: Final = 10_000


def operator_of(connection: Connection, number: str, at: datetime) -> str:
    """The tenant that serves a number, E.164; empty when nobody does."""
    return Serving(connection, at).of([number])[0]


class Serving:
    """Who serves which numbers, at one moment.

    Args:
        connection: of the registers; asked again for numbers that were ported.
    """

    def __init__(self, connection: Connection, at: datetime) -> None:
        self._connection = connection
        self._at = to_microseconds(at)
        latest: dict[str, str] = {}
        for prefix, operator in QUERIES.rows(connection, "served_ranges_at", at=self._at):
            latest.setdefault(prefix, operator)
        self._ranges = {prefix: operator for prefix, operator in latest.items() if operator}
        self._lengths = sorted({len(prefix) for prefix in self._ranges}, reverse=True)
        self._any_ported = bool(QUERIES.value(connection, "ported_at_all"))

    def of(self, numbers: list[str]) -> list[str]:
        """The operators of some numbers, E.164, in order."""
        ported = self._ported(numbers)
        return [ported.get(number) or self._by_range(number) for number in numbers]

    def are_of(self, operator: str, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each number, the integer of its digits in E.164, is served by this operator."""
        national = numbers - 86 * 10**_DIGITS
        mobile = (national >= 10 ** (_DIGITS - 1)) & (national < 10**_DIGITS)
        owned = np.zeros(len(numbers), dtype=np.bool_)
        decided = ~mobile
        for length in self._lengths:
            begins = national // 10 ** max(0, _DIGITS - length)
            of_length = {prefix: own for prefix, own in self._ranges.items() if len(prefix) == length}
            known = np.isin(begins, np.array([int(prefix) for prefix in of_length], dtype=np.int64)) & ~decided
            mine = np.array([int(prefix) for prefix, own in of_length.items() if own == operator], dtype=np.int64)
            owned |= known & np.isin(begins, mine)
            decided |= known
        for place in np.flatnonzero(~mobile).tolist():
            owned[place] = self._by_range(f"+{numbers[place]}") == operator
        if self._any_ported:
            ported = self._ported([f"+{number}" for number in numbers.tolist()])
            gone = np.array(sorted(int(number[1:]) for number in ported), dtype=np.int64)
            here = np.array([int(number[1:]) for number, to in ported.items() if to == operator], dtype=np.int64)
            owned = (owned & ~np.isin(numbers, gone)) | np.isin(numbers, here)
        return owned

    def _by_range(self, number: str) -> str:
        digits = number.removeprefix(_CHINA) if number.startswith(_CHINA) else number[1:]
        for length in self._lengths:
            found = self._ranges.get(digits[:length])
            if found is not None:
                return found
        return ""

    def _ported(self, numbers: Iterable[str]) -> dict[str, str]:
        """To whom those that were ported went, unless somebody new got the number since."""
        if not self._any_ported:
            return {}
        wanted = list(numbers)
        to: dict[str, tuple[int, int, str]] = {}
        for first in range(0, len(wanted), _AT_ONCE):
            asked = msgspec.json.encode(wanted[first : first + _AT_ONCE]).decode()
            for number, at, position, operator in QUERIES.rows(
                self._connection, "ported_among", numbers=asked, at=self._at
            ):
                to[number] = max(to.get(number, (0, 0, "")), (at, position, operator))
        if not to:
            return {}
        back: dict[str, tuple[int, int]] = {}
        asked = msgspec.json.encode(list(to)).decode()
        for number, at, position in QUERIES.rows(self._connection, "recycled_among", numbers=asked, at=self._at):
            back[number] = max(back.get(number, (0, 0)), (at, position))
        return {number: one[2] for number, one in to.items() if back.get(number, (0, 0)) < one[:2]}

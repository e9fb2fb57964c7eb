"""Patterns that are searched only where they can match (按必需字符预筛的模式).

A pattern such as `满\\d+件` cannot match a text without 满 and 件. What characters a pattern needs is read from its own
syntax, so that a word list can hold hundreds of patterns and a text pays for the few that concern it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import Any, Final, Generic, TypeVar

import numpy as np

from anning.content.features import Codes, compiled


def _reader_of_syntax() -> Any:
    """The standard library's own reader of pattern syntax, or None where this Python has none of that name."""
    try:
        return importlib.import_module("re._parser")
    except ImportError:
        return None


_syntax: Any = _reader_of_syntax()
_MOST = 48
_USED = 3
_PLANE: Final = 0x10000
_COMMON = frozenset("的您你已请有于在为到一日月元年号时将可至0123456789,.:!。链接")

Needs = tuple[frozenset[str], ...]
T = TypeVar("T")


class PatternIndex(Generic[T]):
    """Patterns with a use and a value each, of which only those are given out that a text's characters allow.

    Each pattern is a bit in three fields, one for each set of characters it may need; a character sets the bits of the
    patterns it serves, and who has all three may match.
    """

    def __init__(self, patterns: Iterable[tuple[str, str, T]]) -> None:
        held = list(patterns)
        self._patterns = [(use, (re.compile(pattern), value)) for use, pattern, value in held]
        needs = [needed_characters(pattern) for _, pattern, _ in held]
        serving = sorted({character for sets in needs for need in sets for character in need})
        width = len(held) // 64 + 1
        self._row_of = np.zeros(_PLANE, np.uint16)
        self._bits = np.zeros((len(serving) + 1, _USED, width), np.uint64)
        rows = {character: row for row, character in enumerate(serving, 1) if ord(character) < _PLANE}
        for character, row in rows.items():
            self._row_of[ord(character)] = row
        for place, sets in enumerate(needs):
            bit = np.uint64(1 << place % 64)
            for field in range(_USED):
                needless = field >= len(sets) or any(character not in rows for character in sets[field])
                for row in (0,) if needless else (rows[character] for character in sets[field]):
                    self._bits[row, field, place // 64] |= bit

    def that_may_match(self, codes: Codes) -> dict[str, list[tuple[re.Pattern[str], T]]]:
        """The patterns that can match a text of these code points, with their values, by use, in their order."""
        found: dict[str, list[tuple[re.Pattern[str], T]]] = {}
        for place in _that_may_match(codes, self._row_of, self._bits).tolist():
            use, pattern = self._patterns[place]
            found.setdefault(use, []).append(pattern)
        return found


@compiled
def _that_may_match(codes: Any, row_of: Any, bits: Any) -> Any:
    """The places of the patterns whose every need some code point serves."""
    fields, width = bits.shape[1], bits.shape[2]
    served = bits[0].copy()
    for code in codes:
        row = row_of[code] if code < _PLANE else 0
        if row:
            for field in range(fields):
                for word in range(width):
                    served[field, word] |= bits[row, field, word]
    found = np.empty(width * 64, np.int64)
    count = 0
    for word in range(width):
        left = served[0, word]
        for field in range(1, fields):
            left &= served[field, word]
        place = word * 64
        while left:
            if left & np.uint64(1):
                found[count] = place
                count += 1
            left >>= np.uint64(1)
            place += 1
    return found[:count]


def needed_characters(pattern: str) -> Needs:
    """Sets of characters of each of which any match holds at least one, the most telling first.

    A pattern with flags needs nothing, for then a character stands for several. Where the reader of patterns is absent
    or has changed, nothing is needed either: the pattern is searched in every text.
    """
    if _syntax is None:
        return ()
    try:
        read = _syntax.parse(pattern)
        if read.state.flags & ~re.UNICODE.value:
            return ()
        found = {need for need in _of_sequence(read) if len(need) <= _MOST}
    except (AttributeError, TypeError, ValueError, IndexError):
        return ()
    return tuple(sorted(found, key=lambda need: (_commonness(need), min(need)))[:_USED])


def _commonness(need: frozenset[str]) -> int:
    return len(need) + 20 * len(need & _COMMON)


def _of_sequence(sequence: Iterable[tuple[Any, Any]]) -> list[frozenset[str]]:
    return [need for operator, operand in sequence for need in _of(str(operator), operand)]


def _of(operator: str, operand: Any) -> list[frozenset[str]]:
    match operator:
        case "LITERAL":
            return [frozenset(chr(operand))]
        case "IN":
            return _of_class(operand)
        case "BRANCH":
            return _of_branches(operand[1])
        case "SUBPATTERN":
            return [] if operand[1] or operand[2] else _of_sequence(operand[3])
        case "ATOMIC_GROUP":
            return _of_sequence(operand)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _of_sequence(operand[2]) if operand[0] else []
        case "ASSERT":
            return _of_sequence(operand[1])
        case _:
            return []


def _of_class(items: Iterable[tuple[Any, Any]]) -> list[frozenset[str]]:
    held: set[str] = set()
    for operator, operand in items:
        if str(operator) == "LITERAL":
            held.add(chr(operand))
        elif str(operator) == "RANGE" and operand[1] - operand[0] < _MOST:
            held.update(map(chr, range(operand[0], operand[1] + 1)))
        else:
            return []
    return [frozenset(held)]


def _of_branches(branches: Iterable[Any]) -> list[frozenset[str]]:
    """What all branches together need: of each its most telling set; nothing where one branch needs nothing."""
    union: frozenset[str] = frozenset()
    for branch in branches:
        needs = _of_sequence(branch)
        if not needs:
            return []
        union |= min(needs, key=len)
    return [union]

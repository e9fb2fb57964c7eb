"""Patterns that are searched only where they can match (按必需字符预筛的模式).

A pattern such as `满\\d+件` cannot match a text without 满 and 件. What characters a pattern needs is read from its own
syntax, so that a word list can hold hundreds of patterns and a text pays for the few that concern it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import Any, Generic, TypeVar


def _reader_of_syntax() -> Any:
    """The standard library's own reader of pattern syntax, or None where this Python has none of that name."""
    try:
        return importlib.import_module("re._parser")
    except ImportError:
        return None


_syntax: Any = _reader_of_syntax()
_MOST = 48
_USED = 3
_COMMON = frozenset("的您你已请有于在为到一日月元年号时将可至0123456789,.:!。链接")

Needs = tuple[frozenset[str], ...]
T = TypeVar("T")


class PatternIndex(Generic[T]):
    """Patterns with a use and a value each, of which only those are given out that a text's characters allow."""

    def __init__(self, patterns: Iterable[tuple[str, str, T]]) -> None:
        self._patterns: list[tuple[Needs, str, tuple[re.Pattern[str], T]]] = []
        by_character: dict[str, list[int]] = {}
        self._always: list[int] = []
        for place, (use, pattern, value) in enumerate(patterns):
            needs = needed_characters(pattern)
            self._patterns.append((needs[1:], use, (re.compile(pattern), value)))
            if not needs:
                self._always.append(place)
            for character in needs[0] if needs else ():
                by_character.setdefault(character, []).append(place)
        self._by_character = {character: tuple(places) for character, places in by_character.items()}

    def that_may_match(self, characters: frozenset[str]) -> dict[str, list[tuple[re.Pattern[str], T]]]:
        """The patterns that can match a text of these characters, with their values, by use, in their order."""
        by_character = self._by_character
        places = set(self._always)
        for character in by_character.keys() & characters:
            places.update(by_character[character])
        found: dict[str, list[tuple[re.Pattern[str], T]]] = {}
        for place in sorted(places):
            needs, use, held = self._patterns[place]
            for need in needs:
                if need.isdisjoint(characters):
                    break
            else:
                found.setdefault(use, []).append(held)
        return found


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

"""Finding many phrases in a short text at once: an index by the first two characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import add
from typing import Generic, TypeVar

T = TypeVar("T")


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters in `text`."""
    return frozenset(map(add, text, text[1:]))


def _places(text: str, pairs: Iterable[str]) -> list[int]:
    """Where the pairs stand, left to right."""
    places: list[int] = []
    for pair in pairs:
        place = text.find(pair)
        while place >= 0:
            places.append(place)
            place = text.find(pair, place + 1)
    places.sort()
    return places


class PhraseIndex(Generic[T]):
    """Finds phrases of two or more characters; the longest wins at a place, and a found phrase is not searched again.

    Raises ValueError for a phrase shorter than two characters, which would match too much.
    """

    def __init__(self, phrases: Mapping[str, T]) -> None:
        by_start: dict[str, list[tuple[str, T]]] = {}
        for phrase, value in sorted(phrases.items(), key=lambda item: (-len(item[0]), item[0])):
            if len(phrase) < 2:
                raise ValueError(f"a phrase needs two characters or more: {phrase!r}")
            by_start.setdefault(phrase[:2], []).append((phrase, value))
        self._by_start = {start: tuple(found) for start, found in by_start.items()}

    @property
    def starts(self) -> frozenset[str]:
        """The pairs of characters with which its phrases begin."""
        return frozenset(self._by_start)

    def find(self, text: str, pairs: frozenset[str] | None = None) -> list[tuple[int, str, T]]:
        """Every phrase in `text` as (place, phrase, value), left to right, without overlap.

        `pairs`: `pairs_of(text)` or more, where several indexes look into one text.
        """
        starts = self._by_start
        found: list[tuple[int, str, T]] = []
        free = 0
        for place in _places(text, starts.keys() & (pairs_of(text) if pairs is None else pairs)):
            if place < free:
                continue
            for phrase, value in starts[text[place : place + 2]]:
                if text.startswith(phrase, place):
                    found.append((place, phrase, value))
                    free = place + len(phrase)
                    break
        return found


class Replacements:
    """Replaces phrases by others in one pass (谐音、拼音、形近词还原)."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._index: PhraseIndex[str] = PhraseIndex(dict(pairs))

    def apply(self, text: str, pairs: frozenset[str] | None = None) -> str:
        """The text with its phrases replaced. `pairs`: as for `PhraseIndex.find`."""
        found = self._index.find(text, pairs)
        if not found:
            return text
        parts: list[str] = []
        done = 0
        for place, phrase, value in found:
            parts += (text[done:place], value)
            done = place + len(phrase)
        parts.append(text[done:])
        return "".join(parts)

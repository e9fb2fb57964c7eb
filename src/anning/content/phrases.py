"""Finding many phrases in a short text at once: an index by the first two characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import add
from typing import Generic, TypeVar

T = TypeVar("T")


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

    def find(self, text: str) -> list[tuple[int, str, T]]:
        """Every phrase in `text` as (place, phrase, value), left to right, without overlap."""
        starts = self._by_start
        found: list[tuple[int, str, T]] = []
        free = 0
        for place in [i for i, pair in enumerate(map(add, text, text[1:])) if pair in starts]:
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

    def apply(self, text: str) -> str:
        found = self._index.find(text)
        if not found:
            return text
        parts: list[str] = []
        done = 0
        for place, phrase, value in found:
            parts += (text[done:place], value)
            done = place + len(phrase)
        parts.append(text[done:])
        return "".join(parts)

"""Finding many phrases in a short text in one pass (多词匹配), by the automaton of Aho and Corasick (1975)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

import ahocorasick_rs

T = TypeVar("T")


class PhraseIndex(Generic[T]):
    """Finds phrases of two or more characters; the longest wins at a place, and a found phrase is not searched again.

    Raises ValueError for a phrase shorter than two characters, which would match too much.
    """

    def __init__(self, phrases: Mapping[str, T]) -> None:
        for phrase in phrases:
            if len(phrase) < 2:
                raise ValueError(f"a phrase needs two characters or more: {phrase!r}")
        self._phrases = tuple(phrases.items())
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(phrases),
            matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
            implementation=ahocorasick_rs.Implementation.DFA,
        )

    def find(self, text: str) -> list[tuple[int, str, T]]:
        """Every phrase in `text` as (place, phrase, value), left to right, without overlap.

        `text`: folded, so that it holds no lone half of a surrogate pair.
        """
        found = self._automaton.find_matches_as_indexes(text)
        return [(start, *self._phrases[place]) for place, start, _ in found]

    def holds(self, text: str) -> bool:
        """Whether any phrase is in `text`."""
        return bool(self._automaton.find_matches_as_indexes(text))


class Replacements:
    """Replaces phrases by others in one pass (谐音、拼音、形近词还原)."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._index: PhraseIndex[str] = PhraseIndex(dict(pairs))

    def apply(self, text: str) -> str:
        """The text with its phrases replaced."""
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

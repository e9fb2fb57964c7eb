"""Sifting by needed characters loses no match: every pattern of the word lists, on every text of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anning.content import normalise, patterns
from anning.content.features import codes_of
from anning.content.lexicon import lexicon
from anning.content.patterns import PatternIndex, needed_characters

TEXTS = Path(__file__).resolve().parents[2] / "data" / "content"
PATTERNS = [
    pattern
    for groups in (lexicon().offers, lexicon().service, lexicon().exemptions, lexicon().prohibited)
    for group in groups
    for pattern in group.patterns
]


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        (r"满\d+件", [{"满"}, {"件"}]),
        (r"(?:买|购)[送赠]", [{"买", "购"}, {"送", "赠"}]),
        (r"送?\d|惠", []),
        (r"(?<!不)贷(?=款)", [{"款"}, {"贷"}]),
        (r"(?:券){0,2}!", [{"!"}]),
        (r"(?i)vip", []),
        (r"[^好]", []),
    ],
)
def test_what_a_pattern_needs(pattern: str, needs: list[set[str]]) -> None:
    assert sorted(map(sorted, needed_characters(pattern))) == sorted(map(sorted, needs))


def test_no_pattern_that_matches_is_sifted_out() -> None:
    index = PatternIndex(("any", pattern, place) for place, pattern in enumerate(PATTERNS))
    for file in sorted(TEXTS.rglob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            text = normalise(line)
            kept = {place for _, place in index.that_may_match(codes_of(text)).get("any", [])}
            missed = [p for place, p in enumerate(PATTERNS) if place not in kept and re.search(p, text)]
            assert not missed


@given(st.text(alphabet="满送赠买购件券元折领立减即将您已0123456789,。! 点击链接", max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_matching_pattern_is_sifted_out_of_any_text(text: str) -> None:
    index = PatternIndex(("any", pattern, pattern) for pattern in PATTERNS)
    kept = {pattern for _, pattern in index.that_may_match(codes_of(text)).get("any", [])}
    assert all(pattern in kept for pattern in PATTERNS if re.search(pattern, text))


class ChangedReader:
    """A reader of patterns whose answers have another shape."""

    @staticmethod
    def parse(pattern: str) -> list[str]:
        return [pattern]


@pytest.mark.parametrize("reader", [None, ChangedReader])
def test_without_the_reader_of_patterns_all_are_searched(reader: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is absent, or it has changed: slower, and the same is found."""
    monkeypatch.setattr(patterns, "_syntax", reader)
    assert needed_characters(r"满\d+件") == ()
    index = PatternIndex([("any", r"满\d+件", 1), ("any", "[送赠]", 2)])
    assert [place for _, place in index.that_may_match(codes_of("无"))["any"]] == [1, 2]


def test_this_python_has_the_reader_of_patterns() -> None:
    assert needed_characters(r"满\d+件")

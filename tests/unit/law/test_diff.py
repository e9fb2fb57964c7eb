"""What another instrument would change, said in words, with an example of each."""

from __future__ import annotations

import functools
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from observing import observations

from anning.errors import InvalidInput
from anning.law import diff
from anning.law.decision import Outcome
from anning.law.diff import Sentence, compare, in_words
from anning.law.instrument import SHANGHAI
from anning.law.instruments.registry import compose
from anning.law.observations import Channel, Observations
from anning.law.proof.facts import observed
from anning.law.proof.parameters import figure_on

NOW = datetime(2026, 11, 11, 12, tzinfo=SHANGHAI)


def the(found: tuple[Sentence, ...], obligation: str) -> Sentence:
    """The one sentence that rests on an obligation."""
    (sentence,) = [s for s in found if any(w.citation.obligation == obligation for w in s.because)]
    return sentence


def test_platform_calls_with_consent_pass_under_the_plan_and_not_under_the_draft() -> None:
    comparison = compare("cn-2018-plan", "cn-2020-draft", NOW, (Channel.CALL,))
    sentence = the(comparison.sentences, "R20a")
    assert (sentence.first, sentence.second) == (Outcome.ALLOW, Outcome.REFUSE)
    assert sentence.conditions == ((("platform_call", True), ("commercial", True)),)
    assert ("consented", True) in sentence.circumstances
    zh, en = in_words(sentence, comparison.first, comparison.second)
    assert "平台类电话" in zh and "本人已同意" in zh and "拒绝（R20a，第20条，据原文）" in zh
    assert "cn-2018-plan lets it pass, cn-2020-draft refuses [R20a, art. 20, from the text]" in en


def test_the_revision_of_2026_asks_for_a_verified_sender() -> None:
    comparison = compare("cn-2015-sms", "cn-2026-sms", NOW)
    assert [w.citation.obligation for s in comparison.sentences for w in s.because] == ["N02"]
    assert comparison.silent == ((Channel.CALL, Channel.APP), (Channel.CALL, Channel.APP))


def test_the_other_way_round_says_the_same() -> None:
    there = compare("cn-2018-plan", "cn-2020-draft", NOW, (Channel.CALL,)).sentences
    back = compare("cn-2020-draft", "cn-2018-plan", NOW, (Channel.CALL,)).sentences
    assert {(s.first, s.second, s.because) for s in there} == {(s.second, s.first, s.because) for s in back}


def test_nothing_differs_from_itself() -> None:
    assert compare("in-force", "in-force", NOW).sentences == ()


def test_the_day_decides_what_is_in_force() -> None:
    before = datetime(2026, 4, 30, tzinfo=SHANGHAI)
    channels = (Channel.SMS,)
    assert compare("in-force", "cn-2015-sms", before, channels).sentences == ()
    assert compare("in-force", "cn-2026-sms", NOW, channels).sentences == ()


def test_an_unknown_instrument_is_an_error() -> None:
    with pytest.raises(InvalidInput):
        compare("cn-1900", "in-force", NOW)


def test_a_limit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff, "LIMIT", 2)
    comparison = compare("cn-2018-plan", "cn-2020-draft", NOW, (Channel.SMS,))
    assert not comparison.complete


PAIRS = (("cn-2018-plan", "cn-2020-draft"), ("in-force", "cn-2020-draft"), ("cn-2020-draft", "house-policy"))


@functools.cache
def compared(pair: tuple[str, str]) -> tuple[Sentence, ...]:
    return compare(*pair, NOW).sentences


@pytest.mark.parametrize("pair", PAIRS)
@given(seen=observations, data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_is_judged_differently_is_covered_by_a_sentence(
    pair: tuple[str, str], seen: Observations, data: st.DataObject
) -> None:
    day = seen.at.date()
    first, second = (compose(name, day, frozenset(), False).judge(seen) for name in pair)
    unknown = any(reason.unknown for judged in (first, second) for reason in judged.reasons)
    if unknown or seen.parts_down or first.outcome is second.outcome:
        return
    figure = figure_on(day)

    def fits(sentence: Sentence) -> bool:
        cases = (all(observed(name, seen, figure) is value for name, value in c) for c in sentence.conditions)
        return seen.channel in sentence.channels and any(cases)

    covering = [s for s in compared(pair) if fits(s)]
    assert any((s.second > s.first) == (second.outcome > first.outcome) for s in covering)

"""Our own messages of every class and trade: what a sender and a subscriber would each call them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anning.content import ContentClass, judge
from anning.content.training.corpus import handmade_lines


def lines(name: str) -> Iterator[str]:
    for _, text in handmade_lines(name):
        yield text


def marked(name: str) -> Iterator[tuple[str, str]]:
    yield from handmade_lines(name)


@pytest.mark.parametrize("text", lines("service"))
def test_a_service_message_is_never_judged_otherwise(text: str) -> None:
    seen = judge(text)
    assert seen.klass is ContentClass.SERVICE
    assert seen.commercial_score < 0.5
    assert not seen.promotional_tail


def test_nearly_every_service_message_is_clearly_so() -> None:
    scores = [judge(text).commercial_score for text in lines("service")]
    assert sum(score < 0.1 for score in scores) / len(scores) > 0.9


@pytest.mark.parametrize("text", lines("tails"))
def test_a_promotional_tail_makes_a_service_message_commercial(text: str) -> None:
    seen = judge(text)
    assert seen.klass is ContentClass.COMMERCIAL
    assert seen.promotional_tail


@pytest.mark.parametrize(("trade", "text"), marked("commercial"))
def test_an_offer_is_commercial_and_its_trade_is_told(trade: str, text: str) -> None:
    seen = judge(text)
    assert seen.klass is ContentClass.COMMERCIAL
    assert seen.trade == trade
    assert seen.deciding


def test_nearly_every_offer_is_clearly_so() -> None:
    scores = [judge(text).commercial_score for _, text in marked("commercial")]
    assert sum(score > 0.9 for score in scores) / len(scores) > 0.9


@pytest.mark.parametrize("line", lines("obfuscated"))
def test_disguise_hides_no_offer(line: str) -> None:
    seen = judge(line.removeprefix("! "))
    assert seen.klass in (ContentClass.COMMERCIAL, ContentClass.PROHIBITED)
    assert seen.obfuscated or not line.startswith("! ")


@pytest.mark.parametrize(("mark", "text"), marked("public_interest"))
def test_public_interest_is_told_from_publicity_of_work(mark: str, text: str) -> None:
    seen = judge(text)
    assert seen.klass is ContentClass.PUBLIC_INTEREST
    assert seen.publicity_of_work is (mark == "publicity")
    assert seen.names_sender


@pytest.mark.parametrize(("kind", "text"), marked("prohibited"))
def test_prohibited_content_is_named_by_its_kind(kind: str, text: str) -> None:
    seen = judge(text)
    assert seen.klass is ContentClass.PROHIBITED
    assert seen.prohibited_kind == kind
    assert seen.commercial_score >= 0.9

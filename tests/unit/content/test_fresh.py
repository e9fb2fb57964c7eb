"""Messages and answers written by a hand that had not seen the word lists: what the law asks of the judge, on each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from anning.content import ContentClass, Reply, judge, read_reply

TEXTS = Path(__file__).resolve().parents[2] / "data" / "content" / "fresh"


def lines(name: str) -> Iterator[str]:
    for line in (TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def marked(name: str) -> Iterator[tuple[str, str]]:
    """Lines that may begin with a word and a colon."""
    for line in lines(name):
        mark, colon, text = line.partition(": ")
        yield (mark, text) if colon and mark.isascii() and len(mark) < 20 else ("", line)


@pytest.mark.parametrize("text", lines("service"))
def test_a_service_message_is_never_judged_otherwise(text: str) -> None:
    seen = judge(text)
    assert seen.klass is ContentClass.SERVICE
    assert seen.commercial_score < 0.5


@pytest.mark.parametrize("text", lines("commercial"))
def test_an_offer_does_not_pass_for_service(text: str) -> None:
    seen = judge(text)
    assert seen.klass is ContentClass.COMMERCIAL
    assert seen.deciding


@pytest.mark.parametrize("text", lines("obfuscated"))
def test_disguise_hides_no_offer(text: str) -> None:
    assert judge(text).klass in (ContentClass.COMMERCIAL, ContentClass.PROHIBITED)


@pytest.mark.parametrize(("mark", "text"), marked("public_interest"))
def test_what_an_agency_tells_the_public_is_no_offer(mark: str, text: str) -> None:
    seen = judge(text)
    assert seen.klass in (ContentClass.PUBLIC_INTEREST, ContentClass.SERVICE)
    assert seen.commercial_score < 0.3
    assert seen.publicity_of_work is (mark == "publicity")


def test_nearly_all_that_agencies_tell_the_public_is_seen_as_public_interest() -> None:
    classes = [judge(text).klass for _, text in marked("public_interest")]
    assert classes.count(ContentClass.PUBLIC_INTEREST) / len(classes) > 0.9


@pytest.mark.parametrize(("kind", "text"), marked("prohibited"))
def test_prohibited_content_is_named_by_its_kind(kind: str, text: str) -> None:
    seen = judge(text)
    assert seen.klass is ContentClass.PROHIBITED
    assert seen.prohibited_kind == kind


@pytest.mark.parametrize(("reading", "text"), marked("replies"))
def test_an_answer_means_what_a_reader_takes_it_to_mean(reading: str, text: str) -> None:
    assert read_reply(text).reply is Reply(reading)

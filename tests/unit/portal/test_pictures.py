"""What pages draw and say: shares that never lie about little, bars without style, families for every rule."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anning.api.models import reason_shown
from anning.gate.wording import condition_words
from anning.law.instruments import common
from anning.law.instruments.registry import INSTRUMENTS
from anning.portal.pictures import bar, calm, code_to_scan, strip
from anning.portal.render import share, spaced
from anning.portal.why import FAMILIES, family_of

EXPECTED = {
    "sms-hours": "hours",
    "outside-hours": "hours",
    "marketing-day": "frequency",
    "codes-minute": "frequency",
    "refused": "unsubscribed",
    "declined": "unsubscribed",
    "refused-other-number": "unsubscribed",
    "no-consent": "consent",
    "consent-by-default": "consent",
    "platform-consent": "consent",
    "sender-suspended": "measures",
    "blocked-content": "measures",
    "unlicensed-provider": "papers",
    "foreign-signature": "papers",
    "code-sublet": "papers",
    "no-way-out": "text",
    "prohibited-purpose": "text",
    "platform-commercial-call": "channel",
    "outage": "outage",
}


def test_every_rule_belongs_to_a_family_and_the_known_ones_to_theirs() -> None:
    found = {}
    for instrument in (*INSTRUMENTS.values(), common.INSTRUMENT):
        for rule in instrument.rules:
            needs = set(rule.when.predicates())
            family = family_of(needs)
            assert family.predicates & needs, f"{instrument.name}/{rule.name} is in no family"
            found.setdefault(rule.name, family.name)
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert {family.name for family in FAMILIES} == set(found.values())


def test_every_condition_has_words_in_both_languages() -> None:
    for instrument in INSTRUMENTS.values():
        for rule in instrument.rules:
            zh, en = condition_words(rule.when)
            assert re.search("[一-鿿]", zh)
            assert en.isascii()


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "0%"),
        (0, 10, "0%"),
        (1, 1_000_000, "<0.1%"),
        (999_999, 1_000_000, ">99.9%"),
        (1, 3, "33.3%"),
        (1, 2, "50%"),
        (5, 5, "100%"),
    ],
)
def test_little_is_not_none_and_nearly_all_is_not_all(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


@given(st.lists(st.tuples(st.sampled_from(["allow", "hold", "refuse", "bad"]), st.integers(0, 10**7)), max_size=5))
def test_a_strip_is_filled_from_end_to_end(parts: list[tuple[str, int]]) -> None:
    drawn = ElementTree.fromstring(strip(parts, "a < b"))
    boxes = [(float(each.attrib["x"]), float(each.attrib["width"])) for each in drawn]
    assert len(boxes) == sum(many > 0 for _, many in parts)
    left = 0.0
    for x, width in boxes:
        assert x == pytest.approx(left, abs=0.2)
        assert width >= 6
        left = x + width
    assert not boxes or left == pytest.approx(1000, abs=0.5)
    assert drawn.attrib["aria-label"] == "a < b"


def test_no_picture_carries_a_style() -> None:
    scanned = code_to_scan("otpauth://totp/x?secret=A", "x")
    for drawn in (strip([("allow", 1)], "x"), bar(1, 3, "refuse"), calm(), scanned):
        assert "style" not in drawn
        ElementTree.fromstring(drawn)


def test_codes_are_spaced_to_be_read_aloud() -> None:
    assert spaced("106600008888") == "1066 0000 8888"
    assert spaced("+8613800138000") == "1380 0138 000"
    assert spaced("95599") == "95599"
    assert spaced("com.example.app") == "com.example.app"


def test_reasons_are_shown_with_their_mark() -> None:
    from anning.law.decision import Reason

    rule = INSTRUMENTS["cn-2020-draft"].rules[0]
    reason = Reason(
        citation=rule.citation,
        rule=rule.name,
        instrument="cn-2020-draft",
        effect=rule.effect,
        zh=rule.zh,
        en=rule.en,
        remedy_zh=rule.remedy_zh,
        remedy_en=rule.remedy_en,
    )
    assert reason_shown(reason).citation.mark == rule.citation.mark.value

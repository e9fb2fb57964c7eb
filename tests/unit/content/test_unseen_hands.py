"""The model that ships, on hands that it was not made from; floors that may only rise."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest

from anning.content import judge
from anning.content.trained import built_in
from anning.content.training.corpus import disguised, own_samples
from anning.content.training.evaluate import right
from anning.content.training.hands import Use
from anning.content.training.sampling import service_samples

KNOWN: Final[dict[Use, set[str]]] = {
    "develop": set(),
    "test": {
        "ferry-town/ft-branch-loan-due",
        "ferry-town/ft-cinema-ticket",
        "ferry-town/ft-school-office",
        "ferry-town/ft-utilities",
        "ferry-town/ft-vaccine-window",
        "ferry-town/ft-water-and-bus",
        "online-house/oh-cloud-alarm",
        "online-house/oh-flight-hotel",
        "online-house/oh-insure-claim",
        "online-house/oh-merchant-settle",
        "online-house/oh-pay-ledger",
        "online-house/oh-rent-flat",
    },
}
"""Families some messages of which are judged otherwise, as the model card says: they may only become fewer."""


def wrong_families(use: Use, count: int) -> Counter[str]:
    return Counter(sample.family for sample in service_samples(use, count) if not right(sample, judge(sample.text)))


@pytest.mark.parametrize("use", ["develop", "test"])
def test_no_service_of_an_unseen_hand_is_judged_otherwise_but_those_that_are_told(use: Use) -> None:
    assert set(wrong_families(use, 3000)) <= KNOWN[use]


@pytest.mark.long
def test_one_in_a_hundred_of_thirty_thousand_services_at_most_is_judged_otherwise() -> None:
    wrong = wrong_families("test", 30_000)
    assert set(wrong) <= KNOWN["test"]
    assert wrong.total() <= 300


def test_offers_tails_and_what_is_prohibited_are_caught() -> None:
    caught, every = Counter[str](), Counter[str]()
    for sample in own_samples("test"):
        if sample.unwanted:
            every[sample.kind] += 1
            caught[sample.kind] += right(sample, judge(sample.text))
    shares = {kind: caught[kind] / every[kind] for kind in every}
    assert shares["commercial"] >= 0.985
    assert shares["tail"] >= 0.985
    assert shares["prohibited"] >= 0.88


def test_no_way_of_hiding_hides_much_more_than_none() -> None:
    plain = [sample for sample in own_samples("test")[::4] if sample.unwanted and right(sample, judge(sample.text))]
    caught, every = Counter[str](), Counter[str]()
    for way, sample in disguised(plain):
        every[way] += 1
        caught[way] += right(sample, judge(sample.text))
    assert {way: round(caught[way] / every[way], 3) for way in every if caught[way] < 0.88 * every[way]} == {}


def test_the_model_that_ships_names_what_it_was_made_from() -> None:
    assert built_in().card.trained_on["hands"] > 100_000

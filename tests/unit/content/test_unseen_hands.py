"""The model that ships, on hands that it was not made from; floors that may only rise."""

from __future__ import annotations

from collections import Counter

import pytest

from anning.content import judge
from anning.content.trained import built_in
from anning.content.training.corpus import disguised, own_samples
from anning.content.training.evaluate import right, service_samples


@pytest.mark.parametrize("use", ["develop", "test"])
def test_no_service_of_an_unseen_hand_is_judged_otherwise(use: str) -> None:
    samples = service_samples(use, 3000)  # type: ignore[arg-type]
    assert [sample.text for sample in samples if not right(sample, judge(sample.text))] == []


@pytest.mark.long
def test_none_of_thirty_thousand_services_of_unseen_hands_is_judged_otherwise() -> None:
    samples = service_samples("test", 30_000)
    assert len(samples) == 30_000
    assert [sample.text for sample in samples if not right(sample, judge(sample.text))] == []


def test_offers_tails_and_what_is_prohibited_are_caught() -> None:
    caught, every = Counter[str](), Counter[str]()
    for sample in own_samples("test"):
        if sample.unwanted:
            every[sample.kind] += 1
            caught[sample.kind] += right(sample, judge(sample.text))
    shares = {kind: caught[kind] / every[kind] for kind in every}
    assert shares["commercial"] == 1.0
    assert shares["tail"] >= 0.975
    assert shares["prohibited"] >= 0.9


def test_no_way_of_hiding_hides_much_more_than_none() -> None:
    plain = [sample for sample in own_samples("test")[::4] if sample.unwanted and right(sample, judge(sample.text))]
    caught, every = Counter[str](), Counter[str]()
    for way, sample in disguised(plain):
        every[way] += 1
        caught[way] += right(sample, judge(sample.text))
    assert {way: round(caught[way] / every[way], 3) for way in every if caught[way] < 0.88 * every[way]} == {}


def test_the_model_that_ships_names_what_it_was_made_from() -> None:
    assert built_in().card.trained_on["hands"] > 100_000

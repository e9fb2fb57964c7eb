"""The hash of an instrument changes with everything that it says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from anning.law.citation import Mark
from anning.law.decision import Outcome
from anning.law.instrument import Instrument
from anning.law.instruments.registry import instrument
from anning.law.observations import Channel
from anning.law.regime import Regime

SMS = instrument("cn-2026-sms")


def first_rule(**changed: Any) -> Instrument:
    rule, *others = SMS.rules
    return msgspec.structs.replace(SMS, rules=(msgspec.structs.replace(rule, **changed), *others))


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(SMS, channels=frozenset({Channel.APP})),
        msgspec.structs.replace(SMS, channels=frozenset(Channel)),
        msgspec.structs.replace(SMS, since=date(2030, 1, 1)),
        msgspec.structs.replace(SMS, until=date(2030, 1, 1)),
        msgspec.structs.replace(SMS, mark=Mark.OURS),
        msgspec.structs.replace(SMS, zh=SMS.zh + "。"),
        msgspec.structs.replace(SMS, en=SMS.en + "."),
        msgspec.structs.replace(SMS, rules=SMS.rules[1:]),
        msgspec.structs.replace(SMS, rules=SMS.rules[::-1]),
        first_rule(zh="另一句话"),
        first_rule(en="another sentence"),
        first_rule(remedy_zh="另一个办法"),
        first_rule(remedy_en="another remedy"),
        first_rule(when=~SMS.rules[0].when),
        first_rule(effect=Outcome.LABEL),
        first_rule(since=date(2026, 1, 1) + timedelta(days=1)),
        first_rule(until=date(2040, 1, 1)),
        first_rule(citation=msgspec.structs.replace(SMS.rules[0].citation, article="99")),
    ],
)
def test_whatever_it_says_otherwise_is_another_hash(other: Instrument) -> None:
    assert other.law_hash() != SMS.law_hash()
    assert Regime("x", [other]).law_hash != Regime("x", [SMS]).law_hash


def test_the_same_is_the_same_and_figures_have_a_hash_of_their_own() -> None:
    assert msgspec.structs.replace(SMS).law_hash() == SMS.law_hash()
    without = msgspec.structs.replace(SMS, parameters=SMS.parameters[::-1])
    assert without.law_hash() == SMS.law_hash()
    assert without.parameters_hash() != SMS.parameters_hash()

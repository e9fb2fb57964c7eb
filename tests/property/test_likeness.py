"""Histories that are alike read alike: the promise a bulk job rests on."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from anning.gate.likeness import likeness
from anning.law.observations import Channel
from anning.registers import events as reg
from anning.registers.standing import (
    SUBSCRIBER_EVENTS,
    Subscriber,
    charge_notice_given,
    consent_reading,
    fold,
    wish_reading,
)
from gate_at_random import NOON, ORGANISATIONS, histories

NUMBER = "+8613800138000"
TRADES = (frozenset[str](), frozenset({"finance"}), frozenset({"retail", "finance"}))
History = list[tuple[reg.Payload, datetime]]


def folded(history: History) -> Subscriber:
    """All that was said about any number, as if one person had said it."""
    subscriber = Subscriber()
    for position, (said, at) in enumerate(history, 1):
        if isinstance(said, SUBSCRIBER_EVENTS):
            subscriber = fold(subscriber, said, at, position)
    return subscriber


def readings(subscriber: Subscriber) -> list[object]:
    """Everything the gate reads in a history, but for the moment of a consent."""
    found: list[object] = []
    for sender in ORGANISATIONS:
        found.append(charge_notice_given(subscriber, sender=sender, at=NOON))
        for channel in Channel:
            for via in ("", ORGANISATIONS[0]):
                consent = consent_reading(
                    subscriber, sender=sender, via=via, channel=channel, sender_trade="finance", at=NOON
                )
                found.append(msgspec.structs.replace(consent, given_at=None))
            found += [
                wish_reading(
                    subscriber,
                    sender=sender,
                    channel=channel,
                    trades=trades,
                    code="106900001234",
                    code_kind="code-106-commercial",
                    at=NOON,
                )
                for trades in TRADES
            ]
    return found


@settings(max_examples=150, deadline=None)
@given(histories, st.integers(1, 10**6), st.booleans())
def test_histories_that_are_alike_read_alike(history: History, seconds: int, halved: bool) -> None:
    """The same said earlier, at other distances, in the same order."""

    def earlier(at: datetime) -> datetime:
        return NOON - (NOON - at) / (2 if halved else 1) - timedelta(seconds=seconds)

    one, other = folded(history), folded([(said, earlier(at)) for said, at in history if at <= NOON])
    if likeness(one, NOON) is not None and likeness(one, NOON) == likeness(other, NOON):
        assert readings(one) == readings(other)


def test_who_said_the_same_at_other_times_is_alike() -> None:
    consent = reg.ConsentGiven(number=NUMBER, to="bank", channel="sms")
    decline = reg.WishStated(number=NUMBER, says="decline")
    days = [NOON - timedelta(days=day) for day in (9, 8, 7, 6)]
    said = folded([(consent, days[0]), (decline, days[2])])
    assert likeness(said, NOON) == likeness(folded([(consent, days[1]), (decline, days[3])]), NOON)
    assert likeness(said, NOON) != likeness(folded([(decline, days[0]), (consent, days[2])]), NOON)
    assert likeness(said, NOON) != likeness(folded([(consent, days[0])]), NOON)


def test_what_is_yet_to_come_is_like_nothing() -> None:
    consent = reg.ConsentGiven(number=NUMBER, to="bank", channel="sms")
    assert likeness(folded([(consent, NOON + timedelta(days=1))]), NOON) is None
    assert likeness(folded([(reg.NumberRecycled(number=NUMBER), NOON - timedelta(days=1))]), NOON) is None

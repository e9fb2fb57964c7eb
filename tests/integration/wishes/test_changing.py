"""Wishes are changed so that what stands is what is meant, and nothing else moves (更改意愿)."""

from __future__ import annotations

from typing import Any

import pytest

from anning.errors import InvalidCommand, InvalidInput
from anning.law.observations import Channel, ConsentState, WishState
from anning.registers.histories import subscriber
from anning.registers.standing import NOBODY, consent_reading, wish_reading
from anning.wishes.rules import MOST, Rule

from .conftest import WANG, Desk


def change(desk: Desk, *rules: Rule, **more: Any) -> None:
    given = {"door": "page", "proof": "one-time-code", "actor": "subscriber", "tenant": "anning"} | more
    desk.wishes.dealing.change(WANG, rules, **given)


def declines(desk: Desk, channel: Channel, trade: str, code: str = "") -> bool:
    with desk.registers.store.read() as connection:
        settled, _ = subscriber(connection, WANG)
    reading = wish_reading(
        settled or NOBODY,
        sender="bank",
        channel=channel,
        trades=frozenset((trade,)),
        code=code,
        code_kind="",
        at=desk.clock(),
    )
    return reading.state is WishState.DECLINED


def consents(desk: Desk) -> bool:
    with desk.registers.store.read() as connection:
        settled, _ = subscriber(connection, WANG)
    reading = consent_reading(
        settled or NOBODY, sender="bank", via="", channel=Channel.SMS, sender_trade="finance", at=desk.clock()
    )
    return reading.state is ConsentState.VALID


def test_the_rules_named_stand_and_no_others(desk: Desk) -> None:
    change(desk, Rule(channel="call"), Rule(channel="sms", trades=("property",)))
    assert declines(desk, Channel.CALL, "finance")
    assert declines(desk, Channel.SMS, "property")
    assert not declines(desk, Channel.SMS, "finance")
    change(desk, Rule(channel="sms", trades=("property",), keeps_consents=True))
    assert not declines(desk, Channel.CALL, "finance")
    assert declines(desk, Channel.SMS, "property")
    change(desk)
    assert not declines(desk, Channel.SMS, "property")


def test_the_same_again_writes_nothing(desk: Desk) -> None:
    rules = (Rule(channel="call"), Rule(channel="sms", code_prefixes=("400", "95")))
    change(desk, *rules)
    head = desk.registers.store.head()
    change(desk, *desk.wishes.dealing.rules(WANG))
    assert desk.registers.store.head() == head


def test_a_new_refusal_ends_consents_and_an_old_one_said_again_does_not(desk: Desk) -> None:
    change(desk, Rule(channel="call"), Rule(channel="sms", trades=("retail",)))
    desk.consents(WANG)
    assert consents(desk)
    change(desk, Rule(channel="sms", trades=("retail",)))
    assert consents(desk)
    change(desk, *desk.wishes.dealing.rules(WANG), Rule(channel="sms"))
    assert not consents(desk)


def test_consents_are_kept_when_the_person_says_so(desk: Desk) -> None:
    desk.consents(WANG)
    change(desk, Rule(channel="both", keeps_consents=True))
    assert consents(desk)
    assert desk.wishes.dealing.rules(WANG) == (Rule(channel="both", keeps_consents=True),)


def test_all_of_a_change_or_nothing(desk: Desk) -> None:
    change(desk, Rule(channel="call"))
    head = desk.registers.store.head()
    with pytest.raises(InvalidCommand) as refused:
        change(desk, Rule(channel="sms"), Rule(channel="sms", except_for=("nobody",)))
    assert refused.value.field == "except_for"
    assert (desk.registers.store.head(), desk.wishes.dealing.rules(WANG)) == (head, (Rule(channel="call"),))
    with pytest.raises(InvalidInput):
        change(desk, *(Rule(code_prefixes=(str(95000 + each),)) for each in range(MOST + 1)))


def test_of_two_conflicting_wishes_the_later_stands(desk: Desk) -> None:
    change(desk, Rule(channel="call"))
    change(desk, Rule(says="accept", channel="call"))
    assert not declines(desk, Channel.CALL, "finance")
    change(desk, Rule(channel="call"))
    assert declines(desk, Channel.CALL, "finance")


def test_every_change_is_told_to_the_phone(desk: Desk) -> None:
    change(desk, Rule(channel="call", hours=(720, 600), weekdays=(1, 2, 3, 4, 5)), actor="person:li.na", door="hotline")
    told = desk.sent(WANG)
    assert [each.kind for each in told] == ["receipt"]
    assert "12:00-10:00" in told[0].text
    event = list(desk.registers.store.events())[-1]
    assert (event.actor, event.payload["door"]) == ("person:li.na", "hotline")

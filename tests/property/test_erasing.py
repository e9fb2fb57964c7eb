"""Leaving out what has no effect changes no decision: not now, and not after anything that may yet be said."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from anning.gate.communication import Communication
from anning.gate.gate import Gate
from anning.journal import MemoryJournal
from anning.registers import events as reg
from anning.registers.effect import erasable, without_effect
from anning.registers.stated import Stated, stated
from anning.registers.statements import SUBSCRIBER_EVENTS, statement_of
from gate_at_random import NUMBERS, PARTIES, communications, moments, numbers, statements, unders
from gate_world import LONG_AGO, NOON, entries

forgettings = st.builds(reg.SubscriberForgotten, number=numbers, what=st.sampled_from(["consents", "everything"]))
said = st.lists(st.tuples(st.one_of(statements, forgettings), moments), max_size=14)
ONE = NUMBERS[0]
dense = st.lists(
    st.tuples(
        st.one_of(statements, forgettings).map(
            lambda one: msgspec.structs.replace(one, number=ONE) if hasattr(one, "number") else one
        ),
        moments,
    ),
    max_size=10,
)


def gate_of(heard: list[Stated]) -> Gate:
    gate = Gate()
    gate._hear(heard)
    return gate


def world(history: list[tuple[reg.Payload, datetime]]) -> list[Stated]:
    journal = MemoryJournal(clock=lambda: NOON)
    told = entries(PARTIES, LONG_AGO)
    for what, at in history:
        told += entries((what,), at)
    return list(stated(journal.append(told)))


def left_after_erasing(heard: list[Stated], at: datetime, chosen: set[int]) -> list[Stated]:
    """What stays when, of all that may go, only what was chosen does."""
    gone: set[tuple[int, str]] = set()
    for number in NUMBERS:
        of_it = [one for one in heard if isinstance(one.payload, SUBSCRIBER_EVENTS) and one.payload.number == number]
        facts = [statement_of(one.payload, one.at, one.position) for one in of_it]
        lost, victims = without_effect(facts, at)
        for place in erasable(lost, victims, {place for place in lost if of_it[place].position in chosen}):
            gone.add(of_it[place].position)
    return [one for one in heard if one.position not in gone]


@settings(max_examples=400, deadline=None)
@given(st.one_of(said, dense), dense, communications, unders, st.booleans(), st.sets(st.integers(1, 60)))
def test_erasing_what_has_no_effect_changes_no_decision(
    history: list[tuple[reg.Payload, datetime]],
    later: list[tuple[reg.Payload, datetime]],
    c: Communication,
    under: str,
    everything: bool,
    some: set[int],
) -> None:
    heard = world(history)
    now = max((at for _, at in history), default=NOON)
    now = max(now, NOON)
    chosen = {one.position for one in heard} if everything else some
    left = left_after_erasing(heard, now, chosen)
    c = msgspec.structs.replace(c, number=ONE, at=max(c.at, now))
    assert gate_of(left).decide(c, under).outcome == gate_of(heard).decide(c, under).outcome
    said_after = [
        Stated(1000 + place, now + timedelta(minutes=1 + place), payload) for place, (payload, _) in enumerate(later)
    ]
    c = msgspec.structs.replace(c, at=now + timedelta(days=1))
    before, after = gate_of(heard + said_after), gate_of(left + said_after)
    assert after.decide(c, under).outcome == before.decide(c, under).outcome

"""The compact index against the full histories: the same readings, whatever was said, in whatever order it came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anning.errors import Unavailable
from anning.gate.campaign import Campaign
from anning.gate.communication import Communication
from anning.gate.gate import Gate
from anning.gate.index import CompactIndex, keeping
from anning.gate.index.numbering import FIRST_MOBILE, mobile_of, mobiles_of
from anning.gate.index.pairs import Pairs
from anning.journal import MemoryJournal
from anning.law.observations import Observations
from anning.numbers import parse
from anning.registers import events as reg
from anning.registers.standing import fold
from anning.registers.stated import Stated, stated
from anning.registers.statements import NOBODY, SUBSCRIBER_EVENTS, Subscriber
from anning.tables import read_numbers
from gate_at_random import NUMBERS, PARTIES, communications, histories, unders
from gate_world import LONG_AGO, NOON, entries, offer

pairs_said = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 7_000_000_010), st.integers(1, 400)), max_size=60)


class Model:
    """Everything that was stated, kept in a list: the registers of these tests."""

    def __init__(self) -> None:
        self.said: list[Stated] = []

    def histories(self, numbers: Sequence[str], position: int) -> Mapping[str, Subscriber]:
        found: dict[str, Subscriber] = {}
        for one in self.said:
            if one.position <= position and isinstance(one.payload, SUBSCRIBER_EVENTS):
                number = one.payload.number
                if number in numbers:
                    found[number] = fold(found.get(number), one.payload, one.at, one.position)
        return {number: found.get(number, NOBODY) for number in numbers}


def both_gates(history: list[tuple[reg.Payload, datetime]]) -> tuple[Gate, Gate, CompactIndex]:
    """A gate by full histories and a gate by the compact index that heard the same, event by event."""
    journal, model = MemoryJournal(clock=lambda: NOON), Model()
    said = entries(PARTIES, LONG_AGO)
    for what, at in history:
        said += entries((what,), at)
    events = journal.append(said)
    model.said = list(stated(events))
    compact = CompactIndex.empty(histories=model.histories)
    return Gate.of(events), _following(Gate(index=compact), events), compact


def _following(gate: Gate, events: list) -> Gate:
    gate.follow(events)
    return gate


def different(one: Observations, other: Observations) -> dict[str, tuple[object, object]]:
    """The facts in which they differ, but for the moment of the consent, which a compact index does not keep."""
    return {
        name: (getattr(one, name), getattr(other, name))
        for name in one.__struct_fields__
        if name != "consent_at" and getattr(one, name) != getattr(other, name)
    }


def at_or_after(c: Communication, history: list[tuple[reg.Payload, datetime]]) -> Communication:
    latest = max((at for _, at in history), default=c.at)
    return msgspec.structs.replace(c, at=max(c.at, latest))


@settings(max_examples=120, deadline=None)
@given(histories, communications, unders, st.booleans())
def test_it_observes_and_decides_as_the_full_history(
    history: list[tuple[reg.Payload, datetime]], c: Communication, under: str, merged: bool
) -> None:
    plain, compact, index = both_gates(history)
    if merged:
        index.pairs.merge()
    c = at_or_after(c, history)
    assert different(compact.observe(c), plain.observe(c)) == {}
    assert compact.decide(c, under) == plain.decide(c, under)


@settings(max_examples=60, deadline=None)
@given(
    histories,
    histories,
    communications,
    unders,
    st.lists(st.sampled_from([*NUMBERS, "+8613900001111", "x"]), max_size=20),
    st.booleans(),
    st.booleans(),
)
def test_a_job_by_marks_one_by_one_and_by_full_histories_are_the_same(
    history: list[tuple[reg.Payload, datetime]],
    meanwhile: list[tuple[reg.Payload, datetime]],
    c: Communication,
    under: str,
    rows: list[str],
    merged: bool,
    marked: bool,
) -> None:
    plain, compact, index = both_gates(history + meanwhile)
    c = at_or_after(c, history + meanwhile)
    if merged:
        index.pairs.merge()
    column = read_numbers(pl.Series(rows, dtype=pl.String))
    towards = index.towards((c.sender,))
    if marked:
        towards._asked = 1 << 40
    assert [towards.histories[place] for place in towards.many(column).tolist()] == [
        index.subscriber(number, (c.sender,)) if number else None for number in column.numbers
    ]
    by_compact, by_plain = Campaign(compact, c, under), Campaign(plain, c, under)
    if marked and not by_compact._sending.index_away:
        by_compact._towards._asked = 1 << 40
    assert decisions(by_compact, column) == decisions(by_plain, column)
    one_by_one = Campaign(compact, c, under)
    if marked and not one_by_one._sending.index_away:
        one_by_one._towards._asked = 1 << 40
        one_by_one._towards.many(column)
    plainly = Campaign(plain, c, under)
    for number in rows:
        assert one_by_one.decide(parse(number)) == plainly.decide(parse(number))


def decisions(campaign: Campaign, column: object) -> list[object]:
    judged = campaign.decide_block(column)  # type: ignore[arg-type]
    return [None if place < 0 else judged.decisions[place] for place in judged.places.tolist()]


@settings(max_examples=60, deadline=None)
@given(histories, histories, st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=12))
def test_marks_follow_what_is_said_while_a_job_runs(
    history: list[tuple[reg.Payload, datetime]], meanwhile: list[tuple[reg.Payload, datetime]], rows: list[str]
) -> None:
    journal, model = MemoryJournal(clock=lambda: NOON), Model()
    index = CompactIndex.empty(histories=model.histories)

    def hear(said: list[tuple[reg.Payload, datetime]]) -> None:
        new = list(stated(journal.append([entry for what, at in said for entry in entries((what,), at)])))
        model.said += new
        index.take(new)

    hear(history)
    parties = ("bank", "mall")
    towards = index.towards(parties)
    towards._asked = 1 << 40
    column = read_numbers(pl.Series(rows, dtype=pl.String))
    towards.many(column)
    hear(meanwhile)
    found = [towards.histories[place] for place in towards.many(column).tolist()]
    assert found == [index.subscriber(number, parties) for number in rows]


@settings(max_examples=200, deadline=None)
@given(st.lists(histories, min_size=1, max_size=4), st.booleans())
def test_many_taken_in_together_are_as_one_by_one(
    pages: list[list[tuple[reg.Payload, datetime]]], forgetful: bool
) -> None:
    journal, model = MemoryJournal(clock=lambda: NOON), Model()
    together, alone = (CompactIndex.empty(histories=model.histories) for _ in range(2))
    for page in pages:
        said = list(stated(journal.append([entry for what, at in page for entry in entries((what,), at)])))
        model.said += said
        alone.take(said)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(keeping, "PAYS_FROM", 1)
            patched.setattr(keeping, "_RECENT_AT_MOST", 1 if forgetful else 1 << 18)
            together.take(said)
    parties = ("bank", "mall", "cpaas")
    for number in NUMBERS:
        assert together.subscriber(number, parties) == alone.subscriber(number, parties)
    for horizon in ("horizon", "general_horizon", "general_floor"):
        assert getattr(together, horizon) == getattr(alone, horizon)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 7_000_000_010), st.integers(1, 400)), max_size=60), st.data()
)
def test_pairs_are_a_dictionary(said: list[tuple[int, int, int]], data: st.DataObject) -> None:
    index = CompactIndex.empty()
    pairs: Pairs = index.pairs
    model: dict[tuple[int, int], int] = {}
    for organisation, number, klass in said:
        pairs.set(organisation, number, klass)
        model[organisation, number] = klass
        if data.draw(st.integers(0, 9)) == 0:
            pairs.merge()
    for (organisation, number), klass in model.items():
        assert pairs.one(organisation, number) == klass
        assert pairs.one(organisation + 7, number) == 0
    assert len(pairs) >= len(model)


numbers_of_all_kinds = st.one_of(
    st.integers(12_900_000_000, 20_000_000_000).map(lambda mobile: f"+86{mobile}"),
    st.integers(1, 10**15).map(lambda digits: f"+{digits}"),
)


@given(numbers=st.lists(numbers_of_all_kinds, max_size=30))
def test_ids_given_together_are_those_given_one_by_one(numbers: list[str]) -> None:
    together, by_one = CompactIndex.empty().numbering, CompactIndex.empty().numbering
    ids = together.ids(numbers)
    assert ids == [by_one.id(number) for number in numbers]
    assert ids == [together.known(number) for number in numbers]
    mobiles = [number for number in numbers if mobile_of(number)]
    assert together.ids(mobiles) == [int(number[3:]) - FIRST_MOBILE for number in mobiles]


@given(text=st.text(alphabet="+8613\0٣૩", max_size=16) | st.text(alphabet="0123456789٣", min_size=10, max_size=10))
def test_mobile_numbers_read_together_are_those_read_one_by_one(text: str) -> None:
    for number in (text, f"+861{text}"):
        one, (among,) = mobile_of(number), mobiles_of([number]).tolist()
        assert among == (one if number.isascii() else 0)


def test_more_classes_than_a_palette_holds_are_all_kept() -> None:
    index = CompactIndex.empty()
    for klass in range(1, 1000):
        index.pairs.set(1, klass, klass)
    index.pairs.merge()
    assert [index.pairs.one(1, klass) for klass in range(1, 1000)] == list(range(1, 1000))
    index.pairs.set(1, 5, 7)
    index.pairs.merge()
    assert index.pairs.one(1, 5) == 7


def test_what_was_sent_to_the_former_holder_does_not_count() -> None:
    before = NOON - timedelta(days=3)
    sent = reg.ContactsRecorded(sender="bank", number=NUMBERS[0], channel="sms", at=(before,))
    plain, compact, _ = both_gates([(sent, before), (reg.NumberRecycled(number=NUMBERS[0]), NOON - timedelta(days=1))])
    for gate in (plain, compact):
        assert gate.observe(offer(NUMBERS[0])).contact_ages == ()


def test_a_statement_dated_before_another_needs_the_registers() -> None:
    said = [
        Stated(1, NOON - timedelta(days=2), reg.WishStated(number=NUMBERS[0], says="decline")),
        Stated(2, NOON - timedelta(days=3), reg.ConsentGiven(number=NUMBERS[0], to="bank")),
    ]
    with pytest.raises(Unavailable, match="no registers to ask"):
        CompactIndex.empty().take(said)
    model = Model()
    model.said = said
    index = CompactIndex.empty(histories=model.histories)
    index.take(said)
    found = index.subscriber(NUMBERS[0], ("bank",))
    assert found is not None
    assert found.dealings[0].at < found.wishes[0].at

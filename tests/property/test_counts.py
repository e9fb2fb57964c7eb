"""Compact counts over random histories: always those of a plain list, in memory, shared, and after a restart."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anning.gate.counts.cells import Cells
from anning.gate.counts.contacts import LATE_SECONDS, SECOND, Ages, KeepsContacts
from anning.gate.counts.kept import KeptContacts, counts_as_volume
from anning.gate.counts.keys import Keys, mobile
from anning.gate.counts.ledger import Ledger
from anning.gate.counts.messages import Answer, Changed, Reserve, Settle, Settled, Taken
from counts_model import Contact, PlainContacts

START = 1_780_000_000
DAY = 86_400
NUMBERS = ["+8613800138000", "+8613800138001", "+8619912345678", "+861062345678", "+85291234567", "10086", "胡写"]
CASES = st.tuples(
    st.sampled_from(["bank", "shop"]), st.sampled_from(NUMBERS), st.sampled_from(["sms", "sms", "call", "app"])
)
KINDS = st.sampled_from(["commercial", "code", "service"])


def told(ages: Ages) -> tuple[Any, ...]:
    return ages.contacts, ages.marketing, ages.codes, ages.coming


def assert_same(
    counts: KeepsContacts,
    plain: PlainContacts,
    moment: int,
    since: int | None = None,
    ever: PlainContacts | None = None,
) -> None:
    """Everything the gate can ask of every cell; what was taken back may be known still, but has no age."""
    ever = plain if ever is None else ever
    values = np.array([mobile(number) or 0 for number in NUMBERS], dtype=np.int64)
    for sender in ("bank", "shop", "nobody"):
        for channel in ("sms", "call", "app"):
            there = {number for number in NUMBERS if ever.of(sender, number, channel)}
            recent = {n for n in there if plain.ages(sender, n, channel, moment)[0]}
            found = counts.known_values(sender, values, channel)
            assert recent <= counts.known_among(sender, NUMBERS, channel) <= there
            assert {n for n in recent if mobile(n)} <= {NUMBERS[row] for row in np.flatnonzero(found)} <= there
            assert counts.volume(sender, channel, moment, 28) == plain.volume(sender, channel, moment, 28)
            for number in NUMBERS:
                ages = counts.ages(sender, number, channel, moment, since)
                assert told(ages) == plain.ages(sender, number, channel, moment, since)
                assert counts.known(sender, number, channel) or number not in recent


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(CASES, KINDS, st.integers(-3 * DAY * SECOND, 45 * DAY * SECOND)), max_size=60),
    st.integers(2, 12),
    st.integers(-LATE_SECONDS * SECOND, 3 * DAY * SECOND),
    st.none() | st.integers(0, 40 * DAY * SECOND),
)
def test_contacts_in_memory_are_those_of_a_list(
    contacts: list[tuple[tuple[str, str, str], Any, int]], recent: int, later: int, since: int | None
) -> None:
    counts, plain = KeptContacts(Cells(recent=recent)), PlainContacts()
    latest = START * SECOND
    # A contact may be told of a few days late, so the histories begin with their oldest.
    for (sender, number, channel), kind, at in sorted(contacts, key=lambda each: each[2] // (20 * DAY * SECOND)):
        moment = START * SECOND + at
        latest = max(latest, moment)
        counts.record(sender, number, channel, kind, moment)
        plain.all.append(Contact(sender, number, channel, kind, moment))
    assert_same(counts, plain, latest + later, None if since is None else START * SECOND + since)


OPERATIONS = st.one_of(
    st.tuples(st.just("reserve"), CASES, KINDS, st.booleans()),
    st.tuples(st.just("settle"), st.integers(0, 30), st.booleans()),
    st.tuples(st.just("pass"), st.sampled_from([1, 30, 3600, DAY, 9 * DAY])),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("compact")),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(OPERATIONS, max_size=60), st.integers(2, 12), st.sampled_from([0, 700, 1 << 30]))
def test_a_ledger_is_a_list_however_often_it_is_opened(
    operations: list[tuple[Any, ...]], recent: int, smallest_log: int
) -> None:
    now = [START]
    plain, ever = PlainContacts(), PlainContacts()
    taken: list[tuple[int, Contact]] = []
    settled: set[int] = set()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:

        def opened() -> Ledger:
            return Ledger(Path(folder), clock=lambda: now[0], durable=False, recent=recent, smallest_log=smallest_log)

        ledger = opened()
        for what, *rest in operations:
            match what:
                case "reserve":
                    (sender, number, channel), kind, stale = rest
                    seen = ledger.kept.stamps(sender, number, channel)
                    request = Reserve(
                        sender, number, channel, kind, (*seen, 1) if stale else seen, counts_as_volume(channel, kind)
                    )
                    answer = one(ledger, request)
                    if stale:
                        assert answer == Changed(seen)
                        continue
                    assert isinstance(answer, Taken)
                    contact = Contact(sender, number, channel, kind, now[0] * SECOND)
                    plain.all.append(contact)
                    ever.all.append(contact)
                    assert answer.id not in dict(taken)
                    taken.append((answer.id, contact))
                case "settle":
                    place, went = rest
                    if place < len(taken):
                        reservation, contact = taken[place]
                        assert one(ledger, Settle(reservation, went)) == Settled(reservation not in settled)
                        if reservation not in settled and not went:
                            plain.all.remove(contact)
                        settled.add(reservation)
                case "pass":
                    now[0] += rest[0]
                case "reopen":
                    ledger.close()
                    ledger = opened()
                case "compact":
                    ledger.compact()
        assert_same(ledger.kept, plain, now[0] * SECOND, ever=ever)
        ledger.close()
        with opened() as again:
            assert_same(again.kept, plain, now[0] * SECOND, ever=ever)


def one(ledger: Ledger, request: Reserve | Settle) -> Answer:
    return ledger.ask([request])[0]


@given(CASES, CASES)
def test_keys_tell_apart_what_differs(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    keys = Keys()
    assert (keys.cell(*one) == keys.cell(*other)) is (one == other)
    assert keys.find(*one) == keys.cell(*one)

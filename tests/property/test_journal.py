"""Any sequence of commands, duplicates and failures among them, gives one journal: in SQLite, in PostgreSQL, in memory,
after a restart and after a replay, to the last byte of the last leaf."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anning.journal import Event, MemoryJournal, Store, Writer, canonical_payload, rebuild
from journal_world import RECORDED, Note, counted_salts, create, open_again, tables

WORDS = ["x", "y", "say twice", "refuse", "break", "break the view", "\U0001f4f5 退订\n\"'", ""]
commands = st.lists(
    st.tuples(
        st.sampled_from(["k1", "k2", "k3", "k4", "k5", "k6"]),
        st.sampled_from(["cmcc", "中国联通"]),
        st.sampled_from(["a", "b"]),
        st.sampled_from(WORDS),
    ),
    max_size=30,
)
Outcome = tuple[str, int, int] | str


class Model:
    """What the writer means, told with a list and two dictionaries."""

    def __init__(self) -> None:
        self.salts = counted_salts()
        self.journal = MemoryJournal(log_id="test", clock=lambda: RECORDED, salts=self.salts)
        self.notes: dict[tuple[str, str], str] = {}
        self.answers: dict[tuple[str, str], tuple[bytes, int, int]] = {}

    def outcome(self, note: Note) -> Outcome:
        asked = (note.tenant, note.key)
        if asked in self.answers:
            digest, first, last = self.answers[asked]
            return ("again", first, last) if digest == note.digest() else "Conflict"
        if note.words in ("refuse", "break"):
            return {"refuse": "Conflict", "break": "ZeroDivisionError"}[note.words]
        entries = [] if self.notes.get((note.tenant, note.name)) == note.words else note.entries()
        if note.words == "break the view":
            self.salts()
            return "RuntimeError"
        events = self.journal.append(entries)
        first, last = (events[0].position, events[-1].position) if events else (0, 0)
        self.notes[(note.tenant, note.name)] = note.words
        self.answers[asked] = (note.digest(), first, last)
        return ("once", first, last)


def written(store: Store, notes: list[Note], salts: Callable[[], bytes], group: int) -> list[Outcome]:
    with Writer.acquire(store, group_commit_max=group, clock=lambda: RECORDED, salts=salts) as writer:
        futures = [writer.submit(note, **note.say()) for note in notes]
    outcomes: list[Outcome] = []
    for future in futures:
        if error := future.exception(0):
            outcomes.append(type(error).__name__)
        else:
            ack = future.result(0)
            outcomes.append(("again" if ack.duplicate else "once", ack.first, ack.last))
    return outcomes


def without_epoch(events: Any) -> list[Event]:
    return [msgspec.structs.replace(event, epoch=0) for event in events]


@pytest.mark.postgres
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commands=commands, group=st.integers(1, 8), restart=st.integers(0, 30))
def test_one_journal_everywhere(
    new_database: Callable[[str], str], commands: list[tuple[str, str, str, str]], group: int, restart: int
) -> None:
    notes = [Note(name, words, key=key, tenant=tenant) for key, tenant, name, words in commands]
    model = Model()
    expected = [model.outcome(note) for note in notes]
    for kind in ("sqlite", "postgresql"):
        url = new_database(kind)
        salts = counted_salts()
        with create(url) as store:
            outcomes = written(store, notes[:restart], salts, group)
        with open_again(url) as store:
            outcomes += written(store, notes[restart:], salts, group)
            assert outcomes == expected
            assert without_epoch(store.events()) == without_epoch(model.journal.events())
            before = tables(store)
            assert {(tenant, name): words for tenant, name, words, _ in before["notes"]} == model.notes
            assert rebuild(store) == len(model.journal.events())
            assert tables(store) == before


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(payload=st.dictionaries(st.text(max_size=3), json, max_size=6))
def test_a_payload_is_written_as_rfc_8785_says(payload: dict[str, Any]) -> None:
    assert canonical_payload(payload) == rfc8785.dumps(payload)


@given(commands=commands)
def test_the_memory_journal_is_numbered_alike(commands: list[tuple[str, str, str, str]]) -> None:
    model = Model()
    answered = [model.outcome(Note(name, words, key=key, tenant=tenant)) for key, tenant, name, words in commands]
    events = model.journal.events()
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    taken = [range(first, last + 1) for how, first, last in _acks(answered) if how == "once" and first]
    assert list(itertools.chain(*taken)) == list(range(1, len(events) + 1))
    half = len(events) // 2
    assert model.journal.events(half) == events[half:]


def _acks(outcomes: list[Outcome]) -> list[tuple[str, int, int]]:
    return [outcome for outcome in outcomes if not isinstance(outcome, str)]

"""Statements that share a commit are judged as if each had one of its own, and so are they after a restart."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anning.journal import Ack, Store, rebuild
from anning.journal.command import Task
from anning.journal.committing import Committer
from anning.journal.store import STATEMENTS
from anning.registers.commands import RegisterCommand, ReplyReceived, Said
from anning.registers.events import (
    CodeRecorded,
    ConsentGiven,
    LicenceRecorded,
    MeasureTaken,
    OrganisationRegistered,
    SignatureRecorded,
    WishStated,
)
from anning.registers.stated import stated
from anning.registers.views import MIGRATIONS, RegisterView

NOW = datetime(2026, 11, 11, 2, 0, tzinfo=UTC)
PORT = "10660000"

orgs = st.sampled_from(["bank", "shop"])
statements: st.SearchStrategy[Said] = st.one_of(
    st.builds(OrganisationRegistered, id=orgs, name=st.sampled_from(["安宁银行", "好物商城", " "])),
    st.builds(ConsentGiven, number=st.sampled_from(["13800138000", "106"]), to=orgs),
    st.builds(WishStated, number=st.just("13800138000"), says=st.just("decline"), except_for=st.tuples(orgs)),
    st.builds(
        LicenceRecorded,
        holder=orgs,
        licence_kind=st.just("sms"),
        from_day=st.just(date(2024, 1, 1)),
        until_day=st.just(date(2029, 1, 1)),
        state=st.sampled_from(["valid", "revoked"]),
    ),
    st.builds(CodeRecorded, code=st.sampled_from([PORT, PORT + "11"]), holder=orgs, user=orgs),
    st.builds(MeasureTaken, on=orgs, measure=st.sampled_from(["none", "limited"])),
    st.builds(SignatureRecorded, text=st.just("安宁"), owner=orgs, state=st.sampled_from(["approved", "rejected"])),
    st.builds(
        ReplyReceived,
        number=st.just("13800138000"),
        code=st.sampled_from([PORT, PORT + "1199", "95588"]),
        text=st.sampled_from(["退订", "@@", "多少钱"]),
    ),
)
sequences = st.lists(
    st.tuples(statements, st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h"]), st.integers(0, 2)), max_size=14
)
BANK = ConsentGiven(number="13800138000", to="bank")
REPLY = ReplyReceived(number="13800138000", code=PORT + "1199", text="退订")
LICENCE = LicenceRecorded(holder="bank", licence_kind="sms", from_day=date(2024, 1, 1), until_day=date(2029, 1, 1))
CODE = CodeRecorded(code=PORT, holder="bank", user="bank")
SIGNATURE = SignatureRecorded(text="安宁", owner="bank")
OURS = SignatureRecorded(text="安宁", owner="shop")
EVERY_TURN: list[Said] = [
    *(BANK, OrganisationRegistered(id="bank", name="安宁银行"), BANK, OrganisationRegistered(id="shop", name="商城")),
    *(CODE, LICENCE, REPLY, CODE, REPLY, MeasureTaken(on="bank", measure="limited"), CODE),
    *(MeasureTaken(on="bank", measure="none"), CODE, msgspec.structs.replace(LICENCE, state="revoked"), CODE),
    *(OURS, SIGNATURE, msgspec.structs.replace(OURS, state="rejected"), SIGNATURE, OURS),
]
"""What is refused is allowed by the next, what was allowed refused by another, for everything that is looked up."""

Outcome = tuple[str, int, int] | tuple[str, str, str]


def outcome_of(said: Ack | Exception) -> Outcome:
    if isinstance(said, Ack):
        return ("again" if said.duplicate else "once", said.first, said.last)
    return (type(said).__name__, getattr(said, "field", ""), getattr(said, "rule", ""))


def committed(store: Store, sequence: list[tuple[Said, str, int]], groups: list[int]) -> list[Outcome]:
    """What each was answered when so many shared each commit; at a 0 the committer is a new one, as after a restart."""
    outcomes: list[Outcome] = []
    tasks = []
    for said, key, days in sequence:
        at = NOW - timedelta(days=days)
        command = RegisterCommand(said, tenant="t", actor="a", at=at, key=key, dated=True)
        tasks.append(Task(command, command.digest(), key, "t", "a", NOW, Future()))
    connection = store.database.connect()
    try:
        epoch = STATEMENTS.value(connection, "epoch")
        committer = Committer(store, connection, epoch, clock=lambda: NOW, salts=lambda: bytes(16))
        for size in groups:
            if size == 0:
                committer = Committer(store, connection, epoch, clock=lambda: NOW, salts=lambda: bytes(16))
            group, tasks = tasks[:size], tasks[size:]
            if group:
                outcomes += [outcome_of(answer) for _, answer in committer.commit(group).outcomes]
    finally:
        connection.close()
    return outcomes


def tables(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.read() as connection:
        return {
            table: sorted(connection.raw.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in (*RegisterView.tables, "events", "commands")
        }


@pytest.mark.postgres
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(sequence=[(said, f"key-{place}", 0) for place, said in enumerate(EVERY_TURN)], cuts=[3, 0, 5])
@given(sequence=sequences, cuts=st.lists(st.integers(0, 5), max_size=6))
def test_together_is_one_by_one(
    new_database: Callable[[str], str], sequence: list[tuple[Said, str, int]], cuts: list[int]
) -> None:
    found = []
    for kind, groups in (
        ("sqlite", [1] * len(sequence)),
        ("sqlite", [len(sequence)]),
        ("sqlite", [*cuts, len(sequence)]),
        ("postgresql", [*cuts, len(sequence)]),
    ):
        with Store.create(new_database(kind), [RegisterView()], migrations=MIGRATIONS, log_id="t") as store:
            outcomes = committed(store, sequence, groups)
            before = tables(store)
            rebuild(store)
            assert tables(store) == before
            found.append((outcomes, before))
    assert all(each == found[0] for each in found)


def test_every_turn_turns_something(new_database: Callable[[str], str]) -> None:
    """Otherwise the example above would hold for a committer that remembers what is no longer so."""
    sequence = [(said, f"key-{place}", 0) for place, said in enumerate(EVERY_TURN)]
    with Store.create(new_database("sqlite"), [RegisterView()], migrations=MIGRATIONS) as store:
        outcomes = committed(store, sequence, [1] * len(sequence))
        last = list(stated(store.excerpts()))
    assert [outcome[0] == "once" for outcome in outcomes] == [
        *(False, True, True, True),
        *(False, True, True, True, True, True, False),
        *(True, True, True, False),
        *(True, False, True, True, False),
    ]
    kinds = [type(one.payload).__name__ for one in last]
    assert kinds.index("ReplyUnattributed") < kinds.index("ConsentWithdrawn")

"""What a gate sends is counted by the owner; without the owner it is judged as in an outage, and counted afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from anning.gate.counts.counts import Counts
from anning.gate.counts.ledger import Ledger
from anning.gate.counts.owner import OwnerThread
from anning.gate.counts.shards import shard_folders
from anning.gate.counts.view import CountsView
from anning.gate.dispatch import Dispatcher, Reserved, Stopped
from anning.gate.gate import Gate
from anning.law.decision import Outcome
from anning.registers import events as reg
from anning.registers.stated import Stated
from counts_world import NOW, number
from counts_world.gates import asked
from gate_world import LONG_AGO, NOON, WANG, World, offer

SECOND = 1_000_000
CONSENT = reg.ConsentGiven(number=WANG, to="bank", channel="both", act="explicit")


@contextmanager
def owners(folder: Path, shards: int = 1) -> Iterator[Counts]:
    """All shards owned by threads of this process."""
    threads = [
        OwnerThread(shard, Ledger(shard, clock=lambda: NOW, recent=8, wait=10))
        for shard in shard_folders(folder, shards)
    ]
    try:
        with Counts(folder, shards) as counts:
            yield counts
    finally:
        for thread in threads:
            thread.close()


@pytest.mark.parametrize("shards", [1, 3])
def test_a_verdict_at_dispatch_is_that_of_the_gate_and_counts(tmp_path: Path, shards: int) -> None:
    with owners(tmp_path, shards) as counts:
        alone, sent = World(reg.HousePolicySet(on=True), CONSENT), World(reg.HousePolicySet(on=True), CONSENT)
        dispatcher = Dispatcher(sent.gate, counts)
        for kind in ("code", "commercial", "service", "code", "commercial", "service"):
            c = asked(kind, WANG)
            observations = alone.gate.observe(c)
            expected = alone.gate.decide_observed(observations)
            done = dispatcher.dispatch(c)
            assert done.decision == expected
            assert isinstance(done, Reserved) is (expected.outcome <= Outcome.LABEL)
            if isinstance(done, Reserved):
                alone.gate.record(c, observations)
        view = CountsView(tmp_path, shards)
        assert len(view.stamps("bank", WANG, "sms")) == 4
        assert view.volume("bank", "sms", NOW * SECOND, 28).this_hour == 2


def test_what_the_carrier_refused_counts_no_longer(tmp_path: Path) -> None:
    with owners(tmp_path, 3) as counts:
        dispatcher = Dispatcher(World(reg.HousePolicySet(on=True), CONSENT).gate, counts)
        for went in (False, False, True):
            done = dispatcher.dispatch(offer())
            assert isinstance(done, Reserved)
            dispatcher.settle(done, went=went)
        # What went is settled: saying later that it did not changes nothing.
        dispatcher.settle(done, went=False)
        assert isinstance(dispatcher.dispatch(offer()), Stopped)
        assert [report.open for report in counts.reports()] == [0, 0, 0]


def test_what_the_owner_counted_a_moment_later_counts(tmp_path: Path) -> None:
    with owners(tmp_path) as counts:
        dispatcher = Dispatcher(World(reg.HousePolicySet(on=True), CONSENT).gate, counts)
        behind = NOON - timedelta(seconds=1)
        assert isinstance(dispatcher.dispatch(offer(at=behind)), Reserved)
        assert isinstance(dispatcher.dispatch(offer(at=behind)), Stopped)


def test_without_the_owner_only_what_is_shown_to_be_service_passes_and_is_counted_later(tmp_path: Path) -> None:
    time = [0.0]
    world = World(reg.HousePolicySet(on=True), CONSENT)
    (shard,) = shard_folders(tmp_path, 1)
    with Counts(tmp_path) as counts:
        dispatcher = Dispatcher(world.gate, counts, clock=lambda: time[0])
        waits = dispatcher.dispatch(offer())
        assert waits.decision.outcome is Outcome.HOLD
        assert "X09" in waits.decision.obligations()
        for kind in ("code", "service"):
            passes = dispatcher.dispatch(asked(kind, WANG))
            assert isinstance(passes, Reserved)
            assert passes.decision.degraded
            assert passes.reservation is None
        # It is there again, and is asked again after a while; what passed meanwhile is counted first.
        with OwnerThread(shard, Ledger(shard, clock=lambda: NOW)):
            assert dispatcher.dispatch(offer()).decision.outcome is Outcome.HOLD
            time[0] += 1
            assert isinstance(dispatcher.dispatch(asked("code", WANG)), Stopped)
            assert isinstance(dispatcher.dispatch(offer()), Reserved)
            assert len(CountsView(tmp_path).stamps("bank", WANG, "sms")) == 3


def test_in_an_outage_gates_together_let_no_more_pass_than_the_sender_had_room_for(tmp_path: Path) -> None:
    passed: list[object] = []

    def send(first: int) -> None:
        world = World()
        world.gate.lose("index", NOON)
        with Counts(tmp_path) as counts:
            dispatcher = Dispatcher(world.gate, counts)
            for place in range(first, first + 60):
                done = dispatcher.dispatch(asked("service", number(place)))
                (passed if isinstance(done, Reserved) else held).append(done)
            assert isinstance(dispatcher.dispatch(asked("code", number(first))), Reserved)

    held: list[Stopped] = []
    with owners(tmp_path):
        threads = [threading.Thread(target=send, args=(1000 * gate,)) for gate in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(passed), len(held)) == (100, 80)
    for done in held:
        assert done.decision.outcome is Outcome.HOLD
        assert not done.observations.within_past_volume
        assert done.decision.until == (NOON + timedelta(hours=1))


def test_counts_that_are_full_hold_offers_and_let_codes_pass(tmp_path: Path) -> None:
    (shard,) = shard_folders(tmp_path, 1)
    world = World(reg.HousePolicySet(on=True), CONSENT)
    with OwnerThread(shard, Ledger(shard, clock=lambda: NOW, capacity=1)), Counts(tmp_path) as counts:
        dispatcher = Dispatcher(world.gate, counts)
        assert isinstance(dispatcher.dispatch(offer()), Reserved)
        assert dispatcher.dispatch(offer()).decision.outcome is Outcome.HOLD
        assert isinstance(dispatcher.dispatch(asked("code", WANG)), Reserved)


def test_a_gate_reads_the_owners_counts_and_the_journals_tail(tmp_path: Path) -> None:
    with owners(tmp_path, 2) as counts:
        for place in range(40):
            counts.reserve("bank", number(place), "sms", "commercial")
        view = CountsView(tmp_path, 2)
        world = World(reg.HousePolicySet(on=True), CONSENT, gate=Gate(contacts=view))
        said = reg.ContactsRecorded(sender="bank", number=WANG, channel="sms", at=(NOON,), content="commercial")
        world.say(said)
        assert world.gate.decide(offer()).obligations() == ("H03",)
        assert len(view.known_among("bank", [*map(number, range(50)), WANG], "sms")) == 41
        # The owners hear of it too; seen again through them it counts once, as before.
        position = world.gate.position
        heard = [Stated(position, LONG_AGO, said)]
        counts.record("log", heard, position)
        view.refresh()
        assert view.stamps("bank", WANG, "sms") == (NOW << 2,)
        assert counts.heard() == position
        counts.record("log", heard, position)
        assert len(CountsView(tmp_path, 2).stamps("bank", WANG, "sms")) == 1
    # Without owners the files say the same.
    assert len(CountsView(tmp_path, 2).known_among("bank", [*map(number, range(50)), WANG], "sms")) == 41


def test_a_snapshot_of_a_gate_serves_gates_that_count_elsewhere(tmp_path: Path) -> None:
    with owners(tmp_path) as counts:
        alone, reading = World(), World(gate=Gate(contacts=CountsView(tmp_path)))
        counts.record("log", [], alone.gate.position)
        said = reg.ContactsRecorded(sender="bank", number=WANG, channel="sms", at=(NOON,), content="commercial")
        for world in (alone, reading):
            world.say(said)
        head = alone.gate.position
        statement = Stated(head, LONG_AGO, said)

        def again(of: Gate, to: Gate) -> int:
            """Unfold, tell again what is asked for, and say from where that was."""
            after = to.unfold(of.fold(), "log", head)
            to.contacts.take([statement] if after < head else [])
            assert to.contacts.stamps("bank", WANG, "sms") == (NOW << 2,)
            return after

        assert again(alone.gate, Gate()) == head
        assert again(reading.gate, Gate(contacts=CountsView(tmp_path))) == head
        assert again(reading.gate, Gate()) == 0
        assert again(alone.gate, Gate(contacts=CountsView(tmp_path))) == head - 1
        # The owners hear of it: whatever was folded, it counts once.
        counts.record("log", [statement], head)
        for of in (alone, reading):
            assert again(of.gate, Gate(contacts=CountsView(tmp_path))) == head

"""One process keeps the index, this one reads along: changes, growth, the keeper's death and its successor."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from anning.errors import Unavailable
from anning.gate.campaign import Campaign
from anning.gate.communication import Communication
from anning.gate.gate import Gate
from anning.gate.index import CompactIndex
from anning.gate.index.arrays import HEARTBEAT
from anning.gate.keeper import SILENT, SOCKET_NAME, Keeper, SharedIndex
from anning.gate.opening import open_gate
from anning.journal import Follower
from anning.journal.store import excerpts_after
from anning.law.decision import Outcome
from anning.registers import events as reg
from anning.registers.open import Registers, open_store
from anning.registers.stated import Stated
from anning.registers.statements import Subscriber
from anning.tables import read_numbers
from gate_world import LI, LONG_AGO, WANG, WORLD, code_message, offer

KEEP = """
import sys
from pathlib import Path
from anning.gate.keeper import Keeper
from anning.gate.opening import open_gate
from anning.journal import Follower
from anning.journal.store import excerpts_after
from anning.registers.open import open_store
url, folder = sys.argv[1], Path(sys.argv[2])
gate = open_gate(url, folder / "segments", shared=True)
store = open_store(url, folder / "segments")
keeper = Keeper(gate, Follower(store, gate.position, read=excerpts_after), folder / "index.sock")
print("ready", flush=True)
keeper.run()
"""
PATIENCE = 30.0


class Machine:
    """A database, the process that writes it, and keepers of its index."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.registers = Registers(open_store(url, folder / "segments"), writer_wait=5, group_commit_max=64)
        self.keepers: list[subprocess.Popen[str]] = []
        for one in WORLD:
            self.registers.write(one, actor="test", at=LONG_AGO)

    def keeper(self) -> subprocess.Popen[str]:
        arguments = [sys.executable, "-c", KEEP, self.url, str(self.folder)]
        keeper = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.keepers.append(keeper)
        return keeper

    def ready(self) -> subprocess.Popen[str]:
        keeper = self.keeper()
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "ready\n", keeper.communicate()[1]
        return keeper

    def gate(self) -> Gate:
        """A gate of this process that reads along: its index is the keeper's."""
        gate = Gate(index=SharedIndex(self.folder / SOCKET_NAME))
        gate.follow(self.registers.store.events())
        return gate

    def say(self, *said: reg.Payload) -> None:
        for one in said:
            self.registers.write(one, actor="test")

    def close(self) -> None:
        for keeper in self.keepers:
            keeper.kill()
            keeper.communicate()
        self.registers.close()


@pytest.fixture
def machine(database_url: str, tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(database_url, tmp_path)
    yield machine
    machine.close()


def now(c: Communication) -> Communication:
    fields = {name: getattr(c, name) for name in c.__struct_fields__}
    return Communication(**{**fields, "at": datetime.now(UTC)})


def until(holds: Callable[[], bool]) -> None:
    """Ask again until it holds; an assertion fails when it does not within half a minute."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline


def when_fresh(index: SharedIndex, number: str, organisation: str) -> Subscriber | None:
    """What it says once the keeper keeps up, which a busy machine may not give it the time for."""
    found: list[Subscriber | None] = []

    def answered() -> bool:
        try:
            found.append(index.subscriber(number, (organisation,)))
        except Unavailable:
            return False
        return True

    until(answered)
    return found[0]


def outcome(gate: Gate, number: str) -> Outcome:
    return gate.decide(now(offer(number))).outcome


def test_what_is_said_reaches_a_gate_in_another_process(machine: Machine) -> None:
    machine.ready()
    gate = machine.gate()
    until(lambda: outcome(gate, WANG) is Outcome.REFUSE)
    machine.say(reg.ConsentGiven(number=WANG, to="bank"))
    until(lambda: outcome(gate, WANG) is Outcome.ALLOW)
    campaign = Campaign(gate, now(offer()))
    column = read_numbers(pl.Series([WANG, LI]))

    def of_wang() -> Outcome:
        judged = campaign.decide_block(column)
        return judged.decisions[judged.places[0]].outcome

    until(lambda: of_wang() is Outcome.ALLOW)
    machine.say(reg.ConsentWithdrawn(number=WANG, to="bank"))
    until(lambda: of_wang() is Outcome.REFUSE)
    until(lambda: outcome(gate, WANG) is Outcome.REFUSE)


def test_arrays_that_are_outgrown_are_read_anew(machine: Machine) -> None:
    machine.ready()
    gate = machine.gate()
    index = gate.sources.index
    assert isinstance(index, SharedIndex)
    machine.say(*(reg.OrganisationRegistered(id=f"org{n}", name=f"机构{n}") for n in range(7)))
    numbers = [f"+8610{62_000_000 + n}" for n in range(1500)]
    submitted = [
        machine.registers.submit(reg.ConsentGiven(number=number, to=f"org{n % 7}"), actor="test")
        for n, number in enumerate(numbers)
    ]
    for one in submitted:
        one.result()
    head = machine.registers.store.head().position
    until(lambda: index.position >= head)
    by_itself = open_gate(machine.url, machine.folder / "segments").sources.index
    for n, number in enumerate(numbers):
        found, there = when_fresh(index, number, f"org{n % 7}"), by_itself.subscriber(number, ())
        assert found is not None
        assert there is not None
        assert len(found.dealings) == len(there.dealings) == 1


def test_without_a_keeper_commercial_waits_and_a_code_passes(machine: Machine) -> None:
    keeper = machine.ready()
    machine.say(reg.ConsentGiven(number=WANG, to="bank"))
    gate = machine.gate()
    until(lambda: outcome(gate, WANG) is Outcome.ALLOW)
    campaign = Campaign(gate, now(offer()))
    column = read_numbers(pl.Series([WANG]))

    def by_campaign() -> Outcome:
        judged = campaign.decide_block(column)
        return judged.decisions[judged.places[0]].outcome

    until(lambda: by_campaign() is Outcome.ALLOW)
    keeper.send_signal(signal.SIGKILL)
    keeper.wait()
    until(lambda: outcome(gate, WANG) is Outcome.HOLD)
    until(lambda: by_campaign() is Outcome.HOLD)
    assert gate.decide(now(code_message())).outcome is Outcome.ALLOW
    # Another keeper, another order of coming: its numbers mean other things.
    machine.say(reg.WishStated(number=LI, says="decline", hours=(600, 660)), reg.ConsentGiven(number=LI, to="bank"))
    machine.ready()
    until(lambda: outcome(gate, WANG) is Outcome.ALLOW)
    until(lambda: by_campaign() is Outcome.ALLOW)
    machine.say(reg.ConsentWithdrawn(number=WANG, to="bank"))
    until(lambda: by_campaign() is Outcome.REFUSE)


def test_a_keeper_that_hears_nothing_counts_as_away(machine: Machine) -> None:
    gate = open_gate(machine.url, machine.folder / "segments", shared=True)
    with (
        open_store(machine.url, machine.folder / "segments") as store,
        Follower(store, gate.position, read=excerpts_after) as follower,
    ):
        keeper = Keeper(gate, follower, machine.folder / SOCKET_NAME)
        index = SharedIndex(machine.folder / SOCKET_NAME)
        # It lives and hands out its memory, but the journal was last read to its end too long ago.
        gate.sources.index.arrays.header[HEARTBEAT] -= round(SILENT * 1e9)
        with pytest.raises(Unavailable, match="has not heard everything"):
            index.refresh()
        assert keeper.follow(0) == 0
        assert index.fresh
        keeper.close()


def test_what_came_in_while_it_was_opened_is_heard_before_anybody_reads_along(machine: Machine) -> None:
    gate = open_gate(machine.url, machine.folder / "segments", shared=True)
    machine.say(reg.ConsentGiven(number=WANG, to="bank"))
    with (
        open_store(machine.url, machine.folder / "segments") as store,
        Follower(store, gate.position, read=excerpts_after) as follower,
    ):
        keeper = Keeper(gate, follower, machine.folder / SOCKET_NAME)
        assert keeper.follow(0) == 0
        assert gate.sources.index.subscriber(WANG, ("bank",)) is not None
        keeper.close()


@pytest.fixture
def both(machine: Machine) -> Iterator[tuple[CompactIndex, SharedIndex]]:
    """An index that this process keeps, and the same as another process reads it along."""
    gate = open_gate(machine.url, machine.folder / "segments", shared=True)
    with (
        open_store(machine.url, machine.folder / "segments") as store,
        Follower(store, gate.position, read=excerpts_after) as follower,
    ):
        keeper = Keeper(gate, follower, machine.folder / SOCKET_NAME)
        kept = gate.sources.index
        assert isinstance(kept, CompactIndex)
        yield kept, SharedIndex(machine.folder / SOCKET_NAME)
        keeper.close()


def said_by(count: int, *, at: datetime, general: bool = False) -> list[Stated]:
    """So many people consent to the bank, or wish one thing each that nobody else wishes."""
    people = [f"+86139{place:08}" for place in range(count)]
    return [
        Stated(
            100 + place,
            at,
            reg.WishStated(number=number, says="decline", hours=(place // 60, 60 + place % 60))
            if general
            else reg.ConsentGiven(number=number, to="bank"),
        )
        for place, number in enumerate(people)
    ]


def test_what_is_said_while_arrays_are_outgrown_is_not_missed(
    both: tuple[CompactIndex, SharedIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper replaces the overlay after a gate has looked whether it did, and before it takes the changes up."""
    kept, read = both
    now = datetime.now(UTC)
    kept.take([Stated(50, now, reg.ConsentGiven(number=WANG, to="bank"))])
    towards, column = read.towards(("bank",)), read_numbers(pl.Series([WANG] * 64))
    assert towards.histories[towards.many(column)[0]] == kept.subscriber(WANG, ("bank",))
    refresh, room = SharedIndex.refresh, len(kept.arrays["overlay_keys"])

    def then_outgrown(index: SharedIndex) -> None:
        refresh(index)
        monkeypatch.setattr(SharedIndex, "refresh", refresh)
        kept.take(said_by(room, at=now + timedelta(seconds=1)))
        kept.take([Stated(10**6, now + timedelta(seconds=2), reg.ConsentWithdrawn(number=WANG, to="bank"))])

    monkeypatch.setattr(SharedIndex, "refresh", then_outgrown)
    monkeypatch.setattr(SharedIndex, "fresh", True)
    towards.many(column)
    assert len(kept.arrays["overlay_keys"]) > room
    after = towards.histories[towards.many(column)[0]]
    assert after == kept.subscriber(WANG, ("bank",))
    assert after is not None
    assert len(after.dealings) == 2


def test_who_has_a_rare_history_is_found_while_the_map_of_these_is_outgrown(
    both: tuple[CompactIndex, SharedIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, read = both
    now = datetime.now(UTC)
    kept.take([Stated(50, now, reg.WishStated(number=WANG, says="decline"))])
    monkeypatch.setattr(SharedIndex, "fresh", True)
    read.refresh()
    room = len(kept.arrays["escape_keys"])
    kept.take(said_by(room + 300, at=now + timedelta(seconds=1), general=True))
    kept.take([Stated(10**6, now + timedelta(seconds=2), reg.WishStated(number=WANG, says="accept", hours=(600, 601)))])
    assert len(kept.arrays["escape_keys"]) > room
    # What is read without looking for new arrays first, as within a block.
    person = read.numbering.known(WANG)
    assert read.general_number(person) == kept.general_number(person) > 254
    assert read.generals(np.array([person])).tolist() == [kept.general_number(person)]


def test_there_is_one_keeper(machine: Machine) -> None:
    machine.ready()
    second = machine.keeper()
    _, told = second.communicate(timeout=PATIENCE)
    assert second.returncode != 0
    assert "one-keeper" in told or "another process keeps the index" in told


def test_nobody_keeps_it(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no process keeps"):
        SharedIndex(tmp_path / SOCKET_NAME)

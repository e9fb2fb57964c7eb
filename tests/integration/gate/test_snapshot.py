"""A snapshot is used when it is whole and of this journal, and refused with the reason otherwise; both databases."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from anning.gate import opening
from anning.gate.explain import explain
from anning.gate.gate import Gate
from anning.gate.index import CompactIndex, snapshot
from anning.gate.opening import SNAPSHOT_NAME, open_gate, save, usable
from anning.journal.steps import STEPS
from anning.law.decision import Outcome
from anning.registers import events as reg
from anning.registers.open import Registers, open_store
from gate_world import LI, LONG_AGO, NOON, WANG, WORLD, code_message, offer

NOW = datetime(2026, 11, 11, 3, tzinfo=UTC)
SNAPSHOT_TABLE = {
    "snapshot.before-write": "old",
    "snapshot.after-write": "old",
    "snapshot.after-fsync": "old",
    "snapshot.after-rename": "new",
}


class Installation:
    """A small world in a database, with snapshots."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.segments = folder / "segments"
        self.snapshots = folder / "snapshots"
        self.path = self.snapshots / SNAPSHOT_NAME
        self.say(*WORLD, at=LONG_AGO)

    def say(self, *said: reg.Payload, at: datetime | None = None) -> None:
        store = open_store(self.url, self.segments)
        with Registers(store, writer_wait=5, group_commit_max=64, clock=lambda: NOW) as registers:
            for one in said:
                registers.write(one, actor="test", at=at)

    def gate(self) -> Gate:
        return open_gate(self.url, self.segments, snapshots=self.snapshots, small=0)

    def save(self, gate: Gate) -> None:
        with open_store(self.url, self.segments) as store:
            save(gate, store, self.snapshots)

    def found(self) -> snapshot.Contents | snapshot.Refused:
        with open_store(self.url, self.segments) as store:
            return usable(snapshot.contents_of(self.path), store)


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Installation:
    return Installation(database_url, tmp_path)


@pytest.fixture
def refusals() -> Iterator[list[str]]:
    with structlog.testing.capture_logs() as logs:
        rules: list[str] = []
        yield rules
    rules += [str(log["rule"]) for log in logs if log["event"] == "snapshot-refused"]


def test_a_snapshot_and_the_tail_are_the_whole_journal(here: Installation) -> None:
    here.say(reg.ConsentGiven(number=WANG, to="bank"))
    gate = here.gate()
    assert gate.decide(offer()).outcome is Outcome.ALLOW
    here.save(gate)
    here.say(reg.WishStated(number=LI, says="decline"), reg.ConsentWithdrawn(number=WANG, to="bank"))
    again = here.gate()
    assert again.position == gate.position + 2
    assert again.decide(offer()).outcome is Outcome.REFUSE
    assert again.decide(code_message()).outcome is Outcome.ALLOW
    assert again.decide(offer(LI)) == open_gate(here.url, here.segments).decide(offer(LI))


def test_what_is_in_the_snapshot_already_is_taken_once(here: Installation) -> None:
    """A snapshot written while the index went on holds more than its position says."""
    gate = here.gate()
    index, position = gate.sources.index, gate.position
    assert isinstance(index, CompactIndex)
    beside = gate.fold()
    here.say(reg.ConsentGiven(number=WANG, to="bank"), reg.WishStated(number=WANG, says="decline", channel="call"))
    with open_store(here.url, here.segments) as store:
        leaf = next(event.leaf_hash.hex() for event in store.events(position - 1, 1))
        gate.follow(store.events(gate.position))
        here.snapshots.mkdir()
        snapshot.write(index, here.path, log_id=store.log_id, position=position, leaf=leaf, beside=beside)
    again = here.gate()
    assert again.sources.index.subscriber(WANG, ("bank",)) == index.subscriber(WANG, ("bank",))


@pytest.mark.parametrize("cut", [0, 5, 100, 5000, -1, -17, -400])
def test_a_cut_file_is_torn(here: Installation, cut: int, refusals: list[str]) -> None:
    here.save(here.gate())
    whole = here.path.read_bytes()
    here.path.write_bytes(whole[:cut])
    assert here.gate().decide(code_message()).outcome is Outcome.ALLOW


def test_one_bit_in_any_place_is_found(here: Installation) -> None:
    here.say(reg.ConsentGiven(number=WANG, to="bank"))
    here.save(here.gate())
    whole = here.path.read_bytes()
    contents = here.found()
    assert isinstance(contents, snapshot.Contents)
    told = [entry.offset + entry.bytes // 2 for entry in contents.arrays.values() if entry.bytes]
    for place in [*told, len(whole) - 1, len(whole) - 12, len(whole) - 40, 3]:
        broken = bytearray(whole)
        broken[place] ^= 4
        here.path.write_bytes(broken)
        found = here.found()
        if isinstance(found, snapshot.Contents):
            found = snapshot.read(here.path, found)  # type: ignore[assignment]
        assert isinstance(found, snapshot.Refused)
        assert found.rule == "torn"


def test_another_journal_and_a_journal_taken_back_are_refused(
    here: Installation, tmp_path: Path, new_database: object
) -> None:
    here.say(reg.ConsentGiven(number=WANG, to="bank"))
    here.save(here.gate())
    other = Installation(new_database("sqlite"), tmp_path / "other")  # type: ignore[operator]
    other.snapshots.mkdir(parents=True)
    other.path.write_bytes(here.path.read_bytes())
    found = other.found()
    assert isinstance(found, snapshot.Refused)
    assert found.rule == "foreign"
    contents = here.found()
    assert isinstance(contents, snapshot.Contents)
    with open_store(here.url, here.segments) as store:
        ahead = usable(_at(contents, store.head().position + 1), store)
        diverged = usable(_at(contents, contents.position - 1), store)
    assert isinstance(ahead, snapshot.Refused)
    assert isinstance(diverged, snapshot.Refused)
    assert (ahead.rule, diverged.rule) == ("ahead", "diverged")
    assert other.gate().decide(offer(WANG, NOON)).outcome is Outcome.REFUSE


def _at(contents: snapshot.Contents, position: int) -> snapshot.Contents:
    fields = {name: getattr(contents, name) for name in contents.__struct_fields__}
    return snapshot.Contents(**{**fields, "position": position})


def test_another_version_is_refused(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    here.save(here.gate())
    monkeypatch.setattr(snapshot, "FORMAT", snapshot.FORMAT + 1)
    found = here.found()
    assert isinstance(found, snapshot.Refused)
    assert found.rule == "older"


def test_the_table_has_every_step() -> None:
    assert list(SNAPSHOT_TABLE) == [step for step in STEPS if step.startswith("snapshot.")]


@pytest.mark.parametrize(("step", "left"), SNAPSHOT_TABLE.items())
def test_killed_while_writing(here: Installation, step: str, left: str) -> None:
    here.save(here.gate())
    old = here.path.read_bytes()
    here.say(reg.ConsentGiven(number=WANG, to="bank"))
    script = (
        "import sys; from pathlib import Path; from anning.gate.opening import open_gate, save;"
        "from anning.registers.open import open_store; url, folder, snapshots = sys.argv[1:];"
        "gate = open_gate(url, Path(folder), snapshots=Path(snapshots), small=0);"
        "save(gate, open_store(url, Path(folder)), Path(snapshots))"
    )
    arguments = [sys.executable, "-c", script, here.url, str(here.segments), str(here.snapshots)]
    died = subprocess.run(arguments, env={**os.environ, "ANNING_FAIL_AT": step}, check=False, capture_output=True)
    assert died.returncode < 0, died.stderr
    assert (here.path.read_bytes() == old) is (left == "old")
    assert here.gate().decide(offer(WANG, NOON + timedelta(hours=1))).outcome is Outcome.ALLOW


def test_an_explanation_tells_when_consent_was_given_though_the_index_does_not(here: Installation) -> None:
    given = NOW - timedelta(days=30)
    here.say(reg.ConsentGiven(number=WANG, to="bank", channel="sms"), at=given)
    c = offer(at=NOW)
    compact, full = here.gate(), open_gate(here.url, here.segments, small=1_000)
    told = [{seen.field: seen.value for seen in explain(gate, c).observed} for gate in (compact, full)]
    assert told[0] == told[1]
    assert told[0]["consent_at"] == given
    assert compact.decide(c).outcome == full.decide(c).outcome


def test_a_long_tail_leaves_a_newer_snapshot_behind(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "TAIL_WORTH_A_SNAPSHOT", 0)
    gate = here.gate()
    for thread in threading.enumerate():
        if thread.name == "anning-snapshot":
            thread.join()
    found = here.found()
    assert isinstance(found, snapshot.Contents)
    assert found.position == gate.position > 0

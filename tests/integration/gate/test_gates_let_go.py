"""Gates and erasure: live, after a restart, from a snapshot: one answer, and nothing of what was erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from anning.errors import Unavailable
from anning.gate.gate import Gate
from anning.gate.index import CompactIndex, snapshot
from anning.gate.opening import SNAPSHOT_NAME, freshened, open_gate, save, usable
from anning.journal import Follower
from anning.journal.store import excerpts_after
from anning.law.calendar import SHANGHAI
from anning.law.decision import Outcome
from anning.registers import events as reg
from anning.registers.erasing import Eraser
from anning.registers.forgetting import forget
from anning.registers.open import Registers, open_store
from anning.registers.suppression import Marks
from gate_world import LI, LONG_AGO, WANG, WORLD, offer

LANDLINE = "+861062345678"
PARTIES = ("bank",)


class Here:
    """A small world in a database, its clock set by hand."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        folder.mkdir()
        self.segments, self.snapshots = folder / "segments", folder / "snapshots"
        self.now = datetime(2026, 2, 1, 12, tzinfo=SHANGHAI)
        self.registers = Registers(
            open_store(url, self.segments),
            writer_wait=5,
            group_commit_max=64,
            clock=lambda: self.now,
            marks=Marks(folder / "seal.key"),
        )
        self.say(*WORLD, at=LONG_AGO)
        self.eraser = Eraser(self.registers)

    def say(self, *said: reg.Payload, at: datetime | None = None) -> None:
        for one in said:
            self.registers.write(one, actor="test", at=at)

    def gate(self, small: int = 0) -> Gate:
        return open_gate(self.url, self.segments, snapshots=self.snapshots, small=small)

    def catch_up(self, gate: Gate) -> None:
        with Follower(self.registers.store, gate.position, read=excerpts_after) as follower:
            gate.follow(follower.poll(), log_id=gate.log_id)

    def found(self) -> snapshot.Contents | snapshot.Refused:
        return usable(snapshot.contents_of(self.snapshots / SNAPSHOT_NAME), self.registers.store)


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Here]:
    here = Here(database_url, tmp_path / "here")
    yield here
    here.registers.close()


def known(gate: Gate, number: str) -> object:
    """All that the index knows of a number, moments and places aside."""
    found = gate.sources.index.subscriber(number, PARTIES)
    if found is None:
        return None
    return tuple(type(one).__name__ for each in (found.wishes, found.dealings, found.notices) for one in each)


def outcome(gate: Gate, number: str, at: datetime) -> Outcome:
    return gate.decide(offer(number, at=at.replace(hour=12))).outcome


def test_forgetting_has_effect_at_every_gate(here: Here) -> None:
    here.say(reg.ConsentGiven(number=WANG, to="bank"), reg.ConsentGiven(number=LANDLINE, to="bank"))
    live = [here.gate(), here.gate(small=10_000)]
    save(live[0], here.registers.store, here.snapshots)
    for gate in live:
        assert outcome(gate, WANG, here.now) is Outcome.ALLOW
    here.now += timedelta(days=1)
    for number in (WANG, LANDLINE):
        forget(here.registers, number, what="consents", door="page", proof="one-time-code", actor="subscriber")
    here.say(reg.ConsentGiven(number=LI, to="bank"))
    for gate in live:
        here.catch_up(gate)
    from_snapshot = here.gate()
    (here.snapshots / SNAPSHOT_NAME).unlink()
    for gate in (*live, from_snapshot, here.gate(), here.gate(small=10_000)):
        assert outcome(gate, WANG, here.now) is Outcome.REFUSE
        assert known(gate, WANG) in (None, ())
        assert known(gate, LANDLINE) in (None, ())
        assert outcome(gate, LI, here.now) is Outcome.ALLOW
    here.now += timedelta(hours=1)
    here.say(reg.ConsentGiven(number=WANG, to="bank"))
    for gate in live:
        here.catch_up(gate)
        assert known(gate, WANG) == ("Consent",)


def test_a_list_dated_before_the_forgetting_counts_for_nothing(here: Here) -> None:
    """It came in before the registers kept marks, or through a door that did not compare them."""
    live = here.gate()
    here.now += timedelta(days=1)
    forget(here.registers, WANG, what="everything", door="page", proof="one-time-code", actor="subscriber")
    with here.registers.store.database.connect() as connection:
        connection.execute("DELETE FROM suppressions")
    path = here.folder / "old.csv"
    path.write_text(f"手机号,机构,时间\n{WANG[3:]},bank,2026-01-05\n{LI[3:]},bank,2026-01-05\n", encoding="utf-8")
    here.registers.take(path, "consent", actor="test")
    here.catch_up(live)
    for gate in (live, here.gate(), here.gate(small=10_000)):
        assert outcome(gate, WANG, here.now) is Outcome.REFUSE
        assert outcome(gate, LI, here.now) is Outcome.ALLOW


def test_every_gate_lets_go_of_what_is_erased(here: Here) -> None:
    here.say(reg.ConsentGiven(number=WANG, to="bank"), reg.ConsentGiven(number=LI, to="bank"))
    here.say(reg.WishStated(number=WANG, says="decline", channel="call"))
    here.now += timedelta(days=1)
    here.say(reg.ConsentWithdrawn(number=WANG, to="bank"))
    live = [here.gate(), here.gate(small=10_000)]
    save(live[0], here.registers.store, here.snapshots)
    for gate in live:
        assert known(gate, WANG) == ("Wish", "Consent", "Refusal")
    here.now = datetime(2026, 9, 1, 3, tzinfo=SHANGHAI)
    assert here.eraser.run().erased == 1
    assert isinstance(here.found(), snapshot.Contents)
    for gate in live:
        here.catch_up(gate)
    for gate in (*live, here.gate(), here.gate(small=10_000)):
        assert known(gate, WANG) == ("Wish", "Refusal")
        assert known(gate, LI) == ("Consent",)
        assert outcome(gate, WANG, here.now) is Outcome.REFUSE
        assert outcome(gate, LI, here.now) is Outcome.ALLOW


def test_a_snapshot_from_before_is_refused_once_it_is_told_no_longer_whose_it_was(here: Here) -> None:
    here.say(reg.ConsentGiven(number=WANG, to="bank"), reg.ConsentWithdrawn(number=WANG, to="bank"))
    gate = here.gate()
    save(gate, here.registers.store, here.snapshots)
    here.now = datetime(2026, 9, 1, 3, tzinfo=SHANGHAI)
    here.eraser.run()
    here.now += timedelta(hours=2)
    here.eraser.hourly()
    refused = here.found()
    assert isinstance(refused, snapshot.Refused)
    assert refused.rule == "erased"
    assert known(here.gate(), WANG) == ("Refusal",)
    with pytest.raises(Unavailable, match="anew"):
        here.catch_up(gate)


def test_a_snapshot_is_written_anew_or_goes(here: Here) -> None:
    here.say(reg.ConsentGiven(number=WANG, to="bank"), reg.ConsentWithdrawn(number=WANG, to="bank"))
    here.say(reg.ReplyUnclear(number=LANDLINE, to="bank", words="?"))
    here.say(reg.ReplyRead(number=LANDLINE, to="bank", refuses=False))
    gate = here.gate()
    save(gate, here.registers.store, here.snapshots)
    here.now = datetime(2026, 9, 1, 3, tzinfo=SHANGHAI)
    assert here.eraser.run().erased == 3
    here.catch_up(gate)
    index = gate.sources.index
    assert isinstance(index, CompactIndex)
    assert not index.keepable  # the landline itself stands in its map of ids
    freshened(gate, here.registers.store, here.snapshots)()
    assert not (here.snapshots / SNAPSHOT_NAME).exists()
    again = here.gate()
    assert known(again, LANDLINE) is None
    save(again, here.registers.store, here.snapshots)
    assert int(LANDLINE[1:]).to_bytes(8, "little") not in (here.snapshots / SNAPSHOT_NAME).read_bytes()
    here.now += timedelta(hours=2)
    here.eraser.hourly()
    assert isinstance(here.found(), snapshot.Contents)


def test_rows_of_an_import_are_let_go_of(here: Here) -> None:
    path = here.folder / "list.csv"
    path.write_text("手机号,机构\n" + "".join(f"1380013{n:04},bank\n" for n in range(7990, 8010)), encoding="utf-8")
    here.registers.take(path, "consent", actor="test")
    live = [here.gate(), here.gate(small=10_000)]
    here.now += timedelta(days=1)
    here.say(reg.ConsentWithdrawn(number=WANG, to="bank"))
    here.now = datetime(2026, 9, 1, 3, tzinfo=SHANGHAI)
    assert here.eraser.run().erased == 1
    for gate in live:
        here.catch_up(gate)
    for gate in (*live, here.gate(), here.gate(small=10_000)):
        assert known(gate, WANG) == ("Refusal",)
        assert known(gate, "+8613800138001") == ("Consent",)

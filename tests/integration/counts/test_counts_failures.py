"""The failure table of counts: at every named step, and at random, their owner dies as from a power cut.

What must hold afterwards: every reservation that was acknowledged counts, once; one whose answer never came may count,
and no other does; what was released counts no longer; and a torn end of the log is no error, while damage before it is.
"""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from anning.errors import JournalError, NotTheWriter, Unavailable
from anning.gate.counts.client import Connection
from anning.gate.counts.ledger import STEPS, Ledger
from anning.gate.counts.messages import Answer, Request, Reserve, Settle, Settled, Taken
from anning.gate.counts.shards import shard_folders
from counts_world import NOW, number, owned

COMMIT = [step for step in STEPS if "snapshot" not in step and "sweep" not in step]
SNAPSHOT = [step for step in STEPS if step not in COMMIT]

# (step, whether what was being counted is on disk when the owner dies there)
TABLE = [
    ("counts.before-write", False),
    ("counts.after-write", True),
    ("counts.after-sync", True),
    ("counts.before-answer", True),
]
DIES_AT = 5


def reserve(place: int) -> Reserve:
    return Reserve("bank", number(place), "sms", "service", seen=(), volume=True)


def asked(shard: Path, *requests: Request) -> list[Answer]:
    with Connection(shard) as connection:
        return connection.ask(requests)


def opened(folder: Path) -> Ledger:
    return Ledger(folder, clock=lambda: NOW, recent=8, wait=10)


def counted(ledger: Ledger, numbers: int) -> Counter[int]:
    """How often each number counts."""
    return Counter({n: len(ledger.kept.stamps("bank", number(n), "sms")) for n in range(numbers)})


def test_the_table_has_every_step() -> None:
    assert [step for step, _ in TABLE] + SNAPSHOT == list(STEPS)


@pytest.mark.parametrize(("step", "there"), TABLE, ids=[step for step, _ in TABLE])
def test_killed_while_counting(tmp_path: Path, step: str, there: bool) -> None:
    (shard,) = shard_folders(tmp_path, 1)
    with owned(tmp_path, fail_at=f"{step}:{DIES_AT}") as owner:
        for place in range(DIES_AT - 1):
            assert asked(shard, reserve(place)) == [Taken(place + 1)]
        with pytest.raises(Unavailable):
            asked(shard, reserve(DIES_AT - 1))
        assert owner.wait(60) == -signal.SIGKILL
    with opened(shard) as ledger:
        expected = dict.fromkeys(range(DIES_AT if there else DIES_AT - 1), 1)
        assert +counted(ledger, 10) == Counter(expected)
        assert ledger.kept.volume("bank", "sms", NOW * 1_000_000, 28).this_hour == len(expected)
        # Ids go on where they were, and whoever was answered can still say that it did not go, once.
        assert ledger.ask([Settle(1, went=False), Settle(1, went=False)]) == [Settled(True), Settled(False)]
        assert ledger.ask([reserve(9)]) == [Taken(len(expected) + 1)]
        assert +counted(ledger, 10) == Counter({**expected, 0: 0, 9: 1}) + Counter()


@pytest.mark.parametrize("step", SNAPSHOT)
def test_killed_while_a_snapshot_is_made(tmp_path: Path, step: str) -> None:
    (shard,) = shard_folders(tmp_path, 1)
    acknowledged = 0
    with owned(tmp_path, smallest_log=500, fail_at=step) as owner:
        with pytest.raises(Unavailable):
            for place in count():
                asked(shard, reserve(place))
                acknowledged = place + 1
        assert owner.wait(60) == -signal.SIGKILL
    with opened(shard) as ledger:
        found = +counted(ledger, acknowledged + 2)
        assert found in (Counter(range(acknowledged)), Counter(range(acknowledged + 1)))
    assert not list(shard.glob("*.part"))


KILLS = int(os.environ.get("ANNING_PROOF_KILLS", "1000"))


@pytest.mark.parametrize("rounds", [4, pytest.param(KILLS, marks=[pytest.mark.long, pytest.mark.timeout(10_800)])])
def test_killed_at_random(tmp_path: Path, rounds: int) -> None:
    (shard,) = shard_folders(tmp_path, 1)
    chance, places = random.Random(rounds), count()
    surely, perhaps, open_, gone = set[int](), set[int](), dict[int, int](), set[int]()
    for _ in range(rounds):
        with owned(tmp_path, smallest_log=2000) as owner, Connection(shard) as connection:
            for _ in range(chance.randrange(1, 60)):
                batch = [next(places) for _ in range(chance.randrange(1, 6))]
                # Some of what an earlier owner counted is released by the next.
                released = [place for place in open_ if chance.random() < 0.1]
                if chance.random() < 0.05:
                    owner.kill()
                try:
                    answers = connection.ask([*(Settle(open_[p], went=False) for p in released), *map(reserve, batch)])
                except Unavailable:
                    perhaps |= {*batch, *released}
                    surely -= perhaps
                    break
                surely |= set(batch)
                surely -= set(released)
                gone |= set(released)
                open_ = {place: taken for place, taken in open_.items() if place not in released}
                for place, answer in zip(batch, answers[len(released) :], strict=True):
                    assert isinstance(answer, Taken)
                    open_[place] = answer.id
            owner.kill()
        open_ = {place: taken for place, taken in open_.items() if place not in perhaps}
        with opened(shard) as ledger:
            found = counted(ledger, max(surely | perhaps, default=0) + 1)
        assert set(found.values()) <= {0, 1}
        there = set(+found)
        assert surely <= there <= surely | perhaps
        assert not there & gone - perhaps


def test_a_log_cut_anywhere_loses_only_its_end(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        for place in range(4):
            ledger.ask([reserve(place)])
    (log,) = tmp_path.glob("log-*.counts")
    whole = log.read_bytes()
    before = 4
    for end in range(len(whole) - 1, -1, -1):
        log.write_bytes(whole[:end])
        with opened(tmp_path) as ledger:
            found = +counted(ledger, 5)
            assert found == Counter(range(len(found)))
            assert before - 1 <= len(found) <= before
            before = len(found)
            assert ledger.ask([reserve(4)]) == [Taken(len(found) + 1)]
    assert before == 0


def test_damage_before_the_end_of_a_log_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        for place in range(3):
            ledger.ask([reserve(place)])
    (log,) = tmp_path.glob("log-*.counts")
    damaged = bytearray(log.read_bytes())
    damaged[30] ^= 1
    log.write_bytes(damaged)
    with pytest.raises(JournalError, match="damaged at byte 0"):
        opened(tmp_path)


def test_a_damaged_snapshot_or_a_missing_log_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        for place in range(20):
            ledger.ask([reserve(place)])
        ledger.compact()
    (snapshot,) = tmp_path.glob("snapshot-*.counts")
    (log,) = tmp_path.glob("log-*.counts")
    whole = snapshot.read_bytes()
    for place in (0, 13, len(whole) // 2, len(whole) - 1):
        snapshot.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(JournalError, match="damaged"):
            opened(tmp_path)
    snapshot.write_bytes(whole)
    log.rename(tmp_path / "elsewhere")
    with pytest.raises(JournalError, match="missing"):
        opened(tmp_path)
    (tmp_path / "elsewhere").rename(log)
    with opened(tmp_path) as ledger:
        assert +counted(ledger, 21) == Counter(range(20))


def test_counts_have_one_owner(tmp_path: Path) -> None:
    with Ledger(tmp_path), pytest.raises(NotTheWriter):
        Ledger(tmp_path)
    Ledger(tmp_path).close()


def test_a_disk_that_fails_ends_the_owner_and_nothing_is_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as ledger:
        ledger.ask([reserve(0)])

        def full(*_: object) -> int:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as broken, pytest.raises(OSError, match="No space"):
            broken.setattr("anning.gate.counts.log.os.write", full)
            ledger.ask([reserve(1)])
    with opened(tmp_path) as ledger:
        assert +counted(ledger, 2) == Counter([0])

"""`anning counts serve` and `show` as a user runs them, beside a journal that goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from anning.errors import JournalError
from anning.gate.counts.counts import Counts
from anning.gate.counts.feed import Feed
from anning.gate.counts.ledger import Ledger
from anning.gate.counts.owner import OwnerThread
from anning.gate.counts.shards import shard_folders
from anning.gate.opening import open_gate
from anning.registers import events as reg
from anning.registers.open import Registers, open_store
from counts_world import NOW, number
from gate_world import LONG_AGO, NOON, WANG, WORLD, offer

PATIENCE = 60.0
CONTACT = reg.ContactsRecorded(sender="bank", number=WANG, channel="sms", at=(NOON,))


@contextmanager
def registers(url: str, folder: Path) -> Iterator[Registers]:
    with Registers(
        open_store(url, folder / "segments"), writer_wait=5, group_commit_max=64, clock=lambda: datetime.now(UTC)
    ) as opened:
        yield opened


def anning(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "anning.cli.main", "--data", str(folder), "--lang", "en", *words]


@contextmanager
def serve(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(anning(folder, "counts", "serve"), stdout=subprocess.PIPE, text=True) as serving:
        try:
            yield serving
        finally:
            serving.kill()


def shown(folder: Path, *words: str) -> dict[str, Any]:
    done = subprocess.run(anning(folder, "counts", "show", "--json", *words), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_what_the_journal_records_reaches_the_counts_and_every_gate(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'anning.db'}"
    with registers(url, tmp_path) as journal:
        for said in (*WORLD, reg.HousePolicySet(on=True), reg.ConsentGiven(number=WANG, to="bank", channel="sms")):
            journal.write(said, actor="test", at=LONG_AGO)
        with serve(tmp_path) as serving:
            assert serving.stdout is not None
            assert serving.stdout.readline().startswith("owns the counts in")
            position = journal.write(CONTACT, actor="test", at=NOON).last
            with Counts(tmp_path / "counts") as counts:
                until = time.monotonic() + PATIENCE
                while counts.heard() < position and time.monotonic() < until:
                    os.sched_yield()
                counts.reserve("bank", number(1), "sms", "service")
            volume = shown(tmp_path, "--sender", "bank")["sms"]
            # The hour may have turned meanwhile.
            assert (volume["this_hour"] + volume["peak"], volume["room"]) == (1, 100)
            gate = open_gate(url, tmp_path / "segments", counts=tmp_path / "counts")
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(PATIENCE) == 0
    assert gate.decide(offer()).obligations() == ("H03",)
    # With nobody serving, the files say the same.
    assert shown(tmp_path)["shards"][0]["contacts"] == 2
    assert open_gate(url, tmp_path / "segments", counts=tmp_path / "counts").decide(offer()).obligations() == ("H03",)


def test_the_feed_goes_on_where_the_owners_are(database_url: str, tmp_path: Path) -> None:
    with registers(database_url, tmp_path) as journal:
        for said in WORLD[:4]:
            journal.write(said, actor="test", at=LONG_AGO)
        folder = tmp_path / "counts"
        for round_ in range(3):
            journal.write(CONTACT, key=f"contact-{round_}", actor="test", at=NOON)
            owners = [
                OwnerThread(shard, Ledger(shard, clock=lambda: NOW, wait=10)) for shard in shard_folders(folder, 2)
            ]
            with Counts(folder, 2) as counts:
                feed = Feed(journal.store, counts)
                while feed.turn(0.0):
                    pass
                feed.close()
                assert counts.heard() == journal.store.head().position
                assert sum(report.contacts for report in counts.reports()) == round_ + 1
            for owner in owners:
                owner.close()


def test_counts_of_another_journal_are_refused(tmp_path: Path) -> None:
    (shard,) = shard_folders(tmp_path / "counts", 1)
    url = f"sqlite:///{tmp_path / 'anning.db'}"
    with registers(url, tmp_path) as journal:
        for said in WORLD[:4]:
            journal.write(said, actor="test", at=LONG_AGO)
        with OwnerThread(shard, Ledger(shard)), Counts(tmp_path / "counts") as counts:
            counts.record("another journal", [], 1)
            journal.write(CONTACT, actor="test", at=NOON)
            feed = Feed(journal.store, counts)
            with pytest.raises(JournalError, match="are those of the journal another journal"):
                feed.turn(0.0)
            feed.close()
    with pytest.raises(JournalError, match="are those of the journal another journal"):
        open_gate(url, tmp_path / "segments", counts=tmp_path / "counts")

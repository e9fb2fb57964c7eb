"""The failure table: at every named step, and at random, the process dies as from a power cut.

What must hold afterwards, seen from outside: every acknowledged command is there, none twice, positions have no gaps,
views equal a replay; and whoever was not answered asks again under the same key and is served exactly once.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import psycopg
import pytest

from anning.journal import Leaf, SegmentWriter, Store, Writer, read_segment, rebuild, verify
from anning.journal.steps import STEPS
from journal_world import Note, create, gap_free, open_again, tables
from journal_world.child import ROWS, frames

TESTS = Path(__file__).resolve().parents[2]
COUNT = 6
DIES_AT = 4
PATIENCE = 60.0

# (step, whether the command under way is on disk when the process dies there)
WRITER_TABLE = [
    ("writer.before-begin", False),
    ("writer.after-begin", False),
    ("writer.after-views", False),
    ("writer.after-append", False),
    ("writer.before-commit", False),
    ("writer.after-commit", True),
    ("writer.before-ack", True),
]
SEGMENT_TABLE = [
    ("segment.before-write", False),
    ("segment.after-temp-write", False),
    ("segment.after-fsync", False),
    ("segment.after-rename", False),
    ("segment.after-event", True),
]


def test_the_table_has_every_step() -> None:
    assert [step for step, _ in WRITER_TABLE + SEGMENT_TABLE] == [
        step for step in STEPS if step.startswith(("writer.", "segment."))
    ]


@pytest.mark.parametrize(("step", "persisted"), WRITER_TABLE, ids=[step for step, _ in WRITER_TABLE])
def test_killed_while_writing(database_url: str, step: str, persisted: bool) -> None:
    acknowledged = dict(run("notes", database_url, str(COUNT), fail_at=f"{step}:{DIES_AT}"))
    assert acknowledged == {f"key-{index}": str(index + 1) for index in range(DIES_AT - 1)}
    written = keys_on_disk(database_url)
    assert written == Counter(f"key-{index}" for index in range(DIES_AT if persisted else DIES_AT - 1))
    with open_again(database_url) as store, Writer.acquire(store, wait=PATIENCE) as writer:
        for index in range(COUNT):
            note = Note(f"name-{index}", "words", key=f"key-{index}")
            ack = writer.write(note, **note.say(), timeout=PATIENCE)
            assert ack.first == index + 1
            assert ack.duplicate is (f"key-{index}" in written)
    with open_again(database_url) as store:
        assert sound(store) == COUNT
    assert keys_on_disk(database_url) == Counter(f"key-{index}" for index in range(COUNT))


@pytest.mark.parametrize("sorted_by", ["", "number"], ids=["as they come", "in order"])
@pytest.mark.parametrize(("step", "persisted"), SEGMENT_TABLE, ids=[step for step, _ in SEGMENT_TABLE])
def test_killed_while_importing(database_url: str, tmp_path: Path, step: str, persisted: bool, sorted_by: str) -> None:
    folder = tmp_path / "segments"
    assert run("sorted" if sorted_by else "segment", database_url, str(folder), fail_at=step) == []
    assert sum(keys_on_disk(database_url).values()) == int(persisted)
    with open_again(database_url, segments=folder) as store, Writer.acquire(store, wait=PATIENCE) as writer:
        event = SegmentWriter(store, writer).write(
            frames(),
            row_kind="number",
            source="a" * 64,
            tenant="cmcc",
            actor="ops",
            at=Note("", "", key="").say()["at"],
            sorted_by=sorted_by,
        )
        rows = pl.concat(read_segment(event, folder))["number"]
        assert rows.equals(pl.concat(frames())["number"])
    with open_again(database_url, segments=folder) as store:
        assert sound(store) == 1
        assert len(tables(store)["imported"]) == ROWS
    files = {event.payload["file"], *([f"{event.payload['file']}.index"] if sorted_by else [])}
    assert {path.name for path in folder.iterdir() if path.name != ".importing"} == files


KILLS = int(os.environ.get("ANNING_PROOF_KILLS", "1000"))
"""Kills of the long run; a thousand unless less time is given."""


@pytest.mark.parametrize("rounds", [3, pytest.param(KILLS, marks=[pytest.mark.long, pytest.mark.timeout(10_800)])])
def test_killed_at_random(database_url: str, rounds: int, record_property: Callable[[str, object], None]) -> None:
    chance = random.Random(rounds)
    acknowledged: dict[str, str] = {}
    for _ in range(rounds):
        acknowledged.update(storm(database_url, answers=chance.randrange(1, 400)))
        written = keys_on_disk(database_url)
        assert acknowledged.keys() <= written.keys()
        assert set(written.values()) == {1}
    with open_again(database_url) as store, Writer.acquire(store, wait=PATIENCE):
        pass
    with open_again(database_url) as store:
        sound(store)
        places = {event.key: str(event.position) for event in store.events()}
    record_property("kills", f"{rounds}, {len(acknowledged):,} changes acknowledged, {len(places):,} on disk")
    assert acknowledged.items() <= places.items()


def sound(store: Store) -> int:
    """Positions without gaps, every leaf right, views equal to a replay; how many events."""
    events = list(store.events())
    assert gap_free(events)
    assert all(verify(event) is Leaf.INTACT for event in events)
    before = tables(store)
    rebuild(store, wait=PATIENCE)
    assert tables(store) == before
    return len(events)


def run(what: str, url: str, rest: str, *, fail_at: str) -> list[tuple[str, str]]:
    """Let a child write until it dies at the named step; what it had been answered."""
    create(url).close()
    finished = subprocess.run(
        [sys.executable, "-m", "journal_world.child", what, url, rest],
        env={**os.environ, "PYTHONPATH": str(TESTS), "ANNING_FAIL_AT": fail_at},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == -signal.SIGKILL, finished.stderr
    return answers_in(finished.stdout.splitlines(keepends=True))


def storm(url: str, answers: int) -> list[tuple[str, str]]:
    """Let a child write from four threads and kill it after so many answers, wherever it is by then."""
    create(url).close()
    child = subprocess.Popen(
        [sys.executable, "-m", "journal_world.child", "storm", url, "4"],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        guard = threading.Timer(120, child.kill)
        guard.start()
        lines = [child.stdout.readline() for _ in range(answers)]
        child.kill()
        lines += child.stdout.readlines()
        guard.cancel()
    assert child.returncode == -signal.SIGKILL
    return answers_in(lines)


def answers_in(lines: list[str]) -> list[tuple[str, str]]:
    """The whole lines; one that death cut short tells of no answer."""
    whole = [line.split() for line in lines if line.endswith("\n")]
    return [(words[0], words[1]) for words in whole if len(words) == 2]


def keys_on_disk(url: str) -> Counter[str]:
    """The keys of all events, read without any of our code."""
    with connected(url) as connect:
        return Counter(key for (key,) in connect("SELECT key FROM events"))


@contextlib.contextmanager
def connected(url: str) -> Iterator[Callable[[str], list[tuple[str]]]]:
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as sqlite:
            yield lambda sql: sqlite.execute(sql).fetchall()
    else:
        with psycopg.connect(url) as postgres:
            yield lambda sql: postgres.execute(sql).fetchall()

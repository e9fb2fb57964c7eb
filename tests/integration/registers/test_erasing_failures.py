"""The failure table of erasure: killed at any named step nothing is half done, and the next run does the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from anning.journal import rebuild
from anning.journal.erasing import unaccounted
from anning.journal.segment_files import read_segment
from anning.journal.steps import STEPS
from anning.registers import events as reg
from anning.registers.histories import subscriber
from anning.registers.open import Registers, open_store
from erasing_child import BEGIN, GONE, IMPORTED, NOW, SINGLE, erase, opened, prepare

TESTS = Path(__file__).resolve().parents[2]

# (step, how many erasures are on disk when the process dies there: that of single statements comes first)
TABLE = [
    ("erasing.before-write", 1),
    ("erasing.after-temp-write", 1),
    ("erasing.after-fsync", 1),
    ("erasing.after-rename", 1),
    ("erasing.after-event", 1),
    ("erasing.after-event:2", 2),
    ("erasing.after-unlink:2", 2),
    ("erasing.after-purge", 2),
    ("writer.after-views:2", 1),
    ("writer.before-commit:2", 1),
    ("writer.after-commit:2", 2),
]


def test_the_table_has_every_step() -> None:
    named = {step.partition(":")[0] for step, _ in TABLE}
    assert [step for step in STEPS if step.startswith("erasing.") and step not in named] == []


@pytest.mark.parametrize(("step", "recorded"), TABLE, ids=[step for step, _ in TABLE])
def test_killed_while_erasing(database_url: str, tmp_path: Path, step: str, recorded: int) -> None:
    prepare(database_url, tmp_path)
    finished = subprocess.run(
        [sys.executable, "-m", "erasing_child", "erase", database_url, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(TESTS), "ANNING_FAIL_AT": step},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == -signal.SIGKILL, finished.stderr
    with opened(database_url, tmp_path, NOW) as registers:
        assert sound(registers) == recorded
        for number in (*IMPORTED[1::2], *SINGLE[1::2]):
            assert said(registers, number) == [reg.ConsentGiven(number=number, to="bank")]
        for number in GONE:
            assert said(registers, number)[-1] == reg.ConsentWithdrawn(number=number, to="bank")
    assert erase(database_url, tmp_path) == (0 if recorded == 2 else len(IMPORTED) // 2)
    assert erase(database_url, tmp_path) == 0
    with opened(database_url, tmp_path, NOW) as registers:
        assert sound(registers) == 2
        for number in GONE:
            assert said(registers, number) == [reg.ConsentWithdrawn(number=number, to="bank")]
        kept = reg.ConsentGiven(number=SINGLE[1], to="bank")
        assert registers.write(kept, actor="test", key=f"consent of {SINGLE[1]}").duplicate
    (file,) = (tmp_path / "segments").glob("*.parquet")
    assert {path.name for path in (tmp_path / "segments").glob("*.parquet*")} == {file.name, f"{file.name}.index"}
    before = tables(database_url, tmp_path)
    with open_store(database_url, tmp_path / "segments") as store:
        rebuild(store)
    assert tables(database_url, tmp_path) == before


def sound(registers: Registers) -> int:
    """Every leaf accounted for, the proofs of the import whole; how many erasures."""
    store = registers.store
    assert list(unaccounted(store)) == []
    events = list(store.events())
    (whole,) = (event for event in events if event.kind == "segment")
    assert sum(frame.height for frame in read_segment(whole, store.segments)) in (60, 120)
    return sum(event.kind == "erased" for event in events)


def said(registers: Registers, number: str) -> list[reg.Payload]:
    with registers.store.read() as connection:
        return [one.payload for one in subscriber(connection, number)[1]]


def tables(url: str, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with opened(url, folder, BEGIN) as registers, registers.store.read() as connection:
        return {
            table: sorted(connection.raw.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for view in registers.store.views
            for table in view.tables
        }

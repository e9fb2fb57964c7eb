"""A longer list takes no more memory (内存有界)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from anning.cli.bench import world
from peak_memory import run_alone

TESTS = Path(__file__).parents[2]
_JUDGE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from scrub_world import gate_with, run
result = run(gate_with(), Path(sys.argv[2]), Path(sys.argv[3]))
print(result.rows)
"""
MORE_MB = 150


def measured(tmp_path: Path, name: str, rows: int) -> int:
    source = tmp_path / f"{rows}.csv"
    world.write_list(source, world.people(5_000), rows)
    judged, peak = run_alone(_JUDGE, TESTS, source, tmp_path / f"out-{rows}-{name}")
    assert judged == [str(rows)]
    return peak


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_three_times_the_rows_take_hardly_more_memory(tmp_path: Path, name: str) -> None:
    assert measured(tmp_path, name, 900_000) - measured(tmp_path, name, 300_000) < MORE_MB


@pytest.mark.long
@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_ten_million_rows_take_hardly_more_memory_than_a_million(
    tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    million, ten_million = measured(tmp_path, name, 1_000_000), measured(tmp_path, name, 10_000_000)
    record_property("peak memory", f"{ten_million} MB for 10,000,000 rows, {million} MB for 1,000,000")
    assert ten_million - million < 200

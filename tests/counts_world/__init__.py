"""Owners and gates of counts in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anning.gate.counts.shards import shard_folders

NOW = 1_794_369_600
"""Noon of the small world, in seconds since 1970: what all owners take the time to be."""

TESTS = Path(__file__).resolve().parents[1]


def number(place: int) -> str:
    """A subscriber's number."""
    return f"+86138{place:08}"


def ready() -> None:
    """Tell who started this process that it may begin."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def start(what: str, *rest: object, fail_at: str = "") -> subprocess.Popen[str]:
    """A child doing that, its first line, which says that it is ready, read already."""
    child = subprocess.Popen(
        [sys.executable, "-m", "counts_world.child", what, *map(str, rest)],
        env={**os.environ, "PYTHONPATH": str(TESTS), "ANNING_FAIL_AT": fail_at},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


@contextmanager
def owned(folder: Path, *, smallest_log: int = 1 << 30, fail_at: str = "") -> Iterator[subprocess.Popen[str]]:
    """A folder's counts, one shard, owned by a process that is killed at the end if it still lives."""
    (shard,) = shard_folders(folder, 1)
    with start("own", shard, smallest_log, fail_at=fail_at) as child:
        try:
            yield child
        finally:
            child.kill()

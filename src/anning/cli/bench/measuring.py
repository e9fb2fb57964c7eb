"""Seconds of several ways to do a thing, taken in turns, and the machine they were taken on (计时与机器).

Ways that are compared run one after the other, again and again: whatever else the machine does meanwhile falls on
all of them, and the ratio of two medians holds where the seconds themselves do not.
"""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec


class Measured(msgspec.Struct, frozen=True):
    """Seconds of each repeat of one way to do the job."""

    name: str
    seconds: tuple[float, ...]
    rows: int

    @property
    def median(self) -> float:
        """The repeat in the middle."""
        return statistics.median(self.seconds)

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.median


def in_turns(
    ways: Mapping[str, Callable[[], object]], rows: int, repeats: int, *, warm: bool = True
) -> dict[str, Measured]:
    """Each way as often as asked, in turns.

    Args:
        ways: by name.
        rows: that each call goes through.
        repeats: of each.
        warm: whether each is called once beforehand, for what is compiled or first touched then.
    """
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values() if warm else ():
        way()
    gc.collect()
    for _ in range(repeats):
        for name, way in ways.items():
            seconds[name].append(seconds_of(way))
    return {name: Measured(name, tuple(taken), rows) for name, taken in seconds.items()}


def seconds_of(way: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


def setting(*packages: str) -> dict[str, Any]:
    """Day, machine, load and versions: the head of every report."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cores": os.cpu_count(),
            "processor": _processor(),
            "memory_gb": round(memory / 2**30),
            "system": platform.system(),
            "load": round(os.getloadavg()[0], 1),
        },
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("anning", *packages)},
        },
    }


def described(report: Mapping[str, Any]) -> str:
    """The head of a report in a sentence."""
    machine, versions = report["machine"], report["versions"]
    others = "".join(f", {name} {number}" for name, number in versions.items() if name not in {"python", "anning"})
    return (
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gb']} GB, {machine['system']}, "
        f"load {machine['load']} at the start, Python {versions['python']}{others}; {report['date']}."
    )


def table(heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> list[str]:
    """A table in Markdown, all columns but the first to the right."""
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" + "---:|" * (len(heads) - 1)]
    return [*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)]


def keep(report: Mapping[str, Any], markdown: str, folder: Path, name: str) -> None:
    """Raw results as JSON, and the table, in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    (folder / f"{name}.md").write_text(markdown, encoding="utf-8")


def resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()

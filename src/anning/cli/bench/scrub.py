"""`anning bench scrub`: rows a second against the same job in polars and in DuckDB, and against reading and writing.

Every figure is of one run on one machine; ratios hold better than seconds. Outputs are compared row by row before
anything is reported.
"""

from __future__ import annotations

import gc
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import polars as pl
import typer

from anning.cli import show
from anning.cli.bench import rivals, world
from anning.errors import AnningError
from anning.gate.campaign import Campaign
from anning.gate.gate import Gate
from anning.gate.opening import open_gate
from anning.gate.scrub import Result
from anning.gate.scrub import scrub as judge_list
from anning.gate.scrub.verdicts import Verdict, Verdicts
from anning.numbers import parse
from anning.registers.open import open_registers
from anning.settings import read_settings
from anning.tables import open_table
from anning.tables.writers import Style

_MB: Final = 1 << 20


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


def scrub(
    rows: Annotated[int, typer.Option("--rows", help="名单行数 | rows of the list")] = 1_000_000,
    people: Annotated[
        int, typer.Option("--people", help="人数，缺省为行数的四分之一 | people, a quarter of the rows by default")
    ] = 0,
    repeats: Annotated[int, typer.Option("--repeats", help="重复次数 | repeats")] = 3,
    out: Annotated[Path | None, typer.Option("--out", help="报告所存目录 | folder for the report")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 | as JSON")] = False,
) -> None:
    """名单过滤的速度，与 polars、DuckDB、纯读写相比 | A scrub beside polars, DuckDB and bare reading and writing."""
    with tempfile.TemporaryDirectory(prefix="anning-bench-") as folder:
        report = measure(Path(folder), rows, people or max(rows // 4, 1), repeats)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        name = f"scrub-{rows:.0e}".replace("+0", "")
        (out / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
        (out / f"{name}.md").write_text(as_markdown(report), encoding="utf-8")
    if as_json:
        show.as_json(report)
    else:
        typer.echo(as_markdown(report))


def measure(folder: Path, rows: int, people: int, repeats: int) -> dict[str, Any]:
    """Make the world and the list in `folder`, do the job every way, compare, and report.

    Raises:
        AnningError: a rival's output differs from ours.
    """
    crowd = world.people(people)
    source = folder / "list.csv"
    world.write_list(source, crowd, rows)
    gate = _gate(folder, crowd)
    before = _peak()
    ours = folder / "anning.csv"
    results: list[Result] = []
    measured = [_timed("anning scrub", rows, repeats, lambda: results.append(_scrub(gate, source, ours)))]
    peak = _peak()
    said = rivals.registers(crowd, *_words(gate, crowd))
    in_duckdb = rivals.InDuckDB(said, folder)
    ways: dict[str, Callable[[Path, Path, rivals.Registers], None]] = {
        "polars join": rivals.by_polars,
        "DuckDB join": in_duckdb.judge,
    }
    for name, judge in ways.items():
        theirs = folder / f"{name.split()[0].lower()}.csv"
        measured.append(_timed(name, rows, repeats, partial(judge, source, theirs, said)))
        _compare(ours, theirs, name)
        for path in _files(theirs):
            path.unlink()
    measured.append(_timed("raw read + write", rows, repeats, _raw(source, ours, folder / "raw")))
    return _report(rows, people, crowd, source, ours, measured, results[-1], before, peak)


def _gate(folder: Path, crowd: world.People) -> Gate:
    settings = read_settings(data_dir=folder / "var", database_url="", segments_dir=None)
    with open_registers(settings, clock=lambda: world.AT) as registers:
        world.fill(registers, crowd, folder)
    return open_gate(settings.database, settings.segments, snapshots=settings.snapshots)


def _scrub(gate: Gate, source: Path, out: Path) -> Result:
    table = open_table(source)
    return judge_list(table, Campaign(gate, world.job()), out, Style.of(out, table), number=table.number_column())


def _words(gate: Gate, crowd: world.People) -> tuple[dict[int, Verdict], dict[str, Verdict]]:
    """What the gate says to somebody of each story, and of rows without a number."""
    verdicts = Verdicts("en")
    by_story = {}
    for story in range(len(world.STORIES)):
        number = int(crowd.numbers[crowd.stories == story][0])
        c = msgspec.structs.replace(world.job(), number=f"+86{number}")
        by_story[story] = verdicts.all[verdicts.of(gate.decide(c))]
    damaged = {"empty": world.spell(13800138000, 0), "scientific-notation": world.spell(13800138000, 1)}
    return by_story, {cause: verdicts.all[verdicts.bad(parse(cell))] for cause, cell in damaged.items()}


def _timed(name: str, rows: int, repeats: int, job: Callable[[], object]) -> Measured:
    seconds = []
    for _ in range(repeats):
        gc.collect()
        started = time.perf_counter()
        job()
        seconds.append(round(time.perf_counter() - started, 3))
    return Measured(name, tuple(seconds), rows)


def _raw(source: Path, ours: Path, copy: Path) -> Callable[[], None]:
    """Read the list and write as many bytes as the results have, in blocks of a megabyte, and nothing else."""
    size = sum(path.stat().st_size for path in _files(ours))
    block = bytes(_MB)

    def job() -> None:
        with source.open("rb", buffering=0) as file:
            while file.read(_MB):
                pass
        with copy.open("wb", buffering=0) as file:
            for start in range(0, size, _MB):
                file.write(block[: min(_MB, size - start)])

    return job


def _files(out: Path) -> list[Path]:
    return [out, *sorted(out.parent.glob(f"{out.name}.*"))]


def _compare(ours: Path, theirs: Path, name: str) -> None:
    """Every row of the full result, and of the parts whose columns are the same in both."""
    for part in ("", ".send", ".stop"):
        left, right = (_cells(path.with_name(path.name + part)) for path in (ours, theirs))
        if not left.equals(right):
            raise AnningError(f"{name} 的结果与本系统不同", f"the output of {name} differs from ours", thing=name)
    bad = [_cells(path.with_name(path.name + ".bad")).height for path in (ours, theirs)]
    if bad[0] != bad[1]:
        raise AnningError(f"{name} 的坏行数与本系统不同", f"{name} has another count of bad rows", thing=name)


def _cells(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).with_columns(pl.all().fill_null(""))


def _peak() -> int:
    """The most memory this process has had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _report(
    rows: int,
    people: int,
    crowd: world.People,
    source: Path,
    ours: Path,
    measured: list[Measured],
    result: Result,
    before: int,
    peak: int,
) -> dict[str, Any]:
    anning = measured[0].median
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "what": "anning scrub",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cores": os.cpu_count(), "memory_gb": round(memory / 2**30), "system": platform.system()},
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("anning", "polars", "duckdb")},
        },
        "seed": world.SEED,
        "rows": rows,
        "people": people,
        "stories": {name: int((crowd.stories == place).sum()) for place, (name, _) in enumerate(world.STORIES)},
        "outcomes": {
            "allow": result.allow,
            "refuse": result.refuse,
            "bad": result.bad,
            "reasons": result.reasons,
            "causes": result.causes,
        },
        "bytes": {"read": source.stat().st_size, "written": sum(path.stat().st_size for path in _files(ours))},
        "peak_memory_mb": {"before": before, "after": peak},
        "equal": "all rows of the full result, .send and .stop; count of .bad",
        "measured": [
            {
                "name": each.name,
                "seconds": each.seconds,
                "rows_per_second": round(each.rate),
                "anning_is_times_as_fast": round(each.median / anning, 3),
            }
            for each in measured
        ],
    }


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a small table."""
    machine, versions = report["machine"], report["versions"]
    lines = [
        f"# anning scrub, {report['rows']:,} rows",
        "",
        f"{machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, Python {versions['python']}, "
        f"polars {versions['polars']}, DuckDB {versions['duckdb']}; {report['date']}; seed {report['seed']}; "
        f"{report['people']:,} people. One CSV in, the full result and the parts by outcome out "
        f"({report['bytes']['read'] / 1e6:,.0f} MB read, {report['bytes']['written'] / 1e6:,.0f} MB written). "
        "Outputs equal row by row.",
        "",
        "| | seconds (median) | rows/s | anning is so many times as fast |",
        "|---|---:|---:|---:|",
    ]
    lines += [
        f"| {each['name']} | {statistics.median(each['seconds']):.2f} | {each['rows_per_second']:,} "
        f"| {each['anning_is_times_as_fast']:.2f} |"
        for each in report["measured"]
    ]
    memory = report["peak_memory_mb"]
    lines += [
        "",
        f"Peak memory of the process: {memory['before']:,} MB with the world loaded, "
        f"{memory['after']:,} MB after the scrubs.",
        "",
    ]
    return "\n".join(lines)

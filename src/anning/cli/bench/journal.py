"""`anning bench journal`: changes, feed, imports and tail, against what the disk and a bare reading do in the same run.

A change is acknowledged when it is on disk; "one flush each" is a file to which each change is appended and flushed by
itself on the same file system (fdatasync). Latency of the feed is from the acknowledgement to the typed statement in
another process.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import polars as pl
import typer

from anning.cli import show
from anning.cli.bench import measuring
from anning.journal import Ack, Follower
from anning.journal.store import excerpts_after
from anning.registers.events import ConsentGiven, ConsentWithdrawn, OrganisationRegistered, Payload, WishStated
from anning.registers.histories import subscriber, subscribers
from anning.registers.open import Registers, open_store
from anning.registers.segment_columns import columns_of_segment
from anning.registers.stated import Imported, told

SEED: Final = 20201111
RATE: Final = 2_000
"""Changes a second at which the latency of the feed is taken."""

_ACTOR: Final = "bench"
_ORGANISATIONS: Final = 1_000
PARTS: Final = ("changes", "feed", "tail", "import")


def journal(
    changes: Annotated[int, typer.Option("--changes", help="变更条数 | changes")] = 20_000,
    rows: Annotated[int, typer.Option("--rows", help="导入名单的行数 | rows of the lists imported")] = 1_000_000,
    writers: Annotated[int, typer.Option("--writers", help="并发写入者 | concurrent writers")] = 256,
    postgresql: Annotated[
        str, typer.Option("--postgresql", metavar="URL", help="另测此空数据库 | measure this empty database too")
    ] = "",
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="PART", help="只测：changes、feed、tail、import | measure this part alone"),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="报告所存目录 | folder for the report")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 | as JSON")] = False,
) -> None:
    """日志：确认的变更、订阅延迟、追赶速度、批量导入 | The journal: changes, feed, tail and imports."""
    with tempfile.TemporaryDirectory(prefix="anning-bench-", dir=None if out is None else out.parent) as folder:
        report = measure(Path(folder), postgresql, changes, rows, writers, frozenset(only or PARTS))
    if out is not None:
        measuring.keep(report, as_markdown(report), out, "-".join(["journal", *(only or ())]))
    if as_json:
        show.as_json(report)
    else:
        typer.echo(as_markdown(report))


def measure(
    folder: Path, postgresql: str, changes: int, rows: int, writers: int, parts: frozenset[str]
) -> dict[str, Any]:
    """Do each part on each database, in `folder` what is a file."""
    databases = {"SQLite": f"sqlite:///{folder / 'anning.db'}"} | ({"PostgreSQL": postgresql} if postgresql else {})
    report: dict[str, Any] = {
        "what": "anning journal",
        **measuring.setting("polars", "psycopg", "numba"),
        "seed": SEED,
        "writers": writers,
        "databases": {},
    }
    for name, url in databases.items():
        measured: dict[str, Any] = {}
        with _registers(url, folder) as registers:
            if "changes" in parts:
                measured["changes"] = _changes(registers, changes, writers, folder / "flushed")
            if "feed" in parts:
                measured["feed"] = _feed(registers, url, folder, min(changes, 10 * RATE))
            if "tail" in parts:
                measured["tail"] = _tail(registers)
        report["databases"][name] = measured
    if "import" in parts:
        report["imports"] = [_import(folder, row_kind, rows) for row_kind in ("wish", "consent")]
    return report


def _registers(url: str, folder: Path, *, group: int = 256) -> Registers:
    registers = Registers(open_store(url, folder / "segments"), writer_wait=5, group_commit_max=group)
    known = [OrganisationRegistered(id=f"org-{number}", name=f"机构{number}") for number in range(_ORGANISATIONS)]
    for said in [registers.submit(one, actor=_ACTOR, key=one.id) for one in known]:
        said.result()
    return registers


def statement(number: int) -> Payload:
    """One of many: wishes, a consent, a withdrawal, each of another number."""
    who, org = f"138{number % 10**8:08}", f"org-{number % _ORGANISATIONS}"
    match number % 4:
        case 0:
            return WishStated(number=who, says="decline", channel="sms")
        case 1:
            return ConsentGiven(number=who, to=org, channel="sms", confirmed=True)
        case 2:
            return ConsentWithdrawn(number=who, to=org, channel="sms", door="reply")
        case _:
            return WishStated(number=who, says="decline", trades=("finance",))


# --- changes ----------------------------------------------------------------------------------------------------


def _flushes(path: Path, count: int = 2_000, most_seconds: float = 10) -> tuple[int, float]:
    """Changes of usual length appended one by one, each flushed by itself: how many, in how many seconds."""
    change = b"x" * 400
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    try:
        begun = time.perf_counter()
        done = 0
        while done < count and time.perf_counter() - begun < most_seconds:
            os.write(descriptor, change)
            os.fdatasync(descriptor)
            done += 1
        return done, time.perf_counter() - begun
    finally:
        os.close(descriptor)


def _changes(registers: Registers, count: int, writers: int, flushed: Path) -> dict[str, Any]:
    """Writers that each wait for the acknowledgement before the next change; then one alone."""
    before = _flushes(flushed)
    head = registers.store.head().position
    waited: list[float] = []

    def write(first: int) -> None:
        for number in range(first, count, writers):
            begun = time.perf_counter()
            registers.write(statement(number), actor=_ACTOR)
            waited.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=write, args=(first,)) for first in range(writers)]
    begun, worked = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    under_way, cpu_under_way = _under_way(registers, count, writers)
    after = _flushes(flushed)
    flushes = (before[0] + after[0]) / (before[1] + after[1])
    with registers.store.read() as connection:
        theirs = f"position BETWEEN {head + 1} AND {head + count}"
        found = connection.raw.execute(f"SELECT COUNT(DISTINCT recorded_at) FROM events WHERE {theirs}")
        commits = int(found.fetchone()[0])
    begun = time.perf_counter()
    alone = min(count, 1_000)
    for number in range(alone):
        registers.write(statement(number), actor=_ACTOR)
    return {
        "count": count,
        "per_second": round(count / seconds),
        "cpu_microseconds_each": round(cpu / count * 1e6, 1),
        "wait_ms": _percentiles(waited),
        "commits": commits,
        "changes_per_commit": round(count / commits, 1),
        "under_way_per_second": round(under_way),
        "under_way_cpu_microseconds_each": round(cpu_under_way * 1e6, 1),
        "under_way_times_one_flush_each": round(under_way / flushes, 3),
        "one_flush_each_per_second": round(flushes),
        "times_one_flush_each": round(count / seconds / flushes, 3),
        "one_writer_alone_per_second": round(alone / (time.perf_counter() - begun)),
    }


def _under_way(registers: Registers, count: int, writers: int) -> tuple[float, float]:
    """As many changes under way at once without a thread each, as a server holds them: a second, and CPU each."""
    numbers = iter(range(count))
    answered = itertools.count(1)
    all_answered = threading.Event()

    def another(before: Future[Ack] | None = None) -> None:
        if before is not None and next(answered) == count:
            all_answered.set()
        number = next(numbers, None)
        if number is not None:
            registers.submit(statement(number), actor=_ACTOR).add_done_callback(another)

    begun, worked = time.perf_counter(), time.process_time()
    for _ in range(min(writers, count)):
        another()
    all_answered.wait()
    return count / (time.perf_counter() - begun), (time.process_time() - worked) / count


# --- the feed ---------------------------------------------------------------------------------------------------


def _feed(registers: Registers, url: str, folder: Path, count: int) -> dict[str, Any]:
    """Changes at a steady rate, heard in another process."""
    ours, theirs = multiprocessing.Pipe()
    after = registers.store.head().position
    listener = multiprocessing.get_context("spawn").Process(target=_listen, args=(theirs, url, folder, after, count))
    listener.start()
    ours.recv()
    acknowledged: dict[int, int] = {}

    def note(future: Future[Ack]) -> None:
        acknowledged[future.result().first] = time.monotonic_ns()

    begun = time.monotonic()
    for number in range(count):
        wait = begun + number / RATE - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        registers.submit(statement(number), actor=_ACTOR).add_done_callback(note)
    heard: dict[int, int] = ours.recv()
    listener.join()
    # Bells ring when it is on disk, so the other process may hear of it before the caller does.
    took = [max(0, heard[position] - moment) / 1e9 for position, moment in acknowledged.items()]
    span = (max(acknowledged.values()) - min(acknowledged.values())) / 1e9
    return {"count": count, "per_second": round(count / span), "latency_ms": _percentiles(took)}


def _listen(pipe: Pipe, url: str, folder: Path, after: int, count: int) -> None:
    heard: dict[int, int] = {}
    with open_store(url, folder / "segments") as store, Follower(store, after, read=excerpts_after) as follower:
        pipe.send("ready")
        while len(heard) < count:
            for one in told(follower.wait(5)):
                heard[one.position] = time.monotonic_ns()
    pipe.send(heard)


def _tail(registers: Registers) -> dict[str, Any]:
    """All that stands in the journal, read and typed."""
    begun = time.perf_counter()
    count = sum(1 for _ in told(registers.store.excerpts()))
    seconds = time.perf_counter() - begun
    return {"count": count, "per_second": round(count / seconds), "seconds_a_million": round(seconds / count * 1e6, 2)}


# --- imports ----------------------------------------------------------------------------------------------------


def _import(folder: Path, row_kind: str, rows: int) -> dict[str, Any]:
    """A list as people have it: taken in, looked up, read by columns; and the same file merely read."""
    source = folder / f"{row_kind}.csv"
    numbers = _list(source, row_kind, rows)
    begun = time.perf_counter()
    with source.open("rb", buffering=0) as file:
        while file.read(1 << 20):
            pass
    plain = time.perf_counter() - begun
    begun = time.perf_counter()
    pl.read_csv(source, infer_schema=False)
    columns = time.perf_counter() - begun
    with _registers(f"sqlite:///{folder / row_kind / 'anning.db'}", folder / row_kind) as registers:
        begun, worked = time.perf_counter(), time.process_time()
        taken = registers.take(source, "wish" if row_kind == "wish" else "consent", actor=_ACTOR).rows
        seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
        event = next(one for one in told(registers.store.excerpts()) if isinstance(one, Imported))
        begun = time.perf_counter()
        read = sum(frame.height for frame in columns_of_segment(event, registers.store.segments))
        by_columns = read / (time.perf_counter() - begun)
        with registers.store.read() as connection:
            looked_up = list(_timed_lookups(connection, numbers[:200]))
            begun = time.perf_counter()
            found = len(subscribers(connection, numbers[:1_000]))
            together = time.perf_counter() - begun
        kept = sum(path.stat().st_size for path in registers.store.segments.iterdir())
    return {
        "row_kind": row_kind,
        "rows": taken,
        "per_second": round(taken / seconds),
        "cpu_microseconds_each": round(cpu / taken * 1e6, 2),
        "share_of_reading_columns": round(columns / seconds, 3),
        "share_of_plain_reading": round(plain / seconds, 4),
        "read_by_columns_per_second": round(by_columns),
        "bytes_a_row_kept": round(kept / taken, 1),
        "lookup_ms": _percentiles(looked_up),
        "thousand_histories_ms": round(together * 1e3, 1),
        "found": found,
    }


def _timed_lookups(connection: Any, numbers: list[str]) -> Iterator[float]:
    for number in numbers:
        begun = time.perf_counter()
        subscriber(connection, number)
        yield time.perf_counter() - begun


def _list(path: Path, row_kind: str, rows: int) -> list[str]:
    """Write a list and say some of its numbers."""
    chance = np.random.default_rng(SEED)
    prefixes = np.array([134, 138, 150, 159, 176, 186, 189, 199])
    numbers = prefixes[chance.integers(0, len(prefixes), rows)] * 10**8 + chance.integers(0, 10**8, rows)

    def among(*words: str) -> pl.Series:
        return pl.Series(np.array(words)[chance.integers(0, len(words), rows)])

    seconds = pl.Series(chance.integers(1_700_000_000, 1_780_000_000, rows))
    columns: dict[str, pl.Series] = {
        "手机号": pl.Series(numbers),
        "时间": pl.from_epoch(seconds, time_unit="s").dt.strftime("%Y-%m-%d %H:%M:%S"),
        "渠道": among("短信", "电话", "全部"),
    }
    if row_kind == "wish":
        columns |= {"意愿": among("谢绝", "谢绝", "接受"), "行业": among("", "金融", "金融、教育", "房产")}
    else:
        columns |= {
            "机构": among(*(f"org-{number}" for number in range(_ORGANISATIONS))),
            "同意方式": among("明示", "请求"),
            "本人确认": among("是", "否"),
        }
    pl.DataFrame(columns).write_csv(path)
    return [f"+86{number}" for number in numbers[:1_000]]


# --- told -------------------------------------------------------------------------------------------------------


def _percentiles(seconds: list[float]) -> dict[str, float]:
    """In milliseconds."""
    points = np.percentile(seconds, [50, 99, 99.9]) * 1e3
    return {name: round(float(point), 3) for name, point in zip(("p50", "p99", "p99_9"), points, strict=True)}


def _spread(points: Mapping[str, float]) -> str:
    return " / ".join(f"{points[name]:.2f}" for name in ("p50", "p99", "p99_9"))


def as_markdown(report: dict[str, Any]) -> str:
    """The report as small tables."""
    lines = [
        "# anning journal",
        "",
        measuring.described(report),
        "",
        f"{report['writers']} writers that each wait for the acknowledgement. One flush each: 400 bytes appended and "
        "fdatasync, a change at a time, on the same file system, just before and after.",
        "",
    ]
    measured = {name: parts for name, parts in report["databases"].items() if parts}
    rows = [
        (title, *(tell(parts[part]) for parts in measured.values()))
        for title, part, tell in _TOLD
        if measured and all(part in parts for parts in measured.values())
    ]
    if rows:
        lines += [*measuring.table(("", *measured), rows), ""]
    if imports := report.get("imports"):
        told = [(title, *map(tell, imports)) for title, tell in _TOLD_OF_IMPORTS]
        lines += [*measuring.table(("imports", *(one["row_kind"] for one in imports)), told), ""]
    return "\n".join(lines)


_TOLD: Final[tuple[tuple[str, str, Any], ...]] = (
    ("acknowledged changes a second, a thread each", "changes", lambda each: f"{each['per_second']:,}"),
    ("as many under way without a thread each", "changes", lambda each: f"{each['under_way_per_second']:,}"),
    ("one flush each, a second", "changes", lambda each: f"{each['one_flush_each_per_second']:,}"),
    (
        "so many times as fast, a thread each / without",
        "changes",
        lambda each: f"{each['times_one_flush_each']:.2f} / {each['under_way_times_one_flush_each']:.2f}",
    ),
    ("changes in a commit", "changes", lambda each: f"{each['changes_per_commit']:.0f}"),
    ("wait for the acknowledgement, ms, p50 / p99 / p99.9", "changes", lambda each: _spread(each["wait_ms"])),
    ("one writer alone, changes a second", "changes", lambda each: f"{each['one_writer_alone_per_second']:,}"),
    (
        f"feed at {RATE:,} changes/s: acknowledged to heard, ms, p50 / p99 / p99.9",
        "feed",
        lambda each: _spread(each["latency_ms"]),
    ),
    ("tail: events read and typed a second", "tail", lambda each: f"{each['per_second']:,}"),
)
_TOLD_OF_IMPORTS: Final[tuple[tuple[str, Any], ...]] = (
    ("rows", lambda one: f"{one['rows']:,}"),
    ("rows a second", lambda one: f"{one['per_second']:,}"),
    ("share of polars reading the file", lambda one: f"{one['share_of_reading_columns']:.2f}"),
    ("share of reading its bytes", lambda one: f"{one['share_of_plain_reading']:.3f}"),
    ("read back by columns, rows a second", lambda one: f"{one['read_by_columns_per_second']:,}"),
    ("bytes a row kept, index included", lambda one: f"{one['bytes_a_row_kept']}"),
    ("one number looked up, ms, p50 / p99 / p99.9", lambda one: _spread(one["lookup_ms"])),
    ("a thousand histories, ms", lambda one: f"{one['thousand_histories_ms']:.0f}"),
)

"""`anning bench counts`: reservations and reads a second, bytes of a contact, against the limits of the machine.

The limits are measured in the same run: bare appends with fdatasync, round trips over a local socket, and random reads
of memory. Ratios hold better than seconds.
"""

from __future__ import annotations

import gc
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import numpy as np
import typer
from numpy.typing import NDArray

from anning.cli import show
from anning.gate.counts.cells import Cells
from anning.gate.counts.client import Connection
from anning.gate.counts.kept import KeptContacts
from anning.gate.counts.keys import FIRST_MOBILE
from anning.gate.counts.ledger import Ledger
from anning.gate.counts.log import RECORDS
from anning.gate.counts.messages import Request, Reserve
from anning.gate.counts.owner import OwnerThread
from anning.gate.counts.runs import BYTES

SEED: Final = 20201111
_SENDERS: Final = 1000
_AT_ONCE: Final = 1_000_000
_BLOCK: Final = 65_536
_DAY: Final = 86_400
_NUMBERS: Final = 1_000_000_000


def counts(
    contacts: Annotated[int, typer.Option("--contacts", help="已有联系数 | contacts there are")] = 20_000_000,
    seconds: Annotated[float, typer.Option("--seconds", help="每项测多久 | seconds for each measurement")] = 3.0,
    out: Annotated[Path | None, typer.Option("--out", help="报告所存目录 | folder for the report")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 | as JSON")] = False,
) -> None:
    """联系计数：每秒预占与读取、每条字节数 | Counts: reservations and reads a second, bytes of a contact."""
    with tempfile.TemporaryDirectory(prefix="anning-bench-", dir=out) as folder:
        report = measure(Path(folder), contacts, seconds)
    if out is not None:
        name = f"counts-{contacts:.0e}".replace("+0", "")
        (out / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
        (out / f"{name}.md").write_text(as_markdown(report), encoding="utf-8")
    if as_json:
        show.as_json(report)
    else:
        typer.echo(as_markdown(report))


def measure(folder: Path, contacts: int, seconds: float) -> dict[str, Any]:
    """Measure everything in `folder`, on whose disk the counts lie meanwhile."""
    rng = np.random.default_rng(SEED)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "what": "anning counts",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cores": os.cpu_count(), "memory_gb": round(memory / 2**30), "system": platform.system()},
        "versions": {"python": platform.python_version(), **{n: version(n) for n in ("anning", "numpy", "numba")}},
        "seed": SEED,
        "contacts": contacts,
        "load_before": os.getloadavg()[0],
        "reading": _reading(contacts, seconds, rng),
        "lasting": _lasting(folder, contacts, rng),
        "reserving": _reserving(folder, contacts, seconds, rng),
        "limits": {
            "appends_with_fdatasync": _appends(folder, seconds),
            "round_trips": _round_trips(seconds),
        },
    }


# --- reading ------------------------------------------------------------------------------------------------------


def _reading(contacts: int, seconds: float, rng: np.random.Generator) -> dict[str, Any]:
    """Look-ups among many contacts in memory, of a sender who has a tenth of them and of one who has his share."""
    gc.collect()
    before = _resident()
    started = time.perf_counter()
    kept = _filled(contacts, rng)
    filled = time.perf_counter() - started
    gc.collect()
    after = _resident()
    large = _values(kept, "sender-0", rng)
    values = [rng.choice(large, _BLOCK) if half else _random_values(_BLOCK, rng) for half in (True, False) * 4]
    asked = [f"+86{value}" for value in np.concatenate([rng.choice(large, 512), _random_values(512, rng)]).tolist()]
    moment = _now() * 1_000_000
    table = rng.integers(0, 1 << 62, max(len(large), 1), dtype=np.int64)
    places = [rng.integers(0, len(table), _BLOCK) for _ in range(8)]
    into = np.empty(_BLOCK, dtype=np.int64)
    known = _rate(lambda i: kept.known_values("sender-0", values[i % 8], "sms"), seconds, _BLOCK)
    small = _rate(lambda i: kept.known_values("sender-7", values[i % 8], "sms"), seconds, _BLOCK)
    gather = _rate(lambda i: np.take(table, places[i % 8], out=into), seconds, _BLOCK)
    return {
        "filled_in_seconds": round(filled, 2),
        "bytes_of_a_contact": {
            "laid_out": BYTES,
            "resident": round((after - before) / max(len(kept.cells), 1), 2),
            "resident_peak_while_filled": round((_peak() - before) / max(len(kept.cells), 1), 2),
        },
        "runs": [len(run) for run in kept.cells.runs],
        "known_values": {"large_sender_contacts": len(large), "rows_a_second": known, "of_a_small_sender": small},
        "random_reads_of_as_much_memory": gather,
        "ages": _rate(lambda i: kept.ages("sender-0", asked[i % 1024], "sms", moment), seconds, 1),
    }


def _filled(contacts: int, rng: np.random.Generator) -> KeptContacts:
    """Contacts of the last 30 days: a tenth of one sender, the rest of the others, to numbers at random."""
    kept = KeptContacts(Cells())
    kept.cells.latest = _now()
    for start in range(0, contacts, _AT_ONCE):
        kept.cells.extend(_records(kept, min(_AT_ONCE, contacts - start), rng))
    return kept


def _records(kept: KeptContacts, count: int, rng: np.random.Generator) -> NDArray[np.void]:
    prefixes = np.array([kept.keys.new_prefix(f"sender-{n}", "sms") for n in range(_SENDERS)], dtype=np.int64)
    senders = np.where(rng.random(count) < 0.1, 0, rng.integers(0, _SENDERS, count))
    records = np.zeros(count, dtype=RECORDS)
    records["key"] = (prefixes[senders] | _random_values(count, rng)) << 2 | rng.integers(0, 3, count)
    records["second"] = _now() - rng.integers(0, 30 * _DAY, count)
    return records


def _values(kept: KeptContacts, sender: str, rng: np.random.Generator) -> NDArray[np.int64]:
    """The numbers of a sender's contacts."""
    prefix = kept.keys.new_prefix(sender, "sms") << 2
    end = prefix + (1 << 37)
    cut = [run.keys[run.keys.searchsorted(prefix) : run.keys.searchsorted(end)] for run in kept.cells.runs]
    values = (np.concatenate(cut) - prefix) >> 2
    rng.shuffle(values)
    return values


def _random_values(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return FIRST_MOBILE + rng.integers(0, _NUMBERS, count, dtype=np.int64) * 7 % 7_000_000_000


# --- lasting ------------------------------------------------------------------------------------------------------


def _lasting(folder: Path, contacts: int, rng: np.random.Generator) -> dict[str, Any]:
    """A snapshot written, read again, shared with another process."""
    shard = folder / "lasting"
    with Ledger(shard, capacity=max(contacts * 2, 1)) as ledger:
        ledger.kept = _filled(contacts, rng)
        started = time.perf_counter()
        ledger.compact()
    written = time.perf_counter() - started
    size = sum(path.stat().st_size for path in shard.glob("snapshot-*"))
    started = time.perf_counter()
    ledger = Ledger(shard, capacity=max(contacts * 2, 1))
    opened = time.perf_counter() - started
    with OwnerThread(shard, ledger), Connection(shard) as connection:
        shares = []
        for _ in range(5):
            ledger.ask([Reserve("sender-1", "+8613800138000", "sms", "service")])
            started = time.perf_counter()
            snapshot = connection.share()
            shares.append(time.perf_counter() - started)
    found = len(snapshot.kept.cells)
    return {
        "snapshot_bytes": size,
        "written_in_seconds": round(written, 3),
        "opened_in_seconds": round(opened, 3),
        "shared_in_seconds": round(statistics.median(shares), 5),
        "contacts_shared": found,
    }


# --- reserving ----------------------------------------------------------------------------------------------------


def _reserving(folder: Path, contacts: int, seconds: float, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Reservations in the owner's own thread, and by processes over its socket."""
    measured = []
    for durable in (True, False):
        shard = folder / f"durable-{durable}"
        ledger = Ledger(shard, durable=durable, capacity=contacts + 200_000_000)
        ledger.kept = _filled(contacts, rng)
        with OwnerThread(shard, ledger):
            for batch in (1, 16, 256):
                rate = _rate(partial(_ask, ledger, _requests(batch)), seconds, batch)
                measured.append({"by": "owner", "fdatasync": durable, "batch": batch, "a_second": rate})
            for processes, batch in ((1, 1), (2, 1), (8, 1), (2, 16), (2, 256)):
                told = _by_processes(shard, processes, batch, seconds)
                measured.append({"by": f"{processes} processes", "fdatasync": durable, "batch": batch, **told})
    return measured


def _ask(ledger: Ledger, requests: Iterator[list[Request]], _: int) -> None:
    ledger.ask(next(requests))


def _requests(batch: int) -> Iterator[list[Request]]:
    """Reservations of service messages to numbers at random that rest on what they saw: nothing."""
    rng = random.Random(SEED)
    while True:
        yield [
            Reserve(
                f"sender-{rng.randrange(_SENDERS)}", f"+861{rng.randrange(3 * 10**9, 10**10)}", "sms", "service", ()
            )
            for _ in range(batch)
        ]


def _by_processes(shard: Path, processes: int, batch: int, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "anning.cli.bench.asking", str(shard), str(batch), str(seconds)]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    told = []
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        told.append(msgspec.json.decode(child.communicate()[0]))
    waits = sorted(wait for each in told for wait in each["waits"])
    return {
        "a_second": round(sum(each["count"] / each["seconds"] for each in told)),
        "p50_us": round(waits[len(waits) // 2] * 1e6),
        "p99_us": round(waits[len(waits) * 99 // 100] * 1e6),
    }


# --- limits -------------------------------------------------------------------------------------------------------


def _appends(folder: Path, seconds: float) -> int:
    """Appends of 128 bytes a second, each on disk before the next."""
    file = os.open(folder / "appended", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return _rate(partial(_append, file), seconds, 1)
    finally:
        os.close(file)


def _append(file: int, _: int) -> None:
    os.write(file, bytes(128))
    os.fdatasync(file)


def _round_trips(seconds: float) -> int:
    """Round trips of 100 bytes a second over a local socket, one after the other."""
    with _echo() as near:
        return _rate(lambda _: (near.send(bytes(100)), near.recv(100)), seconds, 1)


@contextmanager
def _echo() -> Iterator[socket.socket]:
    near, far = socket.socketpair()

    def answer() -> None:
        while data := far.recv(100):
            far.send(data)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield near
    near.shutdown(socket.SHUT_RDWR)
    thread.join()
    near.close()
    far.close()


def _rate(job: Callable[[int], object], seconds: float, each: int) -> int:
    """How many a second, `each` at a time; the first time is not counted."""
    job(0)
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        job(done)
        done += 1
    return round(done * each / (time.perf_counter() - begun))


def _now() -> int:
    return int(time.time())


def _resident() -> int:
    """Bytes of this process in memory, shared pages included."""
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


# --- telling ------------------------------------------------------------------------------------------------------


def as_markdown(report: dict[str, Any]) -> str:
    """The report for people."""
    machine, versions, reading, lasting = (report[key] for key in ("machine", "versions", "reading", "lasting"))
    limits, known, size = report["limits"], reading["known_values"], reading["bytes_of_a_contact"]
    rows = [
        f"| {each['by']} | {each['batch']} | {'yes' if each['fdatasync'] else 'no'} | {each['a_second']:,} "
        f"| {each.get('p50_us', '')} | {each.get('p99_us', '')} |"
        for each in report["reserving"]
    ]
    reads = {
        f"numbers of a list, a sender with {known['large_sender_contacts']:,} contacts": known["rows_a_second"],
        "numbers of a list, a sender with a thousandth of the rest": known["of_a_small_sender"],
        "bare random reads of as much memory": reading["random_reads_of_as_much_memory"],
        "the ages of one number": reading["ages"],
    }
    return "\n".join(
        [
            f"# anning counts, {report['contacts']:,} contacts",
            "",
            f"{machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, Python {versions['python']}, "
            f"NumPy {versions['numpy']}, Numba {versions['numba']}; {report['date']}; seed {report['seed']}; "
            f"load of the machine before: {report['load_before']:.1f}.",
            "",
            "Reservations, each acknowledged when it is on disk (fdatasync) or in the system's memory. Processes ask "
            "over the owner's socket and settle what they got before; the owner itself does neither.",
            "",
            "| by | asked at a time | fdatasync | a second | p50 µs | p99 µs |",
            "|---|---:|---|---:|---:|---:|",
            *rows,
            "",
            f"Limits of the same run: {limits['appends_with_fdatasync']:,} appends with fdatasync a second, "
            f"{limits['round_trips']:,} round trips over a local socket a second.",
            "",
            "| read | a second |",
            "|---|---:|",
            *(f"| {name} | {rate:,} |" for name, rate in reads.items()),
            "",
            f"A contact takes {size['laid_out']} bytes as laid out, {size['resident']} resident, "
            f"{size['resident_peak_while_filled']} at the peak of merging; on disk "
            f"{lasting['snapshot_bytes'] / report['contacts']:.1f}. A snapshot is written in "
            f"{lasting['written_in_seconds']} s beside the work, opened in {lasting['opened_in_seconds']} s, "
            f"and shared with another process in {lasting['shared_in_seconds'] * 1000:.1f} ms.",
            "",
        ]
    )

"""`anning bench http`: decisions over HTTP against an empty endpoint of the same server, and in batches.

Rounds go around: empty, one, new texts, batch, and again, so that neighbours of the machine touch all alike. Ratios are
taken within a round and the median of rounds is told, with the processor time of the server for each request beside.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from anning.cli import show
from anning.cli.bench import world
from anning.cli.bench.http_load import load
from anning.cli.bench.http_server import EMPTY
from anning.errors import Unavailable
from anning.registers.open import open_registers
from anning.settings import read_settings

BATCH: Final = 1_000
_TICK: Final = os.sysconf("SC_CLK_TCK")
_SCRIPT: Final = """
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer {key}"
wrk.headers["Content-Type"] = "application/json"
local bodies = {{}}
for line in io.lines("{bodies}") do bodies[#bodies + 1] = wrk.format("POST", "{path}", nil, line) end
local at = 0
request = function() at = at % #bodies + 1; return bodies[at] end
done = function(summary, latency, requests)
  io.write(string.format("ANNING %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
"""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One measured stretch.

    Attributes:
        requests, seconds, failures: of the client.
        p50, p99, worst: microseconds from a request to its answer.
        cpu: microseconds of the server's processor time for each request.
    """

    name: str
    round: int
    requests: int
    seconds: float
    failures: int
    p50: float
    p99: float
    worst: float
    cpu: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def http(
    seconds: Annotated[int, typer.Option("--seconds", help="每段秒数 | seconds of each stretch")] = 5,
    rounds: Annotated[int, typer.Option("--rounds", help="轮数 | rounds")] = 5,
    connections: Annotated[int, typer.Option("--connections", help="并发连接数 | connections")] = 16,
    people: Annotated[int, typer.Option("--people", help="人数 | people in the registers")] = 250_000,
    out: Annotated[Path | None, typer.Option("--out", help="报告所存目录 | folder for the report")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 | as JSON")] = False,
) -> None:
    """接口判定的速度，与同一服务的空接口相比 | Decisions over HTTP beside an empty endpoint of the same server."""
    with tempfile.TemporaryDirectory(prefix="anning-bench-") as folder:
        report = measure(Path(folder), seconds, rounds, connections, people)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "http.json").write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
        (out / "http.md").write_text(as_markdown(report), encoding="utf-8")
    if as_json:
        show.as_json(report)
    else:
        typer.echo(as_markdown(report))


def measure(folder: Path, seconds: int, rounds: int, connections: int, people: int) -> dict[str, Any]:
    """Make a world in the folder, serve it, and measure.

    Raises:
        Unavailable: a request failed: nothing is reported then.
    """
    crowd = world.people(people)
    settings = read_settings(data_dir=folder / "var", database_url="", segments_dir=None)
    with open_registers(settings, clock=lambda: world.AT) as registers:
        world.fill(registers, crowd, folder)
    numbers = [int(number) for number in crowd.numbers[:20_000]]
    kinds = {
        "empty": (EMPTY, _ones(numbers)),
        "one": ("/v1/decide", _ones(numbers)),
        "new texts": ("/v1/decide", _new_texts(numbers)),
        "batch": ("/v1/decide/batch", _batches(numbers)),
    }
    files = {}
    for name, (_, bodies) in kinds.items():
        files[name] = folder / f"{name.replace(' ', '-')}.jsonl"
        files[name].write_text("\n".join(bodies) + "\n", encoding="utf-8")
    runs: list[Run] = []
    with _served(folder / "var") as (url, key, process):
        for round_ in range(rounds + 1):
            for name, (path, _) in kinds.items():
                run = _run(name, round_, url, path, key, files[name], process, seconds if round_ else 1, connections)
                # The first round warms up and is not told.
                runs += [run] if round_ else []
    failed = sum(run.failures for run in runs)
    if failed or not all(run.requests for run in runs):
        raise Unavailable(
            f"{failed} 个请求失败，或有一段毫无应答",
            f"{failed} requests failed, or nothing was answered in a stretch",
            thing="bench",
            rule="reachable",
        )
    return _report(runs, seconds, rounds, connections, people)


def _ones(numbers: list[int]) -> list[str]:
    return [_written({**_SENDING, "number": str(number)}) for number in numbers]


def _new_texts(numbers: list[int]) -> list[str]:
    text = world.TEXT.replace("再减20", "再减{}元")
    return [
        _written({**_SENDING, "number": str(number), "text": text.format(place)})
        for place, number in enumerate(numbers)
    ]


def _batches(numbers: list[int]) -> list[str]:
    return [
        _written({**_SENDING, "numbers": [str(number) for number in numbers[first : first + BATCH]]})
        for first in range(0, len(numbers), BATCH)
    ]


_SENDING: Final = {
    "sender": world.SENDER,
    "provider": world.PROVIDER,
    "code": world.CODE,
    "text": world.TEXT,
    "purpose": "commercial",
}


def _written(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, str, int]]:
    command = [sys.executable, "-m", "anning.cli.bench.http_server", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url, key = process.stdout.readline().split()
            yield url, key, process.pid
        finally:
            process.terminate()


def _run(
    name: str,
    round_: int,
    url: str,
    path: str,
    key: str,
    bodies: Path,
    process: int,
    seconds: int,
    connections: int,
) -> Run:
    before = _processor_time(process)
    if shutil.which("wrk"):
        requests, taken, failures, p50, p99, worst = _by_wrk(url, path, key, bodies, seconds, connections)
    else:
        requests, taken, failures, p50, p99, worst = load(url, path, key, bodies, seconds, connections)
    return Run(
        name=name,
        round=round_,
        requests=requests,
        seconds=taken,
        failures=failures,
        p50=p50,
        p99=p99,
        worst=worst,
        cpu=(_processor_time(process) - before) / max(requests, 1) * 1e6,
    )


def _by_wrk(
    url: str, path: str, key: str, bodies: Path, seconds: int, connections: int
) -> tuple[int, float, int, float, float, float]:
    script = bodies.with_suffix(".lua")
    script.write_text(_SCRIPT.format(key=key, bodies=bodies, path=path), encoding="utf-8")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), f"{url}{path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"ANNING (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    assert found is not None, done.stdout
    requests, duration, failures, p50, p99, worst = map(int, found.groups())
    return requests, duration / 1e6, failures, p50, p99, worst


def _processor_time(process: int) -> float:
    """Seconds the process has computed."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _report(runs: list[Run], seconds: int, rounds: int, connections: int, people: int) -> dict[str, Any]:
    def median(name: str, what: str) -> float:
        return float(statistics.median(getattr(run, what) for run in runs if run.name == name))

    def ratio(name: str, to: str, times: int = 1, what: str = "rate") -> float:
        of = {(run.name, run.round): getattr(run, what) for run in runs}
        return float(statistics.median(times * of[name, each] / of[to, each] for each in range(1, rounds + 1)))

    return {
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"uvicorn {version('uvicorn')}, uvloop {version('uvloop')}, httptools {version('httptools')}",
        "day": datetime.now(UTC).date().isoformat(),
        "load": os.getloadavg()[0],
        "client": "wrk" if shutil.which("wrk") else "anning",
        "connections": connections,
        "seconds": seconds,
        "rounds": rounds,
        "people": people,
        "medians": {
            name: {what: median(name, what) for what in ("rate", "cpu", "p50", "p99", "worst")}
            for name in dict.fromkeys(run.name for run in runs)
        },
        "ratios": {
            "one / empty": ratio("one", "empty"),
            "empty cpu / one cpu": ratio("empty", "one", what="cpu"),
            "numbers in batches / ones": ratio("batch", "one", BATCH),
            _CPU_OF_BATCH: ratio("one", "batch", BATCH, "cpu"),
        },
        "runs": [{**msgspec.to_builtins(run), "rate": run.rate} for run in runs],
    }


def as_markdown(report: dict[str, Any]) -> str:
    """The report for a reader."""
    words = {
        "empty": "empty endpoint: reads the request, answers `{}`",
        "one": "`POST /v1/decide`, another person each time, one text",
        "new texts": "`POST /v1/decide`, another person and a new text each time",
        "batch": f"`POST /v1/decide/batch`, {BATCH:,} numbers",
    }
    lines = [
        "# anning bench http",
        "",
        f"{report['machine']}; {report['day']}; {report['connections']} connections from {report['client']}, "
        f"{report['rounds']} rounds of {report['seconds']} s, medians; {report['people']:,} people in the registers; "
        f"load average of the machine {report['load']:.1f}.",
        "",
        "| | requests/s | server CPU a request, µs | p50 ms | p99 ms | worst ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, told in words.items():
        m = report["medians"][name]
        milliseconds = " | ".join(f"{m[what] / 1000:.2f}" for what in ("p50", "p99", "worst"))
        lines.append(f"| {told} | {m['rate']:,.0f} | {m['cpu']:.1f} | {milliseconds} |")
    r = report["ratios"]
    lines += [
        "",
        "| ratio, within each round | median | floor | aim |",
        "|---|---:|---:|---:|",
        f"| decide / empty endpoint, by requests a second | {r['one / empty']:.2f} | 0.85 | 0.93 |",
        f"| the same by processor time | {r['empty cpu / one cpu']:.2f} | | |",
        f"| numbers a second in batches of {BATCH:,} / single decisions a second | "
        f"{r['numbers in batches / ones']:,.0f} | 150 | 200 |",
        f"| the same by processor time | {r[_CPU_OF_BATCH]:,.0f} | | |",
        "",
    ]
    return "\n".join(lines)


_CPU_OF_BATCH: Final = "one cpu / a number's cpu in batches"

"""`anning bench withdrawals`: from the acknowledgement of a withdrawal to its refusal at every gate (撤回生效时延).

One process writes: withdrawals, general refusals and new consents at a given rate. One keeps the index. The others are
gates that judge blocks of rows as fast as they can, the watched people always among them. All keep when they did
what; afterwards the whole history is checked (`anning.cli.bench.acknowledged`).
"""

from __future__ import annotations

import multiprocessing
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import numpy as np
import typer
from numpy.typing import NDArray

from anning.cli import show
from anning.cli.bench import measuring, nation, world
from anning.cli.bench.acknowledged import (
    Checked,
    Heard,
    Said,
    Violation,
    check,
    passing_between,
    read_heard,
    read_said,
    write_heard,
    write_said,
)
from anning.errors import AnningError, Unavailable
from anning.gate.campaign import Campaign
from anning.gate.gate import Gate
from anning.gate.keeper import SILENT, SOCKET_NAME, Keeper, SharedIndex
from anning.gate.opening import open_gate
from anning.journal import Follower
from anning.journal.store import excerpts_after
from anning.law.decision import Outcome
from anning.registers import events as reg
from anning.registers.open import Registers, open_store

_FIRST_PERSON: Final = 13_800_000_000
_GENERAL_EVERY: Final = 4
"""Of so many withdrawals one is a general refusal."""

_PATIENCE: Final = 120.0
_CONTEXT: Final = multiprocessing.get_context("spawn")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    Attributes:
        changes, rate: statements in all, and how many a second.
        people: the watched; each says something `changes / people` times, at equal distances.
        gates: processes that judge.
        rows: of a block, the watched among them.
        killed: whether the keeper is killed in the middle and another takes its place when it counts as away.
    """

    changes: int
    rate: int
    people: int
    gates: int
    rows: int
    killed: bool = False


class Outage(msgspec.Struct, frozen=True):
    """When the keeper was killed, when it counted as away, and when another was there."""

    killed: int
    away: int
    back: int


class Run(msgspec.Struct, frozen=True):
    """What happened."""

    plan: Plan
    said: Said
    heard: list[Heard]
    outage: Outage | None

    @property
    def bound(self) -> float:
        """Seconds after the acknowledgement of a withdrawal from which on no gate may let the person through.

        A gate looks whether its index is fresh when a block begins, and its verdicts count when the block ends.
        """
        return SILENT + max(int((heard.ends - heard.starts).max()) for heard in self.heard) / 1e9

    def checked(self) -> Checked:
        """The history, checked."""
        return check(self.said, self.heard, self.bound)

    def passed_while_away(self) -> list[Violation]:
        """Whoever was let through while no keeper could be heard."""
        if self.outage is None:
            return []
        return passing_between(self.heard, self.plan.people, self.outage.away, self.outage.back)

    @property
    def rate(self) -> float:
        """Acknowledged statements a second."""
        taken = int(self.said.acknowledged.max() - self.said.submitted[0])
        return len(self.said.people) / taken * 1e9


def withdrawals(
    rate: Annotated[int, typer.Option("--rate", help="每秒变更数 | changes a second")] = 2_000,
    seconds: Annotated[int, typer.Option("--seconds", help="时长（秒）| how long, in seconds")] = 30,
    gates: Annotated[int, typer.Option("--gates", help="闸口进程数 | gate processes")] = 2,
    rows: Annotated[int, typer.Option("--rows", help="每批行数 | rows of a block")] = 1 << 17,
    killed: Annotated[bool, typer.Option("--kill", help="中途杀死索引保管进程 | kill the keeper in mid-run")] = False,
    postgresql: Annotated[
        str, typer.Option("--postgresql", help="空的 PostgreSQL 库，缺省用 SQLite | an empty PostgreSQL database")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="报告所存目录 | folder for the report")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 | as JSON")] = False,
) -> None:
    """撤回自确认到各闸口拒绝的时延 | From the acknowledgement of a withdrawal to its refusal at every gate."""
    changes = rate * seconds
    plan = Plan(changes=changes, rate=rate, people=changes // 2, gates=gates, rows=rows, killed=killed)
    with tempfile.TemporaryDirectory(prefix="anning-bench-") as folder:
        head = measuring.setting("numba", "numpy")
        run_ = run(plan, Path(folder), postgresql)
    report = {**head, **_report(run_, "postgresql" if postgresql else "sqlite")}
    if out is not None:
        name = f"withdrawals-{report['database']}-{gates}{'-killed' if killed else ''}"
        measuring.keep(report, as_markdown(report), out, name)
    if as_json:
        show.as_json(report)
    else:
        typer.echo(as_markdown(report))
    if report["violations"]:
        raise AnningError(
            f"有 {report['violations']} 次在撤回生效期限之后仍被放行",
            f"{report['violations']} were let through after a withdrawal's bound",
            thing="withdrawals",
        )


def run(plan: Plan, folder: Path, url: str = "") -> Run:
    """Make the world in an empty database, let writer, keeper and gates run, and bring home what they kept.

    Args:
        folder: of the segments, the socket, and the database when `url` is empty.

    Raises:
        Unavailable: one of the processes ended before its time.
    """
    url = url or f"sqlite:///{folder / 'anning.db'}"
    numbers = _FIRST_PERSON + np.arange(plan.people, dtype=np.int64)
    consented = np.arange(plan.people) % 2 == 0
    _fill(url, folder, numbers[consented])
    with ExitStack() as stack:
        stop = _CONTEXT.Event()
        keeper = stack.enter_context(_process(_keep, url, folder))
        judging = [
            stack.enter_context(_process(_judge, url, folder, f"gate{place}", numbers, plan.rows, stop))
            for place in range(plan.gates)
        ]
        writing = stack.enter_context(_process(_say, url, folder, numbers, consented, plan))
        outage = None
        if plan.killed:
            writing.join(plan.changes / plan.rate / 2)
            outage = _outage(keeper, stack, url, folder)
        _until(lambda: writing.exitcode is not None, writing, plan.changes / plan.rate + _PATIENCE)
        _heard_all(url, folder)
        stop.set()
        for gate in judging:
            _until(lambda gate=gate: gate.exitcode is not None, gate, _PATIENCE)  # type: ignore[misc]
    heard = [read_heard(f"gate{place}", folder / f"gate{place}.npz") for place in range(plan.gates)]
    return Run(plan, read_said(folder / "said.npz"), heard, outage)


def _fill(url: str, folder: Path, consented: NDArray[np.int64]) -> None:
    """The bookshop, its provider, and those who consented before."""
    listed = folder / "consented.csv"
    since = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    lines = [f"{number},{world.SENDER},sms,explicit,yes,{since}" for number in consented.tolist()]
    listed.write_text("\n".join(["number,org,channel,act,confirmed,at", *lines]) + "\n", encoding="utf-8")
    with _registers(url, folder) as registers:
        for payload in world.organisations():
            registers.write(payload, actor=world.ACTOR, at=datetime.now(UTC) - timedelta(days=2))
        registers.take(listed, "consent", actor=world.ACTOR)


def _registers(url: str, folder: Path) -> Registers:
    return Registers(open_store(url, folder / "segments"), writer_wait=10, group_commit_max=256)


# --- the processes --------------------------------------------------------------------------------------------------


@contextmanager
def _process(job: Callable[..., None], *arguments: object) -> Iterator[BaseProcess]:
    """A process that has said that it is ready; it does not outlive the block."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=job, args=(theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(_PATIENCE):
            raise _ended(process)
        try:
            ours.recv()
        except EOFError as error:
            raise _ended(process) from error
        yield process
    finally:
        process.kill()
        process.join()
        ours.close()


def _keep(ready: Connection, url: str, folder: Path) -> None:
    """Keep the index until killed."""
    gate = open_gate(url, folder / "segments", shared=True)
    store = open_store(url, folder / "segments")
    keeper = Keeper(gate, Follower(store, gate.position, read=excerpts_after), folder / SOCKET_NAME)
    ready.send(None)
    keeper.run()


def _judge(
    ready: Connection, url: str, folder: Path, name: str, watched: NDArray[np.int64], rows: int, stop: Event
) -> None:
    """Judge the same block of rows again and again, and keep when whose verdict changed."""
    gate = Gate(index=SharedIndex(folder / SOCKET_NAME), segments=folder / "segments")
    with open_store(url, folder / "segments") as store:
        gate.follow(store.excerpts(), log_id=store.log_id)
    campaign = Campaign(gate, msgspec.structs.replace(world.job(), at=datetime.now(UTC)))
    people = len(watched)
    strangers = np.random.default_rng(world.SEED).integers(15_000_000_000, 16_000_000_000, max(0, rows - people))
    column = nation.column_of(np.concatenate([watched, strangers]))
    starts, ends = [], []
    changed: list[tuple[NDArray[np.int64], NDArray[np.bool_]]] = []
    before = np.zeros(people, np.bool_)
    campaign.decide_block(column)
    ready.send(None)
    last = False
    while not last:
        last = stop.is_set()
        start = time.monotonic_ns()
        judged = campaign.decide_block(column)
        passing = np.array([decision.outcome <= Outcome.LABEL for decision in judged.decisions])
        passes = passing[judged.places[:people]]
        end = time.monotonic_ns()
        others = np.flatnonzero(passes != before)
        starts.append(start)
        ends.append(end)
        changed.append((others, passes[others]))
        before = passes
    blocks = np.repeat(np.arange(len(starts)), [len(others) for others, _ in changed])
    whom, which = map(np.concatenate, zip(*changed, strict=True))
    write_heard(Heard(name, np.array(starts), np.array(ends), blocks, whom, which), folder / f"{name}.npz")


def _say(
    ready: Connection, url: str, folder: Path, numbers: NDArray[np.int64], consented: NDArray[np.bool_], plan: Plan
) -> None:
    """Say one thing after another at the given rate, and keep when each was submitted and acknowledged."""
    order = np.random.default_rng(world.SEED).permutation(plan.people)
    people = np.resize(order, plan.changes)
    rounds = np.arange(plan.changes) // plan.people
    consents = consented[people] == (rounds % 2 == 1)
    submitted, acknowledged = np.zeros(plan.changes, np.int64), np.zeros(plan.changes, np.int64)
    with _registers(url, folder) as registers:
        # The first write takes the writer's lock, which is no part of what is measured.
        registers.write(reg.OrganisationRegistered(id="other", name="另一家"), actor=world.ACTOR)
        ready.send(None)
        started = time.monotonic_ns()
        under_way: list[Future[Any]] = []
        for place, person in enumerate(people.tolist()):
            ahead = started + place * 1_000_000_000 // plan.rate - time.monotonic_ns()
            if ahead > 2_000_000:
                time.sleep(ahead / 1e9)
            said = _statement(f"+86{numbers[person]}", bool(consents[place]), place)
            submitted[place] = time.monotonic_ns()
            future = registers.submit(said, actor=world.ACTOR, key=f"{place}-{secrets.token_hex(4)}")
            future.add_done_callback(_keeps_when(acknowledged, place))
            under_way.append(future)
        for future in under_way:
            future.result()
    write_said(Said(people, consents, submitted, acknowledged, consented), folder / "said.npz")


def _statement(number: str, consents: bool, place: int) -> reg.Payload:
    if consents:
        return reg.ConsentGiven(number=number, to=world.SENDER, channel="sms", confirmed=True)
    if place % _GENERAL_EVERY == 0:
        return reg.WishStated(number=number, channel="sms", says="decline")
    return reg.ConsentWithdrawn(number=number, to=world.SENDER, channel="sms", door="sms", words="R")


def _keeps_when(moments: NDArray[np.int64], place: int) -> Callable[[Future[Any]], None]:
    def note(_: Future[Any]) -> None:
        moments[place] = time.monotonic_ns()

    return note


# --- the run's course -----------------------------------------------------------------------------------------------


def _outage(keeper: BaseProcess, stack: ExitStack, url: str, folder: Path) -> Outage:
    """Kill the keeper, wait until it counts as away and a while longer, and start another."""
    keeper.kill()
    keeper.join()
    killed = time.monotonic_ns()
    away = killed + round(SILENT * 1e9)
    time.sleep(SILENT + 1)
    back = time.monotonic_ns()
    stack.enter_context(_process(_keep, url, folder))
    return Outage(killed, away, back)


def _heard_all(url: str, folder: Path) -> None:
    """Wait until the keeper has taken in all that was written."""
    index = SharedIndex(folder / SOCKET_NAME)
    with open_store(url, folder / "segments") as store:
        head = store.head().position
    deadline = time.monotonic() + _PATIENCE
    while index.position < head:
        if time.monotonic() > deadline:
            raise Unavailable(
                f"索引停在第 {index.position} 号，日志已到第 {head} 号",
                f"the index stands at {index.position}, the journal at {head}",
                thing="index",
            )
        time.sleep(0.005)
        index.refresh()


def _until(holds: Callable[[], bool], process: BaseProcess, seconds: float) -> None:
    process.join(seconds)
    if not holds() or process.exitcode != 0:
        raise _ended(process)


def _ended(process: BaseProcess) -> Unavailable:
    return Unavailable(
        f"进程 {process.name} 未如期完成（退出码 {process.exitcode}）",
        f"process {process.name} did not do its part (exit code {process.exitcode})",
        thing=process.name,
    )


# --- the report -----------------------------------------------------------------------------------------------------

_SHARES: Final = (("p50", 50.0), ("p99", 99.0), ("p99.9", 99.9), ("max", 100.0))


def _report(run_: Run, database: str) -> dict[str, Any]:
    checked = run_.checked()
    plan = run_.plan
    blocks = [np.diff(np.append(heard.starts, heard.ends[-1])) for heard in run_.heard]
    return {
        "what": "anning bench withdrawals",
        "database": database,
        "plan": msgspec.to_builtins(plan),
        "acknowledged_per_second": round(run_.rate),
        "acknowledged_after_ms": _percentiles(run_.said.acknowledged - run_.said.submitted),
        "to_refusal_ms": _percentiles(checked.to_refusal),
        "to_passing_ms": _percentiles(checked.to_passing),
        "statements_heard": len(checked.to_refusal) + len(checked.to_passing),
        "overtaken": checked.overtaken,
        "unheard": checked.unheard,
        "bound_s": round(run_.bound, 3),
        "violations": len(checked.violations) + len(run_.passed_while_away()),
        "rows_per_second_of_each_gate": [
            round(plan.rows * len(heard.starts) / int(heard.ends[-1] - heard.starts[0]) * 1e9) for heard in run_.heard
        ],
        "block_ms": _percentiles(np.concatenate(blocks)),
        "away_s": None if run_.outage is None else round((run_.outage.back - run_.outage.away) / 1e9, 3),
    }


def _percentiles(nanoseconds: NDArray[np.int64]) -> dict[str, float]:
    if not len(nanoseconds):
        return {}
    return {name: round(float(np.percentile(nanoseconds, share)) / 1e6, 3) for name, share in _SHARES}


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a small table."""
    plan = report["plan"]
    names = (
        ("submitted to acknowledged", "acknowledged_after_ms"),
        ("withdrawal acknowledged to refused, at every gate", "to_refusal_ms"),
        ("consent acknowledged to let through, at every gate", "to_passing_ms"),
        ("one block of rows", "block_ms"),
    )
    rows: list[tuple[object, ...]] = [
        (name, *(f"{report[key].get(share, 0):,.1f}" for share, _ in _SHARES)) for name, key in names
    ]
    of_gates = ", ".join(f"{rate / 1e6:.1f}" for rate in report["rows_per_second_of_each_gate"])
    lines = [
        f"# anning bench withdrawals: {report['database']}, {plan['gates']} gates",
        "",
        measuring.described(report),
        "",
        f"{plan['changes']:,} changes about {plan['people']:,} people, {report['acknowledged_per_second']:,} "
        f"acknowledged a second of {plan['rate']:,} asked for, while {plan['gates']} gates judged blocks of "
        f"{plan['rows']:,} rows without a pause ({of_gates} million rows a second each). Milliseconds:",
        "",
        *measuring.table(("", *(name for name, _ in _SHARES)), rows),
        "",
        f"The whole history was checked: {report['violations']} let through later than {report['bound_s']} s after a "
        f"withdrawal was acknowledged (the freshness a gate asks for and its longest block); "
        f"{report['overtaken']} statements overtaken, {report['unheard']} unheard.",
        "",
    ]
    if report["away_s"] is not None:
        lines += [
            f"The keeper was killed in mid-run and counted as away for {report['away_s']} s: nobody was let through "
            "then, and what was said meanwhile was heeded when another had taken its place.",
            "",
        ]
    return "\n".join(lines)

"""`anning index`: the process that keeps the index for all gates of a machine, and how the index is (索引)."""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack
from typing import Annotated, Any

import typer

from anning.cli import here, show
from anning.errors import Unavailable
from anning.gate.index import CompactIndex, snapshot
from anning.gate.keeper import SOCKET_NAME, Keeper, SharedIndex
from anning.gate.opening import SNAPSHOT_NAME, freshened, open_gate, save
from anning.journal import Follower
from anning.journal.store import excerpts_after
from anning.registers.open import open_to_read


def keep_(
    as_json: Annotated[bool, typer.Option("--json", help="就绪时输出一行 JSON | one line of JSON when ready")] = False,
) -> None:
    """保管本机索引，供各进程共用；收到终止信号时写快照 | Keep the index for all processes; a snapshot when ended."""
    settings = here.settings()
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    gate = open_gate(
        settings.database,
        settings.segments,
        snapshots=settings.snapshots,
        shared=True,
        counts=settings.counts,
        shards=settings.counts_shards,
    )
    with ExitStack() as stack:
        store = stack.enter_context(open_to_read(settings)).store
        follower = stack.enter_context(Follower(store, gate.position, read=excerpts_after))
        keeper = Keeper(gate, follower, settings.snapshots / SOCKET_NAME)
        stack.callback(keeper.close)
        if as_json:
            show.as_json({"position": gate.position, "socket": str(settings.snapshots / SOCKET_NAME)})
        else:
            show.say(
                f"索引已就绪，读到第 {gate.position} 号事件；Ctrl-C 结束",
                f"the index is ready, read up to event {gate.position}; Ctrl-C ends",
            )
        heard = gate.erasures
        while not ending.is_set():
            keeper.follow(0.2)
            if gate.erasures != heard:
                heard = gate.erasures
                threading.Thread(target=freshened(gate, store, settings.snapshots), name="anning-snapshot").start()
        save(gate, store, settings.snapshots)


def show_(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON | print JSON")] = False) -> None:
    """索引读到哪里、有多大、快照可用否 | How far the index has read, how large it is, whether its snapshot is good."""
    settings = here.settings()
    told: dict[str, Any] = {"keeper": None, "snapshot": None}
    try:
        told["keeper"] = _figures(SharedIndex(settings.snapshots / SOCKET_NAME))
    except Unavailable as away:
        told["away"] = {"zh": away.zh, "en": away.en}
    found = snapshot.contents_of(settings.snapshots / SNAPSHOT_NAME)
    if isinstance(found, snapshot.Contents):
        told["snapshot"] = {"position": found.position, "log": found.log_id}
    else:
        told["refused"] = {"rule": found.rule, "zh": found.zh, "en": found.en}
    if as_json:
        show.as_json(told)
        return
    kept = told["keeper"]
    if kept is None:
        show.say(told["away"]["zh"], told["away"]["en"])
    else:
        show.say(
            f"保管中：读到第 {kept['position']:,} 号；号码块 {kept['blocks']:,} 个，同意及往来 {kept['pairs']:,} 条，"
            f"意愿类别 {kept['generals']:,} 种",
            f"kept: read up to {kept['position']:,}; {kept['blocks']:,} blocks of a million numbers, "
            f"{kept['pairs']:,} dealings, {kept['generals']:,} kinds of wishes",
        )
    if told["snapshot"] is None:
        show.say(told["refused"]["zh"], told["refused"]["en"])
    else:
        position = told["snapshot"]["position"]
        show.say(f"快照：第 {position:,} 号", f"snapshot: up to {position:,}")


def _figures(index: CompactIndex) -> dict[str, int]:
    return {
        "position": index.position,
        "blocks": int((index.arrays["blocks"] >= 0).sum()),
        "pairs": len(index.pairs),
        "generals": len(index.ledger.generals) - 1,
        "classes": len(index.ledger.classes) - 1,
    }

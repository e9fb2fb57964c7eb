"""`anning counts`: who owns the counts of contacts and volumes, and how they are (联系计数)."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import structlog
import typer

from anning.cli import here, show
from anning.errors import InvalidInput, NotTheWriter, Unavailable
from anning.gate.counts.client import Connection
from anning.gate.counts.counts import Counts
from anning.gate.counts.feed import Feed
from anning.gate.counts.ledger import Ledger
from anning.gate.counts.messages import Report, Reported
from anning.gate.counts.owner import OwnerThread
from anning.gate.counts.shards import shard_folders
from anning.gate.counts.view import CountsView
from anning.gate.past_volume import room_for
from anning.journal import Store
from anning.logs import warn
from anning.registers.open import must_exist
from anning.registers.views import MIGRATIONS, RegisterView
from anning.settings import Settings

_TURN: Final = 0.5
_AGAIN: Final = 1.0
_log = structlog.get_logger()


def serve_(
    shard: Annotated[
        int, typer.Option("--shard", help="只持有这一片（从 0 起），其余由别的进程持有 | own this shard alone, from 0")
    ] = -1,
) -> None:
    """持有计数并应答各闸口，直到收到终止信号 | Own the counts and answer every gate until told to end."""
    settings = here.settings()
    must_exist(settings.database)
    folders = shard_folders(settings.counts, settings.counts_shards)
    if not -1 <= shard < len(folders):
        raise InvalidInput(
            f"没有第 {shard} 片：共 {len(folders)} 片",
            f"there is no shard {shard}: there are {len(folders)}",
            thing=str(shard),
            field="shard",
            rule="counts-shards",
        )
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with ExitStack() as stack:
        owners = [
            stack.enter_context(OwnerThread(folder, Ledger(folder, capacity=settings.counts_capacity, wait=_AGAIN)))
            for place, folder in enumerate(folders)
            if shard in (-1, place)
        ]
        show.say(f"已持有计数 {settings.counts}", f"owns the counts in {settings.counts}")
        sys.stdout.flush()
        _follow(settings, owners, ending, feeds=shard <= 0)


def _follow(settings: Settings, owners: list[OwnerThread], ending: threading.Event, *, feeds: bool) -> None:
    """Tell the owners what the journal records, until the end; one process does so for all shards."""
    with (
        Store.open(settings.database, [RegisterView()], migrations=MIGRATIONS, segments=settings.segments) as store,
        Counts(settings.counts, settings.counts_shards) as counts,
    ):
        feed: Feed | None = None
        while not ending.is_set():
            if any(owner.failure is not None for owner in owners):
                raise Unavailable(
                    "写入计数失败，请检查磁盘后重新启动",
                    "the counts could not be written: look after the disk and start again",
                    thing=str(settings.counts),
                )
            try:
                if feeds and feed is None:
                    feed = Feed(store, counts)
                if feed is None or not feed.turn(_TURN):
                    ending.wait(0.0 if feed else _TURN)
            except Unavailable as away:
                warn(_log, "counts.feed_waits", error=away.en)
                ending.wait(_AGAIN)
        if feed is not None:
            feed.close()


def show_(
    sender: Annotated[
        str, typer.Option("--sender", help="这家机构的服务类业务量 | this organisation's volume of service messages")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 | as JSON")] = False,
) -> None:
    """计数的现状：多少联系、占多少内存、读到日志何处 | How the counts are: contacts, memory, place in the journal."""
    settings = here.settings()
    if sender:
        _show_volume(settings, sender, as_json=as_json)
        return
    folders = shard_folders(settings.counts, settings.counts_shards)
    reports = [report for folder in folders for report in _report(folder)]
    if as_json:
        show.as_json({"shards": list(map(msgspec.structs.asdict, reports))})
        return
    if not reports:
        show.say("还没有计数", "there are no counts yet")
    for place, report in enumerate(reports):
        show.line(
            f"{place}: ",
            f"{report.contacts:,} 条联系（上限 {report.capacity:,}），{report.open:,} 条未结，"
            f"{report.senders:,} 个发送者，内存 {report.bytes:,} 字节，磁盘 {report.on_disk:,} 字节，"
            f"日志读至 {report.position}",
            f"{report.contacts:,} contacts of {report.capacity:,} at most, {report.open:,} open, "
            f"{report.senders:,} senders, {report.bytes:,} bytes of memory, {report.on_disk:,} on disk, "
            f"the journal heard up to {report.position}",
        )


def _report(folder: Path) -> list[Reported]:
    """How a shard is: told by its owner, or read from its files when nobody owns it."""
    if not folder.exists():
        return []
    with Connection(folder) as connection:
        try:
            answers = connection.ask([Report()])
        except Unavailable as away:
            try:
                with Ledger(folder) as ledger:
                    answers = ledger.ask([Report()])
            except NotTheWriter:
                raise away from None
    return [answer for answer in answers if isinstance(answer, Reported)]


def _show_volume(settings: Settings, sender: str, *, as_json: bool) -> None:
    view, now = CountsView(settings.counts, settings.counts_shards), datetime.now(UTC)
    told: dict[str, Any] = {}
    for channel in ("sms", "app"):
        volume, room = room_for(sender, channel, now, view)
        told[channel] = {**msgspec.structs.asdict(volume), "room": room}
    if as_json:
        show.as_json({"sender": sender, **told})
        return
    for channel, each in told.items():
        show.line(
            f"{channel}: ",
            f"本小时服务类 {each['this_hour']:,} 条，既往最高一小时 {each['peak']:,} 条，"
            f"故障时每小时可发 {each['room']:,} 条",
            f"{each['this_hour']:,} service messages this hour, {each['peak']:,} in the busiest, "
            f"{each['room']:,} an hour may go in an outage",
        )

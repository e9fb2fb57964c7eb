"""Everything one server holds together (服务进程): registers, writer, accounts, gate, state, worker."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Final

import structlog

from anning.accounts import events as account_events
from anning.accounts import model
from anning.accounts.may import Principal
from anning.accounts.open import Accounts, open_state, open_store
from anning.accounts.roles import ROOT
from anning.api import tables
from anning.api.clerk import work
from anning.api.counting import Counting
from anning.api.holds import Holds
from anning.api.identify import TENANT_HEADER, Doorkeeper
from anning.api.judging import Judging
from anning.api.limits import Addresses
from anning.api.metrics import Metrics
from anning.api.quota import Quotas
from anning.api.scrubs import Scrubs
from anning.api.webhooks import AT_ONCE, Webhooks, tell_due
from anning.errors import NotFound
from anning.gate.opening import freshened, open_gate
from anning.journal import Clock, Event
from anning.journal.envelope import now as present
from anning.journal.envelope import to_microseconds
from anning.logs import complain
from anning.outbox import Outbox
from anning.outbox.outbox import STATE_MIGRATIONS as OUTBOX_MIGRATIONS
from anning.registers.erasing import Eraser
from anning.registers.open import Registers
from anning.registers.suppression import Marks
from anning.settings import Settings
from anning.state import Seal
from anning.wishes.open import STATE_MIGRATIONS as WISHES_MIGRATIONS
from anning.wishes.open import Wishes

SERVING: Final = "serving.json"
"""In the data directory: where the server listens, and what the terminal of this machine shows it."""

BEAT: Final = 1.0
"""Seconds between two rounds of housekeeping."""

_log = structlog.get_logger(__name__)


class House:
    """One server's parts. `open` takes the journal's writer; `close` gives it back.

    Attributes:
        registers, accounts, judging, holds, scrubs, counting, doorkeeper, outbox, wishes, eraser: its parts.
        shadow: everything is judged and counted, nothing enforced.
        origin: the address browsers see.
        local_token: what the terminal of this machine shows.
    """

    def __init__(self, settings: Settings, *, shadow: bool = False, clock: Clock = present) -> None:
        self.settings = settings
        self.shadow = shadow
        self.clock = clock
        self.local_token = secrets.token_urlsafe(32)
        self.origin = settings.public_url.rstrip("/")
        self._closing: list[Callable[[], object]] = []
        self._stop = threading.Event()
        self._changed = threading.Event()
        self._tidied: datetime | None = None
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        settings, clock = self.settings, self.clock
        store = open_store(settings)
        self._closing.append(store.close)
        self.state = open_state(settings, tables.STATE_MIGRATIONS, OUTBOX_MIGRATIONS, WISHES_MIGRATIONS)
        self._closing.append(self.state.close)
        self.seal = Seal.of(settings.seal_key)
        self.registers = Registers(
            store,
            writer_wait=settings.writer_wait,
            group_commit_max=settings.group_commit_max,
            clock=clock,
            marks=Marks(settings.seal_key),
        )
        self._closing.append(self.registers.close)
        writer = self.registers.writer
        self.judging = Judging(
            open_gate(
                settings.database,
                settings.segments,
                snapshots=settings.snapshots,
                small=-1,
                counts=settings.counts,
                shards=settings.counts_shards,
            )
        )
        self.accounts = Accounts(self.registers, self.state, self.seal, settings=settings, clock=clock)
        self.doorkeeper = Doorkeeper(self.accounts, self.local_token, clock)
        self.counting = Counting(self.state, clock, shadow=self.shadow)
        self._closing.append(self.count)
        self.webhooks = Webhooks(self.state, store, self.seal, clock, to_private=settings.webhooks_to_private)
        self.metrics = Metrics(self)
        self.holds = Holds(self.state, self.seal, self.judging, clock, self._is_outsider)
        self.scrubs = Scrubs(self.state, settings.data_dir / "scrubs", clock, shadow=self.shadow)
        self.scrubs.resume()
        self.addresses = Addresses()
        self.quotas = Quotas(
            self.state,
            clock,
            questions=settings.outsider_questions_per_day,
            consents=settings.outsider_consents_per_day,
        )
        self.outbox = Outbox(self.state, self.seal, clock)
        self.wishes = Wishes(
            self.registers,
            self.state,
            self.seal,
            self.outbox,
            clock,
            settings=settings,
            origin=lambda: self.origin,
        )
        self.eraser = Eraser(self.registers, self.wishes.let_go_of)
        writer.subscribe(self._heard)

    # --- running ------------------------------------------------------------------------------------------------

    def start(self, url: str) -> None:
        """Begin what runs beside the answering: the worker for lists, the housekeeping; say where this listens."""
        self.origin = self.settings.public_url.rstrip("/") or url
        self.wake = get_context("spawn").Event()
        self._worker = self._begin_worker()
        self._closing.append(self._end_worker)
        self._telling = ThreadPoolExecutor(AT_ONCE, "anning-webhooks")
        self._closing.append(lambda: self._telling.shutdown(cancel_futures=True))
        beat = threading.Thread(target=self._keep_house, name="anning-house", daemon=True)
        beat.start()
        self._closing.append(lambda: self._end_beat(beat))
        self._say_where(url)

    def _begin_worker(self) -> SpawnProcess:
        worker = get_context("spawn").Process(
            target=work, args=(self.settings, self.wake, os.getpid(), self.shadow), name="anning-clerk", daemon=True
        )
        worker.start()
        return worker

    def _end_worker(self) -> None:
        self._worker.terminate()
        self._worker.join(10)
        if self._worker.is_alive():
            self._worker.kill()
            self._worker.join()

    def _end_beat(self, beat: threading.Thread) -> None:
        self._stop.set()
        self._changed.set()
        beat.join()

    def _keep_house(self) -> None:
        while not self._stop.is_set():
            self._changed.wait(BEAT)
            if self._stop.is_set():
                return
            changed = self._changed.is_set()
            self._changed.clear()
            steps: list[Callable[[], object]] = [
                self.count,
                self._look_at_counts,
                self._mind_worker,
                self._once_an_hour,
            ]
            if changed:
                steps.append(self._judge_holds)
            for step in (*steps, self._tell):
                try:
                    step()
                except Exception:  # noqa: BLE001 - the next round tries again
                    complain(_log, "housekeeping-failed", step=getattr(step, "__name__", ""), exc_info=True)
            self._stop.wait(0.05)

    def _look_at_counts(self) -> None:
        """What gateways sent in the meantime."""
        self.judging.gate.contacts.refresh()

    def _judge_holds(self) -> None:
        """The registers changed: what was held may stand otherwise now."""
        self.holds.judge_again()

    def _mind_worker(self) -> None:
        if not self._worker.is_alive() and not self._stop.is_set():
            complain(_log, "worker-died", code=self._worker.exitcode)
            self.scrubs.resume()
            self._worker = self._begin_worker()

    def count(self) -> None:
        """Keep what was decided since last time."""
        counted = self.judging.counted()
        self.counting.add(counted)
        for key, many in counted.items():
            self.metrics.decided[key[4]] += many

    def hurry(self) -> None:
        """There is something to do now."""
        self._changed.set()

    def _tell(self) -> None:
        """Queue what the journal says for webhooks, and tell what is due."""
        while self.webhooks.feed():
            pass
        while self.webhooks.deliver(self._telling):
            pass

    def _once_an_hour(self) -> None:
        """Due dates told, old things forgotten."""
        now = self.clock()
        if self._tidied is not None and now - self._tidied < timedelta(hours=1):
            return
        self._tidied = now
        before = now - timedelta(days=self.settings.hold_days)
        self.holds.sweep(before)
        self.webhooks.sweep(before)
        self.outbox.sweep(before)
        self.wishes.sweep()
        self.quotas.sweep()
        self.erase_due()
        with self.state.write() as connection:
            tables.QUERIES.change(connection, "sweep_answers", before=to_microseconds(now - timedelta(days=1)))
        tell_due(self.webhooks, self.registers.store, now)

    def _is_outsider(self, tenant: str) -> bool:
        """Whether a tenant is told no wishes; one that is gone is told none."""
        found = self.accounts.tenant(tenant)
        return found is None or found.outsider

    def erase_due(self) -> None:
        """Erase what became due, and have no snapshot left that holds it."""
        done = self.eraser.hourly()
        if done is not None and done.erased:
            self.freshen()

    def freshen(self) -> None:
        """After an erasure: no snapshot of the index stays that holds what was erased."""
        with self.judging.mutex:
            write = freshened(self.judging.gate, self.registers.store, self.settings.snapshots)
        write()

    def _heard(self, events: Sequence[Event]) -> None:
        """In the writer's thread, before the acknowledgement."""
        self.judging.follow(events)
        self.doorkeeper.heard(events, account_events.KINDS)
        self._changed.set()

    def _say_where(self, url: str) -> None:
        path = self.settings.data_dir / SERVING
        part = path.with_name(f".{SERVING}.{os.getpid()}")
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"url": url, "token": self.local_token, "pid": os.getpid()}, file)
        part.replace(path)
        self._closing.append(lambda: _forget_where(path, self.local_token))

    def close(self) -> None:
        """Stop everything, the latest begun first; what is counted is kept."""
        self._stop.set()
        while self._closing:
            try:
                self._closing.pop()()
            except Exception:  # noqa: BLE001 - the steps after this one must be taken too
                complain(_log, "closing-failed", exc_info=True)

    # --- for the doors ------------------------------------------------------------------------------------------

    def tenant_asked(self, who: Principal, headers: dict[bytes, bytes]) -> model.Tenant:
        """In whose name somebody asks: the tenant named in the header, else their own.

        Raises:
            NotFound: there is none of that name, or it is closed.
        """
        named = headers.get(TENANT_HEADER, b"").decode("latin-1") or who.tenant or ROOT
        found = self.accounts.tenant(named)
        if found is None:
            raise NotFound("没有这个租户", "there is no such tenant", thing=named, field="tenant", rule="known-tenant")
        return found

    def log_failure(self, error: BaseException) -> None:
        """Something went wrong that is ours to mend."""
        complain(_log, "request-failed", error=type(error).__name__, exc_info=error)


def _forget_where(path: Path, token: str) -> None:
    with suppress(OSError, ValueError):
        said: Any = json.loads(path.read_text(encoding="utf-8"))
        if said.get("token") == token:
            path.unlink()

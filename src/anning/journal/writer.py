"""The one journal writer (唯一写入者): validates, numbers without gaps, commits in groups, then acknowledges.

Any thread submits; one thread drains the queue. Up to ``group_commit_max`` commands share a transaction (see
`anning.journal.committing`): a command that is refused takes nothing of the others with it. Within the transaction a
command sees the views as its forerunners left them. A command is answered only when it is on disk, and answered the
same way whenever it is asked again under its idempotency key.

Who holds the lock gets an epoch. A transaction begins by locking the epoch and comparing it, so a writer that was
given up for dead cannot commit after its successor began.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Final, TypeAlias

import structlog

from anning.errors import AnningError, NotTheWriter, Unavailable
from anning.journal import steps
from anning.journal.command import Ack, Command, Task
from anning.journal.committing import Committer
from anning.journal.database import Lock
from anning.journal.driver import in_the_family
from anning.journal.envelope import Clock, Event, Salts, must_be_text, new_salt, now, to_microseconds
from anning.journal.store import STATEMENTS, Store

GROUP_COMMIT_MAX: Final = 256

Subscriber: TypeAlias = Callable[[Sequence[Event]], None]

_log = structlog.get_logger(__name__)


class Writer:
    """Use as a context manager, or call `close`."""

    def __init__(
        self, store: Store, lock: Lock, epoch: int, *, group_commit_max: int, clock: Clock, salts: Salts
    ) -> None:
        self.store = store
        self.epoch = epoch
        self._lock = lock
        self._connection = store.database.connect()
        self._group_commit_max = group_commit_max
        self._committer = Committer(store, self._connection, epoch, clock=clock, salts=salts)
        self._queue: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._ended: AnningError | None = None
        self._under_way: list[Task] = []
        self._subscribers: list[Subscriber] = []
        self._thread = threading.Thread(target=self._run, name="anning-journal-writer", daemon=True)
        self._thread.start()

    @classmethod
    @in_the_family()
    def acquire(
        cls,
        store: Store,
        *,
        wait: float = 5.0,
        group_commit_max: int = GROUP_COMMIT_MAX,
        clock: Clock = now,
        salts: Salts = new_salt,
    ) -> Writer:
        """Become the writer.

        Args:
            store: the journal to write.
            wait: seconds to wait for the lock.
            group_commit_max: how many commands may share a transaction.
            clock, salts: the present moment and the salts of the leaves; tests give their own.

        Raises:
            NotTheWriter: another process keeps the lock.
        """
        lock = store.database.lock(wait)
        try:
            with store.database.connect() as connection, connection.transaction(store.database.begin_write):
                STATEMENTS.change(connection, "raise_epoch")
                epoch = STATEMENTS.value(connection, "epoch")
            return cls(store, lock, epoch, group_commit_max=group_commit_max, clock=clock, salts=salts)
        except BaseException:
            lock.release()
            raise

    def submit(self, command: Command, *, key: str, tenant: str, actor: str, at: datetime) -> Future[Ack]:
        """Queue a command; the future holds its `Ack` once it is on disk, or the error that refused it.

        Args:
            command: what is said.
            key: its idempotency key, unique within the tenant.
            tenant, actor: in whose register and by whom; its entries carry the same.
            at: when it was said; its entries cannot have been said later.

        Raises:
            InvalidCommand: one of these is not what it must be.
            NotTheWriter: this writer has ended.
        """
        for name, text in (("key", key), ("tenant", tenant), ("actor", actor)):
            must_be_text(text, name)
        to_microseconds(at)
        task = Task(command, command.digest(), key, tenant, actor, at, Future())
        with self._gate:
            if self._ended is not None:
                raise self._ended
            self._queue.put(task)
        return task.future

    def write(
        self, command: Command, *, key: str, tenant: str, actor: str, at: datetime, timeout: float | None = None
    ) -> Ack:
        """Submit and wait for the answer."""
        return self.submit(command, key=key, tenant=tenant, actor=actor, at=at).result(timeout)

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Hear of every event after it is committed and before it is acknowledged, in order, in the writer's thread.

        So whoever holds an acknowledgement finds every subscriber up to date. A callback must be quick and must not
        wait for this writer; what it raises is logged and harms nobody else. Returns what ends the
        subscription.
        """
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def close(self) -> None:
        """Answer what is queued, then let the next one write."""
        self._end(NotTheWriter("写入者已关闭", "this writer is closed"))
        self._thread.join()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end(self, reason: AnningError) -> None:
        with self._gate:
            if self._ended is None:
                self._ended = reason
                self._queue.put(None)

    def _run(self) -> None:
        """Commit until the end, and leave nobody waiting whatever that end is."""
        try:
            while tasks := self._next_tasks():
                self._under_way = tasks
                self._commit([task for task in tasks if task.future.set_running_or_notify_cancel()])
        except BaseException as error:  # noqa: BLE001 - whatever it was, every waiting future must hear of it
            _say("writer-died", error=type(error).__name__)
            self._end(_unknown_outcome(error))
        finally:
            for last_step in (self._refuse_the_rest, self._connection.close, self._lock.release):
                with _going_on_whatever_happens(last_step.__name__):
                    last_step()

    def _refuse_the_rest(self) -> None:
        """Answer what was taken up and what is queued; after the end nothing more is queued."""
        for task in self._under_way + self._drain():
            _refuse(task, self._ended or NotTheWriter("写入者已关闭", "this writer is closed"))

    def _next_tasks(self) -> list[Task]:
        """The next commands to commit together; none when the writer has ended."""
        tasks: list[Task] = []
        task = self._queue.get()
        while task is not None:
            tasks.append(task)
            if len(tasks) == self._group_commit_max or self._queue.empty():
                return tasks
            task = self._queue.get()
        if tasks:
            self._queue.put(None)
        return tasks

    def _commit(self, tasks: list[Task]) -> None:
        steps.reached("writer.before-begin")
        try:
            batch = self._committer.commit(tasks)
        except Exception as error:  # noqa: BLE001 - whatever it was, every waiting future must hear of it
            self._fail(tasks, error)
            return
        steps.reached("writer.after-commit")
        if batch.events:
            self.store.database.ring()
        self._tell_subscribers(batch.events)
        steps.reached("writer.before-ack")
        for future, outcome in batch.outcomes:
            if isinstance(outcome, Ack):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)

    def _tell_subscribers(self, events: list[Event]) -> None:
        if not events:
            return
        for callback in tuple(self._subscribers):
            try:
                callback(events)
            except Exception:  # noqa: BLE001 - a subscriber's fault is not the writer's
                _say("subscriber-failed", first=events[0].position, last=events[-1].position, exc_info=True)

    def _fail(self, tasks: list[Task], error: Exception) -> None:
        _say("commit-failed", commands=len(tasks), error=type(error).__name__)
        told = error if isinstance(error, NotTheWriter) else _unknown_outcome(error)
        waiting = list(tasks)
        if isinstance(error, NotTheWriter) or self._connection.lost:
            self._end(told)
            waiting += self._drain()
        for task in waiting:
            _refuse(task, told)

    def _drain(self) -> list[Task]:
        """What was queued before the end; the mark of the end goes back for `_next_tasks`."""
        tasks = []
        with suppress(queue.Empty):
            while True:
                task = self._queue.get_nowait()
                if task is not None:
                    tasks.append(task)
        self._queue.put(None)
        return tasks


def _say(what: str, **facts: Any) -> None:
    """Log it; a log that cannot be written, its stream closed or its disk full, must not stop the writer."""
    with suppress(Exception):
        _log.error(what, **facts)


@contextmanager
def _going_on_whatever_happens(step: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:  # noqa: BLE001 - the steps after this one must be taken too
        _say("writer-end-failed", step=step, error=type(error).__name__)


def _refuse(task: Task, reason: AnningError) -> None:
    """Let the future hear of it, unless it was answered already or nobody wants the answer any more."""
    future = task.future
    if future.done() and not future.cancelled():
        return
    with suppress(InvalidStateError, RuntimeError):
        if future.running() or future.set_running_or_notify_cancel():
            future.set_exception(reason)


def _unknown_outcome(cause: BaseException) -> Unavailable:
    told = Unavailable(
        "写入失败，结果不明；请用同一幂等键重试",
        "the write failed and its outcome is not known; ask again with the same idempotency key",
        thing="journal",
    )
    told.__cause__ = cause
    return told

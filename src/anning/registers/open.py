"""The registers of this installation, opened (登记库): tables made, writer taken when something is to be written."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from types import TracebackType

from anning.errors import SchemaMismatch, Unavailable
from anning.journal import Ack, Command, Store, Writer
from anning.journal.envelope import Clock
from anning.journal.envelope import now as present
from anning.registers.commands import RegisterCommand, Said, TogetherCommand
from anning.registers.events import Payload
from anning.registers.imports import Importer, ImportReport, Progress, RowKind
from anning.registers.stated import Stated, stated
from anning.registers.suppression import Marks
from anning.registers.views import MIGRATIONS, RegisterView
from anning.settings import Settings, read_settings

TENANT = "anning"
"""The tenant of an installation that has only one."""


class Registers:
    """Who may, and who wishes what, in one installation. Use as a context manager, or call `close`.

    Reading needs nobody's leave. The first write takes the journal's one writer and keeps it until `close`.

    Attributes:
        store: the system of record below.
        marks: makes the marks that keep old lists from bringing somebody back; None where no key was named.
    """

    def __init__(
        self,
        store: Store,
        *,
        writer_wait: float,
        group_commit_max: int,
        tenant: str = TENANT,
        clock: Clock = present,
        marks: Marks | None = None,
    ) -> None:
        self.store = store
        self.marks = marks
        self._writer_wait = writer_wait
        self._group_commit_max = group_commit_max
        self._tenant = tenant
        self._clock = clock
        self._writer: Writer | None = None
        self._mutex = threading.Lock()

    @property
    def tenant(self) -> str:
        """The installation's own."""
        return self._tenant

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self._clock()

    @property
    def writer(self) -> Writer:
        """The journal's writer, taken at the first use.

        Raises:
            NotTheWriter: another process holds it.
        """
        with self._mutex:
            if self._writer is None:
                self._writer = Writer.acquire(
                    self.store,
                    wait=self._writer_wait,
                    group_commit_max=self._group_commit_max,
                    clock=self._clock,
                )
            return self._writer

    def command(self, said: Said, *, actor: str, key: str = "", at: datetime | None = None) -> RegisterCommand:
        """A statement as a command; without a key it is new each time, without a time it is said now."""
        return self._command(said, self._tenant, actor=actor, key=key, at=at, now=self._clock())

    def _command(
        self, said: Said, tenant: str, *, actor: str, key: str, at: datetime | None, now: datetime
    ) -> RegisterCommand:
        return RegisterCommand(
            said,
            tenant=tenant,
            actor=actor,
            at=at or now,
            key=key or f"once-{secrets.token_hex(12)}",
            dated=at is not None,
            marks=self.marks,
        )

    def write(self, said: Said, *, actor: str, key: str = "", at: datetime | None = None, tenant: str = "") -> Ack:
        """Say something to the registers; the answer comes when it is on disk.

        Args:
            said: a payload of `anning.registers.events`, or a `ReplyReceived`.
            actor: who says it.
            key: the idempotency key; the same statement under the same key is written once.
            at: from when it counts, not in the future; now when not given.
            tenant: in whose register; the installation's own when not given.

        Raises:
            InvalidCommand: what is said is malformed or forbidden.
            Conflict: the key was used for something else.
            NotTheWriter: another process writes.
        """
        return self.submit(said, actor=actor, key=key, at=at, tenant=tenant).result()

    def submit(
        self, said: Said, *, actor: str, key: str = "", at: datetime | None = None, tenant: str = ""
    ) -> Future[Ack]:
        """As `write`, without waiting: many statements submitted together share a commit."""
        # Read once: a clock that is set back between two readings would put the statement in the future.
        now = self._clock()
        command = self._command(said, tenant or self._tenant, actor=actor, key=key, at=at, now=now)
        return self.writer.submit(command, key=command.key, tenant=command.tenant, actor=actor, at=now)

    def submit_together(self, said: Sequence[Payload], *, actor: str, key: str = "", tenant: str = "") -> Future[Ack]:
        """Say several things of this moment, all or none, in this order; see `submit`."""
        now = self._clock()
        command = TogetherCommand(
            said,
            tenant=tenant or self._tenant,
            actor=actor,
            at=now,
            key=key or f"once-{secrets.token_hex(12)}",
            marks=self.marks,
        )
        return self.writer.submit(command, key=command.key, tenant=command.tenant, actor=actor, at=now)

    def take(
        self,
        path: Path,
        row_kind: RowKind,
        *,
        actor: str,
        defaults: Mapping[str, str] | None = None,
        good_rows: bool = False,
        bad_file: Path | None = None,
        progress: Progress | None = None,
        tenant: str = "",
        operator: str = "",
        spoken_for: frozenset[str] | None = None,
        reserve: Callable[[int], None] | None = None,
    ) -> ImportReport:
        """Import a list of wishes, consents or new holders; see `anning.registers.imports.Importer.take`."""
        importer = Importer(
            self.store,
            _WriterWhenReady(self),
            tenant=tenant or self._tenant,
            actor=actor,
            now=self._clock(),
            marks=self.marks,
        )
        return importer.take(
            path,
            row_kind,
            defaults=defaults,
            good_rows=good_rows,
            bad_file=bad_file,
            progress=progress,
            operator=operator,
            spoken_for=spoken_for,
            reserve=reserve,
        )

    def events(self, after: int = 0) -> Iterator[Stated]:
        """Everything stated after a journal position, in order, the rows of imports included."""
        return stated(self.store.excerpts(after), self.store.database.segments)

    def close(self) -> None:
        """Let the next one write, and close the connections."""
        with self._mutex:
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
        self.store.close()

    def __enter__(self) -> Registers:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


class _WriterWhenReady:
    """Takes the journal's writer only when there is something to commit: others write while a list is being read."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers

    def write(self, command: Command, *, key: str, tenant: str, actor: str, at: datetime) -> Ack:
        """Take the writer and commit."""
        return self._registers.writer.write(command, key=key, tenant=tenant, actor=actor, at=at)


def open_registers(settings: Settings | None = None, *, clock: Clock = present) -> Registers:
    """The registers where the settings say, their tables made or brought up to date first.

    Raises:
        SchemaMismatch: the database was written by another version.
        NotTheWriter: the tables are not up to date, and another process holds the writer's lock.
        Unavailable: the database cannot be reached.
    """
    chosen = settings or read_settings()
    return _registers(open_store(chosen.database, chosen.segments), chosen, clock)


def open_to_read(settings: Settings | None = None, *, clock: Clock = present) -> Registers:
    """The registers where the settings say, as they are: looking something up makes no directory and no table.

    Raises:
        Unavailable: there is no such database, or it cannot be reached.
        SchemaMismatch: the database was written by another version.
    """
    chosen = settings or read_settings()
    must_exist(chosen.database)
    store = Store.open(chosen.database, [RegisterView()], migrations=MIGRATIONS, segments=chosen.segments)
    return _registers(store, chosen, clock)


def _registers(store: Store, chosen: Settings, clock: Clock) -> Registers:
    return Registers(
        store,
        writer_wait=chosen.writer_wait,
        group_commit_max=chosen.group_commit_max,
        clock=clock,
        marks=Marks(chosen.seal_key),
    )


def must_exist(url: str) -> None:
    """Nothing, when a database file is there, or the database is not a file.

    Raises:
        Unavailable: there is no such file.
    """
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).is_file():
        raise Unavailable(
            f"没有事件库 {path}；可用 anning sender add 开始登记，或先运行 anning demo，或用 --data 指明数据目录",
            f"there is no database {path}: begin one with `anning sender add`, run `anning demo`, "
            "or name the data directory with --data",
            thing=path,
            field="data",
        )


def open_store(url: str, segments: Path | None) -> Store:
    """The system of record with the register tables in it, made first when they are not there.

    Raises:
        SchemaMismatch: the database was written by another version.
    """
    try:
        return Store.open(url, [RegisterView()], migrations=MIGRATIONS, segments=segments)
    except SchemaMismatch:
        return Store.create(url, [RegisterView()], migrations=MIGRATIONS, segments=segments)

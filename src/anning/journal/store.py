"""The system of record: the journal's events and the views made of them (事件库与视图)."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import msgspec
import psycopg

from anning.errors import JournalError, SchemaMismatch
from anning.journal import migrating
from anning.journal.database import SEGMENT, Connection, Database, Row, database_of
from anning.journal.driver import in_the_family
from anning.journal.envelope import Event, from_microseconds

STATEMENTS: Final = migrating.STATEMENTS
PAGE: Final = 10_000

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Position(msgspec.Struct, frozen=True):
    """A place in the journal (位置): the log and the number in it; number 0 is before the first event."""

    log_id: str
    position: int

    def __str__(self) -> str:
        return f"{self.log_id}:{self.position}"


class Excerpt(NamedTuple):
    """What a follower reads of an event (事件摘录): not its envelope, its payload as stored, canonical JSON.

    Attributes:
        payload: empty when it was erased.
        at: when it was said, in microseconds since 1970 UTC.
        file, bytes, sha256, live: of a segment of which rows were erased, what stands now in place of its file.
    """

    position: int
    kind: str
    payload: str
    tenant: str
    at: int
    file: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    live: int | None = None

    @property
    def erased(self) -> bool:
        """Whether what it said was erased."""
        return not self.payload

    @property
    def rewritten(self) -> dict[str, Any]:
        """See `Event.rewritten`."""
        return _rewritten(self.file, self.bytes, self.sha256, self.live)


class View(Protocol):
    """Tables made of nothing but events (视图): apply them all again, in order, and every row is the same.

    Attributes:
        name: what it is called.
        tables: the tables it owns, in the order they may be filled.
    """

    name: str
    tables: tuple[str, ...]

    def apply(self, connection: Connection, events: Sequence[Event], /) -> None:
        """Take these events in, inside the transaction that writes them; no clock, no randomness."""

    def reset(self, connection: Connection, /) -> None:
        """Empty all its tables."""


class Placed(Protocol):
    """Something read from the journal at its place."""

    @property
    def position(self) -> int:
        """Where."""


P = TypeVar("P", bound=Placed)


class Store:
    """A database opened with the views that live in it.

    Attributes:
        database: where.
        views: applied in this order, reset in the reverse.
        log_id: the log that positions belong to.
        segments: the folder of import segments.
    """

    def __init__(self, database: Database, views: Sequence[View], log_id: str) -> None:
        self.database = database
        self.views = tuple(views)
        self.log_id = log_id
        self._idle: list[Connection] = []
        self._mutex = threading.Lock()
        self._closed = False

    @classmethod
    def open(
        cls,
        url: str,
        views: Sequence[View] = (),
        *,
        migrations: Sequence[Path] = (),
        segments: Path | None = None,
    ) -> Store:
        """Open a database whose tables are already made.

        Args:
            url: ``sqlite:///path`` or ``postgresql://...``.
            views: what keeps tables beside the journal.
            migrations: the migration folders of the floors those views belong to.
            segments: the folder of import segments; beside the file by default for SQLite, to be named for PostgreSQL.

        Raises:
            SchemaMismatch: the tables are not those of this code.
            Unavailable: the database cannot be reached.
            JournalError: it is damaged, or no database at all.
        """
        database = database_of(url, segments)
        return cls(database, views, migrating.check(database, migrations))

    @classmethod
    def create(
        cls,
        url: str,
        views: Sequence[View] = (),
        *,
        migrations: Sequence[Path] = (),
        segments: Path | None = None,
        log_id: str | None = None,
    ) -> Store:
        """Open, making the tables or bringing them up to date first when they are not; for every start.

        A database that is as it should be is opened without the writer's lock, so beside a running writer too.
        """
        try:
            return cls.open(url, views, migrations=migrations, segments=segments)
        except SchemaMismatch:
            cls.migrate(url, migrations, log_id=log_id)
            return cls.open(url, views, migrations=migrations, segments=segments)

    @staticmethod
    def migrate(url: str, folders: Sequence[Path] = (), *, log_id: str | None = None, wait: float = 30.0) -> None:
        """See `anning.journal.migrating.migrate`."""
        migrating.migrate(database_of(url), folders, log_id=log_id, wait=wait)

    @staticmethod
    def rollback(url: str, folders: Sequence[Path] = (), *, steps: int | None = None, wait: float = 30.0) -> None:
        """See `anning.journal.migrating.rollback`."""
        migrating.rollback(database_of(url), folders, steps=steps, wait=wait)

    @property
    def segments(self) -> Path:
        """The folder of import segments.

        Raises:
            JournalError: none was named.
        """
        if self.database.segments is None:
            raise JournalError("未配置导入段目录", "no folder for import segments was configured", field="segments")
        return self.database.segments

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent snapshot to query, from any thread; gives nothing a way to write.

        Raises:
            Unavailable: the database went away.
            JournalError: it is damaged.
        """
        with in_the_family():
            connection = self._begun()
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # Closing undoes whatever was begun.
                connection.close()
                raise
        self._give_back(connection)

    def head(self) -> Position:
        """The place of the last event."""
        with self.read() as connection:
            return Position(self.log_id, STATEMENTS.value(connection, "head"))

    def events(self, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """The events after a position, in order, page by page: what is written meanwhile comes too."""
        return self._pages(events_after, after, limit)

    def excerpts(self, after: int = 0, limit: int | None = None) -> Iterator[Excerpt]:
        """As `events`, less of each and several times as fast."""
        return self._pages(excerpts_after, after, limit)

    def _pages(self, read: Callable[[Connection, int, int], list[P]], after: int, limit: int | None) -> Iterator[P]:
        left = limit
        while left is None or left > 0:
            with self.read() as connection:
                page = read(connection, after, PAGE if left is None else min(PAGE, left))
            if not page:
                return
            yield from page
            after = page[-1].position
            left = None if left is None else left - len(page)

    def close(self) -> None:
        """Close the idle connections; those in use close when given back."""
        with self._mutex:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begun(self) -> Connection:
        """A connection with a read begun; an idle one whose server went away meanwhile is replaced, once."""
        with self._mutex:
            idle = self._idle.pop() if self._idle else None
        if idle is not None:
            try:
                idle.execute(self.database.begin_read)
            except (sqlite3.Error, psycopg.Error):
                idle.close()
            else:
                return idle
        fresh = self.database.connect(read_only=True)
        try:
            fresh.execute(self.database.begin_read)
        except BaseException:
            fresh.close()
            raise
        return fresh

    def _give_back(self, connection: Connection) -> None:
        with self._mutex:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()


@in_the_family()
def rebuild(store: Store, views: Sequence[View] | None = None, *, wait: float = 30.0) -> int:
    """Empty the views and make them again from the journal, in one transaction (视图重建).

    Returns:
        How many events were replayed.

    Raises:
        NotTheWriter: somebody is writing.
        TornSegment: the file of an import is missing, or not the one its event vouches for.
    """
    from anning.journal.segment_files import checked_file

    chosen = store.views if views is None else tuple(views)
    lock = store.database.lock(wait)
    try:
        with store.database.connect() as connection, connection.transaction(store.database.begin_write):
            STATEMENTS.change(connection, "raise_epoch")
            for view in reversed(chosen):
                view.reset(connection)
            position = 0
            while page := events_after(connection, position, PAGE):
                for event in page:
                    if event.kind == SEGMENT and not event.erased and connection.segments is not None:
                        checked_file(event, connection.segments)
                for view in chosen:
                    view.apply(connection, page)
                position = page[-1].position
            return position
    finally:
        lock.release()


def events_after(connection: Connection, after: int, count: int) -> list[Event]:
    """Up to ``count`` events after a position, in order."""
    return [_event(row) for row in STATEMENTS.rows(connection, "events_after", after=after, count=count)]


def excerpts_after(connection: Connection, after: int, count: int) -> list[Excerpt]:
    """Up to ``count`` events after a position, in order, as a follower reads them."""
    # As `Excerpt._make`, without a call of Python for each of a million rows.
    excerpt = partial(tuple.__new__, Excerpt)
    return list(map(excerpt, STATEMENTS.rows(connection, "excerpts_after", after=after, count=count)))


def _event(row: Row) -> Event:
    position, log_id, kind, payload, tenant, actor, at, recorded_at, key, salt, leaf_hash, epoch, *rewritten = row
    return Event(
        log_id=log_id,
        position=position,
        kind=kind,
        payload=_decode(payload) if payload else {},
        tenant=tenant,
        actor=actor,
        at=from_microseconds(at),
        recorded_at=from_microseconds(recorded_at),
        key=key,
        salt=salt,
        leaf_hash=leaf_hash,
        epoch=epoch,
        rewritten=_rewritten(*rewritten),
    )


def _rewritten(file: str | None, length: int | None, sha256: str | None, live: int | None) -> dict[str, Any]:
    return {} if file is None else {"file": file, "bytes": length, "sha256": sha256, "live": live}

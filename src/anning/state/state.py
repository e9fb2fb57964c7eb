"""The state's database, opened (运行状态库): SQLite or PostgreSQL, one writing connection, many readers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yoyo

from anning.journal.database import Connection, Database, database_of
from anning.journal.driver import in_the_family

FILE: Final = "state.db"


def state_url(database: str) -> str:
    """Where the state of a system of record is: a file beside a file, the same database on a server."""
    if database.startswith("sqlite:///"):
        return f"sqlite:///{Path(database.removeprefix('sqlite:///')).parent / FILE}"
    return database


class State:
    """Use as a context manager, or call `close`. From any thread, never from an event loop."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._writing = threading.Lock()
        self._pooling = threading.Lock()
        self._writer: Connection | None = None
        self._idle: list[Connection] = []
        self._closed = False

    @classmethod
    def open(cls, url: str, folders: Sequence[Path]) -> State:
        """Open the state, its tables made or brought up to date first.

        Args:
            url: of the state, see `state_url`.
            folders: the migration folders of the floors that keep something here.

        Raises:
            NotTheWriter: tables must be made, and somebody holds the lock that this takes.
            Unavailable: the database cannot be reached.
        """
        database = database_of(url)
        migrate(database, folders)
        return cls(database)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent snapshot."""
        with in_the_family():
            connection = self._begun()
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
        with self._pooling:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is on disk when this ends or, when anything raises, nothing."""
        with self._writing, in_the_family():
            if self._writer is None or self._writer.lost:
                self._writer = self.database.connect()
            with self._writer.transaction(self.database.begin_write):
                yield self._writer

    def close(self) -> None:
        """Give all connections back."""
        with self._pooling:
            self._closed = True
            idle, self._idle = self._idle, []
        with self._writing:
            writer, self._writer = self._writer, None
        for connection in (*idle, *([] if writer is None else [writer])):
            connection.close()

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begun(self) -> Connection:
        with self._pooling:
            idle = self._idle.pop() if self._idle else None
        if idle is not None and not idle.lost:
            try:
                idle.execute(self.database.begin_read)
            except BaseException:
                idle.close()
                raise
            return idle
        fresh = self.database.connect(read_only=True)
        try:
            fresh.execute(self.database.begin_read)
        except BaseException:
            fresh.close()
            raise
        return fresh


@in_the_family()
def migrate(database: Database, folders: Sequence[Path], *, wait: float = 30.0) -> None:
    """Bring the state's tables to those of this code; nothing is locked when they are so already.

    Raises:
        NotTheWriter: somebody holds the lock.
    """
    if _is_current(database, folders):
        return
    lock = database.lock(wait)
    try:
        with _backend(database) as backend:
            backend.apply_migrations(backend.to_apply(_migrations(database, folders)))
    finally:
        lock.release()


@in_the_family()
def rollback(database: Database, folders: Sequence[Path], *, wait: float = 30.0) -> None:
    """Undo these floors' tables; what they held is gone."""
    lock = database.lock(wait)
    try:
        with _backend(database) as backend:
            backend.rollback_migrations(backend.to_rollback(_migrations(database, folders)))
    finally:
        lock.release()


def _is_current(database: Database, folders: Sequence[Path]) -> bool:
    if not database.exists():
        return False
    expected = {migration.id for migration in _migrations(database, folders)}
    with _backend(database) as backend:
        applied = {migration.id for migration in backend.to_rollback(_migrations(database, folders))}
    return expected == applied


def _backend(database: Database) -> Any:
    database.prepare()
    return yoyo.get_backend(database.yoyo_url)


def _migrations(database: Database, folders: Sequence[Path]) -> Any:
    places = [str(place) for folder in folders for place in (folder, folder / database.dialect) if place.is_dir()]
    return yoyo.read_migrations(*places)


__all__ = ["FILE", "State", "migrate", "rollback", "state_url"]

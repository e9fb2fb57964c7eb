"""The journal in one SQLite file: write-ahead log, synchronous FULL, the writer's lock a file beside it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

from filelock import FileLock, Timeout

from anning.errors import NotTheWriter
from anning.journal.bell import Bell, ring
from anning.journal.database import Connection, Dialect
from anning.journal.driver import in_the_family
from anning.journal.folders import make_folder

BUSY_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.005
"""How often a follower looks that has no bell."""

_OVERWRITES: Final = 1
"""The user_version of a file of which every deleted byte was overwritten."""

BELL_SECONDS: Final = 0.25
"""How often one looks all the same that has: a bell may be lost."""


class SqliteDatabase:
    """See `anning.journal.database.Database`."""

    dialect: ClassVar[Dialect] = "sqlite"
    begin_write: ClassVar[str] = "BEGIN IMMEDIATE"
    begin_read: ClassVar[str] = "BEGIN DEFERRED"

    def __init__(self, url: str, segments: Path | None) -> None:
        self.url = url
        self.path = Path(url.removeprefix("sqlite:///")).absolute()
        # yoyo hands the path on as part of a file: URI, in which SQLite undoes the quoting.
        self.yoyo_url = f"sqlite:///{quote(str(self.path))}"
        self.segments: Path | None = segments or self.path.parent / "segments"

    def exists(self) -> bool:
        return self.path.exists()

    def prepare(self) -> None:
        make_folder(self.path.parent)

    @in_the_family()
    def connect(self, *, read_only: bool = False) -> Connection:
        raw = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            raw.execute("PRAGMA journal_mode = WAL")
            raw.execute("PRAGMA synchronous = FULL")
            raw.execute("PRAGMA foreign_keys = ON")
            if read_only:
                raw.execute("PRAGMA query_only = ON")
            else:
                raw.execute("PRAGMA secure_delete = ON")
        except BaseException:
            raw.close()
            raise
        return Connection(raw, self.dialect, self.segments)

    def lock(self, wait: float) -> FileLock:
        self.prepare()
        lock = FileLock(f"{self.path}.writer", thread_local=False)
        try:
            lock.acquire(timeout=wait, poll_interval=min(0.05, wait) or 0.05)
        except Timeout as taken:
            raise NotTheWriter(
                f"另一个进程正在写入 {self.path.name}",
                f"another process is writing {self.path.name}",
                thing=str(self.path),
            ) from taken
        return lock

    def announce(self, connection: Connection) -> None:
        """Nothing to do: SQLite counts commits itself, and bells ring after them."""

    def ring(self) -> None:
        ring(self._bells)

    @in_the_family()
    def purge(self, tables: Sequence[str]) -> bool:  # noqa: ARG002 - what is deleted is overwritten, whatever the table
        with self.connect() as connection:
            raw = connection.raw
            if raw.execute("PRAGMA user_version").fetchone()[0] < _OVERWRITES:
                # An earlier version may have left what it deleted in free places; once is enough.
                raw.execute("VACUUM")
                raw.execute(f"PRAGMA user_version = {_OVERWRITES}")
            waited_for_in_vain, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not waited_for_in_vain

    def watch(self) -> SqliteWatch:
        bell = None
        with suppress(OSError):
            bell = Bell(self._bells)
        return SqliteWatch(self.connect(read_only=True), bell)

    @property
    def _bells(self) -> Path:
        return self.path.with_name(f"{self.path.name}.bells")


class SqliteWatch:
    """Waits for commits of other connections: SQLite's data_version tells of them, a bell says when to look."""

    def __init__(self, connection: Connection, bell: Bell | None) -> None:
        self._connection = connection
        self._bell = bell
        self._seen = self._version()

    @in_the_family()
    def wait(self, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        while (version := self._version()) == self._seen:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            if self._bell is None:
                time.sleep(min(POLL_SECONDS, remaining))
            else:
                self._bell.wait(min(BELL_SECONDS, remaining))
        self._seen = version
        return True

    def close(self) -> None:
        if self._bell is not None:
            self._bell.close()
        self._connection.close()

    def _version(self) -> int:
        version: int = self._connection.raw.execute("PRAGMA data_version").fetchone()[0]
        return version

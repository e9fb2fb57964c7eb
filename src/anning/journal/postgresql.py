"""The journal in PostgreSQL 15 to 18: the writer's lock is a session advisory lock, followers wake by LISTEN."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Final

import psycopg
from psycopg import errors

from anning.errors import InvalidInput, JournalError, NotTheWriter, Unavailable
from anning.journal.database import Connection, Dialect
from anning.journal.driver import in_the_family

LOCK: Final = 0x616E6E696E67
"""The advisory lock of the writer ("anning" in ASCII), one per database."""

CHANNEL: Final = "anning_journal"

PURGE_SECONDS: Final = 30.0
"""How long a purge waits for transactions that may still see what was deleted."""


class PostgresqlDatabase:
    """See `anning.journal.database.Database`."""

    dialect: ClassVar[Dialect] = "postgresql"
    begin_write: ClassVar[str] = "BEGIN"
    begin_read: ClassVar[str] = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"

    def __init__(self, url: str, segments: Path | None) -> None:
        self.url = url
        self.yoyo_url = "postgresql+psycopg://" + url.partition("://")[2]
        self.segments = segments

    def exists(self) -> bool:
        return True

    def prepare(self) -> None:
        """Nothing to do: whoever runs the server makes the database."""

    @in_the_family()
    def connect(self, *, read_only: bool = False) -> Connection:
        try:
            raw = psycopg.connect(self.url, autocommit=True)
        except psycopg.ProgrammingError:
            raise InvalidInput(
                "数据库地址写法有误",
                "the database address cannot be read",
                field="database_url",
                rule="database-url",
            ) from None  # its text may repeat the address, password and all
        except psycopg.OperationalError as error:
            raise Unavailable("数据库连不上", "the database cannot be reached", thing="PostgreSQL") from error
        try:
            if read_only:
                raw.execute("SET default_transaction_read_only = on")
            else:
                _make_durable(raw)
        except BaseException:
            raw.close()
            raise
        return Connection(raw, self.dialect, self.segments)

    @in_the_family()
    def lock(self, wait: float) -> SessionLock:
        connection = self.connect()
        if _locked(connection, wait):
            return SessionLock(connection)
        connection.close()
        raise NotTheWriter("另一个进程正在写入该数据库", "another process is writing this database", thing="PostgreSQL")

    def announce(self, connection: Connection) -> None:
        connection.execute(f"NOTIFY {CHANNEL}")

    def ring(self) -> None:
        """Nothing to do: the server has told them."""

    @in_the_family()
    def purge(self, tables: Sequence[str]) -> bool:
        with self.connect() as connection:
            raw = connection.raw
            if not _older_ones_ended(raw):
                return False
            for table in tables:
                # What was sampled for the planner goes with the type, even where the table is empty by now.
                raw.execute(f"ALTER TABLE {table} {_same_types(raw, table)}")
                # Only a table that is written anew leaves nothing of the old rows in its free places.
                raw.execute(f"VACUUM (FULL, ANALYZE) {table}")
            if not _older_ones_ended(raw):
                return False
            raw.execute("VACUUM (FULL) pg_statistic")
            # The log's old files: the server's owner alone may touch them.
            with suppress(errors.InsufficientPrivilege):
                raw.execute("CHECKPOINT")
                raw.execute("SELECT pg_switch_wal()")
                raw.execute("CHECKPOINT")
        return True

    @in_the_family()
    def watch(self) -> NotifyWatch:
        return NotifyWatch(self.connect(read_only=True))


class SessionLock:
    """Held as long as its session lives; a server that goes away takes it along, and the epoch then fences."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def release(self) -> None:
        # Said aloud, because the server notices a closed connection only some time later.
        with suppress(psycopg.Error):
            self._connection.raw.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
        self._connection.close()


class NotifyWatch:
    """Waits for the writer's NOTIFY, which PostgreSQL sends when the transaction commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.execute(f"LISTEN {CHANNEL}")

    @in_the_family()
    def wait(self, timeout: float) -> bool:
        return any(True for _ in self._connection.raw.notifies(timeout=timeout, stop_after=1))

    def close(self) -> None:
        self._connection.close()


def _make_durable(raw: psycopg.Connection[Any]) -> None:
    """What is acknowledged survives a power cut, whatever the role, the database or the address chose."""
    if _shown(raw, "fsync") != "on":
        raise JournalError(
            "PostgreSQL 服务器的 fsync 已关闭，断电会丢失已确认的登记；请在服务器上打开 fsync",
            "the PostgreSQL server runs with fsync off, and a power cut would lose what was acknowledged: turn it on",
            thing="PostgreSQL",
            field="fsync",
            rule="durable",
        )
    if _shown(raw, "synchronous_commit") not in ("on", "remote_apply"):
        raw.execute("SET synchronous_commit = on")


def _older_ones_ended(raw: psycopg.Connection[Any]) -> bool:
    """Whether every transaction that may still see what is deleted by now has ended, waited for a while.

    Such a one, in whatever database of the server, keeps even a table that is written anew from leaving dead rows out.
    """
    row = raw.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, clock_timestamp()").fetchone()
    assert row is not None
    deadline = time.monotonic() + PURGE_SECONDS
    while True:
        ended = raw.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s AND NOT EXISTS (SELECT FROM"
            " pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_xmin IS NOT NULL AND xact_start <= %s)",
            row,
        ).fetchone()
        if ended is not None and ended[0]:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)


def _same_types(raw: psycopg.Connection[Any], table: str) -> str:
    """Every text column of a table given the type it has: its sample is dropped, nothing else happens."""
    rows = raw.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND atttypid = 'text'::regtype"
        " AND attnum > 0 AND NOT attisdropped",
        (table,),
    ).fetchall()
    return ", ".join(f"ALTER COLUMN {name} TYPE TEXT" for (name,) in rows)


def _shown(raw: psycopg.Connection[Any], setting: str) -> str:
    row = raw.execute("SELECT current_setting(%s)", (setting,)).fetchone()
    return str(row[0]) if row else ""


def _locked(connection: Connection, wait: float) -> bool:
    if wait <= 0:
        return bool(connection.raw.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()[0])
    connection.execute(f"SET lock_timeout = {max(1, round(wait * 1000))}")
    try:
        connection.raw.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    except errors.LockNotAvailable:
        return False
    connection.execute("RESET lock_timeout")
    return True

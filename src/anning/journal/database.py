"""What the journal asks of a database, and what views and commands may do with it.

SQLite and PostgreSQL behave alike behind `Connection`; statements live in .sql files read by `Statements`.
Moments are stored as integers, microseconds since 1970 UTC; booleans as integers 0 and 1 in both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Protocol, TypeAlias, TypeVar

import aiosql
import psycopg
from psycopg.pq import TransactionStatus

from anning.errors import InvalidInput

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
Row: TypeAlias = tuple[Any, ...]

SEGMENT: Final = "segment"
"""The kind of an event that vouches for a file of statements of any kind."""

ERASED: Final = "erased"
"""The kind of an event that names what was erased, see `anning.journal.erasing`."""

REMEMBERED: Final = 65_536
"""How many answers about one kind of event are remembered."""

_T = TypeVar("_T")
_DRIVERS: dict[Dialect, str] = {"sqlite": "sqlite3", "postgresql": "psycopg"}


class Connection:
    """One connection to the system of record, in either dialect.

    Attributes:
        dialect: which of the two it is.
        segments: the folder of the import segments, for views that read them; None when none was configured.
    """

    def __init__(self, raw: Any, dialect: Dialect, segments: Path | None) -> None:
        self._raw = raw
        self.dialect = dialect
        self.segments = segments
        self._settle: Callable[[], None] | None = None
        self._remembered: dict[str, dict[Any, Any]] | None = None

    @property
    def raw(self) -> Any:
        """The driver's connection, for what only one of the two can do; what waits to be applied is applied first."""
        settle, self._settle = self._settle, None
        if settle is not None:
            settle()
        return self._raw

    def settle_first(self, settle: Callable[[], None] | None) -> None:
        """Before anything reaches the database call `settle`, once; None when nothing waits any more."""
        self._settle = settle

    def remember(self) -> None:
        """From now on remember what `remembered` reads; for the one writer, whose views nobody else changes."""
        self._remembered = {}

    def remembered(self, kind: str, asked: Hashable, read: Callable[[], _T]) -> _T:
        """What `read` found when the same was last asked and no event of this kind was taken since; else its answer."""
        if self._remembered is None:
            return read()
        of_kind = self._remembered.setdefault(kind, {})
        if asked not in of_kind:
            found = read()
            if len(of_kind) >= REMEMBERED:
                of_kind.clear()
            of_kind[asked] = found
            return found
        known: _T = of_kind[asked]
        return known

    def forget(self, kind: str = "") -> None:
        """Forget what was read of events of this kind; all of it without a kind, or for what is about any."""
        if self._remembered is not None:
            if kind in ("", SEGMENT, ERASED):
                self._remembered.clear()
            else:
                self._remembered.pop(kind, None)

    def execute(self, sql: str) -> None:
        """Run one statement without parameters: transaction control and resets of tables."""
        self.raw.execute(sql)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert many rows by the fastest way the database has; names come from code, never from users."""
        names = ", ".join(columns)
        if self.dialect == "sqlite":
            marks = ", ".join("?" * len(columns))
            self.raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            return
        with self.raw.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    @property
    def sound(self) -> bool:
        """Whether the transaction can go on: no statement of it was refused by PostgreSQL."""
        return self.dialect == "sqlite" or self._raw.info.transaction_status == TransactionStatus.INTRANS

    @property
    def lost(self) -> bool:
        """Whether the server at the other end is gone."""
        return self.dialect == "postgresql" and bool(self._raw.closed)

    def close(self) -> None:
        """Give the connection back to the system."""
        self._raw.close()

    def next_savepoint(self) -> None:
        """Keep what was done since the last one: one round trip to a server."""
        if self.dialect == "postgresql":
            self.execute("RELEASE SAVEPOINT command; SAVEPOINT command")
        else:
            self.execute("RELEASE SAVEPOINT command")
            self.execute("SAVEPOINT command")

    @contextmanager
    def transaction(self, begin: str = "BEGIN") -> Iterator[Connection]:
        """All of it or, when anything raises, nothing."""
        self.execute(begin)
        try:
            yield self
            self.execute("COMMIT")
        except BaseException:
            # A transaction the database already ended, or a connection that is gone, has nothing left to undo.
            with suppress(sqlite3.Error, psycopg.Error):
                self.execute("ROLLBACK")
            raise

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Lock(Protocol):
    """The writer's lock, held until released or until its process is gone."""

    def release(self) -> None:
        """Let the next one write."""


class Watch(Protocol):
    """Wakes when another connection has committed."""

    def wait(self, timeout: float) -> bool:
        """Whether something was committed since the last call, waiting up to ``timeout`` seconds for it."""

    def close(self) -> None:
        """Give the connection back."""


class Database(Protocol):
    """One system of record; implemented by SQLite and by PostgreSQL."""

    dialect: ClassVar[Dialect]
    url: str
    yoyo_url: str
    begin_write: ClassVar[str]
    begin_read: ClassVar[str]
    segments: Path | None

    def connect(self, *, read_only: bool = False) -> Connection:
        """A new connection, in autocommit until a transaction is begun."""

    def lock(self, wait: float) -> Lock:
        """The writer's lock, waited for up to ``wait`` seconds.

        Raises:
            NotTheWriter: another process holds it.
        """

    def announce(self, connection: Connection) -> None:
        """Tell followers in other processes, when this transaction commits, that there is news."""

    def ring(self) -> None:
        """Wake followers in other processes after a commit, where the database itself does not."""

    def watch(self) -> Watch:
        """A watch on the commits of others, with a connection of its own."""

    def purge(self, tables: Sequence[str]) -> bool:
        """Have what was erased from these tables gone from the files too, not only from sight.

        Returns:
            Whether it is; somebody who reads may stand in the way, and it is to be tried again.
        """

    def exists(self) -> bool:
        """Whether there is a database at all, as far as can be said without connecting."""

    def prepare(self) -> None:
        """Make the place where the database lives, when that is ours to make."""


class Statements:
    """Named, described statements of one folder (SQL 语句集), for both dialects.

    Files beside each other are shared; ``sqlite/`` and ``postgresql/`` below hold what differs.
    Names follow aiosql: ``-- name: x`` rows, ``x^`` one row, ``x$`` one value, ``x!`` a change, ``x*!`` many changes.
    """

    def __init__(self, folder: Path) -> None:
        self._by_dialect: dict[Dialect, Any] = {dialect: _load(folder, dialect) for dialect in ("sqlite", "postgresql")}

    def rows(self, connection: Connection, name: str, /, **parameters: Any) -> list[Row]:
        """All rows of a query."""
        return list(self._named(connection, name)(connection.raw, **parameters))

    def row(self, connection: Connection, name: str, /, **parameters: Any) -> Row | None:
        """The one row of a query (``^``), or None."""
        found: Row | None = self._named(connection, name)(connection.raw, **parameters)
        return found

    def value(self, connection: Connection, name: str, /, **parameters: Any) -> Any:
        """The one value of a query (``$``), or None."""
        return self._named(connection, name)(connection.raw, **parameters)

    def change(self, connection: Connection, name: str, /, **parameters: Any) -> int:
        """Run a change (``!``); how many rows it touched."""
        touched: int = self._named(connection, name)(connection.raw, **parameters)
        return touched

    def change_many(self, connection: Connection, name: str, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Run a change once for each set of parameters (``*!``)."""
        statement = self._named(connection, name)
        if len(rows) == 1:
            # psycopg prepares a pipeline for many; one is three times as fast by itself.
            connection.raw.execute(statement.sql, rows[0])
        elif rows:
            statement(connection.raw, rows)

    def names(self) -> frozenset[str]:
        """All names, which both dialects must know (except the few that only one needs)."""
        return frozenset(name for queries in self._by_dialect.values() for name in queries.available_queries)

    def _named(self, connection: Connection, name: str) -> Any:
        return getattr(self._by_dialect[connection.dialect], name)


def database_of(url: str, segments: Path | None = None) -> Database:
    """The database a URL names: ``sqlite:///var/anning.db`` (relative), ``sqlite:////srv/anning.db``, ``postgresql://...``.

    Raises:
        InvalidInput: neither of the two.
    """
    if url.startswith("sqlite:///"):
        from anning.journal.sqlite import SqliteDatabase

        return SqliteDatabase(url, segments)
    if url.startswith(("postgresql://", "postgres://")):
        from anning.journal.postgresql import PostgresqlDatabase

        return PostgresqlDatabase(url, segments)
    raise InvalidInput(
        f"数据库地址 {url.partition(':')[0]} 不受支持：须以 sqlite:/// 或 postgresql:// 开头",
        f"the database address scheme {url.partition(':')[0]} is not supported: it begins with sqlite:/// or postgresql://",
        field="database_url",
        rule="database-url",
    )


@cache
def _load(folder: Path, dialect: Dialect) -> Any:
    files = sorted(folder.glob("*.sql")) + sorted((folder / dialect).glob("*.sql"))
    text = "\n\n".join(file.read_text(encoding="utf-8") for file in files)
    return aiosql.from_str(text, _DRIVERS[dialect], kwargs_only=False, mandatory_parameters=False)

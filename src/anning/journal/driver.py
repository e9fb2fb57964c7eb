"""The drivers' errors in the words of the family (驱动错误): what a user can act on, nothing a programmer must mend."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import errors

from anning.errors import AnningError, JournalError, Unavailable

_SPOILT: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_AWAY: Final = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}


@contextmanager
def in_the_family() -> Iterator[None]:
    """Within, a database that is away or spoilt raises errors of the family; also a decorator.

    Raises:
        Unavailable: the database is away, busy, full or not ours to open.
        JournalError: it is damaged, or no database at all.
    """
    try:
        yield
    except (sqlite3.Error, psycopg.Error) as error:
        meant = family_error(error)
        if meant is None:
            raise
        raise meant from error


def family_error(error: BaseException) -> AnningError | None:
    """What a driver's error means to a user; None when it is a fault of a statement, ours to mend."""
    if isinstance(error, sqlite3.Error):
        # The low byte is the primary code; the rest says where it happened.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _SPOILT:
            return _spoilt("SQLite")
        return _away("SQLite") if code in _AWAY else None
    if isinstance(error, errors.DataCorrupted | errors.IndexCorrupted):
        return _spoilt("PostgreSQL")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return _away("PostgreSQL")
    return None


def _spoilt(which: str) -> JournalError:
    return JournalError(
        f"{which} 数据库已损坏，或根本不是数据库；请从备份恢复",
        f"the {which} database is damaged, or is no database: restore it from a backup",
        thing=which,
        rule="damaged",
    )


def _away(which: str) -> Unavailable:
    return Unavailable(
        f"{which} 数据库暂不可用：连不上、被占用、磁盘已满或无权打开",
        f"the {which} database is not available: unreachable, busy, its disk full, or not ours to open",
        thing=which,
    )

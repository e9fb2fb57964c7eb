"""Tables made and unmade, forwards and back (库表迁移), by yoyo-migrations under the writer's lock.

A floor contributes a folder: files beside each other serve both dialects, ``sqlite/`` and ``postgresql/`` below hold
what differs. ``name.sql`` goes forward, ``name.rollback.sql`` back; names are unique across floors, so they begin with
the floor's (``journal-0001-events.sql``). Every statement says IF [NOT] EXISTS: yoyo makes the tables and marks them as
made in two transactions, and whoever is killed between must be able to do it again.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yoyo

from anning.errors import SchemaMismatch
from anning.journal.database import Database, Statements
from anning.journal.driver import in_the_family

STATEMENTS: Final = Statements(Path(__file__).parent / "sql")
FOLDER: Final = Path(__file__).parent / "migrations"
FIRST: Final = "journal-0001-events"


@in_the_family()
def migrate(database: Database, folders: Sequence[Path] = (), *, log_id: str | None = None, wait: float = 30.0) -> None:
    """Bring the database to the tables of this code and, when it is new, name its log.

    Args:
        database: the system of record.
        folders: the migration folders of the floors above the journal.
        log_id: the name of the log of a new database; random by default. A named one keeps its name.
        wait: seconds to wait for the writer's lock.

    Raises:
        NotTheWriter: somebody is writing.
    """
    lock = database.lock(wait)
    try:
        with _yoyo(database) as backend:
            backend.apply_migrations(backend.to_apply(_migrations(database, folders)))
        with database.connect() as connection:
            STATEMENTS.change(connection, "found_log", log_id=log_id or f"anning-{secrets.token_hex(6)}")
    finally:
        lock.release()


@in_the_family()
def rollback(database: Database, folders: Sequence[Path] = (), *, steps: int | None = None, wait: float = 30.0) -> None:
    """Undo the newest ``steps`` migrations, or all of them; what their tables held is gone.

    Raises:
        NotTheWriter: somebody is writing.
    """
    lock = database.lock(wait)
    try:
        with _yoyo(database) as backend:
            applied = backend.to_rollback(_migrations(database, folders))
            backend.rollback_migrations(applied[:steps])
    finally:
        lock.release()


@in_the_family()
def check(database: Database, folders: Sequence[Path] = ()) -> str:
    """The name of the log of a database that has exactly the tables this code expects of these floors.

    Tables of floors that were not named are none of the caller's business.

    Raises:
        SchemaMismatch: it lacks some, or was written by a newer version.
    """
    expected = {migration.id for migration in _migrations(database, folders)}
    floors = {_floor(name) for name in expected}
    found: set[str] = set()
    log_id: str | None = None
    if database.exists():
        with database.connect(read_only=True) as connection:
            if STATEMENTS.value(connection, "migrated"):
                applied = {row[0] for row in STATEMENTS.rows(connection, "applied_migrations")}
                found = {name for name in applied if _floor(name) in floors}
            if FIRST in found:
                log_id = STATEMENTS.value(connection, "log_id")
    missing, unknown = sorted(expected - found), sorted(found - expected)
    if missing or unknown or log_id is None:
        raise SchemaMismatch(
            f"库表版本不符：缺少 {'、'.join(missing) or '无'}，未知 {'、'.join(unknown) or '无'}",
            f"the tables are of another version: missing {', '.join(missing) or 'none'}; "
            f"unknown {', '.join(unknown) or 'none'}",
            thing=", ".join(missing + unknown),
            rule="schema-version",
        )
    return log_id


def _floor(migration: str) -> str:
    """Whose tables a migration makes: its name begins with the floor's."""
    return migration.partition("-")[0]


def _yoyo(database: Database) -> Any:
    database.prepare()
    backend = yoyo.get_backend(database.yoyo_url)
    # Our own lock is held, so a lock row of yoyo's can only be the leftover of a process that died.
    backend.break_lock()
    return backend


def _migrations(database: Database, folders: Sequence[Path]) -> Any:
    sources = [
        str(place) for folder in (FOLDER, *folders) for place in (folder, folder / database.dialect) if place.is_dir()
    ]
    return yoyo.read_migrations(*sources)

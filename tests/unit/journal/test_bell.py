"""Bells wake who hangs them up, and nobody who is gone is waited for."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from anning.journal.bell import Bell, ring
from anning.journal.sqlite import SqliteDatabase
from journal_world import create


def test_it_rings_once_for_as_often_as_it_was_rung(tmp_path: Path) -> None:
    bell, other = Bell(tmp_path / "bells"), Bell(tmp_path / "bells")
    assert not bell.wait(0)
    for _ in range(3):
        ring(tmp_path / "bells")
    assert bell.wait(0)
    assert not bell.wait(0)
    assert other.wait(60)
    bell.close()
    other.close()
    assert list((tmp_path / "bells").iterdir()) == []


def test_a_bell_nobody_answers_is_no_obstacle(tmp_path: Path) -> None:
    """Deaf: rung more often than a pipe holds. Dead: its process was killed. And things that are no bells."""
    folder = tmp_path / "bells"
    deaf = Bell(folder)
    os.mkfifo(folder / "dead.bell")
    (folder / "file.bell").write_text("kept")
    (folder / "link.bell").symlink_to(folder / "file.bell")
    (folder / "folder.bell").mkdir()
    pipe = os.open(next(path for path in folder.glob("*-*.bell")), os.O_WRONLY | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(pipe, b"x" * 4096)
    os.close(pipe)
    ring(folder)
    assert deaf.wait(0)
    assert (folder / "file.bell").read_text() == "kept"
    assert not (folder / "dead.bell").exists()
    ring(tmp_path / "no such folder")
    deaf.close()


def test_where_no_bell_can_hang_followers_look_by_themselves(tmp_path: Path) -> None:
    with create(f"sqlite:///{tmp_path / 'anning.db'}") as store:
        (tmp_path / "anning.db.bells").write_text("in the way")
        database = store.database
        assert isinstance(database, SqliteDatabase)
        watch = database.watch()
        assert not watch.wait(0.01)
        with database.connect() as connection:
            connection.execute("UPDATE journal SET epoch = epoch + 1")
        assert watch.wait(60)
        watch.close()

"""A world small enough to see through: people note words under names, and the journal keeps it.

Two views (what is noted, how many of each kind) and one command, which fails in every way a command can when its words
say so. Used by the journal's tests in place of the registers.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from anning.errors import Conflict
from anning.journal import Connection, Entry, Event, Statements, Store, View, read_segment

HERE = Path(__file__).parent
MIGRATIONS = [HERE / "migrations"]
NOTES = Statements(HERE / "statements")
AT = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
RECORDED = AT + timedelta(seconds=1)


class NotesView:
    """What is noted now, and the numbers that came in segments."""

    name = "notes"
    tables = ("notes", "imported")

    def apply(self, connection: Connection, events: Sequence[Event]) -> None:
        noted = [event for event in events if event.kind == "note"]
        NOTES.change_many(
            connection,
            "take_note",
            [
                {
                    "tenant": event.tenant,
                    "name": event.payload["name"],
                    "words": event.payload["words"],
                    "position": event.position,
                }
                for event in noted
            ],
        )
        for event in events:
            if event.kind == "segment":
                for frame in read_segment(event, connection.segments):
                    rows = ((number, event.position) for number in frame["number"])
                    connection.insert("imported", ("number", "position"), rows)
        if any(event.payload["words"] == "break the view" for event in noted):
            raise RuntimeError("this view is broken")

    def reset(self, connection: Connection) -> None:
        connection.execute("DELETE FROM imported")
        connection.execute("DELETE FROM notes")


class TallyView:
    """How many events of each kind."""

    name = "tally"
    tables = ("tallies",)

    def apply(self, connection: Connection, events: Sequence[Event]) -> None:
        NOTES.change_many(connection, "tally", [{"kind": event.kind} for event in events])

    def reset(self, connection: Connection) -> None:
        connection.execute("DELETE FROM tallies")


class Note:
    """Note words under a name; unchanged words lead to nothing, "say twice" to two entries."""

    def __init__(self, name: str, words: str, *, key: str, tenant: str = "cmcc", actor: str = "ops") -> None:
        self.name, self.words, self.key, self.tenant, self.actor = name, words, key, tenant, actor

    def digest(self) -> bytes:
        return hashlib.sha256(f"{self.name}\n{self.words}".encode()).digest()

    def decide(self, connection: Connection) -> list[Entry]:
        if self.words == "refuse":
            raise Conflict("不予记录", "this is not noted", thing=self.name)
        if self.words == "break":
            raise ZeroDivisionError
        if self.words == "break the database":
            connection.execute("SELECT word FROM nowhere")
        if NOTES.value(connection, "note", tenant=self.tenant, name=self.name) == self.words:
            return []
        return self.entries()

    def entries(self) -> list[Entry]:
        times = 2 if self.words == "say twice" else 1
        payload = {"name": self.name, "words": self.words}
        return [Entry("note", payload, self.tenant, self.actor, AT, self.key)] * times

    def say(self) -> dict[str, Any]:
        """The rest of what `Writer.submit` asks."""
        return {"key": self.key, "tenant": self.tenant, "actor": self.actor, "at": AT}


def views() -> list[View]:
    return [NotesView(), TallyView()]


def create(url: str, *, log_id: str | None = "test", segments: Path | None = None) -> Store:
    return Store.create(url, views(), migrations=MIGRATIONS, log_id=log_id, segments=segments)


def open_again(url: str, *, segments: Path | None = None) -> Store:
    return Store.open(url, views(), migrations=MIGRATIONS, segments=segments)


def tables(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every view, sorted, to compare before and after."""
    with store.read() as connection:
        return {
            table: sorted(connection.raw.execute(f"SELECT * FROM {table}").fetchall())
            for view in store.views
            for table in view.tables
        }


def counted_salts() -> Callable[[], bytes]:
    """Salts that are the same in every run."""
    numbers = itertools.count()
    return lambda: hashlib.sha256(f"salt {next(numbers)}".encode()).digest()[:16]


def gap_free(events: Iterable[Event]) -> bool:
    positions = [event.position for event in events]
    return positions == list(range(1, len(positions) + 1))

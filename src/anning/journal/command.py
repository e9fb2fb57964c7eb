"""What is asked of the writer and what it answers (命令与回执)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol

import msgspec

from anning.journal.database import Connection
from anning.journal.envelope import Entry, Event
from anning.journal.store import Position


class Command(Protocol):
    """Something that may be said to the registers (命令)."""

    def digest(self) -> bytes:
        """What it says, hashed: two commands under one idempotency key must have the same."""

    def decide(self, connection: Connection, /) -> Sequence[Entry]:
        """What it leads to, given the views as they stand: entries to append, perhaps none.

        It reads and writes nothing, and may be asked again: its answer depends on the views alone.

        Raises:
            AnningError: it cannot be done; nothing of it remains.
        """


class Ack(msgspec.Struct, frozen=True):
    """The answer to a command that is on disk (回执).

    Attributes:
        log_id: the log.
        first, last: the positions it took, both included; 0 and 0 when it led to nothing.
        duplicate: it had been answered before under this key; nothing was written this time.
    """

    log_id: str
    first: int
    last: int
    duplicate: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """The places it took, as ``log:position``."""
        return tuple(str(Position(self.log_id, n)) for n in range(self.first, self.last + 1)) if self.first else ()


class Task(msgspec.Struct, frozen=True):
    """A command on its way to an answer."""

    command: Command
    digest: bytes
    key: str
    tenant: str
    actor: str
    at: datetime
    future: Future[Ack]


class Answer(msgspec.Struct, frozen=True):
    """What became of a command, as kept in the table of commands."""

    digest: bytes
    first: int
    last: int


class Batch:
    """What one transaction has gathered so far."""

    def __init__(self, position: int, recorded_at: datetime, known: dict[tuple[str, str], Answer]) -> None:
        self.position = position
        self.recorded_at = recorded_at
        self.known = known
        self.fresh: dict[tuple[str, str], Answer] = {}
        self.events: list[Event] = []
        self.payloads: list[str] = []
        self.unsettled: list[Event] = []
        self.refused_by_a_view = False
        self.outcomes: list[tuple[Future[Ack], Ack | Exception]] = []

    def earlier(self, task: Task) -> Answer | None:
        """What a command under the same key was answered before, in this transaction or an earlier one."""
        name = (task.tenant, task.key)
        return self.fresh.get(name) or self.known.get(name)

"""The journal in memory, for situations: the same events and numbers, no database (内存日志)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from anning.journal.envelope import Clock, Entry, Event, Salts, new_salt, now, seal

LOG_ID: Final = "memory"


class MemoryJournal:
    """Events in a list; gone with the process."""

    def __init__(self, *, log_id: str = LOG_ID, clock: Clock = now, salts: Salts = new_salt, epoch: int = 1) -> None:
        self.log_id = log_id
        self._clock = clock
        self._salts = salts
        self._epoch = epoch
        self._events: list[Event] = []

    def append(self, entries: Iterable[Entry]) -> list[Event]:
        """Put entries at the next places, all of them or, when one cannot be kept, none.

        Raises:
            InvalidCommand: a field of an entry cannot be kept as it is.
        """
        recorded_at = self._clock()
        events = [
            seal(
                entry,
                log_id=self.log_id,
                position=position,
                recorded_at=recorded_at,
                salt=self._salts(),
                epoch=self._epoch,
            )[0]
            for position, entry in enumerate(entries, len(self._events) + 1)
        ]
        self._events += events
        return events

    def events(self, after: int = 0) -> list[Event]:
        """The events after a position, in order."""
        return self._events[after:]

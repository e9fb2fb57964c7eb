"""The contacts that the journal records, on their way to the owners of the counts (日志联系入账)."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from anning.errors import AnningError, Unavailable
from anning.gate.counts.counts import Counts
from anning.journal import Follower, Store
from anning.journal.store import excerpts_after
from anning.registers.events import ContactsRecorded, kind_of_type
from anning.registers.stated import Stated, stated

_KIND: Final = kind_of_type(ContactsRecorded)
_REMEMBERED: Final = 10_000
"""After so many events without contacts the owners are told how far they need not be told again."""


class Feed:
    """Follows a journal for the owners of counts, from where they are."""

    def __init__(self, store: Store, counts: Counts) -> None:
        """Of a journal and all its counts.

        Raises:
            Unavailable: an owner is away.
        """
        self._log_id, self._counts = store.log_id, counts
        self._told = counts.heard()
        self._follower = Follower(store, self._told, read=excerpts_after)

    def turn(self, timeout: float) -> int:
        """Wait for news, up to so many seconds, and tell the owners; how many events there were.

        Raises:
            Unavailable: an owner or the database is away, or an owner is full; the next turn begins where this did.
            JournalError: these are the counts of another journal.
        """
        events = self._follower.wait(timeout)
        if not events:
            return 0
        said = list(stated(event for event in events if event.kind == _KIND))
        if said or not self._told or self._follower.position - self._told >= _REMEMBERED:
            try:
                self._tell(said)
            except Unavailable:
                self._follower.position = self._told
                raise
        return len(events)

    def close(self) -> None:
        """Tell the owners how far it came, and give the connection to the database back."""
        if self._follower.position > self._told:
            with suppress(AnningError):
                self._tell([])
        self._follower.close()

    def _tell(self, said: list[Stated]) -> None:
        self._counts.record(self._log_id, said, self._follower.position)
        self._told = self._follower.position

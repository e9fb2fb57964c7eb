"""The change feed for other processes (变更订阅): every event once, in order."""

from __future__ import annotations

from typing import Final

from anning.errors import Unavailable
from anning.journal.database import Watch
from anning.journal.envelope import Event
from anning.journal.store import Store

POLL_LIMIT: Final = 10_000


class Follower:
    """Follows a journal that another process writes, from a position on.

    Attributes:
        position: the last position handed out.
    """

    def __init__(self, store: Store, after: int = 0) -> None:
        self._store = store
        self._watch: Watch | None = store.database.watch()
        self.position = after

    def poll(self, limit: int = POLL_LIMIT) -> list[Event]:
        """What is new now, at most ``limit`` events, perhaps nothing; never waits."""
        events = list(self._store.events(self.position, limit))
        if events:
            self.position = events[-1].position
        return events

    def wait(self, timeout: float) -> list[Event]:
        """What is new, waiting up to ``timeout`` seconds until there is something.

        Raises:
            Unavailable: the database went away and is not back; wait again later, nothing is missed.
        """
        events = self.poll()
        if not events and self._woken(timeout):
            events = self.poll()
        return events

    def _woken(self, timeout: float) -> bool:
        """Whether there may be news; a watch whose server went away is replaced, and may have missed some."""
        if self._watch is not None:
            try:
                return self._watch.wait(timeout)
            except Unavailable:
                self.close()
        self._watch = self._store.database.watch()
        return True

    def close(self) -> None:
        """Give the connection back."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.close()

    def __enter__(self) -> Follower:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

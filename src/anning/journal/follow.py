"""The change feed for other processes (变更订阅): every event once, in order.

The writer's bell (see `anning.journal.database.Watch`) only wakes: what there is to hear is read from the journal, so
a bell that is lost delays a follower by its polling at most and costs it nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, monotonic_ns
from typing import Any, Final, Generic, overload

from anning.errors import Unavailable
from anning.journal.database import Connection, Watch
from anning.journal.envelope import Event
from anning.journal.store import P, Store, events_after

POLL_LIMIT: Final = 10_000


class Follower(Generic[P]):
    """Follows a journal that another process writes, from a position on.

    Attributes:
        position: the last position handed out.
        heard_until: whatever was acknowledged before this moment has been handed out; by the machine's monotonic
            clock in nanoseconds, 0 when that is not known yet.
    """

    @overload
    def __init__(self: Follower[Event], store: Store, after: int = 0) -> None: ...

    @overload
    def __init__(self, store: Store, after: int = 0, *, read: Callable[[Connection, int, int], list[P]]) -> None: ...

    def __init__(self, store: Store, after: int = 0, *, read: Any = events_after) -> None:
        """Begin to follow.

        Args:
            after: the last position that is known already.
            read: what is read of the journal: `events_after`, or `excerpts_after` for less and sooner.
        """
        self._store = store
        self._read: Callable[[Connection, int, int], list[P]] = read
        self._watch: Watch | None = store.database.watch()
        self.position = after
        self.heard_until = 0

    def poll(self, limit: int = POLL_LIMIT) -> list[P]:
        """What is new now, at most ``limit`` events, perhaps nothing; never waits."""
        asked = monotonic_ns()
        with self._store.read() as connection:
            events = self._read(connection, self.position, limit)
        if events:
            self.position = events[-1].position
        if len(events) < limit:
            self.heard_until = asked
        return events

    def wait(self, timeout: float) -> list[P]:
        """What is new, waiting up to ``timeout`` seconds until there is something.

        Raises:
            Unavailable: the database went away and is not back; wait again later, nothing is missed.
        """
        deadline = monotonic() + timeout
        while not (events := self.poll()) and self._woken(max(0.0, deadline - monotonic())):
            pass
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

    def __enter__(self) -> Follower[P]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""Sessions: begun by a sign-in, known by a token's hash, ended by hand or by time (会话)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import msgspec

from anning.accounts.tokens import hashed, new_token
from anning.accounts.view import QUERIES
from anning.journal import Clock
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.state import State

_SEEN_EVERY = timedelta(minutes=1)


class Begun(msgspec.Struct, frozen=True):
    """A session just begun: `token` goes into the cookie, `csrf` into the page."""

    id: str
    token: str
    csrf: str
    half: bool


class Session(msgspec.Struct, frozen=True):
    """A session that stands."""

    id: str
    csrf: str
    person: str
    half: bool
    by_what: str


class Listed(msgspec.Struct, frozen=True):
    """One of a person's sessions, as they see it."""

    id: str
    by_what: str
    agent: str
    begun: datetime
    seen: datetime
    expires: datetime


class Sessions:
    """All sessions of an installation.

    Args:
        lasting: how long one lasts at most; `idle`: how long unused.
    """

    def __init__(self, state: State, clock: Clock, *, lasting: timedelta, idle: timedelta) -> None:
        self._state = state
        self._clock = clock
        self._lasting = lasting
        self._idle = idle

    def begin(self, person: str, by_what: str, *, half: bool, agent: str = "") -> Begun:
        """A new session; a half one lasts ten minutes, for the second factor."""
        now = self._clock()
        begun = Begun(secrets.token_hex(8), new_token(), new_token(), half)
        expires = now + (timedelta(minutes=10) if half else self._lasting)
        with self._state.write() as connection:
            QUERIES.change(connection, "sweep_sessions", now=to_microseconds(now))
            QUERIES.change(
                connection,
                "begin_session",
                id=begun.id,
                hash=hashed(begun.token),
                csrf=begun.csrf,
                person=person,
                half=int(half),
                by_what=by_what,
                agent=agent[:200],
                now=to_microseconds(now),
                expires=to_microseconds(expires),
            )
        return begun

    def find(self, token: str) -> Session | None:
        """The session of a token, None when there is none or it is over."""
        now = self._clock()
        with self._state.read() as connection:
            row = QUERIES.row(
                connection,
                "session",
                hash=hashed(token),
                now=to_microseconds(now),
                idle_since=to_microseconds(now - self._idle),
            )
        if row is None:
            return None
        id, csrf, person, half, by_what, seen, _ = row
        if from_microseconds(seen) < now - _SEEN_EVERY:
            with self._state.write() as connection:
                QUERIES.change(connection, "session_seen", id=id, now=to_microseconds(now))
        return Session(id, csrf, person, bool(half), by_what)

    def of(self, person: str) -> list[Listed]:
        """A person's sessions."""
        now = self._clock()
        with self._state.read() as connection:
            rows = QUERIES.rows(
                connection,
                "sessions_of_person",
                person=person,
                now=to_microseconds(now),
                idle_since=to_microseconds(now - self._idle),
            )
        return [Listed(id, by, agent, *map(from_microseconds, moments)) for id, by, agent, *moments in rows]

    def end(self, person: str, id: str) -> bool:
        """End one; False when it is none of the person's."""
        with self._state.write() as connection:
            return QUERIES.change(connection, "end_session", id=id, person=person) > 0

    def end_all(self, person: str, but: str = "") -> None:
        """End all of a person's, but one."""
        with self._state.write() as connection:
            QUERIES.change(connection, "end_sessions", person=person, but=but)

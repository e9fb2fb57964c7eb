"""How often a number may be asked or sent a code (办理频次): so that nobody is bombed in the name of peace.

The figures for one-time codes are those the trade goes by (practice: experience); a request to confirm a consent is
sent to a number once in thirty days by one organisation, our own policy.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from anning.errors import TooMany
from anning.journal import Connection
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.wishes.tables import QUERIES


class Limit(NamedTuple):
    """At most so many within a time."""

    many: int
    within: timedelta


CODES: Final = (Limit(1, timedelta(minutes=1)), Limit(5, timedelta(hours=1)), Limit(10, timedelta(days=1)))
"""One-time codes to one number."""

REQUESTS: Final = (Limit(1, timedelta(days=30)),)
"""Requests to confirm, of one organisation to one number."""

LOOKS_BACK: Final = max(limit.within for limit in (*CODES, *REQUESTS))


def waits(connection: Connection, number: bytes, what: str, limits: tuple[Limit, ...], now: datetime) -> timedelta:
    """How long it is until a number may be asked again; nothing when it may be now.

    Args:
        number: its keyed mark.
        what: of which kind.
    """
    since = to_microseconds(now - max(limit.within for limit in limits))
    asked = [
        from_microseconds(at)
        for (at,) in QUERIES.rows(connection, "asked_since", number=number, what=what, since=since)
    ]
    waiting = timedelta()
    for limit in limits:
        within = [at for at in asked if at > now - limit.within]
        if len(within) >= limit.many:
            waiting = max(waiting, within[limit.many - 1] + limit.within - now)
    return waiting


def note(connection: Connection, number: bytes, what: str, now: datetime) -> None:
    """It is asked now."""
    QUERIES.change(connection, "note_asked", number=number, what=what, at=to_microseconds(now))


def too_often(waiting: timedelta) -> TooMany:
    """The error that says when to come again."""
    seconds = max(1, round(waiting.total_seconds()))
    return TooMany(
        f"该号码的验证码发送过于频繁，请 {seconds} 秒后再试",
        f"too many codes were sent to this number: try again in {seconds} seconds",
        thing="number",
        field="number",
        rule="code-rate",
        retry_after=seconds,
    )

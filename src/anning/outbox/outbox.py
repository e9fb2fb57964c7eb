"""The queue of what the system itself sends (发件箱): put, taken under a lease, answered, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

import msgspec
from uuid_utils import uuid7

from anning.errors import NotFound
from anning.journal import Clock, Connection, Statements
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.numbers import mask
from anning.state import Seal, State

Kind: TypeAlias = Literal["one-time-code", "receipt", "confirmation-request", "dialogue"]
KINDS: Final = get_args(Kind)

FOLDER: Final = Path(__file__).parent
STATE_MIGRATIONS: Final = FOLDER / "migrations"
QUERIES: Final = Statements(FOLDER / "sql")

LEASE: Final = timedelta(seconds=60)
"""For so long whoever took a message may try to send it before another may."""

TRIES: Final = 5
"""After so many tries that failed a message is given up."""


class Content(msgspec.Struct, frozen=True):
    """What is sealed: to whom, and what."""

    number: str
    text: str


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A message taken to be sent (待发短信); `number` and `text` whole, for the channel that sends it."""

    id: str
    kind: Kind
    number: str
    text: str
    at: datetime
    expires: datetime
    tries: int


class Outbox:
    """What the system itself sends, durable and sealed.

    A code that ran out is no longer worth sending: every message has its own end.
    """

    def __init__(self, state: State, seal: Seal, clock: Clock) -> None:
        self._state = state
        self._seal = seal
        self._clock = clock

    def put(self, number: str, text: str, kind: Kind, *, tenant: str, lasting: timedelta) -> str:
        """Queue a message; its id.

        Args:
            number: E.164.
            tenant: whose gateway is to send it.
            lasting: how long it is worth sending.
        """
        with self._state.write() as connection:
            return self.put_with(connection, number, text, kind, tenant=tenant, lasting=lasting)

    def put_with(
        self, connection: Connection, number: str, text: str, kind: Kind, *, tenant: str, lasting: timedelta
    ) -> str:
        """As `put`, in a transaction of the state that does more."""
        now, id = self._clock(), str(uuid7())
        QUERIES.change(
            connection,
            "put_message",
            id=id,
            tenant=tenant,
            kind=kind,
            masked=mask(number),
            sealed=self._seal.close(msgspec.json.encode(Content(number, text)), f"outbox:{id}"),
            at=to_microseconds(now),
            expires=to_microseconds(now + lasting),
        )
        return id

    def take(self, tenant: str, count: int, taken_by: str) -> list[Waiting]:
        """Messages to be sent now; what is not answered within the lease is given to the next who asks."""
        now = self._clock()
        taken: list[Waiting] = []
        with self._state.write() as connection:
            rows = QUERIES.rows(connection, "messages_due", now=to_microseconds(now), tenant=tenant, count=count)
            for id, _, kind, _, sealed, at, expires, tries in rows:
                QUERIES.change(connection, "take_message", id=id, due=to_microseconds(now + LEASE), taken_by=taken_by)
                content = msgspec.json.decode(self._seal.open(bytes(sealed), f"outbox:{id}"), type=Content)
                taken.append(
                    Waiting(
                        id=id,
                        kind=kind,
                        number=content.number,
                        text=content.text,
                        at=from_microseconds(at),
                        expires=from_microseconds(expires),
                        tries=tries + 1,
                    )
                )
        return taken

    def answer(self, tenant: str, id: str, *, delivered: bool, answer: str = "") -> str:
        """What became of a message: ``delivered``, ``waiting`` for the next try, or ``failed`` after the last.

        Raises:
            NotFound: the tenant has none of that id.
        """
        with self._state.write() as connection:
            row = QUERIES.row(connection, "message", id=id, tenant=tenant)
            if row is None:
                raise NotFound("没有这条短信", "there is no such message", thing=id, field="id", rule="known-message")
            state, tries = str(row[4]), int(row[7])
            if state != "waiting":
                return state
            named = {"id": id, "tenant": tenant, "answer": answer[:200]}
            if not delivered and tries < TRIES:
                QUERIES.change(connection, "retry_message", now=to_microseconds(self._clock()), **named)
                return "waiting"
            state = "delivered" if delivered else "failed"
            QUERIES.change(connection, "answer_message", state=state, nothing=b"", **named)
            return state

    def sweep(self, before: datetime) -> None:
        """Give up what ran out, forget what was answered before a moment."""
        with self._state.write() as connection:
            QUERIES.change(connection, "expire_messages", now=to_microseconds(self._clock()), nothing=b"")
            QUERIES.change(connection, "sweep_messages", before=to_microseconds(before))

    def waiting(self) -> Sequence[tuple[str, int]]:
        """How many messages of each kind wait."""
        with self._state.read() as connection:
            rows = QUERIES.rows(connection, "messages_waiting", now=to_microseconds(self._clock()))
        return [(str(kind), int(many)) for kind, many in rows]

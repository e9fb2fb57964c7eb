"""How one number stands, and what was said of it (按号码查询). Registers are never listed by number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, get_args

import msgspec

from anning.journal import Connection
from anning.journal.envelope import to_microseconds
from anning.law.observations import Channel
from anning.registers.events import (
    ConsentGiven,
    ConsentWithdrawn,
    NumberRecycled,
    OrganisationRegistered,
    ReplyRead,
    ReplyUnclear,
    Trade,
    WishStated,
    WishWithdrawn,
)
from anning.registers.histories import subscriber
from anning.registers.standing import NOBODY, Subscriber, consent_reading, wish_reading
from anning.registers.stated import Stated
from anning.registers.views import rows

CHANNELS: Final = (Channel.SMS, Channel.CALL)


class WishStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a person wishes about one channel and trade."""

    channel: str
    trade: str
    state: str
    kind: str


class ConsentStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a person stands towards one organisation on one channel.

    Attributes:
        confirmed: by the person's own phone; otherwise one-sided and weaker.
    """

    to: str
    channel: str
    state: str
    confirmed: bool
    refused: bool
    given_at: str | None


class WishesOf(msgspec.Struct, frozen=True):
    """General wishes of one number, and the statements they come from, in the order of time."""

    standing: list[WishStanding]
    statements: list[Stated]


class ConsentsOf(msgspec.Struct, frozen=True):
    """Consents of one number, and the statements they come from."""

    standing: list[ConsentStanding]
    statements: list[Stated]


def wishes_of(connection: Connection, number: str, at: datetime) -> WishesOf:
    """The general wishes of a number, E.164, as they stand at a moment."""
    settled, said = subscriber(connection, number)
    standing = []
    for channel in CHANNELS:
        for trade in get_args(Trade):
            reading = wish_reading(
                settled or NOBODY,
                sender="",
                channel=channel,
                trades=frozenset((trade,)),
                code="",
                code_kind="",
                at=at,
            )
            standing.append(
                WishStanding(channel=channel.value, trade=trade, state=reading.state.value, kind=reading.wish_kind)
            )
    kinds = WishStated | WishWithdrawn | NumberRecycled
    return WishesOf(standing, [one for one in said if isinstance(one.payload, kinds)])


def consents_of(connection: Connection, number: str, at: datetime, to: Sequence[str] | None = None) -> ConsentsOf:
    """The consents of a number, E.164, as they stand at a moment.

    Args:
        to: these organisations only; all that were spoken to when None.
    """
    settled, said = subscriber(connection, number)
    dealings = ConsentGiven | ConsentWithdrawn | ReplyUnclear | ReplyRead
    statements = [
        one
        for one in said
        if isinstance(one.payload, WishStated | NumberRecycled)
        or (isinstance(one.payload, dealings) and (to is None or one.payload.to in to))
    ]
    named = to
    if named is None:
        named = sorted({one.payload.to for one in statements if isinstance(one.payload, dealings)})
    return ConsentsOf(
        [
            _standing(settled or NOBODY, org, channel, _trade(connection, org, at), at)
            for org in named
            for channel in CHANNELS
        ],
        statements,
    )


def _standing(settled: Subscriber, org: str, channel: Channel, trade: str, at: datetime) -> ConsentStanding:
    reading = consent_reading(settled, sender=org, via="", channel=channel, sender_trade=trade, at=at)
    return ConsentStanding(
        to=org,
        channel=channel.value,
        state=reading.state.value,
        confirmed=reading.confirmed,
        refused=reading.refused,
        given_at=None if reading.given_at is None else reading.given_at.isoformat(),
    )


def _trade(connection: Connection, org: str, at: datetime) -> str:
    for row in rows(connection, "organisation_registered_by_id", id=org, at=to_microseconds(at)):
        if isinstance(row, OrganisationRegistered):
            return row.trade
    return ""

"""A history without its moments (去时化的历史): what was said in which order is all that a reading at or after the last
statement looks at.

A number's *general* history is the list of what its holders said to nobody in particular: wishes, their ends, and the
recyclings. A *pair* is what passed between the number and one organisation; each statement knows how many general ones
came before it. So a new wish changes nothing in any pair, and one byte a number can stand for the whole general list.

`canonical` puts moments back, made up but in the right order, so that the readings of `anning.registers.standing` are
made of a compact index as they are made of the full history. The moment of a consent is lost on the way; when it
expires is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from operator import attrgetter
from typing import Any, Final, TypeAlias

import msgspec

from anning.registers.events import ChargeNoticeGiven, NumberRecycled, Payload, WishStated, WishWithdrawn
from anning.registers.statements import (
    SUBSCRIBER_EVENTS,
    ChargeNotice,
    Consent,
    Recycling,
    Refusal,
    ReplyCleared,
    Statement,
    Subscriber,
    Wish,
    WishEnd,
    statement_of,
)

__all__ = ["SUBSCRIBER_EVENTS", "Abstract", "General", "Pair", "Said", "abstract", "canonical", "said", "throughs"]

General: TypeAlias = tuple[Wish | WishEnd | Recycling, ...]
"""Wishes, ends of wishes and recyclings in order; every moment is `LONG_AGO`, every position 0."""

Pair: TypeAlias = tuple[tuple[int, Consent | Refusal | ReplyCleared | ChargeNotice], ...]
"""By statement: how many general ones came before it, and what was said, without its moment and without to whom."""

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_STEP: Final = 1 << 20
"""Microseconds between two general statements; that many dealings find room between them."""
_KNOWN_AT_MOST: Final = 65_536

_known: dict[tuple[Any, ...], tuple[int, Statement]] = {}
_serials: Final = count(1)


class Said(msgspec.Struct, frozen=True):
    """One statement without its moment.

    Attributes:
        organisation: to whom; empty for a general one.
    """

    organisation: str
    statement: Statement


class Abstract(msgspec.Struct, frozen=True):
    """A whole history without moments."""

    general: General
    pairs: dict[str, Pair]


def said(event: Payload) -> Said:
    """What an event of `SUBSCRIBER_EVENTS` says, whoever said it and whenever."""
    organisation, _, statement = numbered(event)
    return Said(organisation, statement)


def numbered(event: Payload) -> tuple[str, int, Statement]:
    """To whom, a number of what is said by which to remember what follows from it, and what is said.

    What is said to different organisations is the same; no number is given twice.
    """
    kind = type(event)
    to_whom, rest = _WORDS[kind]
    organisation = getattr(event, to_whom) if to_whom else ""
    of_nobody = (kind, rest(event))
    found = _known.get(of_nobody)
    if found is None:
        if len(_known) >= _KNOWN_AT_MOST:
            _known.clear()
        found = _known[of_nobody] = (next(_serials), _timeless(statement_of(event, LONG_AGO, 0)).statement)
    return organisation, *found


def abstract(subscriber: Subscriber) -> Abstract:
    """A full history without its moments, in the order that its readings go by."""
    everything: list[Statement] = [
        *subscriber.wishes,
        *subscriber.recyclings,
        *subscriber.dealings,
        *subscriber.notices,
    ]
    everything.sort(key=_in_order)
    general: list[Statement] = []
    pairs: dict[str, list[tuple[int, Statement]]] = {}
    for statement in everything:
        one = _timeless(statement)
        if one.organisation:
            pairs.setdefault(one.organisation, []).append((len(general), one.statement))
        else:
            general.append(one.statement)
    return Abstract(tuple(general), {org: tuple(pair) for org, pair in pairs.items()})  # type: ignore[arg-type]


def canonical(general: General, pairs: Mapping[str, Pair]) -> Subscriber:
    """A history with made-up moments that reads as the one it was made of, at any moment after its last statement."""
    wishes: list[Wish | WishEnd] = []
    recyclings: list[Recycling] = []
    for place, statement in enumerate(general, 1):
        dated = msgspec.structs.replace(statement, at=_moment(place * _STEP), position=place * _STEP)
        if isinstance(dated, Recycling):
            recyclings.append(dated)
        else:
            wishes.append(dated)
    dealings: list[Consent | Refusal | ReplyCleared] = []
    notices: list[ChargeNotice] = []
    for org, pair in pairs.items():
        for number, (before, said_to) in enumerate(pair, 1):
            place = before * _STEP + number
            if isinstance(said_to, ChargeNotice):
                notices.append(msgspec.structs.replace(said_to, at=_moment(place), position=place, sender=org))
            else:
                dealings.append(msgspec.structs.replace(said_to, at=_moment(place), position=place, to=org))
    dealings.sort(key=_in_order)
    return Subscriber(tuple(wishes), tuple(dealings), tuple(recyclings), tuple(notices))


def throughs(pair: Pair) -> frozenset[str]:
    """The platforms that took the consents of a pair: how they stand to the number matters too (S02)."""
    return frozenset(said_to.through for _, said_to in pair if isinstance(said_to, Consent) and said_to.through)


def _timeless(statement: Statement) -> Said:
    if isinstance(statement, Wish | WishEnd | Recycling):
        return Said("", msgspec.structs.replace(statement, at=LONG_AGO, position=0))
    if isinstance(statement, ChargeNotice):
        return Said(statement.sender, msgspec.structs.replace(statement, at=LONG_AGO, position=0, sender=""))
    assert isinstance(statement, Consent | Refusal | ReplyCleared)
    return Said(statement.to, msgspec.structs.replace(statement, at=LONG_AGO, position=0, to=""))


def _in_order(statement: Statement) -> tuple[datetime, int, int]:
    return statement.at, statement.position, statement.protects


def _moment(place: int) -> datetime:
    return LONG_AGO + timedelta(microseconds=place)


def _words_of(kind: type[Payload]) -> tuple[str, Callable[[Payload], Any]]:
    """The field that names to whom an event of that kind is said, empty for nobody; and what reads all the others."""
    if kind in (WishStated, WishWithdrawn, NumberRecycled):
        to_whom = ""
    else:
        to_whom = "sender" if kind is ChargeNoticeGiven else "to"
    others = [name for name in kind.__struct_fields__ if name not in ("number", to_whom)]
    return to_whom, attrgetter(*others) if others else lambda _: ()


_WORDS: Final = {kind: _words_of(kind) for kind in SUBSCRIBER_EVENTS}

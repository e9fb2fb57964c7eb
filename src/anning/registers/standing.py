"""What one person said, settled for one sender at one moment (意思表示的认定; design, idea 7).

A consent is what the person said to this sender, and the later statement beats the earlier one. A general refusal
ends the consents before it, for good, unless it keeps them or excepts the sender: our policy, and said as such. A
general acceptance is a consent to nobody. What the former holder of a recycled number said counts for nothing (X01).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from anning.law.observations import Channel, ConsentState, WishState
from anning.numbers import prefix_matches
from anning.registers.hours import holds_at, next_change
from anning.registers.statements import (
    NOBODY,
    SUBSCRIBER_EVENTS,
    Consent,
    Dealing,
    Refusal,
    ReplyCleared,
    Statement,
    Subscriber,
    Wish,
    WishEnd,
    fold,
)

__all__ = [
    "NOBODY",
    "NO_CONSENT",
    "NO_WISH",
    "SUBSCRIBER_EVENTS",
    "ConsentReading",
    "Subscriber",
    "WishReading",
    "charge_notice_given",
    "consent_reading",
    "consent_standing",
    "fold",
    "said_after",
    "wish_reading",
]


class ConsentReading(msgspec.Struct, frozen=True, kw_only=True):
    """How the person stands towards this sender (同意认定).

    Attributes:
        requested, confirmed, given_at, through, expires: of the consent that decided, standing or not.
        platform_only: no consent to this sender stands, but one to the platform in between does (S02).
        refused: the last that the person said to this sender is a refusal, or an answer nobody could read.
        ever_consented: the present holder once consented or requested by an act of their own.
        boundaries: moments after `at` when this reading changes without anything new being said.
    """

    state: ConsentState = ConsentState.NONE
    requested: bool = False
    confirmed: bool = False
    given_at: datetime | None = None
    through: str = ""
    expires: datetime | None = None
    platform_only: bool = False
    refused: bool = False
    ever_consented: bool = False
    boundaries: tuple[datetime, ...] = ()


class WishReading(msgspec.Struct, frozen=True, kw_only=True):
    """Which general wish of the person stands above this communication (意愿认定).

    Attributes:
        wish_kind: of the wish that decided, empty when none did.
        boundaries: moments after `at` when this reading changes without anything new being said.
    """

    state: WishState = WishState.NONE
    wish_kind: str = ""
    boundaries: tuple[datetime, ...] = ()


NO_CONSENT: Final = ConsentReading()
NO_WISH: Final = WishReading()


class _Towards(NamedTuple):
    """The reading towards one organisation, and the consent that stands, if one does."""

    reading: ConsentReading
    valid: Consent | None = None


def consent_reading(
    subscriber: Subscriber, *, sender: str, via: str, channel: Channel, sender_trade: str, at: datetime
) -> ConsentReading:
    """Whether a consent to this sender stands on this channel at this moment.

    Args:
        via: the platform in between, empty when there is none.
        channel: APP is read as SMS.
        sender_trade: the sender's own trade, which decides whether a general refusal reaches it.
        at: the moment of sending; what is said later is not known yet.
    """
    if not subscriber.dealings:
        return NO_CONSENT
    trades = frozenset((sender_trade,))
    reading = _towards(subscriber, sender, channel, trades, at).reading
    if via and via != sender and reading.state is not ConsentState.VALID:
        to_platform = _towards(subscriber, via, channel, trades, at).reading
        return msgspec.structs.replace(
            reading,
            platform_only=to_platform.state is ConsentState.VALID,
            boundaries=_in_order(reading.boundaries + to_platform.boundaries),
        )
    return reading


def consent_standing(
    subscriber: Subscriber, *, sender: str, channel: Channel, sender_trade: str, at: datetime
) -> Consent | None:
    """The consent to this sender that stands; None when none does. Arguments as in `consent_reading`."""
    return _towards(subscriber, sender, channel, frozenset((sender_trade,)), at).valid


def said_after(one: Statement, other: Statement) -> bool:
    """Whether one statement is later than another, and so beats it."""
    return _later(one, other)


def wish_reading(
    subscriber: Subscriber,
    *,
    sender: str,
    channel: Channel,
    trades: frozenset[str],
    code: str,
    code_kind: str,
    at: datetime,
) -> WishReading:
    """Whether a general wish declines or accepts this communication at this moment.

    For each trade the communication belongs to, the latest wish that covers it counts; one declined trade declines
    the whole. A statement to this sender that still stands beats a wish stated before it.

    Args:
        channel: APP is read as SMS.
        trades: the sender's trade and that of the content; empty when neither is known.
        code, code_kind: what the person sees calling, for wishes about ranges of codes.
    """
    if not subscriber.wishes:
        return NO_WISH
    trades = trades.difference(("",))
    since = _present_holder(subscriber, at)
    known = [wish for wish in subscriber.wishes if _at_and_after(wish, since) and _covers(wish, channel)]
    towards = _towards(subscriber, sender, channel, trades, at)
    boundaries = {wish.at for wish in known if wish.at > at}
    boundaries.update(towards.reading.boundaries)
    boundaries.update(later.at for later in subscriber.recyclings if later.at > at)
    said = [wish for wish in known if wish.at <= at]
    covering: list[tuple[Wish, frozenset[str]]] = []
    for place, wish in enumerate(said):
        if not isinstance(wish, Wish) or not _code_matches(wish, code, code_kind):
            continue
        covered = _trades_left(wish, said[place + 1 :], trades)
        if covered is None:
            continue
        if wish.hours is not None or wish.weekdays:
            edge = next_change(wish.hours, wish.weekdays, at)
            boundaries.update(() if edge is None else (edge,))
            if not holds_at(wish.hours, wish.weekdays, at):
                continue
        covering.append((wish, covered))
    decided = [
        _deciding([wish for wish, covered in covering if not trade or trade in covered], sender, towards.valid)
        for trade in trades or ("",)
    ]
    ordered = _in_order(boundaries)
    declines = [wish for wish in decided if wish is not None and wish.declines]
    if declines:
        latest = max(declines, key=_place)
        return WishReading(state=WishState.DECLINED, wish_kind=latest.kind, boundaries=ordered)
    accepts = [wish for wish in decided if wish is not None]
    if accepts and len(accepts) == len(decided):
        latest = max(accepts, key=_place)
        return WishReading(state=WishState.ACCEPTED, wish_kind=latest.kind, boundaries=ordered)
    return WishReading(boundaries=ordered)


def charge_notice_given(subscriber: Subscriber, *, sender: str, at: datetime) -> bool:
    """Whether the present holder was told the price by this sender before this moment (资费事先告知)."""
    since = _present_holder(subscriber, at)
    return any(
        notice.sender == sender and notice.at <= at and _at_and_after(notice, since) for notice in subscriber.notices
    )


# --- consents ---------------------------------------------------------------------------------------------------


def _towards(subscriber: Subscriber, sender: str, channel: Channel, trades: frozenset[str], at: datetime) -> _Towards:
    dealings = [
        said
        for said in subscriber.dealings
        if said.to == sender and (isinstance(said, ReplyCleared) or _covers(said, channel))
    ]
    if not dealings:
        return _Towards(NO_CONSENT)
    since = _present_holder(subscriber, at)
    known = [said for said in dealings if said.at <= at]
    own = [said for said in known if _at_and_after(said, since)]
    endings = [
        wish
        for wish in subscriber.wishes
        if isinstance(wish, Wish)
        and wish.ends_consents
        and _covers(wish, channel)
        and sender not in wish.except_for
        and (not wish.trades or not trades.isdisjoint(wish.trades))
    ]
    own_endings = [wish for wish in endings if wish.at <= at and _at_and_after(wish, since)]
    to_come = {later.at for later in (*dealings, *endings, *subscriber.recyclings) if later.at > at}
    if not own:
        formerly = any(isinstance(said, Consent) and said.worthy for said in known)
        state = ConsentState.RECYCLED if formerly else ConsentState.NONE
        return _Towards(ConsentReading(state=state, boundaries=_in_order(to_come)))

    refusal = _last_refusal(own)
    ending = own_endings[-1] if own_endings else None
    consents = [said for said in own if isinstance(said, Consent)]
    worthy = [said for said in consents if said.worthy]
    refused = refusal is not None and not any(_later(said, refusal) for said in worthy)
    standing = [
        said
        for said in worthy
        if (refusal is None or _later(said, refusal)) and (ending is None or _later(said, ending))
    ]
    to_come.update(said.expires for said in standing if said.expires is not None and said.expires > at)
    valid = _unexpired(standing, at)
    if valid is not None:
        state, decided = ConsentState.VALID, valid
    elif consents and not consents[-1].worthy:
        state, decided = ConsentState.INVALID_ACT, consents[-1]
    elif not worthy:
        state, decided = ConsentState.NONE, None
    elif refused:
        state, decided = ConsentState.WITHDRAWN, worthy[-1]
    elif not standing:
        state, decided = ConsentState.ENDED, worthy[-1]
    else:
        state, decided = ConsentState.EXPIRED, standing[-1]
    reading = ConsentReading(
        state=state,
        requested=decided is not None and decided.act == "requested",
        confirmed=decided is not None and decided.confirmed,
        given_at=None if decided is None else decided.at,
        through="" if decided is None else decided.through,
        expires=None if decided is None else decided.expires,
        refused=refused,
        ever_consented=bool(worthy),
        boundaries=_in_order(to_come),
    )
    return _Towards(reading, valid)


def _last_refusal(own: list[Dealing]) -> Refusal | None:
    """The latest refusal, unclear answers counting unless somebody read them as none."""
    cleared = next((said for said in reversed(own) if isinstance(said, ReplyCleared)), None)
    for said in reversed(own):
        if isinstance(said, Refusal) and not (said.unclear and cleared is not None and _later(cleared, said)):
            return said
    return None


def _unexpired(standing: list[Consent], at: datetime) -> Consent | None:
    """The consent in force. A later explicit consent replaces all before it; a lapsed request leaves them standing."""
    for consent in reversed(standing):
        if consent.expires is None or consent.expires > at:
            return consent
        if consent.act == "explicit":
            return None
    return None


# --- wishes -----------------------------------------------------------------------------------------------------


def _trades_left(wish: Wish, later: Iterable[Wish | WishEnd], trades: frozenset[str]) -> frozenset[str] | None:
    """The trades of this communication that the wish still covers after all withdrawals; None when it does not."""
    covered = trades.intersection(wish.trades) if wish.trades else trades
    if wish.trades and not covered:
        return None
    for end in later:
        if not isinstance(end, WishEnd):
            continue
        if not end.trades:
            return None
        if covered:
            covered = covered.difference(end.trades)
            if not covered:
                return None
    return covered


def _deciding(wishes: list[Wish], sender: str, consent: Consent | None) -> Wish | None:
    """The wish that stands above a communication of one trade, None when none does.

    From the latest back: an acceptance, or a refusal that excepts the sender, answers all that was said before it; one
    refusal does not take back another.
    """
    declined_before = False
    for wish in reversed(wishes):
        if not wish.declines:
            return None if declined_before else wish
        if sender in wish.except_for:
            if not wish.conditional:
                return None
        elif consent is None or not (wish.keeps_consents or _later(consent, wish)):
            return wish
        declined_before = True
    return None


def _code_matches(wish: Wish, code: str, code_kind: str) -> bool:
    if not wish.code_prefixes:
        return True
    return any(
        code_kind == "international" if prefix == "international" else _in_range(code, prefix)
        for prefix in wish.code_prefixes
    )


@lru_cache(maxsize=16384)
def _in_range(code: str, prefix: str) -> bool:
    return prefix_matches(code, prefix)


# --- time and channel -------------------------------------------------------------------------------------------


def _present_holder(subscriber: Subscriber, at: datetime) -> Statement | None:
    """Since when the present holder has the number; None when it was never recycled."""
    return next((recycling for recycling in reversed(subscriber.recyclings) if recycling.at <= at), None)


def _at_and_after(said: Statement, since: Statement | None) -> bool:
    return since is None or (said.at, said.position) >= (since.at, since.position)


def _later(one: Statement, other: Statement) -> bool:
    return _place(one) > _place(other)


def _place(said: Statement) -> tuple[datetime, int, int]:
    return said.at, said.position, said.protects


def _covers(said: Wish | WishEnd | Consent | Refusal, channel: Channel) -> bool:
    return said.channel in ("both", "call" if channel is Channel.CALL else "sms")


def _in_order(moments: Iterable[datetime]) -> tuple[datetime, ...]:
    return tuple(sorted(set(moments)))

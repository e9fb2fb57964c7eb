"""A person's wishes as rules side by side, and what must be said to get from some rules to others (意愿清单).

The registers keep statements; a page with switches shows what stands. A rule is a statement of which something still
stands, told without number and time. Saying more is stating the new rules; whoever takes something back takes all back
and states again what remains, so that what is on record reads like what is meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, get_args

import msgspec
from msgspec import Meta

from anning.registers.events import Door, Payload, Proof, Trade, WishChannel, WishKind, WishStated, WishWithdrawn
from anning.registers.statements import Subscriber, Wish, WishEnd

MOST: Final = 40
"""Rules one person may have; nobody needs so many, and a page must show them."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One wish; fields as in `WishStated` (一条意愿)."""

    says: Annotated[str, Meta(pattern="^(decline|accept)$")] = "decline"
    channel: WishChannel = "both"
    trades: tuple[Trade, ...] = ()
    hours: tuple[int, int] | None = None
    weekdays: tuple[int, ...] = ()
    code_prefixes: tuple[str, ...] = ()
    except_for: tuple[str, ...] = ()
    keeps_consents: bool = False
    wish_kind: WishKind = WishKind.DECLINE_CALLS

    def stated(self, number: str, door: Door, proof: Proof) -> WishStated:
        """As somebody says it."""
        return WishStated(number=number, door=door, proof=proof, **msgspec.structs.asdict(self))


def standing(subscriber: Subscriber | None, at: datetime) -> tuple[Rule, ...]:
    """The rules that stand, in the order in which they were said; said twice is once, the later one.

    A later rule that says the opposite stands beside the earlier: which of them decides is settled for each
    communication by when they were said.
    """
    if subscriber is None:
        return ()
    since = next((one for one in reversed(subscriber.recyclings) if one.at <= at), None)
    said = [
        wish
        for wish in subscriber.wishes
        if wish.at <= at and (since is None or (wish.at, wish.position) >= (since.at, since.position))
    ]
    rules: dict[Rule, None] = {}
    for place, wish in enumerate(said):
        if not isinstance(wish, Wish):
            continue
        for rule in _left(wish, [end for end in said[place + 1 :] if isinstance(end, WishEnd)]):
            alike = msgspec.structs.replace(rule, keeps_consents=False)
            for other in [one for one in rules if msgspec.structs.replace(one, keeps_consents=False) == alike]:
                del rules[other]
            rules[rule] = None
    return tuple(rules)


def changes(
    number: str, stood: Iterable[Rule], wanted: Iterable[Rule], *, door: Door, proof: Proof
) -> tuple[Payload, ...]:
    """What must be said so that the wanted rules stand and no others; nothing when they do already.

    A refusal that stood before and is only said again ends no consent that was given since.
    """
    before, after = list(stood), list(dict.fromkeys(wanted))
    new = [rule for rule in after if rule not in before]
    if all(rule in after for rule in before) and after[: len(before)] == before:
        return tuple(rule.stated(number, door, proof) for rule in new)
    if after == before:
        return ()
    again = [msgspec.structs.replace(rule, keeps_consents=True) if rule in before else rule for rule in after]
    withdrawn = WishWithdrawn(number=number, door=door, proof=proof)
    return (withdrawn, *(rule.stated(number, door, proof) for rule in again))


def _left(wish: Wish, ends: list[WishEnd]) -> list[Rule]:
    """What of a wish the later withdrawals leave: it may stand on one channel and for some trades only."""
    left: dict[str, tuple[str, ...] | None] = {}
    for channel in ("call", "sms") if wish.channel == "both" else (wish.channel,):
        trades: tuple[str, ...] | None = wish.trades
        for end in ends:
            if trades is None or end.channel not in ("both", channel):
                continue
            trades = _without(trades, end.trades)
        left[channel] = trades
    standing_on = {channel: trades for channel, trades in left.items() if trades is not None}
    if len(standing_on) == 2 and len(set(standing_on.values())) == 1:
        return [_rule(wish, "both", standing_on["call"])]
    return [_rule(wish, channel, trades) for channel, trades in standing_on.items()]


def _without(trades: tuple[str, ...], ended: tuple[str, ...]) -> tuple[str, ...] | None:
    """Trades that remain, named one by one where all but some do; None when none does."""
    if not ended:
        return None
    if not trades:
        return tuple(trade for trade in TRADES if trade not in ended)
    remaining = tuple(trade for trade in trades if trade not in ended)
    return remaining or None


TRADES: Final[tuple[str, ...]] = get_args(Trade)


def _rule(wish: Wish, channel: str, trades: tuple[str, ...]) -> Rule:
    return msgspec.convert(
        {
            "says": "decline" if wish.declines else "accept",
            "channel": channel,
            "trades": trades,
            "hours": wish.hours,
            "weekdays": wish.weekdays,
            "code_prefixes": wish.code_prefixes,
            "except_for": wish.except_for,
            "keeps_consents": wish.keeps_consents,
            "wish_kind": wish.kind,
        },
        Rule,
    )

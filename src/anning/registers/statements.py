"""All that one person said, in the order of what was said and not of how it came in (本人的表示).

`fold` takes events in any order: an old list imported late finds its place by its own time. Nothing is thrown away,
so that a reading for an earlier moment can still be made. The number itself is not kept: people who said the same at
the same place of the journal have equal, hashable histories, and an index may keep one for all of them.

At the same moment the later position of the journal counts as later; at the same position (rows of one import) what
protects the person counts as later.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime
from typing import Final, Literal, TypeAlias, TypeVar

import msgspec

from anning.registers.events import (
    Act,
    ChargeNoticeGiven,
    ConsentGiven,
    ConsentWithdrawn,
    NumberRecycled,
    Payload,
    ReplyRead,
    ReplyUnclear,
    SubscriberForgotten,
    WishChannel,
    WishStated,
    WishWithdrawn,
)

WORTHY_ACTS: Final = frozenset({"explicit", "requested"})
"""Acts that consent or request; the others are no act of the person at all (S01)."""


class Statement(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Something said at a moment, kept at a position of the journal."""

    at: datetime
    position: int

    @property
    def protects(self) -> int:
        """How much it protects the person, which decides only between equal moments and positions."""
        return 0


class Wish(Statement, frozen=True, gc=False, kw_only=True):
    """A general wish; fields as in `WishStated` (意愿)."""

    declines: bool
    channel: WishChannel
    trades: tuple[str, ...]
    hours: tuple[int, int] | None
    weekdays: tuple[int, ...]
    code_prefixes: tuple[str, ...]
    except_for: tuple[str, ...]
    keeps_consents: bool
    kind: str

    @property
    def protects(self) -> int:
        return 2 if self.declines else 0

    @property
    def conditional(self) -> bool:
        """Whether it holds only at some times or for some codes."""
        return self.hours is not None or bool(self.weekdays or self.code_prefixes)

    @property
    def ends_consents(self) -> bool:
        """Whether it is a general refusal, after which earlier consents no longer stand (our policy)."""
        return self.declines and not self.keeps_consents and not self.conditional


class WishEnd(Statement, frozen=True, gc=False, kw_only=True):
    """General wishes taken back on these channels and trades (撤回意愿)."""

    channel: WishChannel
    trades: tuple[str, ...]

    @property
    def protects(self) -> int:
        return 1


class Consent(Statement, frozen=True, gc=False, kw_only=True):
    """A consent or request to one organisation; fields as in `ConsentGiven` (同意)."""

    to: str
    channel: WishChannel
    act: Act
    through: str
    confirmed: bool
    expires: datetime | None

    @property
    def worthy(self) -> bool:
        """Whether the person did something, rather than having it done to them."""
        return self.act in WORTHY_ACTS


class Refusal(Statement, frozen=True, gc=False, kw_only=True):
    """A refusal to one organisation, or an answer to it that nobody could read yet (拒绝)."""

    to: str
    channel: WishChannel
    unclear: bool

    @property
    def protects(self) -> int:
        return 2


class ReplyCleared(Statement, frozen=True, gc=False, kw_only=True):
    """A person read the unclear answers to this organisation so far: they did not refuse (判读为未拒绝)."""

    to: str

    @property
    def protects(self) -> int:
        return 1


class Recycling(Statement, frozen=True, gc=False, kw_only=True):
    """A new person holds the number (二次放号)."""


class Forgetting(Statement, frozen=True, gc=False, kw_only=True):
    """The person wants to be known no longer; fields as in `SubscriberForgotten` (被遗忘)."""

    everything: bool

    def ends(self, said: Statement) -> bool:
        """Whether what was said no longer counts. What refuses stays, unless the person asked for everything."""
        if isinstance(said, Recycling | Forgetting) or (said.at, said.position) >= (self.at, self.position):
            return False
        return self.everything or isinstance(said, Consent | ChargeNotice)


class ChargeNotice(Statement, frozen=True, gc=False, kw_only=True):
    """The person was told price, method and way out by this sender (资费告知)."""

    sender: str


Dealing: TypeAlias = Consent | Refusal | ReplyCleared
"""What passed between the person and one organisation."""

List: TypeAlias = Literal["wishes", "dealings", "recyclings", "notices", "forgettings"]

_S = TypeVar("_S", bound=Statement)
_encode = msgspec.json.Encoder().encode


class Subscriber(msgspec.Struct, frozen=True, gc=False):
    """Everything one number's holders said, each list in the order of time (一个号码的全部表示).

    What a person wanted forgotten is not in it, whenever it came in.
    """

    wishes: tuple[Wish | WishEnd, ...] = ()
    dealings: tuple[Dealing, ...] = ()
    recyclings: tuple[Recycling, ...] = ()
    notices: tuple[ChargeNotice, ...] = ()
    forgettings: tuple[Forgetting, ...] = ()


NOBODY: Final = Subscriber()
"""A number of which nothing was ever said."""

SUBSCRIBER_EVENTS: Final[tuple[type[Payload], ...]] = (
    WishStated,
    WishWithdrawn,
    ConsentGiven,
    ConsentWithdrawn,
    ReplyUnclear,
    ReplyRead,
    NumberRecycled,
    ChargeNoticeGiven,
    SubscriberForgotten,
)
"""The events that belong to one number; each has a field `number`."""


def fold(subscriber: Subscriber | None, event: Payload, at: datetime, position: int) -> Subscriber:
    """The history with one event more. The order of folding does not matter; the same event twice is once.

    Args:
        at: when it was said, aware.
        position: the event's place in the journal; rows of an import have the place of their segment.

    Raises:
        TypeError: the event is not about a number (see `SUBSCRIBER_EVENTS`).
    """
    before = NOBODY if subscriber is None else subscriber
    which, said = _statement(event, at, position)
    if any(forgetting.ends(said) for forgetting in before.forgettings):
        return before
    wishes, dealings, recyclings, notices = before.wishes, before.dealings, before.recyclings, before.notices
    if which == "forgettings":
        return _without(before, said)
    if which == "wishes":
        wishes = _inserted(wishes, said)
    elif which == "dealings":
        dealings = _inserted(dealings, said)
    elif which == "recyclings":
        recyclings = _inserted(recyclings, said)
    else:
        notices = _inserted(notices, said)
    return Subscriber(wishes, dealings, recyclings, notices, before.forgettings)


def _without(before: Subscriber, said: Statement) -> Subscriber:
    """The history after a forgetting."""
    assert isinstance(said, Forgetting)
    return Subscriber(
        tuple(one for one in before.wishes if not said.ends(one)),
        tuple(one for one in before.dealings if not said.ends(one)),
        before.recyclings,
        tuple(one for one in before.notices if not said.ends(one)),
        _inserted(before.forgettings, said),
    )


def statement_of(event: Payload, at: datetime, position: int) -> Statement:
    """What an event about a number states.

    Raises:
        TypeError: the event is not about a number (see `SUBSCRIBER_EVENTS`).
    """
    return _statement(event, at, position)[1]


def _statement(event: Payload, at: datetime, position: int) -> tuple[List, Statement]:
    match event:
        case WishStated():
            return "wishes", Wish(
                at=at,
                position=position,
                declines=event.says == "decline",
                channel=event.channel,
                trades=event.trades,
                hours=event.hours,
                weekdays=event.weekdays,
                code_prefixes=event.code_prefixes,
                except_for=event.except_for,
                keeps_consents=event.keeps_consents,
                kind=event.wish_kind.value,
            )
        case WishWithdrawn():
            return "wishes", WishEnd(at=at, position=position, channel=event.channel, trades=event.trades)
        case ConsentGiven():
            return "dealings", Consent(
                at=at,
                position=position,
                to=event.to,
                channel=event.channel,
                act=event.act,
                through=event.through,
                confirmed=event.confirmed,
                expires=event.expires,
            )
        case ConsentWithdrawn():
            return "dealings", Refusal(at=at, position=position, to=event.to, channel=event.channel, unclear=False)
        case ReplyUnclear():
            return "dealings", Refusal(at=at, position=position, to=event.to, channel="both", unclear=True)
        case ReplyRead():
            if event.refuses:
                return "dealings", Refusal(at=at, position=position, to=event.to, channel="both", unclear=False)
            return "dealings", ReplyCleared(at=at, position=position, to=event.to)
        case NumberRecycled():
            return "recyclings", Recycling(at=at, position=position)
        case ChargeNoticeGiven():
            return "notices", ChargeNotice(at=at, position=position, sender=event.sender)
        case SubscriberForgotten():
            return "forgettings", Forgetting(at=at, position=position, everything=event.what == "everything")
        case _:
            raise TypeError(type(event).__name__)


def _inserted(among: tuple[_S, ...], said: Statement) -> tuple[_S, ...]:
    new: _S = said  # type: ignore[assignment]  # `_statement` names the list of the statement's own kind
    if not among or _order(among[-1]) < _order(new):
        return (*among, new)
    key = _order(new)
    first, last = bisect_left(among, key, key=_order), bisect_right(among, key, key=_order)
    peers = among[first:last]
    if new in peers:
        return among
    ordered = tuple(sorted((*peers, new), key=_encode)) if peers else (new,)
    return among[:first] + ordered + among[last:]


def _order(said: Statement) -> tuple[datetime, int, int]:
    return said.at, said.position, said.protects

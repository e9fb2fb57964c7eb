"""`given:` as register events: the world of a situation, all of it (情形的世界).

It may state worlds that the registers would not let anyone make. What carries no time was so long before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Final, get_args

from yaml.nodes import Node, ScalarNode

from anning.gate.directory import code_form
from anning.gate.situations.fields import Fields, complain, digits, moment, one_of, scalar
from anning.gate.situations.model import Said
from anning.law.instrument import SHANGHAI
from anning.law.instruments.registry import INSTRUMENTS
from anning.registers import events as reg

LONG_BEFORE: Final = datetime(2000, 1, 1, tzinfo=SHANGHAI)

TRADES: Final = get_args(reg.Trade)
SANCTIONS: Final = get_args(reg.Sanction)
_WISH_CHANNELS: Final = get_args(reg.WishChannel)
_CLOCK: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")

_NOBODY: Final = "nobody"
_MOST_MESSAGES: Final = 10_000

KEYS: Final = (
    "organisations",
    "licences",
    "codes",
    "signatures",
    "wishes",
    "consents",
    "recycled",
    "approvals",
    "prior_contacts",
    "service_volumes",
    "charge_notices",
    "content_blocks",
    "confirmed",
    "house_policy",
    "parts_down",
)


def read_world(given: Fields) -> tuple[Said, ...]:
    """Every register event that `given` states, in the order of their times.

    Raises:
        InvalidSituation: an unknown key, a missing one, or a value that cannot be meant; with the line.
    """
    said: list[Said] = []
    for key, read in _READERS.items():
        for node in given.items(key):
            said += read(node)
    for name, node in given.words("confirmed"):
        instrument = one_of(name, node, "confirmed", INSTRUMENTS)
        said.append(Said(LONG_BEFORE, reg.InstrumentConfirmed(instrument=instrument)))
    if given.flag("house_policy", False):
        said.append(Said(LONG_BEFORE, reg.HousePolicySet(on=True)))
    return tuple(sorted(said, key=lambda each: each.at))


def _organisation(node: Node) -> Iterator[Said]:
    f = Fields(node, ("id", "name", "trade", "kind", "verified", "sanctioned"), "organisations")
    org = f.text("id", None)
    name, trade = f.text("name", org), f.word("trade", TRADES, "other")
    kind = f.word("kind", ("company", "person", "platform", "agency"), "company")
    yield _long_before(reg.OrganisationRegistered, id=org, name=name, trade=trade, org_kind=kind)
    yield _long_before(reg.IdentityVerified, org=org, verified=f.flag("verified", True))
    sanction = f.word("sanctioned", SANCTIONS, "none")
    if sanction != "none":
        yield _long_before(reg.MeasureTaken, on=org, measure=sanction)


def _licence(node: Node) -> Iterator[Said]:
    f = Fields(node, ("holder", "kind", "class", "from", "until", "state"), "licences")
    first, last = _period(f)
    yield _long_before(
        reg.LicenceRecorded,
        holder=f.text("holder", None),
        licence_kind=f.word("kind", ("sms", "voice", "carrier"), None),
        licence_class=f.text("class"),
        from_day=first,
        until_day=last,
        state=f.word("state", ("valid", "revoked"), "valid"),
    )


def _period(f: Fields) -> tuple[date, date]:
    """The days from and until which something holds, without bound where none is written."""
    first, last = f.day("from", date.min), f.day("until", date.max)
    if first > last:
        complain(
            f.require("from"),
            "from",
            f"{f.what} 的起期“from”{first} 晚于止期“until”{last}",
            f"{f.what}: 'from' {first} is after 'until' {last}",
            rule="period",
        )
    return first, last


def _code(node: Node) -> Iterator[Said]:
    f = Fields(node, ("code", "holder", "user", "use", "state", "reviewed"), "codes")
    holder = f.text("holder", None)
    yield _long_before(
        reg.CodeRecorded,
        code=code_form(f.code("code", None)),
        holder=holder,
        user=f.text("user", holder),
        use=f.word("use", ("commercial", "service", "public-interest", "any"), "any"),
        state=f.word("state", ("active", "suspended", "recovered"), "active"),
        reviewed=f.flag("reviewed", True),
    )


def _signature(node: Node) -> Iterator[Said]:
    f = Fields(node, ("text", "owner", "state"), "signatures")
    yield _long_before(
        reg.SignatureRecorded,
        text=f.text("text", None),
        owner=f.text("owner", None),
        state=f.word("state", ("not-submitted", "in-review", "approved", "rejected"), "approved"),
    )


def _wish(node: Node) -> Iterator[Said]:
    f = Fields(node, ("number", "channel", "trades", "says", "at", "hours", "code_prefixes"), "wishes")
    yield _said(
        f.moment("at", LONG_BEFORE),
        reg.WishStated,
        number=f.number("number"),
        channel=f.word("channel", _WISH_CHANNELS, "both"),
        trades=_trades(f),
        says=f.word("says", ("decline", "accept"), "decline"),
        hours=_hours(f),
        code_prefixes=tuple(digits(item, "code_prefixes") for _, item in f.words("code_prefixes")),
    )


def _trades(f: Fields) -> tuple[str, ...]:
    node = f.node_of("trades")
    if node is None or (isinstance(node, ScalarNode) and node.value == "all"):
        return ()
    return tuple(one_of(word, item, "trades", TRADES) for word, item in f.words("trades"))


def _hours(f: Fields) -> tuple[int, int] | None:
    node = f.node_of("hours")
    if node is None:
        return None
    minutes = []
    for item in f.items("hours"):
        match = _CLOCK.fullmatch(scalar(item, "hours").strip())
        if match is None or int(match[1]) * 60 + int(match[2]) > 24 * 60:
            complain(item, "hours", "时刻应写作 09:00", "an hour is written 09:00")
        minutes.append(int(match[1]) * 60 + int(match[2]))
    if len(minutes) != 2:
        complain(node, "hours", "hours 须写起止两个时刻", "hours are two: from and until")
    return minutes[0] % 1440, minutes[1]


def _consent(node: Node) -> Iterator[Said]:
    f = Fields(
        node,
        ("number", "to", "channel", "act", "at", "confirmed", "withdrawn", "through", "expires"),
        "consents",
    )
    number, to, channel = f.number("number"), f.text("to", None), f.word("channel", _WISH_CHANNELS, "both")
    yield _said(
        f.moment("at", LONG_BEFORE),
        reg.ConsentGiven,
        number=number,
        to=to,
        channel=channel,
        act=f.word("act", get_args(reg.Act), "explicit"),
        through=f.text("through"),
        confirmed=f.flag("confirmed", False),
        expires=f.moment("expires", None) if f.node_of("expires") is not None else None,
    )
    if f.node_of("withdrawn") is not None:
        yield _said(f.moment("withdrawn", None), reg.ConsentWithdrawn, number=number, to=to, channel=channel)


def _recycled(node: Node) -> Iterator[Said]:
    f = Fields(node, ("number", "at"), "recycled")
    yield _said(f.moment("at", LONG_BEFORE), reg.NumberRecycled, number=f.number("number"))


def _approval(node: Node) -> Iterator[Said]:
    f = Fields(node, ("id", "agency", "text", "applied", "approved", "emergency", "from", "until"), "approvals")
    first, last = _period(f)
    yield _long_before(
        reg.ApprovalRecorded,
        id=f.text("id"),
        agency=f.text("agency", None),
        text=f.text("text", None),
        # Not applied for yet is applied for too late, whenever it is sent.
        applied=f.day("applied", date.max),
        approved=f.day("approved", None) if f.node_of("approved") is not None else None,
        emergency=f.flag("emergency", False),
        from_day=first,
        until_day=last,
    )


def _contacts(node: Node) -> Iterator[Said]:
    f = Fields(node, ("sender", "to", "channel", "at"), "prior_contacts")
    one = f.node_of("at")
    nodes = [one] if isinstance(one, ScalarNode) else list(f.items("at"))
    times = tuple(moment(each, "at") for each in nodes)
    yield _long_before(
        reg.ContactsRecorded,
        sender=f.text("sender", None),
        number=f.number("to"),
        channel=f.word("channel", ("sms", "call", "app"), "sms"),
        at=times,
    )


def _volume(node: Node) -> Iterator[Said]:
    """Service messages of one hour; to whom they went does not matter."""
    f = Fields(node, ("sender", "channel", "at", "messages"), "service_volumes")
    sender, channel, at = f.text("sender", None), f.word("channel", ("sms", "app"), "sms"), f.moment("at", None)
    messages = f.whole("messages", most=_MOST_MESSAGES)
    yield _said(
        at,
        reg.ContactsRecorded,
        sender=sender,
        number=_NOBODY,
        channel=channel,
        at=(at,) * messages,
        content="service",
    )


def _notice(node: Node) -> Iterator[Said]:
    f = Fields(node, ("sender", "number", "at"), "charge_notices")
    said = f.moment("at", LONG_BEFORE)
    yield _said(said, reg.ChargeNoticeGiven, sender=f.text("sender", None), number=f.number("number"))


def _block(node: Node) -> Iterator[Said]:
    f = Fields(node, ("text", "at"), "content_blocks")
    yield _said(f.moment("at", LONG_BEFORE), reg.ContentBlocked, text=f.text("text", None))


def _said(at: datetime, kind: Callable[..., reg.Payload], /, **fields: Any) -> Said:
    return Said(at, kind(**fields))


def _long_before(kind: Callable[..., reg.Payload], /, **fields: Any) -> Said:
    return _said(LONG_BEFORE, kind, **fields)


_READERS: dict[str, Callable[[Node], Iterator[Said]]] = {
    "organisations": _organisation,
    "licences": _licence,
    "codes": _code,
    "signatures": _signature,
    "wishes": _wish,
    "consents": _consent,
    "recycled": _recycled,
    "approvals": _approval,
    "prior_contacts": _contacts,
    "service_volumes": _volume,
    "charge_notices": _notice,
    "content_blocks": _block,
}

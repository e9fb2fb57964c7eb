"""From a communication to observations: facts, three-valued, free of law (观察).

What is the same for every recipient of one text is observed once (`Sending`, `Message`); what belongs to the person is
laid over it. A part that is away, or a reader that raises, leaves its facts UNKNOWN: nothing here guesses, except the
last known directory, whose word on service ports is what an outage may rest on (design, idea 6).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from anning.content import fold_signature
from anning.gate.approving import best_approval
from anning.gate.blind import seen_from_outside
from anning.gate.communication import Communication
from anning.gate.counts.contacts import Contacts
from anning.gate.directory import (
    Code,
    Directory,
    Organisation,
    content_key,
    instant,
    midnight,
    moment_of,
)
from anning.gate.handovers import Handovers
from anning.gate.index import Index
from anning.gate.past_volume import within_past_volume
from anning.gate.texts import CONTENT_FIELDS, Readers, Reading, alone, bracketed, code_alone, content_facts
from anning.law.calendar import WorkingCalendar
from anning.law.instrument import SHANGHAI
from anning.law.observations import (
    Approval,
    Channel,
    CodeState,
    ConsentState,
    LicenceState,
    Observations,
    Purpose,
    SignatureState,
)
from anning.law.tri import UNKNOWN, Tri, Unknown
from anning.numbers import OWN_NUMBERS, Kind, Parsed, parse
from anning.registers.standing import (
    ConsentReading,
    Subscriber,
    charge_notice_given,
    consent_reading,
    wish_reading,
)

LAST_KNOWN_FOR: Final = timedelta(hours=24)
"""How old the last known directory may be for an outage to rest on it."""

PARTS: Final = ("index", "directory", "journal", "records", "detection")
"""Parts that may be away; the content rules run inside every gate and never are."""

_ONE_DAY = timedelta(days=1)
_BARRED = frozenset({"suspended", "closed"})
_SEVERITY: Final = ("none", "warned", "limited", "suspended", "closed")
_SHORTEST_NAME: Final = 2
_NUMBERED_APP = re.compile(r"\+?(?:\d+|\d{5,}.*)", re.ASCII)
"""An app's id that reads like a code of the numbering plan (电信网码号), whatever is hung on to it."""


class Sources(msgspec.Struct, kw_only=True):
    """Where facts come from: the views of the journal, the content rules, and which parts are away since when."""

    directory: Directory
    index: Index
    contacts: Contacts
    handovers: Handovers
    readers: Readers
    calendar: WorkingCalendar
    away: Mapping[str, datetime]

    def reading(self, text: str, moment: int, changes: list[int] | None = None) -> Reading:
        """What the content model in force at that moment reads of a text. Raises when it cannot be had."""
        return self.readers.of(self.directory.content_model(moment, changes))(text)


class Sending(msgspec.Struct, kw_only=True):
    """Who sends, who carries, under which code, when: the same for every text and recipient of a job.

    Attributes:
        metered: a part is away, so that a message may rest on the sender's past volume.
    """

    of: Communication
    moment: int
    day: date
    trade: str
    organisation: Organisation | None
    code: str
    code_kind: Kind
    code_abroad: bool
    sound: bool
    directory_away: bool
    index_away: bool
    counts_away: bool
    metered: bool
    fields: dict[str, Any]
    last_known: dict[str, Any]
    fresh: bool
    boundaries: tuple[datetime, ...]


class Message(msgspec.Struct, kw_only=True):
    """A sending with its text: what every recipient's observations have in common.

    Attributes:
        directory_away: the directory is away and this message may not rest on what it last said.
    """

    sending: Sending
    base: Observations
    directory_away: bool
    trades: frozenset[str]


def observe(c: Communication, sources: Sources) -> Observations:
    """Everything that is seen of one communication."""
    sending = observe_sending(c, sources)
    return observe_person(observe_message(sending, c.text, sources), parse(c.number), c.number, sources)


# --- who sends, who carries, under which code -------------------------------------------------------------------


def observe_sending(c: Communication, sources: Sources) -> Sending:
    """What the directory says of the parties and the code shown."""
    directory, away = sources.directory, sources.away
    moment, local = moment_of(c.at), c.at.astimezone(SHANGHAI)
    day, changes = local.date(), list[int]()
    kind, code = _shown(c)

    provider = directory.organisation(c.provider, moment, changes)
    licence, last_day = directory.licence(c.provider, c.channel, moment, day, changes)
    provider_sanction = directory.sanction(c.provider, moment, changes)
    via = c.via if c.via and directory.organisation(c.via, moment, changes) is not None else ""
    sender = directory.organisation(c.sender, moment, changes)
    verified = directory.verified(c.sender, moment, changes)
    sanction = directory.sanction(c.sender, moment, changes)
    row = _row(directory, c, code, moment, day, changes) if code else None
    between = {c.via} | (set() if row is None else {row.holder, row.user} - {c.provider, c.sender})
    platform_sanction = max(
        (directory.sanction(org, moment, changes) for org in between if org), key=_SEVERITY.index, default="none"
    )
    in_person = sender is not None and sender.kind == "person"
    state, use, reviewed, held_here, user_is_sender = _code_facts(c, row, code, kind, via, in_person)

    fresh = _fresh(away, c.at)
    if fresh:
        changes += [moment_of(since + LAST_KNOWN_FOR) + 1 for since in _lost(away)]

    fields: dict[str, Any] = {
        "provider_known": provider is not None,
        "provider_licence": licence,
        "provider_sanction": provider_sanction,
        "platform_sanction": platform_sanction,
        "sender_known": sender is not None,
        "sender_kind": "" if sender is None else sender.kind,
        "sender_trade": "" if sender is None else sender.trade,
        "sender_verified": verified,
        "sender_sanction": sanction,
        "code_state": state,
        "code_use": use,
        "code_reviewed": reviewed,
        "code_held_here": held_here,
        "code_user_is_sender": user_is_sender,
    }
    sound = (
        row is not None
        and use in ("service", "any")
        and state is CodeState.ACTIVE
        and held_here
        and user_is_sender
        and (reviewed or c.channel is not Channel.CALL)
        and verified
        and provider is not None
        and licence is LicenceState.VALID
        and _BARRED.isdisjoint((sanction, provider_sanction, platform_sanction))
        and fresh
    )
    last_known = fields
    # A person's own number is known to be one; a message between people does not wait for a register to come back.
    from_person = in_person and kind in OWN_NUMBERS and c.purpose in (Purpose.UNDECLARED, Purpose.SERVICE)
    directory_away = "directory" in away and not (fresh and from_person)
    if directory_away:
        fields = dict.fromkeys(fields, UNKNOWN)
    if licence is LicenceState.VALID and last_day is not None and last_day < date.max:
        changes.append(midnight(last_day + _ONE_DAY))
    elif licence is not LicenceState.VALID:
        begins = directory.licence_begins(c.provider, c.channel, moment, day)
        if begins is not None:
            changes.append(midnight(begins))
    told: dict[str, Any] = {
        "at": c.at,
        "channel": c.channel,
        "local_minute": local.hour * 60 + local.minute,
        "purpose": c.purpose,
        "platform_call": c.platform_call and c.channel is Channel.CALL,
        "caller_identity": c.caller_identity,
        "charged": c.charged,
        "code_kind": str(kind) if code else "",
        "has_platform": bool(c.via),
        "parts_down": tuple(part for part in PARTS if part in away),
    }
    return Sending(
        of=c,
        moment=moment,
        day=day,
        trade="" if sender is None else sender.trade,
        organisation=sender,
        code=code,
        code_kind=kind,
        code_abroad=kind is Kind.INTERNATIONAL or not code,
        sound=sound,
        directory_away=directory_away,
        index_away="index" in away or "journal" in away,
        counts_away="records" in away,
        metered=bool(away) and c.channel is not Channel.CALL,
        fields=fields | told,
        last_known=last_known | told,
        fresh=fresh,
        boundaries=tuple(instant(change) for change in changes if change > moment),
    )


def _shown(c: Communication) -> tuple[Kind, str]:
    """The kind and spelling of the code shown.

    What carries a message is no fixed line: +86 10 6900 0123 as the code of an SMS is the port 106 9000 123.
    """
    if not c.code.strip():
        return Kind.INVALID, ""
    shown = parse(c.code)
    if c.channel is not Channel.CALL and shown.kind is Kind.FIXED and shown.number.startswith("+86106"):
        shown = parse(shown.number.removeprefix("+86"))
    return shown.kind, shown.number or "".join(c.code.split())


def _row(directory: Directory, c: Communication, code: str, moment: int, day: date, changes: list[int]) -> Code | None:
    """The registered row of the code shown.

    A port is the same whether it was recorded with +86 or without; with it, it reads as a fixed line, which anybody
    may have, so that it is a port only in the hands of one who may hold ports (R06b).
    """
    row = directory.code(code, moment, changes)
    if row is None and c.channel is not Channel.CALL and code.startswith("106"):
        row = directory.code("+86" + code, moment, changes)
        if row is not None:
            licence, _ = directory.licence(row.holder, c.channel, moment, day, changes)
            return row if licence is LicenceState.VALID else None
    return row


def _code_facts(
    c: Communication, row: Code | None, code: str, kind: Kind, via: str, in_person: bool
) -> tuple[CodeState, str, bool, bool, bool]:
    """State, use, review, whether its holder is a party here, whether its user is the sender.

    Args:
        via: the platform between, empty when there is none or nobody knows it.
        in_person: the sender is registered as a person.
    """
    if row is not None:
        own = kind in OWN_NUMBERS and row.user == c.sender
        held_here = own or row.holder in {c.provider, c.sender, via} - {""}
        return row.state, row.use, row.reviewed, held_here, row.user == c.sender
    if not code:
        return CodeState.MISSING, "any", False, False, False
    if kind in OWN_NUMBERS and _needs_no_entry(c, in_person):
        return CodeState.PERSONAL, "any", True, True, True
    if c.channel is Channel.APP and kind is Kind.INVALID and _NUMBERED_APP.fullmatch(_plain(code)) is None:
        # An app has an identity of its own, not one of the numbering plan: no code register speaks of it.
        return CodeState.ACTIVE, "any", True, True, True
    return CodeState.UNREGISTERED, "any", False, False, False


def _needs_no_entry(c: Communication, in_person: bool) -> bool:
    """A subscriber's number calls without an entry; messages go by a code unless people write to each other."""
    return not c.platform_call if c.channel is Channel.CALL else in_person


def _plain(code: str) -> str:
    """An app's id in half-width characters, without blanks and strokes."""
    return re.sub(r"[\s\-().]", "", unicodedata.normalize("NFKC", code))


def _lost(away: Mapping[str, datetime]) -> Iterable[datetime]:
    """Since when the parts are away on which the directory rests."""
    return (since for part, since in away.items() if part in ("directory", "journal"))


def _fresh(away: Mapping[str, datetime], at: datetime) -> bool:
    """Whether the last known directory is young enough to rest on."""
    return all(at - since <= LAST_KNOWN_FOR for since in _lost(away))


# --- what the text is and carries -------------------------------------------------------------------------------


def observe_message(sending: Sending, text: str, sources: Sources) -> Message:
    """What the content rules and the registers of signatures, blocks and approvals say of the text."""
    c, directory, changes = sending.of, sources.directory, list[int]()
    read: dict[str, Any] = {}
    trades = {sending.trade} - {""}
    signature: SignatureState | Unknown = SignatureState.NONE
    approval: Approval | None = None
    blocked: Tri = False
    away = sending.directory_away
    if c.channel is not Channel.CALL:
        approval = best_approval(directory, sources.calendar, c.sender, text, sending.moment, sending.day, changes)
        emergency = approval is not None and approval.emergency and c.purpose is Purpose.PUBLIC_INTEREST
        # A warning goes first and formalities follow (R26): it does not wait for the directory to come back.
        away = away and not (sending.fresh and emergency)
        try:
            reading = sources.reading(text, sending.moment, changes)
        except Exception:  # noqa: BLE001 - what raises is unknown (design, idea 6)
            read.update(
                dict.fromkeys(CONTENT_FIELDS, UNKNOWN), verification_code=code_alone(text), names_agency=UNKNOWN
            )
            signature = UNKNOWN
            signed, key = alone(bracketed, text), alone(content_key, text)
            if signed is not None:
                signature = _signature(directory, signed, sending, changes)
        else:
            content, key = reading.content, reading.key
            if content.trade:
                trades.add(content.trade)
            signature = _signature(directory, (content.signature, *content.other_signatures), sending, changes)
            named = _names_sender(reading, signature, sending) or (UNKNOWN if away else False)
            read.update(content_facts(reading), names_sender=named, names_agency=named)
        blocked = UNKNOWN if key is None else directory.blocked(key, sending.moment, changes)
    fields = dict(sending.fields if away else sending.last_known) | read
    fields["approval"] = UNKNOWN if away and c.channel is not Channel.CALL else approval
    fields["signature"] = UNKNOWN if away else signature
    fields["content_blocked"] = UNKNOWN if away else blocked
    fields["last_known_service_port"] = (
        sending.sound and blocked is False and (c.channel is Channel.CALL or signature is SignatureState.APPROVED)
    )
    fields["boundaries"] = _ordered(
        (*sending.boundaries, *(instant(change) for change in changes if change > sending.moment)), c.at
    )
    return Message(sending=sending, base=Observations(**fields), directory_away=away, trades=frozenset(trades))


def _signature(directory: Directory, signed: tuple[str, ...], sending: Sending, changes: list[int]) -> SignatureState:
    """How the first signature stands; another's anywhere in the text is another's (冒用签名)."""
    states = [directory.signature(each, sending.of.sender, sending.moment, changes) for each in signed]
    if SignatureState.FOREIGN in states:
        return SignatureState.FOREIGN
    return states[0] if states else SignatureState.NONE


def _names_sender(reading: Reading, signature: SignatureState, sending: Sending) -> bool:
    """By its own signature in the register, by its registered name, or by a part of that as signature (R19a)."""
    if signature in (SignatureState.APPROVED, SignatureState.NOT_APPROVED):
        return True
    organisation = sending.organisation
    if organisation is None or len(organisation.folded_name) < _SHORTEST_NAME:
        return False
    if organisation.folded_name in reading.folded:
        return True
    signed = fold_signature(reading.content.signature)
    return (
        signature is not SignatureState.FOREIGN and len(signed) >= _SHORTEST_NAME and signed in organisation.folded_name
    )


def parties_of(c: Communication) -> tuple[str, ...]:
    """To whom the recipient may have said something that matters: the sender first, then the platform in between."""
    return (c.sender, c.via) if c.via and c.via != c.sender else (c.sender,)


# --- the person -------------------------------------------------------------------------------------------------


def observe_person(message: Message, recipient: Parsed, written: str, sources: Sources) -> Observations:
    """What belongs to the recipient, laid over what all recipients have in common."""
    sending = message.sending
    number = recipient.number or written
    subscriber = None if sending.index_away else sources.index.subscriber(number, parties_of(sending.of))
    return lay_over(message, recipient.kind, number, subscriber, sources)


def lay_over(
    message: Message, kind: Kind, number: str, subscriber: Subscriber | None, sources: Sources
) -> Observations:
    """The observations of one recipient whose entry in the index is already at hand."""
    return msgspec.structs.replace(message.base, **person_fields(message, kind, number, subscriber, sources))


def person_fields(
    message: Message, kind: Kind, number: str, subscriber: Subscriber | None, sources: Sources
) -> dict[str, Any]:
    """The fields in which one recipient's observations differ from what all recipients have in common."""
    sending, c = message.sending, message.sending.of
    fields: dict[str, Any] = {
        "recipient_kind": str(kind),
        "in_mainland": not (kind is Kind.INTERNATIONAL and sending.code_abroad),
    }
    boundaries: tuple[datetime, ...] = ()
    since: int | None = None
    if sending.index_away:
        fields.update(_INDEX_UNKNOWN)
    elif subscriber is not None:
        boundaries = _person_facts(fields, message, subscriber)
        handed_over = [recycling.at for recycling in subscriber.recyclings]
        held = [at for at in handed_over if at <= c.at]
        since = moment_of(held[-1]) if held else None
        boundaries += tuple(handed_over[len(held) :])
    if sending.counts_away:
        fields.update(contact_ages=UNKNOWN, marketing_ages=UNKNOWN, code_message_ages=UNKNOWN)
    else:
        lately = sources.handovers.last(number, sending.moment)
        since = lately if since is None or (lately is not None and lately > since) else since
        ages = sources.contacts.ages(c.sender, number, c.channel, sending.moment, since)
        if ages.contacts:
            fields.update(contact_ages=ages.contacts, marketing_ages=ages.marketing, code_message_ages=ages.codes)
        if ages.coming is not None:
            boundaries += (instant(ages.coming),)
    if sending.metered:
        within, hour_ends = within_past_volume(c, sources.contacts)
        if not within:
            fields["within_past_volume"] = False
            boundaries += (hour_ends,)
    if boundaries:
        fields["boundaries"] = _ordered((*message.base.boundaries, *boundaries), c.at)
    return fields


def _person_facts(fields: dict[str, Any], message: Message, subscriber: Subscriber) -> tuple[datetime, ...]:
    sending, c = message.sending, message.sending.of
    fields["charge_notice"] = charge_notice_given(subscriber, sender=c.sender, at=c.at)
    notices = tuple(notice.at for notice in subscriber.notices if notice.at > c.at)
    if message.directory_away:
        # Which general refusals reach this sender depends on its trade, which nobody can look up now.
        fields.update(_INDEX_UNKNOWN, charge_notice=fields["charge_notice"])
        return notices
    if c.blind:
        subscriber = seen_from_outside(
            subscriber, sender=c.sender, channel=c.channel, sender_trade=sending.trade, at=c.at
        )
    consent = consent_reading(
        subscriber, sender=c.sender, via=c.via, channel=c.channel, sender_trade=sending.trade, at=c.at
    )
    wish = wish_reading(
        subscriber,
        sender=c.sender,
        channel=c.channel,
        trades=message.trades,
        code=sending.code,
        code_kind=str(sending.code_kind),
        at=c.at,
    )
    fields.update(
        consent=consent.state,
        consent_requested=consent.requested,
        consent_confirmed=consent.confirmed,
        consent_at=consent.given_at,
        consent_through=consent.through,
        consent_expires=consent.expires,
        platform_consent_only=consent.platform_only or _through_platform(consent, subscriber, c),
        wish=wish.state,
        wish_kind=wish.wish_kind,
        refused_sender=consent.refused,
        ever_consented=consent.ever_consented,
    )
    return consent.boundaries + wish.boundaries + notices


def _through_platform(consent: ConsentReading, subscriber: Subscriber, c: Communication) -> bool:
    """Whether what fails as a consent to the sender was taken by a platform that has one for itself (S02)."""
    if consent.state is ConsentState.VALID or not consent.through or consent.through == c.sender:
        return False
    to_platform = consent_reading(
        subscriber, sender=consent.through, via="", channel=c.channel, sender_trade="", at=c.at
    )
    return to_platform.state is ConsentState.VALID


_INDEX_UNKNOWN: dict[str, Any] = {
    "consent": UNKNOWN,
    "consent_requested": UNKNOWN,
    "consent_confirmed": UNKNOWN,
    "consent_at": UNKNOWN,
    "consent_through": UNKNOWN,
    "consent_expires": UNKNOWN,
    "platform_consent_only": UNKNOWN,
    "wish": UNKNOWN,
    "wish_kind": UNKNOWN,
    "refused_sender": UNKNOWN,
    "ever_consented": UNKNOWN,
    "charge_notice": UNKNOWN,
}


def _ordered(moments: tuple[datetime, ...], at: datetime) -> tuple[datetime, ...]:
    return tuple(sorted({moment for moment in moments if moment > at}))

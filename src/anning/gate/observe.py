"""From a communication to observations: facts, three-valued, free of law (观察).

What is the same for every recipient of one text is observed once (`Sending`, `Message`); what belongs to the person is
laid over it. A part that is away, or a reader that raises, leaves its facts UNKNOWN: nothing here guesses, except the
last known directory, whose word on service ports is what an outage may rest on (design, idea 6).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from anning.gate.approving import best_approval
from anning.gate.communication import Communication
from anning.gate.contacts import Contacts
from anning.gate.directory import (
    PERSONAL_KINDS,
    Code,
    Directory,
    Organisation,
    content_key,
    instant,
    midnight,
    moment_of,
)
from anning.gate.index import Index
from anning.gate.texts import CONTENT_FIELDS, Reading, alone, bracketed, code_alone, content_facts
from anning.law.calendar import WorkingCalendar
from anning.law.instrument import SHANGHAI
from anning.law.observations import (
    Channel,
    CodeState,
    ConsentState,
    LicenceState,
    Observations,
    SignatureState,
)
from anning.law.tri import UNKNOWN, Tri, Unknown
from anning.numbers import Kind, Parsed, parse
from anning.registers.standing import (
    ConsentReading,
    Subscriber,
    charge_notice_given,
    consent_reading,
    wish_reading,
)

LAST_KNOWN_FOR: Final = timedelta(hours=24)
"""How old the last known directory may be for service traffic to rest on it in an outage."""

PARTS: Final = ("index", "directory", "journal", "records", "detection")
"""Parts that may be away; the content rules run inside every gate and never are."""

_ONE_DAY = timedelta(days=1)
_BARRED = frozenset({"suspended", "closed"})


class Sources(msgspec.Struct, kw_only=True):
    """Where facts come from: the views of the journal, the content rules, and which parts are away since when."""

    directory: Directory
    index: Index
    contacts: Contacts
    read: Callable[[str], Reading]
    calendar: WorkingCalendar
    away: Mapping[str, datetime | None]


class Sending(msgspec.Struct, kw_only=True):
    """Who sends, who carries, under which code, when: the same for every text and recipient of a job."""

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
    fields: dict[str, Any]
    boundaries: tuple[datetime, ...]


class Message(msgspec.Struct, kw_only=True):
    """A sending with its text: what every recipient's observations have in common."""

    sending: Sending
    base: Observations
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
    shown = parse(c.code) if c.code.strip() else None
    kind = Kind.INVALID if shown is None else shown.kind
    code = "" if shown is None else (shown.number or "".join(c.code.split()))

    provider = directory.organisation(c.provider, moment, changes)
    licence, last_day = directory.licence(c.provider, c.channel, moment, day, changes)
    provider_sanction = directory.sanction(c.provider, moment, changes)
    platform_sanction = directory.sanction(c.via, moment, changes) if c.via else "none"
    sender = directory.organisation(c.sender, moment, changes)
    verified = directory.verified(c.sender, moment, changes)
    sanction = directory.sanction(c.sender, moment, changes)
    row = directory.code(code, moment, changes) if code else None
    state, use, reviewed, held_here, user_is_sender = _code_facts(c, row, code, kind)

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
        and _fresh(away, c.at)
    )
    directory_away = "directory" in away
    if directory_away:
        fields = dict.fromkeys(fields, UNKNOWN)
    if licence is LicenceState.VALID and last_day is not None and last_day < date.max:
        changes.append(midnight(last_day + _ONE_DAY))
    elif licence is not LicenceState.VALID:
        begins = directory.licence_begins(c.provider, c.channel, moment, day)
        if begins is not None:
            changes.append(midnight(begins))
    fields.update(
        at=c.at,
        channel=c.channel,
        local_minute=local.hour * 60 + local.minute,
        purpose=c.purpose,
        platform_call=c.platform_call and c.channel is Channel.CALL,
        caller_identity=c.caller_identity,
        charged=c.charged,
        code_kind=str(kind) if code else "",
        has_platform=bool(c.via),
        parts_down=tuple(part for part in PARTS if part in away),
    )
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
        fields=fields,
        boundaries=tuple(instant(change) for change in changes if change > moment),
    )


def _code_facts(c: Communication, row: Code | None, code: str, kind: Kind) -> tuple[CodeState, str, bool, bool, bool]:
    """State, use, review, whether its holder is a party here, whether its user is the sender."""
    if row is not None:
        own = kind in PERSONAL_KINDS and row.user == c.sender
        held_here = own or row.holder in (c.provider, c.sender, c.via)
        return row.state, row.use, row.reviewed, held_here, row.user == c.sender
    if not code:
        return CodeState.MISSING, "any", False, False, False
    if kind in PERSONAL_KINDS and not (c.platform_call and c.channel is Channel.CALL):
        return CodeState.PERSONAL, "any", True, True, True
    if c.channel is Channel.APP and kind is Kind.INVALID:
        # An app has an identity of its own, not one of the numbering plan: no code register speaks of it.
        return CodeState.ACTIVE, "any", True, True, True
    return CodeState.UNREGISTERED, "any", False, False, False


def _fresh(away: Mapping[str, datetime | None], at: datetime) -> bool:
    """Whether the last known directory is young enough to rest on."""
    return all(
        since is None or at - since <= LAST_KNOWN_FOR
        for part, since in away.items()
        if part in ("directory", "journal")
    )


# --- what the text is and carries -------------------------------------------------------------------------------


def observe_message(sending: Sending, text: str, sources: Sources) -> Message:
    """What the content rules and the registers of signatures, blocks and approvals say of the text."""
    c, directory, changes = sending.of, sources.directory, list[int]()
    fields = dict(sending.fields)
    trades = {sending.trade} - {""}
    signature: SignatureState | Unknown = SignatureState.NONE
    blocked: Tri = False
    if c.channel is not Channel.CALL:
        try:
            reading = sources.read(text)
        except Exception:  # noqa: BLE001 - what raises is unknown (design, idea 6)
            fields.update(dict.fromkeys(CONTENT_FIELDS, UNKNOWN))
            fields["verification_code"] = code_alone(text)
            signature = UNKNOWN
            signed, key = alone(bracketed, text), alone(content_key, text)
            if signed is not None:
                signature = directory.signature(signed, c.sender, sending.moment, changes)
        else:
            content, key = reading.content, reading.key
            fields.update(content_facts(reading))
            if content.trade:
                trades.add(content.trade)
            signature = directory.signature(content.signature, c.sender, sending.moment, changes)
            fields["names_sender"] = _names_sender(reading, signature, sending)
        blocked = UNKNOWN if key is None else directory.blocked(key, sending.moment, changes)
        approval = best_approval(directory, sources.calendar, c.sender, text, sending.moment, sending.day, changes)
        fields["names_agency"] = fields["names_sender"]
        fields["approval"] = UNKNOWN if sending.directory_away else approval
    fields["signature"] = UNKNOWN if sending.directory_away else signature
    fields["content_blocked"] = UNKNOWN if sending.directory_away else blocked
    fields["last_known_service_port"] = (
        sending.sound and blocked is False and (c.channel is Channel.CALL or signature is SignatureState.APPROVED)
    )
    fields["boundaries"] = _ordered(
        (*sending.boundaries, *(instant(change) for change in changes if change > sending.moment)), c.at
    )
    return Message(sending=sending, base=Observations(**fields), trades=frozenset(trades))


def _names_sender(reading: Reading, signature: SignatureState | Unknown, sending: Sending) -> Tri:
    """By the registered name anywhere in the text, or by a name that is not another's (R19a)."""
    if reading.content.names_sender and (signature is not SignatureState.FOREIGN or sending.directory_away):
        return True
    if sending.directory_away:
        return UNKNOWN
    organisation = sending.organisation
    if organisation is None or not organisation.folded_name:
        return False
    return organisation.folded_name in reading.folded


# --- the person -------------------------------------------------------------------------------------------------


def observe_person(message: Message, recipient: Parsed, written: str, sources: Sources) -> Observations:
    """What belongs to the recipient, laid over what all recipients have in common."""
    sending = message.sending
    number = recipient.number or written
    subscriber = None if sending.index_away else sources.index.subscriber(number)
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
        ages = sources.contacts.ages(c.sender, number, c.channel, sending.moment, since)
        if ages.contacts:
            fields.update(contact_ages=ages.contacts, marketing_ages=ages.marketing, code_message_ages=ages.codes)
        if ages.coming is not None:
            boundaries += (instant(ages.coming),)
    if boundaries:
        fields["boundaries"] = _ordered((*message.base.boundaries, *boundaries), c.at)
    return fields


def _person_facts(fields: dict[str, Any], message: Message, subscriber: Subscriber) -> tuple[datetime, ...]:
    sending, c = message.sending, message.sending.of
    fields["charge_notice"] = charge_notice_given(subscriber, sender=c.sender, at=c.at)
    notices = tuple(notice.at for notice in subscriber.notices if notice.at > c.at)
    if sending.directory_away:
        # Which general refusals reach this sender depends on its trade, which nobody can look up now.
        fields.update(_INDEX_UNKNOWN, charge_notice=fields["charge_notice"])
        return notices
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

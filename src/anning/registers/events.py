"""What the registers record, as typed events: the payloads of the journal (登记事件).

An event says what somebody stated or decided and when it counts from (`Event.at` in the journal). Numbers are E.164,
codes plain digits, times aware. Every struct is tagged by its `kind`, which is the journal's.

A payload names every field, also those nobody filled in: what was meant is what is written, whatever a later version
takes for granted. A default that a field gets when it is added says what events before it meant.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal, TypeAlias

import msgspec

from anning.errors import SchemaMismatch

Trade: TypeAlias = Literal[
    "finance", "property", "health", "recruitment", "travel", "education", "retail", "government", "other"
]
WishChannel: TypeAlias = Literal["sms", "call", "both"]
Act: TypeAlias = Literal["explicit", "requested", "pre-ticked", "bundled", "silent"]
Sanction: TypeAlias = Literal["none", "warned", "limited", "suspended", "closed"]
Door: TypeAlias = Literal["", "sms", "page", "app", "hotline", "file", "terminal", "link", "reply"]
"""By which way a person's word came in; empty where it was not noted."""

Proof: TypeAlias = Literal["", "own-phone", "one-time-code", "asked"]
"""How it was made sure that the number's holder speaks: a message from the phone itself, a one-time code shown, a
caller asked who they are; empty where nobody made sure."""

EvidenceKind: TypeAlias = Literal["", "form", "recording", "sms", "file"]


class WishKind(StrEnum):
    """Two kinds of wish, never mixed up when shown (practice: KTFSR is not 谢绝来电)."""

    DECLINE_CALLS = "decline-calls"
    NUISANCE_FILTER = "nuisance-filter"


class Payload(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    gc=False,
    tag_field="kind",
    omit_defaults=False,
    forbid_unknown_fields=True,
):
    """Root of all register events; values only, so no cycle for the collector to look for."""


class OrganisationRegistered(Payload, frozen=True, kw_only=True, tag="organisation-registered"):
    """An organisation or person that sends, carries or stands between (主体登记). The latest row counts."""

    id: str
    name: str
    trade: Trade = "other"
    org_kind: Literal["company", "person", "platform", "agency"] = "company"
    roles: tuple[str, ...] = ()


class IdentityVerified(Payload, frozen=True, kw_only=True, tag="identity-verified"):
    """The real identity of an organisation was checked (身份核验), or the check lapsed (`verified` false)."""

    org: str
    verified: bool = True
    document_kind: str = ""
    document_hash: str = ""
    verifier: str = ""


class LicenceRecorded(Payload, frozen=True, kw_only=True, tag="licence-recorded"):
    """A licence of an organisation (经营许可), one row per holder, kind and class; revocation is a later row."""

    holder: str
    licence_kind: Literal["sms", "voice", "carrier"]
    licence_class: str = ""
    from_day: date
    until_day: date
    state: Literal["valid", "revoked"] = "valid"


class CodeRecorded(Payload, frozen=True, kw_only=True, tag="code-recorded"):
    """A number code: holder, user, use, state, review (码号登记)."""

    code: str
    holder: str
    user: str
    use: Literal["commercial", "service", "public-interest", "any"] = "any"
    state: Literal["active", "suspended", "recovered"] = "active"
    reviewed: bool = True


class SignatureRecorded(Payload, frozen=True, kw_only=True, tag="signature-recorded"):
    """An SMS signature 【】 and its owner (短信签名)."""

    text: str
    owner: str
    state: Literal["not-submitted", "in-review", "approved", "rejected"] = "approved"


class MeasureTaken(Payload, frozen=True, kw_only=True, tag="measure-taken"):
    """A measure on an organisation (措施). A suspension or closing without notice has no effect (R22b)."""

    on: str
    measure: Sanction
    noticed: bool = True
    reason: str = ""


class ContentBlocked(Payload, frozen=True, kw_only=True, tag="content-blocked"):
    """A prohibited text, stopped at once (内容封堵, R32). Lifted by the same text with `lifted`."""

    text: str
    lifted: bool = False


class WishStated(Payload, frozen=True, kw_only=True, tag="wish-stated"):
    """What a person says in general (意愿). Empty trades mean all.

    Attributes:
        hours: local minutes of the day [from, until) in which it applies; None for all day. May pass midnight.
        weekdays: ISO weekdays 1 to 7 on which it applies; empty for every day.
        code_prefixes: codes it is about ("400", "95", "951", "international", own prefixes); empty for all.
        except_for: organisations it does not touch.
        keeps_consents: a refusal that leaves earlier consents standing.
        wish_kind: decline of commercial communications, or the carrier's nuisance filter.
        door: by which way it came in; with "hotline" the actor is whoever acted for the caller.
        proof: how it was made sure that the holder of the number speaks.
    """

    number: str
    channel: WishChannel = "both"
    trades: tuple[Trade, ...] = ()
    says: Literal["decline", "accept"]
    hours: tuple[int, int] | None = None
    weekdays: tuple[int, ...] = ()
    code_prefixes: tuple[str, ...] = ()
    except_for: tuple[str, ...] = ()
    keeps_consents: bool = False
    wish_kind: WishKind = WishKind.DECLINE_CALLS
    door: Door = ""
    proof: Proof = ""


class WishWithdrawn(Payload, frozen=True, kw_only=True, tag="wish-withdrawn"):
    """A person takes back what was said on these channels and trades; revives no consent (撤回意愿)."""

    number: str
    channel: WishChannel = "both"
    trades: tuple[Trade, ...] = ()
    door: Door = ""
    proof: Proof = ""


class ConsentGiven(Payload, frozen=True, kw_only=True, tag="consent-given"):
    """What a person said to one organisation (同意), with the act and the words shown.

    Attributes:
        through: the platform that took it, empty when the organisation did.
        confirmed: by the recipient's own phone; otherwise one-sided and shown as weaker.
        expires: from this moment it no longer stands.
        words_hash: SHA-256 of the words shown.
        door: by which way it came in.
        evidence_kind, evidence_hash: what proves it, and its SHA-256 in the evidence folder.
        confirms: the place ``log:position`` of the one-sided consent that the recipient hereby confirms.
    """

    number: str
    to: str
    channel: WishChannel = "both"
    act: Act = "explicit"
    through: str = ""
    confirmed: bool = False
    expires: datetime | None = None
    words_hash: str = ""
    purpose: str = ""
    trade: str = ""
    door: Door = ""
    evidence_kind: EvidenceKind = ""
    evidence_hash: str = ""
    confirms: str = ""


class WordsRecorded(Payload, frozen=True, kw_only=True, tag="words-recorded"):
    """The exact words with which an organisation asks for consent (征询文本); another wording is another hash."""

    org: str
    text: str


class ConsentWithdrawn(Payload, frozen=True, kw_only=True, tag="consent-withdrawn"):
    """A refusal to one organisation, by any door; holds for every code of it (撤回同意、拒绝)."""

    number: str
    to: str
    channel: WishChannel = "both"
    door: str = ""
    words: str = ""
    proof: Proof = ""


class ReplyUnclear(Payload, frozen=True, kw_only=True, tag="reply-unclear"):
    """An answer that could not be read; until a person reads it, it counts as a refusal (答复待判读)."""

    number: str
    to: str
    words: str


class ReplyUnattributed(Payload, frozen=True, kw_only=True, tag="reply-unattributed"):
    """An answer that is no plain "no refusal", to a code nobody is registered for: kept for a person (答复待归属)."""

    code: str
    number: str
    words: str


class ReplyRead(Payload, frozen=True, kw_only=True, tag="reply-read"):
    """A person read the unclear answers of this number to this organisation so far (人工判读答复)."""

    number: str
    to: str
    refuses: bool


class NumberRecycled(Payload, frozen=True, kw_only=True, tag="number-recycled"):
    """The number has a new holder: wishes and consents of the old one end (二次放号, X01)."""

    number: str


class NumberRangeServed(Payload, frozen=True, kw_only=True, tag="number-range-served"):
    """Numbers that begin so are served by an operator (号段归属); empty takes the range from whoever had it.

    Attributes:
        prefix: digits of the number without the country code, such as 1700.
        operator: the tenant.
    """

    prefix: str
    operator: str


class NumberPorted(Payload, frozen=True, kw_only=True, tag="number-ported"):
    """A person took the number along to another operator (携号转网): wishes and consents go along."""

    number: str
    to: str


Forgets: TypeAlias = Literal["consents", "everything"]


class SubscriberForgotten(Payload, frozen=True, kw_only=True, tag="subscriber-forgotten"):
    """A person wants to be known no longer (被遗忘): what was said before counts no more, and goes when it may.

    Attributes:
        what: consents, requests and notices of charges, the refusals and wishes to be left alone standing; or
            everything.
    """

    number: str
    what: Forgets = "consents"
    door: Door = ""
    proof: Proof = ""


class SuppressionKept(Payload, frozen=True, kw_only=True, tag="suppression-kept"):
    """A number that is known no longer must not come back to an organisation with an old list (抑制标记).

    Attributes:
        mark: a keyed hash of number and organisation, hexadecimal; without the key it tells nothing.
        org: the organisation; empty for every one.
        until: how long the mark is kept.
        key: which key it was made with, the beginning of that key's own mark.
    """

    mark: str
    org: str = ""
    until: datetime
    key: str


class LegalHoldSet(Payload, frozen=True, kw_only=True, tag="legal-hold-set"):
    """What is on record of a number or an organisation is not erased while a case is open (法定保全), or again is."""

    id: str
    number: str = ""
    org: str = ""
    held: bool = True
    reason: str = ""


class ApprovalRecorded(Payload, frozen=True, kw_only=True, tag="approval-recorded"):
    """A public-interest application and its outcome (公益短信申请)."""

    id: str
    agency: str
    text: str
    applied: date
    approved: date | None = None
    emergency: bool = False
    from_day: date
    until_day: date


class ChargeNoticeGiven(Payload, frozen=True, kw_only=True, tag="charge-notice-given"):
    """A person was told price, method and way out beforehand (资费事先告知)."""

    sender: str
    number: str


class ContactsRecorded(Payload, frozen=True, kw_only=True, tag="contacts-recorded"):
    """Earlier communications of a sender to a number, for frequency rules (既往联系)."""

    sender: str
    number: str
    channel: Literal["sms", "call", "app"]
    at: tuple[datetime, ...]
    content: Literal["commercial", "code", "service"] = "commercial"


class InstrumentConfirmed(Payload, frozen=True, kw_only=True, tag="instrument-confirmed"):
    """The operator confirms (or no longer) an instrument known from secondary reports only."""

    instrument: str
    confirmed: bool = True


class HousePolicySet(Payload, frozen=True, kw_only=True, tag="house-policy-set"):
    """The operator's own limits are judged too, or no longer."""

    on: bool


BUILT_IN_MODEL: Final = "builtin"
"""The content model that ships, as a statement names it."""


class ContentModelDecided(Payload, frozen=True, kw_only=True, tag="content-model-decided"):
    """A content model is proposed, or put in force by a second person (内容模型的提议与启用).

    Attributes:
        model: SHA-256 of its file, hexadecimal; "builtin" is the one that ships.
        named: its name and version.
        by: who proposes or activates; whoever speaks, where it is left empty.
    """

    model: str
    step: Literal["proposed", "activated"]
    named: str = ""
    by: str = ""


RegisterEvent: TypeAlias = (
    OrganisationRegistered
    | IdentityVerified
    | LicenceRecorded
    | CodeRecorded
    | SignatureRecorded
    | MeasureTaken
    | ContentBlocked
    | WishStated
    | WishWithdrawn
    | ConsentGiven
    | WordsRecorded
    | ConsentWithdrawn
    | ReplyUnclear
    | ReplyUnattributed
    | ReplyRead
    | NumberRecycled
    | NumberRangeServed
    | NumberPorted
    | SubscriberForgotten
    | SuppressionKept
    | LegalHoldSet
    | ApprovalRecorded
    | ChargeNoticeGiven
    | ContactsRecorded
    | InstrumentConfirmed
    | HousePolicySet
    | ContentModelDecided
)

KINDS: dict[str, type[Payload]] = {cls.__struct_config__.tag: cls for cls in RegisterEvent.__args__}


_FIELDS: dict[str, frozenset[str]] = {kind: frozenset(cls.__struct_fields__) for kind, cls in KINDS.items()}
_READERS: dict[str, Callable[[str], Payload]] = {kind: msgspec.json.Decoder(cls).decode for kind, cls in KINDS.items()}


def kind_of(event: Payload) -> str:
    """The journal kind of a payload."""
    return kind_of_type(type(event))


def kind_of_type(kind: type[Payload]) -> str:
    """The journal kind of all payloads of a type."""
    return str(kind.__struct_config__.tag)


def payload_of(event: Payload) -> dict[str, object]:
    """The journal payload: every field as a plain JSON value, without the kind."""
    plain = msgspec.to_builtins(event, str_keys=True)
    del plain["kind"]
    return dict(plain)


def event_of(kind: str, payload: dict[str, object]) -> Payload:
    """The typed event of a journal entry.

    Raises:
        SchemaMismatch: it says something that this version does not know of; nothing said may be passed over.
        msgspec.ValidationError: the payload is not of that kind.
        KeyError: the kind is none of the registers'.
    """
    if not payload.keys() <= _FIELDS[kind]:
        unknown = sorted(payload.keys() - _FIELDS[kind])
        raise SchemaMismatch(
            f"日志中的 {kind} 含有本版本不认识的字段 {'、'.join(unknown)}，请升级后再读",
            f"a {kind} in the journal has fields that this version does not know: {', '.join(unknown)}; "
            "read it with a newer version",
            thing=kind,
            field=unknown[0],
            rule="known-fields",
        )
    return msgspec.convert(payload, KINDS[kind], strict=True)


def event_from(kind: str, stored: str) -> Payload:
    """As `event_of`, from the payload's JSON as the journal keeps it."""
    try:
        return _READERS[kind](stored)
    except msgspec.ValidationError:
        return event_of(kind, msgspec.json.decode(stored))

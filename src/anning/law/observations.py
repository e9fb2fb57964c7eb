"""What was seen of one communication, free of any law (观察事实).

Every field is a plain fact. A field whose part is away, or whose parser raised, holds UNKNOWN: no predicate may
read it as false. Which registers, content rules or counts filled a field is told by `SOURCES`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from anning.law.tri import UNKNOWN, Tri, Unknown


class Channel(StrEnum):
    """How it reaches the person (渠道). APP is an internet delivery to a telephone number."""

    SMS = "sms"
    CALL = "call"
    APP = "app"


class Purpose(StrEnum):
    """What the sender declares it to be (申报用途)."""

    COMMERCIAL = "commercial"
    SERVICE = "service"
    PUBLIC_INTEREST = "public-interest"
    UNDECLARED = "undeclared"


class CallerIdentity(StrEnum):
    """What the network could establish about the calling number (主叫鉴权结果)."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    FAILED = "failed"
    ABSENT = "absent"


class LicenceState(StrEnum):
    """Whether the provider may carry this channel at this moment (许可状态)."""

    VALID = "valid"
    NONE = "none"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WRONG_KIND = "wrong-kind"


class CodeState(StrEnum):
    """How the shown code stands in the register (码号状态). PERSONAL: an ordinary number that needs no entry."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    RECOVERED = "recovered"
    UNREGISTERED = "unregistered"
    PERSONAL = "personal"
    MISSING = "missing"


class SignatureState(StrEnum):
    """The 【】 in front of the text against the register (短信签名状态)."""

    APPROVED = "approved"
    NONE = "none"
    UNREGISTERED = "unregistered"
    NOT_APPROVED = "not-approved"
    FOREIGN = "foreign"


class ConsentState(StrEnum):
    """What this person last said to this sender, settled (同意状态)."""

    NONE = "none"
    VALID = "valid"
    INVALID_ACT = "invalid-act"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"
    RECYCLED = "recycled"


class WishState(StrEnum):
    """What this person said in general about such communications, settled (意愿状态)."""

    NONE = "none"
    DECLINED = "declined"
    ACCEPTED = "accepted"


class Approval(msgspec.Struct, frozen=True):
    """The public-interest application that matches this text and agency (公益短信申请)."""

    id: str
    approved: bool
    emergency: bool
    working_days_ahead: int | Unknown
    in_window: bool


class Observations(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen. Times in seconds, ages counted back from `at`, the local day being Asia/Shanghai's."""

    # the communication itself: never unknown
    at: datetime
    channel: Channel
    local_minute: int
    purpose: Purpose = Purpose.UNDECLARED
    platform_call: bool = False
    caller_identity: CallerIdentity = CallerIdentity.VERIFIED
    charged: bool = False
    recipient_kind: str = "mobile"
    code_kind: str = ""
    in_mainland: bool = True
    has_platform: bool = False

    # directory: who sends, who carries, under which code
    provider_known: Tri = True
    provider_licence: LicenceState | Unknown = LicenceState.VALID
    provider_sanction: str | Unknown = "none"
    platform_sanction: str | Unknown = "none"
    sender_known: Tri = True
    sender_kind: str | Unknown = "company"
    sender_trade: str | Unknown = "other"
    sender_verified: Tri = True
    sender_sanction: str | Unknown = "none"
    code_state: CodeState | Unknown = CodeState.ACTIVE
    code_use: str | Unknown = "any"
    code_reviewed: Tri = True
    code_held_here: Tri = True
    code_user_is_sender: Tri = True
    signature: SignatureState | Unknown = SignatureState.NONE
    content_blocked: Tri = False
    approval: Approval | Unknown | None = None
    charge_notice: Tri = False

    # index: what the person said
    consent: ConsentState | Unknown = ConsentState.NONE
    consent_requested: Tri = False
    consent_confirmed: Tri = False
    consent_at: datetime | Unknown | None = None
    consent_through: str | Unknown = ""
    consent_expires: datetime | Unknown | None = None
    platform_consent_only: Tri = False
    wish: WishState | Unknown = WishState.NONE
    wish_kind: str | Unknown = ""
    refused_sender: Tri = False
    ever_consented: Tri = False

    # content
    content_class: str | Unknown = ""
    commercial_score: float | Unknown = 0.0
    prohibited: Tri = False
    verification_code: Tri = False
    names_sender: Tri = False
    names_phone: Tri = False
    way_out: Tri = False
    way_out_one_step: Tri = False
    way_out_understood: Tri = False
    has_link: Tri = False
    length: int | Unknown = 0
    content_trade: str | Unknown = ""
    publicity_of_work: Tri = False
    names_agency: Tri = False

    # counts of the sender's earlier communications to this number on this channel, as ages in seconds, newest first
    contact_ages: tuple[int, ...] | Unknown = ()
    marketing_ages: tuple[int, ...] | Unknown = ()
    code_message_ages: tuple[int, ...] | Unknown = ()

    # outage
    parts_down: tuple[str, ...] = ()
    last_known_service_port: bool = False
    within_past_volume: bool = True

    # moments after `at` at which one of the facts above changes by itself
    boundaries: tuple[datetime, ...] = ()


_COMMUNICATION = (
    "at",
    "channel",
    "local_minute",
    "purpose",
    "platform_call",
    "caller_identity",
    "charged",
    "recipient_kind",
    "code_kind",
    "in_mainland",
    "has_platform",
)
_DIRECTORY = (
    "provider_known",
    "provider_licence",
    "provider_sanction",
    "platform_sanction",
    "sender_known",
    "sender_kind",
    "sender_trade",
    "sender_verified",
    "sender_sanction",
    "code_state",
    "code_use",
    "code_reviewed",
    "code_held_here",
    "code_user_is_sender",
    "signature",
    "content_blocked",
    "approval",
    "charge_notice",
)
_INDEX = (
    "consent",
    "consent_requested",
    "consent_confirmed",
    "consent_at",
    "consent_through",
    "consent_expires",
    "platform_consent_only",
    "wish",
    "wish_kind",
    "refused_sender",
    "ever_consented",
)
_CONTENT = (
    "content_class",
    "commercial_score",
    "prohibited",
    "verification_code",
    "names_sender",
    "names_phone",
    "way_out",
    "way_out_one_step",
    "way_out_understood",
    "has_link",
    "length",
    "content_trade",
    "publicity_of_work",
    "names_agency",
)
_COUNTS = ("contact_ages", "marketing_ages", "code_message_ages")
_OUTAGE = ("parts_down", "last_known_service_port", "within_past_volume")

SOURCES: dict[str, tuple[str, ...]] = {
    "communication": _COMMUNICATION,
    "directory": _DIRECTORY,
    "index": _INDEX,
    "content": _CONTENT,
    "counts": _COUNTS,
    "outage": _OUTAGE,
}


class NotSeen(Exception):
    """A predicate asked for a field that holds UNKNOWN; the evaluation turns this into an unknown predicate."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Seen:
    """Observations through which no predicate can mistake unknown for false: reading UNKNOWN raises NotSeen."""

    __slots__ = ("_observations",)

    def __init__(self, observations: Observations) -> None:
        self._observations = observations

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._observations, name)
        if value is UNKNOWN:
            raise NotSeen(name)
        return value

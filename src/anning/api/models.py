"""What goes in and comes out of the API, as typed values (接口数据)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from anning.law.decision import Decision, Hashes, Reason
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import CallerIdentity, Channel, Purpose

Name = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=20_000)]
Moment = Annotated[datetime, Meta(tz=True)]
NumberText = Annotated[str, Meta(min_length=1, max_length=64)]


class Sending(msgspec.Struct, kw_only=True):
    """What all communications asked about share: see `anning.gate.communication.Communication`."""

    sender: Name
    provider: Name
    code: Name
    channel: Channel = Channel.SMS
    via: Name = ""
    text: Text = ""
    purpose: Purpose = Purpose.UNDECLARED
    platform_call: bool = False
    caller_identity: CallerIdentity = CallerIdentity.VERIFIED
    charged: bool = False
    at: Moment | None = None
    under: Name = IN_FORCE


class DecideRequest(Sending, forbid_unknown_fields=True, kw_only=True):
    """One communication. `at` is now when it is not given; a moment without a zone is refused."""

    number: NumberText


class CitationShown(msgspec.Struct, frozen=True):
    """Where a rule comes from, with the mark of how well that source is known."""

    source_zh: str
    source_en: str
    article: str
    mark: str
    zh: str
    en: str


class Both(msgspec.Struct, frozen=True):
    """The same in both languages."""

    zh: str
    en: str


class ReasonShown(msgspec.Struct, frozen=True):
    """One rule that fired, or could not be decided."""

    obligation: str
    instrument: str
    rule: str
    effect: str
    zh: str
    en: str
    citation: CitationShown
    because: tuple[str, ...]
    unknown: tuple[str, ...]
    parameters: dict[str, float]
    remedy: Both


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it is answered, without what differs from request to request."""

    outcome: Literal["allow", "label", "hold", "refuse"]
    wording: Both
    reasons: tuple[ReasonShown, ...]
    advisories: tuple[ReasonShown, ...]
    in_scope: tuple[str, ...]
    out_of_scope: tuple[str, ...]
    degraded: bool
    under: str
    hashes: Hashes
    log_id: str
    position: int
    valid_until: datetime
    until: datetime | None = None


class DecideAnswer(Verdict, frozen=True, kw_only=True):
    """The verdict on one communication.

    Attributes:
        id: of this decision, ordered by time (UUIDv7, RFC 9562).
        tenant: who asked.
        shadow: nothing is enforced: `outcome` is allow, `would` is what it would have been.
        hold: under which id it can be asked again, when it is held.
    """

    id: str
    tenant: str
    at: datetime
    shadow: bool = False
    would: str = ""
    hold: str = ""


def reason_shown(reason: Reason) -> ReasonShown:
    """A reason as it is answered."""
    citation = reason.citation
    return ReasonShown(
        obligation=reason.obligation,
        instrument=reason.instrument,
        rule=reason.rule,
        effect=reason.effect.word,
        zh=reason.zh,
        en=reason.en,
        citation=CitationShown(
            citation.source_zh, citation.source_en, citation.article, citation.mark.value, citation.zh(), citation.en()
        ),
        because=reason.because,
        unknown=reason.unknown,
        parameters=dict(reason.parameters),
        remedy=Both(reason.remedy_zh, reason.remedy_en),
    )


def verdict_fields(decision: Decision) -> dict[str, Any]:
    """A decision's fields as a `Verdict` has them."""
    zh, en = decision.wording()
    return {
        "outcome": decision.outcome.word,
        "wording": Both(zh, en),
        "reasons": tuple(map(reason_shown, decision.reasons)),
        "advisories": tuple(map(reason_shown, decision.advisories)),
        "in_scope": decision.in_scope,
        "out_of_scope": decision.out_of_scope,
        "degraded": decision.degraded,
        "under": decision.under,
        "hashes": decision.hashes,
        "log_id": decision.log_id,
        "position": decision.position,
        "valid_until": decision.valid_until,
        "until": decision.until,
    }

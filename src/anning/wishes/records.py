"""What is on record of a person, to take along (个人数据导出): and each consent as a consent record.

The record has the three parts of ISO/IEC TS 27560:2023 - header, processing and parties, events - and names its fields
as public descriptions of that specification do (the guide of the W3C community group on data privacy vocabularies). The
specification itself is not free to read; the record says so in `conformance`, and claims no more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from anning.registers.events import kind_of, payload_of
from anning.registers.stated import Stated
from anning.wishes.consents import ConsentHeld
from anning.wishes.rules import Rule

CONFORMANCE: Final = "structured after ISO/IEC TS 27560:2023 as far as public descriptions tell; not certified"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on record of a number (导出)."""

    number: str
    at: datetime
    wishes: tuple[Rule, ...]
    consents: list[dict[str, Any]]
    statements: list[dict[str, Any]]


def consent_record(number: str, held: ConsentHeld, registry: str) -> dict[str, Any]:
    """One consent as a consent record.

    Args:
        number: whom it is of, E.164.
        registry: who keeps the record.
    """
    state = {
        "valid": "consent_given",
        "withdrawn": "consent_withdrawn",
        "expired": "consent_expired",
        "invalid-act": "consent_invalidated",
        "ended": "consent_terminated",
        "recycled": "consent_terminated",
    }.get(held.state, "consent_unknown")
    return {
        "conformance": CONFORMANCE,
        "record_metadata": {
            "schema_version": "ISO/IEC TS 27560:2023",
            "record_id": held.place,
            "pii_principal_id": number,
        },
        "pii_processing": {
            "privacy_notice": held.words,
            "privacy_notice_sha256": held.words_hash,
            "language": "zh",
            "purposes": [
                {
                    "purpose": held.purpose or "commercial communications",
                    "purpose_type": held.trade,
                    "lawful_basis": "consent",
                    "pii_information": [{"pii_type": "telephone number"}],
                    "collection_method": held.door,
                    "processing_method": {"call": "calls", "sms": "SMS"}.get(held.channel, held.channel),
                    "pii_controllers": [held.org],
                    "recipient_third_parties": [held.through] if held.through else [],
                    "withdrawal_method": "any reply that refuses, the registry's page, SMS keyword or hotline",
                    "jurisdiction": "CN",
                }
            ],
        },
        "party_identification": [
            {"party_id": held.org, "party_name": held.name, "party_role": "pii_controller"},
            {"party_id": registry, "party_name": registry, "party_role": "consent_record_keeper"},
        ],
        "event": {
            "event_time": None if held.given_at is None else held.given_at.isoformat(),
            "validity_duration": None if held.expires is None else held.expires.isoformat(),
            "entity_id": number,
            "event_type": {"explicit": "explicitly_expressed", "requested": "requested"}.get(held.act, held.act),
            "event_state": state,
            "strength": held.strength,
            "evidence": {"kind": held.evidence_kind, "sha256": held.evidence_hash, "state": held.evidence},
        },
    }


def export(
    number: str, at: datetime, rules: tuple[Rule, ...], consents: list[ConsentHeld], said: list[Stated], registry: str
) -> Export:
    """All of it, for the person it is about."""
    return Export(
        number=number,
        at=at,
        wishes=rules,
        consents=[consent_record(number, one, registry) for one in consents if one.place],
        statements=[_said(one) for one in said],
    )


def _said(one: Stated) -> dict[str, Any]:
    said = {"kind": kind_of(one.payload), **payload_of(one.payload)}
    return {"position": one.position, "at": one.at.isoformat(), **said}

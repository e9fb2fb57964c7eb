"""Observations of every kind, for hypothesis: each field over its values, UNKNOWN wherever a part may be away."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from anning.law.instrument import SHANGHAI
from anning.law.observations import (
    Approval,
    CallerIdentity,
    Channel,
    CodeState,
    ConsentState,
    LicenceState,
    Observations,
    Purpose,
    SignatureState,
    WishState,
)
from anning.law.tri import UNKNOWN

tri = st.sampled_from((True, False, UNKNOWN))


def or_unknown(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(values, st.just(UNKNOWN))


ages = or_unknown(
    st.lists(st.sampled_from((0, 30, 59, 60, 299, 300, 3599, 3600, 40000, 86399, 86400, 500000)), max_size=12).map(
        lambda found: tuple(sorted(found))
    )
)
approvals = st.builds(
    Approval,
    id=st.just("A1"),
    approved=st.booleans(),
    emergency=st.booleans(),
    working_days_ahead=or_unknown(st.integers(0, 30)),
    in_window=st.booleans(),
)


def _local_minute(fields: dict[str, object]) -> Observations:
    at = fields["at"]
    assert isinstance(at, datetime)
    return Observations(**fields, local_minute=at.hour * 60 + at.minute)  # type: ignore[arg-type]


observations = st.fixed_dictionaries(
    {
        "at": st.integers(0, 1439).map(
            lambda minute: datetime(2026, 11, 11, tzinfo=SHANGHAI) + timedelta(minutes=minute)
        ),
        "channel": st.sampled_from(Channel),
        "purpose": st.sampled_from(Purpose),
        "platform_call": st.booleans(),
        "caller_identity": st.sampled_from(CallerIdentity),
        "charged": st.booleans(),
        "code_kind": st.sampled_from(("", "mobile", "mvno", "fixed", "code-95", "code-400", "code-106-commercial")),
        "provider_known": tri,
        "provider_licence": or_unknown(st.sampled_from(LicenceState)),
        "provider_sanction": or_unknown(st.sampled_from(("none", "warned", "limited", "suspended", "closed"))),
        "platform_sanction": or_unknown(st.sampled_from(("none", "warned", "limited", "suspended", "closed"))),
        "sender_known": tri,
        "sender_kind": or_unknown(st.sampled_from(("company", "person", "platform", "agency", ""))),
        "sender_verified": tri,
        "sender_sanction": or_unknown(st.sampled_from(("none", "suspended", "closed"))),
        "code_state": or_unknown(st.sampled_from(CodeState)),
        "code_use": or_unknown(st.sampled_from(("any", "service", "commercial", "public-interest"))),
        "code_reviewed": tri,
        "code_held_here": tri,
        "code_user_is_sender": tri,
        "signature": or_unknown(st.sampled_from(SignatureState)),
        "content_blocked": tri,
        "approval": or_unknown(st.one_of(st.none(), approvals)),
        "charge_notice": tri,
        "consent": or_unknown(st.sampled_from(ConsentState)),
        "consent_requested": tri,
        "platform_consent_only": tri,
        "wish": or_unknown(st.sampled_from(WishState)),
        "refused_sender": tri,
        "ever_consented": tri,
        "content_class": or_unknown(st.sampled_from(("", "commercial", "service", "prohibited"))),
        "commercial_score": or_unknown(st.sampled_from((0.0, 0.49, 0.5, 0.93))),
        "prohibited": tri,
        "verification_code": tri,
        "names_sender": tri,
        "names_phone": tri,
        "way_out": tri,
        "way_out_one_step": tri,
        "way_out_understood": tri,
        "has_link": tri,
        "length": or_unknown(st.integers(0, 200)),
        "publicity_of_work": tri,
        "names_agency": tri,
        "contact_ages": ages,
        "marketing_ages": ages,
        "code_message_ages": ages,
        "parts_down": st.sampled_from(((), ("index",), ("directory", "detection"))),
        "last_known_service_port": st.booleans(),
        "within_past_volume": st.booleans(),
    }
).map(_local_minute)
"""Every combination of facts, likely or not."""

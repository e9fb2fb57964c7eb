"""What an outage may not stop (部件故障)."""

from __future__ import annotations

from anning.law.observations import CallerIdentity, Channel, NotSeen, Purpose, Seen
from anning.law.predicates.registering import PREDICATES, Figure, predicate


@predicate("有部件不可用", "a part is away", reads=("parts_down",))
def part_down(o: Seen, _: Figure) -> bool:
    """Index, directory, journal, records or the trained content model is away (部件故障)."""
    return bool(o.parts_down)


@predicate(
    "可确认为服务类",
    "is shown to be service",
    "commercial_score",
    "personal_commercial_score",
    reads=(
        "last_known_service_port",
        "caller_identity",
        "verification_code",
        "within_past_volume",
        *PREDICATES["commercial"].reads,
    ),
)
def shown_service(o: Seen, figure: Figure) -> bool:
    """What an outage may not stop (design, idea 6).

    The last known directory shows a service port with an approved SMS signature of that user (for calls: a reviewed
    service code with verified identity), the content rules do not say commercial, and the volume is within the
    sender's past; a verification code passes whatever the volume.
    """
    if not o.last_known_service_port or o.purpose in (Purpose.COMMERCIAL, Purpose.PUBLIC_INTEREST):
        return False
    if o.channel is Channel.CALL:
        return bool(o.purpose is Purpose.SERVICE and o.caller_identity is CallerIdentity.VERIFIED)
    try:
        if PREDICATES["commercial"].read(o, figure):
            return False
    except NotSeen:
        return bool(o.verification_code)
    return bool(o.verification_code or o.within_past_volume)

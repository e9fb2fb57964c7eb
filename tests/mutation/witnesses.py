"""What a situation file cannot say, so that a change to the law is noticed all the same.

A situation names obligations, so two limits of one obligation (H03) and two instruments with the same duties (O01)
differ in nothing that it sees: a `Witness` looks at rules, scope and advice besides. And no situation can state a call
with a text, or a text whose score lies exactly at the figure: an `Observed` states the facts themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import msgspec

from anning.law.instruments.registry import regime
from anning.law.observations import (
    CallerIdentity,
    Channel,
    CodeState,
    ConsentState,
    Observations,
    Purpose,
    SignatureState,
)

BEIJING = timezone(timedelta(hours=8))


class Witness(msgspec.Struct, frozen=True):
    """What the last decision of a situation must show besides.

    Attributes:
        rules, not_rules: names of rules that must be, and must not be, among the reasons.
        in_scope: the instruments that spoke, exactly; empty when it does not matter.
        advised: obligations among the advisories.
    """

    rules: tuple[str, ...] = ()
    not_rules: tuple[str, ...] = ()
    in_scope: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()


WITNESSES: dict[str, Witness] = {
    "A fourth marketing call within five minutes is one too many": Witness(rules=("calls-5-minutes",)),
    "A marketing call at half past six is outside the operator's working hours, which are another limit than that for "
    "messages": Witness(rules=("working-call-hours",), not_rules=("sms-hours",)),
    "A message without a sending code may not go (draft)": Witness(rules=("code-missing",)),
    "An offer under a borrowed signature is refused for the borrowing and not for lack of a report (order 31)": Witness(
        rules=("foreign-signature",), not_rules=("signature-not-reported",)
    ),
    "An offer under a borrowed signature is refused for the borrowing and not for lack of a report (2026)": Witness(
        rules=("foreign-signature",), not_rules=("signature-not-reported",)
    ),
    "On the first second of May 2026 the revision judges": Witness(in_scope=("cn-2026-sms",)),
    "A platform call to a person on the whitelist may be made today": Witness(
        in_scope=("cn-2018-plan",), advised=("T01",)
    ),
}


class Observed(msgspec.Struct, frozen=True):
    """Facts judged without a gate.

    Attributes:
        because, not_because: obligations as in a situation.
    """

    name: str
    under: str
    observations: Observations
    because: tuple[str, ...] = ()
    not_because: tuple[str, ...] = ()

    def holds(self) -> bool:
        """Whether the regime of that name says so."""
        judged = regime(self.under, self.observations.at).judge(self.observations)
        reasons = {reason.obligation for reason in judged.reasons}
        return reasons >= set(self.because) and reasons.isdisjoint(self.not_because)


_CALL = Observations(
    at=datetime(2026, 11, 11, 10, tzinfo=BEIJING),
    channel=Channel.CALL,
    local_minute=600,
    purpose=Purpose.SERVICE,
    platform_call=True,
    caller_identity=CallerIdentity.VERIFIED,
)
_TEXT = Observations(
    at=datetime(2026, 11, 11, 23, tzinfo=BEIJING),
    channel=Channel.SMS,
    local_minute=1380,
    content_class="service",
    signature=SignatureState.APPROVED,
)
_AT_THE_FIGURE = msgspec.structs.replace(_TEXT, commercial_score=0.5)
_BELOW_IT = msgspec.structs.replace(_TEXT, commercial_score=0.495)
_FROM_A_PERSON = msgspec.structs.replace(
    _TEXT, commercial_score=0.9, code_kind="mobile", code_state=CodeState.PERSONAL, sender_kind="person"
)
_CHAT = msgspec.structs.replace(_FROM_A_PERSON, commercial_score=0.895)


def _in_an_outage(seen: Observations) -> Observations:
    return msgspec.structs.replace(seen, parts_down=("records",), last_known_service_port=True, code_use="service")


def _at_and_below(under: str, obligation: str) -> tuple[Observed, Observed]:
    return (
        Observed(f"A score at the figure is commercial under {under}", under, _AT_THE_FIGURE, because=(obligation,)),
        Observed(f"A score below the figure is none under {under}", under, _BELOW_IT, not_because=(obligation,)),
    )


def _from_a_person(under: str, obligation: str) -> tuple[Observed, Observed]:
    return (
        Observed(f"A person's offer at the figure is one under {under}", under, _FROM_A_PERSON, because=(obligation,)),
        Observed(f"A person's text below the figure is none under {under}", under, _CHAT, not_because=(obligation,)),
    )


OBSERVED: tuple[Observed, ...] = (
    *_from_a_person("cn-2015-sms", "O01"),
    *_from_a_person("cn-2026-sms", "O01"),
    *_from_a_person("cn-2020-draft", "R16a"),
    *_from_a_person("house-policy", "P02"),
    Observed(
        "In an outage a person's offer waits",
        "cn-2015-sms",
        msgspec.structs.replace(_FROM_A_PERSON, parts_down=("records",)),
        because=("X09",),
    ),
    Observed(
        "In an outage a person's text below the figure goes",
        "cn-2015-sms",
        msgspec.structs.replace(_CHAT, parts_down=("records",)),
        not_because=("X09",),
    ),
    *_at_and_below("cn-2015-sms", "O01"),
    *_at_and_below("cn-2026-sms", "O01"),
    *_at_and_below("cn-2020-draft", "R16a"),
    *_at_and_below("house-policy", "P02"),
    Observed(
        "In an outage a score at the figure is no service", "cn-2015-sms", _in_an_outage(_AT_THE_FIGURE), ("X09",)
    ),
    Observed(
        "In an outage a score below the figure is service",
        "cn-2015-sms",
        _in_an_outage(_BELOW_IT),
        not_because=("X09",),
    ),
    Observed(
        "A way to refuse a service that takes two steps is no matter of article 19",
        "cn-2020-draft",
        msgspec.structs.replace(_BELOW_IT, way_out=True, way_out_one_step=False),
        not_because=("R19c",),
    ),
    *(
        Observed(f"A call with {what} may not be made under {under}", under, seen, because=(obligation,))
        for under, obligation in (("cn-2018-plan", "P10"), ("cn-2020-callcentre", "L03"))
        for what, seen in (
            ("prohibited content", msgspec.structs.replace(_CALL, prohibited=True)),
            ("a blocked content", msgspec.structs.replace(_CALL, content_blocked=True)),
        )
    ),
    Observed(
        "A call with a lawful content may be made",
        "cn-2018-plan",
        msgspec.structs.replace(_CALL, consent=ConsentState.VALID),
        not_because=("P10",),
    ),
)

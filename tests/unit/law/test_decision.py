"""What a decision says when no rule fired."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from anning.law.decision import Decision, Hashes, Outcome

AT = datetime(2026, 11, 11, 2, tzinfo=UTC)


def passing(under: str, *in_scope: str) -> Decision:
    return Decision(
        outcome=Outcome.ALLOW,
        reasons=(),
        advisories=(),
        in_scope=in_scope,
        out_of_scope=(),
        degraded=False,
        under=under,
        hashes=Hashes("", "", "", "", ""),
        log_id="",
        position=0,
        at=AT,
        valid_until=AT,
    )


@pytest.mark.parametrize(
    ("under", "in_scope", "out"),
    [
        ("cn-2015-sms", (), True),
        ("cn-2015-sms", ("house-policy",), True),
        ("cn-2015-sms", ("cn-2015-sms", "house-policy"), False),
        ("house-policy", ("house-policy",), False),
    ],
)
def test_the_operators_own_limits_are_no_law_that_speaks(under: str, in_scope: tuple[str, ...], out: bool) -> None:
    decision = passing(under, *in_scope)
    assert decision.out_of_any_law is out
    assert ("out of the scope" in decision.wording()[1]) is out

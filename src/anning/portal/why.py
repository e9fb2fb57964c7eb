"""Reasons in families, as a compliance officer asks: hours, frequency, unsubscribed, consent (原因归类)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from anning.api.models import ReasonShown
from anning.api.rows import Rows
from anning.gate.scrub import BAD


class Family(msgspec.Struct, frozen=True):
    """A family of reasons, and the predicates by which its rules are known."""

    name: str
    zh: str
    en: str
    predicates: frozenset[str]


def _family(name: str, zh: str, en: str, predicates: str) -> Family:
    return Family(name, zh, en, frozenset(predicates.split()))


FAMILIES: Final = (
    _family("hours", "时段", "hours", "within_sms_hours within_call_hours within_working_call_hours"),
    _family(
        "frequency",
        "频次",
        "frequency",
        "marketing_day_full marketing_week_full calls_5_minutes_full calls_24_hours_full calls_30_days_full"
        " codes_minute_full codes_hour_full codes_day_full",
    ),
    _family("unsubscribed", "已退订、已谢绝", "unsubscribed or declined", "refused consent_ended declined"),
    _family(
        "consent",
        "没有同意",
        "no consent",
        "consented requested consent_on_record invalid_act platform_consent_only",
    ),
    _family("measures", "措施与封堵", "measures and blocks", "sender_suspended intermediary_suspended content_blocked"),
    _family(
        "papers",
        "许可、身份、码号、签名",
        "licence, identity, code, signature",
        "licensed sender_verified signature_foreign signature_approved code_missing code_registered code_active"
        " code_held_here code_user_is_sender caller_false caller_unverified unreviewed_special_code"
        " public_interest_port service_port commercial_port agency_sender approved applied_in_time in_approved_window"
        " charged charge_notice",
    ),
    _family(
        "text",
        "内容与格式",
        "the text",
        "prohibited way_out way_out_works names_sender names_phone names_agency_and_phone has_link"
        " too_long_for_public_interest publicity_of_work",
    ),
    _family("outage", "部件故障", "an outage", "part_down"),
    _family("channel", "渠道", "the channel", "platform_call"),
)
"""In the order in which a rule is put into the first that fits."""


def family_of(predicates: Iterable[str]) -> Family:
    """The family of a rule that has these predicates, or of a reason that rests on them (`consented=false`)."""
    names = {each.partition("=")[0] for each in predicates}
    return next((family for family in FAMILIES if family.predicates & names), FAMILIES[-1])


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """A reason, and how many rows have it.

    Attributes:
        key: ``instrument/rule``, by which its rows are found.
        verdicts: places of the verdicts that have it.
    """

    key: str
    family: Family
    reason: ReasonShown
    rows: int
    verdicts: tuple[int, ...]


def reasons_of(rows: Rows) -> list[Why]:
    """Every reason of a list, in the order of the families, the commonest of each first. A row may have several."""
    return _whys(rows, [verdict.reasons for verdict in rows.verdicts])


def _whys(rows: Rows, said: Sequence[Sequence[ReasonShown]]) -> list[Why]:
    """By verdict what is said of its rows, turned round."""
    found: dict[str, tuple[ReasonShown, dict[int, int]]] = {}
    for place, (reasons, many) in enumerate(zip(said, rows.counts, strict=True)):
        for reason in reasons:
            _, places = found.setdefault(f"{reason.instrument}/{reason.rule}", (reason, {}))
            places[place] = many
    whys = [
        Why(
            key=key,
            family=family_of(reason.because or reason.unknown),
            reason=reason,
            rows=sum(places.values()),
            verdicts=tuple(places),
        )
        for key, (reason, places) in found.items()
    ]
    return sorted(whys, key=lambda why: (FAMILIES.index(why.family), -why.rows))


def advisories_of(rows: Rows) -> list[Why]:
    """What is said beside the verdicts and is no reason of them (T01 before it is confirmed)."""
    return _whys(rows, [verdict.advisories for verdict in rows.verdicts])


def causes_of(rows: Rows) -> list[tuple[str, int]]:
    """Why cells name no number, the commonest first."""
    many: dict[str, int] = {}
    for verdict, count in zip(rows.verdicts, rows.counts, strict=True):
        if verdict.outcome == BAD:
            many[verdict.cause] = many.get(verdict.cause, 0) + count
    return sorted(many.items(), key=lambda each: -each[1])

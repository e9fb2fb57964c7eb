"""What would have been stopped, had it been enforced (试运行报告)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import msgspec

from anning.api.counting import Counted
from anning.law.instruments import common
from anning.law.instruments.registry import INSTRUMENTS


class ReasonTotal(msgspec.Struct, frozen=True, kw_only=True):
    """How many would have been stopped or held for one reason among others."""

    obligation: str
    zh: str
    en: str
    many: int


class SenderTotal(msgspec.Struct, frozen=True, kw_only=True):
    """One sender's."""

    sender: str
    judged: int
    would_refuse: int
    would_hold: int


class DayTotal(msgspec.Struct, frozen=True, kw_only=True):
    """One day's."""

    day: date
    judged: int
    would_refuse: int
    would_hold: int


class ShadowReport(msgspec.Struct, frozen=True, kw_only=True):
    """What would have been stopped in a span of days, both included (试运行报告).

    Attributes:
        judged: all communications judged, those of lists among them.
        would_refuse, would_hold: how many would not have gone.
        would_label: calls that would have been labelled.
        by_reason: the most frequent first; one communication may have several reasons.
    """

    tenant: str
    first: date
    last: date
    judged: int
    would_refuse: int
    would_hold: int
    would_label: int
    by_reason: tuple[ReasonTotal, ...]
    by_sender: tuple[SenderTotal, ...]
    by_day: tuple[DayTotal, ...]


def report(tenant: str, first: date, last: date, counted: Iterable[Counted]) -> ShadowReport:
    """The report of these counts."""
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    senders: dict[str, Counter[str]] = {}
    days: dict[date, Counter[str]] = {}
    for each in counted:
        outcomes[each.outcome] += each.many
        senders.setdefault(each.sender, Counter())[each.outcome] += each.many
        days.setdefault(each.day, Counter())[each.outcome] += each.many
        if each.outcome in ("refuse", "hold"):
            for obligation in each.reasons:
                reasons[obligation] += each.many
    return ShadowReport(
        tenant=tenant,
        first=first,
        last=last,
        judged=outcomes.total(),
        would_refuse=outcomes["refuse"],
        would_hold=outcomes["hold"],
        would_label=outcomes["label"],
        by_reason=tuple(
            ReasonTotal(obligation=obligation, zh=words(obligation)[0], en=words(obligation)[1], many=many)
            for obligation, many in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        ),
        by_sender=tuple(
            SenderTotal(sender=sender, **_stopped(of))
            for sender, of in sorted(senders.items(), key=lambda item: (-item[1]["refuse"], item[0]))
        ),
        by_day=tuple(DayTotal(day=day, **_stopped(of)) for day, of in sorted(days.items())),
    )


def words(obligation: str) -> tuple[str, str]:
    """What a reason says, in both languages; of several rules each, its id when no rule says it any more."""
    said = {
        rule.zh: rule.en
        for instrument in (common.INSTRUMENT, *INSTRUMENTS.values())
        for rule in instrument.rules
        if rule.citation.obligation == obligation
    }
    return "；或".join(said) or obligation, "; or ".join(said.values()) or obligation


def _stopped(of: Counter[str]) -> dict[str, int]:
    return {"judged": of.total(), "would_refuse": of["refuse"], "would_hold": of["hold"]}

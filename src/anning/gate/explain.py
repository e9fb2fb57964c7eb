"""A decision explained: all observations with their source, each rule that fired, what would let it pass (判定说明)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import combinations, product
from typing import Any, Final

import msgspec

from anning.gate.communication import Communication
from anning.gate.gate import Gate
from anning.gate.remedies import Change, remedies
from anning.gate.validity import MINUTE_OF_DAY
from anning.gate.wording import moment_words
from anning.law.algebra import Expr
from anning.law.decision import Decision, Outcome, Reason
from anning.law.instrument import SHANGHAI
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import SOURCES, Observations
from anning.law.regime import Regime, Valuation
from anning.law.tri import UNKNOWN, Tri

MOST_CHANGES: Final = 3
"""How many changes at most are made at once when looking for what would let it pass."""

_MOST_SHOWN: Final = 5
_SOON: Final = timedelta(days=7)


class Observed(msgspec.Struct, frozen=True):
    """One fact and where it came from: communication, directory, index, content, counts, outage."""

    field: str
    value: Any
    source: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with everything it rests on.

    Attributes:
        observed: every fact.
        held: what the predicates of the rules read, by instrument: true, false or unknown.
        passes_if: the smallest sets of changes, each of which alone would let it pass, judged again to make sure;
            empty when it passes already, in no way, or only with more than three changes.
        in_no_way: it is refused, and all that could be mended at once would not let it pass.
    """

    communication: Communication | None
    decision: Decision
    observed: tuple[Observed, ...]
    held: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    passes_if: tuple[tuple[Change, ...], ...]
    in_no_way: bool = False


def explain(gate: Gate, c: Communication, under: str = IN_FORCE) -> Explanation:
    """Judge one communication and say why.

    Raises:
        InvalidInput: no such instrument.
    """
    return explain_observed(gate, gate.dated(c, gate.observe(c)), under, c)


def explain_observed(
    gate: Gate, observations: Observations, under: str = IN_FORCE, c: Communication | None = None
) -> Explanation:
    """The same for what was observed, as when a kept record or a prover's counterexample is replayed."""
    terms = gate.terms(under, observations.at, observations.channel)
    decision = gate.settle(observations, terms)
    rules = list(_speaking(terms.regime, observations))
    passes = decision.outcome <= Outcome.LABEL
    ways, in_no_way = ((), False) if passes else _ways_to_pass(_starts(gate, observations, under, c, decision))
    return Explanation(
        communication=c,
        decision=decision,
        observed=tuple(
            Observed(field, getattr(observations, field), source)
            for source, fields in SOURCES.items()
            for field in fields
        ),
        held=tuple(_held(rules)),
        passes_if=ways,
        in_no_way=in_no_way and decision.outcome is Outcome.REFUSE,
    )


_Speaking = tuple[str, Expr, Valuation]


def _speaking(regime: Regime, observations: Observations) -> Iterator[_Speaking]:
    """Every rule that speaks here: its instrument, its condition, what its predicates read."""
    day = observations.at.astimezone(SHANGHAI).date()
    for instrument in regime.instruments:
        if observations.in_mainland and observations.channel in instrument.channels:
            valuation = Valuation(instrument, observations, day)
            for rule in instrument.rules_on(day):
                yield instrument.name, rule.when, valuation


def _held(rules: list[_Speaking]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    by_instrument: dict[str, dict[str, str]] = {}
    for name, when, valuation in rules:
        read = by_instrument.setdefault(name, {})
        for predicate in when.predicates():
            read[predicate] = _word(valuation(predicate))
    for name, read in by_instrument.items():
        yield name, tuple(read.items())


def _word(value: Tri) -> str:
    return "unknown" if value is UNKNOWN else str(value).lower()


# --- what would let it pass -------------------------------------------------------------------------------------


class _Start(msgspec.Struct, frozen=True):
    """Observations to mend: now, or at a moment that suits better, which is a change itself."""

    change: Change | None
    observations: Observations
    regime: Regime
    remedies: tuple[Change, ...]

    def passes(self, changes: Iterable[Change]) -> bool:
        """Judged again with these changes made."""
        facts = {field: value for change in changes for field, value in change.facts}
        judged = self.regime.judge(msgspec.structs.replace(self.observations, **facts))
        return judged.outcome <= Outcome.LABEL


def _ways_to_pass(starts: tuple[_Start, ...]) -> tuple[tuple[tuple[Change, ...], ...], bool]:
    """The smallest sets of changes that let it pass, and whether even all of them together would not."""
    for size in range(1, MOST_CHANGES + 1):
        found: dict[tuple[str, ...], tuple[Change, ...]] = {}
        for start in starts:
            moved = () if start.change is None else (start.change,)
            for chosen in combinations(start.remedies, size - len(moved)):
                way = (*moved, *chosen)
                if len({change.group for change in way}) == size and start.passes(chosen):
                    found.setdefault(tuple(f"{change.name} {change.en}" for change in chosen), way)
        if found:
            return tuple(found.values())[:_MOST_SHOWN], False
    return (), not any(start.passes(all_at_once) for start in starts for all_at_once in _everything(start.remedies))


def _everything(found: tuple[Change, ...]) -> Iterator[tuple[Change, ...]]:
    """All that could be mended at once: of changes that exclude each other, each in turn."""
    groups: dict[str, list[Change]] = {}
    for change in found:
        groups.setdefault(change.group, []).append(change)
    return product(*groups.values())


def _starts(
    gate: Gate, observations: Observations, under: str, c: Communication | None, decision: Decision
) -> tuple[_Start, ...]:
    """Now, and the first moments at which hours, counts or a wish's own hours stop it no longer."""
    now = gate.terms(under, observations.at, observations.channel).regime
    stopping = _stopping(decision.reasons)
    starts = [_Start(None, observations, now, remedies(observations, stopping))]
    timely = any(map(_of_time, stopping))
    moments = list(_later_moments(observations, now)) if timely else []
    if c is not None and "declined" in stopping:
        moments += [moment for moment in observations.boundaries if moment - observations.at <= _SOON]
    for moment in sorted(set(moments)):
        then = _observed_at(moment, gate, observations, c)
        regime = gate.terms(under, moment, observations.channel).regime
        reasons = regime.judge(then).reasons
        left = _stopping(reasons)
        if (timely and any(map(_of_time, left))) or left == stopping:
            continue
        words = moment_words(moment)
        facts = (("at", moment), ("local_minute", then.local_minute))
        change = Change("moment", f"改在 {words} 起的允许时段", f"at {words} or later within the hours", facts)
        starts.append(_Start(change, then, regime, remedies(then, left | stopping)))
        break
    return tuple(starts)


def _stopping(reasons: Iterable[Reason]) -> frozenset[str]:
    """The predicates of the rules that stop it, those of time only where they are what stops."""
    return frozenset(
        name
        for reason in reasons
        if reason.effect > Outcome.LABEL
        for name in (each.partition("=")[0] for each in reason.because)
    )


def _of_time(predicate: str) -> bool:
    return predicate.startswith("within_") or predicate.endswith("_full")


def _later_moments(observations: Observations, regime: Regime) -> Iterator[datetime]:
    """Soon, when hours begin, and when a day, a week, a month has passed."""
    yield from (observations.at + timedelta(minutes=minutes) for minutes in (1, 5, 60))
    begins = {
        int(value.value)
        for instrument in regime.instruments
        for parameter in instrument.parameters
        if parameter.unit == MINUTE_OF_DAY and "_from_" in parameter.name
        for value in parameter.values
    }
    midnight = observations.at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    for days in (0, 1, 2, 7, 8, 30, 31):
        for minute in begins or {observations.local_minute}:
            moment = midnight + timedelta(days=days, minutes=minute)
            if moment > observations.at:
                yield moment


def _observed_at(moment: datetime, gate: Gate, observations: Observations, c: Communication | None) -> Observations:
    """The same communication at another moment."""
    if c is not None:
        return gate.observe(msgspec.structs.replace(c, at=moment))
    local, passed = moment.astimezone(SHANGHAI), int((moment - observations.at).total_seconds())
    aged = {
        field: tuple(age + passed for age in ages)
        for field in SOURCES["counts"]
        if (ages := getattr(observations, field)) is not UNKNOWN
    }
    return msgspec.structs.replace(observations, at=moment, local_minute=local.hour * 60 + local.minute, **aged)

"""A decision explained: all observations with their source, each rule that fired, what would let it pass (判定说明)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any, Final

import msgspec

from anning.gate.communication import Communication
from anning.gate.gate import Gate
from anning.law.algebra import Expr
from anning.law.decision import Decision, Outcome
from anning.law.instrument import SHANGHAI
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import SOURCES, Observations
from anning.law.predicates import PREDICATES
from anning.law.regime import Regime, Valuation
from anning.law.tri import UNKNOWN, Tri

MOST_CHANGES: Final = 3
"""How many facts at most are changed at once when looking for what would let it pass."""

_MOST_SHOWN: Final = 5


class Observed(msgspec.Struct, frozen=True):
    """One fact and where it came from: communication, directory, index, content, counts, outage."""

    field: str
    value: Any
    source: str


class Change(msgspec.Struct, frozen=True):
    """One predicate that would have to read otherwise."""

    predicate: str
    to: bool
    zh: str
    en: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with everything it rests on.

    Attributes:
        observed: every fact.
        held: what the predicates of the rules read, by instrument: true, false or unknown.
        passes_if: the smallest sets of changes, each of which alone would let it pass; empty when it passes already
            or when more than three facts would have to change.
    """

    communication: Communication | None
    decision: Decision
    observed: tuple[Observed, ...]
    held: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    passes_if: tuple[tuple[Change, ...], ...]


def explain(gate: Gate, c: Communication, under: str = IN_FORCE) -> Explanation:
    """Judge one communication and say why.

    Raises:
        InvalidInput: no such instrument.
    """
    return explain_observed(gate, gate.observe(c), under, c)


def explain_observed(
    gate: Gate, observations: Observations, under: str = IN_FORCE, c: Communication | None = None
) -> Explanation:
    """The same for what was observed, as when a kept record or a prover's counterexample is replayed."""
    terms = gate.terms(under, observations.at, observations.channel)
    decision = gate.settle(observations, terms)
    rules = list(_speaking(terms.regime, observations))
    return Explanation(
        communication=c,
        decision=decision,
        observed=tuple(
            Observed(field, getattr(observations, field), source)
            for source, fields in SOURCES.items()
            for field in fields
        ),
        held=tuple(_held(rules)),
        passes_if=() if decision.outcome <= Outcome.LABEL else _ways_to_pass(rules),
    )


_Speaking = tuple[str, Expr, Valuation, bool]


def _speaking(regime: Regime, observations: Observations) -> Iterator[_Speaking]:
    """Every rule that speaks here: its instrument, its condition, what its predicates read, whether it stops."""
    day = observations.at.astimezone(SHANGHAI).date()
    for instrument in regime.instruments:
        if observations.in_mainland and observations.channel in instrument.channels:
            valuation = Valuation(instrument, observations, day)
            for rule in instrument.rules_on(day):
                yield instrument.name, rule.when, valuation, rule.effect > Outcome.LABEL


def _held(rules: list[_Speaking]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    by_instrument: dict[str, dict[str, str]] = {}
    for name, when, valuation, _ in rules:
        read = by_instrument.setdefault(name, {})
        for predicate in when.predicates():
            read[predicate] = _word(valuation(predicate))
    for name, read in by_instrument.items():
        yield name, tuple(read.items())


def _word(value: Tri) -> str:
    return "unknown" if value is UNKNOWN else str(value).lower()


def _ways_to_pass(rules: list[_Speaking]) -> tuple[tuple[Change, ...], ...]:
    """The smallest sets of predicates that, read otherwise, leave no rule that stops it."""
    stopping = [(when, valuation) for _, when, valuation, stops in rules if stops]
    fired = [(when, valuation) for when, valuation in stopping if when.value(valuation) is not False]
    names = dict.fromkeys(name for when, _ in fired for name in when.predicates())
    options = {name: _otherwise(name, fired) for name in names}

    def passes(changed: Mapping[str, bool]) -> bool:
        return all(
            when.value(lambda name, read=valuation: changed[name] if name in changed else read(name)) is False  # type: ignore[misc]
            for when, valuation in stopping
        )

    for size in range(1, MOST_CHANGES + 1):
        found = [
            tuple(zip(chosen, values, strict=True))
            for chosen in combinations(options, size)
            for values in product(*(options[name] for name in chosen))
            if passes(dict(zip(chosen, values, strict=True)))
        ]
        if found:
            return tuple(tuple(_change(name, to) for name, to in way) for way in found[:_MOST_SHOWN])
    return ()


def _otherwise(name: str, fired: list[tuple[Expr, Valuation]]) -> tuple[bool, ...]:
    """What a predicate could read instead of what it reads now."""
    now = {valuation(name) for when, valuation in fired if name in when.predicates()}
    return tuple(value for value in (True, False) if value not in now)


def _change(name: str, to: bool) -> Change:
    predicate = PREDICATES[name]
    if to:
        return Change(name, to, f"如果{predicate.zh}", f"if: {predicate.en}")
    return Change(name, to, f"如果并非“{predicate.zh}”", f"if not: {predicate.en}")

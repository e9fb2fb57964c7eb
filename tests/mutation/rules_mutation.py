"""Every rule, figure and date of the law, changed by one, and the situations run against the change.

A mutant that no situation notices would be law that nobody tests. The situations take the production path: only the
instrument in the registry is another one, and what the registry and the gate remember of it is forgotten.

Run by hand, with the survivors named: `python tests/mutation/rules_mutation.py [INSTRUMENT...]`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal

import msgspec
from equivalents import EQUIVALENT
from witnesses import OBSERVED, WITNESSES, Witness

from anning.gate import validity
from anning.gate.situations.loading import load
from anning.gate.situations.model import Situation
from anning.gate.situations.running import Result, run
from anning.law.algebra import And, Expr, Not, Or
from anning.law.decision import Decision
from anning.law.instrument import Instrument
from anning.law.instruments import common, house_policy, registry
from anning.law.parameters import Dated, Parameter
from anning.law.rules import Rule

SITUATIONS = Path(__file__).resolve().parents[1] / "situations"
ONE_DAY = timedelta(days=1)
SCORE_STEP = 0.01

Kind = Literal["deleted", "negated", "part-dropped", "figure", "date"]


class Mutant(msgspec.Struct, frozen=True):
    """One instrument with one thing changed.

    Attributes:
        what: the change in words, unique within the instrument.
        rule: the rule it is about, empty for a figure or the instrument's own dates.
    """

    instrument: Instrument
    kind: Kind
    what: str
    rule: str = ""

    @property
    def name(self) -> str:
        """Such as `cn-2020-draft: no-consent deleted`."""
        return f"{self.instrument.name}: {self.what}"


class Tried(msgspec.Struct, frozen=True):
    """A mutant and the name of what noticed it, empty when nothing did."""

    name: str
    kind: Kind
    noticed_by: str


# --- the mutants ------------------------------------------------------------------------------------------------


def instruments() -> tuple[Instrument, ...]:
    """All instruments, our own outage rule among them."""
    return (*registry.INSTRUMENTS.values(), common.INSTRUMENT)


def mutants(instrument: Instrument) -> Iterator[Mutant]:
    """Every mutant of one instrument."""
    yield from _rules_deleted_and_negated(instrument)
    yield from _parts_dropped(instrument)
    yield from _figures_moved(instrument)
    yield from _dates_moved(instrument)


def _rules_deleted_and_negated(instrument: Instrument) -> Iterator[Mutant]:
    for rule in instrument.rules:
        others = tuple(other for other in instrument.rules if other is not rule)
        yield _mutant(instrument, "deleted", f"{rule.name} deleted", rule, rules=others)
        yield _with_rule(instrument, "negated", f"{rule.name} negated", rule, when=~rule.when)


def _parts_dropped(instrument: Instrument) -> Iterator[Mutant]:
    for rule in instrument.rules:
        for without, part in _one_part_less(rule.when):
            yield _with_rule(instrument, "part-dropped", f"{rule.name} without {part}", rule, when=without)


def _one_part_less(when: Expr) -> Iterator[tuple[Expr, Expr]]:
    """The expression with one operand of one conjunction or disjunction left out, and that operand."""
    match when:
        case Not(part=part):
            for smaller, gone in _one_part_less(part):
                yield Not(smaller), gone
        case And(parts=parts) | Or(parts=parts):
            for place, part in enumerate(parts):
                rest = parts[:place] + parts[place + 1 :]
                if not _nested(type(when), part):
                    yield (rest[0] if len(rest) == 1 else type(when)(rest)), part
                for smaller, gone in _one_part_less(part):
                    yield type(when)((*parts[:place], smaller, *parts[place + 1 :])), gone


def _nested(of: type[Expr], part: Expr) -> bool:
    """`a & b & c` is written as ((a & b) & c): dropping (a & b) is dropping two operands."""
    return type(part) is of


def _figures_moved(instrument: Instrument) -> Iterator[Mutant]:
    for parameter in instrument.parameters:
        steps = (1.0, -1.0, SCORE_STEP, -SCORE_STEP) if parameter.unit == "score" else (1.0, -1.0)
        for step in steps:
            yield _mutant(
                instrument,
                "figure",
                f"{parameter.name} {step:+g}",
                parameters=tuple(_moved(each, step) if each is parameter else each for each in instrument.parameters),
            )


def _moved(parameter: Parameter, step: float) -> Parameter:
    values = tuple(Dated(each.since, each.value + step, each.citation) for each in parameter.values)
    return msgspec.structs.replace(parameter, values=values)


def _dates_moved(instrument: Instrument) -> Iterator[Mutant]:
    for day in (ONE_DAY, -ONE_DAY):
        sign = "a day later" if day > timedelta() else "a day earlier"
        if instrument.since is not None:
            yield _mutant(instrument, "date", f"in force {sign}", since=instrument.since + day)
        if instrument.until is not None:
            yield _mutant(instrument, "date", f"out of force {sign}", until=instrument.until + day)
        for rule in instrument.rules:
            if rule.since is not None:
                yield _with_rule(instrument, "date", f"{rule.name} from {sign}", rule, since=rule.since + day)
            if rule.until is not None:
                yield _with_rule(instrument, "date", f"{rule.name} until {sign}", rule, until=rule.until + day)


def _with_rule(instrument: Instrument, kind: Kind, what: str, rule: Rule, **changes: object) -> Mutant:
    changed = msgspec.structs.replace(rule, **changes)
    rules = tuple(changed if other is rule else other for other in instrument.rules)
    return _mutant(instrument, kind, what, rule, rules=rules)


def _mutant(instrument: Instrument, kind: Kind, what: str, rule: Rule | None = None, **changes: object) -> Mutant:
    return Mutant(msgspec.structs.replace(instrument, **changes), kind, what, "" if rule is None else rule.name)


# --- the production path with one instrument changed ------------------------------------------------------------


@contextmanager
def in_place_of(instrument: Instrument) -> Iterator[None]:
    """While it lasts, the instrument stands in the registry instead of the one of its name."""
    before = {each.name: each for each in instruments()}[instrument.name]
    _register(instrument)
    try:
        yield
    finally:
        _register(before)


def _register(instrument: Instrument) -> None:
    if instrument.name == common.INSTRUMENT.name:
        common.INSTRUMENT = instrument
    else:
        registry.INSTRUMENTS[instrument.name] = instrument
    if instrument.name == house_policy.INSTRUMENT.name:
        house_policy.INSTRUMENT = instrument
    registry.compose.cache_clear()
    validity.reads.cache_clear()


# --- the run ----------------------------------------------------------------------------------------------------


class Baseline(msgspec.Struct, frozen=True):
    """A situation under the law as it is.

    Attributes:
        fired: (instrument, rule) that were reasons or advisories of any step.
        seconds: how long it took, so that the quick ones are asked first.
    """

    situation: Situation
    result: Result
    fired: frozenset[tuple[str, str]]
    seconds: float

    def reached_by(self, name: str) -> bool:
        """Whether a change in the instrument of that name can make a difference here at all."""
        if name in (common.INSTRUMENT.name, self.situation.under):
            return True
        return name == house_policy.INSTRUMENT.name or self.situation.under == registry.IN_FORCE


def situations() -> tuple[Situation, ...]:
    """All situations of the project."""
    return tuple(each for file in sorted(SITUATIONS.glob("*.yaml")) for each in load(file))


def baseline(of: Iterable[Situation]) -> tuple[Baseline, ...]:
    """Each situation as it comes out now.

    Raises:
        AssertionError: one does not hold; mutants say nothing then.
    """
    found = []
    for situation in of:
        began = time.perf_counter()
        result = run(situation)
        assert holds(situation, result), f"does not hold under the law as it is: {situation.name}"
        found.append(Baseline(situation, result, _fired(result.decisions), time.perf_counter() - began))
    return tuple(found)


def holds(situation: Situation, result: Result) -> bool:
    """What the situation says, and what a witness knows beyond obligations: rules and scope."""
    witness = WITNESSES.get(situation.name)
    return result.holds and (witness is None or _witnessed(witness, result.decisions[-1]))


def _witnessed(witness: Witness, decision: Decision) -> bool:
    rules = {reason.rule for reason in decision.reasons}
    advised = {reason.obligation for reason in decision.advisories}
    return (
        rules >= set(witness.rules)
        and rules.isdisjoint(witness.not_rules)
        and advised >= set(witness.advised)
        and (not witness.in_scope or decision.in_scope == witness.in_scope)
    )


def _fired(decisions: Iterable[Decision]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (reason.instrument, reason.rule)
        for decision in decisions
        for reason in (*decision.reasons, *decision.advisories)
    )


def killer(mutant: Mutant, ground: Sequence[Baseline]) -> str:
    """The name of the first situation found that notices the mutant, or of what is observed only; empty for none."""
    name = mutant.instrument.name
    reached = [each for each in ground if each.reached_by(name)]
    with in_place_of(mutant.instrument):
        for each in sorted(reached, key=lambda b: _promise(mutant, b), reverse=True):
            if not holds(each.situation, run(each.situation)):
                return each.situation.name
        return next((each.name for each in OBSERVED if not each.holds()), "")


def _promise(mutant: Mutant, of: Baseline) -> tuple[bool, bool, float]:
    """What is likely to notice it comes first: where the rule fired, or for a negation where it did not."""
    fired = (mutant.instrument.name, mutant.rule) in of.fired
    likely = not fired if mutant.kind == "negated" else fired
    return likely, of.situation.under == mutant.instrument.name, -of.seconds


def try_all(of: Iterable[Mutant], ground: Sequence[Baseline]) -> tuple[Tried, ...]:
    """Every mutant with what noticed it."""
    return tuple(Tried(mutant.name, mutant.kind, killer(mutant, ground)) for mutant in of)


def told(tried: Sequence[Tried]) -> str:
    """The count in one line: mutants, killed by a situation, by what is observed only, equivalent, surviving."""
    beyond = {each.name for each in OBSERVED}
    killed = [each for each in tried if each.noticed_by]
    observed = sum(each.noticed_by in beyond for each in killed)
    alike = sum(not each.noticed_by and each.name in EQUIVALENT for each in tried)
    return (
        f"{len(tried)} mutants, {len(killed) - observed} killed by situations, {observed} by observations, "
        f"{alike} equivalent, {len(tried) - len(killed) - alike} survived"
    )


def main(names: Sequence[str]) -> int:
    """Try all mutants of the instruments named, of all when none is, and print what survived."""
    began = time.perf_counter()
    stand = [each for each in situations() if holds(each, run(each))]
    if fallen := len(situations()) - len(stand):
        print(f"{fallen} situations do not hold under the law as it is and are left aside")
    ground = baseline(stand)
    everything: list[Tried] = []
    for instrument in instruments():
        if names and instrument.name not in names:
            continue
        tried = try_all(mutants(instrument), ground)
        everything += tried
        print(f"{instrument.name}: {told(tried)}", flush=True)
        for each in tried:
            if not each.noticed_by and each.name not in EQUIVALENT:
                print(f"    {each.kind:12} {each.name}")
            if each.noticed_by and each.name in EQUIVALENT:
                print(f"    not equivalent after all: {each.name}, noticed by: {each.noticed_by}")
    print(f"{len(ground)} situations; {told(everything)}; {time.perf_counter() - began:.0f} s")
    return 0 if all(bool(each.noticed_by) != (each.name in EQUIVALENT) for each in everything) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

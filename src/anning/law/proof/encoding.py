"""The law in z3 (三值编码): a predicate is a pair, known true and known false; unknown is neither.

Rules are evaluated in Kleene's logic and combined as the regime combines them: the most severe wins, what cannot be
decided holds, and a communication shown to be service is stopped only by what is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import z3

from anning.law.algebra import And, Expr, Not, Or, P
from anning.law.decision import Outcome
from anning.law.predicates import PREDICATES
from anning.law.proof.axioms import AXIOMS
from anning.law.proof.facts import PLAIN_FACTS, atom, certainly, certainly_not
from anning.law.rules import Rule
from anning.law.tri import UNKNOWN, Tri

Formula: TypeAlias = Any
"""A z3 boolean; the library carries no types of its own."""


class Facts:
    """The pairs of z3 variables standing for predicates; `world` keeps two sets of them apart."""

    def __init__(self, world: str = "") -> None:
        self.world = world
        self._pairs: dict[str, tuple[Formula, Formula]] = {}
        self._conditions: dict[Expr, tuple[Formula, Formula]] = {}
        for name in (*PREDICATES, *PLAIN_FACTS):
            self.pair(name)

    def pair(self, predicate: str) -> tuple[Formula, Formula]:
        """Known true, known false."""
        if predicate not in self._pairs:
            self._pairs[predicate] = (
                z3.Bool(f"{self.world}{predicate}+"),
                z3.Bool(f"{self.world}{predicate}-"),
            )
        return self._pairs[predicate]

    def formula(self, statement: Expr) -> Formula:
        """A statement over known truths as a z3 formula."""
        match statement:
            case P(name):
                predicate, affirmed = atom(name)
                return self.pair(predicate)[0 if affirmed else 1]
            case Not(part):
                return z3.Not(self.formula(part))
            case And(parts):
                return z3.And([self.formula(part) for part in parts])
            case Or(parts):
                return z3.Or([self.formula(part) for part in parts])
        raise TypeError(f"no such statement: {statement}")

    def condition(self, when: Expr) -> tuple[Formula, Formula]:
        """When a rule's condition is certain, and when it is certainly not there; worked out once."""
        if when not in self._conditions:
            self._conditions[when] = (self.formula(certainly(when)), self.formula(certainly_not(when)))
        return self._conditions[when]

    def premises(self) -> list[Formula]:
        """All axioms, and that nothing is known both true and false."""
        stated = [self.formula(axiom.statement) for axiom in AXIOMS]
        return stated + [z3.Not(z3.And(t, f)) for t, f in self._pairs.values()]

    def total(self) -> Formula:
        """Everything is known."""
        return z3.And([z3.Or(t, f) for t, f in self._pairs.values()])

    def reading(self, model: Formula) -> dict[str, Tri]:
        """Each predicate's value in a model."""
        return {name: _tri(model, pair) for name, pair in sorted(self._pairs.items())}

    def names(self) -> tuple[str, ...]:
        """All predicates and plain facts."""
        return tuple(self._pairs)


class Given(msgspec.Struct, frozen=True):
    """When one reason is given: certainly, or, failing that, because it cannot be decided."""

    certain: Formula
    undecided: Formula


class Verdict(msgspec.Struct, frozen=True):
    """The outcome of rules over facts, as z3 formulas.

    Attributes:
        at_least: for each outcome above allow, when it is that or more severe.
        given: for each obligation and effect, when that reason is given.
        fired: for each rule by name, when it is certain.
    """

    at_least: Mapping[Outcome, Formula]
    given: Mapping[tuple[str, Outcome], Given]
    fired: Mapping[str, Formula]

    def exactly(self, outcome: Outcome) -> Formula:
        """When the outcome is just this one."""
        here = self.at_least[outcome] if outcome > Outcome.ALLOW else z3.BoolVal(True)
        if outcome is Outcome.REFUSE:
            return here
        return z3.And(here, z3.Not(self.at_least[Outcome(outcome + 1)]))

    @property
    def passes(self) -> Formula:
        """Allowed, or allowed with a label."""
        return z3.Not(self.at_least[Outcome.HOLD])


def verdict(rules: Sequence[Rule], facts: Facts) -> Verdict:
    """What the rules make of the facts."""
    shown = facts.pair("shown_service")[0]
    certain = {rule.name: facts.condition(rule.when)[0] for rule in rules}
    open_ = {rule.name: z3.Not(z3.Or(*facts.condition(rule.when), shown)) for rule in rules}

    def reached(outcome: Outcome) -> Formula:
        parts = [certain[rule.name] for rule in rules if rule.effect >= outcome]
        parts += [open_[rule.name] for rule in rules if min(rule.effect, Outcome.HOLD) >= outcome]
        return z3.Or(parts)

    reasons: dict[tuple[str, Outcome], list[Rule]] = {}
    for rule in rules:
        reasons.setdefault((rule.citation.obligation, rule.effect), []).append(rule)
    return Verdict(
        at_least={outcome: reached(outcome) for outcome in Outcome if outcome > Outcome.ALLOW},
        given={
            key: _given([certain[rule.name] for rule in same], [open_[rule.name] for rule in same])
            for key, same in reasons.items()
        },
        fired=certain,
    )


def differ(one: Verdict, other: Verdict) -> Formula:
    """When two verdicts differ in the outcome or in a reason given, by obligation and effect."""
    never = Given(z3.BoolVal(False), z3.BoolVal(False))
    parts = [z3.Xor(one.at_least[o], other.at_least[o]) for o in one.at_least]
    for key in {*one.given, *other.given}:
        a, b = one.given.get(key, never), other.given.get(key, never)
        parts += [z3.Xor(a.certain, b.certain), z3.Xor(a.undecided, b.undecided)]
    return z3.Or(parts)


def solver(assertions: Iterable[Formula]) -> Formula:
    """A propositional solver holding these."""
    made = z3.SolverFor("QF_FD")
    made.add(list(assertions))
    return made


def satisfiable(made: Formula, *extra: Formula) -> Formula | None:
    """A model of what the solver holds and the extra formulas; None when there is none."""
    made.push()
    try:
        made.add(*extra)
        return made.model() if made.check() == z3.sat else None
    finally:
        made.pop()


def _given(certain: Sequence[Formula], open_: Sequence[Formula]) -> Given:
    return Given(z3.Or(certain), z3.And(z3.Or(open_), z3.Not(z3.Or(certain))))


def _tri(model: Formula, pair: tuple[Formula, Formula]) -> Tri:
    if z3.is_true(model.eval(pair[0])):
        return True
    return False if z3.is_true(model.eval(pair[1])) else UNKNOWN

"""The proof itself: every invariant of every subject, and every planted mutant (证明过程).

Pure and deterministic; the time it takes is measured where it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any

import msgspec
import z3

from anning.law.algebra import Expr
from anning.law.decision import Outcome
from anning.law.instrument import Instrument
from anning.law.instruments import common
from anning.law.instruments.registry import IN_FORCE, INSTRUMENTS
from anning.law.proof.encoding import Facts, Formula, Verdict, differ, satisfiable, solver, verdict
from anning.law.proof.invariants import Claim, Worlds, general, possible, readings, sharper, twins
from anning.law.proof.mutants import Mutant, mutants
from anning.law.proof.ordinary import nearest
from anning.law.proof.subjects import Subject, instruments, latest, of_instrument, regimes
from anning.law.proof.witness import REALISABLE, situation
from anning.law.tri import Tri

Values = dict[str, Tri]


class Finding(msgspec.Struct, frozen=True):
    """One invariant, tried (一项不变式的结论).

    Attributes:
        possible: its premise can occur, so that it says something.
        counterexample: predicate values that break it, nearest to an ordinary lawful communication.
        about: the predicates it is told in.
        situation: a world and a communication that show it, when one can: a situation that holds as things are.
    """

    id: str
    zh: str
    en: str
    possible: bool
    counterexample: Values | None
    about: tuple[str, ...]
    situation: dict[str, Any] | None = None

    @property
    def holds(self) -> bool:
        """No combination breaks it, and its premise can occur."""
        return self.possible and self.counterexample is None


class SubjectReport(msgspec.Struct, frozen=True):
    """All invariants of one subject."""

    subject: str
    satisfiable: bool
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        return self.satisfiable and all(finding.holds for finding in self.findings)


class Fate(StrEnum):
    """What became of a planted mutant."""

    CAUGHT = "caught"
    EQUIVALENT = "equivalent"
    SURVIVED = "survived"

    @property
    def zh(self) -> str:
        return {"caught": "已查出", "equivalent": "证明等价", "survived": "未查出"}[self.value]


class MutantReport(msgspec.Struct, frozen=True):
    """One planted mutant (变异体的结论).

    Attributes:
        caught_by: the first invariant that breaks, the general ones tried first.
        counterexample: predicate values over which it breaks.
        situation: one that holds under the law as it stands and fails under the mutant, when a world can show it.
    """

    instrument: str
    rule: str
    zh: str
    en: str
    fate: Fate
    caught_by: str = ""
    counterexample: Values | None = None
    situation: dict[str, Any] | None = None


class Report(msgspec.Struct, frozen=True):
    """The whole proof."""

    subjects: tuple[SubjectReport, ...]
    mutants: tuple[MutantReport, ...]

    @property
    def holds(self) -> bool:
        """Every invariant holds over possible premises, and every mutant is caught or proved equivalent."""
        return all(s.holds for s in self.subjects) and not self.count(Fate.SURVIVED)

    def count(self, fate: Fate) -> int:
        """How many mutants met it."""
        return sum(1 for mutant in self.mutants if mutant.fate is fate)


class Bench:
    """A subject under proof: two sets of facts, the premises, and what the rules make of them."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.facts, self.other = Facts(), Facts("other.")
        self._alone = solver([*self.facts.premises(), self.facts.formula(subject.scope)])
        self._sharper, self._twins = sharper(self.facts, self.other), twins(self.facts, self.other)
        self._two = solver(
            [
                *self.facts.premises(),
                *self.other.premises(),
                self.facts.formula(subject.scope),
                self.other.formula(subject.scope),
            ]
        )

    def worlds(self, subject: Subject) -> Worlds:
        """The verdicts of a version of the subject."""
        rules = subject.rules
        return Worlds(
            self.facts,
            self.other,
            verdict(rules, self.facts),
            rules,
            self._sharper,
            self._twins,
        )

    def claims(self, subject: Subject) -> Iterator[Claim]:
        """All invariants laid against a version of the subject, general ones first."""
        worlds = self.worlds(subject)
        yield from general(subject, worlds)
        yield from readings(subject, worlds)

    def model(self, formula: Formula, *, twice: bool = False) -> Formula | None:
        """A model of the premises and this; None when there is none."""
        return satisfiable(self._two if twice else self._alone, formula)

    def example(self, formula: Formula, *, twice: bool = False) -> Values | None:
        """Predicate values that satisfy it, as ordinary as can be; None when there are none."""
        return nearest(self._two if twice else self._alone, self.facts, formula)

    def satisfiable(self) -> bool:
        """The premises can hold together, and so can each case of the readings."""
        cases = [z3.BoolVal(True), *(possible(r, self.facts) for r in self.subject.readings())]
        return all(self.model(case) is not None for case in cases)

    def disagreement(self, version: Instrument, within: Iterable[Expr] = ()) -> Values | None:
        """Values on which the subject and one with another version of an instrument differ, within what is asked."""
        changed = verdict(self.subject.with_rules(version).rules, self.facts)
        asked = [self.facts.formula(statement) for statement in within]
        return self.example(z3.And(differ(self.original(), changed), *asked))

    def original(self) -> Verdict:
        """The verdict of the subject itself."""
        return verdict(self.subject.rules, self.facts)


def prove(
    names: Iterable[str] | None = None,
    *,
    with_mutants: bool = True,
    with_regimes: bool = True,
    with_situations: bool = False,
    told: Callable[[str], None] = lambda _: None,
) -> Report:
    """Prove the invariants of the instruments named (of all, and of the regimes, when none is).

    Args:
        names: instruments; None for all.
        with_mutants: plant every one-edit mutant as well.
        with_situations: find a situation for each mutant that one can show.
        told: called with the name of what is proved next.
    """
    wanted = None if names is None else set(names)
    chosen = [i for i in instruments() if wanted is None or i.name in wanted]
    subjects = [subject for instrument in chosen for subject in of_instrument(instrument)]
    if wanted is None and with_regimes:
        subjects += regimes()
    found = []
    for subject in subjects:
        told(subject.name)
        found.append(prove_subject(subject))
    planted: list[MutantReport] = []
    if with_mutants:
        for instrument in chosen:
            told(f"{instrument.name} ±1")
            planted += try_mutants(instrument, with_situations=with_situations)
    return Report(tuple(found), tuple(planted))


def prove_subject(subject: Subject) -> SubjectReport:
    """Every invariant of one subject."""
    bench = Bench(subject)
    findings = tuple(_finding(bench, claim) for claim in bench.claims(subject))
    return SubjectReport(subject.name, bench.satisfiable(), findings)


def try_mutants(instrument: Instrument, *, with_situations: bool = False) -> Iterator[MutantReport]:
    """Every one-edit mutant of an instrument: caught, or proved to change nothing."""
    bench = Bench(latest(instrument))
    original = bench.original()
    for mutant in mutants(instrument):
        report = _fate(bench, original, mutant)
        if with_situations and report.fate is Fate.CAUGHT:
            values = bench.disagreement(mutant.instrument, REALISABLE)
            name = f"{report.instrument}/{report.rule}: {report.en}"
            told = None if values is None else told_as_situation(name, bench.subject, values)
            report = msgspec.structs.replace(report, situation=told)
        yield report


def told_as_situation(name: str, subject: Subject, values: Values) -> dict[str, Any]:
    """Values that a world can show, as a situation with what the subject's rules make of them."""
    first = subject.instruments[0].name
    under = IN_FORCE if subject.name.startswith(IN_FORCE) else first
    rules = subject.rules
    if under == common.INSTRUMENT.name:
        # our own rule is beside every instrument and judged under none of its own
        under = "cn-2020-draft"
        rules = latest(INSTRUMENTS[under]).rules
    fired = [rule for rule in rules if rule.when.value(lambda predicate: values[predicate]) is True]
    outcome = max((rule.effect for rule in fired), default=Outcome.ALLOW)
    because = tuple(dict.fromkeys(rule.citation.obligation for rule in fired))
    return situation(name, under, values, outcome.word, because)


def _fate(bench: Bench, original: Verdict, mutant: Mutant) -> MutantReport:
    subject = bench.subject.with_rules(mutant.instrument)
    report = MutantReport(mutant.instrument.name, mutant.rule.name, mutant.zh, mutant.en, Fate.SURVIVED)
    for claim in bench.claims(subject):
        model = bench.model(claim.violated, twice=claim.twice)
        if model is not None:
            return msgspec.structs.replace(
                report, fate=Fate.CAUGHT, caught_by=claim.id, counterexample=bench.facts.reading(model)
            )
    changed = verdict(subject.rules, bench.facts)
    unchanged = bench.model(differ(original, changed)) is None
    return msgspec.structs.replace(report, fate=Fate.EQUIVALENT) if unchanged else report


def _finding(bench: Bench, claim: Claim) -> Finding:
    shown = z3.And([claim.violated, *(bench.facts.formula(statement) for statement in REALISABLE)])
    broken = bench.model(claim.violated, twice=claim.twice) is not None
    real = bench.example(shown, twice=claim.twice) if broken else None
    return Finding(
        claim.id,
        claim.zh,
        claim.en,
        bench.model(claim.premise, twice=claim.twice) is not None,
        real or (bench.example(claim.violated, twice=claim.twice) if broken else None),
        claim.about,
        None if real is None else told_as_situation(claim.en, bench.subject, real),
    )

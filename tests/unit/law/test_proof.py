"""The law is proved, and what the proof assumes and models is what runs."""

from __future__ import annotations

import functools

import msgspec
import pytest
import z3
from hypothesis import given, settings
from observing import observations

from anning.law.algebra import And, Not, Or, P
from anning.law.decision import Outcome
from anning.law.instrument import Instrument
from anning.law.instruments.registry import INSTRUMENTS
from anning.law.observations import Observations
from anning.law.predicates import PREDICATES, commercial, consented, prohibited
from anning.law.proof.axioms import AXIOMS, NEVER_UNKNOWN
from anning.law.proof.encoding import Facts, verdict
from anning.law.proof.facts import PLAIN_FACTS, holds, observed
from anning.law.proof.mutants import flat, mutants
from anning.law.proof.parameters import figure_on
from anning.law.proof.prove import Bench, Fate, prove, prove_subject, try_mutants
from anning.law.proof.subjects import Subject, eras, instruments, latest, of_instrument, regimes
from anning.law.regime import Regime
from anning.law.tri import UNKNOWN

EVERY = instruments()
ids = [instrument.name for instrument in EVERY]


@given(seen=observations)
@settings(max_examples=600, deadline=None)
def test_every_axiom_is_true_of_every_observation(seen: Observations) -> None:
    figure = figure_on(seen.at.date())
    values = {name: observed(name, seen, figure) for name in (*PREDICATES, *PLAIN_FACTS)}
    for axiom in AXIOMS:
        assert holds(axiom.statement, values.__getitem__), axiom.en


def test_axioms_speak_only_of_predicates_that_exist() -> None:
    named = {name[:-2] for axiom in AXIOMS for name in axiom.statement.predicates()} | set(NEVER_UNKNOWN)
    assert named <= {*PREDICATES, *PLAIN_FACTS}


@functools.cache
def bench_of(name: str) -> tuple[Bench, Regime]:
    subject = latest(INSTRUMENTS[name])
    return Bench(subject), Regime(name, subject.instruments)


@pytest.mark.parametrize("name", list(INSTRUMENTS))
@given(seen=observations)
@settings(max_examples=60, deadline=None)
def test_the_encoding_says_what_the_regime_says(name: str, seen: Observations) -> None:
    bench, regime = bench_of(name)
    if seen.channel not in bench.subject.channels:
        return
    figure = figure_on(seen.at.date())
    fixed = []
    for predicate in bench.facts.names():
        true, false = bench.facts.pair(predicate)
        value = observed(predicate, seen, figure)
        fixed += [(true, z3.BoolVal(value is True)), (false, z3.BoolVal(value is False))]
    encoded = verdict(bench.subject.rules, bench.facts)

    def said(formula: z3.BoolRef) -> bool:
        return z3.is_true(z3.simplify(z3.substitute(formula, *fixed)))

    judged = regime.judge(seen)
    outcome = max((o for o, formula in encoded.at_least.items() if said(formula)), default=Outcome.ALLOW)
    assert outcome is judged.outcome
    certain = {(r.obligation, r.effect) for r in judged.reasons if not r.unknown}
    assert {key for key, given_ in encoded.given.items() if said(given_.certain)} == certain


@pytest.mark.parametrize("instrument", EVERY, ids=ids)
def test_every_invariant_of_every_instrument_holds(instrument: Instrument) -> None:
    for subject in of_instrument(instrument):
        report = prove_subject(subject)
        assert report.satisfiable
        assert [f.id for f in report.findings if not f.holds] == []


def test_every_regime_in_force_holds_them_too() -> None:
    for subject in regimes():
        report = prove_subject(subject)
        assert report.holds, (report.subject, [f.id for f in report.findings if not f.holds])


@pytest.mark.parametrize("instrument", EVERY, ids=ids)
def test_every_planted_mutant_is_caught_or_proved_to_change_nothing(instrument: Instrument) -> None:
    reports = list(try_mutants(instrument))
    assert [f"{m.rule}: {m.en}" for m in reports if m.fate is Fate.SURVIVED] == []
    caught = sum(m.fate is Fate.CAUGHT for m in reports)
    assert caught >= 5 * len(instrument.rules)
    assert caught >= 0.97 * len(reports)


def test_a_rule_left_out_is_told_with_a_counterexample() -> None:
    draft = INSTRUMENTS["cn-2020-draft"]
    kept = tuple(rule for rule in draft.rules if rule.citation.obligation != "R20a")
    changed = latest(draft).with_rules(msgspec.structs.replace(draft, rules=kept))
    broken = {f.id: f for f in prove_subject(changed).findings if not f.holds}
    assert set(broken) == {"R20a refuse"}
    values = broken["R20a refuse"].counterexample
    assert values is not None
    assert values["platform_call"] is True and values["commercial"] is True


def test_a_rule_nobody_has_read_is_reported() -> None:
    draft = INSTRUMENTS["cn-2020-draft"]
    citation = msgspec.structs.replace(draft.rules[0].citation, obligation="R08a")
    extra = msgspec.structs.replace(draft.rules[0], name="extra", citation=citation)
    changed = latest(draft).with_rules(msgspec.structs.replace(draft, rules=(*draft.rules, extra)))
    broken = {f.id: f.en for f in prove_subject(changed).findings if not f.holds}
    assert "R08a refuse" in broken["every-reason-is-specified"]


def test_an_invariant_whose_premise_cannot_occur_does_not_hold() -> None:
    bench = Bench(Subject("none", (), latest(EVERY[0]).day, latest(EVERY[0]).channels))
    found = {finding.id: finding for finding in prove_subject(bench.subject).findings}
    assert not found["every-refusal-is-cited"].possible
    assert not found["every-refusal-is-cited"].holds


def test_unknown_lets_a_verification_code_through_and_no_commercial_message() -> None:
    bench = Bench(latest(INSTRUMENTS["cn-2020-draft"]))
    judged = bench.original()
    true, false = bench.facts.pair("commercial")
    outage = bench.facts.pair("part_down")[0]
    unknown = z3.Not(z3.Or(*bench.facts.pair("consented")))
    assert bench.model(z3.And(true, outage, judged.passes)) is None
    passing = bench.example(z3.And(false, outage, unknown, judged.passes))
    assert passing is not None
    assert passing["shown_service"] is True or passing["private"] is True
    assert passing["consented"] is UNKNOWN


def test_mutants_are_one_edit_away_and_distinct() -> None:
    for instrument in EVERY:
        whole = [flat(rule.when) for rule in instrument.rules]
        seen = set()
        for mutant in mutants(instrument):
            if len(mutant.instrument.rules) == len(whole):
                changed = [
                    (new.name, new.effect, flat(new.when))
                    for old, new in zip(instrument.rules, mutant.instrument.rules, strict=True)
                    if (old.effect, flat(old.when)) != (new.effect, flat(new.when))
                ]
                assert len(changed) == 1, (mutant.rule.name, mutant.en)
                assert changed[0] not in seen
                seen.add(changed[0])


def test_flat_joins_and_drops_double_negation() -> None:
    a, b, c = commercial, consented, prohibited
    assert flat(a & b & c) == And((a, b, c))
    assert flat(a | (b | c)) == Or((a, b, c))
    assert flat(Not(Not(a))) == a
    assert flat(Not(a & Not(Not(b)))) == Not(And((a, b)))
    assert flat(P("x")) == P("x")


def test_eras_follow_the_dates_of_rules() -> None:
    assert [str(day) for day in eras(INSTRUMENTS["cn-2018-plan"])] == ["2018-07-01", "2022-07-01", "2022-12-01"]
    assert len(eras(INSTRUMENTS["cn-2020-draft"])) == 1


def test_proving_one_instrument_leaves_the_others_out() -> None:
    report = prove(["cn-2020-callcentre"])
    assert report.holds
    assert {s.subject.split()[0] for s in report.subjects} == {"cn-2020-callcentre"}
    assert {m.instrument for m in report.mutants} == {"cn-2020-callcentre"}


def test_facts_of_two_worlds_are_apart() -> None:
    one, other = Facts(), Facts("other.")
    assert one.pair("commercial")[0].decl().name() != other.pair("commercial")[0].decl().name()

"""Counterexamples of planted mutants replay: a situation on the production path in which the verdict really changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
import yaml
from typer.testing import CliRunner

from anning.cli.main import app
from anning.gate import validity
from anning.gate.situations import load_text, run
from anning.law.decision import Decision, Outcome
from anning.law.instrument import Instrument
from anning.law.instruments import common, registry
from anning.law.proof.mutants import Mutant, mutants
from anning.law.proof.prove import Bench, prove_subject
from anning.law.proof.subjects import Subject, instruments, latest
from anning.law.proof.witness import REALISABLE, situation
from anning.law.tri import Tri

NO_WORLD_SHOWS = {
    # what a call says is not heard before it is made
    ("cn-2018-plan", "prohibited-content", "rule deleted"),
    # a code that is not shown is held by nobody here either, so the reason R09b stays
    ("cn-2020-draft", "code-missing", "rule deleted"),
    # the caps in 5 minutes and in 24 hours are both three
    ("house-policy", "calls-5-minutes", "rule deleted"),
}


def judged_by(subject: Subject, values: Mapping[str, Tri]) -> tuple[Outcome, set[str]]:
    """What the rules say of known values: the outcome and the obligations given as reasons."""
    fired = [rule for rule in subject.rules if rule.when.value(lambda name: values[name]) is True]
    return max((rule.effect for rule in fired), default=Outcome.ALLOW), {rule.citation.obligation for rule in fired}


@contextmanager
def in_place_of(version: Instrument) -> Iterator[None]:
    """The production path judges by this version of an instrument."""
    whole, ours = dict(registry.INSTRUMENTS), common.INSTRUMENT
    try:
        if version.name == ours.name:
            common.INSTRUMENT = version
        else:
            registry.INSTRUMENTS[version.name] = version
        registry.compose.cache_clear()
        validity.reads.cache_clear()
        yield
    finally:
        registry.INSTRUMENTS.update(whole)
        common.INSTRUMENT = ours
        registry.compose.cache_clear()
        validity.reads.cache_clear()


def replayed(document: dict[str, object]) -> Decision:
    """The last decision of the situation, written as YAML, read back, and run."""
    (read,) = load_text(yaml.safe_dump([document], allow_unicode=True))
    return run(read).decisions[-1]


def shows(bench: Bench, mutant: Mutant) -> bool:
    """Whether some situation shows the mutant; if so, it is run under both versions and its verdict changes."""
    values = bench.disagreement(mutant.instrument, REALISABLE)
    if values is None:
        return False
    name = bench.subject.instruments[0].name
    under = "cn-2020-draft" if name == common.INSTRUMENT.name else name
    if under == name:
        whole, changed = bench.subject, bench.subject.with_rules(mutant.instrument)
    else:
        draft = latest(registry.instrument(under))
        whole, changed = draft, draft.with_rules(mutant.instrument)
    outcome, because = judged_by(whole, values)
    document = situation("replay", under, values, outcome.word, tuple(sorted(because)))
    told = f"{name} {mutant.rule.name}: {mutant.en}\n{yaml.safe_dump(document, allow_unicode=True)}"
    before = replayed(document)
    assert (before.outcome, set(before.obligations())) == (outcome, because), told
    with in_place_of(mutant.instrument):
        after = replayed(document)
    assert (after.outcome, set(after.obligations())) == judged_by(changed, values), told
    assert _verdict(before) != _verdict(after), told
    return True


def _verdict(decision: Decision) -> tuple[Outcome, set[tuple[str, Outcome]]]:
    return decision.outcome, {(reason.obligation, reason.effect) for reason in decision.reasons}


@pytest.mark.parametrize("instrument", instruments(), ids=lambda i: i.name)
def test_every_rule_left_out_shows_in_a_situation_that_runs(instrument: Instrument) -> None:
    bench = Bench(latest(instrument))
    for mutant in mutants(instrument):
        if mutant.en == "rule deleted":
            expected = (instrument.name, mutant.rule.name, mutant.en) not in NO_WORLD_SHOWS
            assert shows(bench, mutant) is expected, mutant.rule.name


@pytest.mark.long
@pytest.mark.parametrize("instrument", instruments(), ids=lambda i: i.name)
def test_nearly_every_mutant_shows_in_a_situation_that_runs(
    instrument: Instrument, record_property: Callable[[str, object], None]
) -> None:
    bench = Bench(latest(instrument))
    found = [(mutant, shows(bench, mutant)) for mutant in mutants(instrument)]
    unseen = [f"{mutant.rule.name}: {mutant.en}" for mutant, seen in found if not seen]
    shown = f"{len(found) - len(unseen)} of {len(found)} through the gate"
    record_property("mutants replayed", f"{shown}; no world shows {', '.join(unseen)}" if unseen else shown)
    assert len(unseen) <= len(found) * 0.15


def test_a_broken_invariant_comes_with_a_situation_in_which_it_is_seen(tmp_path: Path) -> None:
    draft = registry.instrument("cn-2020-draft")
    kept = tuple(rule for rule in draft.rules if rule.citation.obligation != "R20a")
    broken = msgspec.structs.replace(draft, rules=kept)
    findings = prove_subject(latest(draft).with_rules(broken)).findings
    (document,) = [finding.situation for finding in findings if finding.id == "R20a refuse"]
    assert document is not None
    with in_place_of(broken):
        assert replayed(document).outcome is Outcome.ALLOW
    assert replayed(document).obligations() == ("R20a",)
    file = tmp_path / "counterexample.yaml"
    file.write_text(yaml.safe_dump([document], allow_unicode=True), encoding="utf-8")
    checked = CliRunner().invoke(app, ["check", "--situation", str(file), "--under", "cn-2020-draft"])
    assert "R20a" in checked.output

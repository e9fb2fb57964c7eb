"""The situations hold, and a change to any rule, figure or date of the law does not pass them unnoticed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from equivalents import EQUIVALENT
from rules_mutation import (
    Baseline,
    Mutant,
    Tried,
    baseline,
    holds,
    in_place_of,
    instruments,
    killer,
    mutants,
    situations,
    told,
    try_all,
)
from witnesses import OBSERVED, WITNESSES, Observed

from anning.gate.situations.loading import load
from anning.gate.situations.model import Situation
from anning.gate.situations.running import run
from anning.law.instruments import common, registry

ALL = situations()


@pytest.mark.parametrize("situation", ALL, ids=lambda situation: situation.name)
def test_the_situation_holds(situation: Situation) -> None:
    result = run(situation)
    assert holds(situation, result), f"{result.told}; decisions: {[d.wording()[1] for d in result.decisions]}"


@pytest.mark.parametrize("observed", OBSERVED, ids=lambda observed: observed.name)
def test_what_is_observed_only_holds(observed: Observed) -> None:
    assert observed.holds()


def test_there_are_enough_situations_of_every_kind() -> None:
    assert len(ALL) >= 150
    assert sum(situation.sequence for situation in ALL) >= 20
    names = [situation.name for situation in ALL]
    assert len(set(names)) == len(names)
    assert WITNESSES.keys() <= set(names)


def test_every_instrument_is_judged_alone_and_in_force() -> None:
    assert {situation.under for situation in ALL} == {registry.IN_FORCE, *registry.INSTRUMENTS}


def test_the_situations_the_project_was_given_hold(shared_dir: Path) -> None:
    given = load(shared_dir / "situations" / "examples.yaml")
    assert given
    assert all(run(situation).holds for situation in given)


@pytest.fixture(scope="module")
def ground() -> tuple[Baseline, ...]:
    """Every situation as it comes out under the law as it is."""
    return baseline(ALL)


def test_a_mutant_that_nothing_looks_at_survives() -> None:
    """The tool can tell a survivor: with no situations, only what is observed directly is left to notice."""
    deleted = next(m for m in mutants(common.INSTRUMENT) if m.kind == "deleted")
    assert killer(deleted, ()) in {"", *(observed.name for observed in OBSERVED)}
    unread = next(m for m in mutants(registry.instrument("house-policy")) if m.what == "codes-day deleted")
    assert killer(unread, ()) == ""


def test_the_law_is_as_before_when_a_mutant_is_done_with(ground: tuple[Baseline, ...]) -> None:
    before = registry.INSTRUMENTS | {common.INSTRUMENT.name: common.INSTRUMENT}
    mutant = next(mutants(registry.instrument("cn-2020-draft")))
    with pytest.raises(RuntimeError), in_place_of(mutant.instrument):
        assert registry.INSTRUMENTS[mutant.instrument.name] is mutant.instrument
        raise RuntimeError
    assert registry.INSTRUMENTS | {common.INSTRUMENT.name: common.INSTRUMENT} == before
    assert all(run(each.situation).holds for each in ground[:20])


def test_every_rule_deleted_or_negated_is_noticed(
    ground: tuple[Baseline, ...], record_property: Callable[[str, object], None]
) -> None:
    _all_noticed([m for m in _every_mutant() if m.kind in ("deleted", "negated")], ground, record_property)


@pytest.mark.long
def test_every_mutant_is_noticed(ground: tuple[Baseline, ...], record_property: Callable[[str, object], None]) -> None:
    """Rules deleted, negated, without one of their parts; figures and dates moved by one."""
    _all_noticed(_every_mutant(), ground, record_property)


def test_what_is_called_equivalent_is_a_mutant_still() -> None:
    assert EQUIVALENT.keys() <= {mutant.name for mutant in _every_mutant()}


def _every_mutant() -> list[Mutant]:
    return [mutant for instrument in instruments() for mutant in mutants(instrument)]


def _all_noticed(
    of: Sequence[Mutant], ground: tuple[Baseline, ...], record_property: Callable[[str, object], None]
) -> None:
    tried = try_all(of, ground)
    record_property("rules mutated", told(tried))
    print(told(tried))
    assert _names(tried, noticed=False) - EQUIVALENT.keys() == set(), "no situation notices these"
    assert _names(tried, noticed=True) & EQUIVALENT.keys() == set(), "these are not equivalent after all"


def _names(tried: Sequence[Tried], *, noticed: bool) -> set[str]:
    return {each.name for each in tried if bool(each.noticed_by) is noticed}

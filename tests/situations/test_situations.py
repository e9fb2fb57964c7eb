"""Every situation holds on the production path: the project's own, and the shared examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from anning.gate.situations import Situation, load, run

OWN = sorted(Path(__file__).parent.glob("*.yaml"))


def _tried(situation: Situation) -> str:
    """What failed, told as `anning law try` tells it; empty when the situation holds."""
    result = run(situation)
    return "; ".join(
        f"step {step.step}: expected {' or '.join(step.expected) or 'anything'}, came out {step.got}, "
        f"reasons {step.reasons}, missing {step.missing}, unwanted {step.unwanted}"
        for step in result.steps
        if not step.holds
    )


@pytest.mark.parametrize(
    "situation", [pytest.param(each, id=f"{path.stem}: {each.name}") for path in OWN for each in load(path)]
)
def test_own_situation_holds(situation: Situation) -> None:
    assert _tried(situation) == ""


def test_shared_examples_hold(shared_dir: Path) -> None:
    examples = load(shared_dir / "situations" / "examples.yaml")
    assert {situation.name: _tried(situation) for situation in examples} == {each.name: "" for each in examples}


def test_there_are_many_and_no_two_share_a_name() -> None:
    names = [situation.name for path in OWN for situation in load(path)]
    assert len(names) >= 150
    assert len(names) == len(set(names))

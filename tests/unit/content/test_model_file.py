"""The file of a model: what is not whole is refused, and without one nothing is judged but what needs none."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from anning.content import content_version, judge, trained
from anning.content.modelfile import MAGIC, from_bytes, to_bytes
from anning.content.trained import BUILT_IN, Model, built_in, load_model
from anning.errors import InvalidFile
from anning.gate.texts import NO_MODEL
from anning.law.decision import Outcome
from anning.law.tri import UNKNOWN
from gate_world import World, code_message, offer

SHIPPED = Path(str(files("anning.content"))) / "weights" / BUILT_IN


@pytest.fixture(params=["missing.model", "../judge.py"], ids=["missing", "damaged"])
def no_model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(trained, "BUILT_IN", request.param)
    built_in.cache_clear()
    yield
    built_in.cache_clear()


def test_a_model_comes_back_as_it_was_written() -> None:
    data = SHIPPED.read_bytes()
    assert to_bytes(from_bytes(data, "shipped")) == data


@pytest.mark.parametrize("kept", [0, 5, len(MAGIC), len(MAGIC) + 40, 3000, -100, -1])
def test_a_part_of_a_model_is_none(kept: int) -> None:
    with pytest.raises(InvalidFile, match=r"shipped\.model"):
        Model(SHIPPED.read_bytes()[:kept], "shipped.model")


def test_a_model_whose_card_tells_of_other_weights_is_none() -> None:
    with pytest.raises(InvalidFile):
        Model(SHIPPED.read_bytes().replace(b'"bits":18', b'"bits":17', 1), "shipped.model")


def test_another_model_is_another_version(tmp_path: Path) -> None:
    data = SHIPPED.read_bytes()
    (tmp_path / "own.model").write_bytes(data.replace(b'"name":"anning-zh"', b'"name":"anning-yy"', 1))
    own = load_model(tmp_path / "own.model")
    assert content_version(own) != content_version()
    assert content_version(own).startswith("anning-yy ")
    assert judge("新书八折", own) == judge("新书八折")


def test_without_its_model_the_gate_lets_no_offer_pass(no_model: None) -> None:
    gate = World().gate
    assert gate.observe(offer()).content_class is UNKNOWN
    decision = gate.decide(offer())
    assert decision.outcome in (Outcome.HOLD, Outcome.REFUSE)
    assert decision.hashes.content == NO_MODEL


def test_without_its_model_a_one_time_code_passes(no_model: None) -> None:
    assert World().gate.decide(code_message()).outcome is Outcome.ALLOW


def test_nothing_is_judged_by_a_model_that_is_not_there(no_model: None) -> None:
    with pytest.raises((InvalidFile, OSError)):
        judge("新书八折")

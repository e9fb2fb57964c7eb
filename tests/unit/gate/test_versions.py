"""A decision names the versions it was made by, and none of them can change unseen."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from anning.content import Content, content_version, judge
from anning.gate.gate import UNNAMED, Gate
from anning.gate.sources import DECIDING, code_hash
from gate_world import offer


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The package's source where it may be changed."""
    copy = tmp_path / "anning"
    shutil.copytree(str(files("anning")), copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.mark.parametrize(
    "module",
    [
        "law/predicates/kinds.py",
        "law/predicates/limits.py",
        "law/regime.py",
        "law/tri.py",
        "law/algebra.py",
        "registers/standing.py",
        "registers/statements.py",
        "gate/texts.py",
    ],
)
def test_a_change_of_what_decides_is_another_version(copied: Path, tmp_path: Path, module: str) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(copied, changed)
    place = changed / module
    place.write_text(place.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert code_hash(copied) == code_hash(files("anning"))
    assert code_hash(changed) != code_hash(copied)


def test_a_new_module_of_predicates_is_another_version(copied: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(copied, changed)
    (changed / "law/predicates/further.py").write_text("", encoding="utf-8")
    assert code_hash(changed) != code_hash(copied)


def test_what_is_named_is_there() -> None:
    assert all((Path(str(files("anning"))) / path).exists() for path in DECIDING)


def test_a_decision_carries_the_version_of_the_program() -> None:
    assert Gate().decide(offer()).hashes.code == code_hash(files("anning"))


def test_a_judge_handed_in_carries_its_own_hash() -> None:
    def cautious(text: str) -> Content:
        return judge(text)

    assert Gate().decide(offer()).hashes.content == content_version()
    assert Gate(judge=judge).decide(offer()).hashes.content == content_version()
    assert Gate(judge=cautious, content_hash="c" * 64).decide(offer()).hashes.content == "c" * 64
    assert Gate(judge=cautious).decide(offer()).hashes.content == UNNAMED

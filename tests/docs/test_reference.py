"""What the code has, the reference has words for (参考手册与代码一致)."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from anning.content.model import ContentClass, Reply
from anning.errors import AnningError
from anning.law.citation import Mark
from anning.law.decision import Outcome
from anning.law.predicates import PREDICATES
from anning.numbers import CAUSES, Kind
from anning.portal.pages import PAGES
from anning.registers.events import KINDS
from anning.settings import Settings

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    """The script that fills the pages."""
    spec = importlib.util.spec_from_file_location("reference_make", REFERENCE / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def undocumented(name: str, things: Iterable[object]) -> list[str]:
    """Things the page does not name as code."""
    text = page(name)
    return [str(thing) for thing in things if f"`{thing}`" not in text]


def test_no_page_is_out_of_date(make: ModuleType) -> None:
    assert make.stale() == [], "run: python docs/reference/make.py"


def test_every_command_and_option_has_words_in_both_languages(make: ModuleType) -> None:
    text = page("commands")
    for name, command in make.commands():
        section = re.search(rf"^### {name}\n(.*?)(?=^### |\Z)", text, re.MULTILINE | re.DOTALL)
        assert section is not None, name
        assert re.search(r"[一-鿿]", section[1]), name
        for parameter in command.params:
            for option in (*parameter.opts, *parameter.secondary_opts):
                if option.startswith("-") and option != "--help":
                    assert f"`{option}`" in section[1], f"{name} {option}"


def test_an_option_without_help_stops_the_reference(make: ModuleType) -> None:
    class Bare:
        opts = ("--bare",)
        secondary_opts = ()
        help = None
        param_type_name = "option"

    with pytest.raises(make.Unworded, match="--bare"):
        make._parameter("anning", Bare(), None)


@pytest.mark.parametrize(
    ("table", "gone"),
    [("EVENTS", "wish-stated"), ("RULES", "yaml"), ("CONTENT", "links"), ("SITUATION", "given.codes")],
)
def test_a_thing_without_words_stops_the_reference(
    make: ModuleType, monkeypatch: pytest.MonkeyPatch, table: str, gone: str
) -> None:
    words: dict[str, Any] = getattr(make.words, table)
    monkeypatch.setattr(make.words, table, {name: each for name, each in words.items() if name != gone})
    block = {"EVENTS": "events", "RULES": "error-rules", "CONTENT": "content", "SITUATION": "situation-keys"}[table]
    with pytest.raises(make.Unworded, match=gone):
        make.BLOCKS[block]()


def test_words_for_what_is_gone_stop_the_reference(make: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make.words, "STEPS", {**make.words.STEPS, "writer.never": (False, "无", "none")})
    with pytest.raises(make.Unworded, match=r"writer\.never"):
        make.made_steps()


def test_every_page_with_who_may() -> None:
    assert undocumented("pages", (f"{page.method} {page.path}" for page in PAGES)) == []
    assert not [page for page in PAGES if not re.search(r"[一-鿿]", page.zh) or not page.en.isascii()]


def test_every_setting() -> None:
    assert undocumented("settings", (f"ANNING_{name.upper()}" for name in Settings.model_fields)) == []


def test_every_reason_with_its_rule_source_and_remedy(make: ModuleType) -> None:
    text = page("reasons")
    for instrument in make.all_instruments():
        section = re.search(rf"^### {instrument.name}\n(.*?)(?=^### |\Z)", text, re.MULTILINE | re.DOTALL)
        assert section is not None, instrument.name
        for rule in instrument.rules:
            assert f"**{rule.citation.obligation}** `{rule.name}`" in section[1]
            for words in (rule.zh, rule.en, rule.remedy_zh, rule.remedy_en, rule.citation.zh(), rule.citation.en()):
                assert words in section[1], (rule.name, words)
        for parameter in instrument.parameters:
            assert f"`{parameter.name}`" in section[1]


def test_every_outcome_mark_predicate_kind_and_cause() -> None:
    assert undocumented("reasons", (outcome.word for outcome in Outcome)) == []
    assert undocumented("reasons", (mark.value for mark in Mark)) == []
    assert undocumented("predicates", PREDICATES) == []
    assert undocumented("numbers", (kind.value for kind in Kind)) == []
    assert undocumented("numbers", CAUSES) == []
    assert undocumented("content", (each.value for each in (*ContentClass, *Reply))) == []


def test_every_error_with_its_exit_code() -> None:
    def family(kind: type[AnningError]) -> Iterable[type[AnningError]]:
        yield kind
        for below in kind.__subclasses__():
            yield from family(below)

    text = page("errors")
    for kind in family(AnningError):
        if kind.__module__ == "anning.errors":
            assert re.search(rf"^\| `{kind.__name__}` \|[^|]*\| {kind.exit_code} \|", text, re.MULTILINE), kind


def test_every_event_with_its_fields() -> None:
    text = page("journal")
    for kind, struct in KINDS.items():
        section = re.search(rf"^#### {kind}\n(.*?)(?=^#### |^## |\Z)", text, re.MULTILINE | re.DOTALL)
        assert section is not None, kind
        for field in struct.__struct_fields__:
            assert f"`{field}`" in section[1], (kind, field)


def test_the_failure_table_is_the_one_that_is_tested(make: ModuleType) -> None:
    source = (ROOT / "tests" / "integration" / "journal" / "test_failure_table.py").read_text(encoding="utf-8")
    tested = {
        step: kept == "True" for step, kept in re.findall(r'\("((?:writer|segment)\.[a-z-]+)", (True|False)\)', source)
    }
    source = (ROOT / "tests" / "integration" / "gate" / "test_snapshot.py").read_text(encoding="utf-8")
    tested |= {step: left == "new" for step, left in re.findall(r'"(snapshot\.[a-z-]+)": "(old|new)"', source)}
    source = (ROOT / "tests" / "integration" / "registers" / "test_erasing_failures.py").read_text(encoding="utf-8")
    recorded = re.findall(r'\("(erasing\.[a-z-]+)(?::2)?", (1|2)\)', source)
    tested |= {step: erasures == "2" for step, erasures in recorded}
    assert tested == {step: kept for step, (kept, _, _) in make.words.STEPS.items()}


def test_the_failure_table_of_counts_is_the_one_that_is_tested(make: ModuleType) -> None:
    source = (ROOT / "tests" / "integration" / "counts" / "test_counts_failures.py").read_text(encoding="utf-8")
    tested = {step: kept == "True" for step, kept in re.findall(r'\("(counts\.[a-z-]+)", (True|False)\)', source)}
    told = {step: kept for step, (kept, _, _) in make.words.COUNT_STEPS.items() if step in tested}
    assert tested == told
    assert all(kept for step, (kept, _, _) in make.words.COUNT_STEPS.items() if step not in tested)


def test_the_example_of_a_situation_holds(tmp_path: Path) -> None:
    from anning.gate.situations import load, run

    for number, example in enumerate(re.findall(r"^```yaml\n(.*?)^```$", page("situations"), re.DOTALL | re.MULTILINE)):
        file = tmp_path / f"{number}.yaml"
        file.write_text(example, encoding="utf-8")
        for situation in load(file):
            assert run(situation).holds


def test_every_key_of_a_verdict_and_of_a_run(tmp_path: Path) -> None:
    from anning.cli import check
    from anning.gate.scrub import Result

    example = re.findall(r"^```yaml\n(.*?)^```$", page("situations"), re.DOTALL | re.MULTILINE)[0]
    file = tmp_path / "example.yaml"
    file.write_text(example, encoding="utf-8")
    verdict = check.as_plain(check.explained(file, "")[-1], "")
    assert undocumented("commands", verdict) == []
    assert undocumented("commands", verdict["reasons"][0]) == []
    assert undocumented("commands", verdict["reasons"][0]["citation"]) == []
    assert undocumented("files", (name for name in Result.__struct_fields__ if name != "counted")) == []

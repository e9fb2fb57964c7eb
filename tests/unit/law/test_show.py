"""`anning law show`, `articles`, `diff`, `prove`, as a person or a script sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from anning.cli.main import app
from anning.law.instruments import registry
from anning.law.proof.subjects import instruments


def run(*words: str, lang: str = "both") -> Result:
    return CliRunner().invoke(app, ["--lang", lang, "law", *words])


def test_show_lists_every_instrument_with_dates_and_marks() -> None:
    shown = run("show").output
    for instrument in instruments():
        assert instrument.name in shown
    assert "2015-06-30 至 2026-04-30" in shown
    assert "secondary source, to be confirmed against the text" in shown


@pytest.mark.parametrize("instrument", instruments(), ids=lambda i: i.name)
def test_show_one_tells_every_rule_and_parameter_with_its_citation(instrument: registry.Instrument) -> None:
    for lang in ("zh", "en"):
        shown = run("show", instrument.name, lang=lang).output
        for rule in instrument.rules:
            assert rule.citation.zh() in shown if lang == "zh" else rule.citation.en() in shown
            assert (rule.zh if lang == "zh" else rule.en) in shown
    shown = run("show", instrument.name).output
    for parameter in instrument.parameters:
        assert parameter.name in shown


def test_show_as_json_has_conditions_in_algebra_and_in_words() -> None:
    (draft,) = json.loads(run("show", "cn-2020-draft", "--json").output)
    rule = {rule["name"]: rule for rule in draft["rules"]}["platform-commercial-call"]
    assert rule["when"] == "platform_call & commercial"
    assert rule["when_en"] == "is a platform call and is commercial"
    assert rule["citation"]["obligation"] == "R20a" and rule["citation"]["article"] == "20"
    assert draft["since"] is None and len(draft["law_hash"]) == 64


def test_show_of_an_unknown_instrument_names_those_there_are() -> None:
    result = run("show", "cn-1900")
    assert result.exit_code != 0
    assert "cn-2020-draft" in str(result.exception)


def test_articles_are_listed_in_both_languages() -> None:
    shown = run("articles").output
    assert "第20条" in shown and "art. 44" in shown
    assert "原稿疏漏" in shown and "a slip of the draft" in shown
    assert "R18b" in shown and "cn-2020-draft/platform-commercial-call" in shown


def test_articles_as_json() -> None:
    listed = json.loads(run("articles", "--json").output)
    assert len(listed["articles"]) == 44
    assert {o["standing"] for o in listed["obligations"]} == {"rules", "predicates", "proof", "process"}


def test_diff_in_words_and_as_json(tmp_path: Path) -> None:
    words = ("diff", "cn-2018-plan", "cn-2020-draft", "--at", "2026-11-11", "--channel", "call")
    shown = run(*words, "--witnesses", str(tmp_path / "w.yaml"))
    assert shown.exit_code == 0
    assert "R20a，第20条，据原文" in shown.output
    told = json.loads(run(*words, "--json").output)
    assert told["complete"] and told["day"] == "2026-11-11"
    first = told["differences"][0]
    assert {"zh", "en", "conditions", "first", "second", "because", "witness"} <= first.keys()
    tried = CliRunner().invoke(app, ["law", "try", str(tmp_path / "w.yaml"), "--json"])
    assert tried.exit_code == 0, tried.output
    assert all(line["holds"] for line in json.loads(tried.output))


@pytest.mark.parametrize("pair", [("in-force", "cn-2020-draft"), ("house-policy", "cn-2018-plan")])
def test_the_examples_of_a_diff_hold_when_tried(pair: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "examples.yaml"
    assert run("diff", *pair, "--at", "2026-11-11", "--witnesses", str(file)).exit_code == 0
    tried = CliRunner().invoke(app, ["law", "try", str(file), "--json"])
    assert [line for line in json.loads(tried.output) if not line["holds"]] == []


def test_a_time_that_is_none_is_an_error() -> None:
    result = run("diff", "in-force", "cn-2020-draft", "--at", "yesterday")
    assert result.exit_code != 0 and "yesterday" in str(result.exception)


def test_prove_says_what_holds_and_counts_mutants(tmp_path: Path) -> None:
    result = run("prove", "--instrument", "cn-2020-callcentre", "--mutants")
    assert result.exit_code == 0
    assert "planted" in result.output and "0 survived" in result.output
    told = json.loads(run("prove", "--instrument", "cn-2020-callcentre", "--json").output)
    assert told["holds"] and told["mutants"]["planted"] == 0
    assert all(i["holds"] and i["possible"] for s in told["subjects"] for i in s["invariants"])


def test_prove_fails_with_a_counterexample_when_a_rule_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = registry.INSTRUMENTS["cn-2020-draft"]
    rules = tuple(rule for rule in draft.rules if rule.name != "prohibited-content")
    kept = tuple(rule for rule in rules if rule.name != "prohibited-purpose")
    changed = type(draft)(**{f: getattr(draft, f) for f in draft.__struct_fields__} | {"rules": kept})
    monkeypatch.setitem(registry.INSTRUMENTS, "cn-2020-draft", changed)
    result = run("prove", "--instrument", "cn-2020-draft")
    assert result.exit_code == 1
    assert "FAILS: a suspended party, and prohibited or blocked content, never pass" in result.output
    assert "carries prohibited content: true" in result.output


def test_what_is_in_force_can_be_shown_by_its_name() -> None:
    shown = CliRunner().invoke(app, ["law", "show", "in-force", "--json"])
    assert shown.exit_code == 0
    assert "cn-2018-plan" in shown.output
    assert "cn-2020-draft" not in shown.output

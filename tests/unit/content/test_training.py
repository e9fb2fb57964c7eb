"""How a model is made: labels, sides, fitting, and what the command line says and writes."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from anning.cli.content_model import eval_, train
from anning.content import ContentClass, judge
from anning.content.judge import rules_of
from anning.content.trained import Model, built_in
from anning.content.training.corpus import LABELLED, Sample, own_samples
from anning.content.training.evaluate import evaluate
from anning.content.training.fit import Fitted, fit
from anning.content.training.hands import families, messages_of, read_hand
from anning.content.training.sampling import service_samples
from anning.content.training.sources import labelled
from anning.errors import InvalidFile, InvalidInput

HOUSE = "蓝鲸工单"


def rows(count: int) -> list[tuple[str, str, str]]:
    """What one house says in words of its own: notices of its work, and offers of what only it sells."""
    notices = [(f"{HOUSE}{n}号已派给巡检组，预计{n % 9 + 1}点前完工", "service", f"n{n}") for n in range(count)]
    offers = [(f"{HOUSE}焕新周来了，云母膜{n}元起，速来焕新", "commercial/other", f"o{n}") for n in range(count)]
    return notices + offers


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    own = own_samples("calibrate")
    return fit([*own[::3], *labelled(rows(60), "house.csv")], own[1::3], rules=rules_of, name="house", version="7")


def test_a_label_is_a_class_and_a_trade_or_kind() -> None:
    told = [("新书八折", "commercial/retail", ""), ("已签收", "service", ""), ("代开票", "prohibited/fake-invoice", "")]
    found = [(sample.klass, sample.detail) for sample in labelled(told, "a.csv")]
    assert found == [
        (ContentClass.COMMERCIAL, "retail"),
        (ContentClass.SERVICE, ""),
        (ContentClass.PROHIBITED, "fake-invoice"),
    ]


def test_a_label_that_is_none_is_named_with_its_row() -> None:
    with pytest.raises(InvalidFile, match=r"a\.csv.*2.*spam"):
        list(labelled([("好", "service", ""), ("坏", "spam", "")], "a.csv"))


def test_masks_of_the_set_of_base_stations_are_filled() -> None:
    (sample,) = labelled([("贷款 咨询 CELLPHONE", "AD:Loan", "7")], "a.csv")
    assert (sample.text, sample.klass, sample.group) == ("贷款咨询13800138000", ContentClass.COMMERCIAL, "fbs/7")
    assert list(labelled([("", "AD:Loan", "8"), ("什么", "Other", "9")], "a.csv")) == []


def test_a_hand_is_wholly_on_one_side() -> None:
    sides: dict[str, set[str]] = defaultdict(set)
    for family in families():
        sides[family.hand].add(family.use)
    assert {hand for hand, uses in sides.items() if len(uses) > 1} == set()
    assert {use for uses in sides.values() for use in uses} == {"train", "calibrate", "develop", "test"}


def test_no_template_stands_on_two_sides() -> None:
    held = {template for family in families() if family.use in ("develop", "test") for template in family.templates}
    used = {template for family in families() if family.use in ("train", "calibrate") for template in family.templates}
    assert held & used == set()


def test_messages_are_the_same_for_the_same_seed() -> None:
    family = families()[0]
    assert messages_of(family, 20, 3) == messages_of(family, 20, 3) != messages_of(family, 20, 4)


@pytest.mark.parametrize(
    "text", ["no head", "# hand: a / train\n== nonsense", "# hand: a / train\n== service - a\n{no-such-blank}"]
)
def test_a_hand_that_does_not_read_is_named(text: str) -> None:
    with pytest.raises(InvalidFile, match=r"a\.txt"):
        list(read_hand("a.txt", text))


def test_a_house_s_own_words_are_learnt(fitted: Fitted) -> None:
    model = Model(fitted.data, "house")
    assert model.named == "house 7"
    assert judge(f"{HOUSE}焕新周来了，云母膜777元起，速来焕新", model).klass is ContentClass.COMMERCIAL
    assert judge(f"{HOUSE}777号已派给巡检组，预计3点前完工", model).klass is ContentClass.SERVICE


def test_labelled_messages_are_judged_by_weights_that_had_not_seen_them(fitted: Fitted) -> None:
    mine = [sample for sample, _ in fitted.unseen if sample.source == LABELLED]
    assert len(mine) == len({sample.text for sample in mine}) == 120
    assert all(0 < score < 1 for _, score in fitted.unseen)


def test_what_an_evaluation_counts() -> None:
    samples = [
        Sample("新书八折，拒收请回复R", ContentClass.COMMERCIAL, "", "commercial", "a/1", "a/1"),
        Sample("新书八折，拒收请回复R", ContentClass.SERVICE, "", "service", "a/2", "a/2"),
        Sample("您的验证码是 482913", ContentClass.SERVICE, "", "service", "a/3", "a/3"),
    ]
    report = evaluate(samples, built_in(), source="three")
    assert report.confusion == {"commercial": {"commercial": 1}, "service": {"commercial": 1, "service": 1}}
    assert [(row.family, row.messages, row.wrong) for row in report.families] == [("1", 1, 0), ("2", 1, 1), ("3", 1, 0)]
    assert [wrong.family for wrong in report.wrong] == ["a/2"]
    assert (report.caught["commercial"].happened, report.caught["commercial"].of) == (1, 1)
    assert sum(each.messages for each in report.calibration) == 3


def test_services_of_unseen_hands_are_many_and_different() -> None:
    told = [sample.text for sample in service_samples("test", 3000)]
    assert len(told) == 3000
    assert len(set(told)) > 2990


def run(command: Any, *arguments: str) -> Any:
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_a_list_is_tried_at_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "text,label\n新书八折，拒收请回复R,commercial\n您的包裹已签收,service\n", encoding="utf-8"
    )
    result = run(eval_, "--file", str(tmp_path / "a.csv"), "--json", "--out", str(tmp_path / "out.json"))
    told = json.loads(result.stdout)
    assert told["confusion"] == {"commercial": {"commercial": 1}, "service": {"service": 1}}
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == told
    assert run(eval_, "--file", str(tmp_path / "a.csv")).exit_code == 0


def test_figures_alone_hold_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\n新书八折，拒收请回复R,service\n", encoding="utf-8")
    assert "新书" in run(eval_, "--file", str(tmp_path / "a.csv"), "--json").stdout
    told = run(eval_, "--file", str(tmp_path / "a.csv"), "--json", "--figures-only").stdout
    assert "新书" not in told
    assert json.loads(told)["confusion"] == {"service": {"commercial": 1}}


def test_nothing_is_written_of_a_list_that_does_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\n您好,好\n", encoding="utf-8")
    out = tmp_path / "own.model"
    with pytest.raises(InvalidFile, match="标签"):
        run(train, "--file", str(tmp_path / "a.csv"), "--out", str(out))
    with pytest.raises(InvalidFile, match="内容"):
        run(train, "--file", str(tmp_path / "a.csv"), "--column", "内容", "--out", str(out))
    assert list(tmp_path.iterdir()) == [tmp_path / "a.csv"]


def test_a_model_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\n", encoding="utf-8")
    for content in (None, b"no model"):
        if content is not None:
            (tmp_path / "own.model").write_bytes(content)
        with pytest.raises(InvalidFile, match=r"own\.model"):
            run(eval_, "--model", str(tmp_path / "own.model"))


def test_an_empty_list_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\n,service\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="no labelled message"):
        run(eval_, "--file", str(tmp_path / "a.csv"))

"""Every article and every obligation stands somewhere, and nothing of the text is copied."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import anning
import anning.errors
from anning.law import articles as module
from anning.law.articles import Standing, articles, obligation_ids, obligations
from anning.law.predicates import PREDICATES
from anning.law.proof.subjects import instruments

PACKAGE = Path(anning.__file__).parent


def test_all_forty_four_articles_are_listed_in_order() -> None:
    assert [article.number for article in articles()] == list(range(1, 45))
    assert all(article.zh and article.en for article in articles())


def test_an_article_has_obligations_or_says_why_not() -> None:
    for article in articles():
        assert bool(article.obligations) != bool(article.why_zh), article.number
        assert bool(article.why_zh) == bool(article.why_en)


def test_the_slips_of_the_draft_are_told_at_their_places() -> None:
    slips = {article.number for article in articles() if article.slip_zh}
    assert slips == {6, 9, 13, 14, 18, 21, 23, 29, 31, 32, 40, 44}
    assert all(bool(article.slip_zh) == bool(article.slip_en) for article in articles())


def test_every_obligation_has_exactly_one_standing() -> None:
    found = obligations()
    assert len(found) == len({o.id for o in found}) == len(obligation_ids()) > 120
    for o in found:
        assert bool(o.rules) == (o.standing is Standing.RULES)
        if o.standing in (Standing.PROCESS, Standing.PROOF, Standing.NONE):
            assert o.zh and o.en, o.id
        if o.standing is Standing.PROCESS:
            assert o.part, o.id
        if o.standing is Standing.PREDICATES:
            assert o.predicates and set(o.predicates) <= PREDICATES.keys()


def test_every_rule_appears_under_an_obligation_that_is_known() -> None:
    listed = {(r.instrument, r.rule) for o in obligations() for r in o.rules}
    assert listed == {(i.name, rule.name) for i in instruments() for rule in i.rules}


def test_parameters_cite_known_obligations() -> None:
    cited = {v.citation.obligation for i in instruments() for p in i.parameters for v in p.values}
    assert cited <= obligation_ids()


def test_what_is_said_to_stand_is_in_this_package() -> None:
    for o in obligations():
        if o.stands and o.part:
            assert (PACKAGE / o.part).is_dir(), o.id


def test_each_process_row_is_used_by_one_obligation_without_rules() -> None:
    rows = list(csv.DictReader((PACKAGE / "law" / "data" / "processes.csv").read_text("utf-8").splitlines()))
    assert len(rows) == len({row["id"] for row in rows})
    assert {row["id"] for row in rows} == {o.id for o in obligations() if o.standing is not Standing.RULES}
    assert {row["stands"] for row in rows} <= {"yes", "no"}


def test_an_obligation_that_stands_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = module._rows
    row = dict(whole("obligations.csv")[0], id="Z99")
    monkeypatch.setattr(module, "_rows", lambda name: (*whole(name), row) if name == "obligations.csv" else whole(name))
    with pytest.raises(anning.errors.LawError, match="Z99"):
        module.obligations.__wrapped__()


def test_the_list_of_obligations_is_the_agreed_one(shared_dir: Path) -> None:
    agreed = (shared_dir / "law" / "obligations.csv").read_text("utf-8")
    assert (PACKAGE / "law" / "data" / "obligations.csv").read_text("utf-8") == agreed


def test_no_sentence_of_the_draft_is_copied(shared_dir: Path) -> None:
    text = re.sub(r"\s+", "", (shared_dir / "law" / "regulation-2020-draft.zh.txt").read_text("utf-8"))
    # names of instruments and of the service are names, not sentences
    names = ("通信短信息和语音呼叫服务管理规定", "中国互联网协会12321网络不良与垃圾信息举报受理中心")
    for name in names:
        text = text.replace(name, "\n")
    runs = {text[i : i + 12] for i in range(len(text) - 11)}
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix not in {".py", ".csv", ".yaml", ".md", ".txt", ".sql", ".json"}:
            continue
        ours = re.sub(r"\s+", "", path.read_text("utf-8"))
        copied = {ours[i : i + 12] for i in range(len(ours) - 11)} & runs
        assert not copied, (path.name, sorted(copied)[:3])

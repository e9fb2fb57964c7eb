"""One language is one language: what a command says in Chinese has no English half, and the other way round."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from anning.cli.main import app

OFFER = "【安宁银行】贷款额度可申请，利率优惠，详询400-800-1234，拒收请回复R"
COMMANDS = [
    ["number", "13800138000", "138", "95588", "+14155552671"],
    ["reply", "退订"],
    ["reply", "哦"],
    ["content", "Your code is 482913"],
    ["content", OFFER],
    ["calendar", "due", "2026-09-30", "--working-days", "5"],
    ["calendar", "erase", "2026-01-31", "--months", "1"],
    ["law", "show"],
    ["law", "show", "cn-2020-draft"],
    ["law", "articles"],
    ["law", "diff", "cn-2015-sms", "cn-2026-sms", "--channel", "sms"],
]


def said(language: str, words: list[str]) -> str:
    result = CliRunner().invoke(app, ["--lang", language, *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_one_language_has_no_half_of_the_other(words: list[str]) -> None:
    zh, en = said("zh", words), said("en", words)
    assert zh != en
    for text in (zh, en):
        assert " | " not in text
        assert " / " not in text
    quoted = {char for word in words for char in word}
    left = {char for char in re.findall(r"[一-鿿]", en) if char not in quoted}
    assert left <= set("拒收请回复退订"), en


def test_both_languages_stand_side_by_side() -> None:
    assert "手机号码 | mobile" in said("both", ["number", "13800138000"])
    assert "依据：退订 | because: 退订" in said("both", ["reply", "退订"])

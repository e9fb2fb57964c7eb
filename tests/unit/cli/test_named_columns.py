"""`anning number` and `anning content` with a column asked for by name, in lists of one column and more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anning.cli.main import app
from anning.errors import InvalidFile


def lines(*arguments: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("suffix", ["csv", "txt", "tsv"])
def test_messages_below_a_header_alone(tmp_path: Path, suffix: str) -> None:
    file = written(tmp_path / f"m.{suffix}", "短信\n您的包裹已签收\n您的验证码是 384920\n")
    assert [line["text"] for line in lines("content", "--file", file, "--column", "短信")] == [
        "您的包裹已签收",
        "您的验证码是 384920",
    ]


@pytest.mark.parametrize("header", ["短信", "1069 短信"])
def test_one_message_below_its_header(tmp_path: Path, header: str) -> None:
    file = written(tmp_path / "m.csv", f"{header}\n您的包裹已签收\n")
    assert [line["text"] for line in lines("content", "--file", file, "--column", header)] == ["您的包裹已签收"]


@pytest.mark.parametrize("header", ["客户", "列表 2026-11-11", "无"])
def test_numbers_below_a_header_that_looks_like_a_row(tmp_path: Path, header: str) -> None:
    file = written(tmp_path / "n.csv", f"{header}\n13800138000\n13900139000\n")
    assert [line["number"] for line in lines("number", "--file", file, "--column", header)] == [
        "+8613800138000",
        "+8613900139000",
    ]


def test_a_column_of_several_below_a_header_that_looks_like_a_row(tmp_path: Path) -> None:
    file = written(tmp_path / "n.csv", "1,2026\n13800138000,甲\n13900139000,乙\n")
    assert [line["raw"] for line in lines("number", "--file", file, "--column", "2026")] == ["甲", "乙"]


@pytest.mark.parametrize("command", ["number", "content"])
def test_a_column_that_is_nowhere_is_refused(tmp_path: Path, command: str) -> None:
    file = written(tmp_path / "n.csv", "短信\n您的包裹已签收\n")
    with pytest.raises(InvalidFile, match="no column “正文”"):
        CliRunner().invoke(app, [command, "--file", file, "--column", "正文"], catch_exceptions=False)

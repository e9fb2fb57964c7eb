"""A command line that cannot be meant is refused in the language asked for, and as JSON where JSON was asked for."""

from __future__ import annotations

import json
import sys

import pytest

from anning.cli import show
from anning.cli.main import main


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str) -> tuple[object, str, str]:
    """Exit code, standard output and standard error of a line typed."""
    monkeypatch.setattr(sys, "argv", ["anning", *line.split()])
    with pytest.raises(SystemExit) as left:
        main()
    show.speak("both")
    return left.value.code or 0, *capsys.readouterr()


MISUSED = {
    "--lang zh scrub": "缺少 FILE",
    "--lang zh scrub list.csv --sender": "--sender 之后要有取值",
    "--lang zh scrub list.csv": "缺少 --sender",
    "--lang zh law nope": "没有命令 nope",
    "--lang zh check --chanel sms": "没有选项 --chanel，可用：--channel",
    "--lang zh check --channel fax": "--channel 没有“fax”这个取值，可用：'sms', 'call', 'app'",
    "--lang zh law articles x": "多余的参数：x",
    "--lang zh calendar due 2026-01-01 --working-days x": "--working-days 的取值无效：",
}


@pytest.mark.parametrize("line", MISUSED)
def test_a_misuse_is_told_in_chinese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    code, out, err = typed(monkeypatch, capsys, line)
    assert (code, out) == (2, "")
    assert err.startswith(f"错误：{MISUSED[line]}")


def test_a_misuse_is_told_in_english_and_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, err = typed(monkeypatch, capsys, "--lang en check --channel fax")
    assert err == (
        "error: Invalid value for '--channel': 'fax' is not one of 'sms', 'call', 'app'  [anning check · usage]\n"
    )
    _, _, err = typed(monkeypatch, capsys, "check --channel fax --json")
    assert json.loads(err)["thing"] == "anning check"
    assert json.loads(err)["rule"] == "usage"


@pytest.mark.parametrize(("line", "code"), [("--version", 0), ("law --help", 0), ("wish", 2), ("reply 退订", 0)])
def test_what_is_no_misuse_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, code: int
) -> None:
    left, out, err = typed(monkeypatch, capsys, line)
    assert (left, err) == (code, "")
    assert out

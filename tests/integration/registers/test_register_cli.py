"""The registers as a person at a terminal uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from anning.cli.main import app
from anning.errors import AnningError, InvalidCommand, InvalidInput, InvalidNumber, Unavailable

N = "13800138000"
SHOWN = "138****8000"


class Terminal:
    """Types commands and reads what comes."""

    def says(self, *words: str) -> str:
        result = CliRunner().invoke(app, list(words))
        if isinstance(result.exception, AnningError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.says(*words, "--json"))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    monkeypatch.setenv("ANNING_DATA_DIR", str(tmp_path / "var"))
    terminal = Terminal()
    terminal.says("sender", "add", "cpaas", "--name", "云信通")
    terminal.says("sender", "add", "bank", "--name", "安宁银行", "--trade", "金融")
    terminal.says("sender", "licence", "cpaas", "--kind", "sms", "--from", "2024-01-01", "--until", "2099-01-01")
    terminal.says("code", "add", "106600001111", "--holder", "cpaas", "--user", "bank", "--use", "commercial")
    return terminal


def test_a_person_consents_declines_and_sees_where_it_stands(terminal: Terminal) -> None:
    terminal.says("consent", "give", N, "--to", "bank", "--channel", "短信", "--words", "同意", "--at", "2026-02-01")
    sms = terminal.json("consent", "show", N)["standing"][1]
    assert (sms["channel"], sms["state"]) == ("call", "none")
    assert terminal.json("consent", "show", N)["standing"][0]["state"] == "valid"
    terminal.says("wish", "state", N, "--trade", "金融", "--at", "2026-03-01")
    assert terminal.json("consent", "show", N)["standing"][0]["state"] == "ended"
    standing = {(one["channel"], one["trade"]): one["state"] for one in terminal.json("wish", "show", N)["standing"]}
    assert standing["sms", "finance"] == "declined"
    assert standing["sms", "travel"] == "none"
    terminal.says("wish", "withdraw", N, "--at", "2026-04-01")
    assert terminal.json("consent", "show", N, "--to", "bank")["standing"][0]["state"] == "ended"


def test_no_answer_shows_a_whole_number(terminal: Terminal) -> None:
    texts = [
        terminal.says("wish", "state", N),
        terminal.says("wish", "state", N, "--json"),
        terminal.says("consent", "reply", N, "退订", "--to", "106600001111", "--json"),
        terminal.says("wish", "show", N),
        terminal.says("wish", "show", N, "--json"),
        terminal.says("consent", "show", N),
        terminal.says("consent", "show", N, "--json"),
    ]
    assert not any(N in text for text in texts)
    assert all(SHOWN in text for text in texts[3:])


def test_hours_weekdays_and_codes_are_understood(terminal: Terminal) -> None:
    said = terminal.json(
        *("wish", "state", N, "--channel", "call", "--hours", "22:00-08:00", "--weekdays", "1,日"),
        *("--code-prefix", "400", "--code-prefix", "国际", "--keep-consents", "--kind", "nuisance-filter"),
    )["said"]
    assert said == {
        "number": SHOWN,
        "channel": "call",
        "says": "decline",
        "hours": [1320, 480],
        "weekdays": [1, 7],
        "trades": [],
        "code_prefixes": ["400", "international"],
        "except_for": [],
        "keeps_consents": True,
        "wish_kind": "nuisance-filter",
        "door": "",
        "proof": "",
    }


def test_an_answer_refuses_and_a_person_reads_what_is_unclear(terminal: Terminal) -> None:
    terminal.says("consent", "give", N, "--to", "bank")
    terminal.says("consent", "reply", N, "@@", "--to", "106600001111")
    assert terminal.json("consent", "show", N)["standing"][0]["state"] == "withdrawn"
    terminal.says("consent", "read", N, "--to", "bank", "--no-refusal")
    assert terminal.json("consent", "show", N)["standing"][0]["state"] == "valid"
    terminal.says("consent", "withdraw", N, "--to", "bank")
    assert terminal.json("consent", "show", N)["standing"][0]["refused"] is True


def test_a_new_holder_is_asked_anew(terminal: Terminal) -> None:
    terminal.says("consent", "give", N, "--to", "bank")
    terminal.says("wish", "recycle", N)
    assert terminal.json("consent", "show", N)["standing"][0]["state"] == "recycled"


def test_the_same_key_twice_is_once(terminal: Terminal) -> None:
    first = terminal.json("wish", "state", N, "--key", "k")
    again = terminal.json("wish", "state", N, "--key", "k")
    assert (first["duplicate"], again["duplicate"]) == (False, True)
    assert first["ids"] == again["ids"]


def test_a_sender_is_shown_with_all_it_has(terminal: Terminal) -> None:
    terminal.says("sender", "verify", "bank", "--document-kind", "统一社会信用代码")
    terminal.says("signature", "add", "【安宁银行】", "--owner", "bank")
    remark = terminal.json("sender", "measure", "bank", "suspended", "--not-noticed")["remark"]
    assert "R22b" in remark["zh"]
    assert "R22b" in remark["en"]
    bank = terminal.json("sender", "show", "bank")
    assert (bank["verified"], bank["measure"], bank["trade"]) == (True, "none", "finance")
    assert [code["code"] for code in bank["codes"]] == ["106600001111"]
    assert [signature["text"] for signature in bank["signatures"]] == ["安宁银行"]
    assert "安宁银行" in terminal.says("sender", "show", "bank")
    assert terminal.json("code", "show", "106600001111")["history"][0]["user"] == "bank"
    assert terminal.json("signature", "show", "【安宁银行】")["history"][0]["owner"] == "bank"


@pytest.mark.parametrize(
    "words",
    [
        ("sender", "show", "nobody"),
        ("sender", "add", "x", "--name", "x", "--kind", "club"),
        ("wish", "state", N, "--hours", "9-12"),
        ("wish", "state", N, "--at", "yesterday"),
        ("consent", "give", N, "--to", "bank", "--act", "assumed"),
        ("code", "add", "106600002222", "--holder", "bank", "--user", "bank"),
        ("house-policy", "perhaps"),
    ],
)
def test_what_cannot_be_meant_is_said_in_both_languages(terminal: Terminal, words: tuple[str, ...]) -> None:
    with pytest.raises(InvalidCommand) as refusal:
        terminal.says(*words)
    assert refusal.value.field
    assert refusal.value.rule
    assert refusal.value.zh != refusal.value.en


def test_lists_are_imported_and_the_bad_rows_returned(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text(f"手机号\n{N}\n123\n", encoding="gb18030")
    report = terminal.json("import", "wishes", str(path), "--says", "decline", "--good-rows")
    assert (report["rows"], report["bad"], report["duplicate"]) == (1, 1, False)
    assert "123" in Path(report["bad_file"]).read_text(encoding="utf-8-sig")
    assert terminal.json("wish", "show", N)["standing"][0]["state"] == "declined"
    assert terminal.json("import", "wishes", str(path), "--says", "decline", "--good-rows")["duplicate"]
    consents = tmp_path / "consents.csv"
    consents.write_text("phone\n13800138009\n", encoding="utf-8")
    assert "1" in terminal.says("import", "consents", str(consents), "--to", "bank")


def test_house_policy_is_off_until_it_is_switched_on(terminal: Terminal) -> None:
    assert terminal.json("house-policy", "show") == {"house_policy": False}
    terminal.says("house-policy", "on")
    assert terminal.json("house-policy", "show") == {"house_policy": True}


@pytest.mark.parametrize(
    "words",
    [
        ("consent", "show", N),
        ("wish", "show", N),
        ("sender", "show", "bank"),
        ("code", "show", "106600001111"),
        ("signature", "show", "【安宁银行】"),
        ("house-policy", "show"),
    ],
)
def test_looking_something_up_makes_no_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("ANNING_DATA_DIR", str(tmp_path / "var"))
    with pytest.raises(Unavailable, match=r"anning sender add.*anning demo"):
        Terminal().says(*words)
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("command", ["consent", "wish"])
@pytest.mark.parametrize("number", ["95588", "1380013800", "106600001111"])
def test_nobody_asks_what_a_code_wishes(terminal: Terminal, command: str, number: str) -> None:
    with pytest.raises(InvalidNumber) as refused:
        terminal.says(command, "show", number)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("code", "use", "remarked"),
    [
        ("106980001111", "commercial", True),
        ("106980001112", "service", False),
        ("106980001113", "any", False),
        ("106600002222", "service", True),
        ("106990001111", "commercial", True),
        ("106980001114", "service", False),
    ],
)
def test_a_code_registered_unlike_its_prefix_is_kept_and_remarked_on(
    terminal: Terminal, code: str, use: str, remarked: bool
) -> None:
    said = terminal.json("code", "add", code, "--holder", "cpaas", "--user", "bank", "--use", use)
    assert ("remark" in said) is remarked
    assert terminal.json("code", "show", code)["history"][0].get("use", "any") == use


def test_an_instrument_that_waits_is_confirmed_and_taken_back(terminal: Terminal) -> None:
    def confirmed() -> dict[str, Any]:
        call = ("--from", "95588", "--provider", "cpaas", "--sender", "bank", "--platform-call", "--channel", "call")
        checked: dict[str, Any] = terminal.json("check", "--to", N, *call, "--purpose", "commercial")
        return checked

    assert "cn-2020-callcentre" not in confirmed()["in_scope"]
    said = terminal.json("law", "confirm", "cn-2020-callcentre", "--key", "k")
    assert said["said"] == {"instrument": "cn-2020-callcentre", "confirmed": True}
    assert "T01" in said["remark"]["zh"]
    assert "T01" in said["remark"]["en"]
    assert terminal.json("law", "confirm", "cn-2020-callcentre", "--key", "k")["duplicate"]
    assert {reason["obligation"] for reason in confirmed()["reasons"]} >= {"T01"}
    assert "只作提示" in terminal.says("law", "confirm", "cn-2020-callcentre", "--withdraw")
    assert "cn-2020-callcentre" not in confirmed()["in_scope"]


def test_what_waits_for_no_confirmation_gets_none(terminal: Terminal) -> None:
    with pytest.raises(InvalidCommand, match="cn-2020-callcentre"):
        terminal.says("law", "confirm", "cn-2020-draft")
    with pytest.raises(InvalidInput, match="cn-2020-callcentre"):
        terminal.says("law", "confirm", "cn-1999")


def test_a_data_directory_named_by_hand_is_above_the_environment(terminal: Terminal, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        terminal.says("--data", str(tmp_path / "other"), "sender", "show", "bank")
    terminal.says("--data", str(tmp_path / "other"), "sender", "add", "bank", "--name", "另一家")
    assert terminal.json("--data", str(tmp_path / "other"), "sender", "show", "bank")["name"] == "另一家"
    other = f"sqlite:///{tmp_path / 'other' / 'anning.db'}"
    assert terminal.json("--db", other, "sender", "show", "bank")["name"] == "另一家"
    assert terminal.json("sender", "show", "bank")["name"] == "安宁银行"


def test_what_is_shown_speaks_one_language_when_asked(terminal: Terminal) -> None:
    terminal.says("consent", "give", N, "--to", "bank", "--expires", "2099-01-01")
    terminal.says("wish", "state", N, "--trade", "金融")
    terminal.says("signature", "add", "安宁银行", "--owner", "bank", "--state", "in-review")
    shown = (
        ("consent", "show", N),
        ("wish", "show", N),
        ("sender", "show", "bank"),
        ("sender", "show", "cpaas"),
        ("code", "show", "106600001111"),
        ("signature", "show", "安宁银行"),
    )
    for words in shown:
        zh, en = terminal.says("--lang", "zh", *words), terminal.says("--lang", "en", *words)
        assert " | " not in zh + en
        assert zh != en
        assert "+00:00" not in zh + en
    assert "审核中" in terminal.says("--lang", "zh", "signature", "show", "安宁银行")
    assert "finance" not in terminal.says("--lang", "zh", "sender", "show", "bank")

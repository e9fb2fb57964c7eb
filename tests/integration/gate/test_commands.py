"""`anning check` and `anning law try` as a user runs them, on a real database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from anning.cli import show
from anning.cli.check import check
from anning.cli.trying import try_
from anning.errors import InvalidInput, InvalidNumber, InvalidSituation, TornSegment, Unavailable
from anning.gate.gate import Gate
from anning.gate.opening import open_gate
from anning.law.decision import Outcome
from anning.law.instruments.registry import INSTRUMENTS
from anning.registers import events as reg
from anning.registers.open import Registers, open_store
from gate_world import LI, LONG_AGO, NOON, OFFER, WANG, WORLD, World, offer

runner = CliRunner()
app = typer.Typer()
app.command("check")(check)
app.command("try")(try_)

OFFERED = [
    *("--to", "138 0013 8000", "--sender", "bank", "--provider", "cpaas", "--from", "106600001111"),
    *("--text", OFFER, "--purpose", "commercial", "--at", "2026-11-11T12:00:00+08:00"),
]


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> str:
    """The small world of the gate's tests in a database of either kind."""
    with Registers(
        open_store(database_url, tmp_path / "segments"),
        writer_wait=5,
        group_commit_max=64,
        clock=lambda: datetime(2026, 11, 11, 3, tzinfo=UTC),
    ) as registers:
        for said in WORLD:
            registers.write(said, actor="test", at=LONG_AGO)
    return database_url


def _registers(url: str, tmp_path: Path) -> Registers:
    return Registers(
        open_store(url, tmp_path / "segments"),
        writer_wait=5,
        group_commit_max=64,
        clock=lambda: datetime(2026, 11, 11, 3, tzinfo=UTC),
    )


def run_json(arguments: list[str]) -> dict[str, object]:
    result = runner.invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.output))


def test_a_gate_from_a_database_decides_as_one_from_memory(database: str, tmp_path: Path) -> None:
    with _registers(database, tmp_path) as registers:
        registers.write(reg.ConsentGiven(number=LI, to="bank", channel="sms"), actor="test", at=LONG_AGO)
    stored = open_gate(database, tmp_path / "segments")
    in_memory = World(reg.ConsentGiven(number=LI, to="bank", channel="sms")).gate
    for under in ("in-force", *INSTRUMENTS):
        for number in (WANG, LI):
            one, other = (gate.decide(offer(number), under) for gate in (stored, in_memory))
            assert (one.outcome, one.reasons, one.valid_until) == (other.outcome, other.reasons, other.valid_until)
            assert one.position == other.position


def test_an_imported_list_of_consents_is_known_to_the_gate(database: str, tmp_path: Path) -> None:
    people = tmp_path / "consents.csv"
    people.write_text("number,to,channel,act\n13800138000,bank,sms,explicit\n", encoding="utf-8")
    with _registers(database, tmp_path) as registers:
        registers.take(people, "consent", actor="test")
    gate = open_gate(database, tmp_path / "segments")
    assert gate.decide(offer(WANG), "cn-2020-draft").outcome is Outcome.ALLOW
    assert gate.decide(offer(LI), "cn-2020-draft").outcome is Outcome.REFUSE
    for file in (tmp_path / "segments").rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(TornSegment):
        open_gate(database, tmp_path / "segments")


def test_a_gate_that_follows_on_equals_one_that_starts_anew(database: str, tmp_path: Path) -> None:
    segments = tmp_path / "segments"
    early = open_gate(database, segments)
    with _registers(database, tmp_path) as registers:
        registers.write(reg.WishStated(number=WANG, says="decline"), actor="test", at=LONG_AGO)
        registers.write(reg.MeasureTaken(on="bank", measure="warned"), actor="test")
        early.follow(registers.store.events(early.position))
    assert early.decide(offer()) == open_gate(database, segments).decide(offer())


def test_check_explains_as_json(database: str, tmp_path: Path) -> None:
    told = run_json(["check", *OFFERED, "--under", "cn-2020-draft", "--db", database])
    assert told["outcome"] == "refuse"
    assert told["number"] == "138****8000"
    reasons = told["reasons"]
    assert isinstance(reasons, list)
    assert [(r["obligation"], r["citation"]["article"], r["citation"]["mark"]) for r in reasons] == [
        ("R16a", "16", "text"),
        ("R16b", "16", "text"),
    ]
    observed = {row["field"]: (row["value"], row["source"]) for row in told["observations"]}  # type: ignore[attr-defined]
    assert observed["consent"] == ("none", "index")
    assert observed["code_state"] == ("active", "directory")
    assert observed["content_class"] == ("commercial", "content")
    passes_if = told["passes_if"]
    assert isinstance(passes_if, list)
    assert [[(c["change"], c["facts"]["consent"]) for c in way] for way in passes_if] == [[("consent", "valid")]]
    assert set(told["hashes"]) == {"law", "parameters", "code", "content", "reply"}  # type: ignore[call-overload]
    assert told["valid_until"] == "2026-11-12T12:00:00+08:00"


@pytest.mark.parametrize(("language", "words"), [("zh", "怎样才能放行"), ("en", "what would let it pass")])
def test_check_explains_to_a_person(database: str, language: show.Language, words: str) -> None:
    show.speak(language)
    try:
        told = runner.invoke(app, ["check", *OFFERED, "--under", "cn-2020-draft", "--db", database]).output
    finally:
        show.speak("both")
    assert words in told
    assert "R16a" in told
    assert "138****8000" in told
    assert "13800138000" not in told


def test_the_number_is_never_shown_whole(database: str) -> None:
    assert run_json(["check", *OFFERED, "--db", database])["number"] == "138****8000"


def test_what_cannot_be_meant_is_a_clear_error(database: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidNumber):
        runner.invoke(app, ["check", "--to", "12", "--db", database], catch_exceptions=False)
    with pytest.raises(InvalidInput, match="--to"):
        runner.invoke(app, ["check", "--db", database], catch_exceptions=False)
    with pytest.raises(InvalidInput, match="tomorrow"):
        runner.invoke(app, ["check", "--to", WANG, "--at", "tomorrow", "--db", database], catch_exceptions=False)
    with pytest.raises(InvalidInput, match="cn-1999"):
        runner.invoke(app, ["check", *OFFERED, "--under", "cn-1999", "--db", database], catch_exceptions=False)
    with pytest.raises(Unavailable):
        open_gate(f"sqlite:///{tmp_path / 'nothing.db'}")


def test_an_empty_gate_refuses_what_nobody_vouches_for() -> None:
    assert Gate().decide(offer(at=NOON)).outcome is Outcome.REFUSE


HOLDS = """
- name: Nobody consented
  under: cn-2020-draft
  at: 2026-11-11T10:00:00+08:00
  send: {channel: sms, sender: bank, to: "13800138000", purpose: commercial, text: 贷款额度20万元}
  then: {outcome: refuse, because: [R16a]}
"""
FAILS = HOLDS.replace("Nobody consented", "Wrongly expected").replace(
    "outcome: refuse, because: [R16a]", "outcome: [allow, hold], because: [R32], not_because: [R16a]"
)
SEQUENCE = """
- name: In order
  under: cn-2020-draft
  at: 2026-11-11T10:00:00+08:00
  sends:
    - {channel: sms, sender: bank, to: "13800138000", purpose: commercial, then: {outcome: refuse}}
    - advance: 1 day
    - {channel: sms, sender: bank, to: "13800138000", purpose: commercial, then: {outcome: allow}}
"""


def test_try_says_what_failed_and_how(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(HOLDS, encoding="utf-8")
    bad.write_text(FAILS + SEQUENCE, encoding="utf-8")
    assert runner.invoke(app, ["try", str(good)]).exit_code == 0
    plain = runner.invoke(app, ["try", str(good), str(bad)])
    assert plain.exit_code == 1
    for words in ("Wrongly expected", "allow or hold", "came out: refuse", "R16a", "R32", "step 3"):
        assert words in plain.output
    assert "Nobody consented" not in plain.output
    told = json.loads(runner.invoke(app, ["try", str(good), str(bad), "--json"]).output)
    assert [(line["name"], line["holds"], line["expected"], line["got"]) for line in told] == [
        ("Nobody consented", True, "refuse", "refuse"),
        ("Wrongly expected", False, ["allow", "hold"], "refuse"),
        ("In order", False, "allow", "refuse"),
    ]
    assert "R16a" in told[0]["reasons"]
    assert (told[1]["missing"], told[1]["unwanted"]) == (["R32"], ["R16a"])
    assert [(step["step"], step["holds"]) for step in told[2]["steps"]] == [(1, True), (3, False)]


def test_check_explains_a_situation(tmp_path: Path) -> None:
    file = tmp_path / "situations.yaml"
    file.write_text(HOLDS + SEQUENCE, encoding="utf-8")
    told = runner.invoke(app, ["check", "--situation", str(file), "--name", "In order", "--json"]).output.splitlines()
    assert [json.loads(line)["at"] for line in told] == ["2026-11-11T10:00:00+08:00", "2026-11-12T10:00:00+08:00"]
    with pytest.raises(InvalidSituation, match="Another"):
        runner.invoke(app, ["check", "--situation", str(file), "--name", "Another"], catch_exceptions=False)


def test_a_mistyped_name_is_said_first_and_changes_nothing_else(database: str, tmp_path: Path) -> None:
    arguments = ["check", *OFFERED, "--db", database, "--data", str(tmp_path)]
    wrong = ["rabit" if word == "bank" else word for word in arguments]
    assert run_json(arguments)["warnings"] == []
    told = run_json(wrong)
    assert told["warnings"] == [
        {"zh": "注意：发送者 rabit 未登记", "en": "mind: the sender rabit is not registered"},
    ]
    result = runner.invoke(app, [*wrong, "--via", "nobody", "--provider", "none"], catch_exceptions=False)
    first, second, third, *_ = result.stdout.splitlines()
    assert "发送者 rabit 未登记" in first
    assert "the provider none is not registered" in second
    assert "the platform nobody is not registered" in third
    assert result.exit_code == 0
    code = ["106600009999" if word == "106600001111" else word for word in arguments]
    assert [each["zh"] for each in run_json(code)["warnings"]] == ["注意：码号 106600009999 未登记"]  # type: ignore[index,attr-defined]


def test_who_was_registered_only_later_is_named_so(database: str, tmp_path: Path) -> None:
    early = ["check", *OFFERED, "--db", database, "--data", str(tmp_path), "--at", "2020-01-01T12:00"]
    assert "之后才登记" in run_json(early)["warnings"][0]["zh"]  # type: ignore[index]


def test_moments_are_told_in_beijing_time_and_kept_as_iso(database: str, tmp_path: Path) -> None:
    arguments = ["check", *OFFERED, "--db", database, "--data", str(tmp_path), "--at", "2026-11-11T04:00:00Z"]
    shown = runner.invoke(app, arguments, catch_exceptions=False).stdout
    assert "2026-11-11 12:00（北京时间）" in shown
    assert "+08:00" not in shown
    assert run_json(arguments)["at"] == "2026-11-11T04:00:00+00:00"

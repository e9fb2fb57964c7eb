"""`anning scrub` at the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from anning.cli import show
from anning.cli.bench import world
from anning.cli.scrub import scrub
from anning.errors import AnningError, InvalidFile, InvalidInput
from anning.registers.open import open_registers
from anning.settings import Settings
from anning.tables import open_table
from scrub_world import rows_of

CAMPAIGNS = Path(__file__).parents[2] / "data" / "campaigns"
Command = Callable[..., Result]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The benchmark's world in a database, small."""
    folder = tmp_path_factory.mktemp("registers")
    with open_registers(Settings(data_dir=folder), clock=lambda: world.AT) as registers:
        world.fill(registers, world.people(300), folder)
    return folder


@pytest.fixture
def command(data: Path, tmp_path: Path) -> Iterator[Command]:
    app = typer.Typer()
    app.command()(scrub)

    def run(file: Path, out: str, *options: str) -> Result:
        said = ["--sender", world.SENDER, "--provider", world.PROVIDER, "--from", world.CODE, "-o", str(tmp_path / out)]
        return CliRunner().invoke(app, [str(file), *said, "--data", str(data), "--at", world.AT.isoformat(), *options])

    yield run
    show.speak("both")


def refused(result: Result, kind: type[AnningError]) -> AnningError:
    assert isinstance(result.exception, kind)
    return result.exception


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    path = tmp_path / "campaign.csv"
    world.write_list(path, world.people(300), 1000)
    return path


def test_counts_as_json(command: Command, campaign: Path, tmp_path: Path) -> None:
    result = command(campaign, "out.csv", "--text", world.TEXT, "--json")
    assert result.exit_code == 0
    counted = json.loads(result.stdout)
    assert counted["rows"] == 1000
    assert counted["allow"] + counted["label"] + counted["hold"] + counted["refuse"] + counted["bad"] == 1000
    assert min(counted["allow"], counted["refuse"], counted["bad"]) > 0
    assert set(counted["reasons"]) >= {"O01", "O02"}
    assert Path(counted["files"]["all"]) == tmp_path / "out.csv"
    assert len(rows_of(tmp_path / "out.csv.send")) == counted["allow"]


@pytest.mark.parametrize("name", ["members.gb18030.csv", "members.utf8bom.tsv", "members.xlsx", "numbers-only.txt"])
def test_the_member_list_counts_the_same_in_every_format(command: Command, name: str) -> None:
    counted = json.loads(command(CAMPAIGNS / name, f"out-{name}", "--text", world.TEXT, "--json").stdout)
    kept = {key: counted[key] for key in ("rows", "allow", "label", "hold", "refuse", "bad", "reasons", "causes")}
    first = json.loads(command(CAMPAIGNS / "numbers-only.txt", "first.csv", "--text", world.TEXT, "--json").stdout)
    assert kept == {key: first[key] for key in kept}
    assert kept["rows"] == 3000


@pytest.mark.parametrize(("language", "words"), [("zh", "不得发送"), ("en", "may not go")])
def test_a_summary_a_person_understands(command: Command, campaign: Path, language: str, words: str) -> None:
    show.speak("zh" if language == "zh" else "en")
    result = command(campaign, "out.csv", "--text", world.TEXT)
    assert words in result.stdout
    assert "O01" in result.stdout
    assert "out.csv.stop" in result.stdout.replace("\n", "")


def test_the_list_of_another_format_and_the_columns_named(command: Command, campaign: Path, tmp_path: Path) -> None:
    options = ("--text", world.TEXT, "--number-column", "手机号", "--json")
    first = json.loads(command(campaign, "out.csv", *options).stdout)
    second = json.loads(command(campaign, "out.parquet", *options).stdout)
    assert open_table(tmp_path / "out.parquet.send").format == "parquet"
    assert rows_of(tmp_path / "out.parquet") == rows_of(tmp_path / "out.csv")
    assert {**first, "files": 0, "seconds": 0} == {**second, "files": 0, "seconds": 0}


def test_texts_by_row(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text(f"手机号,正文\n13800138000,{world.TEXT}\n13900139000,您好\n", encoding="utf-8")
    result = json.loads(command(path, "out.csv", "--text-column", "正文", "--json").stdout)
    assert result["rows"] == 2


def test_calls_need_no_text_and_come_from_a_platform(command: Command, campaign: Path) -> None:
    counted = json.loads(command(campaign, "out.csv", "--channel", "call", "--json").stdout)
    assert counted["rows"] == 1000
    assert counted["allow"] == 0


@pytest.mark.parametrize(
    ("options", "kind", "word"),
    [
        ((), InvalidInput, "--text-column"),
        (("--text", "x", "--text-column", "备注"), InvalidInput, "not both"),
        (("--text-column", "正文"), InvalidFile, "备注"),
        (("--text", "x", "--number-column", "电话"), InvalidFile, "手机号"),
        (("--text", "x", "--at", "yesterday"), InvalidInput, "2026-11-11T10:00:00+08:00"),
        (("--text", "x", "--delimiter", ";;"), InvalidInput, "one ASCII character"),
        (("--text", "x", "--under", "no-such-law"), InvalidInput, "no-such-law"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    command: Command, campaign: Path, tmp_path: Path, options: tuple[str, ...], kind: type[AnningError], word: str
) -> None:
    error = refused(command(campaign, "out.csv", *options), kind)
    assert word in error.en
    assert error.exit_code == 2
    assert not (tmp_path / "out.csv").exists()


def test_a_file_that_cannot_be_read_is_refused(command: Command, tmp_path: Path) -> None:
    refused(command(tmp_path / "none.csv", "out.csv", "--text", "x"), InvalidFile)


def test_a_law_that_does_not_speak_of_calls_says_so(command: Command, campaign: Path, tmp_path: Path) -> None:
    options = ("--channel", "call", "--under", "cn-2015-sms")
    counted = json.loads(command(campaign, "out.csv", *options, "--json").stdout)
    assert counted["out_of_scope"] == counted["allow"] == 1000 - counted["bad"] > 0
    assert counted["silent"] == ["cn-2015-sms"]
    assert {row[-2] for row in rows_of(tmp_path / "out.csv.send")} <= {
        "out of the scope of the law asked for: passes",
        "不在所选规定的适用范围内，予以放行",
    }
    show.speak("en")
    summary = command(campaign, "out.csv", *options).stdout
    assert "had nothing to say of this list: cn-2015-sms" in summary
    assert "out of the scope of the law asked for" in summary


def test_a_law_that_speaks_leaves_nothing_out_of_scope(command: Command, campaign: Path) -> None:
    counted = json.loads(command(campaign, "out.csv", "--text", world.TEXT, "--under", "cn-2015-sms", "--json").stdout)
    assert (counted["out_of_scope"], counted["silent"]) == (0, [])


@pytest.mark.parametrize(("out", "word"), [("folder", "folder"), ("out.xls", ".xlsx .xlsm"), ("out.json", ".csv .tsv")])
def test_where_nothing_can_be_written_is_refused(
    command: Command, campaign: Path, tmp_path: Path, out: str, word: str
) -> None:
    (tmp_path / "folder").mkdir()
    assert word in refused(command(campaign, out, "--text", world.TEXT), InvalidFile).en
    assert sorted(each.name for each in tmp_path.iterdir()) == ["campaign.csv", "folder"]


@pytest.mark.parametrize("name", ["anning.db", "out.csv", "segments/out.csv"])
def test_a_result_is_not_written_among_the_registers(command: Command, campaign: Path, data: Path, name: str) -> None:
    before = sorted(data.rglob("*"))
    error = refused(command(campaign, str(data / name), "--text", world.TEXT), InvalidFile)
    assert error.field == "out"
    assert sorted(data.rglob("*")) == before


def test_what_a_killed_run_left_is_cleared_away_and_nothing_else(
    command: Command, campaign: Path, tmp_path: Path
) -> None:
    gone, other = tmp_path / ".out.csv.send.999999999.part", tmp_path / ".else.csv.999999999.part"
    alive = tmp_path / f".out.csv.{os.getppid()}.part"
    for each in (gone, other, alive):
        each.touch()
    assert command(campaign, "out.csv", "--text", world.TEXT).exit_code == 0
    assert [each.exists() for each in (gone, other, alive)] == [False, True, True]

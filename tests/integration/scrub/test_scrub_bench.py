"""`anning bench scrub`, small: the rivals' outputs equal ours, and the report says what was measured."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from anning.cli.bench import app, world
from anning.numbers import parse


def test_the_rivals_agree_and_the_report_is_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["scrub", "--rows", "3000", "--repeats", "1", "--out", str(tmp_path), "--json"])
    assert result.exception is None
    report = json.loads(result.stdout)
    assert [each["name"] for each in report["measured"]] == [
        "raw read + write, one core",
        "read and parse, one core",
        "read, parse and judge, one core",
        "anning scrub, one core",
        "anning scrub",
        "polars reads the text",
        "polars join",
        "DuckDB join",
    ]
    assert [each["name"] for each in report["other_lists"]] == [
        "a text by row",
        "Parquet to Parquet",
        "XLSX to XLSX",
    ]
    assert all(each["ratio"] > 0 for each in report["goals"])
    assert report["outcomes"]["allow"] + report["outcomes"]["refuse"] + report["outcomes"]["bad"] == 3000
    assert json.loads((tmp_path / "scrub-3e3.json").read_text()) == report
    assert "rows/s" in (tmp_path / "scrub-3e3.md").read_text()


def test_the_generator_gives_the_same_list_from_the_same_seed(tmp_path: Path) -> None:
    crowd = world.people(200)
    world.write_list(tmp_path / "a.csv", crowd, 2000)
    world.write_list(tmp_path / "b.csv", world.people(200), 2000)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert len(set(crowd.numbers.tolist())) == 200


def test_every_spelling_but_the_damaged_names_its_number() -> None:
    read = [parse(world.spell(13800138000, spelling)) for spelling in range(200)]
    assert [parsed.cause for parsed in read[:2]] == ["empty", "scientific-notation"]
    assert {parsed.number for parsed in read[2:]} == {"+8613800138000"}
    assert 0.75 < sum(parsed.raw == "13800138000" for parsed in read) / 200 < 0.85

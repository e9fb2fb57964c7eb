"""The benchmarks of the gate, small: what is compared is equal, and the reports and pictures say what was measured."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from anning.cli.bench import app, nation, world
from anning.cli.bench.growth import Point, Steps, measure
from anning.cli.bench.ways import WAYS, WITH_DEALINGS, InAnning, InPython, Verdicts, Way, verdicts
from anning.errors import AnningError
from anning.gate.campaign import Campaign

PUBLISHED = Path(__file__).parents[3].parent / "shared" / "data" / "numbers" / "segments.csv.gz"


def run(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exception is None, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def test_look_ups_are_held_against_the_limit_of_the_same_run(tmp_path: Path) -> None:
    report = run("gate", "--numbers", "2000000", "--rows", "20000", "--repeats", "1", "--out", str(tmp_path))
    assert [point["numbers"] for point in report["points"]] == [1_000_000, 2_000_000]
    for point in report["points"]:
        rates = {each["name"]: each["rows_per_second"] for each in point["measured"]}
        for each in point["measured"]:
            if each["limit"]:
                assert each["of_limit"] == pytest.approx(each["rows_per_second"] / rates[each["limit"]], rel=0.01)
        assert 1.0 < point["memory"]["bytes_a_number"] < 1.3
        assert 4.9 < point["memory"]["bytes_a_consent"] < 5.5
    assert json.loads((tmp_path / "gate.json").read_text()) == report
    assert "wish looked up" in (tmp_path / "gate.md").read_text()


def test_what_is_taken_in_by_columns_is_decided_as_what_was_said_one_by_one() -> None:
    plan = nation.plan_of(1_000_000)
    values = plan.drawn(2_000)
    of_each = zip(
        values.tolist(), nation.wishes_of(values).tolist(), nation.dealings_of(values, len(plan)).tolist(), strict=True
    )
    told = {number: nation.story(f"+86{number}", wished, dealt) for number, wished, dealt in of_each}
    by_histories = nation.gate_by_histories(payload for story in told.values() for payload in story)
    column = nation.column_of(values)
    ours, theirs = (
        [
            (judged.decisions[place].outcome, judged.decisions[place].reasons)
            for judged in [Campaign(gate, world.job()).decide_block(column)]
            for place in judged.places.tolist()
        ]
        for gate in (nation.gate_of(plan), by_histories)
    )
    assert ours == theirs
    assert len(set(ours)) >= 4


def test_a_published_plan_is_kept_to(tmp_path: Path) -> None:
    published = PUBLISHED if PUBLISHED.exists() else tmp_path / "segments.csv"
    if not PUBLISHED.exists():
        published.write_text("prefix7\n" + "\n".join(str(1_380_000 + place) for place in range(300)) + "\n")
    plan = nation.plan_of(2_000_000, published)
    assert len(plan) == 2_000_000
    assert (np.diff(plan.segments) > 0).all()
    assert nation.plan_of(2_000_000, published).drawn(100).tolist() == plan.drawn(100).tolist()


@pytest.fixture(scope="module")
def expected() -> tuple[nation.Plan, Verdicts]:
    return nation.plan_of(10_000), verdicts()


@pytest.mark.parametrize("kind", WAYS, ids=lambda way: way.name)
def test_every_way_gives_our_answers(kind: type[Way], expected: tuple[nation.Plan, Verdicts], tmp_path: Path) -> None:
    if kind.name == "Redis pipeline" and not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    plan, said = expected
    values = plan.drawn(500)
    right = said.codes[nation.wishes_of(values) * WITH_DEALINGS + nation.dealings_of(values, len(plan))]
    way = kind(plan, said, tmp_path)
    try:
        way.load()
        assert way.judge(values).tolist() == right.tolist()
        assert way.held() >= 0
    finally:
        way.close()
    assert len(set(right.tolist())) >= 4


class Contrary(InPython):
    """Finds one row other than it is."""

    name = "contrary"

    def judge(self, values: nation.Values) -> np.ndarray:
        answers = super().judge(values)
        answers[-1] += 1
        return answers


def test_an_answer_that_differs_from_ours_is_no_figure() -> None:
    ways: list[type[Way]] = [InAnning, Contrary]
    with pytest.raises(AnningError, match="contrary"):
        measure(ways, Steps([500], [1_000_000], 1_000_000, 60, 1), None)


def test_a_start_reads_what_was_written_and_replays_what_came_since(tmp_path: Path) -> None:
    words = ("--numbers", "1000000", "--consents", "20000", "--organisations", "50", "--tail", "2000", "--repeats", "1")
    report = run("start", *words, "--out", str(tmp_path))
    assert 15_000 < report["consents"] <= 20_050
    assert report["snapshot"]["bytes"] > 1_000_000
    assert set(report["tail"]["parts_s"]) >= {"read from the journal", "taken in by the index"}
    assert "ready, file in the page cache" in (tmp_path / "start.md").read_text()


def test_pictures_are_drawn_from_raw_results(tmp_path: Path) -> None:
    points = [
        Point(way=way, numbers=10**6, rows=rows, seconds=(rows / rate,), bytes=10**7)
        for way, rate in (("anning", 5e6), ("polars join", 1e6))
        for rows in (10**4, 10**5)
    ]
    report = {
        "points": [json.loads(json.dumps({name: getattr(p, name) for name in p.__struct_fields__})) for p in points],
        "growing_rows_at": 10**6,
        "growing_numbers_at": 10**5,
    }
    (tmp_path / "rivals.json").write_text(json.dumps(report))
    result = CliRunner().invoke(app, ["charts", "--folder", str(tmp_path)])
    assert result.exception is None, result.output
    assert sorted(path.name for path in tmp_path.glob("*.svg")) == [
        "rivals-memory.svg",
        "rivals-numbers.svg",
        "rivals-rows.svg",
    ]
    first = (tmp_path / "rivals-rows.svg").read_bytes()
    said = "".join(ElementTree.fromstring(first).itertext())
    assert "每秒行数 rows a second" in said
    assert "polars join" in said
    CliRunner().invoke(app, ["charts", "--folder", str(tmp_path)])
    assert (tmp_path / "rivals-rows.svg").read_bytes() == first


def test_there_is_nothing_to_draw(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["charts", "--folder", str(tmp_path)])
    assert isinstance(result.exception, AnningError)

"""The result files of a run: complete, by outcome, never half-written."""

from __future__ import annotations

import resource
from collections import Counter
from datetime import timedelta
from pathlib import Path

import msgspec
import openpyxl
import pytest

from anning.cli.bench import world
from anning.errors import InvalidFile
from anning.gate.campaign import Campaign
from anning.gate.gate import Gate
from anning.gate.scrub import scrub, writing
from anning.law.instrument import SHANGHAI
from anning.numbers import parse
from anning.registers import events as reg
from anning.tables import open_table, outlet
from anning.tables.writers import Style
from scrub_world import consents, declines, gate_with, rows_of, run

YES, NO, SILENT = "+8613800138000", "+8613900139000", "+8613700137000"
LIST = (
    "姓名,手机号,备注\n马,13800138000,=cmd|calc\n张,139 0013 9000,\n林,13700137000,\n胡,无,\n马,+8613800138000,重复\n"
)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return gate_with(earlier=consents([YES, NO]), later=declines([NO]))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_rows_stand_in_order_and_by_outcome_beside_it(gate: Gate, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    result = run(gate, source, out)
    assert [(row[0], row[-4]) for row in rows_of(out)] == [
        ("马", "allow"),
        ("张", "refuse"),
        ("林", "refuse"),
        ("胡", "bad"),
        ("马", "allow"),
    ]
    assert (result.rows, result.allow, result.label, result.hold, result.refuse, result.bad) == (5, 2, 0, 0, 2, 1)
    assert [row[2] for row in rows_of(tmp_path / "out.csv.send")] == ["=cmd|calc", "重复"]
    assert [row[0] for row in rows_of(tmp_path / "out.csv.stop")] == ["张", "林"]
    assert rows_of(tmp_path / "out.csv.bad") == [["4", "5", "胡", "无", "", "no-digits", "there is no digit in it"]]
    assert not (tmp_path / "out.csv.hold").exists()
    assert set(result.files) == {"all", "send", "stop", "bad"}


def test_counts_by_reason_are_those_of_the_rows(gate: Gate, source: Path, tmp_path: Path) -> None:
    result = run(gate, source, tmp_path / "out.csv")
    table = open_table(tmp_path / "out.csv")
    written: Counter[str] = Counter()
    for row in rows_of(tmp_path / "out.csv"):
        if row[-4] != "bad":
            written.update(reason for reason in row[table.columns.index("reasons")].split(";") if reason)
    assert result.reasons == dict(written)
    assert result.causes == {"no-digits": 1}


def test_every_verdict_says_until_when_it_holds(gate: Gate, source: Path, tmp_path: Path) -> None:
    run(gate, source, tmp_path / "out.csv")
    until = [row[-1] for row in rows_of(tmp_path / "out.csv")]
    assert until[3] == ""
    assert all(end.endswith("+08:00") and end > world.AT.isoformat() for place, end in enumerate(until) if place != 3)


def test_an_added_column_takes_no_name_of_the_lists_own(gate: Gate, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("outcome,mobile\nold,13800138000\n", encoding="utf-8")
    run(gate, source, tmp_path / "out.csv")
    assert open_table(tmp_path / "out.csv").columns == (
        "outcome",
        "mobile",
        "outcome_anning",
        "reasons",
        "wording",
        "valid_until",
    )


def test_added_cells_begin_no_formula(gate: Gate, source: Path, tmp_path: Path) -> None:
    run(gate, source, tmp_path / "out.csv")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows_of(tmp_path / "out.csv") for cell in row[-4:])


def test_chinese_names_and_words_when_they_are_asked_for(gate: Gate, source: Path, tmp_path: Path) -> None:
    run(gate, source, tmp_path / "out.csv", language="zh", headers="zh")
    table = open_table(tmp_path / "out.csv")
    assert table.columns[-4:] == ("结果", "原因", "说明", "有效期至")
    assert "不得发送" in rows_of(tmp_path / "out.csv")[1][-2]


def test_an_earlier_runs_files_do_not_outlive_the_next(gate: Gate, source: Path, tmp_path: Path) -> None:
    run(gate, source, tmp_path / "out.csv")
    source.write_text("手机号\n13800138000\n", encoding="utf-8")
    run(gate, source, tmp_path / "out.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", "out.csv", "out.csv.send"]


def test_an_interrupted_run_leaves_the_files_of_the_run_before(gate: Gate, source: Path, tmp_path: Path) -> None:
    run(gate, source, tmp_path / "out.csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def interrupt(_read: int, _rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(gate, source, tmp_path / "out.csv", progress=interrupt)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", ["out.xlsx", "out.parquet"])
def test_an_interrupted_run_leaves_nothing(gate: Gate, source: Path, tmp_path: Path, name: str) -> None:
    def interrupt(_read: int, _rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(gate, source, tmp_path / name, progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_a_list_is_never_written_over(gate: Gate, source: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="written over"):
        run(gate, source, source)
    part = tmp_path / "x.csv.send"
    source.rename(part)
    with pytest.raises(InvalidFile, match="written over"):
        run(gate, part, tmp_path / "x.csv")
    with pytest.raises(InvalidFile, match="no folder"):
        run(gate, part, tmp_path / "none" / "x.csv")


@pytest.mark.parametrize("content", [b"", "姓名,手机号\n".encode()])
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_a_list_without_rows_has_a_result_without_rows(gate: Gate, tmp_path: Path, content: bytes, suffix: str) -> None:
    source, out = tmp_path / "list.csv", tmp_path / f"out.{suffix}"
    source.write_bytes(content)
    result = run(gate, source, out)
    assert (result.rows, result.files) == (0, {"all": str(out)})
    assert open_table(out).columns[-4:] == ("outcome", "reasons", "wording", "valid_until")


def test_a_spreadsheets_numbers_and_dates_stay_what_they_are(gate: Gate, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    day = world.AT.replace(tzinfo=None)
    for row in (["序号", "手机号", "日期"], [1, 13800138000, day], [2, 13900139000, day]):
        sheet.append(row)
    book.save(tmp_path / "list.xlsx")
    run(gate, tmp_path / "list.xlsx", tmp_path / "out.xlsx")
    values = list(openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0].values)
    assert [row[:3] for row in values[1:]] == [(1, 13800138000, day), (2, 13900139000, day)]


def test_each_row_may_bring_its_own_text(gate: Gate, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    gambling = "【青禾书店】百家乐真人荷官在线发牌，首存送58彩金，点击 http://t.cn/a 开户，拒收请回复R"
    source.write_text(f'手机号,正文\n13800138000,"{world.TEXT}"\n13800138000,"{gambling}"\n', encoding="utf-8")
    table = open_table(source)
    campaign = Campaign(gate, msgspec.structs.replace(world.job(), text=""))
    result = scrub(table, campaign, tmp_path / "out.csv", Style.of(tmp_path / "out.csv", table), number=0, text=1)
    assert (result.allow, result.refuse) == (1, 1)


def test_duplicates_are_judged_in_the_order_of_the_file(source: Path, tmp_path: Path) -> None:
    house = gate_with(earlier=[*consents([YES]), reg.HousePolicySet(on=True)])
    source.write_text("手机号\n13800138000\n138-0013-8000\n", encoding="utf-8")
    run(house, source, tmp_path / "out.csv")
    first, second = rows_of(tmp_path / "out.csv")
    assert (first[-4], second[-4]) == ("allow", "refuse")


def test_the_decisions_are_those_of_the_gate_row_by_row(gate: Gate, source: Path, tmp_path: Path) -> None:
    run(gate, source, tmp_path / "out.csv")
    for row in rows_of(tmp_path / "out.csv"):
        parsed = parse(row[1])
        if not parsed.valid:
            assert (row[-4], row[-3]) == ("bad", parsed.cause)
            continue
        decision = gate.decide(msgspec.structs.replace(world.job(), number=parsed.number))
        assert row[-4:] == [
            decision.outcome.word,
            ";".join(decision.obligations()),
            decision.wording()[1],
            decision.valid_until.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        ]
        assert decision.valid_until - world.AT <= timedelta(days=1)


def test_a_row_cut_off_within_quotes_is_bad_by_its_own_cause_though_its_number_is_whole(
    gate: Gate, tmp_path: Path
) -> None:
    path = tmp_path / "cut.csv"
    path.write_text('姓名,手机号,备注\n马,13800138000,\n马,13800138000,"重', encoding="utf-8")
    result = run(gate, path, tmp_path / "out.csv")
    assert (result.rows, result.allow, result.bad) == (2, 1, 1)
    assert result.causes == {"unclosed-quote": 1}
    assert rows_of(tmp_path / "out.csv.bad")[0][:2] == ["2", "3"]


def test_a_quote_left_open_far_down_leaves_no_result(gate: Gate, tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text("姓名,手机号\n" + "马,13800138000\n" * 30_000 + '张,"13900139000\n' + "林,13700137000\n" * 9)
    with pytest.raises(InvalidFile, match="30002"):
        run(gate, path, tmp_path / "out.csv")
    assert [each.name for each in tmp_path.iterdir()] == ["open.csv"]


@pytest.mark.parametrize("limit", [100_000, 700_000])
@pytest.mark.parametrize("cores", [1, 2])
def test_a_disk_that_takes_no_more_leaves_no_result(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int, limit: int
) -> None:
    monkeypatch.setattr(writing, "_cores", lambda: cores)
    source = tmp_path / "list.csv"
    source.write_text("姓名,手机号\n" + "马,13800138000\n" * 30_000, encoding="utf-8")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        with pytest.raises(InvalidFile, match="cannot write"):
            run(gate, source, tmp_path / "out.csv")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("room", [2_000, 1 << 18])
def test_rows_by_the_thousand_stand_in_order_in_every_part(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int, room: int
) -> None:
    monkeypatch.setattr(writing, "_cores", lambda: cores)
    monkeypatch.setattr(outlet, "_ROOM", room)
    source = tmp_path / "list.csv"
    cells = ("13800138000", "139-0013-9000", "无", "13700137000", '"139\n0013"')
    rows = [(str(place), cells[place % 5]) for place in range(100_000)]
    source.write_text("序号,手机号\n" + "\n".join(map(",".join, rows)), encoding="utf-8")
    result = run(gate, source, tmp_path / "out.csv")
    assert (result.rows, result.allow, result.refuse, result.bad) == (100_000, 20_000, 40_000, 40_000)
    assert [row[0] for row in rows_of(tmp_path / "out.csv")] == [place for place, _ in rows]
    assert [row[0] for row in rows_of(tmp_path / "out.csv.send")] == [place for place, _ in rows[::5]]
    bad = rows_of(tmp_path / "out.csv.bad")
    assert [row[0] for row in bad] == [str(place + 1) for place in range(100_000) if place % 5 in {2, 4}]
    assert [row[1] for row in bad[:5]] == ["4", "6", "10", "12", "16"]

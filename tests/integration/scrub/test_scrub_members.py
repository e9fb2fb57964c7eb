"""The member list in four formats, judged alike (名单四种格式，裁决一致)."""

from __future__ import annotations

from pathlib import Path

import pytest

from anning.gate.gate import Gate
from anning.numbers import parse
from anning.tables import open_table
from scrub_world import consents, declines, gate_with, rows_of, run

CAMPAIGNS = Path(__file__).parents[2] / "data" / "campaigns"
FILES = ("members.gb18030.csv", "members.utf8bom.tsv", "members.xlsx", "numbers-only.txt")
ROWS = 3000


@pytest.fixture(scope="module")
def gate() -> Gate:
    table = open_table(CAMPAIGNS / "members.gb18030.csv")
    cells = [cell for block in table.batches() for cell in block.texts(table.number_column())]
    numbers = sorted({parsed.number for parsed in map(parse, cells) if parsed.valid})
    return gate_with(earlier=consents(numbers[::2]), later=declines(numbers[::5]))


def verdicts(gate: Gate, name: str, folder: Path) -> list[list[str]]:
    out = folder / f"{name}.csv"
    result = run(gate, CAMPAIGNS / name, out, language="zh")
    assert result.rows == ROWS
    return [row[-4:] for row in rows_of(out)]


def test_all_four_files_give_the_same_verdicts_row_by_row(gate: Gate, tmp_path: Path) -> None:
    first, *others = (verdicts(gate, name, tmp_path) for name in FILES)
    assert len(first) == ROWS
    assert {row[0] for row in first} == {"allow", "refuse", "bad"}
    for other in others:
        assert other == first


def test_damage_is_reported_and_not_guessed(gate: Gate, tmp_path: Path) -> None:
    result = run(gate, CAMPAIGNS / "members.xlsx", tmp_path / "out.csv", language="zh")
    assert result.causes["scientific-notation"] == 40
    assert result.causes["two-numbers"] == 18
    assert result.causes["empty"] == 40
    bad = open_table(tmp_path / "out.csv.bad")
    kept = ("序号", "客户姓名", "联系电话", "城市", "来源", "备注")
    assert bad.columns == ("row", "line", *kept, "cause", "explanation")
    rows = rows_of(tmp_path / "out.csv.bad")
    assert len(rows) == result.bad
    assert all(int(line) == int(row) + 3 for row, line, *_ in rows)
    damaged = next(row for row in rows if row[-2] == "scientific-notation")
    assert "E+" in damaged[4]
    two = next(row for row in rows if row[-2] == "two-numbers")
    assert two[-1].count("****") == 2


def test_the_sheet_is_chosen_by_its_numbers_and_named(gate: Gate, tmp_path: Path) -> None:
    result = run(gate, CAMPAIGNS / "members.xlsx", tmp_path / "out.xlsx", language="zh")
    assert (result.sheet, result.column, result.sheets_left) == ("活动名单", "联系电话", ())


@pytest.mark.parametrize("name", FILES)
def test_a_result_in_the_lists_own_format_keeps_every_other_cell(gate: Gate, tmp_path: Path, name: str) -> None:
    out = tmp_path / f"result{Path(name).suffix}"
    run(gate, CAMPAIGNS / name, out)
    before, after = open_table(CAMPAIGNS / name), open_table(out)
    assert after.columns[: len(before.columns)] == before.columns
    assert [row[:-4] for row in rows_of(out)] == rows_of(CAMPAIGNS / name)


def test_text_keeps_its_encoding_and_mark(gate: Gate, tmp_path: Path) -> None:
    run(gate, CAMPAIGNS / "members.gb18030.csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().decode("gb18030").startswith("序号,客户姓名,联系电话,城市,")
    run(gate, CAMPAIGNS / "members.utf8bom.tsv", tmp_path / "b.tsv")
    assert (tmp_path / "b.tsv").read_bytes().startswith("\ufeff序号\t".encode())

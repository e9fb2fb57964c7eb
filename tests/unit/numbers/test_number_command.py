"""`anning number`: lines of JSON, a table for people, and a column of a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
import xlsxwriter
from typer.testing import CliRunner

from anning.cli.number import number
from anning.errors import InvalidFile, InvalidInput

ROWS = ["姓名,电话,备注", '张三,138 0013 8000,"两行\n备注"', "李四,1.38E+10,", "王五"]


def run(*arguments: str) -> str:
    app = typer.Typer()
    app.command("number")(number)
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def lines(*arguments: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in run("--json", *arguments).splitlines()]


def test_json_is_one_line_a_number() -> None:
    assert lines("95588", "186-7491-8236", "82708666") == [
        {"raw": "95588", "number": "95588", "kind": "code-95", "cause": "", "carrier": ""},
        {
            "raw": "186-7491-8236",
            "number": "+8618674918236",
            "kind": "mobile",
            "cause": "",
            "carrier": "China Unicom",
        },
        {"raw": "82708666", "number": "", "kind": "invalid", "cause": "no-area-code", "carrier": ""},
    ]


def test_the_table_speaks_both_languages() -> None:
    shown = run("13800138000", "1.38E+10")
    for expected in ("+8613800138000", "手机号码", "mobile", "中国移动", "China Mobile", "科学计数法", "scientific"):
        assert expected in shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("suffix", "delimiter"), [(".csv", ","), (".csv", ";"), (".tsv", "\t"), (".txt", "\t")])
@pytest.mark.parametrize("column", [["--column", "电话"], ["--column", "2"], []])
def test_a_column_of_a_file(tmp_path: Path, encoding: str, suffix: str, delimiter: str, column: list[str]) -> None:
    file = tmp_path / f"members{suffix}"
    file.write_text("\n".join(ROWS).replace(",", delimiter), encoding)
    found = lines("--file", str(file), *column)
    assert [item["number"] or item["cause"] for item in found] == ["+8613800138000", "scientific-notation", "empty"]


def test_a_file_of_bare_numbers_keeps_every_line(tmp_path: Path) -> None:
    file = tmp_path / "numbers.txt"
    file.write_text("无\r\n13800138000\r\n13800138000/13900139000\r\n", "utf-8", newline="")
    assert [item["cause"] for item in lines("--file", str(file))] == ["no-digits", "", "two-numbers"]


def test_a_sheet_has_a_column_too(tmp_path: Path) -> None:
    file = tmp_path / "members.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([["会员"], ["姓名", "电话"], ["张三", 13800138000], ["李四", "1.38E+10"]]):
            sheet.write_row(place, 0, row)
    assert [item["number"] or item["cause"] for item in lines("--file", str(file))] == [
        "+8613800138000",
        "scientific-notation",
    ]


def test_two_columns_of_numbers_are_not_told_apart_by_guessing(tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("甲,乙\n13800138000,13900139000\n13800138001,13900139001\n", "utf-8")
    with pytest.raises(InvalidFile, match="--column"):
        run("--file", str(file))


def test_an_empty_file_has_no_numbers(tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("", "utf-8")
    assert lines("--file", str(file)) == []


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("会员名单,,\n" + "\n".join(ROWS), "utf-8")
    assert [item["cause"] for item in lines("--file", str(file), "--column", "电话")] == [
        "",
        "scientific-notation",
        "empty",
    ]


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("\n".join(ROWS), "utf-8")
    with pytest.raises(InvalidFile, match="手机"):
        run("--file", str(file), "--column", "手机")
    with pytest.raises(InvalidFile):
        run("--file", str(tmp_path / "missing.csv"))
    with pytest.raises(InvalidInput):
        run()
    file.write_bytes(b"\xff\xff\xff")
    with pytest.raises(InvalidFile):
        run("--file", str(file))

"""Spreadsheets and Parquet, and lists written in every format."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter

from anning.errors import InvalidFile
from anning.tables import Block, Format, find_column, format_for, open_table
from anning.tables.block import cell_text
from anning.tables.encodings import Encoding
from anning.tables.writers import SpreadsheetWriter, Style, open_writer

LABELS = ("姓名", "手机号")


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return path


def rows_of(path: Path) -> list[tuple[str, ...]]:
    table = open_table(path)
    width = len(table.columns)
    return [row for block in table.batches() for row in zip(*map(block.texts, range(width)), strict=True)]


def test_numbers_kept_as_numbers_are_read_exactly(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 名单=[list(LABELS), ["马", 15636421596.0], ["张", 8613800138000], ["胡", 1.5]])
    assert rows_of(path) == [("马", "15636421596"), ("张", "8613800138000"), ("胡", "1.5")]


def test_text_that_a_spreadsheet_damaged_stays_damaged(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 名单=[list(LABELS), ["马", "1.38E+10"], ["张", 13800138000]])
    assert rows_of(path)[0] == ("马", "1.38E+10")


def test_the_table_below_a_title_on_the_sheet_with_the_numbers(tmp_path: Path) -> None:
    people = [["双十一名单"], [], list(LABELS), ["马", 13800138000], ["张", "13900139000"]]
    table = open_table(workbook(tmp_path / "a.xlsx", 说明=[["本表由市场部整理"]], 名单=people))
    assert (table.sheet, table.other_sheets, table.columns) == ("名单", ("说明",), LABELS)
    assert [line for block in table.batches() for line in block.lines] == [4, 5]
    assert find_column(table) == 1


def test_other_sheets_with_numbers_are_named(tmp_path: Path) -> None:
    long = [list(LABELS), ["马", 13800138000], ["张", 13900139000]]
    path = workbook(tmp_path / "a.xlsx", 备用=[list(LABELS), ["胡", 13600136000]], 名单=long)
    table = open_table(path)
    assert (table.sheet, table.numbers_elsewhere) == ("名单", ("备用",))
    assert open_table(path, sheet="备用").sheet == "备用"
    with pytest.raises(InvalidFile, match="名单"):
        open_table(path, sheet="没有")


def test_a_formula_nobody_calculated_keeps_its_text_and_a_calculated_one_its_value(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "手机号"])
    sheet.append(["马", '=HYPERLINK("tel:13800138000","13800138000")'])
    sheet.append(["张", 13900139000])
    book.save(path)
    assert rows_of(path) == [("马", '=HYPERLINK("tel:13800138000","13800138000")'), ("张", "13900139000")]
    with xlsxwriter.Workbook(str(path)) as again:
        calculated = again.add_worksheet()
        calculated.write_row(0, 0, ["姓名", "手机号"])
        calculated.write_row(1, 0, ["马"])
        calculated.write_formula(1, 1, "=13800000000+138000", None, 13800138000)
    assert rows_of(path) == [("马", "13800138000")]


def test_a_list_longer_than_a_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    writer = SpreadsheetWriter(path, LABELS, sheet_rows=3)
    cells = [("马", 13800138000), ("张", 13900139000), ("胡", 13600136000), ("徐", 13700137000), ("朱", 13500135000)]
    writer.write(Block(1, lambda: range(5), cells=cells, width=2))
    writer.finish()
    sheets = openpyxl.load_workbook(path).worksheets
    assert [list(sheet.values) for sheet in sheets] == [
        [LABELS, *cells[:2]],
        [LABELS, *cells[2:4]],
        [LABELS, *cells[4:]],
    ]


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 名单=[list(LABELS), ["马", 13800138000]])
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InvalidFile):
        open_table(path)
    (tmp_path / "b.xlsx").write_text("no workbook")
    with pytest.raises(InvalidFile):
        open_table(tmp_path / "b.xlsx")


def test_a_workbook_is_known_by_its_bytes_whatever_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.csv", 名单=[list(LABELS), ["马", 13800138000]])
    assert open_table(path).format is Format.XLSX


def test_parquet_keeps_its_types_and_reads_numbers_of_any(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame(
        {
            "姓名": ["马", None],
            "手机号": [13800138000, None],
            "浮点": [13900139000.0, 1.5],
            "日": [dt.date(2026, 1, 1), None],
        }
    )
    frame.write_parquet(path)
    assert rows_of(path) == [("马", "13800138000", "13900139000", "2026-01-01"), ("", "", "1.5", "")]
    table = open_table(path)
    assert next(table.batches()).frame.dtypes == frame.dtypes


def test_a_parquet_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"手机号": ["13800138000"]}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InvalidFile):
        open_table(path)


CELLS = [
    ("马,敏", "13800138000"),
    ('说"好"', ""),
    ("换行\n备注", "=1+1"),
    ("'单引号", "+8613800138000"),
    (" 空格 ", "无"),
]


def block_of(cells: list[tuple[str, ...]]) -> Block:
    columns = list(zip(*cells, strict=True))
    frame = pl.DataFrame({f"c{i}": column for i, column in enumerate(columns)})
    return Block(1, lambda: range(len(cells)), frame=frame)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a.xlsx", "a.parquet"])
@pytest.mark.parametrize("times", [1, 3])
def test_what_is_written_is_read_again(tmp_path: Path, name: str, times: int) -> None:
    path = tmp_path / name
    writer = open_writer(path, LABELS, Style(format_for(path, Format.CSV), "\t" if name in {"a.tsv", "a.txt"} else ","))
    for _ in range(times):
        writer.write(block_of(CELLS))
    writer.finish()
    table = open_table(path, header=True)
    assert table.columns == LABELS
    assert rows_of(path) == CELLS * times


@pytest.mark.parametrize(
    "encoding", [Encoding("gb18030"), Encoding("utf-8", b"\xef\xbb\xbf"), Encoding("utf-16-le", b"\xff\xfe")]
)
def test_a_text_is_written_in_its_encoding_with_its_mark(tmp_path: Path, encoding: Encoding) -> None:
    path = tmp_path / "a.csv"
    writer = open_writer(path, LABELS, Style(Format.CSV, ";", "\r\n", encoding))
    writer.write(block_of([("马", "13800138000")]))
    writer.finish()
    written = path.read_bytes()
    assert written.startswith(encoding.bom)
    assert written[len(encoding.bom) :].decode(encoding.name) == "姓名;手机号\r\n马;13800138000\r\n"


def test_a_spreadsheet_writes_text_as_text_and_numbers_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    writer = open_writer(path, ("a", "b", "c"), Style(Format.XLSX))
    day = dt.datetime.fromisoformat("2026-11-11 10:00:00")
    writer.write(Block(1, lambda: range(1), cells=[("=1+1", 13800138000.0, day)], width=3))
    writer.finish()
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["=1+1", 13800138000, day]
    assert sheet["A2"].data_type == "s"


def test_parquet_labels_that_stand_twice_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    writer = open_writer(path, ("电话", "电话", ""), Style(Format.PARQUET))
    writer.write(block_of([("1", "2", "3")]))
    writer.finish()
    assert pl.read_parquet(path).rows() == [("1", "2", "3")]
    assert len(set(pl.read_parquet(path).columns)) == 3


def test_a_disk_that_takes_no_more_is_an_error_of_ours(tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "no-folder" / "a.parquet", LABELS, Style(Format.PARQUET))
    with pytest.raises(InvalidFile):
        for _ in range(10):
            writer.write(block_of([("马", "13800138000")] * 10))
        writer.finish()
    with pytest.raises(InvalidFile):
        open_writer(tmp_path / "no-folder" / "a.csv", LABELS, Style(Format.CSV))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (15636421596.0, "15636421596"),
        (1.38e10, "13800000000"),
        (2.0**60, "1.152921504606847e+18"),
        (True, "TRUE"),
        ("", ""),
    ],
)
def test_cells_read_as_a_person_reads_them(value: object, text: str) -> None:
    assert cell_text(value) == text

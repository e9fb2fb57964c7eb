"""Sheets read a window at a time hold what they hold when they are read whole."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine as calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from anning.errors import InvalidFile
from anning.tables import open_table
from anning.tables.windows import height, windows
from peak_memory import run_alone

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=12)
cells = st.one_of(
    st.none(),
    texts.filter(lambda text: not text.startswith(("=", "{="))),
    st.sampled_from(("</row>", '<row r="1">', "<v>1</v>", "手机 号", " 空格 ")),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9),
    st.booleans(),
    st.dates(dt.date(1990, 1, 1), dt.date(2080, 1, 1)).map(lambda day: dt.datetime.combine(day, dt.time(8, 30))),
)
grids = st.lists(st.lists(cells, max_size=4), max_size=30)


def write(path: Path, rows: Iterable[Iterable[Any]], *, at: tuple[int, int], inline: bool) -> None:
    options = {"constant_memory": inline, "default_date_format": "yyyy-mm-dd hh:mm", "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("名单")
        for down, row in enumerate(rows, at[0]):
            for across, cell in enumerate(row, at[1]):
                if isinstance(cell, str):
                    sheet.write_string(down, across, cell)
                elif cell is not None:
                    sheet.write(down, across, cell)


def trimmed(rows: Iterable[list[Any]]) -> list[list[Any]]:
    """Rows without the blank cells at their end, and without the blank rows at the sheet's."""
    found = [list(row) for row in rows]
    for row in found:
        while row and row[-1] == "":
            row.pop()
    while found and not found[-1]:
        found.pop()
    return found


def read(path: Path, size: int) -> list[list[Any]]:
    return trimmed(chain.from_iterable(rows for rows, _ in windows(path, "名单", size=size)))


def whole(path: Path) -> list[list[Any]]:
    return trimmed(calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("名单").to_python(False))


@settings(max_examples=40, deadline=None)
@given(rows=grids, at=st.tuples(st.integers(0, 40), st.integers(0, 3)), inline=st.booleans(), size=st.integers(90, 900))
def test_cut_or_whole_a_sheet_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]], at: tuple[int, int], inline: bool, size: int
) -> None:
    path = tmp_path_factory.mktemp("book") / "a.xlsx"
    write(path, rows, at=at, inline=inline)
    assert read(path, size) == whole(path)
    end = calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("名单").end
    assert height(path, "名单") == (end[0] + 1 if end else 0)


def by_hand(path: Path, rows: str, *, prefix: str = "") -> Path:
    """A workbook with just these rows in its sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{links}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets><sheet name="名单" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{links}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        book.writestr(
            "xl/worksheets/sheet1.xml",
            f'<{prefix}worksheet {name}="{main}"><{prefix}sheetData>{rows}</{prefix}sheetData></{prefix}worksheet>',
        )
    return path


def test_rows_by_any_writer_are_cut_only_where_they_say_their_number(tmp_path: Path) -> None:
    plain = "".join(f"<row><c><v>{13800138000 + i}</v></c></row>" for i in range(50))
    numbered = "".join(
        f'<row spans="1:1" r="{2 * i + 3}"><c><v>{i}</v></c></row><row r="{2 * i + 4}"/>' for i in range(50)
    )
    foreign = "".join(f'<x:row r="{i + 1}"><x:c r="B{i + 1}"><x:v>{i}</x:v></x:c></x:row>' for i in range(50))
    for rows, prefix in ((plain, ""), (numbered, ""), (foreign, "x:")):
        path = by_hand(tmp_path / "a.xlsx", rows, prefix=prefix)
        assert read(path, 200) == whole(path)
        assert height(path, "名单") == len(whole(path))


def test_rows_above_the_first_written_one_are_counted_once(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", [["姓名", "手机号"], ["马", 13800138000]], at=(3, 1), inline=False)
    table = open_table(tmp_path / "a.xlsx")
    assert [line for block in table.batches() for line in block.lines] == [5]
    assert table.columns[-2:] == ("姓名", "手机号")


def test_rows_of_formulas_alone_are_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["手机号"])
    for place in range(40):
        sheet.append([13800138000 + place] if place < 20 else [f"=A{place}+1"])
    book.save(tmp_path / "a.xlsx")
    table = open_table(tmp_path / "a.xlsx")
    cells = [cell for block in table.batches() for cell in block.texts(0)]
    assert (len(cells), cells[19], cells[20], cells[39]) == (40, "13800138019", "=A20+1", "=A39+1")


def test_rows_out_of_order_over_windows_are_refused(tmp_path: Path) -> None:
    path = by_hand(
        tmp_path / "a.xlsx",
        "".join(f'<row r="{number}"><c r="A{number}"><v>{number}</v></c></row>' for number in (*range(40, 80), 3)),
    )
    with pytest.raises(ValueError, match="row 3 stands below row"):
        read(path, 300)


def test_a_sheet_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><v>13800138000</v></c></row><row r="2"><c r=')
    with pytest.raises(InvalidFile) as refused:
        list(open_table(path).batches())
    assert refused.value.rule == "readable"


_READ = """
import sys
from pathlib import Path
from anning.tables import open_table
print(sum(b.height for b in open_table(Path(sys.argv[1])).batches()))
"""
MORE_MB = 25


def peak(path: Path, rows: int) -> int:
    """Megabytes that a process of its own takes for reading a sheet of so many rows."""
    by_hand(
        path,
        "".join(
            f'<row r="{i}"><c r="A{i}"><v>{13000000000 + i}</v></c>'
            + "".join(f'<c r="{column}{i}" t="inlineStr"><is><t>会员{i}</t></is></c>' for column in "BCDEFGHIJKL")
            + "</row>"
            for i in range(1, rows + 1)
        ),
    )
    read_rows, megabytes = run_alone(_READ, path)
    assert read_rows == [str(rows)]
    return megabytes


def test_a_longer_sheet_takes_hardly_more_memory(tmp_path: Path) -> None:
    assert peak(tmp_path / "b.xlsx", 120_000) - peak(tmp_path / "a.xlsx", 30_000) < MORE_MB

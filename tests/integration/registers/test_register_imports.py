"""Whole lists at once: taken whole or not at all, once, in whatever file people have them."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from anning.errors import InvalidFile, JournalError
from anning.journal import SegmentWriter
from anning.registers.events import ConsentGiven, ConsentWithdrawn, Payload, WishKind, WishStated
from anning.registers.histories import subscriber
from anning.registers.open import Registers
from anning.tables import open_table

from .conftest import NOW, Open

ROWS = [
    ["手机号", "渠道", "意愿", "行业", "时段", "登记时间", "意愿类别"],
    ["13800138001", "电话", "谢绝", "金融、教育", "22:00-08:00", "2026/3/1 9:30", "骚扰电话拒接"],
    ["１３８-0013-8002", "全部", "谢绝", "全部", "", "2026-03-02T09:30:00+08:00", ""],
    ["+86 13800138003", "", "接受", "", "", "", "谢绝来电"],
]
AS_STATED = [
    WishStated(
        number="+8613800138001",
        channel="call",
        says="decline",
        trades=("finance", "education"),
        hours=(1320, 480),
        wish_kind=WishKind.NUISANCE_FILTER,
    ),
    WishStated(number="+8613800138002", says="decline"),
    WishStated(number="+8613800138003", says="accept"),
]
TIMES = [datetime(2026, 3, 1, 1, 30, tzinfo=UTC), datetime(2026, 3, 2, 1, 30, tzinfo=UTC), NOW]


def write(path: Path, rows: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    if path.suffix == ".parquet":
        pl.DataFrame(rows[1:], schema=rows[0], orient="row").write_parquet(path)
    elif path.suffix == ".xlsx":
        import xlsxwriter

        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    else:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def imported(registers: Registers, after: int) -> list[Payload]:
    return [one.payload for one in registers.events(after)]


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [
        ("a.csv", "utf-8", ","),
        ("a.csv", "utf-8-sig", ";"),
        ("a.csv", "gb18030", "\t"),
        ("a.xlsx", "", ""),
        ("a.parquet", "", ""),
    ],
)
def test_a_list_says_the_same_in_every_format(
    registers: Registers, tmp_path: Path, name: str, encoding: str, delimiter: str
) -> None:
    rows = ROWS if name.endswith("parquet") else [["2026年谢绝名单"], [], *ROWS]
    report = registers.take(write(tmp_path / name, rows, encoding, delimiter), "wish", actor="test")
    assert (report.rows, report.bad, report.duplicate) == (3, (), False)
    found = list(registers.events(after=7))
    assert [one.payload for one in found] == AS_STATED
    assert [one.at for one in found] == TIMES
    with registers.store.read() as connection:
        _, said = subscriber(connection, "+8613800138001")
    assert [(one.payload, one.at) for one in said] == [(AS_STATED[0], TIMES[0])]


def test_a_list_of_consents_with_what_holds_for_all_rows(registers: Registers, tmp_path: Path) -> None:
    rows = [
        ["phone", "act", "confirmed", "expires", "withdrawn", "words", "time"],
        ["13800138001", "明示", "是", "2027-01-01", "", "我同意接收营销短信", "2026-02-01"],
        ["13800138002", "pre-ticked", "", "", "2026-05-01 08:00", "", "2026-02-01"],
    ]
    registers.take(
        write(tmp_path / "c.csv", rows), "consent", actor="test", defaults={"org": "bank", "channel": "短信"}
    )
    first, second, refusal = imported(registers, 7)
    assert isinstance(first, ConsentGiven)
    assert (first.to, first.channel, first.confirmed) == ("bank", "sms", True)
    assert first.expires == datetime(2027, 1, 1, 16, tzinfo=UTC)
    assert len(first.words_hash) == 64
    assert isinstance(second, ConsentGiven)
    assert second.act == "pre-ticked"
    assert refusal == ConsentWithdrawn(number="+8613800138002", to="bank", channel="sms", door="import")


def test_an_import_writes_down_what_its_rows_leave_unsaid(registers: Registers, tmp_path: Path) -> None:
    rows = [["phone", "says"], ["13800138001", "decline"]]
    registers.take(write(tmp_path / "w.csv", rows), "wish", actor="test", defaults={"channel": "短信"})
    event = list(registers.store.events())[-1]
    assert event.payload["details"]["defaults"] == {
        "channel": "sms",
        "trades": "[]",
        "hours": None,
        "weekdays": "[]",
        "code_prefixes": "[]",
        "except_for": "[]",
        "keeps_consents": 0,
        "wish_kind": "decline-calls",
        "door": "",
        "proof": "",
    }


def test_an_import_that_does_not_say_what_it_means_is_not_taken(registers: Registers) -> None:
    frame = pl.DataFrame({"number": ["+8613800138001"], "says": ["decline"]})
    with pytest.raises(JournalError, match="does not say what its rows mean by channel"):
        SegmentWriter(registers.store, registers.writer).write(
            [frame], row_kind="wish", source="a" * 64, tenant="anning", actor="test", at=NOW
        )


BAD = [
    ["号码", "to", "at"],
    ["13800138001", "bank", "2026-02-01"],
    ["1.38E+10", "bank", "2026-02-01"],
    ["13800138002", "nobody", "2026-02-01"],
    ["", "", ""],
    ["13800138003", "bank", "soon"],
    ["13800138004", "bank", "2027-02-01"],
    ["95588", "bank", ""],
    ["13800138005", "", ""],
    ["13800138006"],
    ["13800138007", "bank"],
]


def test_a_list_with_bad_rows_is_not_taken_at_all(registers: Registers, tmp_path: Path) -> None:
    head = registers.store.head()
    with pytest.raises(InvalidFile, match="7 bad") as refusal:
        registers.take(write(tmp_path / "bad.csv", BAD), "consent", actor="test")
    assert "row 3, number" in refusal.value.en
    assert registers.store.head() == head
    assert not list((tmp_path / "segments").glob("*.parquet*"))


def test_or_its_good_rows_are_and_the_bad_come_back_with_number_and_cause(registers: Registers, tmp_path: Path) -> None:
    report = registers.take(write(tmp_path / "bad.csv", BAD), "consent", actor="test", good_rows=True)
    assert [said.number for said in imported(registers, 7)] == ["+8613800138001", "+8613800138007"]  # type: ignore[attr-defined]
    assert [(bad.row, bad.column) for bad in report.bad] == [
        (3, "number"),
        (4, "org"),
        (6, "at"),
        (7, "at"),
        (8, "number"),
        (9, "org"),
        (10, "org"),
    ]
    assert report.bad_file == tmp_path / "bad.csv.bad.csv"
    with report.bad_file.open(encoding="utf-8-sig", newline="") as file:
        returned = list(csv.reader(file))
    assert returned[0][3:] == BAD[0]
    assert returned[1][0] == "3"
    assert returned[1][3:] == BAD[2]


def test_row_numbers_are_those_a_spreadsheet_shows(registers: Registers, tmp_path: Path) -> None:
    rows = [["2026年名单", "", ""], *BAD[:2], ["13800138002", "nobody", 'in two\nlines, "quoted"'], *BAD[2:3]]
    report = registers.take(write(tmp_path / "bad.csv", rows), "consent", actor="test", good_rows=True)
    assert [(bad.row, bad.column) for bad in report.bad] == [(4, "org"), (5, "number")]
    sheet = registers.take(write(tmp_path / "bad.xlsx", rows), "consent", actor="test", good_rows=True)
    assert [(bad.row, bad.column) for bad in sheet.bad] == [(4, "org"), (5, "number")]


@pytest.mark.parametrize("name", ["back.csv", "back.xlsx", "back.parquet"])
@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8", ","), ("gb18030", ";"), ("utf-16", "\t")])
def test_the_bad_rows_can_be_put_right_and_imported(
    registers: Registers, tmp_path: Path, name: str, encoding: str, delimiter: str
) -> None:
    rows = [*BAD[:3], ["13800138009", "某银行,分行", "备注"]]
    path = write(tmp_path / "list.csv", rows, encoding, delimiter)
    report = registers.take(path, "consent", actor="test", good_rows=True, bad_file=tmp_path / name)
    assert report.bad_file is not None
    back = open_table(report.bad_file, header=True)
    assert back.columns[3:] == tuple(BAD[0])
    cells = [row for block in back.batches() for row in zip(*(block.texts(place) for place in range(6)), strict=True)]
    assert [row[3:] for row in cells] == [tuple(BAD[2]), tuple(rows[3])]
    assert [row[0] for row in cells] == ["3", "4"]
    assert [child.name for child in tmp_path.iterdir() if child.name.startswith(".")] == []


def test_the_sheet_that_holds_the_numbers_is_imported(registers: Registers, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("说明").write_row(0, 0, ["本名单由市场部提供"])
        sheet = book.add_worksheet("名单")
        for place, row in enumerate(ROWS):
            sheet.write_row(place + 2, 1, row)
    assert registers.take(tmp_path / "a.xlsx", "wish", actor="test").rows == 3
    assert imported(registers, 7) == AS_STATED


def test_a_list_of_numbers_alone_and_what_holds_for_all_of_them(registers: Registers, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("谢绝来电登记\n手机号\n138 0013 8000\n1.38E+10\n", encoding="gb18030")
    report = registers.take(tmp_path / "a.txt", "wish", actor="test", defaults={"says": "decline"}, good_rows=True)
    assert (report.rows, [(bad.row, bad.column) for bad in report.bad]) == (1, [(4, "number")])
    assert imported(registers, 7) == [WishStated(number="+8613800138000", says="decline")]


def test_the_same_list_twice_is_once_even_under_another_name(registers: Registers, tmp_path: Path) -> None:
    first = registers.take(write(tmp_path / "a.csv", ROWS), "wish", actor="test")
    again = registers.take(write(tmp_path / "b.csv", ROWS), "wish", actor="test")
    assert (again.id, again.rows, again.duplicate) == (first.id, 3, True)
    assert len(imported(registers, 7)) == 3


def test_the_same_list_said_of_another_channel_is_another_list(registers: Registers, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ROWS)
    first = registers.take(path, "wish", actor="test", defaults={"channel": "call"})
    second = registers.take(path, "wish", actor="test", defaults={"channel": "sms"})
    assert not second.duplicate
    assert second.id != first.id
    assert registers.take(path, "wish", actor="test", defaults={"channel": "sms"}).duplicate


def test_the_bad_rows_never_replace_the_list(registers: Registers, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ROWS)
    before = path.read_bytes()
    with pytest.raises(InvalidFile, match="will not be written over"):
        registers.take(path, "wish", actor="test", good_rows=True, bad_file=path)
    assert path.read_bytes() == before


def test_a_consent_that_expired_before_it_was_given_is_a_bad_row(registers: Registers, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", [["number", "to", "at", "expires"], ["13800138000", "bank", "2026-03-01", "2026-02-01"]]
    )
    with pytest.raises(InvalidFile, match="expires"):
        registers.take(path, "consent", actor="test")


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.csv", "", "header"),
        ("a.csv", "name,age\nx,3\n", "header"),
        ("a.csv", "phone\n13800138000\n", "required-column"),
        ("a.csv", "phone,says\n", "not-empty"),
        ("a.xlsx", "not a workbook", "readable"),
        ("a.parquet", "not parquet", "readable"),
    ],
)
def test_a_file_that_is_no_list_says_why(
    registers: Registers, tmp_path: Path, name: str, content: str, rule: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InvalidFile) as refusal:
        registers.take(tmp_path / name, "wish", actor="test")
    assert refusal.value.rule == rule


def test_a_list_that_ends_in_the_middle_of_a_line_loses_no_row_silently(registers: Registers, tmp_path: Path) -> None:
    (tmp_path / "cut.csv").write_text('phone,says\n13800138000,decline\n13800138001,"decl', encoding="utf-8")
    with pytest.raises(InvalidFile, match="row 3, number"):
        registers.take(tmp_path / "cut.csv", "wish", actor="test")


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from anning.registers.open import Registers, open_store
registers = Registers(open_store(sys.argv[1], Path(sys.argv[2])), writer_wait=5, group_commit_max=8)
registers.take(Path(sys.argv[3]), "wish", actor="test")
"""


@pytest.mark.parametrize("step", ["segment.after-temp-write", "segment.after-rename", "writer.before-commit"])
def test_an_import_killed_half_way_is_begun_again_and_taken_once(
    registers: Registers, open_again: Open, database_url: str, tmp_path: Path, step: str
) -> None:
    path = write(tmp_path / "a.csv", ROWS)
    registers.close()
    command = [sys.executable, "-c", KILLED, database_url, str(tmp_path / "segments"), str(path)]
    killed = subprocess.run(command, env={**os.environ, "ANNING_FAIL_AT": step}, check=False, capture_output=True)
    assert killed.returncode == -9
    again = open_again()
    assert imported(again, 7) == []
    assert again.take(path, "wish", actor="test").rows == 3
    assert imported(again, 7) == AS_STATED


def test_many_rows_come_back_in_order_and_all(registers: Registers, tmp_path: Path) -> None:
    count = 70_000
    start = NOW - timedelta(days=100)
    frame = pl.DataFrame(
        {
            "phone": [f"138{number:08}" for number in range(count)],
            "time": [(start + timedelta(seconds=number)).isoformat() for number in range(count)],
        }
    )
    frame.write_csv(tmp_path / "many.csv")
    report = registers.take(tmp_path / "many.csv", "wish", actor="test", defaults={"says": "decline"})
    assert report.rows == count
    found = list(registers.events(after=7))
    assert [one.payload.number for one in found] == [f"+86138{number:08}" for number in range(count)]  # type: ignore[attr-defined]
    assert found[-1].at == start + timedelta(seconds=count - 1)

"""CSV, TSV and lists of bare numbers, as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from anning.errors import InvalidFile
from anning.tables import Format, find_column, open_table, read_column
from anning.tables.text import TextTable

NAMES = "姓名,手机号,备注\n"
ROWS = '马敏强,13800138000,"生日,本月"\n张明怡,13900139000,"说""好"""\n林兰涛,13700137000,"换行\n备注"\n'
CELLS = [
    ("马敏强", "13800138000", "生日,本月"),
    ("张明怡", "13900139000", '说"好"'),
    ("林兰涛", "13700137000", "换行\n备注"),
]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path, **options: str | bool) -> list[tuple[str, ...]]:
    table = open_table(path, **options)  # type: ignore[arg-type]
    return cells(table)


def cells(table: object, size: int = 1 << 23) -> list[tuple[str, ...]]:
    assert isinstance(table, TextTable)
    width = len(table.columns)
    return [row for block in table.blocks(size) for row in zip(*map(block.texts, range(width)), strict=True)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_encoding_delimiter_and_line_end_reads_the_same(
    tmp_path: Path, encoding: str, newline: str, delimiter: str
) -> None:
    text = (NAMES + ROWS.replace('"生日,本月"', "生日@本月")).replace(",", delimiter).replace("\n", newline)
    table = open_table(write(tmp_path / "list.csv", text, encoding))
    expected = [tuple(c.replace("生日,本月", "生日@本月").replace("\n", newline) for c in row) for row in CELLS]
    assert cells(table) == expected
    assert table.columns == ("姓名", "手机号", "备注")
    assert find_column(table) == 1


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 1000])
def test_the_size_of_the_pieces_changes_nothing(tmp_path: Path, size: int) -> None:
    table = open_table(write(tmp_path / "list.csv", NAMES + ROWS))
    assert cells(table, size) == CELLS
    lines = [line for block in table.blocks(size) for line in block.lines]  # type: ignore[call-arg]
    assert lines == [2, 3, 4]


def test_lines_count_the_line_ends_within_cells(tmp_path: Path) -> None:
    table = open_table(write(tmp_path / "list.csv", NAMES + ROWS + "胡华艳,13600136000,\n"))
    assert [line for block in table.batches() for line in block.lines] == [2, 3, 4, 6]


def test_blocks_number_the_data_rows_from_one(tmp_path: Path) -> None:
    table = open_table(write(tmp_path / "list.csv", NAMES + ROWS))
    assert [(block.first, block.height) for block in table.batches(2)] == [(1, 2), (3, 1)]


def test_gb18030_is_known_though_only_ascii_stands_in_the_first_megabytes(tmp_path: Path) -> None:
    text = "id,mobile,remark\n" + "1,13800138000,none\n" * 150_000 + "2,13900139000,备注\n"
    rows = read(write(tmp_path / "list.csv", text, "gb18030"))
    assert len(rows) == 150_001
    assert rows[-1] == ("2", "13900139000", "备注")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("姓名,手机号\n马,13800138000\n张,139001", [("马", "13800138000"), ("张", "139001")]),
        (
            '姓名,手机号,备注\n马,13800138000,\n张,13900139000,"写到一',
            [("马", "13800138000", ""), ("张", "13900139000", "写到一")],
        ),
        ("姓名,手机号\n马,13800138000\n张", [("马", "13800138000"), ("张", "")]),
    ],
)
def test_a_file_may_end_in_the_middle(tmp_path: Path, text: str, expected: list[tuple[str, ...]]) -> None:
    assert read(write(tmp_path / "list.csv", text)) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_may_end_in_the_middle_of_a_character(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "list.csv", "姓名,手机号,备注\n马敏,13800138000,好\n张明,13900139000,怡", encoding)
    path.write_bytes(path.read_bytes()[:-1])
    assert read(path) == [("马敏", "13800138000", "好"), ("张明", "13900139000", "\ufffd")]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_an_empty_file_has_no_rows(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    table = open_table(path)
    assert sum(block.height for block in table.batches()) == 0


def test_a_header_alone_has_columns_and_no_rows(tmp_path: Path) -> None:
    table = open_table(write(tmp_path / "list.csv", "姓名,手机号\n"))
    assert table.columns == ("姓名", "手机号")
    assert find_column(table) == 1
    assert list(table.batches()) == []


def test_a_formula_stays_the_text_it_is(tmp_path: Path) -> None:
    formula = '=HYPERLINK("tel:13800138000","13800138000")'
    path = write(tmp_path / "list.csv", f'姓名,手机号\n马,"{formula.replace(chr(34), chr(34) * 2)}"\n张,=1+1\n')
    assert read(path) == [("马", formula), ("张", "=1+1")]


def test_what_stands_beyond_the_last_column_belongs_to_it(tmp_path: Path) -> None:
    ragged = "姓名,手机号,备注\n马,13800138000,生日,本月\n张,13900139000,好,,\n胡,13600136000\n"
    path = write(tmp_path / "list.csv", ragged)
    assert read(path) == [("马", "13800138000", "生日,本月"), ("张", "13900139000", "好"), ("胡", "13600136000", "")]


def test_a_quote_in_the_middle_of_a_cell_is_a_sign_like_any_other(tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", '姓名,手机号,备注\n马,13800138000,17" 屏\n张,13900139000,"生日,本月"\n')
    assert read(path) == [("马", "13800138000", '17" 屏'), ("张", "13900139000", "生日,本月")]


def test_a_quote_that_never_closes_in_a_long_file_is_an_error_that_names_its_line(tmp_path: Path) -> None:
    text = "姓名,手机号,备注\n马,13800138000,\n" + '张,13900139000,"开\n' + "胡,13600136000,\n" * 20_000
    with pytest.raises(InvalidFile) as refused:
        read(write(tmp_path / "list.csv", text))
    assert "3" in refused.value.zh
    assert "line 3" in refused.value.en


def test_blank_lines_between_rows_are_rows_without_cells_and_those_at_the_end_are_none(tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", "姓名,手机号\n马,13800138000\n\n张,13900139000\n\n\n")
    table = open_table(path)
    assert cells(table) == [("马", "13800138000"), ("", ""), ("张", "13900139000")]
    assert [line for block in table.batches() for line in block.lines] == [2, 3, 4]


def test_lone_carriage_returns_end_lines_too(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.csv", "姓名,手机号\r马,13800138000\r张,13900139000\r")) == [
        ("马", "13800138000"),
        ("张", "13900139000"),
    ]
    mixed = "姓名,手机号\n马,13800138000\r\n张,13900139000\r胡,13600136000\n"
    assert [row[1] for row in read(write(tmp_path / "b.csv", mixed))] == ["13800138000", "13900139000", "13600136000"]


def test_bytes_of_no_encoding_are_an_error_that_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("姓名,手机号\n马,13800138000\n".encode() + b"\xff\xff,13900139000\n")
    with pytest.raises(InvalidFile, match="--encoding"):
        read(path)


def test_bare_numbers_have_one_column_and_no_header(tmp_path: Path) -> None:
    table = open_table(write(tmp_path / "list.txt", "13800138000\r\n139-0013-9000, 分机 2\r\n无\r\n"))
    assert (table.format, table.header, table.columns) == (Format.TXT, False, ("number",))
    assert cells(table) == [("13800138000",), ("139-0013-9000, 分机 2",), ("无",)]


def test_bare_numbers_keep_step_with_the_column_they_were_copied_from(tmp_path: Path) -> None:
    with_gaps = open_table(write(tmp_path / "gaps.txt", "13800138000\n\n13900139000\n"))
    assert cells(with_gaps) == [("13800138000",), ("",), ("13900139000",), ("",)]
    without = open_table(write(tmp_path / "plain.txt", "13800138000\n13900139000\n"))
    assert cells(without) == [("13800138000",), ("13900139000",)]


def test_a_list_of_numbers_may_have_a_header(tmp_path: Path) -> None:
    table = open_table(write(tmp_path / "list.csv", "会员名单\n手机号\n13800138000\n"))
    assert (table.columns, cells(table)) == (("手机号",), [("13800138000",)])


def test_one_column_is_read_by_name_by_place_or_found(tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", NAMES + ROWS)
    assert list(read_column(path)) == [row[1] for row in CELLS]
    assert list(read_column(path, "姓名")) == [row[0] for row in CELLS]
    assert list(read_column(path, "3")) == [row[2] for row in CELLS]


def test_a_missing_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile):
        open_table(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('姓名,手机号\n马,"13800138000\n张,13900139000\n林,13700137000\n', 2),
        ('姓名,手机号,备注\n马,13800138000,"生日\n本月"\n张,13900139000,"说\n林,13700137000,好', 4),
        ('姓名,手机号,备注\n马,13800138000,"一\n二","三\n张,13900139000,好\n', 3),
        ('"姓名,手机号\n马,13800138000\n张,13900139000\n', 1),
        ("姓名,手机号\n" + "马,13800138000\n" * 30_000 + '张,"13900139000\n林,13700137000\n', 30_002),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_quote_that_swallows_the_rows_behind_it_is_refused(
    tmp_path: Path, text: str, line: int, newline: str
) -> None:
    with pytest.raises(InvalidFile) as refused:
        read(write(tmp_path / "list.csv", text.replace("\n", newline)))
    assert refused.value.rule == "unclosed-quote"
    assert refused.value.field == f"line {line}"


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
@pytest.mark.parametrize("size", [1, 7, 1 << 23])
def test_a_last_row_cut_off_within_quotes_is_marked(tmp_path: Path, end: str, size: int) -> None:
    table = open_table(write(tmp_path / "list.csv", f'{NAMES}{ROWS}胡,13600136000,"写到一{end}'))
    assert isinstance(table, TextTable)
    assert len(cells(table, size)) == 4
    assert [block.unclosed for block in table.blocks(size)][-1]
    assert [block.unclosed for block in table.batches(1)] == [False, False, False, True]


def test_a_list_whose_quotes_are_closed_has_no_row_marked(tmp_path: Path) -> None:
    table = open_table(write(tmp_path / "list.csv", NAMES + ROWS))
    assert not any(block.unclosed for block in table.batches())

"""Where the table stands, and which column holds the numbers."""

from __future__ import annotations

import pytest

from anning.errors import InvalidFile
from anning.tables.layout import lay_out, number_column

PEOPLE = [["1", "马敏强", "13800138000", "长沙"], ["2", "张明怡", "13900139000", "武汉"]]
HEADER = ["序号", "姓名", "联系电话", "城市"]


@pytest.mark.parametrize("header", [HEADER, ["id", "name", "mobile", "city"], ["", "姓名", "电话", "城市"]])
@pytest.mark.parametrize("above", [[], [["2026年双十一会员名单", "", "", ""], ["", "", "", ""]], [["名单"], []]])
def test_a_header_is_found_below_titles_and_blank_rows(header: list[str], above: list[list[str]]) -> None:
    layout = lay_out([*above, header, *PEOPLE])
    assert layout.labels == tuple(header)
    assert layout.first == len(above) + 1


def test_a_table_without_header_loses_no_row() -> None:
    layout = lay_out(PEOPLE)
    assert (layout.header, layout.first, layout.width) == (None, 0, 4)


def test_a_first_row_whose_number_is_bad_is_no_header() -> None:
    rows = [["马敏强", "无", "长沙"], ["张明怡", "13900139000", "长沙"], ["胡华艳", "13600136000", "武汉"]]
    assert lay_out(rows).first == 0


def test_the_user_may_say_whether_there_is_a_header() -> None:
    assert lay_out([HEADER, *PEOPLE], header=False).first == 0
    assert lay_out(PEOPLE, header=True).labels == tuple(PEOPLE[0])


def test_the_number_column_is_found_by_content_whatever_its_name() -> None:
    assert number_column(("a", "b", "c", "d"), PEOPLE, thing="list.csv") == 2


def test_damaged_numbers_do_not_hide_the_column() -> None:
    rows = [*PEOPLE, ["3", "胡", "1.38E+10", "南京"], ["4", "徐", "", "南京"]]
    assert number_column(tuple(HEADER), rows, thing="list.csv") == 2


@pytest.mark.parametrize(
    ("labels", "expected"),
    [(("手机号", "推荐人"), 0), (("发送方", "手机号码"), 1), (("电话", "mobile"), 1), (("联系电话", "推荐人"), 0)],
)
def test_names_decide_between_two_columns_of_numbers(labels: tuple[str, str], expected: int) -> None:
    rows = [["13800138000", "13900139000"], ["13600136000", "13700137000"]]
    assert number_column(labels, rows, thing="list.csv") == expected


def test_two_columns_that_cannot_be_told_apart_are_refused_by_name() -> None:
    rows = [["13800138000", "13900139000"], ["13600136000", "13700137000"]]
    with pytest.raises(InvalidFile) as refused:
        number_column(("甲", "乙"), rows, thing="list.csv")
    assert "甲" in refused.value.zh
    assert "乙" in refused.value.zh
    assert "--number-column" in refused.value.en


def test_no_column_of_numbers_is_refused() -> None:
    with pytest.raises(InvalidFile, match="--number-column"):
        number_column(("姓名", "城市"), [["马", "长沙"]], thing="list.csv")


@pytest.mark.parametrize("wanted", ["联系电话", "3"])
def test_the_user_may_name_the_column_or_its_place(wanted: str) -> None:
    assert number_column(tuple(HEADER), PEOPLE, thing="list.csv", wanted=wanted) == 2


def test_a_column_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidFile, match="城市"):
        number_column(tuple(HEADER), PEOPLE, thing="list.csv", wanted="手机")

"""Every spelling people use names the same number; what is damaged is named, never guessed."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest

from anning.errors import InvalidNumber
from anning.numbers import CAUSES, Kind, mask, parse, parse_column, require


@pytest.mark.parametrize(
    "raw",
    [
        "13800138000",
        "１３８００１３８０００",
        "138 0013 8000",
        "138\u00a00013\u30008000",
        "138-0013-8000",
        "138–0013—8000",
        "138－0013−8000",
        "138ー0013ー8000",
        "138.0013.8000",
        "13800138·000",
        "(138)00138000",
        "【138】0013 8000",
        "（+86）138 0013 8000",
        "+86 138 0013 8000",
        "＋8613800138000",
        "+0086 13800138000",
        "0086-138-0013-8000",
        "8613800138000",
        "86 138 0013 8000",
        "+86 013800138000",
        "013800138000",
        "'13800138000",
        "’13800138000",
        '"13800138000"',
        "\u200b13800138000\ufeff",
        "\u202d13800138000\u202c",
        "\u200e13800138000",
        "tel:+86-138-0013-8000",
        "Tel: 13800138000",
        "手机：13800138000",
        "13800138000.0",
        "13,800,138,000",
        '="13800138000"',
        '=HYPERLINK("tel:13800138000","13800138000")',
        '=HYPERLINK("tel:13800138000","打电话")',
        "13800138000\n",
        "13800138000,",
        "١٣٨٠٠١٣٨٠٠٠",
    ],
)
def test_every_spelling_of_a_mobile_is_the_same_number(raw: str) -> None:
    parsed = parse(raw)
    assert (parsed.number, parsed.kind, parsed.cause) == ("+8613800138000", Kind.MOBILE, "")
    assert parsed.raw == raw


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        ("", "empty"),
        ("  \u3000", "empty"),
        ("\ufeff", "empty"),
        ("无", "no-digits"),
        ("-", "no-digits"),
        ("1.38E+10", "scientific-notation"),
        ("1.85262e+10", "scientific-notation"),
        ("1,38E+10", "scientific-notation"),
        ("14918803846/16770066267", "two-numbers"),
        ("13800138000、13900139000", "two-numbers"),
        ("13800138000；13900139000", "two-numbers"),
        ("13800138000，13900139000", "two-numbers"),
        ("13800138000 13900139000", "two-numbers"),
        ("13800138000\n13900139000", "two-numbers"),
        ("13800138000-13900139000", "two-numbers"),
        ("1380013800013900139000", "two-numbers"),
        ("13800138000或13900139000", "two-numbers"),
        ("13800138000+13900139000", "two-numbers"),
        ("0731-82708666 13800138000", "two-numbers"),
        ("110 120", "two-numbers"),
        ("95588/10086", "two-numbers"),
        ("10690000 95588", "two-numbers"),
        ('=HYPERLINK("tel:13800138000","13900139000")', "two-numbers"),
        ("1380013800", "too-short"),
        ("1380013800.0", "too-short"),
        ("123456", "too-short"),
        ("12345678", "too-short"),
        ("400800123", "too-short"),
        ("10655", "too-short"),
        ("+86", "too-short"),
        ("138001380001", "too-long"),
        ("40080012345", "too-long"),
        ("955" + "8" * 18, "too-long"),
        ("1390013800O", "letters"),
        ("张三13800138000", "letters"),
        ("13800138000/张三", "letters"),
        ("138****8000", "masked"),
        ("138xxxx8000", "masked"),
        ("13800138000转1234", "extension"),
        ("0731-82708666 ext. 801", "extension"),
        ("82708666", "no-area-code"),
        ("8695588", "no-area-code"),
        ("73182708666", "lost-zero"),
        ("12800138000", "not-allotted"),
        ("0731-12345678", "not-allotted"),
        ("+999 123 456", "unknown-country"),
        ("+1 650 253 000", "too-short"),
    ],
)
def test_what_cannot_be_meant_is_invalid_with_its_cause(raw: str, cause: str) -> None:
    parsed = parse(raw)
    assert (parsed.kind, parsed.number, parsed.cause) == (Kind.INVALID, "", cause)
    assert CAUSES[cause].zh
    assert CAUSES[cause].en


@pytest.mark.parametrize(
    ("raw", "number", "kind"),
    [
        ("17051234567", "+8617051234567", Kind.MVNO),
        ("16212345678", "+8616212345678", Kind.MVNO),
        ("19212345678", "+8619212345678", Kind.MOBILE),
        ("14612345678", "+8614612345678", Kind.IOT),
        ("14712345678", "+8614712345678", Kind.MOBILE),
        ("1440012345678", "+861440012345678", Kind.IOT),
        ("1064712345678", "+861064712345678", Kind.IOT),
        ("+861064712345678", "+861064712345678", Kind.IOT),
        ("13491234567", "+8613491234567", Kind.SATELLITE),
        ("17400012345", "+8617400012345", Kind.SATELLITE),
        ("95013 1234567", "+86950131234567", Kind.PRIVACY),
        ("95013123", "95013123", Kind.CODE_95),
        ("95588", "95588", Kind.CODE_95),
        ("+8695588", "95588", Kind.CODE_95),
        ("0731-95588", "95588", Kind.CODE_95),
        ("95123456", "95123456", Kind.CODE_95),
        ("96123", "96123", Kind.CODE_96),
        ("400-800-1234", "4008001234", Kind.CODE_400),
        ("0086 400 800 1234", "4008001234", Kind.CODE_400),
        ("864008001234", "4008001234", Kind.CODE_400),
        ("800-810-1234", "8008101234", Kind.CODE_800),
        ("106575000001", "106575000001", Kind.CODE_106_CARRIER),
        ("+86106575000001", "106575000001", Kind.CODE_106_CARRIER),
        ("10086", "10086", Kind.CARRIER_100XX),
        ("1008611", "1008611", Kind.CARRIER_100XX),
        ("10001", "10001", Kind.CARRIER_100XX),
        ("110", "110", Kind.SHORT_SERVICE),
        ("12321", "12321", Kind.SHORT_SERVICE),
        ("12306", "12306", Kind.SHORT_SERVICE),
        ("116114", "116114", Kind.SHORT_SERVICE),
        ("0731-82708666", "+8673182708666", Kind.FIXED),
        ("0731/82708666", "+8673182708666", Kind.FIXED),
        ("+86 (0)731 8270 8666", "+8673182708666", Kind.FIXED),
        ("8673182708666", "+8673182708666", Kind.FIXED),
        ("010-62345678", "+861062345678", Kind.FIXED),
        ("+852 9123 4567", "+85291234567", Kind.INTERNATIONAL),
        ("0085291234567", "+85291234567", Kind.INTERNATIONAL),
        ("+1 (650) 253-0000", "+16502530000", Kind.INTERNATIONAL),
        ("+886 912 345 678", "+886912345678", Kind.INTERNATIONAL),
    ],
)
def test_kinds_of_the_chinese_plan(raw: str, number: str, kind: Kind) -> None:
    assert (parse(raw).number, parse(raw).kind) == (number, kind)


def test_behind_the_country_code_a_line_in_beijing_is_no_short_message_port() -> None:
    assert parse("+861062345678").kind is Kind.FIXED
    assert parse("1062345678").kind is Kind.CODE_106_COMMERCIAL


def test_a_number_without_country_code_is_read_in_its_home_region() -> None:
    assert parse("(650) 253-0000", home="US").number == "+16502530000"
    assert parse("9123 4567", home="HK").number == "+85291234567"
    assert parse("+86 13800138000", home="US").kind is Kind.MOBILE
    assert parse("13800138000", home="US").kind is Kind.INVALID
    assert parse("13800138000", home="nowhere").cause == "unknown-country"


def test_require_names_the_cause_without_showing_the_number() -> None:
    assert require("138 0013 8000").number == "+8613800138000"
    with pytest.raises(InvalidNumber) as refused:
        require("13800138000/13900139000")
    assert refused.value.rule == "two-numbers"
    assert CAUSES["two-numbers"].en in refused.value.en
    assert CAUSES["two-numbers"].zh in refused.value.zh
    assert "13800138000" not in str(refused.value)


def test_a_column_keeps_its_order() -> None:
    assert [parsed.number for parsed in parse_column(["10086", "", "13800138000"])] == ["10086", "", "+8613800138000"]


def test_every_allotted_segment_is_a_subscriber(shared_dir: Path) -> None:
    with gzip.open(shared_dir / "data/numbers/segments.csv.gz", "rt", encoding="utf-8") as file:
        numbers = [f"{row['prefix7']}0000" for row in csv.DictReader(file)]
    kinds = {parsed.kind for parsed in parse_column(numbers)}
    assert kinds == {Kind.MOBILE, Kind.MVNO, Kind.IOT, Kind.SATELLITE}


USE_TO_KIND = {
    "备用": Kind.CODE_106_RESERVED,
    "公益": Kind.CODE_106_PUBLIC_INTEREST,
    "非经营": Kind.CODE_106_SERVICE,
    "经营性": Kind.CODE_106_COMMERCIAL,
    "自营": Kind.CODE_106_CARRIER,
}


def test_ports_have_the_class_that_the_plan_gives_their_block(shared_dir: Path) -> None:
    with (shared_dir / "data/numbers/plan-106.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if re.match(r"106(?!4)", row["prefix"])]
    assert len(rows) > 10
    for row in rows:
        expected = next(kind for use, kind in USE_TO_KIND.items() if use in row["use"])
        first, _, last = row["prefix"].partition("-")
        for prefix in range(int(first), int(last or first) + 1):
            code = f"{prefix}".ljust(12, "1")
            if row["prefix"] in {"1062", "1066", "1065", "1060", "1061", "1067", "1068"} or len(str(prefix)) == 5:
                assert parse(code).kind is expected, code


MEMBERS = {
    "members.gb18030.csv": ("gb18030", ","),
    "members.utf8bom.tsv": ("utf-8-sig", "\t"),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_the_member_list_is_read_without_guessing(shared_dir: Path, name: str) -> None:
    encoding, delimiter = MEMBERS[name]
    with (shared_dir / "data/campaigns" / name).open(encoding=encoding, newline="") as file:
        cells = [row["联系电话"] for row in csv.DictReader(file, delimiter=delimiter)]
    parsed = parse_column(cells)
    causes = {item.cause for item in parsed}
    assert causes == {"", "empty", "no-digits", "scientific-notation", "two-numbers", "too-short"}
    assert all("E+" in item.raw for item in parsed if item.cause == "scientific-notation")
    assert all("/" in item.raw for item in parsed if item.cause == "two-numbers")
    assert all(re.fullmatch(r"\d{10}", item.raw) for item in parsed if item.cause == "too-short")
    for item in parsed:
        assert item.valid or mask(item.raw).count("*") >= 4

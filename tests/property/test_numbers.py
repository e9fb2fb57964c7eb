"""Properties of the numbers floor: decoration changes nothing, nothing raises, what is parsed stays parsed."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from anning.numbers import CAUSES, SUBSCRIBERS, Kind, mask, parse, prefix_matches

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
fixed_lines = st.from_regex(r"0(?:10|2[1-5]|731|755)[2-8][0-9]{7}", fullmatch=True).filter(lambda n: parse(n).valid)
codes = st.one_of(
    st.from_regex(r"955[0-9]{2}", fullmatch=True),
    st.from_regex(r"400[0-9]{7}", fullmatch=True),
    st.from_regex(r"106[2569][2357]{6,16}", fullmatch=True),
    st.sampled_from(["10086", "10010", "12321", "12306", "96123"]),
)
filling = st.sampled_from(["", " ", "-", "\u3000", "\u00a0", "\u200b", "－", "–", "\u202c", "\t", "·"])
around = st.sampled_from(["", " ", "'", "\ufeff", "\u202d", "\u3000", "\n"])


@st.composite
def decorated(draw: st.DrawFn, numbers: st.SearchStrategy[str]) -> tuple[str, str]:
    """A number, and the same number as somebody may have typed it: in pieces, in full width, with the country code."""
    number = draw(numbers)
    pieces = re.findall(r"\d{1,4}", number)
    written = pieces[0] + "".join(draw(filling) + piece for piece in pieces[1:])
    country = draw(st.sampled_from(["", "+86", "+86 ", "0086", "0086-", "（+86）"]))
    if country and number.startswith("0"):
        written = written[1:]
    if len(number) == 11 and not number.startswith("0"):
        country = draw(st.sampled_from([country, "86", "86-", "tel:", "tel:+86-"]))
    if draw(st.booleans()):
        written = written.translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})
    return number, draw(around) + country + written + draw(around)


@given(decorated(mobiles))
def test_a_mobile_is_the_same_however_it_is_written(pair: tuple[str, str]) -> None:
    number, written = pair
    assert parse(written).number == f"+86{number}"
    assert parse(written).kind is parse(number).kind


@given(decorated(fixed_lines))
def test_a_fixed_line_is_the_same_however_it_is_written(pair: tuple[str, str]) -> None:
    number, written = pair
    assert (parse(written).number, parse(written).kind) == (f"+86{number[1:]}", Kind.FIXED)


@given(decorated(codes.filter(lambda code: not re.fullmatch(r"106\d{7}", code))))
def test_a_code_is_the_same_however_it_is_written(pair: tuple[str, str]) -> None:
    code, written = pair
    assert parse(written).number == code


@given(mobiles)
def test_a_float_cell_is_repaired_and_scientific_notation_is_not(number: str) -> None:
    assert parse(f"{float(number)}").number == f"+86{number}"
    assert parse(f"{float(number):.5E}").cause == "scientific-notation"


@given(mobiles, mobiles, st.sampled_from(["/", "、", ",", "，", ";", "；", " ", "  ", "\n", "|", "-", "或", ""]))
def test_two_mobiles_in_a_cell_are_never_one(one: str, other: str, between: str) -> None:
    assert parse(one + between + other).cause == "two-numbers"


texts = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789+-() /.,;eExX*转'=\"\u3000０１８６", max_size=30),
    st.from_regex(r"(\+|00)?[0-9]{0,22}", fullmatch=True),
)


@given(texts)
def test_parse_never_raises_and_says_either_a_number_or_a_cause(text: str) -> None:
    parsed = parse(text)
    assert parsed.raw == text
    if parsed.valid:
        assert parsed.cause == ""
        expected = r"\+[1-9][0-9]{4,14}" if parsed.kind in SUBSCRIBERS else r"[0-9]{3,20}"
        assert re.fullmatch(expected, parsed.number)
    else:
        assert parsed.number == ""
        assert parsed.cause in CAUSES


@given(st.one_of(texts, mobiles, fixed_lines, codes))
def test_a_parsed_number_parses_to_itself(text: str) -> None:
    once = parse(text)
    again = parse(once.number)
    assert again.number == once.number
    assert again.kind is once.kind


@given(decorated(mobiles), st.sampled_from(["", "1", "/", "/13900139000", "转1"]))
def test_a_mask_shows_at_most_seven_digits_of_a_mobile(pair: tuple[str, str], damage: str) -> None:
    number, written = pair
    shown = mask(written + damage)
    assert sum(char.isdigit() for char in shown) <= 7
    assert number not in shown
    assert mask(shown) == shown


@given(st.one_of(mobiles, codes), st.integers(1, 11))
def test_every_number_lies_in_the_ranges_it_begins_with(number: str, length: int) -> None:
    assert prefix_matches(number, number[:length])

"""Compiled loops read bytes as the plain readers do: `csv`, `parse`, Python's codecs (编译核与参照一致)."""

from __future__ import annotations

import csv
import io

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anning.errors import InvalidFile
from anning.numbers import parse
from anning.tables.block import Block
from anning.tables.delimited import Dialect, quoted
from anning.tables.kernels.characters import first_not_gb18030, first_not_utf8
from anning.tables.numbers import KINDS, Numbers, buffer_of
from anning.tables.reading import Reading, _pairs

ENCODINGS = ["utf-8", "gb18030"]
lengths = st.sampled_from(["", "x", "好", "字" * 20, "a" * 61, "b" * 64, "丂" * 70])
plain_cells = st.one_of(lengths, st.text(st.sampled_from('a,"\n\r好 '), max_size=6))
untidy = st.text(st.sampled_from('aa,,"\n\n\r好'), max_size=12)


def read(data: bytes, width: int, encoding: str, *, delimiter: str = ",", cut: int = 1 << 20) -> list[Block]:
    pieces = (data[at : at + cut] for at in range(0, len(data), cut))
    reading = Reading(pieces, Dialect(delimiter), width, 1, thing="text", encoding=encoding)
    return list(reading.blocks())


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.tuples(plain_cells, plain_cells, plain_cells, untidy), max_size=20),
    encoding=st.sampled_from(ENCODINGS),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    cut=st.sampled_from([1, 63, 64, 65, 1 << 20]),
)
def test_long_rows_in_pieces_are_read_as_by_csv(
    rows: list[tuple[str, ...]], encoding: str, newline: str, cut: int
) -> None:
    text = newline.join(quoted(list(row[:3]), ",") + row[3] for row in rows)
    whole = list(csv.reader(io.StringIO(text, newline="")))
    while whole and not whole[-1]:
        whole.pop()
    try:
        blocks = read(text.encode(encoding), 3, encoding, cut=cut)
    except InvalidFile as refused:
        assert refused.rule == "unclosed-quote"
        assert list(csv.reader(io.StringIO(text + "\nz", newline="")))[-1] != ["z"]
        return
    cells = [row for block in blocks for row in block.frame.rows()]
    assert cells == [tuple(fit(row)) for row in whole]
    for index in range(3):
        assert [text for block in blocks for text in block.distinct(index)] == [row[index] for row in cells]
    lines = [line for block in blocks for line in block.lines]
    assert lines == first_lines(text)[: len(lines)]


def fit(row: list[str]) -> list[str]:
    beyond = row[2:]
    while len(beyond) > 1 and not beyond[-1]:
        beyond.pop()
    return [*row[:2], *[""] * (2 - len(row)), ",".join(beyond)]


def first_lines(text: str) -> list[int]:
    reader = csv.reader(io.StringIO(text, newline=""))
    lines, before = [], 0
    for _ in reader:
        lines.append(before + 1)
        before = reader.line_num
    return lines


people = st.sampled_from(["13800138000", "19999999999", "17000000000", "14012345678", "12900000000", "20000000000"])
wide = str.maketrans("0123456789 ", "０１２３４５６７８９\u3000")
grouped = st.builds(
    lambda before, n, cuts, sign, behind, dotted: (
        before + "".join(sign * (place in cuts) + digit for place, digit in enumerate(n)) + dotted + behind
    ),
    st.sampled_from(
        ["", "+86", "86", "0086", "+86-", "86 ", "0086-", "'", " ", "\t", "+", "0", "+ 86", "8", " +86", "－"]
    ),
    people,
    st.sets(st.sampled_from([0, 3, 4, 7]), max_size=2),
    st.sampled_from(["", "-", " ", "--"]),
    st.sampled_from(["", " ", "\t", "'", "-", "x", "\u3000", "转8", "\r"]),
    st.sampled_from(["", ".0", ".00", ".", ".1"]),
)
number_cells = st.one_of(
    grouped,
    st.builds(
        lambda cell, full: "".join(c.translate(wide) if f else c for c, f in zip(cell, full, strict=False)),
        grouped,
        st.lists(st.booleans(), min_size=30, max_size=30),
    ),
    st.text(st.sampled_from("0134568+- .'\u3000８６１３٣"), max_size=18),
    st.builds(lambda a, b, sign: a + sign + b, people, people, st.sampled_from(["", "/", " ", "-", "、"])),
)


@settings(max_examples=1500, deadline=None)
@given(cells=st.lists(number_cells, min_size=1, max_size=20), encoding=st.sampled_from(ENCODINGS))
@example(["13800138000", "+8613800138000", "138-0013-8000", "138 0013 8000", "8613800138000", "13800138000.0"], "utf-8")
@example(
    ["86-138-0013-8000", "138-00138000", "1380013-8000", "13800138000-", "+86 13800138000 .0", "138 0013 8000.0"],
    "utf-8",
)
def test_a_cell_of_a_text_is_the_number_parse_reads_in_it(cells: list[str], encoding: str) -> None:
    text = "".join(f"x,{quoted([cell, 'y'], ',')}\n" for cell in cells)
    (block,) = read(text.encode(encoding), 3, encoding)
    assert_equal_to_parse(block.numbers(1), cells)


def assert_equal_to_parse(column: Numbers, cells: list[str]) -> None:
    one_by_one = [parse(cell) for cell in cells]
    read_at_once = zip(column.numbers, column.kinds, strict=True)
    assert [(number, KINDS[kind]) for number, kind in read_at_once] == [(each.number, each.kind) for each in one_by_one]
    assert all(column.parsed[row] == each for row, each in enumerate(one_by_one) if not each.valid)
    mobiles = [
        each.number[3:] if each.number.startswith("+861") and len(each.number) == 14 else "" for each in one_by_one
    ]
    assert column.values.tolist() == [int(each) if each and each >= "13" else 0 for each in mobiles]


@settings(max_examples=300, deadline=None)
@given(
    data=st.lists(
        st.one_of(
            st.text(max_size=3).map(lambda text: text.encode("utf-8", "surrogatepass")),
            st.binary(max_size=4),
            st.sampled_from(
                [b"a" * 61, "好".encode() * 21, b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe0\x80"]
            ),
        ),
        max_size=8,
    ).map(b"".join)
)
@example(b"a" * 63 + b"\xe5\xa5")
@example(b"a" * 62 + b"\xf0\x9f\x98\x80")
@example(b"\xe0\x80")
def test_bytes_are_utf8_when_the_codec_takes_them(data: bytes) -> None:
    same_as_codec(data, "utf-8", first_not_utf8(buffer_of(data), 0, len(data)))


@settings(max_examples=300, deadline=None)
@given(
    data=st.lists(
        st.one_of(
            st.text(max_size=3).map(lambda text: text.encode("gb18030", "replace")),
            st.binary(max_size=4),
            st.sampled_from(
                [b"a" * 61, "好".encode("gb18030") * 21, b"\x84\x31\xa4\x39", b"\x84\x31\xa5\x30", b"\xe3\x32\x9a\x35"]
            ),
        ),
        max_size=8,
    ).map(b"".join)
)
@example(b"\xe3\x32\x9a\x36")
@example(b"\x90\x30\x81")
def test_bytes_are_gb18030_when_the_codec_takes_them(data: bytes) -> None:
    if any(data[at] == 0xFF for at in range(len(data))):
        return  # the codec takes 0xFF for a third byte, which the standard does not
    same_as_codec(data, "gb18030", first_not_gb18030(buffer_of(data), 0, len(data), _pairs()))


def same_as_codec(data: bytes, encoding: str, found: tuple[int, bool]) -> None:
    place, cut_short = found
    try:
        data.decode(encoding)
    except UnicodeDecodeError as refused:
        ends_within = refused.reason in {"unexpected end of data", "incomplete multibyte sequence"}
        assert cut_short is ends_within
        assert data.count(b"\n", 0, place) == data.count(b"\n", 0, refused.start)
    else:
        assert place == -1


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_character_is_one(encoding: str) -> None:
    everything = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    data = everything.encode(encoding)
    first_wrong = {"utf-8": first_not_utf8, "gb18030": lambda *found: first_not_gb18030(*found, _pairs())}[encoding]
    assert first_wrong(buffer_of(data), 0, len(data)) == (-1, False)


@pytest.mark.parametrize("kind", [pl.Int64, pl.UInt64, pl.Float64, pl.Int128])
def test_numbers_kept_as_numbers_are_themselves(kind: pl.DataType) -> None:
    values = [13800138000, None, 0, 8613800138000, 95588, 19999999999, 20000000000, 4008205588, 12999999999]
    block = Block(1, lambda: range(len(values)), frame=pl.DataFrame({"c0": pl.Series(values, dtype=kind)}))
    assert_equal_to_parse(block.numbers(0), ["" if value is None else str(value) for value in values])
    assert np.array_equal(block.numbers(0).values[[0, 3]], [13800138000, 13800138000])


def test_fractions_and_what_is_no_number_are_no_telephone_numbers() -> None:
    values = [13800138000.5, float("nan"), float("inf"), -13800138000.0, 13800138000.0]
    block = Block(1, lambda: range(len(values)), frame=pl.DataFrame({"c0": values}))
    assert_equal_to_parse(block.numbers(0), block.texts(0))
    assert block.numbers(0).values.tolist() == [0, 0, 0, 13800138000, 13800138000]

"""One is the same as many: any list, in any format, in any pieces, gives the decisions of the gate (一与多一致)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import msgspec
import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anning.cli.bench import world
from anning.errors import InvalidFile
from anning.gate.campaign import Campaign
from anning.gate.gate import Gate
from anning.gate.scrub import scrub
from anning.numbers import parse
from anning.registers import events as reg
from anning.tables import open_table, read_numbers
from anning.tables.delimited import Dialect
from anning.tables.numbers import KINDS
from anning.tables.reading import Reading
from anning.tables.writers import Style
from scrub_world import consents, declines, gate_with, rows_of

PEOPLE = [f"1380013{place:04d}" for place in range(8)]
SPELLINGS: list[Callable[[str], str]] = [
    lambda n: n,
    lambda n: f"+86{n}",
    lambda n: f"{n[:3]}-{n[3:7]}-{n[7:]}",
    lambda n: f" {n[:3]} {n[3:7]} {n[7:]}\u3000",
    lambda n: f"{n}.0",
    lambda n: f"{n}/13900139000",
    lambda n: f"{float(n):.2E}",
    lambda n: "".join(chr(ord(digit) + 0xFEE0) for digit in n),
]
number_cells = st.one_of(
    st.builds(lambda n, spell: spell(n), st.sampled_from(PEOPLE), st.sampled_from(SPELLINGS)),
    st.sampled_from(["", "无", "1380013", "95588", "=1+1", "02012345678"]),
)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)
AWKWARD = ['说"好"', "生日,本月", "换行\n备注", "tab\t", ";", "'", "=1+1", "a\r\nb"]
other_cells = st.one_of(words, st.sampled_from(AWKWARD))
Rows = list[tuple[str, str, str]]
HEADER = ("姓名", "手机号", "备注")


def write_text(path: Path, rows: Rows, delimiter: str, encoding: str, newline: str) -> None:
    text = io.StringIO(newline="")
    out = csv.writer(text, delimiter=delimiter, lineterminator=newline)
    out.writerow(HEADER)
    out.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_csv(path: Path, rows: Rows) -> None:
    write_text(path, rows, ",", "utf-8", "\n")


def write_gb18030(path: Path, rows: Rows) -> None:
    write_text(path, rows, ";", "gb18030", "\r\n")


def write_tsv(path: Path, rows: Rows) -> None:
    write_text(path, rows, "\t", "utf-8-sig", "\r\n")


def write_xlsx(path: Path, rows: Rows) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([HEADER, *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)


def write_parquet(path: Path, rows: Rows) -> None:
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    pl.DataFrame(
        {name: pl.Series(column, dtype=pl.String) for name, column in zip(HEADER, columns, strict=True)}
    ).write_parquet(path)


FORMATS = {
    "a.csv": write_csv,
    "b.csv": write_gb18030,
    "c.tsv": write_tsv,
    "d.xlsx": write_xlsx,
    "e.parquet": write_parquet,
}


NUMBERS = [f"+86{number}" for number in PEOPLE]


def gate_of(house: bool) -> Gate:
    """A world with consents, withdrawals and wishes, with or without the operator's own limits."""
    withdrawn = [reg.ConsentWithdrawn(number=number, to=world.SENDER, channel="sms") for number in NUMBERS[:2]]
    limits = [reg.HousePolicySet(on=True)] if house else []
    return gate_with([*consents(NUMBERS[:6]), *limits], [*withdrawn, *declines(NUMBERS[4:7])])


@pytest.fixture(scope="module")
def gates() -> list[Gate]:
    return [gate_of(house=False), gate_of(house=True)]


def one_by_one(gate: Gate, rows: Rows) -> list[str]:
    """The same list through the single door: what goes out is recorded before the next is judged."""
    words = []
    for _, cell, _ in rows:
        parsed = parse(cell)
        if not parsed.valid:
            words.append("bad " + parsed.cause)
            continue
        c = msgspec.structs.replace(world.job(), number=parsed.number)
        seen = gate.observe(c)
        decision = gate.decide_observed(seen)
        words.append(f"{decision.outcome.word} {';'.join(decision.obligations())}")
        if decision.outcome.word in {"allow", "label"}:
            gate.record(c, seen)
    return words


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(other_cells, number_cells, other_cells), max_size=30),
    size=st.integers(1, 40),
    house=st.booleans(),
)
def test_every_format_and_block_size_decides_alike(
    gates: list[Gate], tmp_path: Path, rows: Rows, size: int, house: bool
) -> None:
    while rows and not any(rows[-1]):
        rows.pop()  # a sheet has no blank row behind its last
    gate = gates[house]
    found = {}
    for name, write in FORMATS.items():
        source, out = tmp_path / name, tmp_path / f"out-{name}.csv"
        write(source, rows)
        table = open_table(source, header=True)
        scrub(table, Campaign(gate, world.job()), out, Style.of(out, table), number=1, rows=size)
        results = rows_of(out)
        found[name] = [f"{row[-4]} {row[-3]}" for row in results]
        if name != "d.xlsx":  # a workbook has its own line ends
            assert [tuple(row[:3]) for row in results] == rows
    expected = one_by_one(gate_of(house), rows)
    assert all(words == expected for words in found.values()), found


@settings(max_examples=1000, deadline=None)
@given(
    text=st.text(st.sampled_from('a,"\n\r好 ;'), max_size=40),
    cut=st.integers(1, 12),
    delimiter=st.sampled_from([",", ";"]),
)
@example(text='"a\n",b\n\n"c"",",d\n', cut=1, delimiter=",")
@example(text='a"b,c\nd,e\n', cut=3, delimiter=",")
def test_a_text_in_pieces_is_read_as_the_whole_by_csv(text: str, cut: int, delimiter: str) -> None:
    data = text.encode()
    pieces = [piece.encode() for piece in (text[at : at + cut] for at in range(0, len(text), cut))]
    dialect = Dialect(delimiter)
    whole = _rows(text, delimiter)
    while whole and not whole[-1]:
        whole.pop()
    reading = Reading(iter(pieces), dialect, 3, 1, thing="text")
    left_open = _rows(text + "\nz", delimiter)[-1] != ["z"]
    if left_open and len(whole[-1][-1].rstrip("\r\n").splitlines()) > 1:
        with pytest.raises(InvalidFile):
            list(reading.blocks())
        return
    blocks = list(reading.blocks())
    assert any(block.unclosed for block in blocks) is left_open
    rows = [row for block in blocks for row in block.frame.rows()]
    assert b"".join(pieces) == data
    assert rows == [tuple(_fit(row, delimiter)) for row in whole]


def _rows(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _fit(row: list[str], delimiter: str) -> list[str]:
    row = row or [""]
    if len(row) < 3:
        return row + [""] * (3 - len(row))
    beyond = row[2:]
    while len(beyond) > 1 and not beyond[-1]:
        beyond.pop()
    return [*row[:2], delimiter.join(beyond)]


cells_of_numbers = st.one_of(number_cells, st.text(st.sampled_from("0123456789+- .\u3000８６٣"), max_size=16))


@settings(max_examples=500, deadline=None)
@given(st.lists(cells_of_numbers, max_size=20))
@example(["+8613800138000", "86 13800138000", "0086138001380000", "138-0013-8000 ", "861380013800", "+1380013800"])
@example(["１３８-0013-8000", "٣٣٣٣٣٣٣٣٣٣٣", "1380013800\u0661", "19912345678", "14012345678", "13800138000\n"])
@example([])
def test_a_column_read_at_once_is_every_cell_read_by_itself(cells: list[str]) -> None:
    column = read_numbers(pl.Series(cells, dtype=pl.String))
    one_by_one = [parse(cell) for cell in cells]
    assert [(number, KINDS[kind]) for number, kind in zip(column.numbers, column.kinds, strict=True)] == [
        (parsed.number, parsed.kind) for parsed in one_by_one
    ]
    assert all(column.parsed[place] == parsed for place, parsed in enumerate(one_by_one) if not parsed.valid)
    assert all(parsed == one_by_one[place] for place, parsed in column.parsed.items())

"""Imports looked up where they are: what a file says of a number is found as if each row had been said alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from anning.errors import JournalError, TornSegment
from anning.gate.gate import Gate
from anning.gate.index import CompactIndex
from anning.gate.index.histories import abstract, canonical
from anning.journal import SegmentWriter, rebuild
from anning.journal.envelope import to_microseconds
from anning.registers.events import ConsentGiven, NumberRecycled, WishStated
from anning.registers.histories import subscriber, subscribers
from anning.registers.open import Registers
from anning.registers.segment_columns import TYPES, columns_of_segment
from anning.registers.segment_rows import ROW_KINDS, Imported, unsaid
from anning.registers.stated import Stated, told
from anning.registers.statements import SUBSCRIBER_EVENTS, Subscriber, fold

from .conftest import NOW, Open

CHANCE = random.Random(20261126)
ODD = ["010-62345678", "+852 2345 6789", "+1 202 456 1111"]
"""Numbers that are no mainland mobiles."""


def numbers(count: int) -> list[str]:
    """Some of them several times, in no order."""
    return [f"1{CHANCE.choice('3589')}8{CHANCE.randrange(count):08}" for _ in range(count)] + ODD


DAYS = [f"2026-{month:02d}-15 08:00" for month in (*range(1, 10), 1, 5, 9)]
"""Before and after what the lists say."""


@pytest.fixture
def lists(registers: Registers, tmp_path: Path) -> Registers:
    """Two lists and single statements before, between and after them, some about the same numbers."""
    wishes, consents = numbers(60), numbers(60)
    consents[:20] = wishes[:20]
    rows = [
        f"{number},{CHANCE.choice(['decline', 'accept'])},{CHANCE.choice(['', '金融', '金融、教育'])}"
        for number in wishes
    ]
    (tmp_path / "wishes.csv").write_text("\n".join(["phone,says,trades", *rows]), encoding="utf-8")
    rows = [
        f"{number},{CHANCE.choice(['bank', 'shop'])},2026-0{month}-01 09:30,{CHANCE.choice(['', '2026-10-01'])},yes"
        for number in consents
        for month in (CHANCE.randrange(1, 9),)
    ]
    (tmp_path / "consents.csv").write_text("\n".join(["phone,to,at,withdrawn,confirmed", *rows]), encoding="utf-8")
    registers.write(WishStated(number=wishes[0], says="decline"), actor="test", at=NOW - timedelta(days=900))
    registers.take(tmp_path / "wishes.csv", "wish", actor="test", defaults={"channel": "sms"})
    registers.write(ConsentGiven(number=wishes[1], to="bank"), actor="test")
    registers.take(tmp_path / "consents.csv", "consent", actor="test")
    registers.write(NumberRecycled(number=wishes[2]), actor="test", at=NOW - timedelta(days=100))
    fresh = [f"{number},{day}" for number, day in zip([*wishes[3:9], *consents[30:36]], DAYS, strict=True)]
    (tmp_path / "recycled.csv").write_text("\n".join(["phone,at", *fresh]), encoding="utf-8")
    registers.take(tmp_path / "recycled.csv", "recycling", actor="test")
    return registers


def folded(registers: Registers, until: int) -> dict[str, Subscriber]:
    """Every history from the journal alone."""
    histories: dict[str, Subscriber] = {}
    for position, at, said in registers.events():
        if position <= until and isinstance(said, SUBSCRIBER_EVENTS):
            number = said.number  # type: ignore[attr-defined]
            histories[number] = fold(histories.get(number), said, at, position)
    return histories


def imports(registers: Registers) -> Iterator[Imported]:
    return (one for one in told(registers.store.excerpts()) if isinstance(one, Imported))


def test_histories_are_those_of_the_journal_at_every_position(lists: Registers) -> None:
    everybody = [*folded(lists, 10**9), "+8619900000000"]
    with lists.store.read() as connection:
        for until in range(lists.store.head().position + 1):
            expected = folded(lists, until)
            assert subscribers(connection, everybody, until) == expected
        for number in everybody:
            assert subscriber(connection, number)[0] == expected.get(number)


def test_rows_by_columns_are_the_statements(lists: Registers) -> None:
    for event in imports(lists):
        row_kind = event.payload["row_kind"]
        frames = list(columns_of_segment(event, lists.store.segments))
        frame = pl.concat(frames)
        assert dict(frame.schema) == dict(TYPES[row_kind])
        assert frame["number"].is_sorted()
        assert frame["line"].sort().to_list() == list(range(frame.height))
        table = ROW_KINDS[row_kind]
        alike = [
            Stated(
                event.position,
                NOW.fromtimestamp(0, NOW.tzinfo) + timedelta(microseconds=row["at"]),
                table.payload(
                    [f"+{row['number']}" if column.name == "number" else row[column.name] for column in table.columns]
                ),
            )
            for row in frame.to_dicts()
        ]
        said = [one for one in told(lists.store.excerpts()) if isinstance(one, Imported) and one == event]
        assert said == [event]
        rows = [one for one in lists.events() if one.position == event.position and isinstance(one.payload, table.kind)]
        assert alike == rows
        mobiles = [row["number"] - 8_600_000_000_000 for row in frame.to_dicts() if row["mobile"]]
        assert mobiles == [row["mobile"] for row in frame.to_dicts() if row["mobile"]]
        if row_kind == "recycling":
            continue
        assert frame.filter(pl.col("mobile") == 0)["number"].to_list() == sorted(
            [12024561111, 85223456789, 861062345678]
        )
        some = pl.concat(columns_of_segment(event, lists.store.segments, {"channel"}))
        assert some.equals(frame.select("channel"))


def test_an_index_that_is_lost_or_anothers_is_made_again(lists: Registers, open_again: Open) -> None:
    folder = lists.store.segments
    everybody = list(folded(lists, 10**9))
    with lists.store.read() as connection:
        before = subscribers(connection, everybody)
    first, second, third = sorted(folder.glob("*.index"))
    first.unlink()
    second.write_bytes(second.read_bytes()[:-9])
    forget_opened()
    with lists.store.read() as connection:
        assert subscribers(connection, everybody) == before
    assert {first, second, third} == set(folder.glob("*.index"))
    first.write_bytes(second.read_bytes())
    forget_opened()
    with lists.store.read() as connection:
        assert subscribers(connection, everybody) == before


def test_a_file_that_is_gone_or_cut_answers_nobody(lists: Registers) -> None:
    whole = {path: path.read_bytes() for path in lists.store.segments.glob("*.parquet")}
    for path, content in whole.items():
        for left in (None, content[:-1]):
            path.unlink()
            if left is not None:
                path.write_bytes(left)
            with pytest.raises(TornSegment), lists.store.read() as connection:
                subscribers(connection, ["+8613800138000"])
            path.write_bytes(content)
        event = next(one for one in imports(lists) if one.payload["file"] == path.name)
        path.write_bytes(content[:60] + bytes([content[60] ^ 1]) + content[61:])
        with pytest.raises(TornSegment):
            next(columns_of_segment(event, lists.store.segments))
        lists.close()
        with pytest.raises(TornSegment):
            rebuild(lists.store)
        path.write_bytes(content)
    assert rebuild(lists.store) == lists.store.head().position


def test_imports_of_an_earlier_version_stand_in_the_tables(registers: Registers) -> None:
    """Rows as they came, the number as text: as segments were before they were looked up."""
    frame = pl.DataFrame(
        {
            "number": ["+8613800138009", "+861062345678", "+8613800138001"],
            "says": ["decline", "accept", "decline"],
            "at": [None, to_microseconds(NOW - timedelta(days=3)), None],
        }
    )
    SegmentWriter(registers.store, registers.writer).write(
        [frame],
        row_kind="wish",
        source="a" * 64,
        tenant="anning",
        actor="test",
        at=NOW,
        details={"defaults": {name: cell for name, cell in unsaid("wish").items() if name not in frame.columns}},
    )
    everybody = frame["number"].to_list()
    with registers.store.read() as connection:
        assert connection.raw.execute("SELECT COUNT(*) FROM wishes").fetchone() == (3,)
        assert subscribers(connection, everybody) == folded(registers, 10**9)
    (event,) = imports(registers)
    columns = pl.concat(columns_of_segment(event, registers.store.segments))
    assert columns["number"].to_list() == [int(number[1:]) for number in everybody]
    assert columns["mobile"].to_list() == [13800138009, 0, 13800138001]
    assert columns["line"].to_list() == [0, 1, 2]
    assert columns["at"].null_count() == 0


def test_what_rows_mean_by_a_column_they_lack_must_be_said(lists: Registers) -> None:
    event = next(imports(lists))
    silent = event._replace(payload={**event.payload, "details": {}})
    with pytest.raises(JournalError, match="channel"):
        next(columns_of_segment(silent, lists.store.segments))


def forget_opened() -> None:
    """As a process that starts has opened nothing yet."""
    from anning.registers import segment_lookup

    segment_lookup._opened.clear()


def test_a_compact_index_takes_lists_in_as_they_were_said(lists: Registers) -> None:
    store = lists.store

    def asked(some: Sequence[str], position: int) -> dict[str, Subscriber]:
        with store.read() as connection:
            return subscribers(connection, some, position)

    index = CompactIndex.empty(histories=asked)
    Gate(index=index, segments=store.database.segments).follow(store.excerpts(), log_id=store.log_id)
    for number, full in folded(lists, 10**9).items():
        of = abstract(full)
        for org in ("bank", "shop", "nobody"):
            pairs = {org: of.pairs[org]} if org in of.pairs else {}
            expected = canonical(of.general, pairs) if of.general or pairs else None
            assert index.subscriber(number, (org,)) == expected

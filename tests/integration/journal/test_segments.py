"""Bulk imports: one event for millions of rows, twice is once, and nothing torn is believed."""

from __future__ import annotations

import hashlib
import hmac
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from anning.errors import Conflict, InvalidFile, InvalidInput, JournalError, TornSegment, Unavailable
from anning.journal import Event, SegmentWriter, Store, Writer, leaf_hash, read_segment, rebuild
from anning.journal.folders import make_folder
from anning.journal.merkle import root
from anning.journal.segment_files import BATCH, canonical_rows, row_leaves, row_salt
from journal_world import AT, Note, create, tables

SAID = {"row_kind": "number", "source": "5" * 64, "tenant": "cmcc", "actor": "ops", "at": AT}


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    with create(database_url, segments=tmp_path / "segments") as store:
        yield store


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    with create(f"sqlite:///{tmp_path / 'anning.db'}") as store:
        yield store


def numbers(count: int, step: int = 50_000) -> Iterator[pl.DataFrame]:
    for start in range(0, count, step):
        yield pl.DataFrame({"number": range(13_000_000_000 + start, 13_000_000_000 + min(start + step, count))})


def imported(store: Store, frames: Any, **other: Any) -> Event:
    with Writer.acquire(store) as writer:
        return SegmentWriter(store, writer).write(frames, **{**SAID, **other})


def test_an_import_is_one_event_and_all_its_rows(store: Store) -> None:
    event = imported(store, numbers(70_000), details={"channel": "sms"})
    assert (event.position, event.kind, event.payload["rows"]) == (1, "segment", 70_000)
    assert event.payload["details"] == {"channel": "sms"}
    assert len(event.payload["roots"]) == 2
    frames = list(read_segment(event, store.segments))
    assert [frame.height for frame in frames] == [BATCH, 70_000 - BATCH]
    assert pl.concat(frames)["number"].equals(pl.concat(numbers(70_000))["number"])
    before = tables(store)
    assert len(before["imported"]) == 70_000
    rebuild(store)
    assert tables(store) == before


def test_twice_is_once(store: Store) -> None:
    first = imported(store, numbers(1_000))
    again = imported(store, numbers(1_000))
    assert again == first
    assert store.head().position == 1
    with pytest.raises(Conflict):
        imported(store, numbers(1_000), details={"channel": "call"})
    files = sorted(path.name for path in store.segments.iterdir() if path.suffix == ".parquet")
    assert files == [first.payload["file"]]


def test_a_file_no_event_names_is_swept_by_the_next_import(store: Store, tmp_path: Path) -> None:
    """As after a kill between the rename and the event: whole, ours, and never mentioned."""
    first = imported(store, numbers(10))
    path = store.segments / first.payload["file"]
    metadata = {name: text for name, text in pl.read_parquet_metadata(path).items() if name.startswith("anning")}
    orphan = {**metadata, "anning.key": "segment:number:" + "7" * 64}
    pl.read_parquet(path).write_parquet(store.segments / "number-orphan.parquet", metadata=orphan)
    pl.read_parquet(path).write_parquet(
        store.segments / "number-other.parquet", metadata={**orphan, "anning.log": "another log"}
    )
    (store.segments / "strangers.parquet").write_bytes(b"not ours")
    second = imported(store, [pl.DataFrame({"number": [1]})], source="8" * 64)
    kept = {"number-other.parquet", "strangers.parquet"}
    assert files_in(store) == {first.payload["file"], second.payload["file"]} | kept


def test_every_new_folder_is_flushed_into_the_one_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    flush = os.fsync

    def noted(descriptor: int) -> None:
        flushed.append(os.fstat(descriptor).st_ino)
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    make_folder(tmp_path / "a" / "b" / "c")
    assert flushed == [path.stat().st_ino for path in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")]
    make_folder(tmp_path / "a" / "b" / "c")
    assert len(flushed) == 3
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable):
        make_folder(tmp_path / "file" / "below")


def test_another_tenant_or_kind_is_another_import(sqlite_store: Store) -> None:
    # The views of this world keep a number once, so each import brings its own.
    first = imported(sqlite_store, numbers(10))
    second = imported(sqlite_store, [pl.DataFrame({"number": [1]})], tenant="cucc")
    third = imported(sqlite_store, [pl.DataFrame({"number": [2]})], row_kind="other")
    assert len({event.payload["file"] for event in (first, second, third)}) == 3


def files_in(store: Store) -> set[str]:
    return {path.name for path in store.segments.iterdir() if not path.name.startswith(".")}


def test_an_import_the_views_refuse_leaves_no_event_and_no_file(store: Store) -> None:
    first = imported(store, numbers(10))
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        imported(store, numbers(10), source="6" * 64)
    assert files_in(store) == {first.payload["file"]}
    assert store.head().position == 1
    assert len(tables(store)["imported"]) == 10


def test_a_source_that_fails_half_way_leaves_no_event(sqlite_store: Store) -> None:
    def half() -> Iterator[pl.DataFrame]:
        yield from numbers(70_000)
        raise InvalidFile("第 70001 行有误", "row 70001 is wrong", thing="list.csv")

    with pytest.raises(InvalidFile) as refused:
        imported(sqlite_store, half())
    assert refused.value.thing == "list.csv"
    assert sqlite_store.head().position == 0
    assert imported(sqlite_store, numbers(70_001)).payload["rows"] == 70_001
    assert list(sqlite_store.segments.glob("*.part")) == []


def test_an_empty_import_is_ordinary(sqlite_store: Store) -> None:
    event = imported(sqlite_store, [pl.DataFrame(schema={"number": pl.Int64})])
    assert event.payload["rows"] == 0
    assert list(read_segment(event, sqlite_store.segments)) == []


@pytest.mark.parametrize(
    ("frames", "rule"),
    [
        ([], "not-empty"),
        ([pl.DataFrame({"number": [1.5]})], "plain-column"),
        ([pl.DataFrame({"号码": [1]})], "plain-column"),
        ([pl.DataFrame({"number": [2**53]})], "exact-number"),
        ([pl.DataFrame({"number": [1]}), pl.DataFrame({"number": ["1"]})], "one-schema"),
    ],
    ids=["nothing", "float", "name", "too large", "two schemas"],
)
def test_rows_that_cannot_be_kept_are_refused(sqlite_store: Store, frames: list[pl.DataFrame], rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        imported(sqlite_store, frames)
    assert refused.value.rule == rule
    assert sqlite_store.head().position == 0


def test_a_missing_file_is_torn(sqlite_store: Store) -> None:
    event = imported(sqlite_store, numbers(10))
    (sqlite_store.segments / event.payload["file"]).unlink()
    with pytest.raises(TornSegment):
        next(read_segment(event, sqlite_store.segments))
    with pytest.raises(TornSegment):
        rebuild(sqlite_store)
    assert len(tables(sqlite_store)["imported"]) == 10


def test_any_flipped_bit_is_found(sqlite_store: Store) -> None:
    event = imported(sqlite_store, numbers(200))
    path = sqlite_store.segments / event.payload["file"]
    whole = path.read_bytes()
    chance = random.Random(20260301)
    for _ in range(50):
        torn = bytearray(whole)
        torn[chance.randrange(len(torn))] ^= 1 << chance.randrange(8)
        path.write_bytes(torn)
        with pytest.raises(TornSegment):
            next(read_segment(event, sqlite_store.segments))
    path.write_bytes(whole[:-1])
    with pytest.raises(TornSegment):
        next(read_segment(event, sqlite_store.segments))


def test_rows_other_than_the_roots_say_are_found_even_under_a_right_sha256(sqlite_store: Store) -> None:
    event = imported(sqlite_store, numbers(200))
    path = sqlite_store.segments / event.payload["file"]
    metadata = {name: text for name, text in pl.read_parquet_metadata(path).items() if name.startswith("anning")}
    pl.read_parquet(path).with_columns(pl.col("number") + 1).write_parquet(path, metadata=metadata)
    event.payload["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(TornSegment, match="root"):
        next(read_segment(event, sqlite_store.segments))


def test_the_root_is_what_a_stranger_makes_of_the_file(sqlite_store: Store) -> None:
    event = imported(sqlite_store, [pl.DataFrame({"number": [7, 8, 9], "by": ["短信", 'say "no"', None]})])
    path = sqlite_store.segments / event.payload["file"]
    secret = bytes.fromhex(pl.read_parquet_metadata(path)["anning.secret"])
    leaves = []
    for number, row in enumerate(pl.read_parquet(path).to_dicts()):
        salt = hmac.new(secret, number.to_bytes(8, "big"), "sha256").digest()[:16]
        opened = hashlib.sha256(salt + rfc8785.dumps(row)).digest()
        leaves.append(hashlib.sha256(b"\x00" + opened).digest())
    assert event.payload["roots"] == [root(leaves).hex()]
    assert secret.hex() not in str(event)


@given(st.binary(min_size=32, max_size=32), st.lists(st.binary(max_size=80), max_size=20), st.integers(0, 2**40))
def test_a_rows_leaf_is_made_as_an_events_is(secret: bytes, rows: list[bytes], first: int) -> None:
    expected = [leaf_hash(row_salt(secret, number), row) for number, row in enumerate(rows, first)]
    assert list(row_leaves(rows, secret, first)) == expected


@given(
    st.lists(
        st.tuples(
            st.none() | st.text(),
            st.none() | st.booleans(),
            st.none() | st.integers(-(2**53) + 1, 2**53 - 1),
        ),
        max_size=20,
    )
)
def test_rows_are_written_as_rfc_8785_says(rows: list[tuple[Any, ...]]) -> None:
    schema = {"words": pl.String, "flag": pl.Boolean, "amount": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    assert canonical_rows(frame) == [rfc8785.dumps(row) for row in frame.to_dicts()]


def test_without_a_folder_there_are_no_segments(new_database: Any, tmp_path: Path, postgres_server: str) -> None:
    url = new_database("postgresql")
    with create(url, segments=tmp_path) as store:
        event = imported(store, numbers(3))
    with create(url) as store, Writer.acquire(store) as writer:
        with pytest.raises(JournalError):
            SegmentWriter(store, writer).write(numbers(3), **SAID)  # type: ignore[arg-type]
        note = Note("a", "x", key="1")
        assert writer.write(note, **note.say(), timeout=60).first == 2
    with pytest.raises(JournalError):
        next(read_segment(event, None))

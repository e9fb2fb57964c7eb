"""What makes segments fast says what the plain way says: hashing in lanes, order by runs, the index, moments."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anning.journal import merkle
from anning.journal.lanes import batch_root as root_in_lanes
from anning.journal.segment_files import BATCH, batch_root, cut, row_leaves
from anning.journal.segment_index import IndexWriter, open_index
from anning.journal.segment_order import LINE, in_order
from anning.registers import columns
from anning.registers.moments import spelled_moments

SHA256 = "5" * 64


@settings(deadline=None)
@given(
    rows=st.lists(st.binary(max_size=200), min_size=1, max_size=70),
    secret=st.binary(min_size=32, max_size=32),
    first=st.integers(0, 2**40),
)
def test_lanes_hash_as_hashlib_does(rows: list[bytes], secret: bytes, first: int) -> None:
    lengths = np.array([len(row) for row in rows])
    expected = merkle.root(row_leaves(rows, secret, first))
    assert root_in_lanes(b"".join(rows), lengths, secret, first) == expected


@pytest.mark.parametrize("length", [0, 38, 39, 40, 47, 48, 49, 103, 104, 111, 112])
def test_lanes_at_the_edges_of_blocks(length: int) -> None:
    for count in (1, 2, 15, 16, 17, 33):
        rows = [bytes([n]) * length for n in range(count)]
        lengths = np.array([length] * count)
        expected = merkle.root(row_leaves(rows, b"s" * 32, 7))
        assert root_in_lanes(b"".join(rows), lengths, b"s" * 32, 7) == expected


def test_a_batch_has_one_root_however_it_is_hashed() -> None:
    frame = pl.DataFrame({"number": range(BATCH), "words": ["短信", 'say "no"', None, ""] * (BATCH // 4)})
    rows = [str(row).encode() for row in frame.select(pl.struct("number", "words").struct.json_encode()).to_series()]
    assert batch_root(frame, b"s" * 32, BATCH) == merkle.root(row_leaves(rows, b"s" * 32, BATCH))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    frames=st.lists(st.lists(st.integers(0, 2**53 - 1) | st.integers(0, 9), max_size=9), min_size=1, max_size=9),
    run=st.integers(1, 20),
)
def test_order_by_runs_is_order(tmp_path: Path, frames: list[list[int]], run: int) -> None:
    given_frames = [pl.DataFrame({"number": frame}, schema={"number": pl.Int64}) for frame in frames]
    ordered = pl.concat(in_order(given_frames, "number", tmp_path / "x.part", run))
    everything = [number for frame in frames for number in frame]
    assert ordered["number"].to_list() == sorted(everything)
    assert sorted(ordered[LINE]) == list(range(len(everything)))
    assert [everything[line] for line in ordered[LINE]] == sorted(everything)
    assert list(tmp_path.iterdir()) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.integers(0, 2**53 - 1) | st.integers(0, 40), max_size=40).map(sorted),
    asked=st.lists(st.integers(0, 2**53 - 1) | st.integers(0, 40), max_size=20),
    height=st.integers(1, 7),
    kept=st.booleans(),
)
def test_the_index_finds_what_a_search_finds(
    tmp_path: Path, values: list[int], asked: list[int], height: int, kept: bool
) -> None:
    frame = pl.DataFrame({"number": values}, schema={"number": pl.Int64})
    segment = tmp_path / "s.parquet"
    frame.write_parquet(segment)
    writer = IndexWriter(segment, "number")
    for piece in cut([frame], height):
        writer.add(piece)
    writer.finish(SHA256)
    if not kept:
        (tmp_path / "s.parquet.index").unlink()
    index = open_index(segment, SHA256, "number")
    wanted = np.array([*asked, *values[:5]], dtype=np.int64)
    first, after = index.find(wanted)
    counts = (after - first).tolist()
    assert counts == [values.count(number) for number in wanted.tolist()]
    assert all(values[place] == number for place, number, n in zip(first, wanted, counts, strict=True) if n)


def spellings() -> list[str]:
    """Moments as lists have them, and what looks like one."""
    chance = random.Random(7)
    moments = [datetime(1985, 1, 1) + timedelta(seconds=chance.randrange(2 * 10**9)) for _ in range(400)]  # noqa: DTZ001
    moments += [datetime(1986, month, day, h, 30) for month, day in ((5, 4), (9, 14)) for h in range(24)]  # noqa: DTZ001
    texts = []
    for at in moments:
        y, mo, d, h, mi, s = at.year, at.month, at.day, at.hour, at.minute, at.second
        texts += [
            f"{at:%Y-%m-%d %H:%M:%S}",
            f"{at:%Y-%m-%dT%H:%M}",
            f"{y}/{mo}/{d} {h}:{mi:02}",
            f"{y}-{mo}-{d} {h}:{mi:02}:{s:02}",
            at.replace(tzinfo=UTC, microsecond=chance.randrange(10**6)).isoformat(),
            f"{at:%Y-%m-%d %H:%M:%S}+05:30",
        ]
    return [
        *texts,
        *(
            "",
            " ",
            "2026-02-30 10:00",
            "2026-03-01 24:00",
            "2026-03-01 10:60",
            "2026-03-01 10:00:60",
            "２０２６-03-01 10:00",
        ),
        *("2026-03-01", "2026-03-01T10:00:00Z", "2026-03-01 10:00:00 ", "2026-03-01  10:00", "0000-01-01 10:00", "x"),
        *("2026-03-01 10:00:00+25:00", "2026-03-01 10:00:00+08:60", "2026-13-01 10:00", "2026-00-10 10:00"),
    ]


def test_moments_read_at_once_are_those_read_one_by_one() -> None:
    texts = spellings()
    found = spelled_moments(pl.Series(texts, dtype=pl.String)).to_list()
    for text, at_once in zip(texts, found, strict=True):
        if at_once is not None:
            assert columns.moment(text) == at_once == columns.last_moment(text), text
    assert sum(at_once is not None for at_once in found) > 0.45 * len(texts)

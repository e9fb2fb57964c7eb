"""No whole phone number reaches the operational log."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from anning import logs
from anning.journal import Entry, MemoryJournal


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("info", stream)
    yield stream
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13800138000", "138****8000"),
        ("+8613800138000", "+86138****8000"),
        ("008613800138000", "0086138****8000"),
        ("138 0013 8000", "138****8000"),
        ("138-0013-8000", "138****8000"),
        ("号码13800138000已退订，另有19912345678。", "号码138****8000已退订，另有199****5678。"),
        ("010-62345678", "01****78"),
        ("(010) 6234 5678 转 803", "(01****78 转 803"),
        ("+1 415-555-0132", "+14****32"),
        ("12800138000", "12****00"),
        ("order 1380013800012", "order 138****012"),
        ("10690013800138000", "1069****8000"),
        ("6234567", "6****7"),
        ("623456", "623456"),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01T09:30:00.123456Z", "2026-03-01T09:30:00.123456Z"),
        ("2026-03-01 09:30:00+08:00 01062345678", "2026-03-01 09:30:00+08:00 01****78"),
    ],
)
def test_numbers_are_masked(text: str, masked: str) -> None:
    assert logs.mask(text) == masked


@given(
    st.integers(13_000_000_000, 19_999_999_999), st.text("号 ,，.:/x", max_size=5), st.text("号 ,，.:/x", max_size=5)
)
def test_no_mobile_number_survives(number: int, before: str, after: str) -> None:
    assert str(number) not in logs.mask(f"{before}{number}{after}")


@given(
    st.from_regex(r"0[1-9][0-9]{1,2}[- ]?[2-8][0-9]{6,7}", fullmatch=True), st.sampled_from(["", "号码", " x:", "("])
)
def test_no_fixed_line_survives(number: str, before: str) -> None:
    shown = logs.mask(f"{before}{number}")
    assert number not in shown
    assert sum(character.isdecimal() for character in shown) <= 6


def test_it_is_masked_wherever_it_stands(lines: io.StringIO) -> None:
    structlog.get_logger().info(
        "import 13800138000", number=13800138000, row={"号码": ["13800138000", ("13800138000",)]}, rows=3, ok=True
    )
    said = json.loads(lines.getvalue())
    assert "13800138000" not in lines.getvalue()
    assert said["event"] == "import 138****8000"
    assert said["number"] == "138****8000"
    assert said["row"] == {"号码": ["138****8000", ["138****8000"]]}
    assert (said["rows"], said["ok"], said["level"]) == (3, True, "info")


def test_a_traceback_is_masked_too(lines: io.StringIO) -> None:
    try:
        int("number 13800138000")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "13800138000" not in lines.getvalue()
    assert "138****8000" in lines.getvalue()


def test_a_traceback_shows_no_variables(lines: io.StringIO) -> None:
    def take(number: str, words: str) -> None:
        secret = bytes(range(16))
        raise RuntimeError(f"cannot take {number[:3]}", len(words), len(secret))

    try:
        take("010-62345678", "private words")
    except RuntimeError:
        structlog.get_logger().exception("failed")
    said = lines.getvalue()
    assert "test_logs.py" in said
    assert '"name": "take"' in said
    assert "62345678" not in said
    assert "private words" not in said
    assert "secret" not in said


def test_places_in_the_journal_are_kept(lines: io.StringIO) -> None:
    structlog.get_logger().info("told", first=12345678, last=12345699, count=13800138000, ratio=0.123456789)
    said = json.loads(lines.getvalue())
    assert (said["first"], said["last"], said["ratio"]) == (12345678, 12345699, 0.123456789)
    assert said["count"] == "138****8000"
    assert said["timestamp"].endswith("Z")
    assert "*" not in said["timestamp"]


def test_an_event_shows_neither_what_it_says_nor_its_salt() -> None:
    entry = Entry("wish", {"number": "+8613800138000"}, "cmcc", "ops", datetime(2026, 3, 1, tzinfo=UTC), "key-1")
    event = MemoryJournal(salts=lambda: b"sixteen bytes...").append([entry])[0]
    for shown in (repr(event), str(event), f"{[event]}", repr(event.__rich_repr__())):
        assert "memory:1" in shown
        assert "13800138000" not in shown
        assert "sixteen" not in shown


def test_what_is_below_the_level_is_not_written(lines: io.StringIO) -> None:
    structlog.get_logger().debug("quiet")
    assert lines.getvalue() == ""

"""No whole phone number reaches the operational log."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from anning import logs


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
        ("12800138000", "12800138000"),
        ("order 1380013800012", "order 1380013800012"),
        ("10690013800138000", "10690013800138000"),
        ("2026-03-01T09:30:00", "2026-03-01T09:30:00"),
    ],
)
def test_mobile_numbers_are_masked(text: str, masked: str) -> None:
    assert logs.mask(text) == masked


@given(
    st.integers(13_000_000_000, 19_999_999_999), st.text("号 ,，.:/x", max_size=5), st.text("号 ,，.:/x", max_size=5)
)
def test_no_mobile_number_survives(number: int, before: str, after: str) -> None:
    assert str(number) not in logs.mask(f"{before}{number}{after}")


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


def test_what_is_below_the_level_is_not_written(lines: io.StringIO) -> None:
    structlog.get_logger().debug("quiet")
    assert lines.getvalue() == ""

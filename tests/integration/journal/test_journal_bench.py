"""The journal's benchmark measures what it says it does, on both databases, and reports it whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from anning.cli.bench.journal import PARTS, as_markdown, measure


@pytest.mark.postgres
def test_every_part_is_measured_and_told(new_database: Callable[[str], str], tmp_path: Path) -> None:
    report = measure(tmp_path, new_database("postgresql"), 400, 1_000, 16, frozenset(PARTS))
    for name in ("SQLite", "PostgreSQL"):
        measured = report["databases"][name]
        assert measured["changes"]["count"] == measured["feed"]["count"] == 400
        assert 1 <= measured["changes"]["changes_per_commit"] <= 16
        assert 0 <= measured["feed"]["latency_ms"]["p50"] <= measured["feed"]["latency_ms"]["p99_9"]
        # Organisations; the changes of many with a thread and without, and of one; those of the feed.
        assert measured["tail"]["count"] == 1_000 + 400 + 400 + 400 + 400
    assert [(one["row_kind"], one["rows"], one["found"]) for one in report["imports"]] == [
        ("wish", 1_000, 1_000),
        ("consent", 1_000, 1_000),
    ]
    told = as_markdown(report)
    assert "| SQLite | PostgreSQL |" in told
    assert all(title in told for title in ("so many times as fast", "feed at 2,000", "tail", "share of polars"))

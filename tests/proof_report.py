"""Writes what a long run found: `--proof-report FILE` makes one Markdown table, with the commit it was made at.

A test says its figures with `record_property("mutants", "412 planted, 412 caught")`.
"""

from __future__ import annotations

import platform
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proof-report", default="", help="write the figures of this run to a Markdown file")


class Report:
    """Collects outcome, seconds and figures of every test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.began = time.monotonic()
        self.rows: list[tuple[str, str, float, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or (report.when == "setup" and report.outcome != "passed"):
            figures = "; ".join(f"{name}: {value}" for name, value in report.user_properties)
            self.rows.append((report.nodeid, report.outcome, report.duration, figures))

    def pytest_sessionfinish(self) -> None:
        if not self.rows:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self._text(), encoding="utf-8")

    def _text(self) -> str:
        passed = sum(row[1] == "passed" for row in self.rows)
        changed = bool(_git("status", "--porcelain"))
        lines = [
            "# Long proofs · 长程验证",
            "",
            f"- commit: `{_git('rev-parse', 'HEAD')}`" + (" (with uncommitted changes)" if changed else ""),
            f"- date: {datetime.now(UTC):%Y-%m-%d}",
            f"- Python {platform.python_version()}, {platform.system()}",
            f"- {passed} of {len(self.rows)} passed in {time.monotonic() - self.began:.0f} s",
            "",
            "| proof | outcome | seconds | figures |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| `{name}` | {outcome} | {seconds:.1f} | {figures} |"
            for name, outcome, seconds, figures in sorted(self.rows)
        ]
        return "\n".join(lines) + "\n"


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--proof-report")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Report(Path(path)), "anning-proof-report")


def _git(*words: str) -> str:
    arguments: Sequence[str] = ("git", *words)
    return subprocess.run(arguments, capture_output=True, text=True, check=False).stdout.strip()

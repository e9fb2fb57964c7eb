"""Lists whose last quote is never closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from anning.errors import InvalidFile
from anning.registers.open import Registers

ROWS = "手机号,渠道,时间,意愿,备注\n13800138001,短信,2026-10-01,谢绝,\n"


def test_a_row_cut_off_within_quotes_is_returned_with_its_cause(registers: Registers, tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_text(ROWS + '13800138002,短信,2026-10-01,谢绝,"本', encoding="utf-8")
    report = registers.take(path, "wish", actor="test", good_rows=True)
    assert report.rows == 1
    assert [(bad.row, bad.column) for bad in report.bad] == [(3, "number")]
    assert "quote" in report.bad[0].en


def test_a_quote_that_swallows_rows_is_refused_with_its_line(registers: Registers, tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text(
        ROWS + '13800138002,短信,2026-10-01,谢绝,"本\n13800138003,短信,2026-10-01,谢绝,\n', encoding="utf-8"
    )
    with pytest.raises(InvalidFile, match="line 3"):
        registers.take(path, "wish", actor="test", good_rows=True)

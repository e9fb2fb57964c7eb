"""Formulas of a workbook that nobody calculated: their cells have no value, only the formula's text (未计算的公式).

Programs that write workbooks without a spreadsheet behind them leave formulas so. The readers of cells' values show
such a cell as blank; here it keeps its text, as the same cell has it in a CSV file.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_CELL: Final = re.compile(
    rb'<c\s[^>]*?r="([A-Z]{1,3})(\d+)"[^>]*>\s*<f[^>/]*>([^<]+)</f>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)

Formulas = dict[int, list[tuple[int, str]]]
"""By row from 0, the columns from 0 with the formula's text, an equals sign before it."""


def uncalculated(markup: bytes) -> Formulas:
    """The formulas among the rows of a sheet that have no value."""
    found: Formulas = {}
    if b"<f" in markup:
        for cell in _CELL.finditer(markup):
            text = "=" + unescape(cell[3].decode("utf-8", "replace"))
            found.setdefault(int(cell[2]) - 1, []).append((_column(cell[1].decode()), text))
    return found


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1

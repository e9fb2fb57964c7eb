"""Formulas of a workbook that nobody calculated: their cells have no value, only the formula's text (未计算的公式).

Programs that write workbooks without a spreadsheet behind them leave formulas so. The readers of cells' values show
such a cell as blank; here it keeps its text, as the same cell has it in a CSV file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Final

_WINDOW: Final = 1 << 20
_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_NAME: Final = re.compile(r'\sname="([^"]*)"')
_ID: Final = re.compile(r'\s\w+:id="([^"]*)"')
_RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_RELATION_ID: Final = re.compile(r'\sId="([^"]*)"')
_TARGET: Final = re.compile(r'\sTarget="([^"]*)"')
_CELL: Final = re.compile(
    rb'<c\s[^>]*?r="([A-Z]{1,3})(\d+)"[^>]*>\s*<f[^>/]*>([^<]+)</f>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)

Formulas = dict[int, list[tuple[int, str]]]
"""By row from 0, the columns from 0 with the formula's text, an equals sign before it."""


def uncalculated(path: Path, sheet: str) -> Formulas:
    """The formulas of a sheet that have no value."""
    found: Formulas = {}
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as book:
        part = _part_of(book, sheet)
        if part is None:
            return found
        for cell in _matches(book, part):
            text = "=" + unescape(cell[3].decode("utf-8", "replace"))
            found.setdefault(int(cell[2]) - 1, []).append((_column(cell[1].decode()), text))
    return found


def _part_of(book: zipfile.ZipFile, sheet: str) -> str | None:
    parts = set(book.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts:
        return None
    targets: dict[str, str] = {}
    for relation in _RELATION.findall(book.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")):
        key, target = _RELATION_ID.search(relation), _TARGET.search(relation)
        if key and target:
            targets[key[1]] = target[1]
    for entry in _SHEET.findall(book.read("xl/workbook.xml").decode("utf-8", "replace")):
        name, key = _NAME.search(entry), _ID.search(entry)
        if name and key and unescape(name[1]) == sheet and key[1] in targets:
            place: str = targets[key[1]]
            part = place.lstrip("/") if place.startswith("/") else f"xl/{place}"
            return part if part in parts else None
    return None


def _matches(book: zipfile.ZipFile, part: str) -> Iterator[re.Match[bytes]]:
    """Cells with a formula and no value, in a window that moves over the sheet from row to row."""
    rest = b""
    with book.open(part) as file:
        while window := file.read(_WINDOW):
            data = rest + window
            end = data.rfind(b"</row>") + 1
            if b"<f" in data:
                yield from _CELL.finditer(data, 0, end)
            rest = data[end:]
        yield from _CELL.finditer(rest)


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1

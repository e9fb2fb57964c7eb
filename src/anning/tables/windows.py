"""A sheet in windows of rows (分段读取): each is given to the reader as a small workbook of its own.

The library that knows what a cell holds loads a sheet whole. So that memory does not grow with the sheet, it is cut
before a row that says its number, and each piece is read with the workbook's own strings and styles. What cannot be
cut (other formats than XLSX, rows without numbers) is read whole.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import python_calamine as calamine

from anning.tables.block import Cell
from anning.tables.formulas import Formulas, uncalculated

FIRST: Final = 1 << 20
"""Bytes of the first window: enough for who only looks at the first rows."""

WINDOW: Final = 1 << 22
"""Bytes of the others; half of what the workbook's strings have, if that is more, for they are read with each."""

_STEP: Final = 1 << 20
_ROWS: Final = 1 << 16

_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_NAME: Final = re.compile(r'\sname="([^"]*)"')
_ID: Final = re.compile(r'\s\w+:id="([^"]*)"')
_RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_RELATION_ID: Final = re.compile(r'\sId="([^"]*)"')
_TARGET: Final = re.compile(r'\sTarget="([^"]*)"')
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STRINGS: Final = "xl/sharedStrings.xml"

_ABOVE_ROWS: Final = re.compile(rb"<((?:\w+:)?)worksheet[\s>].*?<\1sheetData>", re.DOTALL)
_NUMBERED: Final = re.compile(rb'<(?:\w+:)?row\s(?:[^>]*?\s)?r="(\d+)"')


def windows(path: Path, name: str, *, size: int = WINDOW) -> Iterator[tuple[list[list[Cell]], float]]:
    """All rows of a sheet from its first, some at a time, each time with how much of it has been read, from 0 to 1.

    Cells whose formula was never calculated hold the formula's text.

    Args:
        size: bytes of a window, about.

    Raises:
        calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError: the file is damaged.
    """
    with _part(path, name) as part:
        if part is None:
            yield from _whole(calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(name))
            return
        package, entry = part
        shell = _shell(package)
        size = max(size, _size(package, _STRINGS) // 2)
        place = 0
        with package.open(entry) as file:
            for markup in _pieces(file, size):
                sheet = _workbook(shell, entry.filename, markup).get_sheet_by_name(name)
                rows = _placed(sheet, uncalculated(markup), place)
                place += len(rows)
                del sheet, markup
                yield rows, file.tell() / entry.file_size
                del rows


def _whole(sheet: calamine.CalamineSheet) -> Iterator[tuple[list[list[Cell]], float]]:
    rows, left, place = sheet.iter_rows(), sheet.start[1] if sheet.start else 0, 0
    while taken := [_indented(row, left) for row in islice(rows, _ROWS)]:
        place += len(taken)
        yield taken, place / (sheet.total_height + 1)


def _placed(sheet: calamine.CalamineSheet, formulas: Formulas, place: int) -> list[list[Cell]]:
    """The rows of a window, from the row of the sheet at `place` on."""
    above, left = sheet.start or (place, 0)
    if (first := min((above, *formulas))) < place:
        raise ValueError(f"row {first + 1} stands below row {place}")
    rows: list[list[Cell]] = [[] for _ in range(place, above)]
    rows += (_indented(row, left) for row in sheet.to_python())
    for here, cells in formulas.items():
        rows += ([] for _ in range(place + len(rows), here + 1))
        row = rows[here - place]
        for column, text in cells:
            row.extend([""] * (column + 1 - len(row)))
            if row[column] == "":
                row[column] = text
    return rows


def _indented(row: list[Any], left: int) -> list[Cell]:
    return [*[""] * left, *row] if left else row


def height(path: Path, name: str) -> int:
    """How many rows a sheet has, down to the last in which something is written.

    Raises:
        calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError: the file is damaged.
    """
    with _part(path, name) as part:
        if part is not None:
            package, entry = part
            with package.open(entry) as file:
                numbers = [_last_written(markup) for markup in _pieces(file, _STEP)]
            if None not in numbers:
                return max(filter(None, numbers), default=0)
    end = calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(name).end
    return end[0] + 1 if end else 0


@contextmanager
def _part(path: Path, name: str) -> Iterator[tuple[zipfile.ZipFile, zipfile.ZipInfo] | None]:
    """The package of an XLSX, open, and its part that holds the sheet; None when the file is none."""
    if not zipfile.is_zipfile(path):
        yield None
        return
    with zipfile.ZipFile(path) as package:
        entry = _entry(package, name)
        yield None if entry is None else (package, entry)


def _entry(package: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    parts = {entry.filename: entry for entry in package.infolist()}
    if not {_BOOK, _RELATIONS} <= parts.keys():
        return None
    targets: dict[str, str] = {}
    for relation in _RELATION.findall(_text(package, _RELATIONS)):
        key, target = _RELATION_ID.search(relation), _TARGET.search(relation)
        if key and target:
            targets[key[1]] = target[1]
    for sheet in _SHEET.findall(_text(package, _BOOK)):
        named, key = _NAME.search(sheet), _ID.search(sheet)
        if named and key and unescape(named[1]) == name and key[1] in targets:
            place = targets[key[1]]
            return parts.get(place.lstrip("/") if place.startswith("/") else f"xl/{place}")
    return None


def _size(package: zipfile.ZipFile, part: str) -> int:
    return package.getinfo(part).file_size if part in package.namelist() else 0


def _text(package: zipfile.ZipFile, part: str) -> str:
    return package.read(part).decode("utf-8", "replace")


def _shell(package: zipfile.ZipFile) -> bytes:
    """The workbook without its sheets: their names, the strings and styles they share."""
    shell = io.BytesIO()
    with zipfile.ZipFile(shell, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for entry in package.infolist():
            folder = entry.filename.rpartition("/")[0]
            if folder in ("", "_rels", "xl", "xl/_rels"):
                copy.writestr(entry.filename, package.read(entry))
    return shell.getvalue()


def _workbook(shell: bytes, part: str, markup: bytes) -> calamine.CalamineWorkbook:
    file = io.BytesIO(shell)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as package:
        package.writestr(part, markup)
    file.seek(0)
    return calamine.CalamineWorkbook.from_filelike(file)


def _pieces(file: IO[bytes], size: int) -> Iterator[bytes]:
    """The markup of a sheet, cut into whole sheets of some rows each."""
    data, above, row, below = bytearray(), b"", b"", b""
    wanted = min(FIRST, size)
    while step := file.read(min(_STEP, size)):
        data += step
        if len(data) < wanted:
            continue
        if not row:
            opened = _ABOVE_ROWS.search(data)
            if opened is None:
                continue
            above, prefix = bytes(data[: opened.end()]), bytes(opened[1])
            row, below = b"<%srow " % prefix, b"</%ssheetData></%sworksheet>" % (prefix, prefix)
            del data[: opened.end()]
        place = data.rfind(row)
        if place > 0 and _NUMBERED.match(data, place):
            with memoryview(data) as whole:
                yield b"".join((above, whole[:place], below))
            del data[:place]
            wanted = size
    yield bytes(above + data)


def _last_written(markup: bytes) -> int | None:
    """The number of the last row with a value, 0 when there is none; None when that row does not say its number."""
    value = max(markup.rfind(b"v>"), markup.rfind(b"is>"))
    if value < 0:
        return 0
    opened = _ABOVE_ROWS.search(markup)
    numbered = opened and _NUMBERED.match(markup, markup.rfind(b"<%srow " % opened[1], 0, value))
    return int(numbered[1]) if numbered else None

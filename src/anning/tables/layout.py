"""Where the table stands in its file: titles above it, its header, its first row; and which column holds the numbers.

People put a title and blank rows above a table, name its columns in Chinese or in English, or not at all. What cannot
be told is not guessed: the error names the candidates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import msgspec

from anning.errors import InvalidFile
from anning.numbers import SUBSCRIBERS, parse

Row: TypeAlias = Sequence[str]

Header: TypeAlias = bool | Callable[[Row], bool] | None
"""Whether there is a header: said by the user, found out (None), or the first of the top rows that is known as one."""

_NUMBER_WORDS: Final = (
    re.compile(r"手机|移动电话|mobile|cell|msisdn|phone.?number|被叫|接收号码|收信|recipient|callee", re.IGNORECASE),
    re.compile(r"电话|号码|联系方式|phone|\btel\b|telephone|number|contact", re.IGNORECASE),
)
"""Header words of a number column, the telling ones first."""

_NONE_WORDS: Final = frozenset(
    {"无", "没有", "空", "空号", "未知", "未填", "暂无", "null", "none", "nil", "n/a", "na", "nan"}
)
_TITLE_ROWS: Final = 4
HEADER_WITHIN: Final = 10
"""A header that is known by its words is among so many first rows; titles may stand above it."""

_ENOUGH: Final = 0.5
_CLEARLY_MORE: Final = 0.3


class Layout(msgspec.Struct, frozen=True):
    """Where things stand among the first rows.

    Attributes:
        header: place of the header row, None when the table has none.
        first: place of the first data row.
        labels: the columns' names as written; numbered ones when there is no header.
        width: how many columns.
    """

    header: int | None
    first: int
    labels: tuple[str, ...]
    width: int


def lay_out(rows: Sequence[Row], *, header: Header = None) -> Layout:
    """Find the header and the first data row.

    Args:
        rows: the first rows of the file, as many as were looked at.
        header: True or False when the user says whether there is one; what knows it by its words; None to find out.
    """
    width = _width(rows)
    place = _place_of_header(rows, width, header)
    if place is not None:
        width = max(width, _used(rows[place]))
        labels = tuple(_cell(rows[place], index).strip() for index in range(width))
        return Layout(place, place + 1, labels, width)
    labels = ("number",) if width == 1 else tuple(f"column {index + 1}" for index in range(width))
    return Layout(None, 0 if width <= 1 else _first_written(rows, width) or 0, labels, width)


def _place_of_header(rows: Sequence[Row], width: int, header: Header) -> int | None:
    if callable(header):
        return next((place for place, row in enumerate(rows[:HEADER_WITHIN]) if header(row)), None)
    if header is None:
        return _header_place(rows, width)
    return _first_written(rows, width) if header else None


def _used(row: Row) -> int:
    return max((index + 1 for index, cell in enumerate(row) if cell.strip()), default=0)


def _width(rows: Sequence[Row]) -> int:
    """The width most rows have in which something is written; when they have none in common, the first one's."""
    widths = [len(row) for row in rows if _used(row)]
    if not widths:
        return 0
    common = max(set(widths), key=lambda width: (widths.count(width), width))
    return common if 2 * widths.count(common) > len(widths) else next((w for w in widths if w > 1), widths[0])


def _cell(row: Row, index: int) -> str:
    return row[index] if index < len(row) else ""


def _first_written(rows: Sequence[Row], width: int) -> int | None:
    """The first row that uses more than a title does."""
    least = 2 if width > 1 else 1
    return next((place for place, row in enumerate(rows) if _used(row) and _filled(row) >= least), None)


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell.strip())


def _header_place(rows: Sequence[Row], width: int) -> int | None:
    if width <= 1:
        return _header_of_a_list(rows)
    for place, row in enumerate(rows):
        if any(_is_number(cell) for cell in row):
            return None
        if _filled(row) >= max(2, (width + 1) // 2):
            return place if _names_columns(row, rows[place + 1 :]) else None
    return None


def _header_of_a_list(rows: Sequence[Row]) -> int | None:
    """Words above the first number of a list of bare numbers: the last of them is its header."""
    header = None
    words = [(place, _cell(row, 0).strip()) for place, row in enumerate(rows) if _filled(row)]
    for place, text in words:
        if _says_there_is_none(text) or _is_figure(text) or _is_number(text) or sum(map(str.isdecimal, text)) >= 7:
            return header
        if place > _TITLE_ROWS:
            return None
        header = place
    return header if len(words) <= _TITLE_ROWS else None


def _names_columns(row: Row, below: Sequence[Row]) -> bool:
    """A header has no figures in its cells, and none of its words stands again in the column below it."""
    for index, cell in enumerate(row):
        text = cell.strip()
        if not text:
            continue
        if _says_there_is_none(text) or _is_figure(text):
            return False
        if not header_word(text) and any(_cell(other, index).strip() == text for other in below):
            return False
    return True


def header_word(label: str) -> bool:
    """Whether a column of this name says that it holds telephone numbers."""
    return any(words.search(label) for words in _NUMBER_WORDS)


def _says_there_is_none(text: str) -> bool:
    return text.lower() in _NONE_WORDS or not any(character.isalnum() for character in text)


def _is_figure(text: str) -> bool:
    return not any(character.isalpha() for character in text.replace("E", "").replace("e", ""))


def _is_number(cell: str) -> bool:
    return bool(cell) and parse(cell).kind in SUBSCRIBERS


def number_shares(rows: Sequence[Row], width: int) -> list[float]:
    """For each column, the share of its written cells that hold one subscriber's number."""
    shares = []
    for index in range(width):
        written = [cell for row in rows if (cell := _cell(row, index)).strip()]
        found = sum(map(_is_number, written))
        shares.append(found / len(written) if written else 0.0)
    return shares


def number_column(
    labels: Sequence[str],
    rows: Sequence[Row],
    *,
    thing: str,
    wanted: str | None = None,
    field: str = "number-column",
) -> int:
    """The column that holds the recipients' numbers (号码列).

    Args:
        labels: the columns' names.
        rows: data rows to look at.
        thing: the file, as the user named it, for the error.
        wanted: the user's own choice, a name or a place from 1.
        field: the option by which the user names it.

    Raises:
        InvalidFile: there is no such column, no column holds numbers, or several do and nothing tells them apart.
    """
    if wanted is not None:
        return chosen_column(labels, wanted, thing=thing, field=field)
    if len(labels) == 1:
        return 0
    shares = number_shares(rows, len(labels))
    named = [index for index, share in enumerate(shares) if header_word(labels[index]) and (share or not rows)]
    likely = sorted({*named, *(index for index, share in enumerate(shares) if share >= _ENOUGH)})
    told_apart = _tell_apart(likely, labels, shares)
    if told_apart is not None:
        return told_apart
    if not rows:
        return next((index for index, label in enumerate(labels) if header_word(label)), 0)
    raise _cannot_tell(labels, shares, likely, thing, field)


def _tell_apart(likely: Sequence[int], labels: Sequence[str], shares: Sequence[float]) -> int | None:
    if len(likely) == 1:
        return likely[0]
    for words in _NUMBER_WORDS:
        named = [index for index in likely if words.search(labels[index])]
        if len(named) == 1:
            return named[0]
    ranked = sorted(likely, key=lambda index: -shares[index])
    if len(ranked) > 1 and shares[ranked[0]] - shares[ranked[1]] >= _CLEARLY_MORE:
        return ranked[0]
    return None


def _cannot_tell(
    labels: Sequence[str], shares: Sequence[float], likely: Sequence[int], thing: str, field: str
) -> InvalidFile:
    shown = likely or range(len(labels))
    listed = ", ".join(f"{index + 1} “{labels[index]}” {shares[index]:.0%}" for index in shown)
    if likely:
        zh, en = f"{thing} 中有不止一列像号码", f"more than one column of {thing} looks like numbers"
    else:
        zh, en = f"{thing} 中没有一列像号码", f"no column of {thing} looks like numbers"
    return InvalidFile(
        f"{zh}（{listed}），请用 --{field} 指定",
        f"{en} ({listed}); name it with --{field}",
        thing=thing,
        field=field,
    )


def chosen_column(labels: Sequence[str], wanted: str, *, thing: str, field: str = "number-column") -> int:
    """The column of this name, else the one at this place from 1.

    Raises:
        InvalidFile: there is none.
    """
    names = [label.strip() for label in labels]
    if wanted.strip() in names:
        return names.index(wanted.strip())
    if wanted.isdecimal() and 1 <= int(wanted) <= len(labels):
        return int(wanted) - 1
    listed = ", ".join(f"{index + 1} “{label}”" for index, label in enumerate(names))
    raise InvalidFile(
        f"{thing} 中没有“{wanted}”这一列（有：{listed}）",
        f"{thing} has no column “{wanted}” (there are: {listed})",
        thing=thing,
        field=field,
    )

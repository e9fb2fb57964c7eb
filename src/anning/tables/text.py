"""Campaign lists as text: CSV, TSV and lists of bare numbers (文本名单)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from anning.errors import InvalidInput
from anning.tables.block import Block
from anning.tables.delimited import Dialect, records, unclosed
from anning.tables.encodings import Encoding, Piece, encoding_of, raw_pieces, utf8_pieces
from anning.tables.formats import Format
from anning.tables.layout import Header, lay_out
from anning.tables.reading import Reading
from anning.tables.table import SAMPLE_ROWS, Table

_SAMPLE: Final = 1 << 18
_PIECE: Final = 1 << 20
_DELIMITERS: Final = (",", "\t", ";", "|")
_MOST: Final = 0.5


class TextTable(Table):
    """A delimited text, read in pieces of some megabytes."""

    def __init__(
        self,
        path: Path,
        format: Format,
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
        header: Header = None,
    ) -> None:
        self.encoding: Encoding = encoding_of(path, encoding)
        self._path = path
        text = self._first_text()
        self.dialect = _dialect(text, format, delimiter)
        if self.dialect.newline == "\r":
            text = text.replace("\r", "\n")
        rows = _first_records(text, self.dialect, str(path), whole=len(text) < _SAMPLE)
        layout = lay_out(rows, header=header)
        self._width = max(layout.width, 1) if rows else 0
        super().__init__(path, format, layout, rows=rows[layout.first :])

    def _first_text(self) -> str:
        taken = b""
        for piece in utf8_pieces(self._path, self.encoding, _SAMPLE):
            taken += piece
            if len(taken) >= _SAMPLE:
                break
        return taken.decode()

    @property
    def kept(self) -> str:
        """The encoding rows are kept in: the list's own where no byte of a character looks like a delimiter."""
        plain = self.dialect.newline != "\r" and (self.dialect.delimiter < "0" or self.dialect.delimiter in ":;<=>?")
        return "gb18030" if self.encoding.name == "gb18030" and plain else "utf-8"

    def blocks(self, size: int = _PIECE) -> Iterator[Block]:
        if not self._width:
            return iter(())
        reading = Reading(
            self._data_pieces(size),
            self.dialect,
            self._width,
            1,
            thing=str(self.path),
            above=self.above,
            encoding=self.kept,
        )
        return reading.blocks()

    def _data_pieces(self, size: int) -> Iterator[bytes | Piece]:
        self.read = 0
        as_they_are = self.dialect.newline != "\r" and self.encoding.name == self.kept
        pieces = raw_pieces if as_they_are else utf8_pieces
        for piece in pieces(self.path, self.encoding, size):
            self.read = min(self.size, self.read + size)
            if isinstance(piece, bytes) and self.dialect.newline == "\r":
                piece = piece.replace(b"\r", b"\n")
            yield piece


def _first_records(text: str, dialect: Dialect, thing: str, *, whole: bool) -> list[list[str]]:
    """The first records; the last one is left out unless the text was read to its end."""
    rows = []
    for record in records(iter([text.encode()]), dialect, thing=thing):
        if whole and record.swallows:
            raise unclosed(thing, record.opened)
        rows.append(record.cells)
        if len(rows) > SAMPLE_ROWS:
            break
    if not whole and len(rows) > 1 and len(rows) <= SAMPLE_ROWS:
        rows.pop()
    return rows


def _dialect(text: str, format: Format, wanted: str | None) -> Dialect:
    """The delimiter that parts most rows into the same number of cells, and how lines end."""
    newline = "\r\n" if "\r\n" in text else "\n" if "\n" in text or "\r" not in text else "\r"
    if wanted is not None:
        return Dialect(_one_sign({"tab": "\t", "\\t": "\t"}.get(wanted, wanted)), newline)
    plain = text.replace("\r", "\n") if newline == "\r" else text
    parted = {delimiter: _parted(plain, delimiter) for delimiter in _DELIMITERS}
    if format is Format.TXT:
        likely = [delimiter for delimiter, (_, equal) in parted.items() if equal > _MOST]
    else:
        likely = [delimiter for delimiter, (several, _) in parted.items() if several > _MOST]
    best = max(likely, key=lambda delimiter: (parted[delimiter][1], _preferred(delimiter, format)), default="")
    if not best and format is not Format.TXT and '"' in text:
        best = "\t" if format is Format.TSV else ","
    return Dialect(best, newline)


def _one_sign(wanted: str) -> str:
    """The delimiter the user names.

    Raises:
        InvalidInput: it is not one ASCII character, or one that quotes cells or ends lines.
    """
    if len(wanted) == 1 and wanted.isascii() and wanted not in '"\r\n\0':
        return wanted
    raise InvalidInput(
        f"分隔符须为一个 ASCII 字符（制表符写 tab），不能是“{wanted}”",
        f"a delimiter is one ASCII character (tab for a tab), not {wanted!r}",
        thing=wanted,
        field="delimiter",
    )


def _preferred(delimiter: str, format: Format) -> bool:
    return delimiter == ("\t" if format is Format.TSV else ",")


def _parted(text: str, delimiter: str) -> tuple[float, float]:
    """The share of rows that this delimiter parts, and of those that it parts into the same number of cells."""
    widths = [len(row) for row in _first_rows(text, delimiter) if any(cell.strip() for cell in row)]
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0, 0.0
    return len(wide) / len(widths), max(map(wide.count, set(wide))) / len(widths)


def _first_rows(text: str, delimiter: str) -> Sequence[list[str]]:
    dialect = Dialect(delimiter)
    rows: list[list[str]] = []
    for record in records(chain([text.encode()]), dialect, thing=""):
        rows.append(record.cells)
        if len(rows) >= 200:
            break
    return rows

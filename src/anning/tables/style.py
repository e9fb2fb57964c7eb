"""How a list is written: as the text it came from, or as programs expect it (写出格式)."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

import msgspec

from anning.tables.encodings import Encoding
from anning.tables.formats import Format, format_for
from anning.tables.table import Table
from anning.tables.text import TextTable

_DELIMITERS: Final = {Format.CSV: ",", Format.TSV: "\t", Format.TXT: "\t"}


class Style(msgspec.Struct, frozen=True):
    """How a text is written: as the text it came from, or UTF-8 that spreadsheets recognise.

    Attributes:
        encoding: with its byte-order mark.
    """

    format: Format
    delimiter: str = ","
    newline: str = "\n"
    encoding: Encoding = Encoding("utf-8")

    @classmethod
    def of(cls, out: Path, source: Table) -> Style:
        """The style of a result made from a list: the format by its name, else the list's; the list's own encoding,
        line ends and delimiter. A text made from a spreadsheet gets the mark by which spreadsheets know UTF-8."""
        format = format_for(out, source.format)
        delimiter = _DELIMITERS.get(format, ",")
        if not isinstance(source, TextTable):
            bom = codecs.BOM_UTF8 if source.format is Format.XLSX else b""
            return cls(format, delimiter, encoding=Encoding("utf-8", bom))
        own = source.dialect
        if format is source.format and own.delimiter:
            delimiter = own.delimiter
        return cls(format, delimiter, "\r\n" if own.newline == "\r\n" else "\n", source.encoding)

    def for_spreadsheets(self) -> Style:
        """The same, but UTF-8 with the mark by which spreadsheets know it."""
        return msgspec.structs.replace(self, encoding=Encoding("utf-8", codecs.BOM_UTF8))

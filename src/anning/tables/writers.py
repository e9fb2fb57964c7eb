"""Lists written block by block in the format wanted (名单写出)."""

from __future__ import annotations

import codecs
import datetime as dt
import io
import os
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
import polars as pl
import xlsxwriter
from polars.io.plugins import register_io_source

from anning.errors import InvalidFile
from anning.tables.block import Block, Cell, column_name
from anning.tables.encodings import Encoding
from anning.tables.formats import Format, format_for
from anning.tables.spreadsheet import SHEET_ROWS
from anning.tables.table import Table
from anning.tables.text import TextTable

_UNWRITABLE: Final = (pl.Binary, pl.Object)
_ROW_GROUP: Final = 1 << 17
_CELL_CHARACTERS: Final = 32_767
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


class TableWriter(ABC):
    """A list that is being written; close it with `finish`, or `abandon` it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def write(self, block: Block) -> None:
        """Append rows."""

    @abstractmethod
    def finish(self) -> None:
        """All rows are written: complete the file."""

    @abstractmethod
    def abandon(self) -> None:
        """Let go of the file without completing it."""


class TextWriter(TableWriter):
    """CSV and its kin (RFC 4180): cells are quoted where they must be."""

    def __init__(self, path: Path, labels: Sequence[str], style: Style) -> None:
        super().__init__(path)
        self._style = style
        self._plain = style.encoding.name == "utf-8"
        self._file: BinaryIO = path.open("wb", buffering=1 << 20)
        self._file.write(style.encoding.bom)
        header = pl.DataFrame([pl.Series(column_name(i), [label], dtype=pl.String) for i, label in enumerate(labels)])
        self._put(header)

    def write(self, block: Block) -> None:
        if block.height:
            self._put(_writable(block.frame))

    def _put(self, frame: pl.DataFrame) -> None:
        if self._plain:
            self._csv(frame, self._file)
            return
        text = io.BytesIO()
        self._csv(frame, text)
        self._file.write(self._style.encoding.encode(text.getvalue().decode()))

    def _csv(self, frame: pl.DataFrame, file: BinaryIO) -> None:
        if frame.width > 1:
            frame = frame.with_columns(pl.col(pl.String).replace("", None))
        frame.write_csv(
            file, include_header=False, separator=self._style.delimiter, line_terminator=self._style.newline
        )

    def finish(self) -> None:
        self._file.close()

    abandon = finish


class SpreadsheetWriter(TableWriter):
    """XLSX, row by row; past the last row of a sheet it goes on in the next one under the same header.

    Texts stay texts: none becomes a formula, a link or a number.
    """

    def __init__(self, path: Path, labels: Sequence[str], *, sheet_rows: int = SHEET_ROWS) -> None:
        super().__init__(path)
        self._labels = list(labels)
        self._sheet_rows = sheet_rows
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "use_zip64": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}
        )
        self._next_sheet()

    def _next_sheet(self) -> None:
        self._sheet: Any = self._book.add_worksheet()
        self._row = 0
        self._put(self._labels)

    def write(self, block: Block) -> None:
        rows: Sequence[Sequence[Cell]] = block.cells if block.cells is not None else block.frame.rows()
        for row in rows:
            if self._row == self._sheet_rows:
                self._next_sheet()
            self._put(row)

    def _put(self, row: Sequence[Cell]) -> None:
        sheet, place = self._sheet, self._row
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                if len(cell) > _CELL_CHARACTERS:
                    raise self._too_long(column)
                if cell:
                    sheet.write_string(place, column, cell)
            elif isinstance(cell, bool):
                sheet.write_boolean(place, column, cell)
            elif isinstance(cell, (int, float)) and abs(cell) < 1e15:
                sheet.write_number(place, column, cell)
            elif isinstance(cell, (dt.datetime, dt.date, dt.time, dt.timedelta)):
                plain = cell.replace(tzinfo=None) if isinstance(cell, (dt.datetime, dt.time)) else cell
                sheet.write_datetime(place, column, plain)
            elif cell is not None:
                sheet.write_string(place, column, str(cell))
        self._row += 1

    def _too_long(self, column: int) -> InvalidFile:
        label, row = self._labels[column], self._row + 1
        return InvalidFile(
            f"“{label}”列第 {row} 行超过 {_CELL_CHARACTERS} 个字符，XLSX 放不下，请改存为 CSV 或 Parquet",
            f"row {row} of column “{label}” has more than {_CELL_CHARACTERS} characters, which XLSX cannot hold: "
            "write CSV or Parquet",
            thing=str(self.path),
            field=label,
        )

    def finish(self) -> None:
        self._book.close()

    def abandon(self) -> None:
        self._book.close()


class ParquetWriter(TableWriter):
    """Parquet by `polars`' streaming writer, which takes its blocks from us as it goes."""

    def __init__(self, path: Path, labels: Sequence[str]) -> None:
        super().__init__(path)
        self._labels = _distinct(labels)
        self._waiting: queue.Queue[pl.DataFrame | None] = queue.Queue(maxsize=2)
        self._thread: threading.Thread | None = None
        self._failed: list[BaseException] = []

    def write(self, block: Block) -> None:
        frame = block.frame
        frame.columns = self._labels
        if self._thread is None:
            self._begin(frame.schema)
        self._hand_over(frame)

    def _begin(self, schema: pl.Schema) -> None:
        def frames(*_: object) -> Iterator[pl.DataFrame]:
            while (frame := self._waiting.get()) is not None:
                yield frame

        lazy = register_io_source(frames, schema=schema)

        def run() -> None:
            try:
                lazy.sink_parquet(self.path, maintain_order=True, row_group_size=_ROW_GROUP)
            except BaseException as failed:  # noqa: BLE001 - it is raised again in the writing thread
                self._failed.append(failed)

        self._thread = threading.Thread(target=run, name=f"parquet {self.path.name}", daemon=True)
        self._thread.start()

    def _hand_over(self, frame: pl.DataFrame | None) -> None:
        while self._thread is not None and self._thread.is_alive():
            try:
                self._waiting.put(frame, timeout=0.2)
            except queue.Full:
                continue
            return
        self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failed:
            raise InvalidFile(
                f"无法写入 {self.path}", f"cannot write {self.path}: {self._failed[0]}", thing=str(self.path)
            ) from self._failed[0]

    def finish(self) -> None:
        if self._thread is None:
            pl.DataFrame(schema=dict.fromkeys(self._labels, pl.String)).write_parquet(self.path)
            return
        self._hand_over(None)
        self._thread.join()
        self._raise_failure()

    def abandon(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            self._hand_over(None)
            self._thread.join()


def open_writer(path: Path, labels: Sequence[str], style: Style) -> TableWriter:
    """A writer of that style for a file with these columns.

    Raises:
        InvalidFile: the file cannot be made.
    """
    try:
        if style.format is Format.XLSX:
            return SpreadsheetWriter(path, labels)
        if style.format is Format.PARQUET:
            return ParquetWriter(path, labels)
        return TextWriter(path, labels, style)
    except OSError as refused:
        raise _cannot_write(path, refused) from refused


def _cannot_write(path: Path, refused: OSError) -> InvalidFile:
    return InvalidFile(f"无法写入 {path}", f"cannot write {path}: {refused.strerror or refused}", thing=str(path))


def write_table(path: Path, labels: Sequence[str], columns: Sequence[Sequence[str]], style: Style) -> None:
    """A whole list of texts at once. It appears under its name when it is complete, or not at all.

    Raises:
        InvalidFile: the file cannot be made.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    named = [pl.Series(column_name(index), column, dtype=pl.String) for index, column in enumerate(columns)]
    block = Block(1, lambda: range(1, len(columns[0]) + 1), frame=pl.DataFrame(named), width=len(columns))
    writer = open_writer(unfinished, labels, style)
    try:
        writer.write(block)
        writer.finish()
        unfinished.replace(path)
    except OSError as refused:
        writer.abandon()
        raise _cannot_write(path, refused) from refused
    except BaseException:
        writer.abandon()
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def _writable(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns a text cannot hold (lists, structures, bytes) as the text they print as."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested() or kind in _UNWRITABLE]
    if not nested:
        return frame
    return frame.with_columns(
        pl.Series(name, [None if cell is None else str(cell) for cell in frame[name].to_list()], dtype=pl.String)
        for name in nested
    )


def _distinct(labels: Sequence[str]) -> list[str]:
    """The labels, each once: Parquet knows its columns by name."""
    given: dict[str, int] = {}
    for index, label in enumerate(labels):
        name, times = label or f"column {index + 1}", 1
        while name in given:
            times += 1
            name = f"{label or f'column {index + 1}'} {times}"
        given[name] = index
    return list(given)

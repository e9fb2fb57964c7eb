"""Lists written block by block in the format wanted (名单写出)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from anning.errors import InvalidFile
from anning.tables.block import Block, column_name
from anning.tables.formats import Format
from anning.tables.parquet_writer import ParquetWriter
from anning.tables.spreadsheet_writer import SpreadsheetWriter
from anning.tables.style import Style
from anning.tables.text_writer import TextWriter
from anning.tables.writer import Added, Ending, TableWriter

__all__ = ["Added", "Ending", "SpreadsheetWriter", "Style", "TableWriter", "open_writer", "write_table"]


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

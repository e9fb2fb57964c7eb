"""Lists as people have them: CSV in any usual encoding, XLSX, Parquet; read in batches of text cells (名单文件读取)."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeAlias

import polars as pl

from anning.errors import InvalidFile

Cells: TypeAlias = list[str]

BATCH: Final = 65_536
HEAD: Final = 10
"""Lines that tell how cells are divided; a title above the header has no dividers."""

_CHUNK: Final = 1 << 20
_CELL_LIMIT: Final = 1 << 20


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hex: its identity, whatever its name.

    Raises:
        InvalidFile: it cannot be opened.
    """
    with _opened(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows_of(path: Path) -> Iterator[Cells]:
    """The rows of a list, the header (of Parquet its column names) and any title above it included.

    Raises:
        InvalidFile: it is not what its name says.
    """
    suffix = path.suffix.lower()
    with _opened(path):
        if suffix == ".xlsx":
            yield from _sheet_rows(path)
        elif suffix in (".parquet", ".pq"):
            yield from _parquet_rows(path)
        else:
            yield from _text_rows(path)


def batches(rows: Iterator[Cells], size: int = BATCH) -> Iterator[list[Cells]]:
    """The rows in lists of at most `size`."""
    while batch := list(islice(rows, size)):
        yield batch


def write_rows(path: Path, rows: Iterable[Cells]) -> None:
    """A CSV file in UTF-8 that spreadsheets open as such."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def _text_rows(path: Path) -> Iterator[Cells]:
    encoding = _encoding(path)
    csv.field_size_limit(_CELL_LIMIT)
    with path.open(encoding=encoding, newline="") as file:
        head = "".join(islice(file, HEAD))
        file.seek(0)
        delimiter = max(",\t;", key=head.count)
        yield from csv.reader(file, delimiter=delimiter)


def _encoding(path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise InvalidFile(
        f"{path.name} 既不是 UTF-8 也不是 GB18030 编码的文本",
        f"{path.name} is text neither in UTF-8 nor in GB18030",
        thing=path.name,
        rule="encoding",
    )


def _sheet_rows(path: Path) -> Iterator[Cells]:
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    for row in workbook.get_sheet_by_index(0).iter_rows():
        yield [_text(cell) for cell in row]


def _parquet_rows(path: Path) -> Iterator[Cells]:
    frame = pl.scan_parquet(path)
    names = frame.collect_schema().names()
    yield list(names)
    start = 0
    while (batch := frame.slice(start, BATCH).collect()).height:
        columns = [
            [_text(cell) for cell in batch[name].to_list()]
            if batch.schema[name] != pl.String
            else batch[name].fill_null("").to_list()
            for name in names
        ]
        yield from map(list, zip(*columns, strict=True))
        start += batch.height


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)


@contextmanager
def _opened(path: Path) -> Iterator[None]:
    from python_calamine import CalamineError

    try:
        yield
    except OSError as error:
        raise InvalidFile(
            f"无法打开 {path.name}", f"cannot open {path.name}: {error.strerror}", thing=path.name, rule="readable"
        ) from error
    except (csv.Error, CalamineError, pl.exceptions.PolarsError) as error:
        raise InvalidFile(
            f"{path.name} 无法读取：{error}", f"{path.name} cannot be read: {error}", thing=path.name, rule="readable"
        ) from error

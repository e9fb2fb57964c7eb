"""Campaign lists in Parquet (列式文件), read row group by row group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import polars as pl

from anning.errors import InvalidFile
from anning.tables.block import Block, column_name
from anning.tables.formats import Format
from anning.tables.layout import Layout
from anning.tables.table import SAMPLE_ROWS, Table

_ROWS: Final = 1 << 16


class ParquetTable(Table):
    """A Parquet file; its columns keep their types."""

    def __init__(self, path: Path) -> None:
        try:
            scan = pl.scan_parquet(path)
            schema = scan.collect_schema()
            self._rows_in_all = int(scan.select(pl.len()).collect().item())
            first = scan.head(SAMPLE_ROWS).collect()
        except (pl.exceptions.PolarsError, OSError) as refused:
            raise _damaged(path) from refused
        self._scan = scan.select(pl.col(name).alias(column_name(index)) for index, name in enumerate(schema.names()))
        labels = tuple(schema.names())
        block = Block(1, lambda: range(1, first.height + 1), frame=first)
        columns = [block.texts(index) for index in range(len(labels))]
        rows = [list(row) for row in zip(*columns, strict=True)]
        super().__init__(path, Format.PARQUET, Layout(0, 0, labels, len(labels)), rows=rows)

    def blocks(self) -> Iterator[Block]:
        done = 0
        self.read = 0
        try:
            for frame in self._scan.collect_batches(chunk_size=_ROWS, maintain_order=True):
                first = done + 1
                done += frame.height
                self.read = self.size * done // max(self._rows_in_all, 1)
                yield Block(first, _count_from(first, frame.height), frame=frame, width=frame.width)
        except pl.exceptions.PolarsError as refused:
            raise _damaged(self.path) from refused


def _count_from(first: int, height: int) -> Callable[[], range]:
    return lambda: range(first, first + height)


def _damaged(path: Path) -> InvalidFile:
    return InvalidFile(
        f"{path} 不是完整的 Parquet 文件", f"{path} is not a whole Parquet file", thing=str(path), rule="readable"
    )

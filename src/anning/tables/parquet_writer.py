"""Lists written as Parquet, row group by row group (写出列式文件)."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

from anning.errors import InvalidFile
from anning.tables.block import Block
from anning.tables.writer import TableWriter

_ROW_GROUP: Final = 1 << 17


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

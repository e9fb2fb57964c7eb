"""Lists written as text (写出文本): CSV and its kin (RFC 4180)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from anning.tables.block import Block, column_name
from anning.tables.delimited import quoted
from anning.tables.numbers import buffer_of
from anning.tables.style import Style
from anning.tables.text_block import TextBlock
from anning.tables.writer import Added, Ending, TableWriter

_UNWRITABLE: Final = (pl.Binary, pl.Object)
_ROOM: Final = 1 << 18
"""Bytes that go to the file at once."""


class TextWriter(TableWriter):
    """Rows of a text with the same delimiter are written as the bytes they are; others cell by cell, in quotes where
    they must be."""

    def __init__(self, path: Path, labels: Sequence[str], style: Style) -> None:
        super().__init__(path)
        self._style = style
        self._file = path.open("wb", buffering=0)
        self._out = np.empty(0, dtype=np.uint8)
        self._room = self._filled = self._sent = 0
        self._words: _Words | None = None
        self._send(style.encoding.bom)
        header = pl.DataFrame([pl.Series(column_name(i), [label], dtype=pl.String) for i, label in enumerate(labels)])
        self._put(header)

    def write(self, block: Block) -> None:
        if block.height:
            self._put(_writable(block.frame))

    def _put(self, frame: pl.DataFrame) -> None:
        text = io.BytesIO()
        if frame.width > 1:
            frame = frame.with_columns(pl.col(pl.String).replace("", None))
        frame.write_csv(
            text, include_header=False, separator=self._style.delimiter, line_terminator=self._style.newline
        )
        self._flush()
        self._send(self._encoded(text.getbuffer(), "utf-8"))

    def append(self, block: Block, added: Added) -> None:
        if isinstance(block, TextBlock) and self._may_keep(block):
            self._append_kept(block, added)
        else:
            super().append(block, added)

    def _may_keep(self, block: TextBlock) -> bool:
        """Whether the bytes of its rows mean the same in this file."""
        return block.means_the_same(self._style.delimiter) and block.written.encoding in {
            "utf-8",
            self._style.encoding.name,
        }

    def _append_kept(self, block: TextBlock, added: Added) -> None:
        from anning.tables.kernels.rows import append_rows

        words = self._words_of(added.endings, block.written.encoding)
        self._make_room(block, added, words)
        file = self._file.fileno() if words.encoding == self._style.encoding.name else -1
        done = 0
        while True:
            done, self._filled, self._sent = append_rows(
                block.text,
                block.starts,
                block.ends,
                added.rows,
                done,
                added.figures,
                ord(self._style.delimiter),
                added.codes,
                words.text,
                words.starts,
                self._out,
                self._filled,
                self._room,
                file,
            )
            if done == len(added.rows):
                return
            self._flush()

    def _words_of(self, endings: Sequence[Ending], encoding: str) -> _Words:
        words = self._words
        if words is None or words.endings is not endings or words.encoding != encoding:
            self._flush()
            words = self._words = _Words(endings, encoding)
        words.add_new(self._style.delimiter, self._style.newline)
        return words

    def _make_room(self, block: TextBlock, added: Added, words: _Words) -> None:
        from anning.tables.kernels.bits import SLACK

        needed = block.longest + words.longest + 21 * added.figures.shape[1]
        if needed > self._room:
            self._flush()
            self._room = max(_ROOM, needed)
            self._out = np.empty(self._room + SLACK, dtype=np.uint8)

    def _flush(self) -> None:
        if self._filled and self._words is not None:
            self._send(self._encoded(self._out[self._sent : self._filled].data, self._words.encoding))
        self._filled = self._sent = 0

    def _encoded(self, text: memoryview, encoding: str) -> memoryview:
        """Rows in the file's encoding; what it has no sign for becomes a question mark."""
        own = self._style.encoding
        return text if own.name == encoding else memoryview(own.encode(bytes(text).decode(encoding)))

    def _send(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]

    def finish(self) -> None:
        self._flush()
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


class _Words:
    """Endings as the bytes that stand behind a row, its line end among them."""

    def __init__(self, endings: Sequence[Ending], encoding: str) -> None:
        from anning.tables.kernels.bits import SLACK

        self.endings = endings
        self.encoding = encoding
        self.longest = 0
        self.text = np.zeros(SLACK, dtype=np.uint8)
        self.starts = np.zeros(1, dtype=np.int64)

    def add_new(self, delimiter: str, newline: str) -> None:
        """Take up the endings that have come since."""
        new = self.endings[len(self.starts) - 1 :]
        if not new:
            return
        encoded = [(delimiter + quoted(list(ending), delimiter) + newline).encode(self.encoding) for ending in new]
        end = int(self.starts[-1])
        lengths = np.array([len(each) for each in encoded], dtype=np.int64)
        self.longest = max(self.longest, int(lengths.max()))
        self.starts = np.concatenate([self.starts, end + np.cumsum(lengths)])
        self.text = buffer_of(self.text[:end], b"".join(encoded))


def _writable(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns a text cannot hold (lists, structures, bytes) as the text they print as."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested() or kind in _UNWRITABLE]
    if not nested:
        return frame
    return frame.with_columns(
        pl.Series(name, [None if cell is None else str(cell) for cell in frame[name].to_list()], dtype=pl.String)
        for name in nested
    )

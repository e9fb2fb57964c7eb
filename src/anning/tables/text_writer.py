"""Lists written as text (写出文本): CSV and its kin (RFC 4180)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from anning.tables.block import Block, column_name
from anning.tables.outlet import Outlet
from anning.tables.style import Style
from anning.tables.text_block import TextBlock
from anning.tables.words import Words
from anning.tables.writer import Added, TableWriter

_UNWRITABLE: Final = (pl.Binary, pl.Object)
_FIGURE: Final = 21
"""Bytes of a whole number and the delimiter behind it, at most."""


class TextWriter(TableWriter):
    """Rows of a text with the same delimiter are written as the bytes they are; others cell by cell, in quotes where
    they must be.

    Attributes:
        outlet: where its bytes go.
    """

    def __init__(self, path: Path, labels: Sequence[str], style: Style) -> None:
        super().__init__(path)
        self._style = style
        self._words: Words | None = None
        self.outlet = Outlet(path, style.encoding)
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
        self.outlet.send(text.getbuffer())

    def append(self, block: Block, added: Added) -> None:
        if isinstance(block, TextBlock) and self.may_keep(block):
            self._append_kept(block, added)
        else:
            super().append(block, added)

    def may_keep(self, block: TextBlock) -> bool:
        """Whether the bytes of its rows mean the same in this file."""
        encoding = block.written.encoding
        return encoding in {"utf-8", self._style.encoding.name} and block.means_the_same(self._style.delimiter)

    def _append_kept(self, block: TextBlock, added: Added) -> None:
        from anning.tables.kernels.rows import append_rows

        encoding = block.written.encoding
        if self._words is None or not self._words.are(added.endings, encoding):
            self._words = Words(added.endings, encoding, self._style)
        words, outlet = self._words, self.outlet
        words.add_new()
        outlet.begin(encoding, block.longest + words.longest + _FIGURE * added.figures.shape[1])
        done = 0
        while True:
            done, outlet.filled = append_rows(
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
                outlet.buffer,
                outlet.filled,
                outlet.room,
            )
            if done == len(added.rows):
                return
            outlet.flush()

    def finish(self) -> None:
        self.outlet.finish()

    def abandon(self) -> None:
        self.outlet.abandon()


def _writable(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns a text cannot hold (lists, structures, bytes) as the text they print as."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested() or kind in _UNWRITABLE]
    if not nested:
        return frame
    return frame.with_columns(
        pl.Series(name, [None if cell is None else str(cell) for cell in frame[name].to_list()], dtype=pl.String)
        for name in nested
    )

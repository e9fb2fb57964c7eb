"""Rows of a text written to the file that holds all of them and, in the same pass, to others beside it (分发写出)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.tables.style import Style
from anning.tables.text_block import TextBlock
from anning.tables.text_writer import TextWriter
from anning.tables.words import Words
from anning.tables.writer import Ending

NOWHERE: Final = -1
"""The sheet of rows that stand in the file of all rows alone."""

_ADDRESS, _FILLED, _ROOM, _FILE, _SENT = range(5)


class Spreading:
    """Sheet 0 is the file of all rows; each of the others is opened when its first row comes.

    Args:
        sheets: how many there are.
        opened: the writer of a sheet, made when it is asked for first.
        style: of all of them.
        with_all: whether the file of all rows is written too.
    """

    def __init__(
        self, sheets: int, opened: Callable[[int], TextWriter], style: Style, *, with_all: bool = True
    ) -> None:
        self._opened = opened
        self._style = style
        self._with_all = with_all
        self._writers: list[TextWriter | None] = [None] * sheets
        self._states = np.zeros((sheets, 5), dtype=np.int64)
        self._words: Words | None = None

    def spread(
        self,
        block: TextBlock,
        codes: NDArray[np.uint32],
        endings: Sequence[Ending],
        sheet_of_code: NDArray[np.int64],
    ) -> None:
        """Write each row of a block, the ending with its code behind it.

        Raises:
            OSError: a disk does not take them.
        """
        from anning.tables.kernels.rows import spread_rows

        encoding = block.written.encoding
        if self._words is None or not self._words.are(endings, encoding):
            self._words = Words(endings, encoding, self._style)
        words = self._words
        words.add_new()
        needed = block.longest + words.longest
        for sheet, writer in enumerate(self._writers):
            if writer is not None:
                self._begin(sheet, writer, encoding, needed)
        row = 0
        while True:
            row, full = spread_rows(
                block.text,
                block.starts,
                block.ends,
                row,
                codes,
                sheet_of_code,
                words.text,
                words.starts,
                self._states,
                self._with_all,
            )
            for sheet, writer in enumerate(self._writers):
                if writer is not None:
                    outlet, state = writer.outlet, self._states[sheet]
                    outlet.filled, outlet.sent = int(state[_FILLED]), int(state[_SENT])
            if full < 0:
                return
            writer = self._writers[full]
            if writer is None:
                writer = self._writers[full] = self._opened(full)
            writer.outlet.flush()
            self._begin(full, writer, encoding, needed)

    def _begin(self, sheet: int, writer: TextWriter, encoding: str, needed: int) -> None:
        outlet = writer.outlet
        outlet.begin(encoding, needed)
        self._states[sheet] = (outlet.buffer.ctypes.data, outlet.filled, outlet.room, outlet.descriptor, 0)

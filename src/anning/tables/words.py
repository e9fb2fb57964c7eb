"""What is put behind rows, as bytes (行尾文字)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anning.tables.delimited import quoted
from anning.tables.numbers import buffer_of
from anning.tables.style import Style
from anning.tables.writer import Ending


class Words:
    """Endings as the bytes that stand behind a row, the delimiter before them and the line end among them.

    Attributes:
        endings: the list they are of; it may grow.
        encoding: UTF-8 or GB18030.
        text: the bytes, one ending behind the other; the one with code `n` from `starts[n]` to the next.
        longest: bytes of the longest.
    """

    def __init__(self, endings: Sequence[Ending], encoding: str, style: Style) -> None:
        self.endings = endings
        self.encoding = encoding
        self.text = buffer_of()
        self.starts = np.zeros(1, dtype=np.int64)
        self.longest = 0
        self._style = style

    def are(self, endings: Sequence[Ending], encoding: str) -> bool:
        """Whether they are of this list in this encoding."""
        return self.endings is endings and self.encoding == encoding

    def add_new(self) -> None:
        """Take up the endings that have come since."""
        new = self.endings[len(self.starts) - 1 :]
        if not new:
            return
        style, end = self._style, int(self.starts[-1])
        encoded = [
            (style.delimiter + quoted(list(ending), style.delimiter) + style.newline).encode(self.encoding)
            for ending in new
        ]
        lengths = np.array([len(each) for each in encoded], dtype=np.int64)
        self.longest = max(self.longest, int(lengths.max()))
        self.starts = np.concatenate([self.starts, end + np.cumsum(lengths)])
        self.text = buffer_of(self.text[:end], b"".join(encoded))

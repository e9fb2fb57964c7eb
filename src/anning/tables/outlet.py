"""A file and the bytes on their way to it (文件出口)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from anning.tables.encodings import Encoding

_ROOM: Final = 1 << 18
"""Bytes that go to the file at once."""


class Outlet:
    """Rows are put into its buffer, and a full buffer goes to the file.

    Attributes:
        buffer: with `SLACK` behind `room` bytes; `filled` of them are used, `sent` of those the file has already.
    """

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self._file = path.open("wb", buffering=0)
        self._encoding = encoding
        self._written_in = encoding.name
        self.buffer = np.empty(0, dtype=np.uint8)
        self.room = self.filled = self.sent = 0
        self._deliver(encoding.bom, encoding.name)

    @property
    def descriptor(self) -> int:
        """The file to which a full buffer may go as it is; -1 when it must be emptied by `flush`."""
        return self._file.fileno() if self._written_in == self._encoding.name else -1

    def begin(self, encoding: str, needed: int) -> None:
        """Be ready for bytes in this encoding, and for so many in one piece.

        Raises:
            OSError: the disk does not take what is in the buffer.
        """
        from anning.tables.kernels.bits import SLACK

        if encoding != self._written_in:
            self.flush()
            self._written_in = encoding
        if needed > self.room:
            self.flush()
            self.room = max(_ROOM, needed)
            self.buffer = np.empty(self.room + SLACK, dtype=np.uint8)

    def flush(self) -> None:
        """Empty the buffer.

        Raises:
            OSError: the disk does not take it.
        """
        if self.filled:
            self._deliver(self.buffer[self.sent : self.filled].data, self._written_in)
        self.sent = self.filled = 0

    def send(self, text: bytes | memoryview) -> None:
        """Put UTF-8 behind what is in the buffer.

        Raises:
            OSError: the disk does not take it.
        """
        self.flush()
        self._deliver(text, "utf-8")

    def _deliver(self, text: bytes | memoryview, encoding: str) -> None:
        """Write text in the file's encoding; what that has no sign for becomes a question mark."""
        own = self._encoding
        view = memoryview(text if encoding == own.name else own.encode(bytes(text).decode(encoding)))
        while view:
            view = view[self._file.write(view) :]

    def finish(self) -> None:
        """All is in it: empty it and close the file.

        Raises:
            OSError: the disk does not take it.
        """
        self.flush()
        self._file.close()

    def abandon(self) -> None:
        """Close the file, whatever is in it."""
        self._file.close()

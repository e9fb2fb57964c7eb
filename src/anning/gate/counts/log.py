"""The log of counts: what was counted since the last snapshot, one frame for each commit (计数日志).

A frame is its mark, the length of what follows, a CRC-32, a running number, and then records of 24 bytes and, when
there are any, names that got a place and a position of the journal, as MessagePack. A frame is on disk before any of
it is acknowledged, so only the last can be torn.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.errors import JournalError
from anning.journal import steps
from anning.journal.folders import flush

RECORD: Final = struct.Struct("<QqIBBxx")
"""Id of the reservation, key, second, what happened, whether it counts in the volume."""

RECORDS: Final = np.dtype(
    [("id", "<u8"), ("key", "<i8"), ("second", "<u4"), ("what", "u1"), ("volume", "u1"), ("spare", "<u2")]
)
"""The same as columns."""

RESERVED, RESERVED_VOLUME, WENT, RELEASED, RECORDED, RECORDED_VOLUME = range(1, 7)
"""What happened; what is recorded comes from the journal and has no id."""

_MARK: Final = b"ANc\x01"
_HEAD: Final = struct.Struct("<4sIIQ")
_COUNT: Final = struct.Struct("<I")

Added = list[tuple[int, int, str]]


class Extra(msgspec.Struct, frozen=True, array_like=True):
    """What a frame says besides its records."""

    added: Added
    log_id: str = ""
    position: int = 0


class Frame(msgspec.Struct, frozen=True):
    """One commit, read again."""

    number: int
    records: NDArray[np.void]
    extra: Extra | None


_decode = msgspec.msgpack.Decoder(Extra).decode
_encode = msgspec.msgpack.Encoder().encode


class Log:
    """A log that is written; frames are numbered on from `last`.

    Attributes:
        path: the file.
        last: the number of the last frame.
        size: bytes written.
    """

    def __init__(self, path: Path, last: int, *, durable: bool = True) -> None:
        """Open to append; made, and its name safe, when there is none.

        Args:
            durable: have every frame on disk before going on; without it a power cut may lose some.
        """
        self.path, self.last, self._durable = path, last, durable
        made = not path.exists()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if made and durable:
            os.fsync(self._file)
            flush(path.parent)
        self.size = os.fstat(self._file).st_size

    def append(self, records: bytes, extra: Extra | None, *, sync: bool = True) -> None:
        """Write one frame, and have it on disk.

        Raises:
            OSError: it is not known whether the frame is there; nothing may be written after it.
        """
        said = b"" if extra is None else _encode(extra)
        payload = b"".join((_COUNT.pack(len(records) // RECORD.size), records, said))
        self.last += 1
        head = _HEAD.pack(_MARK, len(payload), _crc(self.last, payload), self.last)
        frame = memoryview(head + payload)
        steps.reached("counts.before-write")
        while frame:
            written = os.write(self._file, frame)
            self.size += written
            frame = frame[written:]
        steps.reached("counts.after-write")
        if sync and self._durable:
            os.fdatasync(self._file)
        steps.reached("counts.after-sync")

    def close(self) -> None:
        """Have everything on disk and give the file back."""
        if self._durable:
            os.fdatasync(self._file)
        os.close(self._file)


def read_log(path: Path, last: int, *, may_be_torn: bool) -> Iterator[Frame]:
    """The frames of a log in order, numbered on from `last`; a torn end is cut off.

    Args:
        may_be_torn: this is the log that was being written when the process died.

    Raises:
        JournalError: a frame in the middle is damaged or missing.
    """
    data = memoryview(path.read_bytes())
    place = 0
    while (frame := _frame(data, place, last + 1)) is not None:
        yield frame[0]
        place, last = frame[1], last + 1
    if place == len(data):
        return
    if not may_be_torn or _any_frame_after(data, place):
        raise JournalError(
            f"计数日志 {path.name} 在第 {place} 字节处损坏",
            f"the log of counts {path.name} is damaged at byte {place}",
            thing=str(path),
            rule="torn-counts",
        )
    with path.open("r+b") as file:
        file.truncate(place)
        os.fsync(file.fileno())


def _frame(data: memoryview, place: int, number: int | None) -> tuple[Frame, int] | None:
    """The frame at a place and where the next begins; None when there is no whole one, or another than that number."""
    begins = place + _HEAD.size
    if begins > len(data):
        return None
    mark, length, crc, numbered = _HEAD.unpack_from(data, place)
    ends = begins + length
    if mark != _MARK or ends > len(data) or length < _COUNT.size or number not in (None, numbered):
        return None
    payload = data[begins:ends]
    if _crc(numbered, payload) != crc:
        return None
    (count,) = _COUNT.unpack_from(payload)
    said = _COUNT.size + count * RECORD.size
    records = np.frombuffer(payload, dtype=RECORDS, count=count, offset=_COUNT.size)
    return Frame(numbered, records, _decode(payload[said:]) if said < length else None), ends


def _any_frame_after(data: memoryview, place: int) -> bool:
    """Whether a whole frame lies beyond what cannot be read: then it is no torn end."""
    whole = bytes(data[place:])
    found = whole.find(_MARK, 1)
    while found >= 0:
        if _frame(data, place + found, None) is not None:
            return True
        found = whole.find(_MARK, found + 1)
    return False


def _crc(number: int, payload: Any) -> int:
    return zlib.crc32(payload, zlib.crc32(number.to_bytes(8, "little")))

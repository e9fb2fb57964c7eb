"""Counts in a file: where a log begins, so that what was before it need not be read again (计数快照).

Mark, the length and CRC-32 of the head, the head as MessagePack, then all keys and all seconds of one run.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Final

import msgspec

from anning.errors import JournalError
from anning.gate.counts.kept import Rest
from anning.gate.counts.runs import BYTES, Run, room
from anning.journal import steps
from anning.journal.folders import flush

_MARK: Final = b"ANcounts\x01\x00\x00\x00"
_HEAD: Final = struct.Struct("<12sII")


class Open(msgspec.Struct, frozen=True, array_like=True):
    """A reservation that is not settled."""

    cell: int
    stamp: int
    contact: bool
    volume: bool


class Head(msgspec.Struct, frozen=True, array_like=True):
    """Everything but the run.

    Attributes:
        last_frame: the number of the last frame of the log before it.
        next_id: of the next reservation.
        open: reservations not settled, by id.
        log_id, position: how far in which journal they have heard.
        contacts, crc: of the run that follows.
    """

    last_frame: int
    next_id: int
    open: dict[int, Open]
    rest: Rest
    log_id: str
    position: int
    contacts: int
    crc: int


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Head).decode


def write_snapshot(path: Path, run: Run, head: Head) -> None:
    """Write a snapshot that is there as a whole or not at all.

    Raises:
        OSError: it could not be written; nothing of it is left.
    """
    part = path.with_suffix(".part")
    steps.reached("counts.before-snapshot")
    try:
        with part.open("wb") as file:
            keys, seconds = run.columns()
            crc = zlib.crc32(seconds, zlib.crc32(keys))
            said = _encode(msgspec.structs.replace(head, contacts=len(run), crc=crc))
            file.write(_HEAD.pack(_MARK, len(said), zlib.crc32(said)) + said)
            file.write(keys)
            file.write(seconds)
            file.flush()
            steps.reached("counts.after-snapshot-write")
            os.fsync(file.fileno())
        part.rename(path)
        steps.reached("counts.after-snapshot-rename")
        flush(path.parent)
    finally:
        part.unlink(missing_ok=True)


def read_snapshot(path: Path) -> tuple[Head, Run]:
    """A snapshot as it was written.

    Raises:
        JournalError: it is damaged, or no snapshot of this version.
    """
    with path.open("rb") as file:
        first = file.read(_HEAD.size)
        if len(first) == _HEAD.size and first.startswith(_MARK):
            _, length, crc = _HEAD.unpack(first)
            said = file.read(length)
            if len(said) == length and zlib.crc32(said) == crc:
                head = _decode(said)
                run = Run(*room(head.contacts))
                got, crc = 0, 0
                for column in run.columns():
                    got += file.readinto(column)
                    crc = zlib.crc32(column, crc)
                if got == head.contacts * BYTES and crc == head.crc:
                    return head, run
    raise JournalError(
        f"计数快照 {path.name} 已损坏，请从备份恢复计数目录",
        f"the snapshot of counts {path.name} is damaged: restore the folder of counts from a backup",
        thing=str(path),
        rule="torn-counts",
    )

"""Frames on the owner's socket: a length of four bytes, then MessagePack (本地套接字)."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from anning.gate.counts.messages import Answer, Request, Share

LENGTH: Final = struct.Struct("<I")
LARGEST: Final = 16 << 20
"""Bytes of a frame at most; who sends a larger one is cut off."""

NAME: Final = "owner.socket"

encode: Final = msgspec.msgpack.Encoder().encode
decode_requests: Final = msgspec.msgpack.Decoder(list[Request | Share]).decode
decode_answers: Final = msgspec.msgpack.Decoder(list[Answer]).decode


def framed(said: bytes) -> bytes:
    """A frame of these bytes."""
    return LENGTH.pack(len(said)) + said


def listen(folder: Path) -> socket.socket:
    """Wait for connections at a folder's socket; one that a dead owner left is replaced."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    (folder / NAME).unlink(missing_ok=True)
    with _address(folder) as address:
        listening.bind(address)
    (folder / NAME).chmod(0o600)
    listening.listen(128)
    return listening


def connect(folder: Path, timeout: float) -> socket.socket:
    """A connection to the owner of a folder.

    Raises:
        OSError: nobody owns it, or who does is not heard from.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        with _address(folder) as address:
            connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _address(folder: Path) -> Iterator[str]:
    """The socket's path, short however long the folder's is: the system allows some hundred bytes."""
    if not Path("/proc/self/fd").exists():
        yield str(folder / NAME)
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{opened}/{NAME}"
    finally:
        os.close(opened)

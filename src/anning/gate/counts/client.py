"""Asking the owners of counts from any process or thread (计数客户端)."""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from anning.errors import Unavailable
from anning.gate.counts import wire
from anning.gate.counts.cells import Cells
from anning.gate.counts.kept import KeptContacts, Rest
from anning.gate.counts.messages import Answer, Request, Share, Shared
from anning.gate.counts.runs import mapped
from anning.gate.counts.wire import LENGTH

TIMEOUT: Final = 5.0
"""Seconds after which an owner that does not answer is taken to be away."""

_FILES: Final = 64
_decode_rest = msgspec.msgpack.Decoder(Rest).decode


class Snapshot(NamedTuple):
    """The counts of one shard at one moment, and up to where in which journal they had heard."""

    kept: KeptContacts
    log_id: str
    position: int


class Connection:
    """One owner, asked by any number of threads; what they ask at the same time travels together."""

    def __init__(self, folder: Path, timeout: float = TIMEOUT) -> None:
        self._folder, self._timeout = folder, timeout
        self._socket: socket.socket | None = None
        self._using, self._queueing = threading.Lock(), threading.Lock()
        self._waiting: list[_Asked] = []

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """Ask, and wait for the answers.

        Raises:
            Unavailable: the owner is away; what was asked may have been counted all the same.
        """
        asked = _Asked(list(requests))
        with self._queueing:
            self._waiting.append(asked)
        with self._using:
            # Whoever had the socket before may have asked for this thread too.
            if not asked.done:
                with self._queueing:
                    batch, self._waiting = self._waiting, []
                self._exchange(batch)
        if asked.failure is not None:
            raise asked.failure
        return asked.answers

    def share(self) -> Snapshot:
        """The counts as they stand now, to read.

        Raises:
            Unavailable: the owner is away.
        """
        with self._using:
            try:
                connection = self._connected()
                connection.sendall(wire.framed(wire.encode([Share()])))
                first, files, _, _ = socket.recv_fds(connection, LENGTH.size, _FILES)
                (shared,) = self._received(connection, first)
            except (OSError, msgspec.MsgspecError) as error:
                raise self._lost(error) from error
        assert isinstance(shared, Shared)
        *pages, rest = files
        runs = [mapped(file, run.contacts, run.laid_for) for file, run in zip(pages, shared.runs, strict=True)]
        with os.fdopen(rest, "rb") as file:
            file.seek(0)
            said = _decode_rest(file.read(shared.rest))
        kept = KeptContacts()
        kept.stand_on(said, Cells(runs=runs, released=said.released))
        return Snapshot(kept, shared.log_id, shared.position)

    def close(self) -> None:
        """Give the connection back."""
        with self._using:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _exchange(self, batch: list[_Asked]) -> None:
        """Send all that was asked, and give everybody their answers."""
        try:
            connection = self._connected()
            requests = [request for asked in batch for request in asked.requests]
            connection.sendall(wire.framed(wire.encode(requests)))
            answers = iter(self._received(connection, b""))
            for asked in batch:
                asked.answers = [next(answers) for _ in asked.requests]
        except (OSError, msgspec.MsgspecError) as error:
            failure = self._lost(error)
            for asked in batch:
                asked.failure = failure
        finally:
            for asked in batch:
                asked.done = True

    def _connected(self) -> socket.socket:
        if self._socket is not None and _ended(self._socket):
            self._socket.close()
            self._socket = None
        if self._socket is None:
            self._socket = wire.connect(self._folder, self._timeout)
        return self._socket

    def _received(self, connection: socket.socket, head: bytes) -> list[Answer]:
        data = bytearray(head)
        _fill(connection, data, LENGTH.size)
        _fill(connection, data, LENGTH.size + LENGTH.unpack_from(data)[0])
        return wire.decode_answers(data[LENGTH.size :])

    def _lost(self, error: Exception) -> Unavailable:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        return Unavailable(
            f"计数服务不可用（{self._folder}）：{error}",
            f"the counts in {self._folder} are away: {error}",
            thing="counts",
        )


def _ended(connection: socket.socket) -> bool:
    """Whether the other end is gone, as far as can be told before anything is sent: it says nothing unasked."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


def _fill(connection: socket.socket, data: bytearray, wanted: int) -> None:
    """Receive until there are so many bytes."""
    while len(data) < wanted:
        piece = connection.recv(1 << 18)
        if not piece:
            raise ConnectionResetError("the owner is gone")
        data += piece


class _Asked:
    """What one thread asked and, when it is done, was answered."""

    def __init__(self, requests: list[Request]) -> None:
        self.requests = requests
        self.answers: list[Answer] = []
        self.failure: Unavailable | None = None
        self.done = False

"""The owner of counts: one thread that many processes ask over a socket of the folder (计数持有者).

It takes whatever has arrived from everybody, answers all of it with one write to disk, and looks again: the slower
the disk, the more each write carries. When a write fails it ends, and everybody's connection with it; what was not
acknowledged may count.
"""

from __future__ import annotations

import os
import selectors
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from anning.gate.counts import wire
from anning.gate.counts.ledger import Ledger
from anning.gate.counts.messages import Request, Share
from anning.gate.counts.wire import LARGEST, LENGTH
from anning.logs import warn

_READ: Final = 1 << 18
_log = structlog.get_logger()


class Owner:
    """Answers for one ledger. `serve` runs until `stop` is called, from any thread."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        """Listen at the folder whose counts the ledger has."""
        self._folder, self._ledger = folder, ledger
        self._listening = wire.listen(folder)
        self._listening.setblocking(False)
        self._woken, self._wake = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._stopping = False

    def serve(self) -> None:
        """Answer until told to stop.

        Raises:
            OSError: the disk failed; the counts must be opened anew.
        """
        try:
            while not self._stopping:
                self._turn()
        finally:
            for key in list(self._selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]
            self._wake.close()
            self._selector.close()
            (self._folder / wire.NAME).unlink(missing_ok=True)

    def stop(self) -> None:
        """Answer what has arrived and end."""
        self._stopping = True
        # Something else may have woken it, and it has ended already.
        with suppress(OSError):
            self._wake.send(b"\0")

    def _turn(self) -> None:
        """Wait for something, and do all that there is."""
        asked: list[tuple[_Peer, list[Request | Share]]] = []
        for key, events in self._selector.select():
            if key.fileobj is self._listening:
                self._admit()
            elif isinstance(key.data, _Peer):
                if events & selectors.EVENT_WRITE:
                    self._send(key.data)
                if events & selectors.EVENT_READ:
                    asked += ((key.data, requests) for requests in self._read(key.data))
        if asked:
            self._answer(asked)

    def _admit(self) -> None:
        connection, _ = self._listening.accept()
        connection.setblocking(False)
        self._selector.register(connection, selectors.EVENT_READ, _Peer(connection))

    def _read(self, peer: _Peer) -> list[list[Request | Share]]:
        try:
            data = peer.connection.recv(_READ)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            self._leave(peer)
            return []
        peer.received += data
        try:
            return list(peer.frames())
        except (msgspec.MsgspecError, ValueError) as error:
            warn(_log, "counts.peer_cut_off", error=str(error))
            self._leave(peer)
            return []

    def _answer(self, asked: Sequence[tuple[_Peer, list[Request | Share]]]) -> None:
        answers = iter(self._ledger.ask([r for _, requests in asked for r in requests if not isinstance(r, Share)]))
        for peer, requests in asked:
            if any(isinstance(request, Share) for request in requests):
                self._share(peer)
            else:
                peer.to_send += wire.framed(wire.encode([next(answers) for _ in requests]))
                self._send(peer)

    def _share(self, peer: _Peer) -> None:
        shared, files = self._ledger.share()
        try:
            frame = wire.framed(wire.encode([shared]))
            if peer.gone or peer.to_send or socket.send_fds(peer.connection, [frame], files) != len(frame):
                self._leave(peer)
        except OSError:
            self._leave(peer)
        finally:
            os.close(files[-1])

    def _send(self, peer: _Peer) -> None:
        if peer.gone:
            return
        try:
            sent = peer.connection.send(peer.to_send)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._leave(peer)
            return
        del peer.to_send[:sent]
        if len(peer.to_send) > LARGEST:
            self._leave(peer)
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.to_send else 0)
        self._selector.modify(peer.connection, events, peer)

    def _leave(self, peer: _Peer) -> None:
        if not peer.gone:
            peer.gone = True
            self._selector.unregister(peer.connection)
            peer.connection.close()


class _Peer:
    """A connection with what arrived on it and what is to be sent."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.received = bytearray()
        self.to_send = bytearray()
        self.gone = False

    def frames(self) -> Any:
        """What has arrived whole."""
        while len(self.received) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self.received)
            if length > LARGEST:
                raise ValueError(f"a frame of {length} bytes")
            ends = LENGTH.size + length
            if len(self.received) < ends:
                return
            requests = wire.decode_requests(self.received[LENGTH.size : ends])
            if len(requests) > 1 and any(isinstance(request, Share) for request in requests):
                raise ValueError("a snapshot is asked for alone")
            yield requests
            del self.received[:ends]


class OwnerThread:
    """An owner that answers in a thread of this process; as a context it ends with it."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self._ledger = ledger
        self._owner = Owner(folder, ledger)
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="counts-owner", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            self._owner.serve()
        except OSError as failure:
            self.failure = failure
            warn(_log, "counts.owner_failed", error=str(failure))

    def join(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; whether it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def close(self) -> None:
        """End it and let go of the counts."""
        if self._thread.is_alive():
            self._owner.stop()
            self._thread.join()
        self._ledger.close()

    def __enter__(self) -> OwnerThread:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

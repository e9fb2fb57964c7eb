"""One process keeps the index of a machine, the others read along (索引保管进程).

The keeper follows the journal and writes the shared memory. Whoever connects to its socket is handed the memory as
open files; from then on a change is seen the moment it is written. Arrays that were outgrown are replaced: the
header's generation tells, and the reader asks again.

The keeper shows until when it has heard everything. When that is longer ago than `SILENT` - it is gone, it hangs, it
cannot reach the journal or cannot keep up - the index counts as away: what people said is unknown then. So whoever is
let through by this index has not withdrawn, or less than `SILENT` ago; that is a bound, and no average.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import structlog

from anning.errors import Unavailable
from anning.gate.gate import Gate
from anning.gate.index import CompactIndex, Histories
from anning.gate.index.arrays import GENERATION, HEARTBEAT, Arrays, Layout
from anning.gate.index.memory import attached
from anning.journal import Follower
from anning.journal.store import Excerpt
from anning.logs import warn
from anning.registers.events import ConsentGiven, WishStated
from anning.registers.stated import Imported, Stated
from anning.registers.statements import Subscriber

SOCKET_NAME: Final = "index.sock"
STIRS_EVERY: Final = 0.2
"""Seconds without news after which the keeper asks the journal again."""

SILENT: Final = 1.0
"""Seconds after which what the keeper has heard is no longer relied on."""

_LONGEST_LAYOUT: Final = 1 << 16
_MOST_FILES: Final = 64

_log = structlog.get_logger(__name__)


class Keeper:
    """Follows the journal into a shared index and hands it out.

    Args:
        gate: opened with a shared index, where it stands.
        follower: of the same journal, from that position on.
        path: of the socket; one that a dead keeper left is taken over.

    Raises:
        Unavailable: another keeper lives there.
    """

    def __init__(self, gate: Gate, follower: Follower[Excerpt], path: Path) -> None:
        index = gate.sources.index
        if not isinstance(index, CompactIndex) or index.arrays.memory is None or not index.arrays.memory.shared:
            raise TypeError("a keeper needs a gate with a shared index")
        self._gate = gate
        self._index = index
        self._follower = follower
        self._path = path
        self._writing = threading.Lock()
        self._ended = threading.Event()
        _compile()
        self._listener = _listen(path)
        index.arrays.header[HEARTBEAT] = 0
        while self.follow(0):
            # What came in while the index was being opened is heard before anybody reads along.
            pass
        self._thread = threading.Thread(target=self._hand_out, name="index-hand-out", daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Follow until `close` is called from another thread."""
        while not self._ended.is_set():
            self.follow(STIRS_EVERY)

    def follow(self, timeout: float) -> int:
        """Take in what is new, waiting so many seconds for it; how many events that were."""
        events = self._follower.wait(timeout)
        with self._writing:
            if events:
                self._gate.follow(events, log_id=self._gate.log_id)
            self._index.arrays.header[HEARTBEAT] = self._follower.heard_until
        return len(events)

    def close(self) -> None:
        """End following and handing out; those who read along find out by the silence."""
        self._ended.set()
        # Shutting a listening socket down wakes the thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def _hand_out(self) -> None:
        while not self._ended.is_set():
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with peer:
                try:
                    self._hand_to(peer)
                except OSError as error:
                    warn(_log, "index-not-handed-out", error=type(error).__name__)

    def _hand_to(self, peer: socket.socket) -> None:
        memory = self._index.arrays.memory
        assert memory is not None
        with self._writing:
            layout = msgspec.structs.replace(self._index.arrays.layout(), log_id=self._gate.log_id)
            # In the order of the layout, for the files themselves have no names.
            files = [memory.files[name] for name in layout.shapes]
            socket.send_fds(peer, [msgspec.json.encode(layout)], files)


class SharedIndex(CompactIndex):
    """The keeper's index, read along.

    Args:
        path: of the keeper's socket.

    Raises:
        Unavailable: no keeper lives there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        arrays, self._layout = _attach(path)
        super().__init__(arrays)
        self.ledger.read_on()

    def subscriber(self, number: str, parties: tuple[str, ...]) -> Subscriber | None:
        """See `CompactIndex.subscriber`."""
        self.refresh()
        return super().subscriber(number, parties)

    def take(self, statements: Iterable[Stated]) -> None:
        """Nothing: the keeper hears for all."""

    def take_segment(self, event: Imported, folder: Path | None) -> None:
        """Nothing: the keeper hears for all."""

    def let_go(self, erasure: int, histories: Histories) -> None:
        """Nothing: the keeper hears for all."""

    def reached(self, position: int) -> None:
        """Nothing: the keeper says how far it is."""

    def refresh(self) -> None:
        """Read the arrays that stand for the ones that were outgrown.

        Raises:
            Unavailable: the keeper is away, or has not heard everything lately.
        """
        if self.arrays.header[GENERATION] != self._layout.generation or not self.fresh:
            keeper = self.keeper
            arrays, self._layout = _attach(self._path)
            self.arrays.take_over(arrays)
            if self.keeper != keeper:
                super().__init__(self.arrays)
                self.ledger.read_on()
            if not self.fresh:
                raise Unavailable(
                    f"保管索引的进程已超过 {SILENT:g} 秒没有读到最新事件（{self._path}）",
                    f"the process that keeps the index at {self._path} has not heard everything for {SILENT:g} seconds",
                    thing=str(self._path),
                    rule="keeper-behind",
                )

    @property
    def log_id(self) -> str:
        """Of which journal it is."""
        return self._layout.log_id

    @property
    def fresh(self) -> bool:
        """Whether the keeper has heard everything until less than `SILENT` ago."""
        return time.monotonic_ns() - int(self.arrays.header[HEARTBEAT]) < SILENT * 1e9


def _compile() -> None:
    """Take something in, so that no change has to wait for what is compiled at its first use."""
    index = CompactIndex.empty()
    number, at = "+8613800138000", datetime(2000, 1, 1, tzinfo=UTC)
    wish, consent = WishStated(number=number, says="decline"), ConsentGiven(number=number, to="nobody")
    index.take([Stated(1, at, wish), Stated(2, at, consent)])
    index.pairs.merge()
    index.take([Stated(3, at, consent)])


def _attach(path: Path) -> tuple[Arrays, Layout]:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as keeper:
            keeper.settimeout(SILENT)
            with _near(path) as address:
                keeper.connect(address)
            told, files, _, _ = socket.recv_fds(keeper, _LONGEST_LAYOUT, _MOST_FILES)
    except OSError as error:
        raise _no_keeper(path) from error
    try:
        if not told:
            raise _no_keeper(path)
        layout = msgspec.json.decode(told, type=Layout)
        arrays = attached(dict(zip(layout.shapes, files, strict=True)), layout.shapes)
    finally:
        for file in files:
            os.close(file)
    return Arrays.reading(arrays), layout


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        if path.exists():
            _refuse_if_alive(path)
            path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _near(path) as address:
            listener.bind(address)
        path.chmod(0o600)
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


@contextmanager
def _near(path: Path) -> Iterator[str]:
    """The socket's address by its folder's open file: an address has room for 107 bytes, a path may be longer."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _refuse_if_alive(path: Path) -> None:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as other, _near(path) as address:
            other.connect(address)
    except OSError:
        return
    raise Unavailable(
        f"另有进程在保管索引（{path}）",
        f"another process keeps the index at {path}",
        thing=str(path),
        rule="one-keeper",
    )


def _no_keeper(path: Path) -> Unavailable:
    return Unavailable(
        f"没有进程在保管索引（{path}）", f"no process keeps the index at {path}", thing=str(path), rule="no-keeper"
    )

"""Counts that last: what is acknowledged is on disk, and a restart finds it (计数台账).

In memory they are `KeptContacts`; on disk a snapshot and the logs begun since. One process writes, which the lock of
the folder sees to. A reservation that nobody settled counts.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import structlog
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from anning.errors import AnningError, JournalError, NotTheWriter
from anning.gate.counts import log as logs
from anning.gate.counts.cells import CAPACITY, RECENT, Cells
from anning.gate.counts.contacts import KINDS
from anning.gate.counts.kept import KeptContacts
from anning.gate.counts.keys import KIND_BITS, NUMBER_BITS, Keys
from anning.gate.counts.log import Extra, Frame, Log, read_log
from anning.gate.counts.messages import (
    Answer,
    Changed,
    Contact,
    Failed,
    NoRoom,
    Record,
    Recorded,
    Report,
    Reported,
    Request,
    Reserve,
    ReserveVolume,
    Settle,
    Settled,
    Shared,
    SharedRun,
    Taken,
)
from anning.gate.counts.runs import BYTES, Run, pages_of
from anning.gate.counts.shards import foreign_counts
from anning.gate.counts.snapshots import Head, Open, read_snapshot, write_snapshot
from anning.gate.counts.volumes import HOUR
from anning.journal import steps
from anning.journal.folders import make_folder
from anning.logs import warn

STEPS: Final = (
    "counts.before-write",
    "counts.after-write",
    "counts.after-sync",
    "counts.before-answer",
    "counts.before-snapshot",
    "counts.after-snapshot-write",
    "counts.after-snapshot-rename",
    "counts.after-sweep",
)
"""Every step at which a test may kill the owner: those of a commit, then those of a snapshot."""

OPEN_AT_MOST: Final = 1_000_000
"""Reservations that can still be released; beyond, the oldest count for good."""

SMALLEST_LOG: Final = 64 << 20
"""Bytes of log before a snapshot is made for the first time; later, as many as the snapshot has, if that is more."""

_AT_A_TIME: Final = 1 << 20
_ADDS: Final = (logs.RESERVED, logs.RECORDED)
_COUNTS: Final = (*_ADDS, logs.RESERVED_VOLUME, logs.RECORDED_VOLUME)
_log = structlog.get_logger()


class Ledger:
    """The counts of one folder.

    Attributes:
        kept: the counts in memory, to read.
        log_id, position: how far in which journal they have heard.
    """

    def __init__(
        self,
        folder: Path,
        *,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.time,
        durable: bool = True,
        smallest_log: int = SMALLEST_LOG,
        recent: int = RECENT,
        wait: float = 0.0,
    ) -> None:
        """Own the counts of a folder; what is there is read again.

        Args:
            folder: made when there is none.
            capacity: contacts at most.
            clock: the time by which contacts are counted, in seconds since 1970.
            durable: have everything on disk before it is acknowledged.
            smallest_log: bytes of log before a snapshot is made.
            recent: see `Cells`.
            wait: seconds to wait for another owner to let go.

        Raises:
            NotTheWriter: another process owns them.
            JournalError: a file is damaged or missing.
        """
        make_folder(folder)
        self._folder, self._capacity, self._clock = folder, capacity, clock
        self._durable, self._smallest_log = durable, smallest_log
        self._lock = FileLock(folder / "owner.lock", thread_local=False)
        try:
            self._lock.acquire(timeout=wait)
        except Timeout:
            raise NotTheWriter(
                f"计数目录 {folder} 已由另一进程持有", f"another process owns the counts in {folder}", thing=str(folder)
            ) from None
        self._aside = ThreadPoolExecutor(1, "counts")
        self._open: OrderedDict[int, Open] = OrderedDict()
        self._next_id = 1
        self._snapshot_size = 0
        self._written: list[bytes] = []
        self._must_last = False
        self.log_id, self.position = "", 0
        try:
            self.kept = KeptContacts(Cells(capacity, aside=self._aside, recent=recent))
            self._number, self._log = self._recover(recent)
        except BaseException:
            self._lock.release()
            raise

    # --- asking -----------------------------------------------------------------------------------------------------

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer many requests in turn, what they count being on disk when this returns.

        Raises:
            OSError: it is not known what is on disk; these counts must not be used any more, but opened anew.
        """
        now = int(self._clock())
        self.kept.cells.latest = max(self.kept.cells.latest, now)
        self._now = self.kept.cells.latest
        self._written, self._must_last, heard = [], False, self.position
        answers = [self._answer(request) for request in requests]
        added, self.kept.keys.added = self.kept.keys.added, []
        if self._written or added or heard != self.position:
            extra = Extra(added, self.log_id, self.position) if added or heard != self.position else None
            self._log.append(b"".join(self._written), extra, sync=self._must_last)
        steps.reached("counts.before-answer")
        if self._log.size > max(self._smallest_log, self._snapshot_size):
            self.compact()
        return answers

    def _answer(self, request: Request) -> Answer:
        try:
            match request:
                case Reserve():
                    return self._reserve(request)
                case Settle():
                    return self._settle(request)
                case ReserveVolume():
                    return self._reserve_volume(request)
                case Record():
                    return self._record(request)
                case Report():
                    return self._report()
        except AnningError as error:
            return Failed(error.zh, error.en, error.rule)

    def _reserve(self, request: Reserve) -> Answer:
        kept = self.kept
        kept.cells.make_room()
        cell = kept.keys.find(request.sender, request.number, request.channel)
        if request.seen is not None:
            stamps = () if cell is None else kept.cells.stamps(cell)
            if stamps != request.seen:
                return Changed(stamps)
        if cell is None:
            cell = kept.keys.cell(request.sender, request.number, request.channel)
        if request.volume and request.room is not None and (full := self._full(Keys.prefix_of(cell), request.room)):
            return full
        stamp = self._now << KIND_BITS | KINDS.index(request.kind)
        kept.cells.add(cell, stamp)
        return self._taken(Open(cell, stamp, contact=True, volume=request.volume), logs.RESERVED)

    def _reserve_volume(self, request: ReserveVolume) -> Answer:
        prefix = self.kept.keys.new_prefix(request.sender, request.channel)
        if request.room is not None and (full := self._full(prefix, request.room)):
            return full
        stamp = self._now << KIND_BITS | KINDS.index("service")
        return self._taken(Open(prefix, stamp, contact=False, volume=True), logs.RESERVED_VOLUME)

    def _full(self, prefix: int, room: int) -> NoRoom | None:
        this_hour = self.kept.volumes.of(prefix, self._now, 0).this_hour
        return NoRoom(this_hour) if this_hour >= room else None

    def _taken(self, reservation: Open, what: int) -> Taken:
        if reservation.volume:
            self.kept.volumes.add(Keys.prefix_of(reservation.cell), self._now)
        taken = self._next_id
        self._next_id += 1
        self._open[taken] = reservation
        if len(self._open) > OPEN_AT_MOST:
            self._open.popitem(last=False)
        self._write(taken, reservation.cell, reservation.stamp, reservation.volume, what)
        self._must_last = True
        return Taken(taken)

    def _settle(self, request: Settle) -> Settled:
        reservation = self._open.pop(request.id, None)
        if reservation is None:
            return Settled(open=False)
        if not request.went:
            self._take_back(reservation)
            self._must_last = True
        what = logs.WENT if request.went else logs.RELEASED
        self._write(request.id, reservation.cell, reservation.stamp, reservation.volume, what)
        return Settled(open=True)

    def _take_back(self, reservation: Open) -> None:
        if reservation.contact:
            self.kept.cells.remove(reservation.cell, reservation.stamp)
        if reservation.volume:
            self.kept.volumes.add(Keys.prefix_of(reservation.cell), reservation.stamp >> KIND_BITS, -1)

    def _record(self, request: Record) -> Answer:
        if self.log_id not in ("", request.log_id):
            raise foreign_counts(self.log_id, request.log_id)
        if request.after == self.position:
            self.kept.cells.make_room(len(request.contacts))
            cells = list(map(self._cell_of, request.contacts))
            for cell, contact in zip(cells, request.contacts, strict=True):
                if contact.number is not None:
                    self.kept.cells.add(cell, contact.stamp)
                if contact.volume:
                    self.kept.volumes.add(Keys.prefix_of(cell), contact.stamp >> KIND_BITS)
                what = logs.RECORDED_VOLUME if contact.number is None else logs.RECORDED
                self._write(0, cell, contact.stamp, contact.volume, what)
            self.log_id, self.position = request.log_id, request.position
            self._must_last = self._must_last or bool(request.contacts)
        return Recorded(self.log_id, self.position)

    def _cell_of(self, contact: Contact) -> int:
        keys = self.kept.keys
        if contact.number is None:
            return keys.new_prefix(contact.sender, contact.channel)
        return keys.cell(contact.sender, contact.number, contact.channel)

    def _write(self, taken: int, cell: int, stamp: int, volume: bool, what: int) -> None:
        self._written.append(logs.RECORD.pack(taken, cell << KIND_BITS | stamp & 3, stamp >> KIND_BITS, what, volume))

    def _report(self) -> Reported:
        kept = self.kept
        return Reported(
            contacts=len(kept.cells),
            capacity=self._capacity,
            open=len(self._open),
            senders=len(kept.keys.senders),
            volumes=len(kept.volumes),
            log_id=self.log_id,
            position=self.position,
            bytes=sum(map(len, kept.cells.runs)) * BYTES,
            on_disk=sum(path.stat().st_size for path in self._folder.glob("*.counts")),
        )

    # --- lasting ----------------------------------------------------------------------------------------------------

    def compact(self) -> bool:
        """Begin a new log, and write a snapshot of all before it, aside.

        Returns:
            False when that has to wait for a merge.
        """
        if self.kept.cells.merging:
            return False
        # Only the last log may be torn, so this one is whole before there is another.
        self._log.close()
        number = self._number + 1
        self._log, self._number = Log(self._log_path(number), self._log.last, durable=self._durable), number
        rest = msgspec.structs.replace(self.kept.rest(), released={})
        head = Head(self._log.last, self._next_id, dict(self._open), rest, self.log_id, self.position, 0, 0)
        self.kept.cells.write_out(lambda run: self._keep(number, run, head))
        return True

    def _keep(self, number: int, run: Run, head: Head) -> None:
        path = self._folder / f"snapshot-{number:08}.counts"
        try:
            write_snapshot(path, run, head)
            self._snapshot_size = path.stat().st_size
            self._sweep(number)
        except OSError as error:
            # The logs are all there still; it is tried again when the next has grown.
            warn(_log, "counts.snapshot_failed", file=path.name, error=error.strerror)
        steps.reached("counts.after-sweep")

    def share(self) -> tuple[Shared, list[int]]:
        """The counts as they stand, in pages that other processes can map (快照).

        Returns:
            What to tell them and the descriptors that go with it; the last is the caller's to close.
        """
        self.kept.cells.freeze()
        runs = self.kept.cells.runs
        said = msgspec.msgpack.encode(self.kept.rest())
        shared = tuple(SharedRun(len(run), run.laid_for) for run in runs)
        return Shared(shared, len(said), self.log_id, self.position), [*(run.file for run in runs), pages_of(said)]

    def close(self) -> None:
        """Let go of the folder, everything being on disk."""
        self._aside.shutdown()
        self._log.close()
        self._lock.release()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- coming back ------------------------------------------------------------------------------------------------

    def _recover(self, recent: int) -> tuple[int, Log]:
        for leftover in self._folder.glob("*.part"):
            leftover.unlink()
        snapshots, found = self._numbers("snapshot"), self._numbers("log")
        first, last = 1, 0
        if snapshots:
            first = snapshots[-1]
            path = self._folder / f"snapshot-{first:08}.counts"
            head, run = read_snapshot(path)
            last, self._next_id, self._snapshot_size = head.last_frame, head.next_id, path.stat().st_size
            self._open.update(head.open)
            self.log_id, self.position = head.log_id, head.position
            self.kept.stand_on(head.rest, Cells(self._capacity, [run], aside=self._aside, recent=recent))
        numbers = [number for number in found if number >= first]
        if numbers != list(range(first, first + len(numbers))) or (snapshots and not numbers):
            raise JournalError(
                f"计数目录 {self._folder} 缺少日志，请从备份恢复",
                f"a log is missing from the counts in {self._folder}: restore the folder from a backup",
                thing=str(self._folder),
                rule="torn-counts",
            )
        for number in numbers:
            last = self._replay(read_log(self._log_path(number), last, may_be_torn=number == numbers[-1]), last)
        self._sweep(first)
        number = numbers[-1] if numbers else first
        return number, Log(self._log_path(number), last, durable=self._durable)

    def _replay(self, frames: Iterator[Frame], last: int) -> int:
        """Take in what a log says, a million records at a time; returns the number of its last frame."""
        waiting: list[NDArray[np.void]] = []
        count = 0
        for frame in frames:
            last = frame.number
            waiting.append(frame.records)
            if frame.extra is not None:
                self.kept.keys.put(frame.extra.added)
                self.log_id, self.position = frame.extra.log_id, frame.extra.position
            count += len(frame.records)
            if count > _AT_A_TIME:
                self._take_in(np.concatenate(waiting))
                waiting, count = [], 0
        if waiting:
            self._take_in(np.concatenate(waiting))
        return last

    def _take_in(self, records: NDArray[np.void]) -> None:
        what, ids = records["what"], records["id"]
        released = ids[what == logs.RELEASED]
        taken = (what == logs.RESERVED) | (what == logs.RESERVED_VOLUME)
        settled = np.isin(ids, ids[(what == logs.WENT) | (what == logs.RELEASED)])
        stays = ~np.isin(ids, released)
        here = ids[taken]
        for earlier in np.setdiff1d(released, here).tolist():
            if (reservation := self._open.pop(earlier, None)) is not None:
                self._take_back(reservation)
        for earlier in np.setdiff1d(ids[what == logs.WENT], here).tolist():
            self._open.pop(earlier, None)
        for record in records[taken & ~settled][-OPEN_AT_MOST:].tolist():
            taken_id, key, second, how, volume, _ = record
            stamp = second << KIND_BITS | key & 3
            self._open[taken_id] = Open(key >> KIND_BITS, stamp, how == logs.RESERVED, bool(volume))
        while len(self._open) > OPEN_AT_MOST:
            self._open.popitem(last=False)
        if len(here):
            self._next_id = max(self._next_id, int(here.max()) + 1)
            self.kept.cells.latest = max(self.kept.cells.latest, int(records["second"][taken].max()))
        self.kept.cells.extend(records[np.isin(what, _ADDS) & stays])
        self._count_volumes(records[(records["volume"] == 1) & np.isin(what, _COUNTS) & stays])

    def _count_volumes(self, records: NDArray[np.void]) -> None:
        hours = np.stack([records["key"] >> KIND_BITS + NUMBER_BITS, records["second"].astype(np.int64) // HOUR])
        which, messages = np.unique(hours, axis=1, return_counts=True)
        for (prefix, hour), count in zip(which.T.tolist(), messages.tolist(), strict=True):
            self.kept.volumes.add(prefix << NUMBER_BITS, hour * HOUR, count)

    def _numbers(self, what: str) -> list[int]:
        return sorted(int(path.stem.removeprefix(f"{what}-")) for path in self._folder.glob(f"{what}-*.counts"))

    def _log_path(self, number: int) -> Path:
        return self._folder / f"log-{number:08}.counts"

    def _sweep(self, first: int) -> None:
        """Remove what is older than a snapshot, logs before snapshots, so that what is left is always enough."""
        for what in ("log", "snapshot"):
            for number in self._numbers(what):
                if number < first:
                    (self._folder / f"{what}-{number:08}.counts").unlink()

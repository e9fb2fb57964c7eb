"""A snapshot of an installation's counts as a gate reads it, with the journal's tail on top (计数快照视图)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.errors import AnningError, NotTheWriter, Unavailable
from anning.gate.counts import wire
from anning.gate.counts.client import Connection, Snapshot
from anning.gate.counts.contacts import Ages, ContentKind, Volume, ages_of
from anning.gate.counts.kept import KeptContacts, Tail, unfolded
from anning.gate.counts.ledger import Ledger
from anning.gate.counts.shards import foreign_counts, shard_folders, shard_of_number, shard_of_text
from anning.journal.envelope import to_microseconds
from anning.registers.events import ContactsRecorded
from anning.registers.stated import Stated

_PATIENCE: Final = 5.0
_A_MOMENT: Final = 0.02
_LONG_TAIL: Final = 10_000


class CountsView:
    """Contacts and volumes as the owners had them at one moment; implements `KeepsContacts`.

    What the journal recorded after that moment lies on top, and so does what this gate has let go uncounted.
    """

    def __init__(self, folder: Path, shards: int = 1) -> None:
        """The counts in a folder: of their owners, or of the files where nobody owns them.

        Raises:
            Unavailable: an owner is there and does not answer.
            JournalError: a file is damaged or missing.
            Conflict: they were cut into another number of shards.
        """
        self._folders = shard_folders(folder, shards)
        self._tail: list[Stated] = []
        self._heard = 0
        self._snapshots: tuple[Snapshot, ...] = ()
        self._lying: tuple[object, ...] = ()
        self._changing = threading.Lock()
        self.refresh()

    def must_be_of(self, log_id: str) -> None:
        """Nothing, when no shard has contacts of another journal.

        Raises:
            JournalError: one has.
        """
        foreign = {snapshot.log_id for snapshot in self._snapshots} - {"", log_id}
        if foreign:
            raise foreign_counts(min(foreign), log_id)

    @property
    def nothing_known(self) -> bool:
        """Whether no contact with anybody is remembered."""
        return all(snapshot.kept.nothing_known for snapshot in self._snapshots)

    def fold(self) -> bytes:
        """The journal's contacts that the owners had not heard of; all others are theirs to keep."""
        said = [(each.position, each.at, each.payload) for each in self._tail]
        return msgspec.msgpack.encode(Tail(self._heard, said))  # type: ignore[arg-type]  # only contacts are in the tail

    def unfold(self, folded: bytes, position: int) -> int:
        """Take in what was folded, so far as the owners have not heard of it since; the journal tells the rest."""
        said = unfolded(folded)
        if isinstance(said, Tail) and said.after <= self._heard:
            self.take(Stated(*each) for each in said.said)
            return position
        return min(self._heard, position)

    def refresh(self) -> None:
        """Look at the counts as they are now. Raises as when they were opened, and then all stays as it was."""
        lying = tuple(map(_lying, self._folders))
        if lying == self._lying and None not in lying:
            return
        snapshots = tuple(map(_snapshot, self._folders))
        self._lying = lying
        with self._changing:
            self._heard = min(snapshot.position for snapshot in snapshots)
            self._tail = [each for each in self._tail if each.position > self._heard]
            for each in self._tail:
                _lay_on(snapshots, each)
            self._snapshots = snapshots

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in the contacts of the journal that the owners had not heard of; everything else is left to others."""
        for each in statements:
            if isinstance(each.payload, ContactsRecorded) and each.position > self._heard:
                with self._changing:
                    self._tail.append(each)
                    _lay_on(self._snapshots, each)
                if len(self._tail) % _LONG_TAIL == 0:
                    # They have heard of most of it meanwhile; where they are away it has to be kept here.
                    with suppress(AnningError):
                        self.refresh()

    def record(self, sender: str, number: str, channel: str, kind: ContentKind, moment: int) -> None:
        """One contact more that no owner has counted yet."""
        self._snapshot_of(number).kept.add(sender, number, channel, kind, moment, moment)
        self._of_sender(sender).kept.measure(sender, channel, kind, moment, moment)

    def stamps(self, sender: str, number: str, channel: str) -> tuple[int, ...]:
        """The contacts themselves, in order of time."""
        return self._snapshot_of(number).kept.stamps(sender, number, channel)

    def ages(self, sender: str, number: str, channel: str, moment: int, since: int | None = None) -> Ages:
        """Contacts not later than `moment` and not before `since`, at most 30 days back."""
        return ages_of(self.stamps(sender, number, channel), moment, since)

    def known(self, sender: str, number: str, channel: str) -> bool:
        """Whether any is remembered."""
        return self._snapshot_of(number).kept.known(sender, number, channel)

    def known_among(self, sender: str, numbers: Sequence[str], channel: str) -> set[str]:
        """Those of many numbers of which any is remembered."""
        return set().union(*(each.kept.known_among(sender, numbers, channel) for each in self._snapshots))

    def known_values(self, sender: str, values: NDArray[np.int64], channel: str) -> NDArray[np.bool_]:
        """The same of mobile numbers as integers, by row."""
        found = np.zeros(len(values), dtype=np.bool_)
        for each in self._snapshots:
            found |= each.kept.known_values(sender, values, channel)
        return found

    def volume(self, sender: str, channel: str, moment: int, days: int) -> Volume:
        """Service messages in the hour of `moment`, and in the busiest of the hours of so many days before it."""
        return self._of_sender(sender).kept.volume(sender, channel, moment, days)

    def _snapshot_of(self, number: str) -> Snapshot:
        return self._snapshots[shard_of_number(number, len(self._snapshots))]

    def _of_sender(self, sender: str) -> Snapshot:
        return self._snapshots[shard_of_text(sender, len(self._snapshots))]


def _lay_on(snapshots: Sequence[Snapshot], each: Stated) -> None:
    """Add the contacts of a statement where the owner of their number, or of their sender, had not heard of it."""
    said, by = each.payload, to_microseconds(each.at)
    assert isinstance(said, ContactsRecorded)
    counts = snapshots[shard_of_number(said.number, len(snapshots))]
    measures = snapshots[shard_of_text(said.sender, len(snapshots))]
    for moment in map(to_microseconds, said.at):
        if each.position > counts.position:
            counts.kept.add(said.sender, said.number, said.channel, said.content, moment, by)
        if each.position > measures.position:
            measures.kept.measure(said.sender, said.channel, said.content, moment, by)


def _lying(folder: Path) -> object:
    """How the files of a shard lie that nobody owns; None of one with an owner, which says more."""
    if (folder / wire.NAME).exists():
        return None
    return sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in folder.glob("*.counts"))


def _snapshot(folder: Path) -> Snapshot:
    """The counts of one shard; of one that was never used, none."""
    until = time.monotonic() + _PATIENCE
    while folder.exists():
        connection = Connection(folder)
        try:
            return connection.share()
        except Unavailable as away:
            try:
                with Ledger(folder) as ledger:
                    return Snapshot(ledger.kept, ledger.log_id, ledger.position)
            except NotTheWriter:
                # Its owner is just beginning or ending.
                if time.monotonic() > until:
                    raise away from None
                time.sleep(_A_MOMENT)
        finally:
            connection.close()
    return Snapshot(KeptContacts(), "", 0)

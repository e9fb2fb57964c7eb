"""Contacts and volumes in memory: what a gate judges by, and what its owner counts in (内存计数)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.gate.counts.cells import Cells
from anning.gate.counts.contacts import SECOND, Ages, ContentKind, Volume, ages_of, stamp_of
from anning.gate.counts.keys import Keys, Names, mobile
from anning.gate.counts.runs import Run
from anning.gate.counts.volumes import Volumes, hours_of
from anning.journal.envelope import to_microseconds
from anning.registers.events import ContactsRecorded
from anning.registers.stated import Stated


class Rest(msgspec.Struct, frozen=True, array_like=True):
    """All of the counts that is no run: as a snapshot keeps it and as it is shared.

    Attributes:
        senders, others: places and names, and the next place.
        volumes: prefix, newest hour, and counts by hour modulo 696 as bytes.
        released: contacts taken back that still lie in a run, by cell.
        latest: the second from which windows are counted back when contacts are left out.
    """

    senders: tuple[list[tuple[int, str]], int]
    others: tuple[list[tuple[int, str]], int]
    volumes: list[tuple[int, int, bytes]]
    released: dict[int, tuple[int, ...]]
    latest: int


class Folded(msgspec.Struct, frozen=True, array_like=True, tag="whole"):
    """All contacts of a gate that keeps them itself: the runs' keys and seconds, and the rest."""

    rest: Rest
    runs: list[tuple[bytes, bytes]]


class Tail(msgspec.Struct, frozen=True, array_like=True, tag="tail"):
    """The contacts that the journal recorded after a position, others being the owners' to keep."""

    after: int
    said: list[tuple[int, datetime, ContactsRecorded]]


_decode: Final[Callable[[bytes], Folded | Tail]] = msgspec.msgpack.Decoder(Folded | Tail).decode


def unfolded(folded: bytes) -> Folded | Tail | None:
    """What any contacts folded; None for what another version did."""
    try:
        return _decode(folded)
    except msgspec.MsgspecError:
        return None


class KeptContacts:
    """The contacts of the latest 30 days and volumes of four weeks, bounded; implements `KeepsContacts`.

    Attributes:
        cells, keys, volumes: what it is made of.
    """

    def __init__(self, cells: Cells | None = None, keys: Keys | None = None, volumes: Volumes | None = None) -> None:
        self.cells = Cells() if cells is None else cells
        self.keys = Keys() if keys is None else keys
        self.volumes = Volumes() if volumes is None else volumes

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in the contacts that the journal records; everything else is left to others."""
        for _, said_at, said in statements:
            if isinstance(said, ContactsRecorded):
                by = to_microseconds(said_at)
                for moment in map(to_microseconds, said.at):
                    self.add(said.sender, said.number, said.channel, said.content, moment, by)
                    self.measure(said.sender, said.channel, said.content, moment, by)

    def record(self, sender: str, number: str, channel: str, kind: ContentKind, moment: int) -> None:
        """One contact more; of one kind the latest 256 are kept.

        Raises:
            Unavailable: there is no room.
        """
        self.add(sender, number, channel, kind, moment, moment)
        self.measure(sender, channel, kind, moment, moment)

    def add(self, sender: str, number: str, channel: str, kind: ContentKind, moment: int, by: int) -> None:
        """One contact, recorded by then: what lies after it, a slip of the pen perhaps, makes nothing else old."""
        self.cells.latest = max(self.cells.latest, min(moment, by) // SECOND)
        self.cells.make_room()
        self.cells.add(self.keys.cell(sender, number, channel), stamp_of(kind, moment))

    def measure(self, sender: str, channel: str, kind: ContentKind, moment: int, by: int) -> None:
        """Its volume, if it has any and is not yet to come."""
        if counts_as_volume(channel, kind) and moment <= by:
            self.volumes.add(self.keys.new_prefix(sender, channel), moment // SECOND)

    def refresh(self) -> None:
        """Nothing: nobody else counts here."""

    def rest(self) -> Rest:
        """All that is no run, as it stands now."""
        keys, rows = self.keys, self.volumes.rows()
        return Rest(
            senders=(keys.senders.items(), keys.senders.next_place),
            others=(keys.others.items(), keys.others.next_place),
            volumes=[(prefix, newest, hours.tobytes()) for prefix, (newest, hours) in rows.items()],
            released=dict(self.cells.released),
            latest=self.cells.latest,
        )

    def stand_on(self, rest: Rest, cells: Cells) -> None:
        """Be what `rest` told, with cells that have the runs."""
        cells.latest = rest.latest
        self.cells = cells
        self.keys = Keys(Names(*rest.senders), Names(*rest.others))
        self.volumes = Volumes({prefix: (newest, hours_of(hours)) for prefix, newest, hours in rest.volumes})

    def fold(self) -> bytes:
        """Everything remembered, for a snapshot."""
        self.cells.freeze()
        runs = [(run.keys.tobytes(), run.seconds.tobytes()) for run in self.cells.runs]
        return msgspec.msgpack.encode(Folded(self.rest(), runs))

    def unfold(self, folded: bytes, position: int) -> int:
        """Remember what was folded; where owners kept the rest of it, the journal must tell it from the beginning."""
        said = unfolded(folded)
        if not isinstance(said, Folded):
            return 0
        runs = [Run(np.frombuffer(keys, np.int64), np.frombuffer(seconds, np.uint32)) for keys, seconds in said.runs]
        self.stand_on(said.rest, Cells(runs=runs, released=said.rest.released))
        return position

    @property
    def nothing_known(self) -> bool:
        """Whether no contact with anybody is remembered."""
        return not len(self.cells)

    def stamps(self, sender: str, number: str, channel: str) -> tuple[int, ...]:
        """The contacts themselves, in order of time."""
        cell = self.keys.find(sender, number, channel)
        return () if cell is None else self.cells.stamps(cell)

    def ages(self, sender: str, number: str, channel: str, moment: int, since: int | None = None) -> Ages:
        """Contacts not later than `moment` and not before `since`, at most 30 days back."""
        return ages_of(self.stamps(sender, number, channel), moment, since)

    def known(self, sender: str, number: str, channel: str) -> bool:
        """Whether any is remembered."""
        cell = self.keys.find(sender, number, channel)
        return cell is not None and self.cells.known(cell)

    def known_among(self, sender: str, numbers: Sequence[str], channel: str) -> set[str]:
        """Those of many numbers of which any is remembered."""
        if not len(self.cells) or self.keys.prefix(sender, channel) is None:
            return set()
        values = [mobile(number) or 0 for number in numbers]
        found = self.known_values(sender, np.array(values, dtype=np.int64), channel)
        known = {numbers[row] for row in np.flatnonzero(found).tolist()}
        if len(self.keys.others):
            others = (number for number, value in zip(numbers, values, strict=True) if not value)
            known.update(number for number in others if self.known(sender, number, channel))
        return known

    def known_values(self, sender: str, values: NDArray[np.int64], channel: str) -> NDArray[np.bool_]:
        """The same of mobile numbers as integers, by row."""
        prefix = self.keys.prefix(sender, channel)
        if prefix is None:
            return np.zeros(len(values), dtype=np.bool_)
        return self.cells.known_values(prefix, values)

    def volume(self, sender: str, channel: str, moment: int, days: int) -> Volume:
        """Service messages in the hour of `moment`, and in the busiest of the hours of so many days before it."""
        prefix = self.keys.prefix(sender, channel)
        return Volume() if prefix is None else self.volumes.of(prefix, moment // SECOND, days)


def counts_as_volume(channel: str, kind: ContentKind) -> bool:
    """A service message, no call and no verification code."""
    return channel != "call" and kind == "service"

"""The counts of an installation as a gate and its channels use them, whichever owners they have (联系计数)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from anning.errors import AnningError, JournalError, Unavailable
from anning.gate.counts.client import TIMEOUT, Connection
from anning.gate.counts.contacts import ContentKind, stamp_of
from anning.gate.counts.kept import counts_as_volume
from anning.gate.counts.messages import (
    Changed,
    Contact,
    Failed,
    NoRoom,
    Record,
    Report,
    Reported,
    Reserve,
    ReserveVolume,
    Settle,
    Settled,
    Taken,
)
from anning.gate.counts.shards import shard_folders, shard_of_number, shard_of_text
from anning.journal.envelope import to_microseconds
from anning.registers.events import ContactsRecorded
from anning.registers.stated import Stated

_FULL: Final = "capacity"


class Reservation(msgspec.Struct, frozen=True):
    """What was counted, to be settled (预占): by shard the ids of the contact and, where another counts it, of the
    volume."""

    parts: tuple[tuple[int, int], ...]


class Counts:
    """All shards of one installation; safe for threads."""

    def __init__(self, folder: Path, shards: int = 1, *, timeout: float = TIMEOUT) -> None:
        """Of the counts in a folder; nobody is asked yet.

        Raises:
            Conflict: they were cut into another number of shards.
        """
        self.shards = shards
        self._connections = [Connection(each, timeout) for each in shard_folders(folder, shards)]

    def reserve(
        self,
        sender: str,
        number: str,
        channel: str,
        kind: ContentKind,
        *,
        seen: tuple[int, ...] | None = None,
        room: int | None = None,
    ) -> Reservation | Changed | NoRoom:
        """Count a contact that is about to be sent, if the counts are those its verdict rests on.

        Args:
            number: E.164, or as it stands where it is none.
            seen: the stamps its verdict was reached with; None when it rests on none.
            room: the sender's service messages of this hour must be fewer; None when it does not rest on them.

        Returns:
            The reservation, on disk; or the stamps there are instead; or that there is no room in this hour.

        Raises:
            Unavailable: an owner is away or full. It may count all the same.
        """
        here, there = shard_of_number(number, self.shards), shard_of_text(sender, self.shards)
        volume = counts_as_volume(channel, kind)
        if not volume or here == there:
            answer = self._one(here, Reserve(sender, number, channel, kind, seen, volume, room))
            return Reservation(((here, answer.id),)) if isinstance(answer, Taken) else answer
        first = self._one(there, ReserveVolume(sender, channel, room))
        if not isinstance(first, Taken):
            return first
        try:
            answer = self._one(here, Reserve(sender, number, channel, kind, seen))
        except AnningError:
            self._connections[there].ask([Settle(first.id, went=False)])
            raise
        if isinstance(answer, Taken):
            return Reservation(((here, answer.id), (there, first.id)))
        self._connections[there].ask([Settle(first.id, went=False)])
        return answer

    def settle(self, reservation: Reservation, *, went: bool) -> bool:
        """Say what became of it: it went, or the carrier refused it and it counts no longer.

        Returns:
            Whether it was open; if it was not, it counts, unless it was released before.

        Raises:
            Unavailable: an owner is away. Say it again later; twice is once.
        """
        opened = [self._connections[shard].ask([Settle(taken, went)])[0] for shard, taken in reservation.parts]
        return all(isinstance(answer, Settled) and answer.open for answer in opened)

    def reports(self) -> list[Reported]:
        """How the owners are.

        Raises:
            Unavailable: an owner is away.
        """
        answers = [connection.ask([Report()])[0] for connection in self._connections]
        return [answer for answer in answers if isinstance(answer, Reported)]

    def record(self, log_id: str, statements: Iterable[Stated], position: int) -> None:
        """Count the contacts that the journal records; what an owner has heard already is passed over.

        Args:
            statements: the journal's up to `position`, from where the owners are (`heard`) or before.

        Raises:
            Unavailable: an owner is away or full.
            JournalError: these are the counts of another journal.
        """
        said = [each for each in statements if isinstance(each.payload, ContactsRecorded)]
        for shard, (heard, connection) in enumerate(zip(self.reports(), self._connections, strict=True)):
            if heard.position < position:
                new = [each for each in said if each.position > heard.position]
                contacts = tuple(contact for each in new for contact in self._share_of(shard, each))
                _right(connection.ask([Record(log_id, heard.position, position, contacts)])[0])

    def _share_of(self, shard: int, each: Stated) -> Iterator[Contact]:
        """What one statement has for an owner: contacts of its numbers, volumes of its senders."""
        said, said_at = each.payload, to_microseconds(each.at)
        assert isinstance(said, ContactsRecorded)
        counted = shard_of_number(said.number, self.shards) == shard
        measured = shard_of_text(said.sender, self.shards) == shard and counts_as_volume(said.channel, said.content)
        if counted or measured:
            for at in said.at:
                moment = to_microseconds(at)
                volume = measured and moment <= said_at
                number = said.number if counted else None
                yield Contact(said.sender, number, said.channel, stamp_of(said.content, moment), volume)

    def heard(self) -> int:
        """Up to where in the journal every owner has heard.

        Raises:
            Unavailable: an owner is away.
        """
        return min(report.position for report in self.reports())

    def close(self) -> None:
        """Give the connections back."""
        for connection in self._connections:
            connection.close()

    def __enter__(self) -> Counts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _one(self, shard: int, request: Reserve | ReserveVolume) -> Taken | Changed | NoRoom:
        answer = _right(self._connections[shard].ask([request])[0])
        assert isinstance(answer, Taken | Changed | NoRoom)
        return answer


def _right(answer: object) -> object:
    """The answer, unless it says what went wrong."""
    if isinstance(answer, Failed):
        kind = Unavailable if answer.rule == _FULL else JournalError
        raise kind(answer.zh, answer.en, thing="counts", rule=answer.rule)
    return answer

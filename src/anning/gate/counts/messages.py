"""What is asked of the owner of counts, and what it answers (请求与答复)."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from anning.gate.counts.contacts import ContentKind


class Reserve(msgspec.Struct, frozen=True, array_like=True, tag="reserve"):
    """Count a contact that is about to be sent, if the counts are those its verdict rests on (预占).

    Attributes:
        seen: the stamps of the cell that the verdict was reached with; None when it rests on none.
        volume: it counts in the sender's service volume here.
        room: the sender's messages of this hour must be fewer; None when the verdict does not rest on that.
    """

    sender: str
    number: str
    channel: str
    kind: ContentKind
    seen: tuple[int, ...] | None = None
    volume: bool = False
    room: int | None = None


class ReserveVolume(msgspec.Struct, frozen=True, array_like=True, tag="volume"):
    """The volume alone, of a message whose number another owner counts."""

    sender: str
    channel: str
    room: int | None = None


class Settle(msgspec.Struct, frozen=True, array_like=True, tag="settle"):
    """What became of a reservation: it went, or it did not and counts no longer (确认或释放)."""

    id: int
    went: bool


class Contact(msgspec.Struct, frozen=True, array_like=True):
    """One contact that the journal recorded; without a number, its volume alone."""

    sender: str
    number: str | None
    channel: str
    stamp: int
    volume: bool


class Record(msgspec.Struct, frozen=True, array_like=True, tag="record"):
    """Contacts of the journal's events after one position up to another."""

    log_id: str
    after: int
    position: int
    contacts: tuple[Contact, ...]


class Share(msgspec.Struct, frozen=True, array_like=True, tag="share"):
    """The counts as they stand, to read (快照)."""


class Report(msgspec.Struct, frozen=True, array_like=True, tag="report"):
    """How the owner is."""


Request: TypeAlias = Reserve | ReserveVolume | Settle | Record | Report


class Taken(msgspec.Struct, frozen=True, array_like=True, tag="taken"):
    """Counted, and on disk; to be settled by its id."""

    id: int


class Changed(msgspec.Struct, frozen=True, array_like=True, tag="changed"):
    """Not counted: the cell holds other stamps, these."""

    stamps: tuple[int, ...]


class NoRoom(msgspec.Struct, frozen=True, array_like=True, tag="no-room"):
    """Not counted: the sender has sent that much in this hour."""

    this_hour: int


class Settled(msgspec.Struct, frozen=True, array_like=True, tag="settled"):
    """Whether the reservation was open; if not, it counts, unless it was released before."""

    open: bool


class Recorded(msgspec.Struct, frozen=True, array_like=True, tag="recorded"):
    """Up to where the journal's contacts are counted."""

    log_id: str
    position: int


class Failed(msgspec.Struct, frozen=True, array_like=True, tag="failed"):
    """Not counted, and why."""

    zh: str
    en: str
    rule: str


class SharedRun(msgspec.Struct, frozen=True, array_like=True):
    """One run whose pages' descriptor comes along."""

    contacts: int
    laid_for: int


class Shared(msgspec.Struct, frozen=True, array_like=True, tag="shared"):
    """The counts as they stand; with it come the descriptors of the runs' pages and of those with all the rest.

    Attributes:
        rest: bytes of a `Rest`.
        log_id, position: how far in which journal they have heard.
    """

    runs: tuple[SharedRun, ...]
    rest: int
    log_id: str
    position: int


class Reported(msgspec.Struct, frozen=True, array_like=True, tag="reported"):
    """State of an owner.

    Attributes:
        contacts, capacity: how many are kept, and may be.
        open: reservations not settled.
        senders: those of which any contact was ever kept.
        volumes: senders and channels with a service volume.
        log_id, position: how far in which journal.
        bytes: of runs in memory; `on_disk` of snapshot and logs.
    """

    contacts: int
    capacity: int
    open: int
    senders: int
    volumes: int
    log_id: str
    position: int
    bytes: int
    on_disk: int


Answer: TypeAlias = Taken | Changed | NoRoom | Settled | Recorded | Failed | Shared | Reported

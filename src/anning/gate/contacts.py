"""Earlier calls and messages of a sender to a number, for frequency rules (既往联系).

`Contacts` is what the gate asks: a snapshot. Reservation at dispatch by the owner of the number's hash is another
matter (design, idea 8) and comes behind the same interface.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol, TypeAlias

import msgspec

from anning.journal.envelope import to_microseconds
from anning.registers.events import ContactsRecorded
from anning.registers.stated import Stated

ContentKind: TypeAlias = Literal["commercial", "code", "service"]

KEPT: int = 256
"""Latest contacts kept of each kind for one sender, number and channel: far above any cap."""

HORIZON_SECONDS: int = 30 * 86_400
"""The longest window that any limit of frequency looks back."""

LATE_SECONDS: int = 86_400
"""How much earlier than the latest contact a communication may be judged and still see the whole window."""

FIRST_SWEEP: int = 65_536
"""So many numbers are remembered before those that nobody looks back on any more are sought for the first time."""

_SECOND = 1_000_000


class Ages:
    """How long ago, newest first: of all contacts, of marketing, of verification codes.

    In whole seconds of the clock, so that an age changes only when a second begins.

    Attributes:
        coming: the moment of the first contact that is already recorded and yet to come, in microseconds.
    """

    __slots__ = ("codes", "coming", "contacts", "marketing")

    def __init__(
        self,
        contacts: tuple[int, ...] = (),
        marketing: tuple[int, ...] = (),
        codes: tuple[int, ...] = (),
        coming: int | None = None,
    ) -> None:
        self.contacts = contacts
        self.marketing = marketing
        self.codes = codes
        self.coming = coming


NO_CONTACT = Ages()


class Contacts(Protocol):
    """What was sent or dialled before."""

    def ages(self, sender: str, number: str, channel: str, moment: int, since: int | None = None) -> Ages:
        """Contacts not later than `moment` (microseconds) and, for a new holder of the number, not before `since`."""

    def known(self, sender: str, number: str, channel: str) -> bool:
        """Whether any is remembered."""

    def known_among(self, sender: str, numbers: Sequence[str], channel: str) -> set[str]:
        """Those of many numbers of which any is remembered."""

    @property
    def nothing_known(self) -> bool:
        """Whether no contact with anybody is remembered."""


class KeptContacts:
    """The latest contacts in memory, bounded for each sender, number and channel."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, str, str], dict[ContentKind, list[int]]] = {}
        self._latest = 0
        self._sweep_at = FIRST_SWEEP

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in the contacts that the journal records; everything else is left to others."""
        for _, _, said in statements:
            if isinstance(said, ContactsRecorded):
                for at in said.at:
                    self.record(said.sender, said.number, said.channel, said.content, to_microseconds(at))

    def record(self, sender: str, number: str, channel: str, kind: ContentKind, moment: int) -> None:
        """One contact more; of one kind the latest 256 are kept."""
        times = self._times.setdefault((sender, number, channel), {}).setdefault(kind, [])
        insort(times, moment)
        if len(times) > KEPT:
            del times[0]
        self._latest = max(self._latest, moment)
        if len(self._times) > self._sweep_at:
            self._sweep()

    def fold(self) -> bytes:
        """Everything remembered, for a snapshot."""
        return msgspec.msgpack.encode([(key, kinds) for key, kinds in list(self._times.items())])

    def unfold(self, folded: bytes) -> None:
        """Remember what `fold` gave."""
        times = msgspec.msgpack.decode(folded, type=list[tuple[tuple[str, str, str], dict[ContentKind, list[int]]]])
        self._times = dict(times)
        self._latest = max((kept[-1] for kinds in self._times.values() for kept in kinds.values() if kept), default=0)

    def _sweep(self) -> None:
        """Forget numbers whose contacts are all out of the window; the next time, when there are twice as many."""
        first = self._latest - (HORIZON_SECONDS + LATE_SECONDS) * _SECOND
        kept = list(self._times.items())
        for key in [key for key, kinds in kept if all(times[-1] < first for times in list(kinds.values()) if times)]:
            self._times.pop(key, None)
        self._sweep_at = max(FIRST_SWEEP, 2 * len(self._times))

    @property
    def nothing_known(self) -> bool:
        """Whether no contact with anybody is remembered."""
        return not self._times

    def known(self, sender: str, number: str, channel: str) -> bool:
        """Whether any is remembered."""
        return (sender, number, channel) in self._times

    def known_among(self, sender: str, numbers: Sequence[str], channel: str) -> set[str]:
        """Those of many numbers of which any is remembered."""
        if not self._times:
            return set()
        return {number for number in numbers if (sender, number, channel) in self._times}

    def ages(self, sender: str, number: str, channel: str, moment: int, since: int | None = None) -> Ages:
        """Contacts not later than `moment` and not before `since`, at most 30 days back."""
        kinds = self._times.get((sender, number, channel))
        if kinds is None:
            return NO_CONTACT
        first = moment - HORIZON_SECONDS * _SECOND
        if since is not None:
            first = max(first, since)
        ages = {
            kind: [moment // _SECOND - time // _SECOND for time in reversed(times) if first <= time <= moment]
            for kind, times in kinds.items()
        }
        return Ages(
            tuple(sorted(age for listed in ages.values() for age in listed)),
            tuple(ages.get("commercial", ())),
            tuple(ages.get("code", ())),
            min((time for times in kinds.values() for time in times if time > moment), default=None),
        )


class JobContacts:
    """The rows of one bulk job that may go, all of one sender, channel and moment, laid over the contacts before it."""

    def __init__(self, before: Contacts) -> None:
        self._before = before
        self._rows: dict[str, int] = {}

    def add(self, number: str, kind: ContentKind) -> None:
        """A row that may go: at most 256 of one kind count."""
        row = self._rows.get(number, 0)
        if _count(row, kind) < KEPT:
            self._rows[number] = row + (1 << _PLACE[kind])

    def add_first(self, numbers: Iterable[str], kind: ContentKind) -> None:
        """Rows that may go of numbers that have had none in this job, each number once."""
        self._rows.update(dict.fromkeys(numbers, 1 << _PLACE[kind]))

    @property
    def nothing_known(self) -> bool:
        """Whether no contact with anybody is remembered, of the job or before it."""
        return not self._rows and self._before.nothing_known

    def known(self, sender: str, number: str, channel: str) -> bool:
        """Whether any is remembered, of the job or before it."""
        return number in self._rows or self._before.known(sender, number, channel)

    def known_among(self, sender: str, numbers: Sequence[str], channel: str) -> set[str]:
        """Those of many numbers of which any is remembered, of the job or before it."""
        before = self._before.known_among(sender, numbers, channel)
        return before.union(filter(self._rows.__contains__, numbers)) if self._rows else before

    def ages(self, sender: str, number: str, channel: str, moment: int, since: int | None = None) -> Ages:
        """Those of the job at age 0, then those before it."""
        before = self._before.ages(sender, number, channel, moment, since)
        rows = self._rows.get(number)
        if rows is None:
            return before
        commercial, codes, service = (_count(rows, kind) for kind in _PLACE)
        return Ages(
            (0,) * (commercial + codes + service) + before.contacts,
            ((0,) * commercial + before.marketing)[:KEPT],
            ((0,) * codes + before.codes)[:KEPT],
            before.coming,
        )


_BITS = 9
_PLACE: dict[ContentKind, int] = {"commercial": 0, "code": _BITS, "service": 2 * _BITS}
"""Where the counts of a row stand in one number: millions of rows are kept while a job runs."""


def _count(row: int, kind: ContentKind) -> int:
    return row >> _PLACE[kind] & ((1 << _BITS) - 1)

"""Earlier calls and messages of a sender to a number, for frequency rules (既往联系).

`Contacts` is what the gate asks: a snapshot. Reservation at dispatch by the owner of the number's hash is another
matter (design, idea 8) and comes behind the same interface.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol, TypeAlias

from anning.journal.envelope import to_microseconds
from anning.registers.events import ContactsRecorded
from anning.registers.stated import Stated

ContentKind: TypeAlias = Literal["commercial", "code", "service"]

KEPT: int = 256
"""Latest contacts kept of each kind for one sender, number and channel: far above any cap."""

HORIZON_SECONDS: int = 30 * 86_400
"""The longest window that any limit of frequency looks back."""

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
        """Whether there was ever one."""

    def known_among(self, sender: str, numbers: Sequence[str], channel: str) -> set[str]:
        """Those of many numbers of which there was ever one."""


class KeptContacts:
    """The latest contacts in memory, bounded for each sender, number and channel."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, str, str], dict[ContentKind, list[int]]] = {}

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

    def known(self, sender: str, number: str, channel: str) -> bool:
        """Whether there was ever one."""
        return (sender, number, channel) in self._times

    def known_among(self, sender: str, numbers: Sequence[str], channel: str) -> set[str]:
        """Those of many numbers of which there was ever one."""
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
        self._rows: dict[str, tuple[int, int, int]] = {}

    def add(self, number: str, kind: ContentKind) -> None:
        """A row that may go: at most 256 of one kind count."""
        commercial, codes, service = self._rows.get(number, (0, 0, 0))
        self._rows[number] = (
            min(KEPT, commercial + (kind == "commercial")),
            min(KEPT, codes + (kind == "code")),
            min(KEPT, service + (kind == "service")),
        )

    def add_first(self, numbers: Iterable[str], kind: ContentKind) -> None:
        """Rows that may go of numbers that have had none in this job, each number once."""
        self._rows.update(
            dict.fromkeys(numbers, (int(kind == "commercial"), int(kind == "code"), int(kind == "service")))
        )

    def known(self, sender: str, number: str, channel: str) -> bool:
        """Whether there was ever one, in the job or before it."""
        return number in self._rows or self._before.known(sender, number, channel)

    def known_among(self, sender: str, numbers: Sequence[str], channel: str) -> set[str]:
        """Those of many numbers of which there was ever one, in the job or before it."""
        before = self._before.known_among(sender, numbers, channel)
        return before.union(filter(self._rows.__contains__, numbers)) if self._rows else before

    def ages(self, sender: str, number: str, channel: str, moment: int, since: int | None = None) -> Ages:
        """Those of the job at age 0, then those before it."""
        before = self._before.ages(sender, number, channel, moment, since)
        rows = self._rows.get(number)
        if rows is None:
            return before
        commercial, codes, service = rows
        return Ages(
            (0,) * (commercial + codes + service) + before.contacts,
            ((0,) * commercial + before.marketing)[:KEPT],
            ((0,) * codes + before.codes)[:KEPT],
            before.coming,
        )

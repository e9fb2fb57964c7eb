"""What the gate asks of earlier communications, for limits of frequency and of volume (既往联系)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, Protocol, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.registers.stated import Stated

ContentKind: TypeAlias = Literal["commercial", "code", "service"]

KINDS: Final[tuple[ContentKind, ...]] = ("commercial", "code", "service")
"""The kinds, each at its number in a stamp."""

KEPT: Final = 256
"""Latest contacts kept of each kind for one sender, number and channel: far above any cap."""

HORIZON_SECONDS: Final = 30 * 86_400
"""The longest window that any limit of frequency looks back."""

LATE_SECONDS: Final = 86_400
"""How much earlier than the latest contact a communication may be judged and still see the whole window."""

SECOND: Final = 1_000_000
_LAST_SECOND: Final = (1 << 32) - 1


class Ages:
    """How long ago, newest first: of all contacts, of marketing, of verification codes.

    In whole seconds of the clock, so that an age changes only when a second begins; a contact counts from the
    beginning of its second.

    Attributes:
        coming: the beginning of the first recorded contact that is yet to come, in microseconds.
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


NO_CONTACT: Final = Ages()


class Volume(msgspec.Struct, frozen=True):
    """Service messages of one sender on one channel (服务类业务量), verification codes not counted.

    Attributes:
        this_hour: so far in the hour of the clock.
        peak: in the busiest hour of those that are looked back on.
    """

    this_hour: int = 0
    peak: int = 0


class Contacts(Protocol):
    """What was sent or dialled before."""

    @property
    def nothing_known(self) -> bool:
        """Whether no contact with anybody is remembered."""

    def ages(self, sender: str, number: str, channel: str, moment: int, since: int | None = None) -> Ages:
        """Contacts not later than `moment` (microseconds) and, for a new holder of the number, not before `since`."""

    def known(self, sender: str, number: str, channel: str) -> bool:
        """Whether any is remembered."""

    def known_among(self, sender: str, numbers: Sequence[str], channel: str) -> set[str]:
        """Those of many numbers of which any is remembered."""

    def known_values(self, sender: str, values: NDArray[np.int64], channel: str) -> NDArray[np.bool_]:
        """The same of mobile numbers as integers, 13000000000 to 19999999999, by row; false for any other integer."""

    def volume(self, sender: str, channel: str, moment: int, days: int) -> Volume:
        """Service messages in the hour of `moment`, and in the busiest of the hours of so many days before it."""


class KeepsContacts(Contacts, Protocol):
    """Contacts that a gate adds to."""

    def stamps(self, sender: str, number: str, channel: str) -> tuple[int, ...]:
        """The contacts themselves, in order of time, as `stamp_of` makes them."""

    def record(self, sender: str, number: str, channel: str, kind: ContentKind, moment: int) -> None:
        """One contact more."""

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in the contacts that the journal records; everything else is left to others."""

    def refresh(self) -> None:
        """Look at what others counted meanwhile, if this is a snapshot of theirs.

        Raises:
            Unavailable: they are away; all stays as it was.
        """

    def fold(self) -> bytes:
        """Everything remembered that nobody else keeps, for a snapshot."""

    def unfold(self, folded: bytes, position: int) -> int:
        """Remember what these or other contacts folded at a position of the journal.

        Returns:
            The position after which the journal's contacts must be told again, up to that one: the same when none.
        """


def stamp_of(kind: ContentKind, moment: int) -> int:
    """A contact's second and kind in one integer, ordered by time; seconds from 1970 to 2106."""
    return min(max(moment // SECOND, 0), _LAST_SECOND) << 2 | KINDS.index(kind)


def ages_of(stamps: Sequence[int], moment: int, since: int | None = None) -> Ages:
    """Stamps, in order of time, as ages at a moment."""
    if not stamps:
        return NO_CONTACT
    now = moment // SECOND
    first = now - HORIZON_SECONDS
    if since is not None:
        first = max(first, since // SECOND)
    listed: tuple[list[int], ...] = ([], [], [])
    coming = None
    for stamp in reversed(stamps):
        second = stamp >> 2
        if second > now:
            coming = second * SECOND
        elif second >= first:
            ages = listed[stamp & 3]
            if len(ages) < KEPT:
                ages.append(now - second)
    commercial, codes, _ = listed
    return Ages(tuple(sorted(listed[0] + listed[1] + listed[2])), tuple(commercial), tuple(codes), coming)

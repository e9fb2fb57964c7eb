"""Sender, number, channel and kind as one integer (键).

    sender 24 bits | channel 2 | number 35 | kind 2

A mobile number stands for itself; every other one for its place in a table, and a sender likewise. All contacts of a
sender on a channel lie together, in the order of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from anning.errors import Unavailable

KIND_BITS: Final = 2
NUMBER_BITS: Final = 35
CHANNEL_BITS: Final = 2
SENDERS: Final = 1 << 24
"""As many senders can be told apart."""

FIRST_MOBILE: Final = 13_000_000_000
LAST_MOBILE: Final = 19_999_999_999
CHANNELS: Final = ("sms", "call", "app")

NUMBER_MASK: Final = (1 << NUMBER_BITS) - 1


class Names:
    """Texts that stand for integers, numbered as they come."""

    def __init__(self, names: Iterable[tuple[int, str]] = (), next_place: int = 0) -> None:
        """Those of before; places that were given up are not given again."""
        self._places: dict[str, int] = {name: place for place, name in names}
        self.next_place = max(next_place, max(self._places.values(), default=-1) + 1)

    def __len__(self) -> int:
        return len(self._places)

    def find(self, name: str) -> int | None:
        """The place of a name, None when it has none."""
        return self._places.get(name)

    def place(self, name: str) -> int:
        """The place of a name, a new one when it had none."""
        place = self._places.get(name)
        if place is None:
            place = self.next_place
            self.put(place, name)
        return place

    def put(self, place: int, name: str) -> None:
        """Give a name a place of before."""
        self._places[name] = place
        self.next_place = max(self.next_place, place + 1)

    def items(self) -> list[tuple[int, str]]:
        """Places and names."""
        return [(place, name) for name, place in self._places.items()]


class Keys:
    """What integers stand for.

    Attributes:
        senders, others: the tables of senders and of numbers that are no mobile numbers.
        added: names that got a place since somebody last took them from here: table, place, name.
    """

    def __init__(self, senders: Names | None = None, others: Names | None = None) -> None:
        self.senders = Names() if senders is None else senders
        self.others = Names() if others is None else others
        self.added: list[tuple[int, int, str]] = []

    def cell(self, sender: str, number: str, channel: str) -> int:
        """The key without its kind, names getting places as they come.

        Raises:
            Unavailable: more senders than can be told apart.
        """
        prefix = self.new_prefix(sender, channel)
        value = mobile(number)
        if value is None:
            value = self.others.find(number)
            if value is None:
                value = self.others.place(number)
                self.added.append((1, value, number))
        return prefix | value

    def new_prefix(self, sender: str, channel: str) -> int:
        """What all cells of a sender on a channel have in common, the sender getting a place when it has none.

        Raises:
            Unavailable: more senders than can be told apart.
        """
        org = self.senders.find(sender)
        if org is None:
            org = self.senders.place(sender)
            self.added.append((0, org, sender))
        if org >= SENDERS:
            raise Unavailable("发送者过多，计数无法区分", "too many senders to count apart", thing="counts")
        return org << CHANNEL_BITS + NUMBER_BITS | CHANNELS.index(channel) << NUMBER_BITS

    def find(self, sender: str, number: str, channel: str) -> int | None:
        """The same, None when sender or number never had a contact."""
        prefix = self.prefix(sender, channel)
        value = mobile(number)
        if value is None:
            value = self.others.find(number)
        return None if prefix is None or value is None else prefix | value

    def prefix(self, sender: str, channel: str) -> int | None:
        """The same, None when the sender never had a contact."""
        org = self.senders.find(sender)
        if org is None:
            return None
        return org << CHANNEL_BITS + NUMBER_BITS | CHANNELS.index(channel) << NUMBER_BITS

    @staticmethod
    def prefix_of(cell: int) -> int:
        """What a cell has in common with all of its sender and channel."""
        return cell >> NUMBER_BITS << NUMBER_BITS

    def put(self, added: Sequence[tuple[int, int, str]]) -> None:
        """Give names their places of before."""
        for table, place, name in added:
            (self.senders, self.others)[table].put(place, name)


def mobile(number: str) -> int | None:
    """A Chinese mobile number in E.164 as its eleven digits, None for any other."""
    if len(number) == 14 and number.startswith("+861") and number[1:].isdecimal() and number.isascii():
        value = int(number[3:])
        return value if value >= FIRST_MOBILE else None
    return None

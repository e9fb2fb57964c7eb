"""Who wishes what: from a number to all that its holders said (索引).

`Index` is what the gate asks; `PlainIndex`, a dictionary, is the index of this size of installation. A number of
which nothing was ever said has no entry, and that is most of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from anning.registers.standing import SUBSCRIBER_EVENTS, Subscriber, fold
from anning.registers.stated import Stated


class Index(Protocol):
    """Numbers and what was said of them."""

    def subscriber(self, number: str) -> Subscriber | None:
        """What the number's holders said, None when nothing ever was. E.164."""

    def subscribers(self, numbers: Sequence[str]) -> list[Subscriber | None]:
        """The same of many numbers, in order."""

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in what was said next."""


SHARED: Final = 65_536
"""How many recent histories are remembered to be shared; an import makes many that are equal."""


class PlainIndex:
    """One dictionary from number to `Subscriber`; histories that became equal lately are kept once."""

    def __init__(self) -> None:
        self._subscribers: dict[str, Subscriber] = {}
        self._same: dict[Subscriber, Subscriber] = {}

    def __len__(self) -> int:
        return len(self._subscribers)

    def subscriber(self, number: str) -> Subscriber | None:
        """What the number's holders said, None when nothing ever was."""
        return self._subscribers.get(number)

    def subscribers(self, numbers: Sequence[str]) -> list[Subscriber | None]:
        """The same of many numbers, in order."""
        return list(map(self._subscribers.get, numbers))

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in what was said next; what is not about a number is left to others."""
        for position, at, said in statements:
            if isinstance(said, SUBSCRIBER_EVENTS):
                number: str = said.number  # type: ignore[attr-defined]  # every one of SUBSCRIBER_EVENTS has it
                folded = fold(self._subscribers.get(number), said, at, position)
                if len(self._same) >= SHARED:
                    self._same.clear()
                self._subscribers[number] = self._same.setdefault(folded, folded)

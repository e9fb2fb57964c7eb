"""An index that keeps everything as it was said: a dictionary (全史索引)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from anning.gate.index.protocol import Histories, Places, whose
from anning.registers.standing import SUBSCRIBER_EVENTS, Subscriber, fold
from anning.registers.stated import Stated
from anning.tables.numbers import Numbers

SHARED: Final = 65_536
"""How many recent histories are remembered to be shared; an import makes many that are equal."""


class PlainIndex:
    """One dictionary from number to `Subscriber`; histories that became equal lately are kept once."""

    def __init__(self) -> None:
        self._subscribers: dict[str, Subscriber] = {}
        self._same: dict[Subscriber, Subscriber] = {}

    def __len__(self) -> int:
        return len(self._subscribers)

    def subscriber(self, number: str, parties: tuple[str, ...] = ()) -> Subscriber | None:  # noqa: ARG002 - all is kept
        """What the number's holders said, None when nothing ever was."""
        return self._subscribers.get(number)

    def towards(self, parties: tuple[str, ...]) -> PlainTowards:  # noqa: ARG002 - everybody is told everything
        """The same of many numbers."""
        return PlainTowards(self._subscribers)

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in what was said next; what is not about a number is left to others."""
        for position, at, said in statements:
            if isinstance(said, SUBSCRIBER_EVENTS):
                number: str = said.number  # type: ignore[attr-defined]  # every one of SUBSCRIBER_EVENTS has it
                folded = fold(self._subscribers.get(number), said, at, position)
                if len(self._same) >= SHARED:
                    self._same.clear()
                self._subscribers[number] = self._same.setdefault(folded, folded)

    def let_go(self, erasure: int, histories: Histories) -> None:
        """See `anning.gate.index.protocol.Index`."""
        touched = whose(histories, erasure)
        self._same.clear()
        found = histories(list(touched), erasure)
        for number in touched:
            if number in found:
                self._subscribers[number] = found[number]
            else:
                self._subscribers.pop(number, None)


class PlainTowards:
    """Histories met so far; equal ones that are not the same object may stand twice."""

    def __init__(self, subscribers: dict[str, Subscriber]) -> None:
        self._subscribers = subscribers
        self.histories: list[Subscriber | None] = [None]
        self._place_of: dict[int, int] = {}

    def one(self, number: str) -> int:
        """The place in `histories` of one number's."""
        subscriber = self._subscribers.get(number)
        if subscriber is None:
            return 0
        # The list keeps the history, so that its id is not given to another.
        place = self._place_of.setdefault(id(subscriber), len(self.histories))
        if place == len(self.histories):
            self.histories.append(subscriber)
        return place

    def many(self, column: Numbers) -> Places:
        """By row the place in `histories` of the number's."""
        return np.fromiter(map(self.one, column.numbers), np.int32, len(column.numbers))

"""An index for moments that the compact one no longer tells: the registers are asked (历史时点查询)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from anning.gate.index.protocol import Histories, Places
from anning.registers.stated import Stated
from anning.registers.statements import Subscriber
from anning.tables.numbers import Numbers


class PastIndex:
    """Full histories up to a journal position, asked for when they are needed.

    Args:
        histories: the registers.
        position: nothing said later is known.
    """

    def __init__(self, histories: Histories, position: int) -> None:
        self._histories = histories
        self._position = position

    def subscriber(self, number: str, parties: tuple[str, ...] = ()) -> Subscriber | None:  # noqa: ARG002 - all is told
        """What the number's holders said, None when nothing ever was."""
        return self.many((number,))[0]

    def many(self, numbers: Sequence[str]) -> list[Subscriber | None]:
        """The same of many numbers, in one question."""
        found = self._histories(numbers, self._position)
        return [found.get(number) for number in numbers]

    def towards(self, parties: tuple[str, ...]) -> PastTowards:  # noqa: ARG002 - everybody is told everything
        """The same for a job."""
        return PastTowards(self)

    def take(self, statements: Iterable[Stated]) -> None:
        """Nothing: the registers hear for themselves."""

    def let_go(self, erasure: int, histories: Histories) -> None:
        """Nothing: the registers know it no longer."""


class PastTowards:
    """Histories met so far."""

    def __init__(self, index: PastIndex) -> None:
        self._index = index
        self.histories: list[Subscriber | None] = [None]
        self._place_of: dict[Subscriber, int] = {}

    def one(self, number: str) -> int:
        """The place in `histories` of one number's."""
        return self._place(self._index.subscriber(number))

    def many(self, column: Numbers) -> Places:
        """By row the place in `histories` of the number's."""
        return np.fromiter(map(self._place, self._index.many(column.numbers)), np.int32, len(column.numbers))

    def _place(self, subscriber: Subscriber | None) -> int:
        if subscriber is None:
            return 0
        place = self._place_of.setdefault(subscriber, len(self.histories))
        if place == len(self.histories):
            self.histories.append(subscriber)
        return place

"""What the gate asks of an index (索引接口)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from anning.registers.stated import Stated
from anning.registers.statements import Subscriber
from anning.tables.numbers import Numbers

Places: TypeAlias = NDArray[np.int32]
"""By row the place of its number's history."""


class Towards(Protocol):
    """Numbers as they stand towards the parties of one job.

    Attributes:
        histories: those met so far, only ever growing; place 0 is None, that of people of whom nothing was said.
    """

    histories: list[Subscriber | None]

    def one(self, number: str) -> int:
        """The place in `histories` of one number's. E.164."""

    def many(self, column: Numbers) -> Places:
        """By row the place in `histories` of the number's."""


class Index(Protocol):
    """Numbers and what was said of them."""

    def subscriber(self, number: str, parties: tuple[str, ...]) -> Subscriber | None:
        """What the number's holders said in general and to these organisations, None when nothing ever was. E.164.

        It may hold more, never less: what they said to the platforms that took a consent to one of the parties is
        part of it.
        """

    def towards(self, parties: tuple[str, ...]) -> Towards:
        """The same of many numbers, for a job of these parties, the sender first."""

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in what was said next."""

"""What the gate asks of an index (索引接口)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from anning.errors import Unavailable
from anning.registers.stated import Stated
from anning.registers.statements import Subscriber
from anning.tables.numbers import Numbers

Histories: TypeAlias = Callable[[Sequence[str], int], Mapping[str, Subscriber]]
"""The full histories of some numbers, of statements up to a journal position; who said nothing is left out."""

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

    def let_go(self, erasure: int, histories: Histories) -> None:
        """Know no longer what was erased at that journal position: whose it was is read again from the registers.

        Raises:
            Unavailable: the registers no longer tell whose it was; the index must be made anew.
        """


def whose(histories: Histories, erasure: int) -> Mapping[str, Sequence[str]]:
    """By number that an erasure touched the organisations its holder dealt with.

    Raises:
        Unavailable: these registers do not tell, or no longer.
    """
    tell = getattr(histories, "erased", None)
    touched: Mapping[str, Sequence[str]] | None = None if tell is None else tell(erasure)
    if touched is None:
        raise Unavailable(
            f"第 {erasure} 号擦除所涉号码已不再告知，索引须重新建立",
            f"whose histories the erasure at {erasure} touched is told no longer: make the index anew",
            thing="index",
            rule="erased",
        )
    return touched

"""Since when whoever holds a number now has held it, as far back as contacts are looked at (二次放号时点).

What was sent to the former holder was not sent to the present one (X01), so limits of frequency ask for the moment; a
compact index keeps only that there was one.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from typing import Final

import msgspec

from anning.gate.counts.contacts import HORIZON_SECONDS, LATE_SECONDS
from anning.journal.envelope import to_microseconds
from anning.registers.events import NumberRecycled
from anning.registers.stated import Stated

FIRST_SWEEP: Final = 65_536
"""So many numbers are remembered before those that matter to no limit any more are sought for the first time."""

_REMEMBERED: Final = (HORIZON_SECONDS + LATE_SECONDS) * 1_000_000


class Handovers:
    """Moments at which numbers changed hands, in microseconds; at least those of the last month."""

    def __init__(self) -> None:
        self._moments: dict[str, list[int]] = {}
        self._latest = 0
        self._sweep_at = FIRST_SWEEP

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in the recyclings that the journal records; everything else is left to others."""
        for _, at, said in statements:
            if isinstance(said, NumberRecycled):
                moment = to_microseconds(at)
                moments = self._moments.setdefault(said.number, [])
                if moment not in moments:
                    insort(moments, moment)
                self._latest = max(self._latest, moment)
                if len(self._moments) > self._sweep_at:
                    self._sweep()

    def last(self, number: str, moment: int) -> int | None:
        """The last time the number changed hands by that moment, None when it did not lately."""
        moments = self._moments.get(number)
        place = bisect_right(moments, moment) if moments else 0
        return moments[place - 1] if moments and place else None

    def fold(self) -> bytes:
        """Everything remembered, for a snapshot."""
        return msgspec.msgpack.encode(self._moments)

    def unfold(self, folded: bytes) -> None:
        """Remember what `fold` gave."""
        self._moments = msgspec.msgpack.decode(folded, type=dict[str, list[int]])
        self._latest = max((moments[-1] for moments in self._moments.values()), default=0)

    def _sweep(self) -> None:
        first = self._latest - _REMEMBERED
        self._moments = {number: moments for number, moments in self._moments.items() if moments[-1] >= first}
        self._sweep_at = max(FIRST_SWEEP, 2 * len(self._moments))

"""What was stated when: a value that changes at statement times, read for any moment (历次陈述)."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator
from typing import Generic, TypeVar

V = TypeVar("V")


class History(Generic[V]):
    """Statements about one thing in the order of their times; at the same time the later position counts.

    Moments are microseconds since 1970 (UTC). Most things are stated once, so reading is one comparison.
    """

    __slots__ = ("_times", "_values")

    def __init__(self) -> None:
        self._times: list[tuple[int, int]] = []
        self._values: dict[tuple[int, int], V] = {}

    def state(self, moment: int, position: int, value: V) -> None:
        """Somebody said `value` as from `moment`, in the event at that journal position."""
        place = (moment, position)
        stated = place in self._values
        # A thread that judges meanwhile reads either the old list or the new one, whose every place has its value.
        self._values[place] = value
        if not stated:
            times = self._times.copy()
            insort(times, place)
            self._times = times

    def at(self, moment: int, changes: list[int] | None = None) -> V | None:
        """What held at that moment, None before the first statement.

        When a later statement is already known, its moment is added to `changes`.
        """
        times = self._times
        if not times:
            return None
        if times[-1][0] <= moment:
            return self._values[times[-1]]
        index = bisect_right(times, (moment, _LAST))
        if changes is not None:
            changes.append(times[index][0])
        return self._values[times[index - 1]] if index else None

    def everything(self) -> Iterator[tuple[int, int, V]]:
        """Every statement in the order of time: its moment, its position, what was said."""
        for moment, position in self._times:
            yield moment, position, self._values[moment, position]


_LAST = 2**63

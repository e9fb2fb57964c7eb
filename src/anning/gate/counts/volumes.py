"""Service messages by sender, channel and hour, for what an outage may let pass (服务类业务量)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.gate.counts.contacts import Volume

HOUR: Final = 3600
HOURS: Final = 29 * 24
"""Hours remembered: four weeks that are looked back on, and one day."""

BYTES: Final = HOURS * 4
"""Of one sender on one channel."""


class Volumes:
    """Counts by hour of the clock for the latest 29 days of each sender and channel, named by their prefix."""

    def __init__(self, rows: Mapping[int, tuple[int, NDArray[np.uint32]]] | None = None) -> None:
        """What was counted before, as `rows` gives it."""
        self._newest: dict[int, int] = {}
        self._hours: dict[int, NDArray[np.uint32]] = {}
        for prefix, (newest, hours) in (rows or {}).items():
            self._newest[prefix], self._hours[prefix] = newest, hours.copy()

    def __len__(self) -> int:
        return len(self._hours)

    def add(self, prefix: int, second: int, messages: int = 1) -> None:
        """So many messages more, or fewer, in the hour of a second; what is older than 29 days is passed over."""
        hour = second // HOUR
        hours = self._hours.get(prefix)
        if hours is None:
            hours = self._hours[prefix] = np.zeros(HOURS, dtype=np.uint32)
            self._newest[prefix] = hour
        newest = self._newest[prefix]
        if hour > newest:
            passed = np.arange(newest + 1, min(hour, newest + HOURS) + 1) % HOURS
            hours[passed] = 0
            self._newest[prefix] = hour
        elif newest - hour >= HOURS:
            return
        place = hour % HOURS
        hours[place] = max(int(hours[place]) + messages, 0)

    def of(self, prefix: int, second: int, days: int) -> Volume:
        """The hour of a second so far, and the busiest of the hours of so many days before it."""
        hours = self._hours.get(prefix)
        if hours is None:
            return Volume()
        hour, newest = second // HOUR, self._newest[prefix]
        remembered = range(max(hour - days * 24, newest - HOURS + 1), min(hour, newest + 1))
        looked_at = np.arange(remembered.start, remembered.stop) % HOURS
        peak = int(hours[looked_at].max()) if len(looked_at) else 0
        this_hour = int(hours[hour % HOURS]) if newest - HOURS < hour <= newest else 0
        return Volume(this_hour, peak)

    def rows(self) -> dict[int, tuple[int, NDArray[np.uint32]]]:
        """Prefix, newest hour and the counts by hour modulo 696."""
        return {prefix: (self._newest[prefix], hours) for prefix, hours in self._hours.items()}


def hours_of(packed: bytes) -> NDArray[np.uint32]:
    """One row from its bytes."""
    return np.frombuffer(packed, dtype=np.uint32)

"""How fast a key may ask: a token bucket for each (限速)."""

from __future__ import annotations

from time import monotonic


class Bucket:
    """Fills at `rate` a second up to `burst`; every request takes one."""

    __slots__ = ("_burst", "_left", "_rate", "_then")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._then = monotonic()

    def take(self, many: float = 1.0) -> float:
        """0 when there was enough, else the seconds until there is; nothing is taken then.

        More than the bucket ever holds is taken from a full one, and the next waits the longer.
        """
        now = monotonic()
        left = min(self._burst, self._left + (now - self._then) * self._rate)
        self._then = now
        needed = min(many, self._burst)
        if left >= needed:
            self._left = left - many
            return 0.0
        self._left = left
        return (needed - left) / self._rate

"""How fast a key or a network address may ask: a token bucket for each (限速)."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import Final

from anning.errors import TooMany

REMEMBERED: Final = 100_000
"""How many network addresses are remembered."""


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


class Addresses:
    """How often codes are asked for from one network address."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._mutex = Lock()

    def take(self, address: str, an_hour: float) -> None:
        """One more.

        Raises:
            TooMany: too many came from there.
        """
        with self._mutex:
            bucket = self._buckets.setdefault(address, Bucket(an_hour / 3600, max(1.0, an_hour / 6)))
            self._buckets.move_to_end(address)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
            wait = bucket.take()
        if wait:
            raise TooMany(
                "从您的网络请求验证码过于频繁，请稍候",
                "too many codes were asked for from your network: wait a little",
                thing="address",
                rule="code-rate",
                retry_after=wait,
            )

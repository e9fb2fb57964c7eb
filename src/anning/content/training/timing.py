"""How many messages a second are judged, measured beside the SHA-256 of the same texts (计时)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from anning.content.judge import judge
from anning.content.trained import Model

_TIMED: Final = 4000
_ROUNDS: Final = 5


class Speed(msgspec.Struct, frozen=True):
    """Messages a second on one core, the best of some rounds, and how long SHA-256 of one takes on the same machine.

    Attributes:
        ratio: how many times as long as its SHA-256 the judging of a message takes.
    """

    services_a_second: int
    all_a_second: int
    ratio: float


def speed_of(services: Sequence[str], every: Sequence[str], model: Model) -> Speed:
    """How fast the model judges texts of services, and texts of every kind."""

    def a_second(texts: Sequence[str], work: Callable[[str], object]) -> float:
        best = float("inf")
        for _ in range(_ROUNDS):
            begun = time.perf_counter()
            for text in texts:
                work(text)
            best = min(best, time.perf_counter() - begun)
        return len(texts) / best

    of_service = services[:: max(1, len(services) // _TIMED)]
    of_every = every[:: max(1, len(every) // _TIMED)]
    judged = a_second(of_service, lambda text: judge(text, model))
    hashed = a_second(of_service, lambda text: hashlib.sha256(text.encode()).hexdigest())
    return Speed(round(judged), round(a_second(of_every, lambda text: judge(text, model))), round(hashed / judged, 1))

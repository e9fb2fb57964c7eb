"""A process that asks the owner of counts as fast as it is answered, for `anning bench counts`."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from typing import Final

import msgspec

from anning.gate.counts.client import Connection
from anning.gate.counts.messages import Request, Reserve, Settle, Taken

_NUMBERS: Final = 1_000_000


def ask(shard: Path, batch: int, seconds: float) -> None:
    """Say that it is ready, wait for a line, ask, and tell how it went; each time it settles what it got before."""
    rng = random.Random(os.getpid())
    numbers = [f"+861{rng.randrange(3 * 10**9, 10**10)}" for _ in range(_NUMBERS)]
    with Connection(shard) as connection:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        waits, count, taken, begun = [], 0, list[int](), time.perf_counter()
        until = begun + seconds
        while (now := time.perf_counter()) < until:
            asked: list[Request] = [Settle(each, went=True) for each in taken]
            asked += [Reserve("sender-3", numbers[(count + n) % _NUMBERS], "sms", "service", ()) for n in range(batch)]
            answers = connection.ask(asked)
            waits.append(time.perf_counter() - now)
            taken = [answer.id for answer in answers if isinstance(answer, Taken)]
            count += len(taken)
        told = {"count": count, "seconds": time.perf_counter() - begun, "waits": waits}
    sys.stdout.write(msgspec.json.encode(told).decode())


if __name__ == "__main__":
    ask(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))

"""A gate that dispatches what standard input asks."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from anning.gate.communication import Communication
from anning.gate.counts.counts import Counts
from anning.gate.dispatch import Dispatcher, Reserved
from anning.law.observations import Purpose
from anning.registers import events as reg
from counts_world import number, ready
from gate_world import CODE_TEXT, SERVICE_PORT, World, offer

NUMBERS = 400
"""So many have consented to the offer."""

NOTICE = "【安宁银行】您尾号8000的账户11月账单已出，应还1200元。"


def world_of_numbers() -> World:
    """A gate with the house limits on."""
    world = World(reg.HousePolicySet(on=True))
    world.say(*(reg.ConsentGiven(number=number(n), to="bank", channel="both", act="explicit") for n in range(NUMBERS)))
    return world


def gate(folder: Path, shards: int) -> None:
    """Dispatch what is asked as soon as it is asked, and say what came of it and when."""
    world = world_of_numbers()
    with Counts(folder, shards) as counts:
        dispatcher = Dispatcher(world.gate, counts)
        ready()
        for line in sys.stdin:
            told = []
            for kind, place, went in json.loads(line):
                begun = time.monotonic()
                done = dispatcher.dispatch(asked(kind, number(place)))
                answered, took = time.monotonic(), isinstance(done, Reserved)
                if isinstance(done, Reserved) and not went:
                    dispatcher.settle(done, went=False)
                told.append([kind, place, took, begun, answered, None if went or not took else time.monotonic()])
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


def asked(kind: str, to: str) -> Communication:
    """An offer, a one-time code, or a service message of the bank."""
    if kind == "commercial":
        return offer(to)
    return offer(to, text=CODE_TEXT if kind == "code" else NOTICE, code=SERVICE_PORT, purpose=Purpose.SERVICE)

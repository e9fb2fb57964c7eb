"""Gates in processes of their own race for the same numbers: no interleaving passes a limit, and none stops for less.

What is checked is the history as the gates saw it: when each communication was asked for, when it was answered, when
it was released. One offer a day may go to a number, and one code a minute. That is passed when two counted at once in
every order of events that agrees with what was seen; a refusal is wrong when in no such order anything counted.
"""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anning.gate.counts.ledger import Ledger
from anning.gate.counts.owner import OwnerThread
from anning.gate.counts.shards import shard_folders
from counts_world import NOW, start

GATES = 3


class Done(NamedTuple):
    """What a gate saw of one communication; moments of the machine's clock."""

    kind: str
    number: int
    took: bool
    begun: float
    answered: float
    released: float | None


class Installation(NamedTuple):
    """Gates over one installation's counts, and numbers that nobody has written to, every second one."""

    gates: list[subprocess.Popen[str]]
    fresh: Iterator[int]


@pytest.fixture(scope="module", params=[1, 2])
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    shards = request.param
    folder = tmp_path_factory.mktemp(f"counts-{shards}")
    with ExitStack() as stack:
        for shard in shard_folders(folder, shards):
            stack.enter_context(OwnerThread(shard, Ledger(shard, clock=lambda: NOW, recent=16)))
        gates = [stack.enter_context(start("gate", folder, shards)) for _ in range(GATES)]
        for gate in gates:
            stack.callback(gate.kill)
        yield Installation(gates, itertools.count(0, 2))


def race(installation: Installation, jobs: list[list[tuple[str, int, bool]]]) -> list[Done]:
    """Each gate does its job, all at once."""
    for gate, job in zip(installation.gates, jobs, strict=True):
        assert gate.stdin is not None
        gate.stdin.write(json.dumps(job) + "\n")
        gate.stdin.flush()
    told = []
    for gate in installation.gates:
        assert gate.stdout is not None
        told += [Done(*each) for each in json.loads(gate.stdout.readline())]
    return told


def passed(history: list[Done]) -> list[tuple[Done, Done]]:
    """Pairs that counted at the same time though only one may, whenever in their spans each took effect."""

    def could_make_way(one: Done, other: Done) -> bool:
        return one.released is not None and one.answered < other.answered

    took = [each for each in history if each.took]
    pairs = [(one, other) for place, one in enumerate(took) for other in took[place + 1 :]]
    return [pair for pair in pairs if not could_make_way(*pair) and not could_make_way(*reversed(pair))]


def unjustified(history: list[Done]) -> list[Done]:
    """Refusals while nothing that counted can have been there."""
    took = [each for each in history if each.took]
    return [
        each
        for each in history
        if not each.took
        and not any(one.begun < each.answered and (one.released is None or one.released > each.begun) for one in took)
    ]


offers = st.tuples(st.sampled_from(["commercial", "code"]), st.integers(0, 1), st.booleans())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(offers, min_size=1, max_size=6), min_size=GATES, max_size=GATES))
def test_no_interleaving_passes_a_limit(installation: Installation, jobs: list[list[tuple[str, int, bool]]]) -> None:
    fresh = next(installation.fresh)
    history = race(installation, [[(kind, fresh + n, went) for kind, n, went in job] for job in jobs])
    for kind in ("commercial", "code"):
        for number in (fresh, fresh + 1):
            seen = [each for each in history if (each.kind, each.number) == (kind, number)]
            assert passed(seen) == []
            assert unjustified(seen) == []


def test_of_many_that_want_the_one_place_exactly_one_gets_it(installation: Installation) -> None:
    for _ in range(20):
        history = race(installation, [[("commercial", next(installation.fresh), True)]] * GATES)
        assert sum(each.took for each in history) == 1


def test_what_was_released_is_free_again(installation: Installation) -> None:
    number = next(installation.fresh)
    first = race(installation, [[("code", number, False)], [], []])
    again = race(installation, [[], [("code", number, True)], []])
    assert [each.took for each in (*first, *again)] == [True, True]

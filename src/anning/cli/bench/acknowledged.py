"""Whether any gate let through what had been withdrawn: the whole history, checked afterwards (历史核对).

What the writer kept - when each statement was submitted and when it was acknowledged - is held against what every
gate kept: when each of its blocks began and ended, and in which block its verdict on a number changed. A verdict
counts as given when its block ends, for only then can anything be sent by it. All moments are of the machine's one
monotonic clock, in nanoseconds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.int64]

NEVER: Final = np.iinfo(np.int64).max


class Said(msgspec.Struct, frozen=True):
    """What was said about the watched numbers, in journal order: one place in each array a statement.

    Attributes:
        people: whom it is about, by their place among the watched.
        consents: whether it lets through from then on; otherwise it refuses.
        submitted: when it was handed to the writer.
        acknowledged: when the writer said that it is on disk.
        consented: by person whether they had consented before the first of these statements.
    """

    people: NDArray[np.int64]
    consents: NDArray[np.bool_]
    submitted: Moments
    acknowledged: Moments
    consented: NDArray[np.bool_]


class Heard(msgspec.Struct, frozen=True):
    """What one gate did.

    Attributes:
        gate: its name.
        starts, ends: of each block.
        blocks, people, passes: in order, the block in which a person's verdict became another, who it was, and
            whether they are let through from then on. Before its first block a gate lets nobody through.
    """

    gate: str
    starts: Moments
    ends: Moments
    blocks: NDArray[np.int64]
    people: NDArray[np.int64]
    passes: NDArray[np.bool_]


class Violation(msgspec.Struct, frozen=True):
    """Something let through that no consent stood for.

    Attributes:
        gate, person: where, and whom.
        acknowledged: when the withdrawal was; 0 when there never was a consent before.
        passed: when the gate let one through nevertheless.
    """

    gate: str
    person: int
    acknowledged: int
    passed: int

    @property
    def late(self) -> float:
        """Seconds after the acknowledgement."""
        return (self.passed - self.acknowledged) / 1e9


class Checked(msgspec.Struct, frozen=True):
    """What the history shows.

    Attributes:
        violations: every one, at most one a gate and withdrawal.
        to_refusal: by gate and withdrawal, nanoseconds from its acknowledgement to the end of the first block that
            refuses; 0 when it refused before.
        to_passing: the same of consents.
        overtaken: statements whose person said the opposite before some gate's next block.
        unheard: statements that some gate never acted on although nothing overtook them.
    """

    violations: tuple[Violation, ...]
    to_refusal: Moments
    to_passing: Moments
    overtaken: int
    unheard: int


def check(said: Said, gates: list[Heard], bound: float) -> Checked:
    """Hold what gates did against what was said.

    Args:
        bound: seconds after the acknowledgement of a withdrawal from which on nobody may be let through.
    """
    following = _next_of_person(said)
    violations: list[Violation] = []
    refusals: list[int] = []
    passings: list[int] = []
    overtaken = unheard = 0
    for gate in gates:
        verdicts = _Verdicts(gate, len(said.consented))
        violations += _before_any_consent(said, gate, verdicts)
        for place, person in enumerate(said.people.tolist()):
            acknowledged = int(said.acknowledged[place])
            until = int(said.submitted[following[place]]) if following[place] >= 0 else NEVER
            consents = bool(said.consents[place])
            if not consents:
                late = verdicts.first_passing(person, acknowledged + round(bound * 1e9), until)
                if late is not None:
                    violations.append(Violation(gate.gate, person, acknowledged, late))
            acted = verdicts.settled(person, consents, int(said.submitted[place]), until)
            if acted is not None:
                (passings if consents else refusals).append(max(0, acted - acknowledged))
            elif until != NEVER and until - acknowledged < round(bound * 1e9):
                overtaken += 1
            else:
                unheard += 1
    return Checked(tuple(violations), np.array(refusals, np.int64), np.array(passings, np.int64), overtaken, unheard)


def passing_between(gates: list[Heard], people: int, start: int, end: int) -> list[Violation]:
    """Whoever was let through in a block that began and ended between two moments, whatever they had said."""
    found = []
    for gate in gates:
        verdicts = _Verdicts(gate, people)
        first = int(np.searchsorted(gate.starts, start, side="right"))
        after = NEVER if first == len(gate.starts) else int(gate.ends[first]) - 1
        for person in range(people):
            passed = verdicts.first_passing(person, after, end)
            if passed is not None:
                found.append(Violation(gate.gate, person, start, passed))
    return found


def write_said(said: Said, path: Path) -> None:
    """To a file, for another process."""
    np.savez(path, **{name: getattr(said, name) for name in said.__struct_fields__})


def read_said(path: Path) -> Said:
    """From such a file."""
    with np.load(path) as file:
        return Said(**{name: file[name] for name in Said.__struct_fields__})


def write_heard(heard: Heard, path: Path) -> None:
    """To a file, for another process."""
    arrays = {name: getattr(heard, name) for name in heard.__struct_fields__ if name != "gate"}
    np.savez(path, **arrays)


def read_heard(gate: str, path: Path) -> Heard:
    """From such a file."""
    with np.load(path) as file:
        return Heard(gate, **{name: file[name] for name in Heard.__struct_fields__ if name != "gate"})


class _Verdicts:
    """A gate's verdicts by person: in which blocks they changed."""

    def __init__(self, gate: Heard, people: int) -> None:
        self._ends = gate.ends
        order = np.lexsort((gate.blocks, gate.people))
        self._blocks, self._passes = gate.blocks[order], gate.passes[order]
        self._first = np.searchsorted(gate.people[order], np.arange(people + 1))

    def first_passing(self, person: int, after: int, until: int) -> int | None:
        """The end of the first block that ends later than `after`, sooner than `until`, and lets the person through."""
        first, last = self._between(after, until)
        if first >= last:
            return None
        blocks, passes = self._of(person)
        place = int(np.searchsorted(blocks, first, side="right")) - 1
        if place >= 0 and passes[place]:
            return int(self._ends[first])
        for block, passing in zip(blocks[place + 1 :].tolist(), passes[place + 1 :].tolist(), strict=True):
            if block >= last:
                return None
            if passing:
                return int(self._ends[block])
        return None

    def settled(self, person: int, passing: bool, after: int, until: int) -> int | None:
        """The end of the first block from which on to the last one in between the verdict is this; None if the last is
        another."""
        first, last = self._between(after, until)
        if first >= last:
            return None
        blocks, passes = self._of(person)
        place = int(np.searchsorted(blocks, last - 1, side="right")) - 1
        if place < 0:
            return None if passing else int(self._ends[first])
        if bool(passes[place]) is not passing:
            return None
        return int(self._ends[max(first, int(blocks[place]))])

    def _between(self, after: int, until: int) -> tuple[int, int]:
        first = int(np.searchsorted(self._ends, after, side="right"))
        last = len(self._ends) if until == NEVER else int(np.searchsorted(self._ends, until, side="left"))
        return first, last

    def _of(self, person: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        span = slice(self._first[person], self._first[person + 1])
        return self._blocks[span], self._passes[span]


def _before_any_consent(said: Said, gate: Heard, verdicts: _Verdicts) -> list[Violation]:
    """Whoever was let through before they ever consented."""
    first: dict[int, int] = {}
    for place, person in enumerate(said.people.tolist()):
        if said.consents[place]:
            first.setdefault(person, int(said.submitted[place]))
    strangers = np.flatnonzero(~said.consented).tolist()
    passed = ((person, verdicts.first_passing(person, 0, first.get(person, NEVER))) for person in strangers)
    return [Violation(gate.gate, person, 0, moment) for person, moment in passed if moment is not None]


def _next_of_person(said: Said) -> list[int]:
    """By statement the place of the next one of the same person that says the opposite, -1 when there is none.

    Statements of one person alternate: the writer sees to it.
    """
    following = [-1] * len(said.people)
    latest: dict[int, int] = {}
    for place, person in enumerate(said.people.tolist()):
        if person in latest:
            following[latest[person]] = place
        latest[person] = place
    return following

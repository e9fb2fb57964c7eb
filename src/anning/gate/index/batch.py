"""Many single statements at once (成批接收): the tail of a journal after a start, or a busy second.

Everybody who is named once, and of whom nothing was heard lately, is looked up together with the others; the rest go
one by one. People do not touch each other, so the order among them does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from anning.gate.index.histories import SUBSCRIBER_EVENTS, numbered
from anning.journal.envelope import to_microseconds
from anning.registers.events import Payload, SubscriberForgotten
from anning.registers.stated import Stated

if TYPE_CHECKING:
    from anning.gate.index.keeping import Keeping

PAYS_FROM: Final = 256
"""Statements from which on it is worth it."""


class Told(NamedTuple):
    """A statement about a number, by the number's id, its moment in microseconds."""

    person: int
    moment: int
    position: int
    event: Payload


def about_numbers(keeping: Keeping, statements: Iterable[Stated]) -> list[Told]:
    """The statements that are about a number; numbers that have no id get one."""
    identify = keeping.index.numbering.id
    return [
        Told(identify(event.number), to_microseconds(at), position, event)  # type: ignore[attr-defined]  # all have it
        for position, at, event in statements
        if isinstance(event, SUBSCRIBER_EVENTS)
    ]


def take_together(keeping: Keeping, told: list[Told]) -> list[Told]:
    """Take in all that can be taken in together; the others come back, in their order."""
    alone = _alone(keeping, told).tolist()
    organisation_of = keeping.index.ledger.organisation
    general, pairs, rest = [], [], []
    for one, by_itself in zip(told, alone, strict=True):
        if not by_itself:
            rest.append(one)
            continue
        name, serial, statement = numbered(one.event)
        if name:
            pairs.append((one.person, organisation_of(name), serial, statement))
        else:
            general.append((one.person, serial, statement))
            keeping.heard_in_general(one.moment, one.moment)
    keeping.recent.update((one[0], one[1:3]) for one, by_itself in zip(told, alone, strict=True) if by_itself)
    if general:
        persons = np.array([each[0] for each in general], np.int64)
        before = keeping.index.generals(persons).tolist()
        after = [keeping.general_after(was, *each[1:]) for was, each in zip(before, general, strict=True)]
        keeping.set_generals(persons, np.array(after, np.int64))
    if pairs:
        persons = np.array([each[0] for each in pairs], np.int64)
        organisations = np.array([each[1] for each in pairs], np.int64)
        generals = keeping.index.generals(persons).tolist()
        classes = keeping.index.pairs.each(organisations, persons).tolist()
        after = [
            keeping.class_after(klass, was, *each[2:])
            for klass, was, each in zip(classes, generals, pairs, strict=True)
        ]
        keeping.set_pairs(organisations, persons, np.array(after, np.uint32))
    return rest


def _alone(keeping: Keeping, told: list[Told]) -> NDArray[np.bool_]:
    """By statement whether its number is named once here, and it is later than all that this number said.

    Whoever was not heard lately said nothing later than `sealed`.
    """
    persons = np.array([one.person for one in told], np.int64)
    moments = np.array([one.moment for one in told], np.int64)
    _, which, count = np.unique(persons, return_inverse=True, return_counts=True)
    lately = np.array([one.person in keeping.recent for one in told], np.bool_)
    forgets = np.array([isinstance(one.event, SubscriberForgotten) for one in told], np.bool_)
    alone: NDArray[np.bool_] = (count[which] == 1) & ~lately & ~forgets & (moments > keeping.sealed)
    return alone

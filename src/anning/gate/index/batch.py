"""Many single statements at once (成批接收): the tail of a journal after a start, or a busy second.

Everybody who is named once, and of whom nothing was heard lately, is looked up together with the others; the rest go
one by one. People do not touch each other, so the order among them does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import compress
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


_ABOUT_NUMBERS: Final = frozenset(SUBSCRIBER_EVENTS)


class Told(NamedTuple):
    """A statement about a number, by the number's id, its moment in microseconds."""

    person: int
    moment: int
    position: int
    event: Payload


def about_numbers(keeping: Keeping, statements: Iterable[Stated]) -> list[Told]:
    """The statements that are about a number; numbers that have no id get one."""
    about = [each for each in statements if type(each.payload) in _ABOUT_NUMBERS]
    numbers: list[str] = [each.payload.number for each in about]  # type: ignore[attr-defined]  # all have it
    persons = keeping.index.numbering.ids(numbers)
    return [
        Told(person, to_microseconds(at), position, event)
        for person, (position, at, event) in zip(persons, about, strict=True)
    ]


def take_together(keeping: Keeping, told: list[Told]) -> list[Told]:
    """Take in all that can be taken in together; the others come back, in their order."""
    alone = _alone(keeping, told).tolist()
    organisation_of = keeping.index.ledger.organisation
    general, pairs, moments = [], [], []
    for person, moment, position, event in compress(told, alone):
        keeping.recent[person] = moment, position
        name, serial, statement = numbered(event)
        if name:
            pairs.append((person, organisation_of(name), serial, statement))
        else:
            general.append((person, serial, statement))
            moments.append(moment)
    rest = [one for one, by_itself in zip(told, alone, strict=True) if not by_itself]
    if moments:
        keeping.heard_in_general(min(moments), max(moments))
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
    people = [one[0] for one in told]
    persons = np.array(people, np.int64)
    moments = np.array([one[1] for one in told], np.int64)
    _, which, count = np.unique(persons, return_inverse=True, return_counts=True)
    lately = np.fromiter(map(keeping.recent.__contains__, people), np.bool_, len(people))
    forgets = np.fromiter((type(one[3]) is SubscriberForgotten for one in told), np.bool_, len(told))
    alone: NDArray[np.bool_] = (count[which] == 1) & ~lately & ~forgets & (moments > keeping.sealed)
    return alone

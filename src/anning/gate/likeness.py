"""Histories in which only the moments differ read alike (同类历史): one reading for all who said the same, whenever.

A reading looks at what was said, in which order, and whether it was said by now; moments themselves matter only when
they are yet to come, when a consent expires, and where somebody asks for the moment of the consent.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

import msgspec

from anning.registers.standing import Subscriber
from anning.registers.statements import Statement

Likeness: TypeAlias = tuple[object, ...]

_MOMENT_AND_POSITION = 2
"""Fields that every statement begins with."""


def likeness(subscriber: Subscriber, at: datetime) -> Likeness | None:
    """What a history is for readings at that moment; histories that are equal in it have equal readings, the moment of
    the consent (`given_at`) aside.

    None when moments matter by themselves: something is dated later than `at`, or the number changed hands.
    """
    if subscriber.recyclings:
        return None
    said: tuple[Statement, ...] = subscriber.wishes + subscriber.dealings
    if any(each.at > at for each in said) or any(notice.at > at for notice in subscriber.notices):
        return None
    return (
        len(subscriber.wishes),
        tuple((type(each), *msgspec.structs.astuple(each)[_MOMENT_AND_POSITION:]) for each in said),
        _order(said),
        frozenset(notice.sender for notice in subscriber.notices),
    )


def _order(said: tuple[Statement, ...]) -> tuple[int, ...]:
    """By statement its place in time among all, equal ones sharing a place."""
    if len(said) < 2:
        return ()
    places = [(each.at, each.position, each.protects) for each in said]
    numbered = {place: number for number, place in enumerate(sorted(set(places)))}
    return tuple(numbered[place] for place in places)

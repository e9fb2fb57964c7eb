"""What a predicate is, and the list of all (谓词登记).

Each reads `Seen` observations, so a field that was not seen makes the predicate unknown and never false.
A predicate that raises anything else is unknown too, and the decision says that it failed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from anning.errors import LawError
from anning.law.algebra import P
from anning.law.observations import Seen

Figure: TypeAlias = Callable[[str], float]
Reading: TypeAlias = Callable[[Seen, Figure], bool]

OWN_NUMBERS = frozenset({"mobile", "mvno", "fixed", "international", "satellite"})
"""Kinds of numbers that are a subscriber's own and no port, registered or not."""
TEXT_PARAMETERS = frozenset({"commercial_score", "personal_commercial_score"})
"""What only instruments that speak of messages with a text need."""
BARRED = frozenset({"suspended", "closed"})
MINUTE, HOUR, DAY = 60, 3600, 86400


class Predicate(msgspec.Struct, frozen=True):
    """A name, its reading in both languages, the fields and parameters it rests on, and how it is read."""

    name: str
    zh: str
    en: str
    parameters: tuple[str, ...]
    read: Reading


PREDICATES: dict[str, Predicate] = {}


def predicate(zh: str, en: str, *parameters: str) -> Callable[[Reading], P]:
    """Register a reading under its function's name; the name then stands for it in rules."""

    def register(read: Reading) -> P:
        name = read.__name__
        if name in PREDICATES:
            raise LawError(f"谓词 {name} 重复定义", f"predicate {name} is defined twice", thing=name)
        PREDICATES[name] = Predicate(name, zh, en, parameters, read)
        return P(name)

    return register

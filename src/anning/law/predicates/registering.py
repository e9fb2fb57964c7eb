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

TEXT_PARAMETERS = frozenset({"commercial_score", "personal_commercial_score"})
"""What only instruments that speak of messages with a text need."""
BARRED = frozenset({"suspended", "closed"})
MINUTE, HOUR, DAY = 60, 3600, 86400


class Predicate(msgspec.Struct, frozen=True):
    """A name, its reading in both languages, the parameters and fields it rests on, and how it is read.

    Attributes:
        reads: fields of observations; who differ in none of them are alike to it.
    """

    name: str
    zh: str
    en: str
    parameters: tuple[str, ...]
    reads: tuple[str, ...]
    read: Reading


PREDICATES: dict[str, Predicate] = {}


def predicate(zh: str, en: str, *parameters: str, reads: tuple[str, ...]) -> Callable[[Reading], P]:
    """Register a reading under its function's name; the name then stands for it in rules.

    Args:
        reads: the fields of observations it asks for, those of predicates it calls included.
    """

    def register(read: Reading) -> P:
        name = read.__name__
        if name in PREDICATES:
            raise LawError(f"谓词 {name} 重复定义", f"predicate {name} is defined twice", thing=name)
        PREDICATES[name] = Predicate(name, zh, en, parameters, reads, read)
        return P(name)

    return register

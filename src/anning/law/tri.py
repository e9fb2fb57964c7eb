"""Three-valued truth (三值逻辑): true, false, and unknown when a part is away or a parser failed.

Kleene's strong logic: what is decided by the known operands alone is decided.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final


class Unknown(enum.Enum):
    """What a part that is away would have said."""

    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("unknown is neither true nor false: ask for it by name")


UNKNOWN: Final = Unknown.UNKNOWN

Tri = bool | Unknown


def negation(value: Tri) -> Tri:
    """Not a (非)."""
    return UNKNOWN if value is UNKNOWN else not value


def conjunction(values: Iterable[Tri]) -> Tri:
    """All of them (与): one false decides, otherwise one unknown leaves it open."""
    open_ = False
    for value in values:
        if value is False:
            return False
        if value is UNKNOWN:
            open_ = True
    return UNKNOWN if open_ else True


def disjunction(values: Iterable[Tri]) -> Tri:
    """Any of them (或): one true decides, otherwise one unknown leaves it open."""
    open_ = False
    for value in values:
        if value is True:
            return True
        if value is UNKNOWN:
            open_ = True
    return UNKNOWN if open_ else False

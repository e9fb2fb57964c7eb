"""Dated parameters: every legal or customary number, with when it holds and what it rests on (参数)."""

from __future__ import annotations

from datetime import date
from typing import Generic, TypeVar

import msgspec

from anning.errors import LawError
from anning.law.citation import Citation

V = TypeVar("V")


class Dated(msgspec.Struct, Generic[V], frozen=True):
    """One value and the day from which it holds (local day, 00:00 Asia/Shanghai)."""

    since: date
    value: V
    citation: Citation


class Parameter(msgspec.Struct, frozen=True):
    """A named number of an instrument.

    Attributes:
        name: as used in code and documentation, such as `sms_until_minute`.
        unit: minutes, messages, characters, working days, months, score, ...
        values: in order of their first day; before the first the parameter does not exist.
    """

    name: str
    unit: str
    zh: str
    en: str
    values: tuple[Dated[float], ...]

    def at(self, day: date) -> float:
        """The value in force on that day.

        Raises:
            LawError: before the first value.
        """
        for dated in reversed(self.values):
            if dated.since <= day:
                return dated.value
        raise LawError(
            f"参数 {self.name} 在 {day} 尚无取值", f"parameter {self.name} has no value on {day}", thing=self.name
        )

    def dated(self, day: date) -> Dated[float]:
        """The value in force on that day with its citation. Raises LawError before the first."""
        for dated in reversed(self.values):
            if dated.since <= day:
                return dated
        raise LawError(
            f"参数 {self.name} 在 {day} 尚无取值", f"parameter {self.name} has no value on {day}", thing=self.name
        )

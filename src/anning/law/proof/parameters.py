"""Figures for reading predicates outside any one instrument (参数取值)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from anning.errors import LawError
from anning.law.instruments import common
from anning.law.instruments.registry import INSTRUMENTS


def figure_on(day: date) -> Callable[[str], float]:
    """The value of a parameter on a day, from the first instrument that has one by that name."""
    known = {
        parameter.name: parameter
        for instrument in reversed((*INSTRUMENTS.values(), common.INSTRUMENT))
        for parameter in instrument.parameters
    }

    def figure(name: str) -> float:
        if name not in known:
            raise LawError(f"没有参数 {name}", f"no instrument has a parameter {name}", thing=name)
        return known[name].at(day)

    return figure

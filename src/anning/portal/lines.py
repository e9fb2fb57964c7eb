"""Rows of a judged list as they are shown (逐行的样子): numbers masked, nominal carrier and place, the verdict."""

from __future__ import annotations

import msgspec

from anning.api.rows import Rows, RowVerdict
from anning.gate.scrub import BAD
from anning.gate.wording import Words
from anning.numbers import mask
from anning.portal.explained import whose


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it is shown: `place` from 0; the number masked."""

    place: int
    number: str
    whose: Words
    verdict: RowVerdict


def line_of(rows: Rows, place: int) -> Line:
    """One row."""
    verdict = rows.verdicts[int(rows.places[place])]
    number = rows.number(place)
    if verdict.outcome == BAD:
        return Line(place=place, number=number, whose=("", ""), verdict=verdict)
    return Line(place=place, number=mask(number), whose=whose(number), verdict=verdict)

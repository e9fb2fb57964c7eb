"""How long what persons said is kept (保存期): never in vain, never too short, and while a case is open in any event.

What is in force is not due. What has lost its effect - withdrawn, replaced, expired, the former holder's, forgotten -
is kept n months from the day it lost it, by the calendar in Shanghai, and is due at the midnight that follows. The
months are dated parameters; where they change before the due moment comes, what is in force at that moment counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import msgspec

from anning.errors import LawError
from anning.law.calendar import SHANGHAI, erase_from
from anning.law.citation import Citation, Mark
from anning.law.parameters import Dated, Parameter
from anning.registers.events import LegalHoldSet

Reason: TypeAlias = Literal[
    "withdrawn", "ended", "replaced", "expired", "taken-back", "recycled", "forgotten", "done", "over"
]
"""Why something has no effect any more: refused since; ended by a general refusal; said anew; run out; a wish taken
back; the former holder's; the person wanted it forgotten; it was about one moment; the mark's time is over."""

_BEGINNING: Final = date(1970, 1, 1)

MONTHS: Final = Parameter(
    name="subscription_months",
    unit="months",
    zh="订退记录在关系终止后的保存期",
    en="for how long subscription and consent are kept after the relation ended",
    values=(
        Dated(
            _BEGINNING,
            5.0,
            Citation(
                obligation="R08b",
                source_zh="《通信短信息和语音呼叫服务管理规定（征求意见稿）》",
                source_en="Draft regulation on SMS and voice calls, 2020",
                article="8",
                mark=Mark.TEXT,
            ),
        ),
        Dated(
            date(2026, 5, 1),
            6.0,
            Citation(
                obligation="N01",
                source_zh="《通信短信息服务管理规定》（2026年修订）",
                source_en="SMS regulation, revision of 2026",
                article="",
                mark=Mark.SECONDARY,
            ),
        ),
    ),
)
"""R08b and N01: the longest duty in force on the day of erasing wins; both are kept by the longer."""

SUPPRESSION_MONTHS: Final = Parameter(
    name="suppression_months",
    unit="months",
    zh="抑制标记的保存期",
    en="for how long a mark keeps old lists from bringing somebody back",
    values=(
        Dated(
            _BEGINNING,
            24.0,
            Citation(
                obligation="X10",
                source_zh="本系统自定，待合规人员确认",
                source_en="our own, for the compliance officer to confirm",
                article="",
                mark=Mark.OURS,
            ),
        ),
    ),
)


class Due(msgspec.Struct, frozen=True):
    """From when something may, and within a day must, be erased (到期).

    Attributes:
        months: how long it was kept; `citation`: by which duty.
    """

    at: datetime
    months: int
    citation: Citation


def due(lost: datetime, parameter: Parameter = MONTHS) -> Due:
    """When something is due that lost its effect at this moment."""
    return _due(lost.astimezone(SHANGHAI).date(), parameter.name)


@lru_cache(maxsize=16_384)
def _due(day: date, name: str) -> Due:
    parameter = _PARAMETERS[name]
    for place, dated in enumerate(parameter.values):
        ends = erase_from(day, int(dated.value))
        # A shorter duty that begins later ends at once what is older.
        ends = max(ends, datetime.combine(dated.since, datetime.min.time(), SHANGHAI))
        later = parameter.values[place + 1 :]
        if not later or ends.date() < later[0].since:
            return Due(ends, int(dated.value), dated.citation)
    raise LawError(f"参数 {name} 没有取值", f"the parameter {name} has no value", thing=name)


_PARAMETERS: Final = {parameter.name: parameter for parameter in (MONTHS, SUPPRESSION_MONTHS)}


class Holds(msgspec.Struct, frozen=True):
    """Whose records are not to be erased while a case is open (法定保全)."""

    numbers: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()

    def hold(self, number: str, *organisations: str) -> bool:
        """Whether something about this number and these organisations stays."""
        return number in self.numbers or not self.organisations.isdisjoint(organisations)


def holds_of(said: Iterable[LegalHoldSet]) -> Holds:
    """The holds that stand after all that was said of them, in order; each is known by its id."""
    standing: dict[str, LegalHoldSet] = {}
    for one in said:
        if one.held:
            standing[one.id] = one
        else:
            standing.pop(one.id, None)
    return Holds(
        frozenset(one.number for one in standing.values() if one.number),
        frozenset(one.org for one in standing.values() if one.org),
    )

"""All instruments, and the regimes they combine into (适用组合)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, datetime
from functools import lru_cache

from anning.errors import InvalidInput
from anning.law.instrument import SHANGHAI, Instrument
from anning.law.instruments import (
    cn_2015_sms,
    cn_2018_plan,
    cn_2020_callcentre,
    cn_2020_draft,
    cn_2026_sms,
    common,
    house_policy,
)
from anning.law.regime import Regime

IN_FORCE = "in-force"
CALL_CENTRE = cn_2020_callcentre.INSTRUMENT.name

INSTRUMENTS: dict[str, Instrument] = {
    instrument.name: instrument
    for instrument in (
        cn_2015_sms.INSTRUMENT,
        cn_2026_sms.INSTRUMENT,
        cn_2018_plan.INSTRUMENT,
        cn_2020_callcentre.INSTRUMENT,
        cn_2020_draft.INSTRUMENT,
        house_policy.INSTRUMENT,
    )
}


def instrument(name: str) -> Instrument:
    """The instrument of that name.

    Raises:
        InvalidInput: no such instrument; the names that exist are told.
    """
    try:
        return INSTRUMENTS[name]
    except KeyError:
        names = "、".join([IN_FORCE, *INSTRUMENTS])
        raise InvalidInput(
            f"没有名为“{name}”的规定，可用：{names}",
            f"no instrument named {name!r}; there are: {', '.join([IN_FORCE, *INSTRUMENTS])}",
            thing=name,
            field="under",
            rule="unknown-instrument",
        ) from None


def regime(
    under: str, at: datetime, *, confirmed: AbstractSet[str] = frozenset(), with_house_policy: bool = False
) -> Regime:
    """What is judged under `under` at that moment.

    `in-force` is a function of the moment; naming an instrument judges under it alone. The operator's own limits join
    when the operator has switched them on. Our outage rule is beside every instrument.

    Raises:
        InvalidInput: no such instrument.
    """
    return compose(under, at.astimezone(SHANGHAI).date(), frozenset(confirmed), with_house_policy)


@lru_cache(maxsize=512)
def compose(under: str, day: date, confirmed: frozenset[str], with_house_policy: bool) -> Regime:
    """`regime` for a local day; one regime, with what it has worked out, is kept for each."""
    advisory: list[Instrument] = []
    if under == IN_FORCE:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
        chosen = [i for i in INSTRUMENTS.values() if i.in_force(noon)]
        if CALL_CENTRE not in confirmed:
            advisory = [i for i in chosen if i.name == CALL_CENTRE]
            chosen = [i for i in chosen if i.name != CALL_CENTRE]
    else:
        chosen = [instrument(under)]
    if with_house_policy and house_policy.INSTRUMENT not in chosen:
        chosen.append(house_policy.INSTRUMENT)
    # Before any instrument there is nothing that our own rules could stand beside: all is out of scope.
    return Regime(under, [*chosen, common.INSTRUMENT] if chosen else [], advisory)

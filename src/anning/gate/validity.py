"""How long a decision stands by itself: what a regime reads on a channel, and when time alone changes it (有效期)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from anning.gate.counts.contacts import HORIZON_SECONDS
from anning.law.instrument import SHANGHAI, Instrument
from anning.law.instruments.registry import compose
from anning.law.observations import SOURCES, Channel, Observations
from anning.law.parameters import Parameter
from anning.law.predicates import PREDICATES
from anning.law.regime import Regime
from anning.law.rules import Rule
from anning.law.tri import UNKNOWN, Tri

MINUTE_OF_DAY: Final = "minute of the local day"
"""Unit of the parameters whose figure is an hour at which the verdict may change."""

_WINDOWS = (60, 300, 3600, 86_400, 7 * 86_400, HORIZON_SECONDS)
_COUNTS = frozenset(SOURCES["counts"])
_ONE_DAY = timedelta(days=1)


class Reads(msgspec.Struct, frozen=True):
    """What the rules that can fire on a channel rest on."""

    counts: frozenset[str]
    edges: tuple[datetime, ...]


def speaking_rules(regime: Regime, channel: Channel, day: date) -> Iterator[tuple[Instrument, Rule]]:
    """The regime's rules that can fire on that channel at all, with their instruments."""

    def known(name: str) -> Tri:
        return channel is Channel.CALL if name == "call" else UNKNOWN

    for instrument in (*regime.instruments, *regime.advisory):
        if channel in instrument.channels:
            for rule in instrument.rules_on(day):
                if rule.when.value(known) is not False:
                    yield instrument, rule


@lru_cache(maxsize=1024)
def reads(under: str, day: date, confirmed: frozenset[str], house_policy: bool, channel: Channel) -> Reads:
    """Which counts the regime of that day reads on that channel, and the moments of that day and the next at which
    it may judge otherwise: its hours, and midnight when other rules or figures hold the day after."""
    today = compose(under, day, confirmed, house_policy)
    edges: list[datetime] = []
    counts: set[str] = set()
    for instrument, rule in speaking_rules(today, channel, day):
        for name in rule.when.predicates():
            counts |= _COUNTS.intersection(PREDICATES[name].reads)
            for parameter in _parameters(instrument, name):
                if parameter.unit == MINUTE_OF_DAY:
                    edges += _hours(parameter, day)
    midnight = _start(day) + _ONE_DAY
    if _figures(today, channel, day) != _figures(
        compose(under, midnight.date(), confirmed, house_policy), channel, midnight.date()
    ):
        edges.append(midnight)
    return Reads(frozenset(counts), tuple(sorted(set(edges))))


def ageing(observations: Observations, counts: frozenset[str]) -> Iterator[datetime]:
    """Moments at which an earlier contact leaves a window that a limit of frequency looks back on."""
    ages = {age for name in counts if (listed := getattr(observations, name)) is not UNKNOWN for age in listed}
    if not ages:
        return
    second = observations.at.replace(microsecond=0)
    for age in ages:
        for window in _WINDOWS:
            if age < window:
                yield second + timedelta(seconds=window - age)
                break
    yield _start(observations.at.astimezone(SHANGHAI).date()) + _ONE_DAY


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _parameters(instrument: Instrument, predicate: str) -> Iterator[Parameter]:
    """The instrument's own among those the predicate may ask for: one that speaks of calls has none about texts."""
    asked = PREDICATES[predicate].parameters
    return (parameter for parameter in instrument.parameters if parameter.name in asked)


def _hours(parameter: Parameter, day: date) -> Iterator[datetime]:
    for each in (day, day + _ONE_DAY):
        yield _start(each) + timedelta(minutes=parameter.at(each))


def _figures(regime: Regime, channel: Channel, day: date) -> list[object]:
    return [
        (
            instrument.name,
            rule.name,
            [figure.at(day) for name in rule.when.predicates() for figure in _parameters(instrument, name)],
        )
        for instrument, rule in speaking_rules(regime, channel, day)
    ]


@lru_cache(maxsize=1024)
def fields_of(regime: Regime) -> frozenset[str]:
    """The fields of observations that any rule of a regime may rest on, the regime's own questions included."""
    names = {
        name
        for instrument in (*regime.instruments, *regime.advisory)
        for rule in instrument.rules
        for name in rule.when.predicates()
    }
    return frozenset().union(*(PREDICATES[name].reads for name in names | {"shown_service"}))

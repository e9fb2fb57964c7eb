"""What the proof is about: an instrument, or a regime as it stood on a day and speaks about a channel (证明对象)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from anning.law.algebra import Expr, Or
from anning.law.decision import Outcome
from anning.law.instrument import Instrument
from anning.law.instruments import common
from anning.law.instruments.registry import CALL_CENTRE, IN_FORCE, INSTRUMENTS, compose
from anning.law.observations import Channel
from anning.law.proof.facts import all_of, no, yes
from anning.law.proof.specification import SPECIFICATIONS, Reading, Specification
from anning.law.rules import Rule

TODAY_OF_A_DRAFT = date(2026, 1, 1)
"""A draft has no date of its own; its parameters and rules are the same on every day."""


class Subject(msgspec.Struct, frozen=True):
    """Rules that are judged together on one local day.

    Attributes:
        name: the instrument's or regime's name with the first day of the era.
        channels: the channels in which all of these rules speak.
    """

    name: str
    instruments: tuple[Instrument, ...]
    day: date
    channels: frozenset[Channel]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Rules of that day; those of one instrument first named keep their names, later namesakes are told apart."""
        found: dict[str, Rule] = {}
        for instrument in self.instruments:
            for rule in instrument.rules_on(self.day):
                name = rule.name if rule.name not in found else f"{instrument.name}/{rule.name}"
                found[name] = msgspec.structs.replace(rule, name=name)
        return tuple(found.values())

    @property
    def scope(self) -> Expr:
        """That a communication is in one of the channels."""
        if Channel.CALL not in self.channels:
            return no("call")
        return yes("call") if self.channels == {Channel.CALL} else all_of(())

    @property
    def specifications(self) -> tuple[Specification, ...]:
        """Of each instrument; one that nobody specified has no readings, so that its rules are reported."""
        return tuple(SPECIFICATIONS.get(i.name, Specification(())) for i in self.instruments)

    def readings(self) -> tuple[Reading, ...]:
        """Readings in force that day, those of the same obligation and effect joined."""
        joined: dict[tuple[str, Outcome], Reading] = {}
        for reading in (r for s in self.specifications for r in s.readings if r.since <= self.day):
            key = (reading.obligation, reading.effect)
            if key not in joined:
                joined[key] = reading
            elif joined[key].breach != reading.breach:
                before = joined[key]
                joined[key] = msgspec.structs.replace(
                    before,
                    breach=Or((before.breach, reading.breach)),
                    zh=f"{before.zh}；{reading.zh}",
                    en=f"{before.en}; {reading.en}",
                )
        return tuple(joined.values())

    def with_rules(self, instrument: Instrument) -> Subject:
        """The same subject with another version of one instrument."""
        return msgspec.structs.replace(
            self, instruments=tuple(instrument if i.name == instrument.name else i for i in self.instruments)
        )


def eras(instrument: Instrument) -> tuple[date, ...]:
    """First days of the spans in which an instrument's rules and figures stay the same."""
    if instrument.since is None:
        return (TODAY_OF_A_DRAFT,)
    days = {instrument.since}
    for rule in instrument.rules:
        days |= {rule.since} if rule.since is not None else set()
        days |= {rule.until + timedelta(days=1)} if rule.until is not None else set()
    days |= {dated.since for parameter in instrument.parameters for dated in parameter.values}
    until = instrument.until or date.max
    return tuple(sorted(day for day in days if instrument.since <= day <= until))


def latest(instrument: Instrument) -> Subject:
    """An instrument in its last era, with our own outage rule beside it."""
    return _of_instrument(instrument, eras(instrument)[-1])


def of_instrument(instrument: Instrument) -> tuple[Subject, ...]:
    """An instrument in each of its eras."""
    return tuple(_of_instrument(instrument, day) for day in eras(instrument))


def instruments() -> tuple[Instrument, ...]:
    """All instruments, our own rules last."""
    return (*INSTRUMENTS.values(), common.INSTRUMENT)


def regimes() -> Iterator[Subject]:
    """What is in force in each era and channel, with and without the house's limits and the reported notice."""
    dated = [i for i in INSTRUMENTS.values() if i.since is not None]
    days = sorted({day for instrument in dated for day in eras(instrument)})
    seen: set[tuple[object, ...]] = set()
    for day in days:
        for confirmed in (frozenset[str](), frozenset({CALL_CENTRE})):
            for house in (False, True):
                for channel in Channel:
                    speaking = _speaking(compose(IN_FORCE, day, confirmed, house).instruments, channel)
                    key = (channel is Channel.CALL, tuple((i.name, i.rules_on(day)) for i in speaking))
                    if key in seen or len(speaking) == 1:
                        continue
                    seen.add(key)
                    names = " + ".join(i.name for i in speaking if i is not common.INSTRUMENT)
                    yield Subject(f"{IN_FORCE} {channel} {day}: {names}", speaking, day, frozenset({channel}))


def _speaking(chosen: Sequence[Instrument], channel: Channel) -> tuple[Instrument, ...]:
    return tuple(i for i in chosen if channel in i.channels)


def _of_instrument(instrument: Instrument, day: date) -> Subject:
    together = (instrument,) if instrument is common.INSTRUMENT else (instrument, common.INSTRUMENT)
    name = instrument.name if instrument.since is None else f"{instrument.name} {day}"
    return Subject(name, together, day, instrument.channels)

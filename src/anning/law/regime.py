"""Instruments combined: the most severe outcome wins, all reasons are kept (适用规则组合)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from anning.law.decision import Judgement, Outcome, Reason
from anning.law.instrument import SHANGHAI, Instrument
from anning.law.observations import NotSeen, Observations, Seen
from anning.law.predicates import PREDICATES
from anning.law.rules import Rule
from anning.law.tri import UNKNOWN, Tri

Word = tuple[tuple[Tri, ...], tuple[str, ...]]


class Valuation:
    """Each predicate's value over one set of observations, read once, with the fields that were not seen."""

    def __init__(self, instrument: Instrument, observations: Observations, day: date) -> None:
        self._seen = Seen(observations)
        self._instrument = instrument
        self._day = day
        self.values: dict[str, Tri] = {}
        self.missing: dict[str, str] = {}

    def __call__(self, name: str) -> Tri:
        if name not in self.values:
            self.values[name] = self._read(name)
        return self.values[name]

    def _figure(self, parameter: str) -> float:
        return self._instrument.parameter(parameter).at(self._day)

    def _read(self, name: str) -> Tri:
        try:
            return PREDICATES[name].read(self._seen, self._figure)
        except NotSeen as not_seen:
            self.missing[name] = not_seen.field
        except Exception as error:  # noqa: BLE001 - what raises is unknown (design, idea 6)
            self.missing[name] = f"{name} failed: {type(error).__name__}"
        return UNKNOWN


class Regime:
    """Instruments judged together at moments of one local day, with those that only advise.

    What the rules make of one valuation is worked out once and remembered, so a second communication with the
    same predicate values costs one look-up.
    """

    def __init__(self, name: str, instruments: Sequence[Instrument], advisory: Sequence[Instrument] = ()) -> None:
        self.name = name
        self.instruments = tuple(instruments)
        self.advisory = tuple(advisory)
        self.law_hash = _digest(instrument.law_hash() for instrument in (*self.instruments, *self.advisory))
        self.parameters_hash = _digest(
            instrument.parameters_hash() for instrument in (*self.instruments, *self.advisory)
        )
        self._rules: dict[tuple[str, date], tuple[Rule, ...]] = {}
        self._names: dict[tuple[str, date], tuple[str, ...]] = {}
        self._reasons: dict[tuple[str, date, Word], tuple[Reason, ...]] = {}

    def judge(self, observations: Observations) -> Judgement:
        """The outcome and all reasons; what is unknown holds, unless the communication is shown to be service."""
        day = observations.at.astimezone(SHANGHAI).date()
        speaking = [i for i in self.instruments if _speaks(i, observations)]
        if all(_everywhere(i) for i in speaking) and not all(_everywhere(i) for i in self.instruments):
            speaking = []
        silent = tuple(i.name for i in self.instruments if i not in speaking and not _everywhere(i))
        reasons: list[Reason] = []
        degraded = False
        for instrument in speaking:
            fired = self._reasons_of(instrument, day, observations)
            if any(reason.unknown for reason in fired) or observations.parts_down:
                shown = Valuation(instrument, observations, day)("shown_service") is True
                if shown:
                    degraded = True
                    fired = tuple(reason for reason in fired if not reason.unknown)
            reasons.extend(fired)
        reasons.sort(key=lambda reason: -reason.effect)
        outcome = reasons[0].effect if reasons else Outcome.ALLOW
        return Judgement(
            outcome=outcome,
            reasons=tuple(reasons),
            advisories=self._advice(observations, day) if outcome < Outcome.HOLD else (),
            in_scope=tuple(i.name for i in speaking if not _everywhere(i)),
            out_of_scope=silent,
            degraded=degraded and outcome < Outcome.HOLD,
        )

    def _advice(self, observations: Observations, day: date) -> tuple[Reason, ...]:
        return tuple(
            reason
            for instrument in self.advisory
            if _speaks(instrument, observations)
            for reason in self._reasons_of(instrument, day, observations)
            if not reason.unknown and reason.effect is Outcome.REFUSE
        )

    def _reasons_of(self, instrument: Instrument, day: date, observations: Observations) -> tuple[Reason, ...]:
        place = (instrument.name, day)
        if place not in self._rules:
            self._rules[place] = instrument.rules_on(day)
            self._names[place] = tuple(
                dict.fromkeys(name for rule in self._rules[place] for name in rule.when.predicates())
            )
        valuation = Valuation(instrument, observations, day)
        values = tuple(valuation(name) for name in self._names[place])
        key = (*place, (values, tuple(valuation.missing.values())))
        if key not in self._reasons:
            self._reasons[key] = tuple(
                reason
                for rule in self._rules[place]
                if (reason := _reason(rule, instrument, valuation, day)) is not None
            )
        return self._reasons[key]


def _digest(hashes: object) -> str:
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()  # type: ignore[arg-type]


def _everywhere(instrument: Instrument) -> bool:
    return instrument.name == "anning"


def _speaks(instrument: Instrument, observations: Observations) -> bool:
    return observations.in_mainland and observations.channel in instrument.channels


def _reason(rule: Rule, instrument: Instrument, valuation: Valuation, day: date) -> Reason | None:
    value = rule.when.value(valuation)
    if value is False:
        return None
    names = tuple(dict.fromkeys(rule.when.predicates()))
    unknown = tuple(
        dict.fromkeys(valuation.missing[n] for n in names if valuation(n) is UNKNOWN and n in valuation.missing)
    )
    undecided = value is UNKNOWN
    return Reason(
        citation=rule.citation,
        rule=rule.name,
        instrument=instrument.name,
        effect=min(rule.effect, Outcome.HOLD) if undecided else rule.effect,
        zh=f"无法确认是否：{rule.zh}" if undecided else rule.zh,
        en=f"cannot be decided whether: {rule.en}" if undecided else rule.en,
        remedy_zh=rule.remedy_zh,
        remedy_en=rule.remedy_en,
        because=tuple(f"{n}={'?' if valuation(n) is UNKNOWN else str(valuation(n)).lower()}" for n in names),
        unknown=unknown if undecided else (),
        parameters=tuple((p, instrument.parameter(p).at(day)) for p in rule.parameters),
    )

"""The law, read by everybody (规定与理由)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec

from anning.accounts.roles import Action
from anning.api.models import Both, CitationShown
from anning.api.routes import Call, Route
from anning.errors import NotFound
from anning.law.articles import obligations
from anning.law.citation import Citation
from anning.law.instrument import Instrument
from anning.law.instruments import common
from anning.law.instruments.registry import INSTRUMENTS
from anning.law.rules import Rule


class InstrumentListed(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument: its names, dates, channels, the mark of its source, the hashes decisions carry."""

    name: str
    zh: str
    en: str
    channels: tuple[str, ...]
    since: date | None
    until: date | None
    mark: str
    law_hash: str
    parameters_hash: str
    rules: int


class FigureShown(msgspec.Struct, frozen=True, kw_only=True):
    """A figure, and from when it holds; from ever when no day is given."""

    since: date | None
    value: float
    citation: CitationShown


class ParameterShown(msgspec.Struct, frozen=True, kw_only=True):
    """A dated figure of the law."""

    name: str
    unit: str
    zh: str
    en: str
    values: tuple[FigureShown, ...]


class RuleShown(msgspec.Struct, frozen=True, kw_only=True):
    """A rule: what it brings about, when, by which source, and what would mend it."""

    instrument: str
    name: str
    obligation: str
    effect: str
    when: str
    zh: str
    en: str
    remedy: Both
    citation: CitationShown
    since: date | None
    until: date | None


class InstrumentShown(InstrumentListed, frozen=True, kw_only=True):
    """An instrument with its figures and rules."""

    parameters: tuple[ParameterShown, ...]
    text: tuple[RuleShown, ...]


class ReasonListed(msgspec.Struct, frozen=True, kw_only=True):
    """An obligation that decisions give as a reason, and the rules that encode it."""

    obligation: str
    source: str
    article: str
    what: str
    rules: tuple[RuleShown, ...]


def list_instruments(_: Call) -> list[InstrumentListed]:
    """All instruments."""
    return [InstrumentListed(**_heading(each)) for each in _all()]


def show_instrument(call: Call) -> InstrumentShown:
    """One instrument, whole."""
    name = call.params["name"]
    each = next((each for each in _all() if each.name == name), None)
    if each is None:
        raise NotFound(f"没有名为“{name}”的规定", f"there is no instrument named {name!r}", thing=name, field="name")
    parameters = tuple(
        ParameterShown(
            name=parameter.name,
            unit=parameter.unit,
            zh=parameter.zh,
            en=parameter.en,
            values=tuple(
                FigureShown(
                    since=None if value.since == date.min else value.since,
                    value=value.value,
                    citation=_citation(value.citation),
                )
                for value in parameter.values
            ),
        )
        for parameter in each.parameters
    )
    return InstrumentShown(
        **_heading(each), parameters=parameters, text=tuple(_rule(each, rule) for rule in each.rules)
    )


def list_reasons(_: Call) -> list[ReasonListed]:
    """Every obligation that a decision may give as a reason."""
    return _reasons()


def show_reason(call: Call) -> ReasonListed:
    """One, by the id of its obligation."""
    id = call.params["obligation"]
    for each in _reasons():
        if each.obligation == id:
            return each
    raise NotFound(f"没有理由“{id}”", f"there is no reason {id!r}", thing=id, field="obligation")


def _all() -> tuple[Instrument, ...]:
    """What is common to all first."""
    return (common.INSTRUMENT, *INSTRUMENTS.values())


def _reasons() -> list[ReasonListed]:
    found = []
    for each in obligations():
        rules = tuple(
            _rule(instrument, rule)
            for name in each.rules
            for instrument in (INSTRUMENTS.get(name.instrument, common.INSTRUMENT),)
            for rule in instrument.rules
            if rule.name == name.rule
        )
        if rules:
            found.append(
                ReasonListed(obligation=each.id, source=each.source, article=each.article, what=each.what, rules=rules)
            )
    return found


def _heading(each: Instrument) -> dict[str, Any]:
    return {
        "name": each.name,
        "zh": each.zh,
        "en": each.en,
        "channels": tuple(sorted(channel.value for channel in each.channels)),
        "since": each.since,
        "until": each.until,
        "mark": each.mark.value,
        "law_hash": each.law_hash(),
        "parameters_hash": each.parameters_hash(),
        "rules": len(each.rules),
    }


def _rule(instrument: Instrument, rule: Rule) -> RuleShown:
    return RuleShown(
        instrument=instrument.name,
        name=rule.name,
        obligation=rule.citation.obligation,
        effect=rule.effect.word,
        when=str(rule.when),
        zh=rule.zh,
        en=rule.en,
        remedy=Both(rule.remedy_zh, rule.remedy_en),
        citation=_citation(rule.citation),
        since=rule.since,
        until=rule.until,
    )


def _citation(citation: Citation) -> CitationShown:
    return CitationShown(
        citation.source_zh, citation.source_en, citation.article, citation.mark.value, citation.zh(), citation.en()
    )


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/law",
        action=Action.READ_LAW,
        handler=list_instruments,
        zh="全部规定",
        en="All instruments",
        tag="law",
        answers=list[InstrumentListed],
    ),
    Route(
        method="GET",
        path="/v1/law/{name}",
        action=Action.READ_LAW,
        handler=show_instrument,
        zh="一部规定：参数与逐条规则",
        en="One instrument: its figures and rules",
        tag="law",
        answers=InstrumentShown,
    ),
    Route(
        method="GET",
        path="/v1/reasons",
        action=Action.READ_LAW,
        handler=list_reasons,
        zh="全部理由",
        en="All reasons",
        tag="law",
        answers=list[ReasonListed],
    ),
    Route(
        method="GET",
        path="/v1/reasons/{obligation}",
        action=Action.READ_LAW,
        handler=show_reason,
        zh="一条理由",
        en="One reason",
        tag="law",
        answers=ReasonListed,
    ),
)

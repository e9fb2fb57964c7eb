"""A decision explained, laid out for a page (判定说明的版面): the verdict, why, what would let it pass."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from anning.api.models import reason_shown
from anning.gate.communication import Communication
from anning.gate.explain import Explanation, Observed, explain
from anning.gate.wording import FIELD_WORDS, SOURCE_WORDS, Words, figure_words, predicate_words, value_words
from anning.law.decision import Reason
from anning.numbers import CARRIERS, KIND_NAMES, Kind, carrier, home, mask
from anning.portal.message import look
from anning.portal.visit import Visit

_KINDS = frozenset(kind.value for kind in Kind)


def explained(visit: Visit, c: Communication, under: str) -> dict[str, Any]:
    """What a page of one communication shows. The number is masked.

    Raises:
        InvalidInput: no such instrument.
    """
    judging = visit.house.judging
    with judging.mutex:
        explanation = explain(judging.gate, c, under)
        looked = look(judging.gate, c)
    decision = explanation.decision
    return {
        "decision": decision,
        "outcome": decision.outcome.word,
        "number": mask(c.number),
        "whose": whose(c.number),
        "communication": c,
        "reasons": [_reason(each) for each in decision.reasons],
        "advisories": [_reason(each) for each in decision.advisories],
        "ways": explanation.passes_if,
        "in_no_way": explanation.in_no_way,
        "looked": looked,
        "observed": _observed(explanation),
    }


def whose(number: str) -> Words:
    """Nominal carrier and place of a number, as far as tables tell; a ported number keeps both."""
    name, place = carrier(number), home(number)
    zh = " · ".join(part for part in (CARRIERS.get(name, ""), place[0]) if part)
    en = " · ".join(part for part in (name, place[1]) if part)
    return zh, en


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "said": reason_shown(reason),
        "because": [predicate_words(each) for each in reason.because],
        "unseen": [FIELD_WORDS.get(field, (field, field)) for field in reason.unknown],
        "figures": [figure_words(reason.instrument, name, figure) for name, figure in reason.parameters],
    }


def _observed(explanation: Explanation) -> list[tuple[Words, list[tuple[Words, Words]]]]:
    """Facts by source, in words."""
    return [
        (SOURCE_WORDS[source], [(FIELD_WORDS[each.field], _value(each)) for each in facts])
        for source, facts in groupby(explanation.observed, key=lambda each: each.source)
    ]


def _value(seen: Observed) -> Words:
    if seen.field.endswith("_kind") and seen.value in _KINDS:
        return KIND_NAMES[Kind(seen.value)], str(seen.value)
    return value_words(seen.field, seen.value)

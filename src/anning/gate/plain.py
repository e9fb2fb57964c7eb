"""An explanation as JSON values, the same at every door (判定说明的数据形式)."""

from __future__ import annotations

from typing import Any

from anning.gate.explain import Explanation
from anning.gate.wording import plain
from anning.law.decision import Reason
from anning.law.instrument import SHANGHAI


def as_plain(explanation: Explanation, number: str) -> dict[str, Any]:
    """The explanation as JSON values, the number as it may be shown."""
    decision = explanation.decision
    zh, en = decision.wording()
    return {
        "outcome": decision.outcome.word,
        "wording": {"zh": zh, "en": en},
        "number": number,
        "at": decision.at.isoformat(),
        "under": decision.under,
        "in_scope": decision.in_scope,
        "out_of_scope": decision.out_of_scope,
        "reasons": [_reason(reason) for reason in decision.reasons],
        "advisories": [_reason(reason) for reason in decision.advisories],
        "degraded": decision.degraded,
        "observations": [
            {"field": seen.field, "value": plain(seen.value), "source": seen.source} for seen in explanation.observed
        ],
        "predicates": {instrument: dict(read) for instrument, read in explanation.held},
        "passes_if": [
            [
                {"change": c.name, "zh": c.zh, "en": c.en, "facts": {f: plain(value) for f, value in c.facts}}
                for c in way
            ]
            for way in explanation.passes_if
        ],
        "in_no_way": explanation.in_no_way,
        "valid_until": decision.valid_until.astimezone(SHANGHAI).isoformat(),
        "hashes": plain(decision.hashes),
        "log_id": decision.log_id,
        "position": decision.position,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "obligation": reason.obligation,
        "instrument": reason.instrument,
        "rule": reason.rule,
        "effect": reason.effect.word,
        "zh": reason.zh,
        "en": reason.en,
        "citation": {
            "source_zh": reason.citation.source_zh,
            "source_en": reason.citation.source_en,
            "article": reason.citation.article,
            "mark": reason.citation.mark.value,
            "zh": reason.citation.zh(),
            "en": reason.citation.en(),
        },
        "because": reason.because,
        "unknown": reason.unknown,
        "parameters": dict(reason.parameters),
        "remedy": {"zh": reason.remedy_zh, "en": reason.remedy_en},
    }

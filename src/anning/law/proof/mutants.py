"""Planted faults: every one-edit change of a rule (变异).

Delete it, negate it, change its effect; in its condition leave out a part, turn a literal round, or read "and" as "or".
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from anning.law.algebra import And, Expr, Not, Or, P
from anning.law.decision import Outcome
from anning.law.instrument import Instrument
from anning.law.rules import Rule


class Mutant(msgspec.Struct, frozen=True):
    """An instrument with one rule changed (变异体).

    Attributes:
        rule: the rule that was changed.
        zh, en: the edit, in words.
        instrument: what comes of it.
    """

    rule: Rule
    zh: str
    en: str
    instrument: Instrument


def mutants(instrument: Instrument) -> Iterator[Mutant]:
    """All one-edit mutants of an instrument's rules."""
    for place, rule in enumerate(instrument.rules):
        before, after = instrument.rules[:place], instrument.rules[place + 1 :]
        without = msgspec.structs.replace(instrument, rules=(*before, *after))
        yield Mutant(rule, "删去整条规则", "rule deleted", without)
        for zh, en, changed in _changes(rule):
            yield Mutant(rule, zh, en, msgspec.structs.replace(instrument, rules=(*before, changed, *after)))


def _changes(rule: Rule) -> Iterator[tuple[str, str, Rule]]:
    for effect in Outcome:
        if effect not in (Outcome.ALLOW, rule.effect):
            yield f"效果改为“{effect.zh}”", f"effect {effect.word}", msgspec.structs.replace(rule, effect=effect)
    when = flat(rule.when)
    seen = {when}
    for zh, en, changed in _edits(when):
        if flat(changed) not in seen:
            seen.add(flat(changed))
            yield zh, en, msgspec.structs.replace(rule, when=changed)
    if flat(Not(when)) not in seen:
        yield "条件取反", "condition negated", msgspec.structs.replace(rule, when=Not(when))


def _edits(when: Expr) -> Iterator[tuple[str, str, Expr]]:
    match when:
        case P(name):
            yield f"{name} 取反", f"{name} turned round", Not(when)
        case Not(P(name)):
            yield f"{name} 取反", f"{name} turned round", P(name)
        case Not(part):
            yield f"去掉对 ({part}) 的否定", f"negation of ({part}) dropped", part
            for zh, en, changed in _edits(part):
                yield zh, en, Not(changed)
        case And(parts) | Or(parts):
            kind, swapped = (And, Or) if isinstance(when, And) else (Or, And)
            yield f"“{when}” 中与或互换", f"and/or swapped in {when}", swapped(parts)
            for i, part in enumerate(parts):
                rest = (*parts[:i], *parts[i + 1 :])
                yield f"删去 {part}", f"{part} left out", rest[0] if len(rest) == 1 else kind(rest)
                for zh, en, changed in _edits(part):
                    yield zh, en, kind((*parts[:i], changed, *parts[i + 1 :]))


def flat(when: Expr) -> Expr:
    """The same expression with nested ands and ors of one kind joined and double negations gone."""
    match when:
        case Not(Not(part)):
            return flat(part)
        case Not(part):
            inner = flat(part)
            return inner.part if isinstance(inner, Not) else Not(inner)
        case And(parts):
            return And(tuple(q for p in map(flat, parts) for q in (p.parts if isinstance(p, And) else (p,))))
        case Or(parts):
            return Or(tuple(q for p in map(flat, parts) for q in (p.parts if isinstance(p, Or) else (p,))))
    return when

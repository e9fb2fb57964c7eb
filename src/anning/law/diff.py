"""What another instrument would change, in words (规定之间的差异).

Two regimes are laid side by side over all combinations of known predicates that the axioms allow. Where their outcomes
part, a solver finds a communication; the rule of the stricter side that stops it gives the condition, cut down to what
the rule needs; and what the milder side asks for in that case, beyond what it always asks, gives the circumstances.
This goes on until every difference is covered. No part is taken to be away: an outage is judged alike by all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

import msgspec
import z3

from anning.law.algebra import Expr
from anning.law.citation import Citation
from anning.law.decision import Outcome
from anning.law.instrument import SHANGHAI
from anning.law.instruments import common
from anning.law.instruments.registry import compose
from anning.law.observations import Channel
from anning.law.proof.encoding import Facts, Formula, Verdict, satisfiable, solver, verdict
from anning.law.proof.facts import all_of, no, wording, yes
from anning.law.proof.ordinary import nearest
from anning.law.proof.subjects import Subject
from anning.law.proof.witness import REALISABLE, situation
from anning.law.rules import Rule
from anning.law.tri import UNKNOWN, Tri

Literals: TypeAlias = tuple[tuple[str, bool], ...]

LIMIT = 60
"""Conditions looked for in one channel before the comparison says that there are more."""


_STEPS = ((Outcome.ALLOW, Outcome.REFUSE), (Outcome.ALLOW, Outcome.HOLD), (Outcome.HOLD, Outcome.REFUSE))
_PAIRS = (
    *_STEPS,
    *((b, a) for a, b in _STEPS),
    (Outcome.ALLOW, Outcome.LABEL),
    (Outcome.LABEL, Outcome.ALLOW),
)
"""Outcomes that part: what passes with one and is stopped by the other first, then what is labelled by one only."""


class Why(msgspec.Struct, frozen=True):
    """A rule of the stricter side."""

    instrument: str
    rule: str
    citation: Citation


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """Communications of one kind whose outcome differs.

    Attributes:
        channels: where this is so.
        conditions: alternatives, each predicates with their values; any of them is enough for the stricter side.
        circumstances: what the milder side asks for in this case, beyond what it always asks for.
        first, second: the outcomes under A and B; allow stands for a label too where the other side stops it.
        because: the rules of the stricter side.
        witness: situations showing it, one under each; empty when no world can show it.
    """

    channels: tuple[Channel, ...]
    conditions: tuple[Literals, ...]
    circumstances: Literals
    first: Outcome
    second: Outcome
    because: tuple[Why, ...]
    witness: tuple[dict[str, Any], ...] = ()


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All differences between two regimes on a day.

    Attributes:
        silent: per side, the channels in which it says nothing.
        complete: every difference is covered; otherwise the limit was reached.
    """

    first: str
    second: str
    day: date
    silent: tuple[tuple[Channel, ...], tuple[Channel, ...]]
    sentences: tuple[Sentence, ...]
    complete: bool


_CHANNELS = {Channel.SMS: ("短信", "SMS"), Channel.CALL: ("电话", "call"), Channel.APP: ("互联网递送", "app message")}
_OUTCOMES = {
    Outcome.ALLOW: ("放行", "lets it pass"),
    Outcome.LABEL: ("标注后接通", "labels it"),
    Outcome.HOLD: ("暂缓", "holds it"),
    Outcome.REFUSE: ("拒绝", "refuses"),
}


def compare(first: str, second: str, at: datetime, channels: Sequence[Channel] = tuple(Channel)) -> Comparison:
    """Which communications change from `first` to `second`, both judged as of a moment.

    Raises:
        InvalidInput: no such instrument.
    """
    day = at.astimezone(SHANGHAI).date()
    found: list[Sentence] = []
    complete = True
    silent: tuple[list[Channel], list[Channel]] = ([], [])
    for channel in channels:
        sides = (_side(first, day, channel), _side(second, day, channel))
        for side, quiet in zip(sides, silent, strict=True):
            if all(i is common.INSTRUMENT for i in side.instruments):
                quiet.append(channel)
        search = _Search(sides, channel)
        found += [
            msgspec.structs.replace(sentence, witness=search.witness(sentence, (first, second), day))
            for sentence in _joined(search.sentences())
        ]
        complete = complete and search.complete
    return Comparison(
        first=first,
        second=second,
        day=day,
        silent=(tuple(silent[0]), tuple(silent[1])),
        sentences=_over_channels(found),
        complete=complete,
    )


def in_words(sentence: Sentence, first: str, second: str) -> tuple[str, str]:
    """A sentence as a compliance officer reads it, Chinese and English."""
    zh = "、".join(_CHANNELS[c][0] for c in sentence.channels)
    en = ", ".join(_CHANNELS[c][1] for c in sentence.channels)
    cases_zh, cases_en = case_words(sentence)
    if sentence.circumstances:
        where_zh, where_en = circumstance_words(sentence)
        cases_zh, cases_en = f"{cases_zh}（且{where_zh}）", f"{cases_en} (where {where_en})"
    why_zh = "；".join(dict.fromkeys(_cited(w.citation)[0] for w in sentence.because))
    why_en = "; ".join(dict.fromkeys(_cited(w.citation)[1] for w in sentence.because))
    a, b = _OUTCOMES[sentence.first], _OUTCOMES[sentence.second]
    stricter_is_second = sentence.second > sentence.first
    left_zh, right_zh = f"{first} {a[0]}", f"{second} {b[0]}"
    left_en, right_en = f"{first} {a[1]}", f"{second} {b[1]}"
    if stricter_is_second:
        right_zh, right_en = f"{right_zh}（{why_zh}）", f"{right_en} [{why_en}]"
    else:
        left_zh, left_en = f"{left_zh}（{why_zh}）", f"{left_en} [{why_en}]"
    return f"{zh}，{cases_zh}：{left_zh}，{right_zh}", f"{en}: {cases_en}: {left_en}, {right_en}"


def case_words(sentence: Sentence) -> tuple[str, str]:
    """Its alternatives in words, what they have in common first."""
    conditions = sentence.conditions
    shared = tuple(literal for literal in conditions[0] if all(literal in case for case in conditions))
    rests = [tuple(literal for literal in case if literal not in shared) for case in conditions]
    zh, en = [_literal(*literal)[0] for literal in shared], [_literal(*literal)[1] for literal in shared]
    if len(conditions) > 1:
        rest_zh = "，或 ".join("、".join(_literal(*literal)[0] for literal in rest) for rest in rests)
        rest_en = ", or ".join(" and ".join(_literal(*literal)[1] for literal in rest) for rest in rests)
        zh.append(f"且（{rest_zh}）" if shared else rest_zh)
        en.append(f"({rest_en})" if shared else rest_en)
    return "、".join(zh), " and ".join(en)


def circumstance_words(sentence: Sentence) -> tuple[str, str]:
    """What the milder side asks for, in words; empty when nothing more than always."""
    literals = [_literal(*literal) for literal in sentence.circumstances]
    return "、".join(zh for zh, _ in literals), ", ".join(en for _, en in literals)


def _cited(citation: Citation) -> tuple[str, str]:
    place_zh = f"，第{citation.article}条" if citation.article else ""
    place_en = f", art. {citation.article}" if citation.article else ""
    return (
        f"{citation.obligation}{place_zh}，{citation.mark.zh}",
        f"{citation.obligation}{place_en}, {citation.mark.en}",
    )


def _literal(name: str, value: bool) -> tuple[str, str]:
    zh, en = wording(name)
    return (zh, en) if value else (f"并非“{zh}”", f"not: {en}")


def _side(name: str, day: date, channel: Channel) -> Subject:
    speaking = tuple(i for i in compose(name, day, frozenset(), False).instruments if channel in i.channels)
    return Subject(name, speaking, day, frozenset({channel}))


class _Search:
    """Two sides in one channel, everything known, and what has been covered so far."""

    def __init__(self, sides: tuple[Subject, Subject], channel: Channel) -> None:
        self.sides = sides
        self.channel = channel
        self.facts = Facts()
        self.rules = tuple(_owned(side) for side in sides)
        self.verdicts: tuple[Verdict, Verdict] = (
            verdict([rule for _, rule in self.rules[0]], self.facts),
            verdict([rule for _, rule in self.rules[1]], self.facts),
        )
        scope = [sides[0].scope, no("part_down"), *([yes("port_message")] if channel is Channel.APP else [])]
        self.solver = solver(
            [*self.facts.premises(), self.facts.total(), *(self.facts.formula(statement) for statement in scope)]
        )
        self.complete = True

    def sentences(self) -> Iterator[Sentence]:
        """Sentences of one condition each, until every difference is covered or the limit is reached."""
        left = LIMIT
        for a, b in _PAIRS:
            covered: list[Formula] = []
            while (values := nearest(self.solver, self.facts, z3.And(self._apart(a, b), *covered))) is not None:
                if left == 0:
                    self.complete = False
                    return
                left -= 1
                sentence = self._sentence(values, a, b)
                covered.append(z3.Not(self._case(sentence.conditions[0])))
                yield sentence

    def _sentence(self, values: dict[str, Tri], a: Outcome, b: Outcome) -> Sentence:
        strict, mild = (1, 0) if b > a else (0, 1)
        effect = max(a, b)
        fired = [r for _, r in self.rules[strict] if r.effect is effect and r.when.value(values.__getitem__) is True]
        condition = min((_needed(rule.when, values) for rule in fired), key=len)
        given = dict(condition)
        because = tuple(
            Why(owner, rule.name, rule.citation)
            for owner, rule in self.rules[strict]
            if rule.effect is effect and rule.when.value(lambda name: given.get(name, UNKNOWN)) is True
        )
        return Sentence(
            channels=(self.channel,),
            conditions=(condition,),
            circumstances=self._circumstances(condition, mild, min(a, b), self._apart(a, b)),
            first=a,
            second=b,
            because=because,
        )

    def _circumstances(self, condition: Literals, mild: int, outcome: Outcome, apart: Formula) -> Literals:
        asked = self.verdicts[mild].passes if outcome is Outcome.ALLOW else self.verdicts[mild].exactly(outcome)
        here = z3.And(self._case(condition), apart)
        names = dict.fromkeys(name for _, rule in self.rules[mild] for name in rule.when.predicates())
        found = []
        for name in names:
            for value, other in ((True, no(name)), (False, yes(name))):
                opposite = self.facts.formula(other)
                if (
                    not self._can(here, opposite)
                    and self._can(asked, opposite)
                    and self._can(self._case(condition), opposite)
                ):
                    found.append((name, value))
        return _telling(tuple(found))

    def witness(self, sentence: Sentence, names: tuple[str, str], day: date) -> tuple[dict[str, Any], ...]:
        """A situation under each side, in a world that can be; none when no world shows it."""
        shown = [self.facts.formula(statement) for statement in REALISABLE]
        apart = self._apart(sentence.first, sentence.second)
        for condition in sentence.conditions:
            values = nearest(self.solver, self.facts, z3.And(*shown, apart, self._case(condition)))
            if values is not None:
                return tuple(
                    situation(
                        f"{names[0]} / {names[1]}: {' '.join(w.citation.obligation for w in sentence.because)}",
                        name,
                        values,
                        _outcome(side, values).word,
                        _given(side, values),
                        day=day,
                        app=self.channel is Channel.APP,
                    )
                    for name, side in zip(names, self.rules, strict=True)
                )
        return ()

    def _apart(self, a: Outcome, b: Outcome) -> Formula:
        stopped = max(a, b) >= Outcome.HOLD
        return z3.And(
            verdict_.passes if outcome is Outcome.ALLOW and stopped else verdict_.exactly(outcome)
            for verdict_, outcome in zip(self.verdicts, (a, b), strict=True)
        )

    def _case(self, condition: Literals) -> Formula:
        return self.facts.formula(all_of(yes(name) if value else no(name) for name, value in condition))

    def _can(self, *formulas: Formula) -> bool:
        return satisfiable(self.solver, *formulas) is not None


def _owned(side: Subject) -> tuple[tuple[str, Rule], ...]:
    return tuple((i.name, rule) for i in side.instruments for rule in i.rules_on(side.day))


def _outcome(rules: Sequence[tuple[str, Rule]], values: dict[str, Tri]) -> Outcome:
    fired = (rule.effect for _, rule in rules if rule.when.value(values.__getitem__) is True)
    return max(fired, default=Outcome.ALLOW)


def _given(rules: Sequence[tuple[str, Rule]], values: dict[str, Tri]) -> tuple[str, ...]:
    fired = (rule.citation.obligation for _, rule in rules if rule.when.value(values.__getitem__) is True)
    return tuple(dict.fromkeys(fired))


def _needed(when: Expr, values: dict[str, Tri]) -> Literals:
    """The fewest of these values, dropped one by one, that still make the expression true."""
    kept = {name: values[name] for name in dict.fromkeys(when.predicates())}
    for name in sorted(kept, key=lambda n: n in ("commercial", "platform_call", "port_message")):
        without = {other: value for other, value in kept.items() if other != name}
        if when.value(lambda n, without=without: without.get(n, UNKNOWN)) is True:  # type: ignore[misc]
            kept = without
    return tuple((name, value is True) for name, value in kept.items())


def _telling(found: Literals) -> Literals:
    """Without what the consent already says: a standing consent leaves nothing ended or invalid."""
    said = dict(found)
    if said.get("consented"):
        return tuple(lit for lit in found if lit[0] not in ("consent_ended", "invalid_act", "private"))
    return tuple(lit for lit in found if lit[0] != "private" or lit[1])


def _joined(found: Iterator[Sentence]) -> tuple[Sentence, ...]:
    """Sentences that differ in the condition only become one with alternatives."""
    groups: dict[tuple[object, ...], Sentence] = {}
    for sentence in found:
        key = (
            sentence.first,
            sentence.second,
            tuple(dict.fromkeys(w.citation.obligation for w in sentence.because)),
            sentence.circumstances,
        )
        if key in groups:
            sentence = msgspec.structs.replace(
                groups[key],
                conditions=(*groups[key].conditions, *sentence.conditions),
                because=tuple(dict.fromkeys((*groups[key].because, *sentence.because))),
            )
        groups[key] = sentence
    return tuple(groups.values())


def _over_channels(found: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """What is the same in several channels is said once."""
    plain: dict[tuple[object, ...], Sentence] = {}
    for sentence in found:
        key = (
            frozenset(sentence.conditions),
            sentence.circumstances,
            sentence.first,
            sentence.second,
            sentence.because,
        )
        if key in plain:
            before = plain[key]
            sentence = msgspec.structs.replace(
                before,
                channels=(*before.channels, *sentence.channels),
                witness=before.witness or sentence.witness,
            )
        plain[key] = sentence
    return tuple(plain.values())

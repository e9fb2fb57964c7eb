"""The few words instruments are written in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from anning.law.algebra import Expr
from anning.law.citation import Citation, Mark
from anning.law.decision import Outcome
from anning.law.parameters import Dated, Parameter
from anning.law.rules import Rule

ALWAYS = date.min

Citing = Callable[[str, str], Citation]


def source(zh: str, en: str, mark: Mark) -> Callable[..., Citation]:
    """A source to cite from: `cite("R16a", "16")`, with another mark where one duty is less sure than the rest."""

    def cite(obligation: str, article: str = "", mark: Mark = mark) -> Citation:
        return Citation(obligation, zh, en, article, mark)

    return cite


def refuse(
    name: str,
    citation: Citation,
    when: Expr,
    zh: str,
    en: str,
    *,
    remedy: tuple[str, str],
    since: date | None = None,
    until: date | None = None,
    shows: tuple[str, ...] = (),
) -> Rule:
    """A rule that refuses."""
    return Rule(name, Outcome.REFUSE, citation, when, zh, en, remedy[0], remedy[1], since, until, shows)


def hold(name: str, citation: Citation, when: Expr, zh: str, en: str, *, remedy: tuple[str, str]) -> Rule:
    """A rule that holds until somebody or something can tell."""
    return Rule(name, Outcome.HOLD, citation, when, zh, en, remedy[0], remedy[1])


def label(name: str, citation: Citation, when: Expr, zh: str, en: str, *, remedy: tuple[str, str]) -> Rule:
    """A rule that lets a call through with a label."""
    return Rule(name, Outcome.LABEL, citation, when, zh, en, remedy[0], remedy[1])


def constant(name: str, unit: str, value: float, citation: Citation, zh: str, en: str) -> Parameter:
    """A number that has always been the same."""
    return Parameter(name, unit, zh, en, (Dated(ALWAYS, value, citation),))

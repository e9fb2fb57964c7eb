"""A rule: an effect, the obligation it carries out, and the predicates it needs (规则)."""

from __future__ import annotations

from datetime import date

import msgspec

from anning.errors import LawError
from anning.law.algebra import Expr
from anning.law.citation import Citation
from anning.law.decision import Outcome


class Rule(msgspec.Struct, frozen=True):
    """One rule of one instrument.

    Attributes:
        name: unique within the instrument, a slug such as `no-consent`.
        when: the rule has its effect when this is true; when this is unknown, it holds instead.
        since, until: first and last local day on which it speaks, when narrower than its instrument's.
        zh, en: the reason as a person reads it.
        remedy_zh, remedy_en: what would have to differ for it not to fire.
        parameters: names of the parameters whose figure is shown when it fires.
    """

    name: str
    effect: Outcome
    citation: Citation
    when: Expr
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    since: date | None = None
    until: date | None = None
    parameters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.citation.obligation or not self.citation.source_zh or not self.citation.source_en:
            raise LawError(
                f"规则 {self.name} 没有出处，不予装载",
                f"rule {self.name} has no citation and does not load",
                thing=self.name,
            )
        if self.effect is Outcome.ALLOW:
            raise LawError(
                f"规则 {self.name} 没有效果", f"rule {self.name} allows: what no rule stops is allowed", thing=self.name
            )

    def speaks_on(self, day: date) -> bool:
        """Whether the rule is in force on that local day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

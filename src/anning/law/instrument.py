"""An instrument: a regulation, a plan, a notice or the house's policy, as a value (规范文件)."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

import msgspec

from anning.errors import LawError
from anning.law.calendar import SHANGHAI
from anning.law.citation import Mark
from anning.law.observations import Channel
from anning.law.parameters import Parameter
from anning.law.predicates import PREDICATES, TEXT_PARAMETERS
from anning.law.rules import Rule

__all__ = ["SHANGHAI", "Instrument"]


class Instrument(msgspec.Struct, frozen=True):
    """A version of the law in its own channels and dates.

    Attributes:
        name: `cn-2020-draft`, `house-policy`, ...
        channels: the channels it speaks about; elsewhere the outcome is allow, marked out of scope.
        since, until: the dates from and to which it is in force of itself; None and None for a draft.
        mark: how sure we are of it as a whole.
    """

    name: str
    zh: str
    en: str
    channels: frozenset[Channel]
    since: date | None
    until: date | None
    mark: Mark
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        known = {parameter.name for parameter in self.parameters}
        seen: set[str] = set()
        for rule in self.rules:
            if rule.name in seen:
                raise LawError(
                    f"{self.name} 有两条规则同名 {rule.name}", f"{self.name} has two rules named {rule.name}"
                )
            seen.add(rule.name)
            for predicate in rule.when.predicates():
                if predicate not in PREDICATES:
                    raise LawError(
                        f"{self.name} 的规则 {rule.name} 用到不存在的谓词 {predicate}",
                        f"rule {rule.name} of {self.name} uses the unknown predicate {predicate}",
                    )
                needed = set(PREDICATES[predicate].parameters)
                missing = (needed if self.channels - {Channel.CALL} else needed - TEXT_PARAMETERS) - known
                if missing:
                    raise LawError(
                        f"{self.name} 的规则 {rule.name} 缺少参数 {sorted(missing)}",
                        f"rule {rule.name} of {self.name} needs the parameters {sorted(missing)}",
                    )

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name. Raises LawError when there is none."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise LawError(f"{self.name} 没有参数 {name}", f"{self.name} has no parameter {name}", thing=self.name)

    def in_force(self, at: datetime) -> bool:
        """Whether it is in force of itself at that moment (a draft never is)."""
        day = at.astimezone(SHANGHAI).date()
        return self.since is not None and self.since <= day and (self.until is None or day <= self.until)

    def rules_on(self, day: date) -> tuple[Rule, ...]:
        """Its rules that speak on that local day."""
        return tuple(rule for rule in self.rules if rule.speaks_on(day))

    def law_hash(self) -> str:
        """SHA-256 hex over everything it says but its parameters: channels, dates, mark, rules with all their words."""
        itself = {name: value for name, value in _fields(self).items() if name not in ("parameters", "rules")}
        rules = [{**_fields(rule), "when": str(rule.when)} for rule in self.rules]
        return hashlib.sha256(msgspec.json.encode((itself, rules), order="deterministic")).hexdigest()

    def parameters_hash(self) -> str:
        """SHA-256 hex over its dated parameters as canonical JSON."""
        return hashlib.sha256(msgspec.json.encode((self.name, self.parameters))).hexdigest()


def _fields(value: Instrument | Rule) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__struct_fields__}

"""Boolean algebra over named predicates: what a rule's `when` is written in.

    commercial & ~consented & ~requested

An expression knows its predicates, is evaluated in three values, and can be walked (by the prover, the
differ, the printer and the mutation run).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import msgspec

from anning.law.tri import Tri, conjunction, disjunction, negation

Valuation: TypeAlias = Callable[[str], Tri]


class Expr(msgspec.Struct, frozen=True):
    """A boolean expression over predicates (谓词表达式)."""

    def __and__(self, other: Expr) -> Expr:
        return And((self, other))

    def __or__(self, other: Expr) -> Expr:
        return Or((self, other))

    def __invert__(self) -> Expr:
        return Not(self)

    def value(self, of: Valuation) -> Tri:  # noqa: ARG002
        """The truth of the expression when `of` gives each predicate's."""
        raise TypeError(f"{type(self).__name__} has no truth of its own")

    def predicates(self) -> Iterator[str]:
        """Names of the predicates in it, in order, possibly repeated."""
        raise TypeError(f"{type(self).__name__} has no predicates of its own")


class P(Expr, frozen=True):
    """One predicate by its name."""

    name: str

    def value(self, of: Valuation) -> Tri:
        return of(self.name)

    def predicates(self) -> Iterator[str]:
        yield self.name

    def __str__(self) -> str:
        return self.name


class Not(Expr, frozen=True):
    """The expression does not hold (非)."""

    part: Expr

    def value(self, of: Valuation) -> Tri:
        return negation(self.part.value(of))

    def predicates(self) -> Iterator[str]:
        yield from self.part.predicates()

    def __str__(self) -> str:
        return f"~{self.part}" if isinstance(self.part, P) else f"~({self.part})"


class And(Expr, frozen=True):
    """Every part holds (与)."""

    parts: tuple[Expr, ...]

    def value(self, of: Valuation) -> Tri:
        return conjunction(part.value(of) for part in self.parts)

    def predicates(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.predicates()

    def __str__(self) -> str:
        return " & ".join(f"({p})" if isinstance(p, Or) else str(p) for p in self.parts)


class Or(Expr, frozen=True):
    """At least one part holds (或)."""

    parts: tuple[Expr, ...]

    def value(self, of: Valuation) -> Tri:
        return disjunction(part.value(of) for part in self.parts)

    def predicates(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.predicates()

    def __str__(self) -> str:
        return " | ".join(str(p) for p in self.parts)

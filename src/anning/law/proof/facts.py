"""Statements about what is known of predicates: the language of axioms and invariants (命题).

A predicate is known true, known false, or not known. `yes(commercial)`, `no(commercial)` and `open_(commercial)` say
which, and are themselves plainly true or false; they are joined with the algebra the rules are written in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from anning.law.algebra import And, Expr, Not, Or, P
from anning.law.observations import Observations, Seen
from anning.law.predicates import PREDICATES, Figure
from anning.law.tri import UNKNOWN, Tri

Values: TypeAlias = Callable[[str], Tri]

_TRUE, _FALSE = "=1", "=0"

PLAIN_FACTS: dict[str, tuple[str, str]] = {
    "last_known_service_port": (
        "最后已知目录显示为有报备签名的服务端口",
        "the last known directory shows a service port with an approved signature",
    ),
    "within_past_volume": ("在发送者既往服务量之内", "is within the sender's past service volume"),
}
"""Facts that rules never read but that axioms about outages do: observation fields of the same name, never unknown."""


def yes(predicate: Expr | str) -> Expr:
    """Known to be true (已知为真)."""
    return P(_name(predicate) + _TRUE)


def no(predicate: Expr | str) -> Expr:
    """Known to be false (已知为假)."""
    return P(_name(predicate) + _FALSE)


def known(predicate: Expr | str) -> Expr:
    """Known either way (已知)."""
    return yes(predicate) | no(predicate)


def open_(predicate: Expr | str) -> Expr:
    """Not known (未知)."""
    return ~known(predicate)


def implies(premise: Expr, conclusion: Expr) -> Expr:
    """When the one then the other (蕴含)."""
    return ~premise | conclusion


def same(one: Expr, other: Expr) -> Expr:
    """Both or neither (等价)."""
    return implies(one, other) & implies(other, one)


def any_of(parts: Iterable[Expr]) -> Expr:
    """At least one of them; of none, false."""
    return Or(tuple(parts))


def all_of(parts: Iterable[Expr]) -> Expr:
    """Every one of them; of none, true."""
    return And(tuple(parts))


def certainly(expression: Expr) -> Expr:
    """A rule's condition is known to hold (条件确定成立), in Kleene's logic."""
    match expression:
        case P():
            return yes(expression)
        case Not(part):
            return certainly_not(part)
        case And(parts):
            return all_of(map(certainly, parts))
        case Or(parts):
            return any_of(map(certainly, parts))
    raise TypeError(f"no such expression: {expression}")


def certainly_not(expression: Expr) -> Expr:
    """A rule's condition is known not to hold (条件确定不成立), in Kleene's logic."""
    match expression:
        case P():
            return no(expression)
        case Not(part):
            return certainly(part)
        case And(parts):
            return any_of(map(certainly_not, parts))
        case Or(parts):
            return all_of(map(certainly_not, parts))
    raise TypeError(f"no such expression: {expression}")


def undecided(expression: Expr) -> Expr:
    """A rule's condition can be neither affirmed nor denied (条件无法判定)."""
    return ~certainly(expression) & ~certainly_not(expression)


def atom(name: str) -> tuple[str, bool]:
    """The predicate an atom speaks of, and which truth it affirms."""
    return name[: -len(_TRUE)], name.endswith(_TRUE)


def mentioned(statement: Expr) -> tuple[str, ...]:
    """Predicates a statement speaks of, each once, in order."""
    return tuple(dict.fromkeys(atom(name)[0] for name in statement.predicates()))


def holds(statement: Expr, values: Values) -> bool:
    """Whether the statement is true of these predicate values."""

    def truth(name: str) -> Tri:
        predicate, affirmed = atom(name)
        return values(predicate) is affirmed

    return statement.value(truth) is True


def observed(name: str, observations: Observations, figure: Figure) -> Tri:
    """A predicate's value, or a plain fact's, over observations; what raises is unknown."""
    if name in PLAIN_FACTS:
        return bool(getattr(observations, name))
    try:
        return PREDICATES[name].read(Seen(observations), figure)
    except Exception:  # noqa: BLE001 - as in the regime: what raises is unknown
        return UNKNOWN


def wording(name: str) -> tuple[str, str]:
    """How a predicate or plain fact reads, Chinese and English."""
    if name in PLAIN_FACTS:
        return PLAIN_FACTS[name]
    predicate = PREDICATES[name]
    return predicate.zh, predicate.en


def _name(predicate: Expr | str) -> str:
    if isinstance(predicate, str):
        return predicate
    if isinstance(predicate, P):
        return predicate.name
    raise TypeError(f"not one predicate: {predicate}")

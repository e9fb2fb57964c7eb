"""The ordinary lawful communication, from which examples stray as little as they can (通常情形)."""

from __future__ import annotations

from typing import Final

import z3

from anning.law.proof.encoding import Facts, Formula
from anning.law.tri import Tri

IN_ORDER: Final = frozenset(
    {
        "licensed",
        "sender_verified",
        "code_registered",
        "code_active",
        "code_held_here",
        "code_user_is_sender",
        "signature_approved",
        "names_sender",
        "names_phone",
        "way_out",
        "way_out_works",
        "within_call_hours",
        "within_working_call_hours",
        "within_sms_hours",
        "within_past_volume",
        "consented",
        "consent_on_record",
        "commercial",
        "port_message",
    }
)
"""True of a commercial port SMS that everything is in order with; everything else is false of it."""

_LAST = ("consented", "port_message", "commercial", "call")


def nearest(made: Formula, facts: Facts, formula: Formula) -> dict[str, Tri] | None:
    """Values that satisfy what the solver holds and the formula, known where they can be, ordinary where they can be.

    None when nothing satisfies it.
    """
    made.push()
    try:
        made.add(formula)
        if made.check() != z3.sat:
            return None
        names = sorted(facts.names(), key=lambda name: (name in _LAST, _LAST.index(name) if name in _LAST else 0))
        for name in names:
            true, false = facts.pair(name)
            ordinary, unusual = (true, false) if name in IN_ORDER else (false, true)
            for wanted in (ordinary, unusual):
                if made.check(wanted) == z3.sat:
                    made.add(wanted)
                    break
        made.check()
        return facts.reading(made.model())
    finally:
        made.pop()


def strays(values: dict[str, Tri]) -> dict[str, Tri]:
    """The values in which an example differs from the ordinary."""
    return {name: value for name, value in values.items() if value is not (name in IN_ORDER)}

"""What the registers do not know of a communication, told before the verdict (未登记的名称)."""

from __future__ import annotations

from collections.abc import Sequence

from anning.cli import show
from anning.gate.unregistered import Remark, as_plain, unregistered_in

__all__ = ["Remark", "as_plain", "tell", "unregistered_in"]


def tell(found: Sequence[Remark]) -> None:
    """At the top, before anything else."""
    for zh, en in found:
        show.say(zh, en)
    if found:
        show.say("", "")

"""A person wants to be known no longer (请求删除): at once in effect, in bytes when the law lets it.

Two things may be asked. *consents*: whom the person consented to, on what words, with what evidence; refusals and
wishes to be left alone stay, for they are what the registry is for. *everything*: those too, if asked for plainly.
What the law has kept for some months more is kept out of sight, for nobody to judge by; the calendar erases it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from anning.errors import Unavailable
from anning.numbers import mask
from anning.registers.events import ConsentGiven, Door, Forgets, Proof, SubscriberForgotten
from anning.registers.histories import placed, subscriber
from anning.registers.open import Registers
from anning.registers.retention import Due, due
from anning.registers.stated import Stated
from anning.registers.statements import Forgetting, Recycling, statement_of
from anning.registers.suppression import EVERY_ORGANISATION

WHAT: Final[dict[Forgets, tuple[str, str]]] = {
    "consents": (
        "清除全部同意与请求；谢绝与拒绝继续有效",
        "all consents and requests; wishes to be left alone and refusals go on standing",
    ),
    "everything": (
        "清除全部，连同谢绝与拒绝：此后本登记处不再代为谢绝",
        "everything, wishes to be left alone and refusals included: the registry declines for nobody it does not know",
    ),
}
"""What may be asked for, as the person is told it."""


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """It has effect (已遗忘).

    Attributes:
        number: masked.
        statements: how many count no more; organisations: how many had a consent.
        ids: the places of what was written.
        gone: from when the bytes go, at the latest within a day; None when there was nothing.
    """

    number: str
    what: Forgets
    statements: int
    organisations: int
    ids: tuple[str, ...]
    gone: Due | None


def forget(
    registers: Registers,
    number: str,
    *,
    what: Forgets,
    door: Door,
    proof: Proof,
    actor: str,
    tenant: str = "",
    key: str = "",
) -> Forgotten:
    """Have somebody known no longer; answered when every gate of this process judges so.

    Old lists do not bring the person back: a mark is kept that holds for every organisation.

    Args:
        number: E.164.
        what: see `WHAT`.
        door, proof: how it came in, and how it was made sure that the number's holder asks.

    Raises:
        Unavailable: there is no key to make the mark with.
    """
    if registers.marks is None:
        raise Unavailable(
            "没有抑制标记的密钥，不能办理清除",
            "without a key for suppression marks nobody can be forgotten",
            thing="suppression",
            rule="suppression-key",
        )
    with registers.store.read() as connection:
        _, known = subscriber(connection, number)
        held = any(True for _ in placed(connection, [number]))
    now = registers.now
    asked = SubscriberForgotten(number=number, what=what, door=door, proof=proof)
    ends = statement_of(asked, now, registers.store.head().position + 1)
    assert isinstance(ends, Forgetting)
    ended = [one for one in known if _ends(ends, one)]
    mark = registers.marks.kept(number, EVERY_ORGANISATION, now)
    ack = registers.submit_together((asked, mark), actor=actor, key=key, tenant=tenant).result()
    return Forgotten(
        number=mask(number),
        what=what,
        statements=len(ended),
        organisations=len({one.payload.to for one in ended if isinstance(one.payload, ConsentGiven)}),
        ids=ack.ids,
        gone=due(now) if held else None,
    )


def _ends(forgetting: Forgetting, one: Stated) -> bool:
    statement = statement_of(one.payload, one.at, one.position)
    return not isinstance(statement, Recycling | Forgetting) and forgetting.ends(statement)

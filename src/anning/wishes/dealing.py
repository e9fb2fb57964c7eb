"""A person's wishes read and changed, by whichever door (意愿办理): one place for pages, apps, hotline and SMS."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import msgspec

from anning.errors import InvalidInput
from anning.journal import Clock
from anning.outbox import Outbox
from anning.registers.events import ConsentWithdrawn, Door, Payload, Proof, WishChannel
from anning.registers.histories import subscriber
from anning.registers.open import Registers
from anning.wishes import wording
from anning.wishes.rules import MOST, Rule, changes, standing

RECEIPT_LASTS: Final = timedelta(days=1)
_STRIPES: Final = 64


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What a change led to (办理结果).

    Attributes:
        rules: what stands now.
        ids: the places of what was written, none when it stood so already.
        receipt: the SMS that goes to the phone; empty when nothing changed.
    """

    rules: tuple[Rule, ...]
    ids: tuple[str, ...]
    receipt: str


class Dealing:
    """Reads and changes what people wish.

    Changes of one number follow each other: each sees what the one before left.

    Args:
        name: what the registry calls itself, its SMS signature.
    """

    def __init__(self, registers: Registers, outbox: Outbox, clock: Clock, name: str) -> None:
        self._registers = registers
        self._outbox = outbox
        self._clock = clock
        self._name = name
        self._stripes = tuple(threading.Lock() for _ in range(_STRIPES))

    def rules(self, number: str) -> tuple[Rule, ...]:
        """What stands for a number, E.164."""
        with self._registers.store.read() as connection:
            settled, _ = subscriber(connection, number)
        return standing(settled, self._clock())

    def change(
        self, number: str, wanted: Sequence[Rule], *, door: Door, proof: Proof, actor: str, tenant: str, key: str = ""
    ) -> Changed:
        """Let these rules stand and no others; told to the phone when anything changed.

        Args:
            actor: whoever says it: the person by a door, or the operator who acts for a caller.
            tenant: in whose name it is written.

        Raises:
            InvalidInput: there are more than anybody needs.
            InvalidCommand: a rule does not hold together; nothing is written.
        """
        if len(wanted) > MOST:
            raise InvalidInput(
                f"意愿至多 {MOST} 条",
                f"there are at most {MOST} rules",
                thing="rules",
                field="rules",
                rule="at-most",
            )
        with self._one_by_one(number):
            said = changes(number, self.rules(number), wanted, door=door, proof=proof)
            if not said:
                return Changed(rules=self.rules(number), ids=(), receipt="")
            ids = self._write(said, actor=actor, tenant=tenant, key=key)
            rules = self.rules(number)
        text = wording.receipt(self._name, rules, ids[-1])
        self._outbox.put(number, text, "receipt", tenant=tenant, lasting=RECEIPT_LASTS)
        return Changed(rules=rules, ids=ids, receipt=text)

    def refuse(
        self, number: str, org: str, channel: WishChannel, *, door: Door, proof: Proof, actor: str, tenant: str
    ) -> tuple[str, ...]:
        """The person wants to hear no more of an organisation; the places of what was written.

        Raises:
            InvalidCommand: nobody of that name is registered.
        """
        said = ConsentWithdrawn(number=number, to=org, channel=channel, door=door, proof=proof)
        ids = self._write((said,), actor=actor, tenant=tenant, key="")
        text = f"【{self._name}】您已拒绝该机构的商业性来电与短信（{org}），对其所有号码立即生效。回执{ids[-1][:60]}"
        self._outbox.put(number, text, "receipt", tenant=tenant, lasting=RECEIPT_LASTS)
        return ids

    def _write(self, said: Sequence[Payload], *, actor: str, tenant: str, key: str) -> tuple[str, ...]:
        return self._registers.submit_together(said, actor=actor, key=key, tenant=tenant).result().ids

    @contextmanager
    def _one_by_one(self, number: str) -> Iterator[None]:
        with self._stripes[hash(number) % _STRIPES]:
            yield

"""Everything the registry deals with people by, held together (意愿办理总成)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from anning.journal import Clock
from anning.outbox import Outbox
from anning.registers.events import Door, Forgets, Proof
from anning.registers.forgetting import Forgotten, forget
from anning.registers.histories import subscriber
from anning.registers.open import Registers
from anning.settings import Settings
from anning.state import Seal, State
from anning.wishes import wording
from anning.wishes.confirming import Confirming
from anning.wishes.consents import ConsentHeld, held
from anning.wishes.dealing import RECEIPT_LASTS, Dealing
from anning.wishes.dialogue import Dialogue
from anning.wishes.exhibits import Exhibits
from anning.wishes.keywords import keywords_of
from anning.wishes.proving import Proving
from anning.wishes.recording import Recording
from anning.wishes.records import Export, export
from anning.wishes.tables import STATE_MIGRATIONS

__all__ = ["STATE_MIGRATIONS", "SUBSCRIBER", "Wishes"]

SUBSCRIBER: Final = "subscriber"
"""How the journal names a person who spoke for themselves; their number is in what they said."""


class Wishes:
    """The registry's dealings with people.

    Attributes:
        proving, dealing, confirming, dialogue, recording, exhibits: its parts.

    Args:
        origin: the address that browsers see, asked for when a link is written.
    """

    def __init__(
        self,
        registers: Registers,
        state: State,
        seal: Seal,
        outbox: Outbox,
        clock: Clock,
        *,
        settings: Settings,
        origin: Callable[[], str],
    ) -> None:
        name = settings.registry_name
        self._registers = registers
        self._clock = clock
        self._name = name
        self._outbox = outbox
        self.exhibits = Exhibits(settings.exhibits)
        self.proving = Proving(state, seal, outbox, clock, name)
        self.dealing = Dealing(registers, outbox, clock, name)
        self.confirming = Confirming(
            registers, self.proving, outbox, self.exhibits, state, seal, clock, origin=origin, name=name
        )
        self.dialogue = Dialogue(
            registers,
            self.dealing,
            self.confirming,
            self.proving,
            outbox,
            state,
            seal,
            clock,
            keywords=keywords_of(settings.keywords_file),
            codes=frozenset(filter(None, (code.strip() for code in settings.registry_codes.split(",")))),
            name=name,
        )
        self.recording = Recording(registers, self.confirming, self.exhibits, clock)

    def consents(self, number: str, to: list[str] | None = None) -> list[ConsentHeld]:
        """Whom a number, E.164, consented to, and how that stands."""
        return held(self._registers.store, self.exhibits, number, self._clock(), to)

    def export(self, number: str) -> Export:
        """Everything on record of a number, for the person it is about."""
        with self._registers.store.read() as connection:
            _, said = subscriber(connection, number)
        return export(number, self._clock(), self.dealing.rules(number), self.consents(number), said, self._name)

    def forget(
        self,
        number: str,
        what: Forgets,
        *,
        door: Door,
        proof: Proof,
        actor: str,
        tenant: str,
        key: str = "",
    ) -> Forgotten:
        """Have somebody known no longer, and tell the phone so; see `anning.registers.forgetting.forget`."""
        done = forget(self._registers, number, what=what, door=door, proof=proof, actor=actor, tenant=tenant, key=key)
        self._outbox.put(number, wording.forgotten(self._name, done), "receipt", tenant=tenant, lasting=RECEIPT_LASTS)
        return done

    def let_go_of(self, evidence: frozenset[str]) -> None:
        """Have what proved a consent erased, by its hash; see `anning.registers.erasing.Eraser`."""
        for sha256 in evidence:
            self.exhibits.erase(sha256)

    def sweep(self) -> None:
        """Forget what ran out."""
        self.proving.sweep()
        self.confirming.sweep()

"""Communications that are held: kept under an id, judged again when asked and when the registers change (暂缓)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from anning.api.judging import Judging, communication
from anning.api.models import DecideRequest
from anning.api.tables import QUERIES
from anning.api.webhooks import queue
from anning.errors import NotFound
from anning.journal import Clock
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.law.decision import Decision, Outcome
from anning.numbers import mask
from anning.state import Seal, State

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(DecideRequest).decode


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A communication that was held, and how it stands now (暂缓的通信).

    Attributes:
        outcome: as last judged; hold until it is something else.
        at: when it was held; `judged`: when last judged.
    """

    id: str
    tenant: str
    number: str
    sender: str
    outcome: str
    reasons: tuple[str, ...]
    at: datetime
    judged: datetime


class Holds:
    """All that is held. The communication itself is sealed: a number is read only to judge or to reveal it.

    Args:
        outsider: says of a tenant whether it is told no wishes.
    """

    def __init__(
        self, state: State, seal: Seal, judging: Judging, clock: Clock, outsider: Callable[[str], bool]
    ) -> None:
        self._state = state
        self._seal = seal
        self._judging = judging
        self._clock = clock
        self._outsider = outsider

    def keep(self, id: str, tenant: str, asked: DecideRequest, number: str, decision: Decision, actor: str) -> None:
        """Remember one that is held."""
        now = to_microseconds(self._clock())
        whole = msgspec.structs.replace(asked, number=number)
        with self._state.write() as connection:
            QUERIES.change(
                connection,
                "keep_hold",
                id=id,
                tenant=tenant,
                sealed=self._seal.close(_encode(whole), f"hold:{id}"),
                masked=mask(number),
                sender=asked.sender,
                actor=actor,
                at=now,
                reasons=";".join(decision.obligations()),
            )
            held = {"hold": id, "number": mask(number), "sender": asked.sender, "reasons": decision.obligations()}
            queue(connection, "decision.held", f"held-{id}", tenant, held, self._clock())

    def asked(self, id: str, tenant: str) -> tuple[Held, Decision]:
        """How it stands, judged again for now.

        Raises:
            NotFound: the tenant has none of that id.
        """
        held, whole = self._one(id, tenant)
        decision = self._judge(whole, tenant)
        return self._note(held, decision), decision

    def number(self, id: str, tenant: str) -> str:
        """The whole number, for somebody whose purpose is noted.

        Raises:
            NotFound: the tenant has none of that id.
        """
        return self._one(id, tenant)[1].number

    def of(self, tenant: str, before: str, count: int) -> list[Held]:
        """A tenant's, the latest first."""
        with self._state.read() as connection:
            rows = QUERIES.rows(connection, "holds_of_tenant", tenant=tenant, before=before or "~", count=count)
        return [_held(row) for row in rows]

    def judge_again(self, changed: list[Held] | None = None) -> list[Held]:
        """Judge all that are held still; those that stand otherwise now."""
        found: list[Held] = [] if changed is None else changed
        after = ""
        while True:
            with self._state.read() as connection:
                rows = QUERIES.rows(connection, "holds_still_held", after=after, count=500)
            if not rows:
                return found
            after = rows[-1][0]
            for row in rows:
                held = _held(row)
                decision = self._judge(self._open(held.id, row[2]), held.tenant)
                if decision.outcome is not Outcome.HOLD:
                    found.append(self._note(held, decision))

    def sweep(self, before: datetime) -> None:
        """Forget what was held long ago."""
        with self._state.write() as connection:
            QUERIES.change(connection, "sweep_holds", before=to_microseconds(before))

    def _one(self, id: str, tenant: str) -> tuple[Held, DecideRequest]:
        with self._state.read() as connection:
            row = QUERIES.row(connection, "hold", id=id)
        if row is None or row[1] != tenant:
            raise NotFound("没有这条暂缓记录", "nothing is held under this id", thing=id, field="id")
        return _held(row), self._open(id, row[2])

    def _open(self, id: str, sealed: bytes) -> DecideRequest:
        return _decode(self._seal.open(bytes(sealed), f"hold:{id}"))

    def _judge(self, whole: DecideRequest, tenant: str) -> Decision:
        """For now, or for the moment it was asked about while that is still to come."""
        now = self._clock()
        at = now if whole.at is None or whole.at < now else whole.at
        c = communication(whole, whole.number, at, blind=self._outsider(tenant))
        with self._judging.mutex:
            return self._judging.gate.decide(c, whole.under)

    def _note(self, held: Held, decision: Decision) -> Held:
        now = self._clock()
        changed = msgspec.structs.replace(
            held, outcome=decision.outcome.word, reasons=decision.obligations(), judged=now
        )
        with self._state.write() as connection:
            QUERIES.change(
                connection,
                "hold_judged",
                id=held.id,
                outcome=changed.outcome,
                reasons=";".join(changed.reasons),
                judged=to_microseconds(now),
            )
            if changed.outcome != held.outcome:
                told = {"hold": held.id, "outcome": changed.outcome, "was": held.outcome, "reasons": changed.reasons}
                id = f"hold-{held.id}-{to_microseconds(now)}"
                queue(connection, "hold.changed", id, held.tenant, told, now)
        return changed


def _held(row: tuple[object, ...]) -> Held:
    id, tenant, _, masked, sender, _, at, outcome, reasons, judged = row
    return Held(
        id=str(id),
        tenant=str(tenant),
        number=str(masked),
        sender=str(sender),
        outcome=str(outcome),
        reasons=tuple(str(reasons).split(";")) if reasons else (),
        at=from_microseconds(at),  # type: ignore[arg-type]  # an integer in both databases
        judged=from_microseconds(judged),  # type: ignore[arg-type]
    )

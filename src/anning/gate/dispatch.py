"""A communication as it is sent: judged by the exact counts and counted in the same breath (发送时裁决与预占).

The verdict is reached by what this gate knows and stands only if the owner of the counts finds them as they were seen;
otherwise it is reached again by what the owner found. So no interleaving of gates lets a limit be passed, and the owner
needs no law.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.errors import Unavailable
from anning.gate.communication import Communication
from anning.gate.counts.contacts import SECOND, Ages, Contacts, ContentKind, Volume, ages_of
from anning.gate.counts.counts import Counts, Reservation
from anning.gate.counts.messages import Changed, NoRoom
from anning.gate.gate import Gate, contact_kind
from anning.gate.past_volume import past_room, without_room
from anning.law.decision import Decision, Outcome
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import Observations
from anning.numbers import parse

SKEW: Final = 60
"""Seconds by which another's clock may be ahead: what it counted within them counts as now."""

UNCOUNTED: Final = 1_000_000
"""Contacts that passed while the counts were away are remembered, to be counted when they are back, up to so many."""

_ASK_AGAIN: Final = 1.0


class Reserved(msgspec.Struct, frozen=True):
    """It may go, and counts from now on (可发送，已预占).

    Attributes:
        reservation: to be settled when the carrier has answered; None when it went uncounted, the counts being away.
    """

    decision: Decision
    observations: Observations
    reservation: Reservation | None


class Stopped(msgspec.Struct, frozen=True):
    """It may not go, or not now: the decision says why and, for a hold, until when."""

    decision: Decision
    observations: Observations


class Dispatcher:
    """Judges and counts what one gate sends; for one thread."""

    def __init__(
        self, gate: Gate, counts: Counts, under: str = IN_FORCE, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """For a gate and the counts of its installation.

        Args:
            clock: seconds, for when counts that were away are asked again.
        """
        self._gate, self._counts, self._under, self._clock = gate, counts, under, clock
        self._uncounted: deque[tuple[str, str, str, ContentKind]] = deque(maxlen=UNCOUNTED)
        self._away_until: float | None = None

    def dispatch(self, c: Communication) -> Reserved | Stopped:
        """Judge it by the exact counts and, if it may go, count it.

        While the counts are away it is judged as in any outage: frequency is unknown, so that commercial traffic waits,
        and what is shown to be service passes within the volume last known.
        """
        if self._away_until is not None and self._clock() >= self._away_until:
            self._come_back()
        if self._away_until is None:
            try:
                return self._by_the_owner(c)
            except Unavailable:
                self._lose(c)
        return self._alone(c)

    def settle(self, reserved: Reserved, *, went: bool) -> None:
        """What became of it: it went, or the carrier refused it and it counts no longer.

        Raises:
            Unavailable: the counts are away. Until it is said again it counts.
        """
        if reserved.reservation is not None:
            self._counts.settle(reserved.reservation, went=went)

    def _by_the_owner(self, c: Communication) -> Reserved | Stopped:
        gate, recipient = self._gate, parse(c.number)
        number = recipient.number or c.number
        terms = gate.terms(self._under, c.at, c.channel)
        stamps = gate.contacts.stamps(c.sender, number, c.channel)
        while True:
            observations = gate.observe(c, _AsCounted(stamps, gate.contacts))
            decision = gate.settle(observations, terms)
            if decision.outcome > Outcome.LABEL:
                return Stopped(decision, observations)
            kind = contact_kind(observations)
            rests_on_counts = bool(terms.counts) and "records" not in observations.parts_down
            room = past_room(c, gate.contacts) if decision.degraded and kind == "service" else None
            answer = self._counts.reserve(
                c.sender, number, c.channel, kind, seen=stamps if rests_on_counts else None, room=room
            )
            match answer:
                case Reservation():
                    return Reserved(decision, observations, answer)
                case Changed(stamps=found):
                    stamps = found
                case NoRoom():
                    observations = without_room(observations)
                    return Stopped(gate.settle(observations, terms), observations)

    def _alone(self, c: Communication) -> Reserved | Stopped:
        """Judge it without the counts."""
        gate = self._gate
        observations = gate.observe(c)
        decision = gate.decide_observed(observations, self._under)
        if decision.outcome > Outcome.LABEL:
            return Stopped(decision, observations)
        gate.record(c, observations)
        self._uncounted.append((c.sender, parse(c.number).number or c.number, c.channel, contact_kind(observations)))
        return Reserved(decision, observations, None)

    def _lose(self, c: Communication) -> None:
        self._away_until = self._clock() + _ASK_AGAIN
        if "records" not in self._gate.sources.away:
            self._gate.lose("records", c.at)

    def _come_back(self) -> None:
        """Count what passed meanwhile, and go on by the owner if that can be done."""
        try:
            self._counts.heard()
            while self._uncounted:
                sender, number, channel, kind = self._uncounted[0]
                self._counts.reserve(sender, number, channel, kind)
                self._uncounted.popleft()
        except Unavailable:
            self._away_until = self._clock() + _ASK_AGAIN
        else:
            self._away_until = None
            self._gate.regain("records")


class _AsCounted:
    """The contacts of one recipient as the owner of the counts has them; the volume as last known."""

    def __init__(self, stamps: tuple[int, ...], last_known: Contacts) -> None:
        self._stamps, self._last_known = stamps, last_known

    def ages(self, _sender: str, _number: str, _channel: str, moment: int, since: int | None = None) -> Ages:
        now = moment // SECOND
        seen = [now << 2 | stamp & 3 if now < stamp >> 2 <= now + SKEW else stamp for stamp in self._stamps]
        return ages_of(seen, moment, since)

    @property
    def nothing_known(self) -> bool:
        return not self._stamps

    def known(self, _sender: str, _number: str, _channel: str) -> bool:
        return bool(self._stamps)

    def known_among(self, _sender: str, numbers: Sequence[str], _channel: str) -> set[str]:
        return set(numbers) if self._stamps else set()

    def known_values(self, _sender: str, values: NDArray[np.int64], _channel: str) -> NDArray[np.bool_]:
        return np.full(len(values), bool(self._stamps))

    def volume(self, sender: str, channel: str, moment: int, days: int) -> Volume:
        return self._last_known.volume(sender, channel, moment, days)

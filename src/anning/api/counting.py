"""What was answered, counted for good (裁决计数): by tenant, day, sender, channel, purpose, outcome, reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from anning.api.judging import CountKey
from anning.api.tables import QUERIES
from anning.journal import Clock
from anning.law.instrument import SHANGHAI
from anning.state import State


class Counted(msgspec.Struct, frozen=True):
    """So many of one kind."""

    day: date
    sender: str
    channel: str
    purpose: str
    outcome: str
    reasons: tuple[str, ...]
    many: int


class Counting:
    """The counts of an installation, apart for shadow and earnest."""

    def __init__(self, state: State, clock: Clock, *, shadow: bool) -> None:
        self._state = state
        self._clock = clock
        self._shadow = shadow

    def add(self, counted: Mapping[CountKey, int]) -> None:
        """So many more today."""
        if not counted:
            return
        day = self._clock().astimezone(SHANGHAI).date().isoformat()
        with self._state.write() as connection:
            for (tenant, sender, channel, purpose, outcome, reasons), many in counted.items():
                if many:
                    QUERIES.change(
                        connection,
                        "count_decisions",
                        tenant=tenant,
                        day=day,
                        shadow=int(self._shadow),
                        sender=sender,
                        channel=channel,
                        purpose=purpose,
                        outcome=outcome,
                        reasons=reasons,
                        many=many,
                    )

    def of(self, tenant: str, first: date, last: date, *, shadow: bool) -> Iterable[Counted]:
        """What a tenant was answered from the first day to the last, both included."""
        with self._state.read() as connection:
            rows = QUERIES.rows(
                connection,
                "decisions_counted",
                tenant=tenant,
                shadow=int(shadow),
                first=first.isoformat(),
                last=last.isoformat(),
            )
        return [
            Counted(
                date.fromisoformat(day),
                sender,
                channel,
                purpose,
                outcome,
                tuple(reasons.split(";")) if reasons else (),
                int(many),
            )
            for day, sender, channel, purpose, outcome, reasons, many in rows
        ]

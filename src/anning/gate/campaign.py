"""A bulk job: its sender, code, moment and fixed text are observed once; the rows differ by person (群发任务)."""

from __future__ import annotations

from typing import Final

import msgspec

from anning.gate.communication import Communication
from anning.gate.contacts import ContentKind, JobContacts
from anning.gate.gate import Gate, contact_kind
from anning.gate.observe import Message, lay_over, observe_message, observe_sending
from anning.law.decision import Decision, Outcome
from anning.numbers import Kind, Parsed
from anning.registers.standing import Subscriber

KEPT: Final = 65_536
"""Shared decisions remembered at once; beyond, they are worked out anew."""

_Shared = tuple[Decision, ContentKind, Subscriber | None]
_COUNTED_AS: Final = {"commercial": "marketing_ages", "code": "code_message_ages"}


class Campaign:
    """Judges the rows of one job in the order they are given; equal to `Gate.decide` on each with its number and text.

    A row that may go counts as an earlier contact of the rows after it. People of whom nothing is on record share one
    decision for each text and kind of number; so do those whose histories are the same. What the journal says while
    the job runs is taken up from the next row on.
    """

    def __init__(self, gate: Gate, c: Communication, under: str) -> None:
        self._gate = gate
        self._c = c
        self._under = under
        self._contacts = JobContacts(gate.sources.contacts)
        self._begin()

    def _begin(self) -> None:
        """Observe what all rows share, as the registers stand now."""
        gate, c = self._gate, self._c
        self._position, self._away = gate.position, gate.sources.away
        self._sources = msgspec.structs.replace(gate.sources, contacts=self._contacts)
        self._terms = gate.terms(self._under, c.at, c.channel)
        self._counting = bool(self._terms.counts) and "records" not in self._away
        self._sending = observe_sending(c, self._sources)
        self._messages: dict[str, Message] = {}
        self._shared: dict[tuple[str, Kind, int], _Shared] = {}

    def decide(self, parsed: Parsed, text: str | None = None) -> Decision:
        """The verdict on one row; `text` is the row's own, None for the job's."""
        gate, c = self._gate, self._c
        if gate.position != self._position or gate.sources.away is not self._away:
            self._begin()
        body = c.text if text is None else text
        number = parsed.number or parsed.raw
        subscriber = None if self._sending.index_away else self._sources.index.subscriber(number)
        if self._counting and self._contacts.known(c.sender, number, c.channel):
            decision, kind, _ = self._judge(parsed.kind, number, body, subscriber)
        else:
            key = (body, parsed.kind, id(subscriber))
            shared = self._shared.get(key)
            if shared is None:
                shared = self._judge(parsed.kind, number, body, subscriber)
                if len(self._shared) >= KEPT:
                    self._shared.clear()
                # Holding the history keeps its id from being given to another.
                self._shared[key] = shared
            decision, kind, _ = shared
        if self._counting and decision.outcome <= Outcome.LABEL and self._counts(kind):
            self._contacts.add(number, kind)
        return decision

    def _counts(self, kind: ContentKind) -> bool:
        """Whether any rule that can fire on this channel looks back on contacts of this kind."""
        return "contact_ages" in self._terms.counts or _COUNTED_AS.get(kind) in self._terms.counts

    def _judge(self, kind: Kind, number: str, text: str, subscriber: Subscriber | None) -> _Shared:
        message = self._messages.get(text)
        if message is None:
            message = observe_message(self._sending, text, self._sources)
            if len(self._messages) >= KEPT:
                self._messages.clear()
            self._messages[text] = message
        observations = lay_over(message, kind, number, subscriber, self._sources)
        return self._gate.settle(observations, self._terms), contact_kind(observations), subscriber

"""A bulk job: its sender, code, moment and fixed text are observed once; the rows differ by person (群发任务)."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec

from anning.gate.communication import Communication
from anning.gate.contacts import ContentKind, JobContacts
from anning.gate.gate import Gate, contact_kind
from anning.gate.observe import Message, observe_message, observe_sending, person_fields
from anning.gate.validity import fields_of
from anning.law.decision import Decision, Outcome
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import SOURCES
from anning.numbers import Kind, Parsed
from anning.registers.standing import Subscriber

KEPT: Final = 65_536
"""Shared decisions remembered at once; beyond, they are worked out anew."""

K = TypeVar("K")
V = TypeVar("V")

_Judged = tuple[Decision, ContentKind]
_PERSONAL: Final = frozenset({"recipient_kind", "in_mainland", "charge_notice", *SOURCES["index"], *SOURCES["counts"]})
"""Fields in which recipients of one text differ, their boundaries aside."""

_COUNTED_AS: Final = {"commercial": "marketing_ages", "code": "code_message_ages"}


class Campaign:
    """Judges the rows of one job in the order they are given; equal to `Gate.decide` on each with its number and text.

    A row that may go counts as an earlier contact of the rows after it. People of whom nothing is on record share one
    decision for each text and kind of number; so do those whose histories are the same, and those in whom no predicate
    can see a difference (design, idea 3). What the journal says while the job runs is taken up from the next row on.
    """

    def __init__(self, gate: Gate, c: Communication, under: str = IN_FORCE) -> None:
        """A job: `c` without its number and, when the rows bring their own, its text."""
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
        self._words = sorted(_PERSONAL & (fields_of(self._terms.regime) | {"in_mainland"}))
        self._same: dict[tuple[str, Kind, int], tuple[Decision, ContentKind, Subscriber | None]] = {}
        self._judged: dict[tuple[Any, ...], _Judged] = {}

    def decide(self, parsed: Parsed, text: str | None = None) -> Decision:
        """The verdict on one row; `text` is the row's own, None for the job's."""
        gate, c = self._gate, self._c
        if gate.position != self._position or gate.sources.away is not self._away:
            self._begin()
        body = c.text if text is None else text
        number = parsed.number or parsed.raw
        subscriber = None if self._sending.index_away else self._sources.index.subscriber(number)
        if self._contacts.known(c.sender, number, c.channel):
            decision, kind = self._judge(parsed.kind, number, body, subscriber)
        else:
            key = (body, parsed.kind, id(subscriber))
            same = self._same.get(key)
            if same is None:
                decision, kind = self._judge(parsed.kind, number, body, subscriber)
                # Holding the history keeps its id from being given to another.
                _keep(self._same, key, (decision, kind, subscriber))
            else:
                decision, kind, _ = same
        if self._counting and decision.outcome <= Outcome.LABEL and self._counts(kind):
            self._contacts.add(number, kind)
        return decision

    def _counts(self, kind: ContentKind) -> bool:
        """Whether any rule that can fire on this channel looks back on contacts of this kind."""
        return "contact_ages" in self._terms.counts or _COUNTED_AS.get(kind) in self._terms.counts

    def _judge(self, kind: Kind, number: str, text: str, subscriber: Subscriber | None) -> _Judged:
        """Judge a person, or find the verdict on somebody in whom no predicate could see a difference."""
        message = self._messages.get(text)
        if message is None:
            message = observe_message(self._sending, text, self._sources)
            _keep(self._messages, text, message)
        fields = person_fields(message, kind, number, subscriber, self._sources)
        # Of the boundaries only the first can end a decision.
        word = (text, fields.get("boundaries", ())[:1], *[fields.get(name) for name in self._words])
        judged = self._judged.get(word)
        if judged is None:
            observations = msgspec.structs.replace(message.base, **fields)
            judged = self._gate.settle(observations, self._terms), contact_kind(observations)
            _keep(self._judged, word, judged)
        return judged


def _keep(kept: dict[K, V], key: K, value: V) -> None:
    """Remember, and forget everything rather than grow without bound."""
    if len(kept) >= KEPT:
        kept.clear()
    kept[key] = value

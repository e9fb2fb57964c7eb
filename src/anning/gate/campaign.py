"""A bulk job: its sender, code, moment and fixed text are observed once; the rows differ by person (群发任务)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.gate.communication import Communication
from anning.gate.contacts import ContentKind, JobContacts
from anning.gate.gate import Gate, contact_kind
from anning.gate.likeness import Likeness, likeness
from anning.gate.observe import Message, observe_message, observe_sending, person_fields
from anning.gate.validity import fields_of
from anning.law.decision import Decision, Outcome
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import SOURCES
from anning.numbers import Kind, Parsed
from anning.registers.standing import Subscriber
from anning.tables.numbers import KINDS, Numbers

KEPT: Final = 65_536
"""Shared decisions remembered at once; beyond, they are worked out anew."""

K = TypeVar("K")
V = TypeVar("V")

_Judged = tuple[Decision, ContentKind]
_INVALID: Final = KINDS.index(Kind.INVALID)
_PERSONAL: Final = frozenset({"recipient_kind", "in_mainland", "charge_notice", *SOURCES["index"], *SOURCES["counts"]})
"""Fields in which recipients of one text differ, their boundaries aside."""

_COUNTED_AS: Final = {"commercial": "marketing_ages", "code": "code_message_ages"}


class BlockJudged(msgspec.Struct, frozen=True):
    """The verdicts on a block of rows (一批裁决).

    Attributes:
        decisions: the distinct ones.
        places: by row the place of its decision; -1 where the cell names no number.
    """

    decisions: list[Decision]
    places: NDArray[np.int32]


class Campaign:
    """Judges the rows of one job in the order they are given; equal to `Gate.decide` on each with its number and text.

    A row that may go counts as an earlier contact of the rows after it. People of whom nothing is on record share one
    decision for each text and kind of number; so do those whose histories are the same, and those in whom no predicate
    can see a difference (design, idea 3). What the journal says while the job runs is taken up from the next row on, or
    from the next block.
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
        self._like: dict[tuple[str, Kind, Likeness], _Judged] = {}
        self._judged: dict[tuple[Any, ...], _Judged] = {}

    def decide(self, parsed: Parsed, text: str | None = None) -> Decision:
        """The verdict on one row; `text` is the row's own, None for the job's."""
        self._follow()
        number = parsed.number or parsed.raw
        subscriber = None if self._sending.index_away else self._sources.index.subscriber(number)
        return self._decide(parsed.kind, number, self._body(text), subscriber)

    def decide_block(self, column: Numbers, texts: Sequence[str | None] | None = None) -> BlockJudged:
        """The verdicts on many rows, those of `decide` on one after another.

        Rows of different numbers do not touch each other. So all first rows of numbers that had no contact yet are
        judged together, one for all of whom nothing or the same is on record; then the others, in their order.

        Args:
            column: the numbers.
            texts: the rows' own texts, None for the job's, here or by row.
        """
        self._follow()
        numbers, kinds = column.numbers, column.kinds
        away = self._sending.index_away
        subscribers: list[Subscriber | None] = [None] * len(numbers)
        if not away:
            subscribers = self._sources.index.subscribers(numbers)
        bodies = None if texts is None else list(map(self._body, texts))
        named = kinds != _INVALID
        together = named & self._first_contacts(numbers)
        judged = _BlockOfRows(len(numbers))

        rows = np.flatnonzero(together)
        for group in _alike(rows, subscribers, kinds, bodies):
            row = int(group[0])
            body = self._c.text if bodies is None else bodies[row]
            decision, kind = self._of_stranger(KINDS[kinds[row]], numbers[row], body, subscribers[row])
            judged.put(group, decision)
            if self._goes_and_counts(decision, kind):
                self._contacts.add_first(map(numbers.__getitem__, group.tolist()), kind)
        for row in np.flatnonzero(named & ~together).tolist():
            body = self._c.text if bodies is None else bodies[row]
            judged.put(row, self._decide(KINDS[kinds[row]], numbers[row], body, subscribers[row]))
        return BlockJudged(judged.decisions, judged.places)

    def _follow(self) -> None:
        if self._gate.position != self._position or self._gate.sources.away is not self._away:
            self._begin()

    def _body(self, text: str | None) -> str:
        return self._c.text if text is None else text

    def _first_contacts(self, numbers: list[str]) -> NDArray[np.bool_]:
        """The rows before which nothing is known to have gone to their number."""
        c = self._c
        first = np.ones(len(numbers), dtype=np.bool_)
        if self._counting:
            first = pl.Series(numbers, dtype=pl.String).is_first_distinct().to_numpy().copy()
        known = self._contacts.known_among(c.sender, numbers, c.channel)
        if known:
            first &= ~np.fromiter(map(known.__contains__, numbers), np.bool_, len(numbers))
        return first

    def _decide(self, kind: Kind, number: str, body: str, subscriber: Subscriber | None) -> Decision:
        if self._contacts.known(self._c.sender, number, self._c.channel):
            decision, counted_as = self._judge(kind, number, body, subscriber)
        else:
            decision, counted_as = self._of_stranger(kind, number, body, subscriber)
        if self._goes_and_counts(decision, counted_as):
            self._contacts.add(number, counted_as)
        return decision

    def _of_stranger(self, kind: Kind, number: str, body: str, subscriber: Subscriber | None) -> _Judged:
        """Judge a number to which nothing has gone: the verdict is that of all who have the same history."""
        key = (body, kind, id(subscriber))
        same = self._same.get(key)
        if same is None:
            judged = self._of_like(kind, number, body, subscriber)
            # Holding the history keeps its id from being given to another.
            _keep(self._same, key, (*judged, subscriber))
            return judged
        return same[0], same[1]

    def _of_like(self, kind: Kind, number: str, body: str, subscriber: Subscriber | None) -> _Judged:
        """Judge a number to which nothing has gone, or find the verdict on somebody whose history reads alike."""
        history = None if subscriber is None or "consent_at" in self._words else likeness(subscriber, self._c.at)
        if history is None:
            return self._judge(kind, number, body, subscriber)
        key = (body, kind, history)
        judged = self._like.get(key)
        if judged is None:
            judged = self._judge(kind, number, body, subscriber)
            _keep(self._like, key, judged)
        return judged

    def _goes_and_counts(self, decision: Decision, kind: ContentKind) -> bool:
        return self._counting and decision.outcome <= Outcome.LABEL and self._counts(kind)

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


class _BlockOfRows:
    """Decisions on their way to their rows, each kept once."""

    def __init__(self, rows: int) -> None:
        self.decisions: list[Decision] = []
        self.places = np.full(rows, -1, dtype=np.int32)
        self._known: dict[int, int] = {}

    def put(self, rows: int | NDArray[np.int64], decision: Decision) -> None:
        place = self._known.setdefault(id(decision), len(self.decisions))
        if place == len(self.decisions):
            self.decisions.append(decision)
        self.places[rows] = place


def _alike(
    rows: NDArray[np.int64], subscribers: list[Subscriber | None], kinds: NDArray[np.uint8], texts: list[str] | None
) -> Iterator[NDArray[np.int64]]:
    """The rows in groups of one text, kind of number and history."""
    if not len(rows):
        return
    keys = np.fromiter(map(id, subscribers), np.int64, len(subscribers))[rows]
    _, code = np.unique(keys, return_inverse=True)
    code = code * len(KINDS) + kinds[rows]
    if texts is not None:
        of_text: dict[str, int] = {}
        numbered = np.fromiter((of_text.setdefault(text, len(of_text)) for text in texts), np.int64, len(texts))
        code = code * len(of_text) + numbered[rows]
    order = np.argsort(code, kind="stable")
    ends = np.flatnonzero(np.diff(code[order])) + 1
    yield from np.split(rows[order], ends)


def _keep(kept: dict[K, V], key: K, value: V) -> None:
    """Remember, and forget everything rather than grow without bound."""
    if len(kept) >= KEPT:
        kept.clear()
    kept[key] = value

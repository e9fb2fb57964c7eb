"""A bulk job: its sender, code, moment and fixed text are observed once; the rows differ by person (群发任务)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.errors import Unavailable
from anning.gate import kernels
from anning.gate.communication import Communication
from anning.gate.counts.contacts import ContentKind
from anning.gate.counts.job import JobContacts
from anning.gate.gate import Gate, contact_kind
from anning.gate.index.protocol import Towards
from anning.gate.likeness import Likeness, likeness
from anning.gate.observe import Message, observe_message, observe_sending, parties_of, person_fields
from anning.gate.validity import fields_of
from anning.law.decision import Decision, Outcome
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import SOURCES
from anning.numbers import Kind, Parsed
from anning.registers.standing import Subscriber
from anning.tables.numbers import KINDS, Numbers
from anning.tables.texts import Texts

KEPT: Final = 65_536
"""Shared decisions remembered at once; beyond, they are worked out anew."""

K = TypeVar("K")
V = TypeVar("V")

Bodies: TypeAlias = "Texts | Sequence[str | None] | pl.Series"
"""The rows' own texts; None for the job's."""

_Judged = tuple[Decision, ContentKind]
_INVALID: Final = KINDS.index(Kind.INVALID)
_KINDS: Final = len(KINDS)
_KIND_PLACES: Final = {kind: place for place, kind in enumerate(KINDS)}
_ALL: Final = np.empty(0, np.bool_)
_PERSONAL: Final = frozenset(
    {"recipient_kind", "in_mainland", "charge_notice", "within_past_volume", *SOURCES["index"], *SOURCES["counts"]}
)
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

    def __init__(
        self, gate: Gate, c: Communication, under: str = IN_FORCE, views: Callable[..., Towards] | None = None
    ) -> None:
        """A job: `c` without its number and, when the rows bring their own, its text.

        Args:
            views: gives an index's view towards parties; jobs that are never judged at once may share them.
        """
        self._gate = gate
        self._views = views
        self._c = c
        self._under = under
        self._contacts = JobContacts(gate.sources.contacts)
        self._begin()

    def _begin(self) -> None:
        """Observe what all rows share, as the registers stand now."""
        gate, c = self._gate, self._c
        self._version, self._away = gate.sources.directory.version, gate.sources.away
        self._position = gate.position
        sources = gate.sources_at(c.at)
        self._sources = msgspec.structs.replace(sources, contacts=self._contacts)
        self._terms = gate.terms(self._under, c.at, c.channel)
        self._counting = bool(self._terms.counts) and "records" not in self._away
        self._sending = observe_sending(c, self._sources)
        self._lost_index = sources.away is not gate.sources.away
        parties = parties_of(c)
        self._towards = sources.index.towards(parties) if self._views is None else self._views(sources.index, parties)
        self._messages: dict[str, Message] = {}
        self._words = sorted(_PERSONAL & (fields_of(self._terms.regime) | {"in_mainland"}))
        self._like: dict[tuple[str, Kind, Likeness], _Judged] = {}
        self._judged: dict[tuple[Any, ...], _Judged] = {}
        self._forget()

    def _forget(self) -> None:
        """Forget which decision is whose, rather than grow without bound."""
        self._decisions: list[_Judged] = []
        self._place_of: dict[tuple[str, int], int] = {}
        self._table = np.full(_KINDS, -1, np.int32)

    def decide(self, parsed: Parsed, text: str | None = None) -> Decision:
        """The verdict on one row; `text` is the row's own, None for the job's."""
        self._follow()
        number = parsed.number or parsed.raw
        history = 0
        if not self._sending.index_away:
            try:
                history = self._towards.one(number)
            except Unavailable:
                self._begin()
        body = self._body(text)
        if self._counting or self._sending.metered or not self._contacts.nothing_known:
            return self._decide(parsed.kind, number, body, history)
        if len(self._decisions) > KEPT:
            self._forget()
        return self._decisions[self._place(body, history * _KINDS + _KIND_PLACES[parsed.kind])][0]

    def decide_block(self, column: Numbers, texts: Bodies | None = None) -> BlockJudged:
        """The verdicts on many rows, those of `decide` on one after another.

        Rows of different numbers do not touch each other. So all first rows of numbers that had no contact yet are
        judged together, one for all of whom nothing or the same is on record; then the others, in their order.

        Args:
            column: the numbers.
            texts: the rows' own texts, None for the job's, here or by row.
        """
        self._follow()
        histories = self._histories(column)
        bodies, body_of = self._bodies(texts)
        together = self._first_contacts(column)
        places = self._of_strangers(histories, column, bodies, body_of, together)
        self._count(places, column, together)
        for row in np.flatnonzero((column.kinds != _INVALID) & ~together).tolist() if together is not None else ():
            body = bodies[0 if body_of is None else body_of[row]]
            decision = self._decide(KINDS[column.kinds[row]], column.number(row), body, int(histories[row]))
            places[row] = len(self._decisions)
            self._decisions.append((decision, "service"))
        return self._only_met(places)

    def _histories(self, column: Numbers) -> NDArray[np.int32]:
        """By row the place of the history; that of nobody when the index is away, or goes away now."""
        if not self._sending.index_away:
            try:
                return self._towards.many(column)
            except Unavailable:
                self._begin()
        return np.zeros(len(column.kinds), np.int32)

    def _of_strangers(
        self,
        histories: NDArray[np.int32],
        column: Numbers,
        bodies: list[str],
        body_of: NDArray[np.int64] | None,
        together: NDArray[np.bool_] | None,
    ) -> NDArray[np.int32]:
        """By row the place of its decision, all as if nothing had gone to anybody; -1 for rows left out."""
        if len(self._decisions) > KEPT:
            self._forget()
        if body_of is None:
            return self._of_one_text(histories, column, bodies[0], together)
        words = histories * np.int32(_KINDS) + column.kinds
        named = column.kinds != _INVALID if together is None else (column.kinds != _INVALID) & together
        places = np.full(len(words), -1, np.int32)
        chosen = np.flatnonzero(named)
        both = body_of[chosen] * (np.int64(len(self._towards.histories)) * _KINDS) + words[chosen]
        met, which = np.unique(both, return_inverse=True)
        of_body, of_word = np.divmod(met, len(self._towards.histories) * _KINDS)
        found = [self._place(bodies[body], word) for body, word in zip(of_body.tolist(), of_word.tolist(), strict=True)]
        places[chosen] = np.array(found, np.int32)[which] if found else 0
        return places

    def _of_one_text(
        self, histories: NDArray[np.int32], column: Numbers, body: str, together: NDArray[np.bool_] | None
    ) -> NDArray[np.int32]:
        """The same where all rows have one text: a table by history and kind of number tells."""
        size = len(self._towards.histories) * _KINDS
        if len(self._table) < size:
            self._table = np.concatenate([self._table, np.full(2 * size - len(self._table), -1, np.int32)])
        places = np.empty(len(histories), np.int32)
        kinds, among = column.kinds, _ALL if together is None else together
        if kernels.find_verdicts(histories, kinds, among, self._table, _KINDS, _INVALID, places):
            rows = np.flatnonzero(places == kernels.UNKNOWN)
            for word in np.unique(histories[rows] * np.int32(_KINDS) + kinds[rows]).tolist():
                self._table[word] = self._place(body, word)
            kernels.find_verdicts(histories, kinds, among, self._table, _KINDS, _INVALID, places)
        return places

    def _place(self, body: str, word: int) -> int:
        """The place of the decision on numbers of one history and kind, to which nothing has gone."""
        key = (body, word)
        place = self._place_of.get(key)
        if place is None:
            history, kind = divmod(word, _KINDS)
            place = self._place_of[key] = len(self._decisions)
            self._decisions.append(self._of_like(KINDS[kind], body, self._towards.histories[history]))
        return place

    def _count(self, places: NDArray[np.int32], column: Numbers, together: NDArray[np.bool_] | None) -> None:
        """What may go is an earlier contact of the rows after it."""
        if not self._counting or together is None:
            return
        for place in np.unique(places[places >= 0]).tolist():
            decision, kind = self._decisions[place]
            if self._goes_and_counts(decision, kind):
                self._contacts.add_first_values(column.values[places == place], kind)

    def _only_met(self, places: NDArray[np.int32]) -> BlockJudged:
        """The decisions of these rows and no others."""
        numbers = np.full(len(self._decisions), -1, np.int32)
        kernels.renumber(places, numbers)
        met = [self._decisions[place][0] for place in np.flatnonzero(numbers >= 0).tolist()]
        return BlockJudged(*_each_once(met, places)) if self._c.blind else BlockJudged(met, places)

    def _follow(self) -> None:
        """Take up what the journal said since: whom the rows name is looked up anew in any case."""
        gate = self._gate
        if gate.sources.directory.version != self._version or gate.sources.away is not self._away or self._found():
            self._begin()
        elif gate.position != self._position:
            self._position = gate.position
            self._forget()
            self._like.clear()
            self._judged.clear()

    def _found(self) -> bool:
        """Whether the index, lost before, is there again."""
        return self._lost_index and self._gate.sources_at(self._c.at).away is self._gate.sources.away

    def _bodies(self, texts: Bodies | None) -> tuple[list[str], NDArray[np.int64] | None]:
        """The distinct texts, and by row which it is; None for the second when there is only the job's."""
        if texts is None:
            return [self._c.text], None
        if isinstance(texts, Texts):
            return list(texts.distinct), texts.places.astype(np.int64)
        of_row = texts if isinstance(texts, pl.Series) else pl.Series(texts, dtype=pl.String)
        of_row = of_row.fill_null(self._c.text)
        place = {body: number for number, body in enumerate(of_row.unique(maintain_order=True).to_list())}
        return list(place), np.fromiter(map(place.__getitem__, of_row.to_list()), np.int64, len(of_row))

    def _body(self, text: str | None) -> str:
        return self._c.text if text is None else text

    def _first_contacts(self, column: Numbers) -> NDArray[np.bool_] | None:
        """The rows before which nothing is known to have gone to their number; None when that is all of them."""
        if self._sending.metered:
            # What an outage has room for is filled row by row.
            return np.zeros(len(column.kinds), dtype=np.bool_)
        if not self._counting and self._contacts.nothing_known:
            return None
        # What is no mobile number is rare, and judged by itself.
        values = column.values
        first: NDArray[np.bool_] = values != 0
        if self._counting:
            first &= pl.Series(values).is_first_distinct().to_numpy()
        return first & ~self._contacts.known_values(self._c.sender, values, self._c.channel)

    def _decide(self, kind: Kind, number: str, body: str, history: int) -> Decision:
        subscriber = self._towards.histories[history]
        if self._sending.metered or self._contacts.known(self._c.sender, number, self._c.channel):
            decision, counted_as = self._judge(kind, number, body, subscriber)
        else:
            decision, counted_as = self._of_like(kind, body, subscriber)
        if self._goes_and_counts(decision, counted_as):
            self._contacts.add(number, counted_as)
        return decision

    def _of_like(self, kind: Kind, body: str, subscriber: Subscriber | None) -> _Judged:
        """Judge a number to which nothing has gone, or find the verdict on somebody whose history reads alike."""
        history = None if subscriber is None or "consent_at" in self._words else likeness(subscriber, self._c.at)
        if history is None:
            return self._judge(kind, "", body, subscriber)
        key = (body, kind, history)
        judged = self._like.get(key)
        if judged is None:
            judged = self._judge(kind, "", body, subscriber)
            _keep(self._like, key, judged)
        return judged

    def _goes_and_counts(self, decision: Decision, kind: ContentKind) -> bool:
        if decision.outcome > Outcome.LABEL:
            return False
        return (self._counting and self._counts(kind)) or (self._sending.metered and kind == "service")

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


def _each_once(decisions: list[Decision], places: NDArray[np.int32]) -> tuple[list[Decision], NDArray[np.int32]]:
    """Decisions that say the same as one, in the order of the rows.

    Which of two equal ones a row has, and which was met in earlier blocks, tells whose history it shares.
    """
    place_of: dict[Decision, int] = {}
    same = np.empty(len(decisions) + 1, np.int64)
    same[-1] = -1
    for place, decision in enumerate(decisions):
        same[place] = place_of.setdefault(decision, len(place_of))
    once, merged = list(place_of), same[places]
    met, first = np.unique(merged, return_index=True)
    in_order = met[np.argsort(first)]
    in_order = in_order[in_order >= 0]
    numbers = np.empty(len(once) + 1, np.int32)
    numbers[-1] = -1
    numbers[in_order] = np.arange(len(in_order), dtype=np.int32)
    return [once[place] for place in in_order.tolist()], numbers[merged]


def _keep(kept: dict[K, V], key: K, value: V) -> None:
    """Remember, and forget everything rather than grow without bound."""
    if len(kept) >= KEPT:
        kept.clear()
    kept[key] = value

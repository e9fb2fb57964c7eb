"""The index of a nation: a byte a number, five a consent, all of it in the memory of one machine (紧凑索引).

It answers as the full history answers, at any moment from the latest statement on: `horizon`. What was said is kept
in order and without its moments (`histories`); what a keeper cannot place by order alone, because it is dated before
something else that the same person said, it asks of the registers.

One process keeps an index (`take`, `take_many`); others may read along in the same memory. Every statement shows in
one place, a byte or a class, and is either seen or not.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from anning.errors import Unavailable
from anning.gate.index import kernels
from anning.gate.index.arrays import (
    CHANGES,
    ESCAPES,
    GENERAL_FLOOR,
    GENERAL_HORIZON,
    HORIZON,
    KEEPER,
    PAGES_END,
    POSITION,
    Arrays,
)
from anning.gate.index.histories import SUBSCRIBER_EVENTS, Abstract, General, Said, abstract, canonical, said, throughs
from anning.gate.index.kernels import BLOCK, BLOCKS, FIRST_MOBILE, MOBILES
from anning.gate.index.ledger import ROOM as LEDGER_ROOM
from anning.gate.index.ledger import Ledger
from anning.gate.index.loading import Loading
from anning.gate.index.memory import Memory
from anning.gate.index.numbering import NO_ID, Numbering
from anning.gate.index.pairs import Pairs, key_of
from anning.gate.index.towards import CompactTowards
from anning.journal.envelope import to_microseconds
from anning.registers.events import NumberRecycled, Payload, WishStated, WishWithdrawn
from anning.registers.segment_rows import Imported
from anning.registers.stated import Stated
from anning.registers.statements import NOBODY, Subscriber

Histories: TypeAlias = Callable[[Sequence[str], int], Mapping[str, Subscriber]]
"""The full histories of some numbers, of statements up to a journal position; who said nothing is left out."""

FREQUENT: Final = 253
"""General histories that one byte tells; the rest stand in the escape map."""

ESCAPE: Final = 254

_PAGES_ROOM: Final = (BLOCKS + 1) * BLOCK
_FIRST_PAGE: Final = 64
"""The bytes before the first block belong to nobody: number ids without a block read 0 there."""

GENERAL_EVENTS: Final = (WishStated, WishWithdrawn, NumberRecycled)

NEVER: Final = 2**62
"""A moment later than any."""

_AT_ONCE: Final = 10_000
_RECENT_AT_MOST: Final = 1 << 18
_REMEMBERED_CHANGES: Final = 1 << 16
_SUBSCRIBERS_KEPT: Final = 65_536


class CompactIndex:
    """Who wishes what, and who consented to whom, without the moments.

    Attributes:
        arrays: where it lies.
        ledger: what its small numbers stand for.
    """

    def __init__(self, arrays: Arrays, histories: Histories | None = None) -> None:
        self.arrays = arrays
        self.ledger = Ledger(arrays)
        self.numbering = Numbering(arrays)
        self.pairs = Pairs(arrays)
        self._histories = histories
        self._recent: dict[int, tuple[int, int]] = {}
        self._sealed = int(arrays.header[HORIZON])
        self._subscribers: dict[tuple[int, tuple[tuple[str, int], ...]], Subscriber] = {}

    @classmethod
    def empty(cls, *, shared: bool = False, histories: Histories | None = None) -> CompactIndex:
        """An index that has heard nothing.

        Args:
            shared: whether other processes are to read along.
            histories: the registers, asked about people whose statements come in late; without them a late statement
                is an error.
        """
        arrays = Arrays(Memory(shared=shared))
        blocks = arrays.new("blocks", "int64", BLOCKS)
        blocks[:] = -1
        arrays.replace(
            blocks=blocks,
            pages=arrays.new("pages", "uint8", _PAGES_ROOM),
            escape_keys=arrays.new("escape_keys", "int64", 1 << 10),
            escape_values=arrays.new("escape_values", "uint32", 1 << 10),
            ledger=arrays.new("ledger", "uint8", LEDGER_ROOM),
            changes=arrays.new("changes", "int64", _REMEMBERED_CHANGES),
            dealt=arrays.new("dealt", "uint8", _PAGES_ROOM >> 3),
        )
        arrays.header[PAGES_END] = _FIRST_PAGE
        arrays.header[GENERAL_FLOOR] = NEVER
        arrays.header[KEEPER] = secrets.randbits(62)
        Numbering.make(arrays)
        Pairs.make(arrays)
        return cls(arrays, histories)

    # --- what it answers ----------------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """The last journal position it has taken in."""
        return int(self.arrays.header[POSITION])

    @property
    def keeper(self) -> int:
        """Whose numbers the ledger holds; another keeper gives other numbers."""
        return int(self.arrays.header[KEEPER])

    @property
    def general_floor(self) -> int:
        """The earliest moment of a general statement, in microseconds."""
        return int(self.arrays.header[GENERAL_FLOOR])

    @property
    def general_horizon(self) -> int:
        """The latest moment of a general statement, in microseconds."""
        return int(self.arrays.header[GENERAL_HORIZON])

    @property
    def horizon(self) -> int:
        """The latest moment of a statement, in microseconds: from there on it answers."""
        return int(self.arrays.header[HORIZON])

    def subscriber(self, number: str, parties: tuple[str, ...]) -> Subscriber | None:
        """What the number's holders said in general and to these organisations, None when that is nothing."""
        person = self.numbering.known(number)
        if person == NO_ID:
            return None
        return self.subscriber_of(self.general_number(person), self.dealings(person, parties))

    def towards(self, parties: tuple[str, ...]) -> CompactTowards:
        """The same for many numbers at once."""
        return CompactTowards(self, parties)

    def refresh(self) -> None:
        """Nothing: what this process keeps itself is always as it stands (see `anning.gate.keeper.SharedIndex`)."""

    def subscriber_of(self, general: int, dealings: tuple[tuple[str, int], ...]) -> Subscriber | None:
        """The history that a general number and classes of dealings stand for."""
        if not general and not dealings:
            return None
        key = (general, dealings)
        found = self._subscribers.get(key)
        if found is None:
            pairs = {organisation: self.ledger.class_of(klass) for organisation, klass in dealings}
            found = canonical(self.ledger.general_of(general), pairs)
            if len(self._subscribers) >= _SUBSCRIBERS_KEPT:
                self._subscribers.clear()
            self._subscribers[key] = found
        return found

    def general_number(self, person: int) -> int:
        """The number of the general history of a number id."""
        a = self.arrays
        if person >= MOBILES:
            return int(a["sparse_generals"][person - MOBILES])
        code = a["pages"].item(self._place_if_any(person))
        if code != ESCAPE:
            return int(code)
        return int(kernels.find(a["escape_keys"], a["escape_values"], person + 1, 0))

    def generals(self, persons: NDArray[np.int64]) -> NDArray[np.int64]:
        """By row the number of the general history of a number id, 0 where the id is `NO_ID`."""
        a = self.arrays
        found = np.zeros(len(persons), np.int64)
        mobile = np.flatnonzero((persons >= 0) & (persons < MOBILES))
        if len(mobile):
            codes = np.empty(len(mobile), np.uint8)
            kernels.gather(persons[mobile] + FIRST_MOBILE, a["blocks"], a["pages"], codes)
            found[mobile] = codes
            escaped = mobile[codes == ESCAPE]
            if len(escaped):
                kernels_out = np.empty(len(escaped), np.int64)
                kernels.find_all(a["escape_keys"], a["escape_values"], persons[escaped] + 1, 0, kernels_out)
                found[escaped] = kernels_out
        others = np.flatnonzero(persons >= MOBILES)
        if len(others):
            found[others] = a["sparse_generals"][persons[others] - MOBILES]
        return found

    def dealings(self, person: int, parties: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
        """What a number id said to these organisations, and to the platforms that took its consents: classes."""
        found: list[tuple[str, int]] = []
        asked = list(parties)
        for organisation in asked:
            number = self.ledger.known_organisation(organisation)
            klass = self.pairs.one(number, person) if number else 0
            if klass:
                found.append((organisation, klass))
                asked += sorted(self.throughs_of(klass).difference(asked))
        return tuple(found)

    def throughs_of(self, klass: int) -> frozenset[str]:
        """The platforms that took the consents of a class."""
        return throughs(self.ledger.class_of(klass))

    # --- what the keeper takes in -------------------------------------------------------------------------------

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in what was said next; what is not about a number is left to others.

        Raises:
            Unavailable: something was said that is dated before something else the same person said, and there are no
                registers to ask.
        """
        late: dict[str, None] = {}
        position = self.position
        for position, at, event in statements:
            if isinstance(event, SUBSCRIBER_EVENTS):
                number: str = event.number  # type: ignore[attr-defined]  # every one of SUBSCRIBER_EVENTS has it
                if number in late or not self._in_order(number, at, position, event):
                    late[number] = None
                else:
                    self._append(number, event)
        self.look_up(list(late), position)
        self.reached(position)
        if self.pairs.wants_merging():
            self.pairs.merge()

    def reached(self, position: int) -> None:
        """Everything up to that journal position is taken in."""
        self.arrays.header[POSITION] = max(position, self.position)

    def take_segment(self, event: Imported, folder: Path | None) -> None:
        """Take in a whole import whose rows are looked up in its file.

        Raises:
            TornSegment: the file is not the one the event vouches for.
            Unavailable: it names people who said something already, and there are no registers to ask.
        """
        Loading(self, event, folder).run()
        self.reached(event.position)

    def say_all(self, persons: NDArray[np.int64], before: int, one: Said) -> None:
        """Many people said the same in general; `before` is the number of what they had said until then."""
        a = self.arrays
        number = self.ledger.general((*self.ledger.general_of(before), one.statement))  # type: ignore[arg-type]
        mobile, others = persons[persons < MOBILES], persons[persons >= MOBILES]
        a["sparse_generals"][others - MOBILES] = number
        self._make_blocks(mobile)
        if number > FREQUENT:
            for person in mobile.tolist():
                self._set_escape(person, number)
        kernels.set_bytes(mobile, np.full(len(mobile), min(number, ESCAPE), np.uint8), a["blocks"], a["pages"])

    def deal(self, persons: NDArray[np.int64]) -> None:
        """Mark that these people dealt with some organisation."""
        a = self.arrays
        mobile, others = persons[persons < MOBILES], persons[persons >= MOBILES]
        self._make_blocks(mobile)
        kernels.set_bits(mobile, a["blocks"], a["dealt"])
        a["sparse_dealt"][others - MOBILES] = 1

    def dealt(self, persons: NDArray[np.int64]) -> NDArray[np.bool_]:
        """By row whether a number id dealt with any organisation."""
        a = self.arrays
        found = np.zeros(len(persons), np.bool_)
        kernels.read_bits(persons, a["blocks"], a["dealt"], found)
        others = np.flatnonzero(persons >= MOBILES)
        found[others] = a["sparse_dealt"][persons[others] - MOBILES] != 0
        return found

    def heard(self, moment: int) -> None:
        """Something was said that is dated so."""
        header = self.arrays.header
        header[HORIZON] = max(header[HORIZON], moment)

    def heard_in_general(self, earliest: int, latest: int) -> None:
        """Somebody said something in general that is dated within these."""
        header = self.arrays.header
        header[GENERAL_HORIZON] = max(header[GENERAL_HORIZON], latest)
        header[GENERAL_FLOOR] = min(header[GENERAL_FLOOR], earliest)

    def _make_blocks(self, persons: NDArray[np.int64]) -> None:
        needed = np.zeros(BLOCKS, np.bool_)
        kernels.needed_blocks(persons, self.arrays["blocks"], needed)
        for block in np.flatnonzero(needed).tolist():
            self._place(block * BLOCK)

    def seal(self) -> None:
        """From now on every statement dated before the horizon is late."""
        self._recent.clear()
        self._sealed = self.horizon

    def _in_order(self, number: str, at: datetime, position: int, event: Payload) -> bool:
        """Whether a statement is later than all its number's holders said; if so it is remembered as the latest."""
        person, moment = self.numbering.id(number), to_microseconds(at)
        latest = self._recent.get(person)
        if latest is None:
            in_order = moment > self._sealed or not self._anything(person)
        else:
            in_order = (moment, position) > latest
        if in_order:
            if len(self._recent) >= _RECENT_AT_MOST:
                self.seal()
            self._recent[person] = (moment, position)
        self.heard(moment)
        if isinstance(event, GENERAL_EVENTS):
            self.heard_in_general(moment, moment)
        return in_order

    def _anything(self, person: int) -> bool:
        """Whether anything was ever said about a number."""
        if self.general_number(person):
            return True
        if person >= MOBILES:
            return bool(self.arrays["sparse_dealt"][person - MOBILES])
        place = self._place_if_any(person)
        return place > 0 and bool(self.arrays["dealt"].item(place >> 3) >> (place & 7) & 1)

    def _append(self, number: str, event: Payload) -> None:
        person = self.numbering.id(number)
        one = said(event)
        general = self.general_number(person)
        if not one.organisation:
            history = (*self.ledger.general_of(general), one.statement)
            self._set_general(person, history)  # type: ignore[arg-type]  # what names no organisation is general
            return
        organisation = self.ledger.organisation(one.organisation)
        before = self.ledger.class_of(self.pairs.one(organisation, person))
        statement = (len(self.ledger.general_of(general)), one.statement)
        self._set_pair(organisation, person, self.ledger.dealings((*before, statement)))  # type: ignore[arg-type]

    def look_up(self, numbers: Sequence[str], position: int) -> None:
        """Take what these people said from the registers, up to a journal position.

        Raises:
            Unavailable: there are no registers to ask.
        """
        if numbers and self._histories is None:
            raise Unavailable(
                "有较早时间的表示补记，而索引没有登记库可查",
                "a statement is dated before others of the same person, and the index has no registers to ask",
                thing="index",
                rule="late-statement",
            )
        for first in range(0, len(numbers), _AT_ONCE):
            some = numbers[first : first + _AT_ONCE]
            histories = self._histories(some, position) if self._histories else {}
            for number in some:
                self.set_history(number, abstract(histories.get(number, NOBODY)))

    def set_history(self, number: str, history: Abstract) -> None:
        """Everything said about a number, in place of what is known of it."""
        person = self.numbering.id(number)
        self._set_general(person, history.general)
        for name, pair in history.pairs.items():
            self._set_pair(self.ledger.organisation(name), person, self.ledger.dealings(pair))

    def _set_general(self, person: int, history: General) -> None:
        number = self.ledger.general(history)
        a = self.arrays
        if person >= MOBILES:
            a["sparse_generals"][person - MOBILES] = number
            return
        if number > FREQUENT:
            self._set_escape(person, number)
        place = self._place(person)
        a["pages"][place] = number if number <= FREQUENT else ESCAPE

    def _set_escape(self, person: int, number: int) -> None:
        a = self.arrays
        if kernels.put(a["escape_keys"], a["escape_values"], person + 1, number):
            a.header[ESCAPES] += 1
            if a.header[ESCAPES] > len(a["escape_keys"]) * 0.6:
                room = len(a["escape_keys"]) * 2
                keys, values = a.new("escape_keys", "int64", room), a.new("escape_values", "uint32", room)
                kernels.put_all(keys, values, a["escape_keys"], a["escape_values"])
                a.replace(escape_keys=keys, escape_values=values)

    def _set_pair(self, organisation: int, person: int, klass: int) -> None:
        a = self.arrays
        if person < MOBILES:
            place = self._place(person)
            a["dealt"][place >> 3] |= 1 << (place & 7)
        else:
            a["sparse_dealt"][person - MOBILES] = 1
        self.pairs.set(organisation, person, klass)
        changes = int(a.header[CHANGES])
        a["changes"][changes % _REMEMBERED_CHANGES] = key_of(organisation, person)
        a.header[CHANGES] = changes + 1

    def _place_if_any(self, person: int) -> int:
        """Where the byte of a mobile number lies; 0, which is nobody's, when its block has none."""
        block, rest = divmod(person, BLOCK)
        start = self.arrays["blocks"].item(block)
        return int(start + rest) if start >= 0 else 0

    def _place(self, person: int) -> int:
        """Where the byte of a mobile number lies, its block made if there is none."""
        a = self.arrays
        block, rest = divmod(person, BLOCK)
        start: int = a["blocks"].item(block)
        if start < 0:
            start = a.header.item(PAGES_END)
            a.header[PAGES_END] = start + BLOCK
            a["blocks"][block] = start
        return start + rest

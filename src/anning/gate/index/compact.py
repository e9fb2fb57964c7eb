"""The index of a nation: a byte a number, five a consent, all of it in the memory of one machine (紧凑索引).

It answers as the full history answers, at any moment from the latest statement on: `horizon`. What was said is kept
in order and without its moments (`histories`); what a keeper cannot place by order alone, because it is dated before
something else that the same person said, it asks of the registers.

One process keeps an index (`take`, `take_many`); others may read along in the same memory. Every statement shows in
one place, a byte or a class, and is either seen or not.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.gate.index import kernels
from anning.gate.index.arrays import (
    GENERAL_FLOOR,
    GENERAL_HORIZON,
    HORIZON,
    KEEPER,
    PAGES_END,
    POSITION,
    Arrays,
)
from anning.gate.index.histories import canonical, throughs
from anning.gate.index.keeping import ESCAPE, Keeping
from anning.gate.index.kernels import BLOCK, BLOCKS, FIRST_MOBILE, MOBILES
from anning.gate.index.ledger import ROOM as LEDGER_ROOM
from anning.gate.index.ledger import Ledger
from anning.gate.index.loading import Loading
from anning.gate.index.memory import Memory
from anning.gate.index.numbering import NO_ID, Numbering
from anning.gate.index.pairs import Pairs
from anning.gate.index.protocol import Histories, whose
from anning.gate.index.towards import CompactTowards
from anning.registers.segment_rows import Imported
from anning.registers.stated import Stated
from anning.registers.statements import Subscriber

_PAGES_ROOM: Final = (BLOCKS + 1) * BLOCK
_FIRST_PAGE: Final = 64
"""The bytes before the first block belong to nobody: number ids without a block read 0 there."""

NEVER: Final = 2**62
"""A moment later than any."""

_REMEMBERED_CHANGES: Final = 1 << 16
_SUBSCRIBERS_KEPT: Final = 65_536


class CompactIndex:
    """Who wishes what, and who consented to whom, without the moments.

    Attributes:
        arrays: where it lies.
        ledger: what its small numbers stand for.
        keepable: whether it may be written to a file: not while it holds a number of which everything was erased.
    """

    def __init__(self, arrays: Arrays, histories: Histories | None = None) -> None:
        self.arrays = arrays
        self.ledger = Ledger(arrays)
        self.numbering = Numbering(arrays)
        self.pairs = Pairs(arrays)
        self.histories = histories
        self.keepable = True
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
        code = a["pages"].item(self.place_if_any(person))
        if code != ESCAPE:
            return int(code)
        found = int(kernels.find(a["escape_keys"], a["escape_values"], person + 1, NO_ID))
        return self.escaped(np.array([person])).item() if found == NO_ID else found

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
                found[escaped] = self.escaped(persons[escaped])
        others = np.flatnonzero(persons >= MOBILES)
        if len(others):
            found[others] = a["sparse_generals"][persons[others] - MOBILES]
        return found

    def escaped(self, persons: NDArray[np.int64]) -> NDArray[np.int64]:
        """By row the number of the general history of somebody whose byte does not tell it.

        Raises:
            Unavailable: the keeper is away.
        """
        a, found = self.arrays, np.empty(len(persons), np.int64)
        keys: NDArray[np.int64] | None = None
        while keys is not a["escape_keys"]:
            keys = a["escape_keys"]
            kernels.find_all(keys, a["escape_values"], persons + 1, NO_ID, found)
            if (found != NO_ID).all():
                break
            # The byte says that there is one: the map may have been outgrown since it was last looked for.
            self.refresh()
        return np.maximum(found, 0)

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

    def dealt(self, persons: NDArray[np.int64]) -> NDArray[np.bool_]:
        """By row whether a number id dealt with any organisation."""
        a = self.arrays
        found = np.zeros(len(persons), np.bool_)
        kernels.read_bits(persons, a["blocks"], a["dealt"], found)
        others = np.flatnonzero(persons >= MOBILES)
        found[others] = a["sparse_dealt"][persons[others] - MOBILES] != 0
        return found

    def anything(self, person: int) -> bool:
        """Whether anything was ever said about a number id."""
        if person >= MOBILES:
            return bool(self.general_number(person) or self.arrays["sparse_dealt"][person - MOBILES])
        place = self.place_if_any(person)
        return place > 0 and self.said_at(place)

    def said_at(self, place: int) -> bool:
        """The same of the mobile number whose byte lies there."""
        a = self.arrays
        return bool(a["pages"].item(place) or a["dealt"].item(place >> 3) >> (place & 7) & 1)

    def place_if_any(self, person: int) -> int:
        """Where the byte of a mobile number lies; 0, which is nobody's, when its block has none."""
        block, rest = divmod(person, BLOCK)
        start = self.arrays["blocks"].item(block)
        return int(start + rest) if start >= 0 else 0

    # --- what its keeper takes in -------------------------------------------------------------------------------

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in what was said next; what is not about a number is left to others.

        Raises:
            Unavailable: something was said that is dated before something else the same person said, and there are no
                registers to ask.
        """
        self.keeping.take(statements)

    def take_segment(self, event: Imported, folder: Path | None) -> None:
        """Take in a whole import whose rows are looked up in its file.

        Raises:
            TornSegment: the file is not the one the event vouches for.
            Unavailable: it names people who said something already, and there are no registers to ask.
        """
        Loading(self, self.keeping, event, folder).run()
        self.reached(event.position)

    def let_go(self, erasure: int, histories: Histories) -> None:
        """See `anning.gate.index.protocol.Index`."""
        self.keeping.read_again(whose(histories, erasure), histories, erasure)

    def reached(self, position: int) -> None:
        """Everything up to that journal position is taken in."""
        self.arrays.header[POSITION] = max(position, self.position)

    @cached_property
    def keeping(self) -> Keeping:
        """The writing side; one process has it."""
        return Keeping(self)

"""The writing side of a compact index (索引写入): one process has it, `anning.gate.keeper` or whoever is alone.

A statement shows in one place. The order of writing is such that whoever reads along sees it whole or not at all: a
block has its place before its bytes are written, a number of the ledger is in the ledger before any array holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from anning.errors import Unavailable
from anning.gate.index import kernels
from anning.gate.index.arrays import CHANGES, ESCAPES, GENERAL_FLOOR, GENERAL_HORIZON, HORIZON, PAGES_END
from anning.gate.index.batch import PAYS_FROM, Told, about_numbers, take_together
from anning.gate.index.histories import Abstract, Said, abstract, numbered
from anning.gate.index.kernels import BLOCK, BLOCKS, MOBILES
from anning.gate.index.numbering import NO_ID
from anning.gate.index.pairs import key_of
from anning.gate.index.protocol import Histories
from anning.journal.envelope import to_microseconds
from anning.registers.events import NumberRecycled, SubscriberForgotten, WishStated, WishWithdrawn
from anning.registers.stated import Stated
from anning.registers.statements import NOBODY, Forgetting, Statement

if TYPE_CHECKING:
    from anning.gate.index.compact import CompactIndex

FREQUENT: Final = 253
"""General histories that one byte tells; the rest stand in the escape map."""

ESCAPE: Final = 254

GENERAL_EVENTS: Final = (WishStated, WishWithdrawn, NumberRecycled)

_AT_ONCE: Final = 10_000
_RECENT_AT_MOST: Final = 1 << 18
_STEPS_KEPT: Final = 1 << 18
_ESCAPES_FULL: Final = 0.6


class Keeping:
    """Takes statements in.

    Attributes:
        index: the index.
        recent: by number id the moment and position of the latest statement heard since `sealed`.
        sealed: whoever is not among the recent said nothing later than this, in microseconds.
    """

    def __init__(self, index: CompactIndex) -> None:
        self.index = index
        self._arrays = index.arrays
        self._ledger = index.ledger
        self._pairs = index.pairs
        # Arrays that are never replaced, as views that cost least one element at a time.
        self._header = index.arrays.header.data
        self._pages = index.arrays["pages"].data
        self._blocks = index.arrays["blocks"].data
        self._dealt = index.arrays["dealt"].data
        self._changes = index.arrays["changes"].data
        self.recent: dict[int, tuple[int, int]] = {}
        self.sealed = index.horizon
        self._general_steps: dict[tuple[int, int], int] = {}
        self._pair_steps: dict[tuple[int, int, int], int] = {}

    def take(self, statements: Iterable[Stated]) -> None:
        """See `CompactIndex.take`."""
        told = about_numbers(self, statements)
        if told:
            position = told[-1].position
            # A snapshot that is written meanwhile must not be dated earlier than anything in it.
            self.heard(max(one.moment for one in told))
            rest = take_together(self, told) if len(told) >= PAYS_FROM else told
            late = self._take_one_by_one(rest)
            self.look_up(late, position)
            self.index.reached(position)
        if len(self.recent) >= _RECENT_AT_MOST:
            self._forget_the_older()
        if self._pairs.wants_merging():
            self._pairs.merge()

    def _take_one_by_one(self, told: list[Told]) -> list[str]:
        """The numbers of those whose statements cannot be placed by order alone come back."""
        late: dict[str, None] = {}
        for person, moment, position, event in told:
            number: str = event.number  # type: ignore[attr-defined]  # every one of SUBSCRIBER_EVENTS has it
            in_order = self._in_order(person, moment, position)
            if isinstance(event, GENERAL_EVENTS):
                self.heard_in_general(moment, moment)
            if not in_order or number in late or isinstance(event, SubscriberForgotten):
                late[number] = None
                continue
            organisation, serial, statement = numbered(event)
            if organisation:
                self._append_pair(person, organisation, serial, statement)
            else:
                self._append_general(person, serial, statement)
        return list(late)

    def seal(self) -> None:
        """From now on every statement dated before the horizon is late."""
        self.recent.clear()
        self.sealed = self.index.horizon

    def heard(self, moment: int) -> None:
        """Something was said that is dated so."""
        self._header[HORIZON] = max(self._header[HORIZON], moment)

    def heard_in_general(self, earliest: int, latest: int) -> None:
        """Somebody said something in general that is dated within these."""
        self._header[GENERAL_HORIZON] = max(self._header[GENERAL_HORIZON], latest)
        self._header[GENERAL_FLOOR] = min(self._header[GENERAL_FLOOR], earliest)

    # --- one by one ---------------------------------------------------------------------------------------------

    def _in_order(self, person: int, moment: int, position: int) -> bool:
        """Whether a statement is later than all its number's holders said; if so it is remembered as the latest."""
        latest = self.recent.get(person)
        if latest is None:
            in_order = moment > self.sealed or not self.index.anything(person)
        else:
            in_order = (moment, position) > latest
        if in_order:
            self.recent[person] = (moment, position)
        return in_order

    def _forget_the_older(self) -> None:
        """Half of those heard are no longer remembered one by one."""
        moments = np.fromiter((moment for moment, _ in self.recent.values()), np.int64, len(self.recent))
        half = len(moments) // 2
        self.sealed = max(self.sealed, int(np.partition(moments, half)[half]))
        self.recent = {person: latest for person, latest in self.recent.items() if latest[0] > self.sealed}

    def _append_general(self, person: int, serial: int, statement: Statement) -> None:
        self._set_general(person, self.general_after(self.index.general_number(person), serial, statement))

    def _append_pair(self, person: int, name: str, serial: int, statement: Statement) -> None:
        organisation = self._ledger.organisation(name)
        general, klass = self.index.general_number(person), self._pairs.one(organisation, person)
        self._set_pair(organisation, person, self.class_after(klass, general, serial, statement))

    def general_after(self, before: int, serial: int, statement: Statement) -> int:
        """The number of a general history after one more statement; `serial` as in `numbered`."""
        step = (before, serial)
        number = self._general_steps.get(step)
        if number is None:
            history = (*self._ledger.general_of(before), statement)
            number = self._ledger.general(history)  # type: ignore[arg-type]  # what names no organisation is general
            if len(self._general_steps) >= _STEPS_KEPT:
                self._general_steps.clear()
            self._general_steps[step] = number
        return number

    def class_after(self, klass: int, general: int, serial: int, statement: Statement) -> int:
        """The class of dealings after one more statement by somebody of that general history."""
        step = (klass, general, serial)
        number = self._pair_steps.get(step)
        if number is None:
            placed = (len(self._ledger.general_of(general)), statement)
            pair = (*self._ledger.class_of(klass), placed)
            number = self._ledger.dealings(pair)  # type: ignore[arg-type]  # what names an organisation is a dealing
            if len(self._pair_steps) >= _STEPS_KEPT:
                self._pair_steps.clear()
            self._pair_steps[step] = number
        return number

    def look_up(self, numbers: Sequence[str], position: int) -> None:
        """Take what these people said from the registers, up to a journal position.

        Raises:
            Unavailable: there are no registers to ask.
        """
        if numbers and self.index.histories is None:
            raise Unavailable(
                "有较早时间的表示补记，而索引没有登记库可查",
                "a statement is dated before others of the same person, and the index has no registers to ask",
                thing="index",
                rule="late-statement",
            )
        for first in range(0, len(numbers), _AT_ONCE):
            some = numbers[first : first + _AT_ONCE]
            histories = self.index.histories(some, position) if self.index.histories else {}
            for number in some:
                history = histories.get(number, NOBODY)
                whole = abstract(history)
                if history.forgettings:
                    self._forget(number, whole, history.forgettings[-1])
                self.set_history(number, whole)

    def read_again(self, touched: Mapping[str, Sequence[str]], histories: Histories, position: int) -> None:
        """Know of these numbers what the registers know up to a journal position, and nothing else.

        Args:
            touched: by number the organisations its holder dealt with, of which nothing may be left.
        """
        numbers = list(touched)
        for first in range(0, len(numbers), _AT_ONCE):
            some = numbers[first : first + _AT_ONCE]
            found = histories(some, position)
            for number in some:
                person = self.index.numbering.known(number)
                if person == NO_ID:
                    continue
                history = found.get(number, NOBODY)
                whole = abstract(history)
                for name in touched[number]:
                    organisation = self._ledger.known_organisation(name)
                    if organisation and name not in whole.pairs and self._pairs.one(organisation, person):
                        self._set_pair(organisation, person, 0)
                self.set_history(number, whole)
                if not (whole.general or whole.pairs or history.forgettings):
                    self._undeal(person)

    def _forget(self, number: str, history: Abstract, forgetting: Forgetting) -> None:
        """Know nothing of what passed between a person and anybody, but for what is in the history."""
        person = self.index.numbering.id(number)
        organisations = np.arange(1, len(self._ledger.organisations), dtype=np.int64)
        classes = self._pairs.each(organisations, np.full(len(organisations), person, np.int64))
        for organisation in organisations[classes != 0].tolist():
            if self._ledger.organisations[organisation] not in history.pairs:
                self._set_pair(organisation, person, 0)
        # What is dated before the forgetting and comes in later is for the registers to judge, so nobody may take this
        # person for one of whom nothing was ever said, nor a list for older than all that anybody said in general.
        self.deal(np.array([person], np.int64))
        self.heard_in_general(0, to_microseconds(forgetting.at))

    def _undeal(self, person: int) -> None:
        """Of this number nothing is known any more."""
        if person >= MOBILES:
            # The number itself stands in the map of ids: only an index that is made anew has it no longer.
            self.index.keepable = False
            self._arrays["sparse_dealt"][person - MOBILES] = 0
            return
        place = self.index.place_if_any(person)
        if place:
            self._dealt[place >> 3] &= ~(1 << (place & 7)) & 0xFF

    def set_history(self, number: str, history: Abstract) -> None:
        """Everything said about a number, in place of what is known of it."""
        person = self.index.numbering.id(number)
        self._set_general(person, self._ledger.general(history.general))
        for name, pair in history.pairs.items():
            self._set_pair(self._ledger.organisation(name), person, self._ledger.dealings(pair))

    def _set_general(self, person: int, number: int) -> None:
        if person >= MOBILES:
            self._arrays["sparse_generals"][person - MOBILES] = number
            return
        if number > FREQUENT:
            self._set_escape(person, number)
        self._pages[self._place(person)] = number if number <= FREQUENT else ESCAPE

    def _set_escape(self, person: int, number: int) -> None:
        a = self._arrays
        if kernels.put(a["escape_keys"], a["escape_values"], person + 1, number):
            a.header[ESCAPES] += 1
            if a.header[ESCAPES] > len(a["escape_keys"]) * _ESCAPES_FULL:
                room = len(a["escape_keys"]) * 2
                keys, values = a.new("escape_keys", "int64", room), a.new("escape_values", "uint32", room)
                kernels.put_all(keys, values, a["escape_keys"], a["escape_values"])
                a.replace(escape_keys=keys, escape_values=values)

    def _set_pair(self, organisation: int, person: int, klass: int) -> None:
        if person < MOBILES:
            place = self._place(person)
            self._dealt[place >> 3] |= 1 << (place & 7)
        else:
            self._arrays["sparse_dealt"][person - MOBILES] = 1
        self._pairs.set(organisation, person, klass)
        changes = self._header[CHANGES]
        self._changes[changes % len(self._changes)] = key_of(organisation, person)
        self._header[CHANGES] = changes + 1

    def _place(self, person: int) -> int:
        """Where the byte of a mobile number lies, its block made if there is none."""
        block, rest = divmod(person, BLOCK)
        start: int = self._blocks[block]
        if start < 0:
            start = self._header[PAGES_END]
            self._header[PAGES_END] = start + BLOCK
            self._blocks[block] = start
        return start + rest

    # --- many at once -------------------------------------------------------------------------------------------

    def set_generals(self, persons: NDArray[np.int64], numbers: NDArray[np.int64]) -> None:
        """The general histories of many people, each named once."""
        common = (persons < MOBILES) & (numbers <= FREQUENT)
        mobile = persons[common]
        self._make_blocks(mobile)
        kernels.set_bytes(mobile, numbers[common].astype(np.uint8), self._arrays["blocks"], self._arrays["pages"])
        for person, number in zip(persons[~common].tolist(), numbers[~common].tolist(), strict=True):
            self._set_general(person, number)

    def set_pairs(
        self, organisations: NDArray[np.int64], persons: NDArray[np.int64], classes: NDArray[np.uint32]
    ) -> None:
        """The classes of many pairs, each named once."""
        self.deal(persons)
        keys = self._pairs.set_each(organisations, persons, classes)
        remembered, changes = self._arrays["changes"], self._header[CHANGES]
        remembered[(changes + np.arange(len(keys))) % len(remembered)] = keys
        self._header[CHANGES] = changes + len(keys)

    def say_all(self, persons: NDArray[np.int64], before: int, one: Said) -> None:
        """Many people said the same in general; `before` is the number of what they had said until then."""
        a = self._arrays
        number = self._ledger.general((*self._ledger.general_of(before), one.statement))  # type: ignore[arg-type]
        mobile, others = persons[persons < MOBILES], persons[persons >= MOBILES]
        a["sparse_generals"][others - MOBILES] = number
        self._make_blocks(mobile)
        if number > FREQUENT:
            for person in mobile.tolist():
                self._set_escape(person, number)
        kernels.set_bytes(mobile, np.full(len(mobile), min(number, ESCAPE), np.uint8), a["blocks"], a["pages"])

    def deal(self, persons: NDArray[np.int64]) -> None:
        """Mark that these people dealt with some organisation."""
        a = self._arrays
        mobile, others = persons[persons < MOBILES], persons[persons >= MOBILES]
        self._make_blocks(mobile)
        kernels.set_bits(mobile, a["blocks"], a["dealt"])
        a["sparse_dealt"][others - MOBILES] = 1

    def _make_blocks(self, persons: NDArray[np.int64]) -> None:
        needed = np.zeros(BLOCKS, np.bool_)
        kernels.needed_blocks(persons, self._arrays["blocks"], needed)
        for block in np.flatnonzero(needed).tolist():
            self._place(block * BLOCK)

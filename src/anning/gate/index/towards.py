"""Many numbers at once, as they stand towards the parties of one job (群发视角).

Every mobile number has a mark of four bits beside its profile byte: how it stands towards the sender, for the fourteen
commonest ways. Byte and mark together name a history in a table that is filled as they are met; what has no mark, and
every number outside the mobile range, is looked up by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from anning.gate.index import kernels
from anning.gate.index.arrays import CHANGES
from anning.gate.index.kernels import FIRST_MOBILE, MOBILES
from anning.gate.index.memory import Memory
from anning.gate.index.pairs import number_of, organisation_of
from anning.registers.statements import Subscriber
from anning.tables.numbers import Numbers

if TYPE_CHECKING:
    from anning.gate.index.compact import CompactIndex

Places = NDArray[np.int32]
Dealings = tuple[tuple[str, int], ...]

UNMARKED: Final = 15
_MARKS: Final = 14
_LOOKED_EVERY: Final = 256
"""Of single numbers every so manieth looks whether marks pay by now."""

_PAYS_FROM: Final = 64
"""Marking all dealings of an organisation pays when the job has at least one row for so many of them."""


class CompactTowards:
    """How numbers stand towards the parties of a job.

    Attributes:
        histories: those met so far; place 0 is that of people of whom nothing was said.
    """

    def __init__(self, index: CompactIndex, parties: tuple[str, ...]) -> None:
        self._index = index
        self._parties = parties
        self.histories: list[Subscriber | None] = [None]
        self._asked = 0
        self._reached = 0
        self._begin()

    def _begin(self) -> None:
        """Know no number of the ledger yet."""
        self._keeper = self._index.keeper
        self._place_of: dict[tuple[int, Dealings], int] = {(0, ()): 0}
        self._marks: NDArray[np.uint8] | None = None
        self._organisations: dict[int, str] = {}
        self._mark_of_class: dict[int, int] = {}
        self._class_of_mark: list[int] = [0]
        self._changes = 0
        self._table = np.full(256 * 16, -1, np.int32)

    def _refresh(self) -> None:
        """See the index as it stands; another keeper's numbers mean other things.

        Raises:
            Unavailable: the keeper is away.
        """
        index = self._index
        header = None
        while header is not index.arrays.header:
            header = index.arrays.header
            # Counted before the arrays are looked at: the keeper replaces an array before it writes to the new one and
            # counts last, so a change that is counted here is in the arrays that are read below.
            self._reached = int(header[CHANGES])
            index.refresh()
        if index.keeper != self._keeper:
            self._begin()

    def one(self, number: str) -> int:
        """The place in `histories` of one number's."""
        index = self._index
        self._refresh()
        person = index.numbering.known(number)
        if person < 0:
            return 0
        if person < MOBILES:
            place = index.place_if_any(person)
            if not place:
                return 0
            self._asked += 1
            if self._marks is not None or not self._asked % _LOOKED_EVERY:
                found = self._one_by_mark(place)
                if found >= 0:
                    return found
            elif not index.said_at(place):
                return 0
        return self._place(index.general_number(person), index.dealings(person, self._parties))

    def _one_by_mark(self, place: int) -> int:
        """The place of the history of whom byte and mark at that place tell; -1 where they do not."""
        if not self._marking():
            return -1
        assert self._marks is not None
        mark = self._marks.item(place >> 1) >> ((place & 1) << 2) & 15
        word = self._index.arrays["pages"].item(place) * 16 + mark
        found = self._table.item(word)
        if found < 0 and self._learn_word(word):
            found = self._table.item(word)
        return int(found)

    def many(self, column: Numbers) -> Places:
        """By row the place in `histories` of the number's."""
        self._refresh()
        values = column.values
        places = np.zeros(len(values), np.int32)
        self._asked += len(values)
        if self._marking():
            unknown = self._by_mark(values, places)
            rest = np.flatnonzero(places < 0) if unknown else np.empty(0, np.int64)
        else:
            rest = np.flatnonzero(values)
        if len(rest):
            places[rest] = self._looked_up(values[rest] - FIRST_MOBILE)
        if column.readings:
            found = [self.one(read.number) if read.number else 0 for read in column.readings]
            others = values[column.rows] == 0
            places[column.rows[others]] = np.array(found, np.int32)[column.places[others]]
        return places

    # --- by marks -----------------------------------------------------------------------------------------------

    def _marking(self) -> bool:
        """Whether the marks are there, made now when the job has grown so that they pay."""
        index = self._index
        if self._marks is None:
            sender = index.ledger.known_organisation(self._parties[0]) if self._parties else 0
            held = index.pairs.held(sender) if sender else 0
            if self._asked * _PAYS_FROM < held:
                return False
            self._mark_all()
        self._follow()
        return True

    def _mark_all(self) -> None:
        """Set the mark of everybody who has dealings with a party."""
        index, a = self._index, self._index.arrays
        self._changes = self._reached
        # Address space for every block that may yet come: only what is marked takes memory.
        self._marks = Memory().array("marks", "uint8", len(a["pages"]) >> 1)
        self._organisations = {
            number: name for name in self._parties if (number := index.ledger.known_organisation(name))
        }
        for number, name in self._organisations.items():
            sender = name == self._parties[0]
            classes = index.pairs.classes_of(number)
            mark_of = np.array([self._mark(klass) if sender else UNMARKED for klass in classes] or [0], np.uint8)
            kernels.mark_pairs(a["starts"], a["low"], a["codes"], number, mark_of, a["blocks"], self._marks)
            changed, _ = index.pairs.changed(number)
            self._mark_again(changed)

    def _mark(self, klass: int) -> int:
        """The mark of a class of dealings with the sender, given now as long as there are any left."""
        known = self._mark_of_class.get(klass)
        if known is not None:
            return known
        mark = UNMARKED
        if klass == 0:
            mark = 0
        elif len(self._class_of_mark) <= _MARKS and not self._index.throughs_of(klass).difference(self._parties):
            mark = len(self._class_of_mark)
            self._class_of_mark.append(klass)
        self._mark_of_class[klass] = mark
        return mark

    def _mark_again(self, persons: NDArray[np.int64]) -> None:
        """Set the marks of these numbers by all their dealings as they stand now."""
        index = self._index
        assert self._marks is not None
        marks = np.zeros(len(persons), np.uint8)
        for number, name in self._organisations.items():
            classes = index.pairs.many(number, persons)
            if name == self._parties[0]:
                known = {klass: self._mark(klass) for klass in np.unique(classes).tolist()}
                marks = np.fromiter((known[klass] for klass in classes.tolist()), np.uint8, len(classes))
            else:
                marks[classes != 0] = UNMARKED
        kernels.mark_numbers(persons, marks, index.arrays["blocks"], self._marks)

    def _follow(self) -> None:
        """Take in the changes since; begin anew when more happened than is remembered, or a party is new."""
        index, a = self._index, self._index.arrays
        changes = self._reached
        assert self._marks is not None
        if changes != self._changes:
            remembered = a["changes"]
            missed = changes - self._changes
            parties = sum(1 for name in self._parties if index.ledger.known_organisation(name))
            if missed >= len(remembered) // 2 or parties != len(self._organisations):
                self._mark_all()
                return
            places = np.arange(self._changes, changes) % len(remembered)
            keys = remembered[places].tolist()
            mine = [number_of(key) for key in keys if organisation_of(key) in self._organisations]
            if mine:
                self._mark_again(np.array(mine, np.int64))
            self._changes = changes

    def _by_mark(self, values: NDArray[np.int64], places: Places) -> int:
        """Places by profile byte and mark; -1 where these do not tell. Returns how many."""
        a = self._index.arrays
        unknown = kernels.gather_pairs(values, a["blocks"], a["pages"], self._marks, self._table, places)
        if unknown and self._learn(values[places < 0]):
            unknown = kernels.gather_pairs(values, a["blocks"], a["pages"], self._marks, self._table, places)
        return int(unknown)

    def _learn(self, values: NDArray[np.int64]) -> bool:
        """Fill the table for the bytes and marks of these numbers; whether any is new."""
        a = self._index.arrays
        words = np.arange(256 * 16, dtype=np.int32)
        met = np.empty(len(values), np.int32)
        kernels.gather_pairs(values, a["blocks"], a["pages"], self._marks, words, met)
        learnt = False
        for word in np.unique(met).tolist():
            learnt |= self._table[word] < 0 and self._learn_word(word)
        return bool(learnt)

    def _learn_word(self, word: int) -> bool:
        """Fill the table for a byte and a mark, when these tell."""
        general, mark = divmod(word, 16)
        if general >= 254 or mark == UNMARKED:
            return False
        klass = self._class_of_mark[mark]
        self._table[word] = self._place(general, ((self._parties[0], klass),) if klass else ())
        return True

    # --- one by one ---------------------------------------------------------------------------------------------

    def _looked_up(self, persons: NDArray[np.int64]) -> Places:
        """By row the place of a number id's history, without marks; each way to stand is worked out once."""
        index = self._index
        columns = [index.generals(persons)]
        asked = list(self._parties)
        for name in asked:
            number = index.ledger.known_organisation(name)
            classes = index.pairs.many(number, persons) if number else np.zeros(len(persons), np.uint32)
            columns.append(classes.astype(np.int64))
            for klass in np.unique(classes).tolist():
                asked += sorted(index.throughs_of(klass).difference(asked))
        ways, way = np.unique(np.stack(columns), axis=1, return_inverse=True)
        place_of_way = np.empty(ways.shape[1], np.int32)
        for place, (general, *classes) in enumerate(ways.T.tolist()):
            place_of_way[place] = self._place(general, self._relevant(asked, classes))
        return place_of_way[way.ravel()]

    def _relevant(self, asked: list[str], classes: list[int]) -> Dealings:
        """The dealings of a person that are asked about: with the parties, and with the platforms those name."""
        of = dict(zip(asked, classes, strict=True))
        wanted, found = list(self._parties), []
        for name in wanted:
            klass = of.get(name, 0)
            if klass:
                found.append((name, klass))
                wanted += sorted(self._index.throughs_of(klass).difference(wanted))
        return tuple(found)

    def _place(self, general: int, dealings: Dealings) -> int:
        key = (general, dealings)
        place = self._place_of.get(key)
        if place is None:
            place = self._place_of[key] = len(self.histories)
            self.histories.append(self._index.subscriber_of(general, dealings))
        return place

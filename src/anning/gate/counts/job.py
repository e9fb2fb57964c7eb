"""The rows of a bulk job as contacts of the rows after them (任务内的联系)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.gate.counts.contacts import KEPT, KINDS, Ages, Contacts, ContentKind, Volume
from anning.gate.counts.keys import mobile

_BITS: Final = 9
_PLACE: Final[dict[ContentKind, int]] = {kind: _BITS * place for place, kind in enumerate(KINDS)}
"""Where the counts of a row stand in one number: millions of rows are kept while a job runs."""


class JobContacts:
    """The rows of one bulk job that may go, all of one sender, channel and moment, laid over the contacts before it."""

    def __init__(self, before: Contacts) -> None:
        self._before = before
        self._rows: dict[int | str, int] = {}
        self._service = 0

    def add(self, number: str, kind: ContentKind) -> None:
        """A row that may go: at most 256 of one kind count."""
        key = _key(number)
        row = self._rows.get(key, 0)
        if _count(row, kind) < KEPT:
            self._rows[key] = row + (1 << _PLACE[kind])
        self._service += kind == "service"

    def add_first(self, numbers: Iterable[str], kind: ContentKind) -> None:
        """Rows that may go of numbers that have had none in this job, each number once."""
        self._add_first(list(map(_key, numbers)), kind)

    def add_first_values(self, values: NDArray[np.int64], kind: ContentKind) -> None:
        """The same of mobile numbers as integers."""
        self._add_first(values.tolist(), kind)

    def _add_first(self, keys: Sequence[int | str], kind: ContentKind) -> None:
        self._rows.update(dict.fromkeys(keys, 1 << _PLACE[kind]))
        if kind == "service":
            self._service += len(keys)

    @property
    def nothing_known(self) -> bool:
        """Whether no contact with anybody is remembered, of the job or before it."""
        return not self._rows and self._before.nothing_known

    def known(self, sender: str, number: str, channel: str) -> bool:
        """Whether any is remembered, of the job or before it."""
        return _key(number) in self._rows or self._before.known(sender, number, channel)

    def known_among(self, sender: str, numbers: Sequence[str], channel: str) -> set[str]:
        """Those of many numbers of which any is remembered, of the job or before it."""
        before = self._before.known_among(sender, numbers, channel)
        if not self._rows:
            return before
        return before.union(number for number in numbers if _key(number) in self._rows)

    def known_values(self, sender: str, values: NDArray[np.int64], channel: str) -> NDArray[np.bool_]:
        """The same of mobile numbers as integers, by row."""
        known = self._before.known_values(sender, values, channel)
        if self._rows:
            known |= np.fromiter(map(self._rows.__contains__, values.tolist()), np.bool_, len(values))
        return known

    def ages(self, sender: str, number: str, channel: str, moment: int, since: int | None = None) -> Ages:
        """Those of the job at age 0, then those before it."""
        before = self._before.ages(sender, number, channel, moment, since)
        row = self._rows.get(_key(number))
        if row is None:
            return before
        commercial, codes, service = (_count(row, kind) for kind in KINDS)
        return Ages(
            (0,) * (commercial + codes + service) + before.contacts,
            ((0,) * commercial + before.marketing)[:KEPT],
            ((0,) * codes + before.codes)[:KEPT],
            before.coming,
        )

    def volume(self, sender: str, channel: str, moment: int, days: int) -> Volume:
        """The service messages of the job on top of those before it."""
        before = self._before.volume(sender, channel, moment, days)
        return Volume(before.this_hour + self._service, before.peak)


def _key(number: str) -> int | str:
    value = mobile(number)
    return number if value is None else value


def _count(row: int, kind: ContentKind) -> int:
    return row >> _PLACE[kind] & ((1 << _BITS) - 1)

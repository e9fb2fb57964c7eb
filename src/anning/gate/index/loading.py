"""Whole imports taken into a compact index by columns (导入段载入): tens of millions of rows, not one by one.

Rows that say the same are one statement said by many. Those of people of whom nothing is on record yet go in at once,
and so do those that are dated after all that could come before them; whoever else a list names is looked up in the
registers, for only they know the order.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.gate.index.histories import said
from anning.gate.index.kernels import FIRST_MOBILE
from anning.journal.envelope import to_microseconds
from anning.registers.events import ConsentWithdrawn, Payload
from anning.registers.segment_columns import columns_of_segment
from anning.registers.segment_rows import ADDED, IMPORT_DOOR, NUMBER, ROW_KINDS, WITHDRAWN, Imported
from anning.registers.tables import Table

if TYPE_CHECKING:
    from anning.gate.index.compact import CompactIndex
    from anning.gate.index.keeping import Keeping

_ASIDE: Final = frozenset({"words_hash", "purpose", "trade", *ADDED})
"""What is kept of a wish or a consent and looked at by no reading."""

_MERGED_AT: Final = 20_000_000
"""Pairs gathered before they are merged into the buckets."""

Ids = NDArray[np.int64]


class Loading:
    """One import on its way into an index. Its rows are in the order of their numbers."""

    def __init__(self, index: CompactIndex, keeping: Keeping, event: Imported, folder: Path | None) -> None:
        self._index = index
        self._keeping = keeping
        self._event = event
        self._folder = folder
        self._table: Table = ROW_KINDS[event.payload["row_kind"]]
        self._consents = event.payload["row_kind"] == "consent"
        self._said = [
            column.name for column in self._table.columns if column.name != NUMBER and column.name not in _ASIDE
        ]
        self._latest = index.horizon
        self._earliest = to_microseconds(event.at)
        self._late: set[int] = set()
        self._pairs: list[tuple[Ids, Ids, NDArray[np.uint32]]] = []
        self._gathered = 0

    def run(self) -> None:
        """Take the import in, and look up whoever it cannot place.

        Raises:
            TornSegment: the file is not the one the event vouches for.
        """
        for frame in self._frames():
            self._take(frame)
            if self._gathered > _MERGED_AT:
                self._put_pairs()
        self._put_pairs()
        self._keeping.heard(max(self._latest, to_microseconds(self._event.at)))
        if not self._consents:
            self._keeping.heard_in_general(self._earliest, self._latest)
        self._keeping.seal()
        self._keeping.look_up([f"+{number}" for number in sorted(self._late)], self._event.position)

    def _frames(self) -> Iterator[pl.DataFrame]:
        """The rows by columns, with those told apart that say something of the same again: `again`."""
        columns = ["mobile", NUMBER, "at", *self._said, *([WITHDRAWN] if self._consents else [])]
        same = pl.struct(NUMBER, "org") if self._consents else pl.col(NUMBER)
        last = -1
        for frame in columns_of_segment(self._event, self._folder, columns):
            if not frame.height:
                continue
            numbers = frame[NUMBER]
            if numbers[0] == last:
                # A row of it went in with the piece before; the registers know all of them.
                self._late.add(last)
            yield frame.with_columns((same.is_duplicated() | (pl.col(NUMBER) == last)).alias("again"))
            last = int(numbers[-1])

    def _take(self, frame: pl.DataFrame) -> None:
        index = self._index
        numbers, moments = frame[NUMBER].to_numpy(), frame["at"].to_numpy()
        self._latest = max(self._latest, int(moments.max()))
        self._earliest = min(self._earliest, int(moments.min()))
        persons = self._persons(frame)
        generals = index.generals(persons)
        fresh = (generals == 0) & ~index.dealt(persons)
        if self._consents:
            # Later or earlier than all that anybody said in general; whether it is the first to that organisation is
            # seen below.
            first = ~fresh & (moments < index.general_floor)
            in_order = fresh | first | (moments > index.general_horizon)
            generals[first] = 0
        else:
            in_order = fresh | (moments > index.horizon)
        in_order &= ~frame["again"].to_numpy()
        rows = np.flatnonzero(in_order)
        left = self._say(frame, rows, persons, generals, fresh)
        self._late.update(numbers[~in_order].tolist())
        self._late.update(numbers[left].tolist())

    def _persons(self, frame: pl.DataFrame) -> Ids:
        mobile = frame["mobile"].to_numpy()
        persons = mobile - FIRST_MOBILE
        for row in np.flatnonzero(mobile == 0).tolist():
            persons[row] = self._index.numbering.id(f"+{frame[NUMBER][row]}")
        return persons

    def _say(self, frame: pl.DataFrame, rows: Ids, persons: Ids, generals: Ids, fresh: NDArray[np.bool_]) -> Ids:
        """Put what is said in these rows to what their people said before; the rows that cannot be put come back."""
        chosen = frame[rows].with_columns(pl.Series("_row", rows), pl.Series("_before", generals[rows]))
        by = [*self._said, "_before"]
        if self._consents:
            withdrawn = (pl.col(WITHDRAWN) >= pl.col("at")).fill_null(False)
            ended = pl.when(pl.col(WITHDRAWN).is_null()).then(0).when(withdrawn).then(1).otherwise(2)
            self._latest = max([self._latest, *chosen[WITHDRAWN].drop_nulls().to_list()])
            chosen, by = chosen.with_columns(ended.alias("_ended")), [*by, "_ended"]
        left: list[Ids] = []
        for key, group in chosen.group_by(by, maintain_order=True):
            of = dict(zip(by, key, strict=True))
            payload = self._payload(of)
            who = group["_row"].to_numpy()
            if not self._consents:
                self._keeping.say_all(persons[who], int(of["_before"]), said(payload))
                continue
            left.append(self._consented(payload, of, who, persons[who], fresh[who]))
        return np.concatenate(left) if left else np.empty(0, np.int64)

    def _consented(
        self, payload: Payload, of: dict[str, Any], rows: Ids, persons: Ids, fresh: NDArray[np.bool_]
    ) -> Ids:
        """Consents of one kind to one organisation, gathered; rows of people who dealt with it before come back."""
        ledger = self._index.ledger
        one = said(payload)
        organisation = ledger.organisation(one.organisation)
        known = ~fresh
        if known.any():
            known[known] = self._index.pairs.many(organisation, persons[known]) != 0
        statements = [one]
        if of["_ended"]:
            refusal = said(ConsentWithdrawn(number="", to=one.organisation, channel=of["channel"], door=IMPORT_DOOR))
            statements = [one, refusal] if of["_ended"] == 1 else [refusal, one]
        before = len(ledger.general_of(int(of["_before"])))
        klass = ledger.dealings(tuple((before, each.statement) for each in statements))  # type: ignore[misc]
        new = persons[~known]
        self._keeping.deal(new)
        self._pairs.append((np.full(len(new), organisation, np.int64), new, np.full(len(new), klass, np.uint32)))
        self._gathered += len(new)
        return rows[known]

    def _payload(self, of: dict[str, Any]) -> Payload:
        """The statement that all rows of these cells make."""
        unsaid = {"number": "", **dict.fromkeys(_ASIDE, "")}
        return self._table.payload([of.get(column.name, unsaid.get(column.name)) for column in self._table.columns])

    def _put_pairs(self) -> None:
        if self._pairs:
            organisations, persons, classes = map(np.concatenate, zip(*self._pairs, strict=True))
            self._index.pairs.add(organisations, persons, classes)
        self._pairs, self._gathered = [], 0

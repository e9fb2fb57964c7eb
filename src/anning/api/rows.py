"""What became of each row of a list, kept beside its result files so that any part can be shown at once (逐行结果).

Flat files that are only ever appended to and read by position: by row the number and the place of its verdict; the
numbers that are no mobile numbers apart; the distinct verdicts once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.api.models import Both, ReasonShown, reason_shown
from anning.gate.campaign import BlockJudged
from anning.gate.scrub import BAD
from anning.law.decision import Decision
from anning.numbers import CAUSES, mask
from anning.tables import Numbers

_NUMBERS: Final = "rows.numbers"
_PLACES: Final = "rows.places"
_OTHER_ROWS: Final = "rows.others"
_OTHER_ENDS: Final = "rows.ends"
_OTHER_TEXTS: Final = "rows.texts"
_VERDICTS: Final = "rows.verdicts.json"
MOST_VERDICTS: Final = 65_536
"""Verdicts told apart; what differs beyond is shown by its outcome alone."""


class RowVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of the rows that share it.

    Attributes:
        outcome: allow, label, hold, refuse or bad.
        wording: the whole sentence.
        cause: why a cell names no number, a key of `anning.numbers.CAUSES`; else empty.
        until: when it is worth asking again, for a hold.
    """

    outcome: str
    wording: Both
    reasons: tuple[ReasonShown, ...] = ()
    advisories: tuple[ReasonShown, ...] = ()
    cause: str = ""
    until: datetime | None = None


class RowsKept:
    """The rows of a list as they are judged, block by block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = [(folder / name).open("wb") for name in (_NUMBERS, _PLACES, _OTHER_ROWS, _OTHER_ENDS)]
        self._texts = (folder / _OTHER_TEXTS).open("wb")
        self._verdicts: list[RowVerdict] = []
        self._place_of: dict[Any, int] = {}
        self._rows = 0
        self._end = 0

    def add(self, column: Numbers, judged: BlockJudged) -> None:
        """The next block."""
        known = np.array([self._of(decision) for decision in judged.decisions] or [0], np.uint32)
        places = known[judged.places]
        others = sorted(column.parsed)
        ends = np.empty(len(others), np.int64)
        for index, row in enumerate(others):
            parsed = column.parsed[row]
            if not parsed.valid:
                places[row] = self._of_bad(parsed.cause)
            # What names no number may be somebody's damaged one: it is kept as it may be seen.
            text = (parsed.number if parsed.valid else mask(parsed.raw)).encode("utf-8", "replace")
            self._texts.write(text)
            self._end += len(text)
            ends[index] = self._end
        rows = np.array(others, np.int64) + self._rows
        arrays: tuple[NDArray[Any], ...] = (column.values, places, rows, ends)
        for file, array in zip(self._files, arrays, strict=True):
            file.write(array.data)
        self._rows += len(places)

    def _of(self, decision: Decision) -> int:
        said = tuple(
            (each.instrument, each.rule, each.because, each.unknown)
            for each in (*decision.reasons, *decision.advisories)
        )
        key: Any = (decision.outcome, said, decision.until)
        if len(self._verdicts) >= MOST_VERDICTS and key not in self._place_of:
            key = (decision.outcome,)
        place = self._place_of.get(key)
        if place is None:
            zh, en = decision.wording()
            place = self._place_of[key] = self._add(
                RowVerdict(
                    outcome=decision.outcome.word,
                    wording=Both(zh, en),
                    reasons=tuple(map(reason_shown, decision.reasons)),
                    advisories=tuple(map(reason_shown, decision.advisories)),
                    until=decision.until,
                )
            )
        return place

    def _of_bad(self, cause: str) -> int:
        place = self._place_of.get(cause)
        if place is None:
            words = CAUSES[cause]
            place = self._place_of[cause] = self._add(
                RowVerdict(outcome=BAD, wording=Both(words.zh, words.en), cause=cause)
            )
        return place

    def _add(self, verdict: RowVerdict) -> int:
        self._verdicts.append(verdict)
        return len(self._verdicts) - 1

    def finish(self) -> None:
        """All rows are here."""
        self.close()
        (self._folder / _VERDICTS).write_bytes(msgspec.json.encode(self._verdicts))

    def close(self) -> None:
        """Let go of the files."""
        for file in (*self._files, self._texts):
            file.close()


class Rows:
    """The rows of a judged list, read in place.

    Attributes:
        verdicts: the distinct ones.
        values: by row the mobile number as eleven digits, 0 for anything else.
        places: by row the place of its verdict.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.verdicts: list[RowVerdict] = msgspec.json.decode((folder / _VERDICTS).read_bytes(), type=list[RowVerdict])
        self.values: NDArray[np.int64] = _mapped(folder / _NUMBERS, np.int64)
        self.places: NDArray[np.uint32] = _mapped(folder / _PLACES, np.uint32)
        self._others: NDArray[np.int64] = _mapped(folder / _OTHER_ROWS, np.int64)
        self._ends: NDArray[np.int64] = _mapped(folder / _OTHER_ENDS, np.int64)

    @classmethod
    def of(cls, folder: Path) -> Rows | None:
        """The rows kept in a folder; None when none were."""
        return cls(folder) if (folder / _VERDICTS).is_file() else None

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def counts(self) -> list[int]:
        """By verdict its rows."""
        return np.bincount(self.places, minlength=len(self.verdicts)).tolist()  # type: ignore[no-any-return]

    def chosen(self, verdicts: Sequence[int] | None, ending: int | None = None) -> NDArray[np.int64]:
        """The rows with one of these verdicts and, when asked, a mobile number with these last four digits.

        Args:
            verdicts: their places; None for all.
        """
        picked = np.ones(len(self.places), np.bool_)
        if verdicts is not None:
            wanted = np.zeros(len(self.verdicts), np.bool_)
            wanted[list(verdicts)] = True
            picked = wanted[self.places]
        if ending is not None:
            picked &= (self.values % 10_000 == ending) & (self.values > 0)
        return np.flatnonzero(picked)

    def number(self, row: int) -> str:
        """E.164 or a code as dialled; of a cell that names no number, what may be seen of it."""
        value = int(self.values[row])
        if value:
            return f"+86{value}"
        index = int(np.searchsorted(self._others, row))
        begin = int(self._ends[index - 1]) if index else 0
        with (self._folder / _OTHER_TEXTS).open("rb") as file:
            file.seek(begin)
            return file.read(int(self._ends[index]) - begin).decode("utf-8", "replace")

    def outcomes(self) -> Iterator[tuple[str, int]]:
        """By verdict its outcome and rows."""
        for verdict, rows in zip(self.verdicts, self.counts, strict=True):
            yield verdict.outcome, rows


def _mapped(path: Path, kind: Any) -> NDArray[Any]:
    if path.stat().st_size == 0:
        return np.empty(0, kind)
    return np.memmap(path, kind, mode="r")

"""A column of cells read as numbers (号码列读取): the commonest spellings of a mobile number all at once.

Every cell gets what `anning.numbers.parse` reads in it, only sooner: a property test holds the two equal. What is not
one of these few spellings goes to `parse` itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.numbers import Kind, Parsed, parse
from anning.numbers.plan import ELEVEN_DIGITS
from anning.tables.texts import Texts

KINDS: Final = tuple(Kind)
"""The kinds of number, each at its code."""

FIRST: Final = 13_000_000_000
LAST: Final = 19_999_999_999
"""The mobile numbers: all of eleven digits that begin with 13 to 19."""

_BEHIND_PREFIX: Final = 10_000_000
_INVALID: Final = KINDS.index(Kind.INVALID)
_LONGEST: Final = 64
"""Bytes of a cell that may hold one of the common spellings."""


def _kinds_by_prefix() -> NDArray[np.uint8]:
    kinds = np.full(2_000, _INVALID, dtype=np.uint8)
    for prefix, kind in ELEVEN_DIGITS.items():
        kinds[int(prefix)] = KINDS.index(kind)
    return kinds


KIND_OF_PREFIX: Final = _kinds_by_prefix()
"""By the first four digits of a mobile number the code of its kind; at 0 that of no number."""


class Numbers:
    """What stands in a column.

    Attributes:
        values: by row the mobile number as eleven digits, 13000000000 to 19999999999; 0 where the cell holds anything
            else.
        kinds: by row the place of the number's kind in `KINDS`.
        rows: the rows that no common spelling explains, in order; all rows whose value is 0 are among them.
        places: for each of these the place in `readings` of what was read in it.
        readings: what was read, each distinct cell once.
    """

    def __init__(
        self,
        values: NDArray[np.int64],
        kinds: NDArray[np.uint8],
        rows: NDArray[np.int64],
        places: NDArray[np.int32],
        readings: list[Parsed],
    ) -> None:
        self.values = values
        self.kinds = kinds
        self.rows = rows
        self.places = places
        self.readings = readings

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def parsed(self) -> dict[int, Parsed]:
        """What was read in the rows that no common spelling explains."""
        return dict(zip(self.rows.tolist(), (self.readings[place] for place in self.places.tolist()), strict=True))

    @cached_property
    def numbers(self) -> list[str]:
        """E.164 or a code as it is dialled; empty where there is none."""
        numbers: list[str] = ("+86" + pl.Series(self.values).cast(pl.String)).to_list()
        for row, parsed in self.parsed.items():
            numbers[row] = parsed.number
        return numbers

    def number(self, row: int) -> str:
        """The number of one row, as `numbers` has it."""
        value = int(self.values[row])
        return f"+86{value}" if value else self.parsed[row].number

    def without(self, row: int, cause: str) -> Numbers:
        """The same, but nothing is to be read in one row."""
        self.values[row], self.kinds[row] = 0, _INVALID
        others = self.rows != row
        return Numbers(
            self.values,
            self.kinds,
            np.append(self.rows[others], row),
            np.append(self.places[others], np.int32(len(self.readings))),
            [*self.readings, Parsed("", "", Kind.INVALID, cause)],
        )


def _mobile(number: str) -> int:
    if len(number) != 14 or not number.startswith("+86"):
        return 0
    value = int(number[3:])
    return value if FIRST <= value <= LAST else 0


@lru_cache(maxsize=1 << 12)
def _read(cell: str) -> Parsed:
    return parse(cell)


Cells = Callable[[NDArray[np.int64]], Texts]
"""The texts of the cells in the rows asked for."""


def complete(values: NDArray[np.int64], kinds: NDArray[np.uint8], cells: Cells) -> Numbers:
    """The numbers of a column, once the rows with the value 0 are read by `parse` too."""
    rows = np.flatnonzero(values == 0)
    if not len(rows):
        return Numbers(values, kinds, rows, np.empty(0, dtype=np.int32), [])
    written = cells(rows)
    readings = list(map(_read, written.distinct))
    values[rows] = np.array([_mobile(each.number) for each in readings], dtype=np.int64)[written.places]
    kinds[rows] = np.array([KINDS.index(each.kind) for each in readings], dtype=np.uint8)[written.places]
    return Numbers(values, kinds, rows, written.places, readings)


def read_numbers(cells: pl.Series) -> Numbers:
    """Every cell as a number; `cells` are texts, none of them null."""
    from anning.tables.kernels.digits import read_mobiles
    from anning.tables.kernels.records import NONE

    cell = pl.col("cell")
    short = (
        cells.alias("cell")
        .to_frame()
        .select(pl.when(cell.str.len_bytes() <= _LONGEST).then(cell).otherwise(pl.lit("")))
    )
    places = np.zeros(len(cells) + 1, dtype=np.int32)
    np.cumsum(short.select(cell.str.len_bytes()).to_series().to_numpy(), out=places[1:])
    text = buffer_of(short.select(cell.str.join("")).item().encode())
    values, kinds = np.empty(len(cells), dtype=np.int64), np.empty(len(cells), dtype=np.uint8)
    read_mobiles(text, places[:-1], places[1:], NONE, False, KIND_OF_PREFIX, values, kinds)
    return complete(values, kinds, lambda rows: Texts.of(cells.gather(rows).to_list()))


def kept_as_numbers(column: pl.Series, cells: Cells) -> Numbers:
    """A column of numbers as telephone numbers: what is no mobile number is read by its text."""
    given = column.to_frame("n").select(pl.when(pl.col("n").is_between(FIRST, LAST)).then("n").otherwise(0)).to_series()
    values = given.cast(pl.Int64).to_numpy().copy()
    values[(given != values).to_numpy()] = 0
    return complete(values, KIND_OF_PREFIX[values // _BEHIND_PREFIX], cells)


def buffer_of(*data: bytes | NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bytes behind one another with room behind them, as the compiled loops want them."""
    from anning.tables.kernels.bits import SLACK

    buffer = np.empty(sum(map(len, data)) + SLACK, dtype=np.uint8)
    end = 0
    for each in data:
        buffer[end : end + len(each)] = np.frombuffer(each, dtype=np.uint8)
        end += len(each)
    buffer[end:] = 0
    return buffer

"""A column of cells read as numbers (号码列读取): the commonest spellings of a mobile number all at once.

Every cell gets what `anning.numbers.parse` reads in it, only sooner: a property test holds the two equal. What is not
one of these few spellings goes to `parse` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.numbers import Kind, Parsed, parse
from anning.numbers.plan import ELEVEN_DIGITS

KINDS: Final = tuple(Kind)
"""The kinds of number, each at its code."""

_WIDE: Final = dict(zip("０１２３４５６７８９", "0123456789", strict=True))
_SPELLINGS: Final = (
    r"^[ \u3000]*(?:\+86|0086|86)?(1[3-9][0-9]{9})(?:\.0)?[ \u3000]*$",
    r"^(1[3-9][0-9])-([0-9]{4})-([0-9]{4})$",
    r"^(1[3-9][0-9]) ([0-9]{4}) ([0-9]{4})$",
)
_FIRST, _LAST = 13_000_000_000, 19_999_999_999
_BEHIND_PREFIX: Final = 10_000_000
_OTHER: Final = 255


def _kinds_by_prefix() -> NDArray[np.uint8]:
    kinds = np.full(10_000, _OTHER, dtype=np.uint8)
    for prefix, kind in ELEVEN_DIGITS.items():
        kinds[int(prefix)] = KINDS.index(kind)
    return kinds


_KIND_OF_PREFIX: Final = _kinds_by_prefix()


class Numbers(msgspec.Struct, frozen=True):
    """What stands in a column.

    Attributes:
        values: the mobile number as eleven digits, 13000000000 to 19999999999; 0 where the cell holds anything else.
        numbers: E.164 or a code as it is dialled; empty where there is none.
        kinds: by row the place of the number's kind in `KINDS`.
        parsed: by row what was read, of the rows that no common spelling explains; all rows without a number are here.
    """

    values: NDArray[np.int64]
    numbers: list[str]
    kinds: NDArray[np.uint8]
    parsed: Mapping[int, Parsed]


def read_numbers(cells: pl.Series) -> Numbers:
    """Every cell as a number; `cells` are texts, none of them null."""
    digits = _eleven_digits(cells)
    kinds = _KIND_OF_PREFIX[digits // _BEHIND_PREFIX]
    kinds_of_common = kinds.copy()
    numbers: list[str] = ("+86" + pl.Series(digits).cast(pl.String)).to_list()
    rest = np.flatnonzero(kinds == _OTHER)
    parsed: dict[int, Parsed] = {}
    known: dict[str, Parsed] = {}
    for place, cell in zip(rest.tolist(), cells.gather(rest).to_list(), strict=True):
        read = known.get(cell)
        if read is None:
            read = known[cell] = parse(cell)
        parsed[place] = read
        numbers[place] = read.number
        kinds[place] = KINDS.index(read.kind)
    return Numbers(np.where(kinds_of_common == _OTHER, 0, digits), numbers, kinds, parsed)


def _eleven_digits(cells: pl.Series) -> NDArray[np.int64]:
    """The eleven digits of each cell in which a common spelling shows them, 0 for the others."""
    written = cells.alias("cell")
    found = _whole(written.to_frame().select(pl.when(pl.col("cell").str.len_bytes() == 11).then("cell")).to_series())
    rest = np.flatnonzero(found == 0)
    if len(rest):
        found[rest] = _spelled(written.gather(rest))
    return found


def _spelled(cells: pl.Series) -> NDArray[np.int64]:
    whole, *parted = _SPELLINGS
    cell = pl.col("cell").str.replace_many(_WIDE)
    digits = pl.coalesce(
        cell.str.extract(whole, 1),
        *(pl.concat_str([cell.str.extract(spelling, group) for group in (1, 2, 3)]) for spelling in parted),
    )
    return _whole(cells.to_frame().select(digits).to_series())


def _whole(digits: pl.Series) -> NDArray[np.int64]:
    numbers = digits.cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    return np.where((numbers >= _FIRST) & (numbers <= _LAST), numbers, 0)

"""The commonest spellings of a mobile number, put right a column at a time (常见写法归一).

Every cell gets the number that `anning.numbers.parse` reads in it, only sooner: a property test holds the two equal.
What is not one of these few spellings is left as it is, for `parse` to read.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from anning.tables import Block

_SPELLINGS: Final = (
    r"^[ \u3000]*(?:\+86|0086|86)?(1[3-9]\d{9})(?:\.0)?[ \u3000]*$",
    r"^(1[3-9]\d)-(\d{4})-(\d{4})$",
    r"^(1[3-9]\d) (\d{4}) (\d{4})$",
)


def plain_cells(block: Block, column: int) -> list[str]:
    """The cells of a column, those that hold a mobile number in a common spelling as its eleven digits."""
    cells = pl.Series("cell", block.texts(column), dtype=pl.String)
    whole, dashed, spaced = _SPELLINGS
    told = pl.coalesce(
        pl.col("cell").str.extract(whole, 1),
        *(
            pl.concat_str([pl.col("cell").str.extract(spelling, group) for group in (1, 2, 3)])
            for spelling in (dashed, spaced)
        ),
        pl.col("cell"),
    )
    return cells.to_frame().select(told).to_series().to_list()

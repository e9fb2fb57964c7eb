"""A list that is being written, and what is put to its rows (名单写出)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.tables.block import Block

Ending = tuple[str, ...]
"""The cells behind a row's own."""


class Added(msgspec.Struct, frozen=True):
    """Which rows of a block are written, and what is put to each (附加列).

    Attributes:
        endings: the distinct endings, each at its code; more may be added behind them while they are written.
        codes: by row of the block the code of its ending.
        rows: the rows written, in order.
        figures: for each of these the whole numbers in the columns before its own.
    """

    endings: Sequence[Ending]
    codes: NDArray[np.uint32]
    rows: NDArray[np.int32]
    figures: NDArray[np.int64]

    def put_to(self, block: Block) -> Block:
        """The rows with their columns on either side."""
        chosen = block if len(self.rows) == block.height else block.rows(self.rows)
        codes = self.codes[self.rows]
        before = [pl.Series(column, dtype=pl.Int64) for column in self.figures.T]
        after = [pl.Series(column, dtype=pl.String).gather(codes) for column in zip(*self.endings, strict=True)]
        return chosen.between(before, after)


class TableWriter(ABC):
    """A list that is being written; close it with `finish`, or `abandon` it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def write(self, block: Block) -> None:
        """Append rows."""

    def append(self, block: Block, added: Added) -> None:
        """Append rows of a block with what is put to them."""
        self.write(added.put_to(block))

    @abstractmethod
    def finish(self) -> None:
        """All rows are written: complete the file."""

    @abstractmethod
    def abandon(self) -> None:
        """Let go of the file without completing it."""

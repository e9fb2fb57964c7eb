"""A column of texts, each distinct one once (正文列)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray


class Texts(Sequence[str]):
    """The texts of a block's rows, in order.

    Attributes:
        distinct: the texts that occur, in the order of their first rows; hardly any twice.
        places: by row the place of its text among them.
    """

    def __init__(self, distinct: Sequence[str], places: NDArray[np.int32]) -> None:
        self.distinct = distinct
        self.places = places

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """Texts one by one."""
        known: dict[str, int] = {}
        places = [known.setdefault(text, len(known)) for text in texts]
        return cls(list(known), np.array(places, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Texts: ...
    def __getitem__(self, row: int | slice) -> str | Texts:
        if isinstance(row, slice):
            return Texts(self.distinct, self.places[row])
        return self.distinct[int(self.places[row])]

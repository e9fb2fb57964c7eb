"""The mobile numbers of one sender and channel, laid out to be found among millions at once (号码查找表).

Buckets of eight slots of 32 bits: the number of the bucket tells the rest of a mobile number's 33, so that a look-up is
one place in memory. Two to four numbers lie in a bucket on average; the one in thousands that finds no room is spilt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.gate.counts.runs import Run

_IN_BUCKET: Final = 4
_SLOTS: Final = 8
_FEWEST_BITS: Final = 2
_MOST_BITS: Final = 30


class Sought:
    """What the runs of one moment have of one prefix."""

    def __init__(self, runs: Sequence[Run], prefix: int) -> None:
        self.runs, self.prefix = runs, prefix
        numbers = [found for run in runs if len(found := run.mobiles(prefix))]
        self._empty = not numbers
        if self._empty:
            return
        from anning.gate.counts.kernels import put

        most = sum(map(len, numbers))
        self._bits = min(max((most // _IN_BUCKET).bit_length(), _FEWEST_BITS), _MOST_BITS)
        self._slots = np.full(_SLOTS << self._bits, 0xFFFF_FFFF, dtype=np.uint32)
        spilt = np.empty(most, dtype=np.int64)
        parts = []
        for found in numbers:
            parts.append(spilt[: put(found, self._bits, self._slots, spilt)].copy())
        self._spilt = np.sort(np.concatenate(parts))

    def mark(self, values: NDArray[np.int64], found: NDArray[np.bool_]) -> None:
        """Mark the rows whose mobile number has a contact."""
        if not self._empty:
            from anning.gate.counts.kernels import mark

            mark(self._slots, self._bits, self._spilt, values, found)

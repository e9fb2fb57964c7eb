"""Numbers as they stand in a JSON array of texts, read without making a text of each (JSON 数组中的号码)."""

from __future__ import annotations

from typing import Final

import numpy as np

from anning.tables.numbers import KIND_OF_PREFIX, Numbers, buffer_of, complete
from anning.tables.texts import Texts

_QUOTE: Final = ord('"')
_FARTHEST: Final = 3
"""From one text's quote to the next one's, with a comma and at most one blank between: room for nothing else."""


def quoted_numbers(array: bytes) -> Numbers | None:
    """Every text of a JSON array as a number, equal to `read_numbers` of the texts.

    Args:
        array: known to be valid JSON, UTF-8.

    Returns:
        None when the array is written otherwise than most are: with escapes, more blanks, or anything but texts in it.
    """
    from anning.tables.kernels.digits import read_mobiles
    from anning.tables.kernels.records import NONE

    if b"\\" in array:
        return None
    buffer = buffer_of(array)
    quotes = np.flatnonzero(buffer[: len(array)] == _QUOTE)
    if not len(quotes) or len(quotes) % 2 or quotes[0] > _FARTHEST - 1 or quotes[-1] < len(array) - _FARTHEST:
        return None
    starts, ends = (quotes[::2] + 1).astype(np.int32), quotes[1::2].astype(np.int32)
    if len(starts) > 1 and int((starts[1:] - 1 - ends[:-1]).max()) > _FARTHEST:
        return None
    values, kinds = np.empty(len(starts), dtype=np.int64), np.empty(len(starts), dtype=np.uint8)
    read_mobiles(buffer, starts, ends, NONE, False, KIND_OF_PREFIX, values, kinds)
    return complete(
        values, kinds, lambda rows: Texts.of([array[starts[row] : ends[row]].decode() for row in rows.tolist()])
    )

"""All arrays of one index, and the header by which those who read along learn that one was replaced (数组与头部)."""

from __future__ import annotations

from typing import Final

import msgspec
from numpy.typing import DTypeLike

from anning.gate.index.memory import Array, Memory

(
    GENERATION,
    POSITION,
    HORIZON,
    LEDGER_END,
    SPARSE,
    CHANGES,
    PAGES_END,
    OVERLAY,
    ESCAPES,
    HEARTBEAT,
    KEEPER,
    GENERAL_HORIZON,
    GENERAL_FLOOR,
) = range(13)
"""Places in the header: how often an array was replaced; the journal position; the latest moment of a statement in
microseconds; bytes of the ledger; numbers outside the mobile range; changes of pairs so far; bytes of pages in use;
keys in the overlay and in the escape map; until when the keeper has heard everything, by the machine's
monotonic clock in nanoseconds; which keeper's numbers these are; the latest and the earliest moment of a general
statement."""

HEADER: Final = "header"
_PLACES: Final = 64


class Layout(msgspec.Struct, frozen=True):
    """What another process must know to read along: by name the type and length of each array, and of
    which journal it all is."""

    generation: int
    shapes: dict[str, tuple[str, int]]
    log_id: str = ""


class Arrays:
    """Arrays by name. Only the keeper makes or writes any; `header` is written last.

    Attributes:
        memory: None in a process that reads along.
    """

    def __init__(self, memory: Memory) -> None:
        self.memory: Memory | None = memory
        self._arrays: dict[str, Array] = {HEADER: memory.array(HEADER, "int64", _PLACES)}
        self.header = self._arrays[HEADER]

    @classmethod
    def reading(cls, arrays: dict[str, Array]) -> Arrays:
        """The arrays of another process."""
        self = cls.__new__(cls)
        self.memory = None
        self._arrays = arrays
        self.header = arrays[HEADER]
        return self

    def at_once(self) -> Arrays:
        """The arrays that stand for their names now, whatever replaces them later; the header goes on changing."""
        return Arrays.reading(dict(self._arrays))

    def take_over(self, other: Arrays) -> None:
        """Be what another is: those who hold on to this read its arrays from now on."""
        self._arrays, self.header = other._arrays, other.header

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def new(self, name: str, dtype: DTypeLike, length: int) -> Array:
        """A new array of zeros in the place of the one of that name, not yet seen by anybody else."""
        if self.memory is None:
            raise TypeError("arrays of another process are read only")
        return self.memory.array(name, dtype, length)

    def replace(self, **arrays: Array) -> None:
        """Let these stand for the ones of their names from now on."""
        self._arrays.update(arrays)
        self.header[GENERATION] += 1

    def layout(self) -> Layout:
        """For those who read along."""
        shapes = {name: (array.dtype.str, len(array)) for name, array in self._arrays.items()}
        return Layout(int(self.header[GENERATION]), shapes)

    def names(self) -> tuple[str, ...]:
        """The names of all arrays."""
        return tuple(self._arrays)

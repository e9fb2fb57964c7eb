"""Contacts that do not change any more, sorted: twelve bytes each, in pages that processes can share (有序段)."""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.gate.counts.keys import FIRST_MOBILE, KIND_BITS, LAST_MOBILE, NUMBER_BITS, NUMBER_MASK

BYTES: Final = 12
"""Of one contact: eight of its key, four of its second."""


class Run:
    """Contacts in the order of key and second.

    Attributes:
        keys: sender, channel, number and kind.
        seconds: since 1970.
        file: the descriptor of the pages they lie in; -1 when they are nobody's to share.
        laid_for: how many contacts the pages are laid out for, all keys before all seconds.
    """

    __slots__ = ("file", "keys", "laid_for", "seconds")

    def __init__(
        self, keys: NDArray[np.int64], seconds: NDArray[np.uint32], file: int = -1, laid_for: int | None = None
    ) -> None:
        self.keys = keys
        self.seconds = seconds
        self.file = file
        self.laid_for = len(keys) if laid_for is None else laid_for

    def __len__(self) -> int:
        return len(self.keys)

    def __del__(self) -> None:
        if self.file >= 0:
            os.close(self.file)

    def columns(self) -> tuple[memoryview, memoryview]:
        """Keys and seconds as bytes."""
        return memoryview(self.keys.view(np.uint8)), memoryview(self.seconds.view(np.uint8))  # type: ignore[arg-type]

    def stamps(self, cell: int) -> list[int]:
        """What lies in a cell, in no order."""
        keys, stamps = self.keys, list[int]()
        first = cell << KIND_BITS
        place = int(keys.searchsorted(first))
        while place < len(keys) and (key := keys.item(place)) >> KIND_BITS == cell:
            stamps.append(self.seconds.item(place) << KIND_BITS | key - first)
            place += 1
        return stamps

    def mobiles(self, prefix: int) -> NDArray[np.int64]:
        """The mobile numbers in cells of that prefix, in order, as often as they have contacts."""
        shifted = prefix << KIND_BITS
        low = self.keys.searchsorted(shifted | FIRST_MOBILE << KIND_BITS)
        high = self.keys.searchsorted(shifted | (LAST_MOBILE + 1) << KIND_BITS)
        return (self.keys[low:high] - shifted) >> KIND_BITS

    def others(self) -> NDArray[np.int64]:
        """The places of the numbers that are no mobile numbers."""
        numbers = np.unique(self.keys >> KIND_BITS & NUMBER_MASK)
        return numbers[numbers < FIRST_MOBILE]

    def senders(self) -> NDArray[np.int64]:
        """The senders, each once, and their channels left out."""
        return np.unique(self.keys >> KIND_BITS + NUMBER_BITS + 2)


def frozen(cells: Iterable[tuple[int, Iterable[int]]]) -> Run:
    """A run of what lies in cells."""
    contacts = [(cell, stamp) for cell, stamps in cells for stamp in stamps]
    columns = np.array(contacts, dtype=np.int64).reshape(-1, 2)
    cell, stamp = columns[:, 0], columns[:, 1]
    return sorted_run(cell << KIND_BITS | stamp & 3, (stamp >> KIND_BITS).astype(np.uint32))


def sorted_run(keys: NDArray[np.int64], seconds: NDArray[np.uint32]) -> Run:
    """A run of contacts in any order."""
    order = np.lexsort((seconds, keys))
    into_keys, into_seconds, file = room(len(order))
    np.take(keys, order, out=into_keys)
    np.take(seconds, order, out=into_seconds)
    return Run(into_keys, into_seconds, file)


def merged(runs: Iterable[Run], first: int) -> Run:
    """Several runs as one, without contacts before `first` (a second) and beyond the latest 256 of a key."""
    from anning.gate.counts.kernels import merge

    whole = Run(*room(0))
    for run in sorted(runs, key=len):
        keys, seconds, file = room(len(whole) + len(run))
        left = merge(run.keys, run.seconds, whole.keys, whole.seconds, first, keys, seconds)
        whole = Run(keys[:left], seconds[:left], file, len(keys))
    return whole


def without(run: Run, released: dict[int, tuple[int, ...]]) -> tuple[Run, dict[int, tuple[int, ...]]]:
    """A run without contacts that were taken back, and those of them that were not in it."""
    gone: list[int] = []
    left: dict[int, tuple[int, ...]] = {}
    for cell, stamps in released.items():
        missing = []
        for stamp in stamps:
            place = _place(run, cell, stamp, gone)
            if place is None:
                missing.append(stamp)
            else:
                gone.append(place)
        if missing:
            left[cell] = tuple(missing)
    if not gone:
        return run, left
    keys, seconds, file = room(len(run) - len(gone))
    keys[:], seconds[:] = np.delete(run.keys, gone), np.delete(run.seconds, gone)
    return Run(keys, seconds, file), left


def _place(run: Run, cell: int, stamp: int, taken: list[int]) -> int | None:
    key = cell << KIND_BITS | stamp & 3
    place = int(run.keys.searchsorted(key))
    while place < len(run) and run.keys[place] == key:
        if int(run.seconds[place]) == stamp >> KIND_BITS and place not in taken:
            return place
        place += 1
    return None


def room(contacts: int) -> tuple[NDArray[np.int64], NDArray[np.uint32], int]:
    """Arrays for so many contacts in pages of their own, and the descriptor of the pages."""
    file = _file()
    os.ftruncate(file, max(contacts * BYTES, 1))
    return *_laid_out(mmap.mmap(file, max(contacts * BYTES, 1)), contacts), file


def mapped(file: int, contacts: int, laid_for: int) -> Run:
    """A run in pages that another process made; they cannot be written through it."""
    pages = mmap.mmap(file, max(laid_for * BYTES, 1), prot=mmap.PROT_READ)
    keys, seconds = _laid_out(pages, laid_for)
    return Run(keys[:contacts], seconds[:contacts], file, laid_for)


def _laid_out(pages: mmap.mmap, contacts: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    keys = np.frombuffer(pages, dtype=np.int64, count=contacts)
    return keys, np.frombuffer(pages, dtype=np.uint32, count=contacts, offset=contacts * 8)


def _file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("anning-counts")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def pages_of(data: bytes) -> int:
    """A descriptor of pages that hold these bytes."""
    file = _file()
    with open(os.dup(file), "wb") as written:  # noqa: PTH123 - a descriptor has no path
        written.write(data)
    return file

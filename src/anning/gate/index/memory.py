"""Where the arrays of an index lie (内存): one address space each, reserved whole and taken page by page when written.

Private memory for one process; `memfd` for several on one machine (Linux), handed from process to process as open
files. Both ask for huge pages: a random look-up into gigabytes spends its time in the page table otherwise
(docs/bench).
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array: TypeAlias = NDArray[Any]

_NO_RESERVE: Final = getattr(mmap, "MAP_NORESERVE", 0x4000)
"""Linux's value; Python names it from 3.13 on."""

_HUGE_FROM: Final = 2 << 20
"""Smaller arrays would waste most of a huge page."""


class Memory:
    """Arrays by name. What is not written yet costs address space only and reads as zero.

    Attributes:
        files: by name the open file of each array, when the memory is shared.
    """

    def __init__(self, *, shared: bool = False) -> None:
        self.shared = shared
        self.files: dict[str, int] = {}

    def array(self, name: str, dtype: DTypeLike, length: int) -> Array:
        """A new array of zeros; one of the same name is let go, and lives on with those who still use it."""
        kind = np.dtype(dtype)
        size = max(kind.itemsize * length, mmap.PAGESIZE)
        if self.shared:
            self._let_go(name)
            file = os.memfd_create(f"anning-{name}", os.MFD_CLOEXEC)
            os.ftruncate(file, size)
            self.files[name] = file
            mapped = mmap.mmap(file, size, flags=mmap.MAP_SHARED)
        else:
            mapped = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE)
        return _seen(mapped, kind, length)

    def close(self) -> None:
        """Let the files go; arrays in use stay readable."""
        for name in list(self.files):
            self._let_go(name)

    def _let_go(self, name: str) -> None:
        file = self.files.pop(name, None)
        if file is not None:
            os.close(file)


def attached(files: Mapping[str, int], shapes: Mapping[str, tuple[str, int]]) -> dict[str, Array]:
    """The arrays that another process shares, to be read only.

    Args:
        files: by name an open file; it may be closed afterwards.
        shapes: by name the type and the length of the array.
    """
    arrays = {}
    for name, (dtype, length) in shapes.items():
        kind = np.dtype(dtype)
        mapped = mmap.mmap(files[name], max(kind.itemsize * length, mmap.PAGESIZE), prot=mmap.PROT_READ)
        arrays[name] = _seen(mapped, kind, length)
    return arrays


def _seen(mapped: mmap.mmap, kind: np.dtype[Any], length: int) -> Array:
    if len(mapped) >= _HUGE_FROM:
        mapped.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(mapped, dtype=kind, count=length)

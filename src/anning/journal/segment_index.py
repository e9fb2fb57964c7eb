"""The index beside a sorted segment (导入段索引): where a value stands, found without reading the segment.

Beside ``NAME.parquet`` lies ``NAME.parquet.index``: the low 32 bits of the sorted column, row by row, then for each
value of the high bits where its rows begin, then the number of those, of the rows, and the SHA-256 of the segment.
Mapped into memory a look-up is a binary search. It is derived: lost or left over from another file it is made again
from the segment, and no backup needs it.
"""

from __future__ import annotations

import secrets
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.journal.folders import flush

SUFFIX: Final = ".index"

_MAGIC: Final = b"ANNIDX01"
_FOOTER: Final = struct.Struct("<qq32s8s")
_LOW: Final = np.int64(0xFFFFFFFF)


def index_of(path: Path) -> Path:
    """Where the index of a segment lies."""
    return path.with_name(path.name + SUFFIX)


class IndexWriter:
    """Writes the index of a segment as its rows pass in order."""

    def __init__(self, segment: Path, column: str) -> None:
        self._final = index_of(segment)
        self._part = self._final.with_name(f"{self._final.name}.{secrets.token_hex(4)}.part")
        self._column = column
        self._file = self._part.open("wb")
        self._highs: list[tuple[int, int]] = []
        self._rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """The next rows, none less than those before."""
        values = frame[self._column].to_numpy()
        highs = values >> 32
        for place in np.flatnonzero(np.diff(highs, prepend=highs[:1] - 1 if len(highs) else highs)).tolist():
            high = int(highs[place])
            if not self._highs or self._highs[-1][0] != high:
                self._highs.append((high, self._rows + place))
        self._file.write((values & _LOW).astype("<u4").tobytes())
        self._rows += len(values)

    def finish(self, sha256: str) -> None:
        """Have it on disk under its name, for the segment with this SHA-256."""
        with self._file as file:
            file.write(bytes(-4 * self._rows % 8))
            file.write(np.array(self._highs, dtype="<i8").tobytes())
            file.write(_FOOTER.pack(len(self._highs), self._rows, bytes.fromhex(sha256), _MAGIC))
        flush(self._part)
        self._part.rename(self._final)

    def abandon(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._part.unlink(missing_ok=True)


class Index:
    """The sorted values of a segment, mapped.

    Attributes:
        rows: how many there are.
    """

    def __init__(self, lows: NDArray[np.uint32], highs: NDArray[np.int64], rows: int) -> None:
        self._lows = lows
        self.rows = rows
        ends = [*highs[1:, 1].tolist(), rows] if len(highs) else []
        self._highs = {high: (start, end) for (high, start), end in zip(highs.tolist(), ends, strict=True)}

    def values(self, first: int, after: int) -> NDArray[np.int64]:
        """The values of the rows from the first to before the last."""
        found = np.empty(after - first, dtype=np.int64)
        for high, (start, end) in self._highs.items():
            begin, stop = max(first, start), min(after, end)
            if begin < stop:
                found[begin - first : stop - first] = (np.int64(high) << 32) | self._lows[begin:stop].astype(np.int64)
        return found

    def find(self, values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each value the first row that has it and the one after the last, equal when none has."""
        first = np.zeros(len(values), dtype=np.int64)
        after = np.zeros(len(values), dtype=np.int64)
        highs = values >> 32
        for high in np.unique(highs).tolist():
            if high in self._highs:
                start, end = self._highs[high]
                chosen = highs == high
                wanted = (values[chosen] & _LOW).astype(np.uint32)
                within = self._lows[start:end]
                first[chosen] = start + np.searchsorted(within, wanted, side="left")
                after[chosen] = start + np.searchsorted(within, wanted, side="right")
        return first, after


def open_index(segment: Path, sha256: str, column: str, live: int | None = None) -> Index:
    """The index of a segment whose SHA-256 is known, made again where it is missing or another file's.

    Args:
        live: how many rows stand, when some were erased.
    """
    path = index_of(segment)
    found = _mapped(path, sha256)
    if found is None:
        _make_again(segment, sha256, column, live)
        found = _mapped(path, sha256)
    return found if found is not None else _in_memory(segment, column, live)


def _mapped(path: Path, sha256: str) -> Index | None:
    with suppress(OSError, ValueError, struct.error):
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(size - _FOOTER.size)
            count, rows, of, magic = _FOOTER.unpack(file.read(_FOOTER.size))
        if magic != _MAGIC or of != bytes.fromhex(sha256):
            return None
        padded = (4 * rows + 7) // 8 * 8
        if size != padded + 16 * count + _FOOTER.size:
            return None
        lows: Any = np.memmap(path, dtype="<u4", mode="r", shape=(rows,)) if rows else np.empty(0, np.uint32)
        highs = np.fromfile(path, dtype="<i8", count=2 * count, offset=padded).reshape(count, 2)
        return Index(lows, highs, rows)
    return None


def _make_again(segment: Path, sha256: str, column: str, live: int | None) -> None:
    with suppress(OSError):
        writer = IndexWriter(segment, column)
        try:
            for frame in _column_of(segment, column, live):
                writer.add(frame)
            writer.finish(sha256)
        except BaseException:
            writer.abandon()
            raise


def _in_memory(segment: Path, column: str, live: int | None) -> Index:
    """Where the folder is not ours to write."""
    values = pl.concat(_column_of(segment, column, live))[column].to_numpy()
    highs, starts = np.unique(values >> 32, return_index=True)
    return Index((values & _LOW).astype(np.uint32), np.column_stack((highs, starts)), len(values))


def _column_of(segment: Path, column: str, live: int | None) -> Any:
    scan = pl.scan_parquet(segment).select(column)
    scan = scan if live is None else scan.head(live)
    return scan.collect_batches(chunk_size=262_144, maintain_order=True)

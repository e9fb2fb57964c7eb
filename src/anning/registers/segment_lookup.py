"""What imports say of some numbers, found in their files (在导入段中查号): an index beside each says where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.journal import Connection
from anning.journal.envelope import LARGEST_EXACT_INTEGER
from anning.journal.segment_files import ROW, file_of, rows_at, torn
from anning.journal.segment_index import Index, open_index
from anning.journal.store import excerpts_after
from anning.registers.events import ConsentWithdrawn
from anning.registers.queries import QUERIES
from anning.registers.segment_rows import NUMBER, Imported, Stated, imported, statements_of_rows

KEPT: Final = 4096
"""How many segments a process keeps mapped."""


class _Opened(NamedTuple):
    """A segment and its index; no index when its rows are in the tables."""

    event: Imported
    numbers: Index | None


_Name = tuple[Path | None, int, str]

_opened: dict[_Name, _Opened] = {}
_mutex: Final = Lock()


def said_in_segments(connection: Connection, numbers: Iterable[str], until: int) -> Iterator[tuple[str, Stated]]:
    """Every row of the imports up to a journal position about these numbers, with its number, in no order.

    Args:
        numbers: E.164.

    Raises:
        TornSegment: a file is missing, or not as long as on record; its content is checked where it is read whole.
    """
    for number, stated, _ in placed_in_segments(connection, numbers, until):
        yield number, stated


def placed_in_segments(connection: Connection, numbers: Iterable[str], until: int) -> Iterator[tuple[str, Stated, int]]:
    """As `said_in_segments`, with the number of the row among those of its segment, from 0."""
    wanted = np.unique(np.array([int(number[1:]) for number in numbers], dtype=np.int64))
    for position, sha256 in QUERIES.rows(connection, "imports_until", until=until):
        event, index = _open(connection, position, sha256)
        if index is None:
            continue
        path = file_of(event, connection.segments)
        places = _between(*index.find(wanted))
        if len(places):
            frame = rows_at(path, event.payload, places, numbered=True)
            if not np.isin(frame[NUMBER].to_numpy(), wanted).all():
                raise torn(event.payload, "索引与文件不符", "its index is of another file")
            for row, one in _with_rows(event, frame):
                yield one.payload.number, one, row  # type: ignore[attr-defined]  # every row of an import has a number


def _with_rows(event: Imported, frame: pl.DataFrame) -> Iterator[tuple[int, Stated]]:
    """The statements of some rows, each with the number of its row; a consent may bring its withdrawal along."""
    rows = iter(frame[ROW].to_list())
    for one in statements_of_rows(event, frame.drop(ROW), {}):
        if not isinstance(one.payload, ConsentWithdrawn):
            row = next(rows)
        yield row, one


def open_segments(connection: Connection) -> Iterator[tuple[Imported, Index]]:
    """Every import whose rows are looked up in its file, with its index."""
    for position, sha256 in QUERIES.rows(connection, "imports_until", until=LARGEST_EXACT_INTEGER):
        event, index = _open(connection, position, sha256)
        if index is not None:
            yield event, index


def _open(connection: Connection, position: int, sha256: str) -> _Opened:
    name = (connection.segments, position, sha256)
    with _mutex:
        known = _opened.get(name)
        if known is not None:
            return known
    event = imported(excerpts_after(connection, position - 1, 1)[0])
    assert event is not None, "the table of imports names events of imports only"
    index = None
    if event.looked_up:
        live = event.payload.get("live")
        index = open_index(file_of(event, connection.segments), sha256, NUMBER, live)
    with _mutex:
        if len(_opened) >= KEPT:
            _opened.clear()
        return _opened.setdefault(name, _Opened(event, index))


def _between(first: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every place from each first to before its after; neither ranges nor places twice."""
    counts = after - first
    starts = np.repeat(first - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
    return starts + np.arange(int(counts.sum()), dtype=np.int64)

"""The journal read as statements: single events and the rows of imports alike, in journal order (历次表示)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from anning.journal import Event
from anning.journal.database import ERASED
from anning.journal.envelope import from_microseconds
from anning.journal.store import Excerpt
from anning.registers.events import KINDS, event_from, event_of
from anning.registers.segment_rows import Imported, Stated, imported, statements_of_segment

__all__ = ["Erasure", "Imported", "Stated", "stated", "told"]


def stated(events: Iterable[Event | Excerpt], segments: Path | None = None) -> Iterator[Stated]:
    """What the registers were told, typed, every row of every import; events of other floors are passed over.

    Args:
        events: of a store, a follower or a `MemoryJournal`; excerpts are read several times as fast.
        segments: the folder of import segments; needed only when there are imports.

    Raises:
        TornSegment: an import's file is not the one its event vouches for.
        JournalError: there are imports, and no folder was named.
        SchemaMismatch: an event says something that this version does not know of.
        msgspec.ValidationError: a payload is not of its kind.
    """
    for one in told(events):
        if isinstance(one, Imported):
            yield from statements_of_segment(one, segments)
        elif isinstance(one, Stated):
            yield one


class Erasure(NamedTuple):
    """At this place some of what was said before was erased (擦除)."""

    position: int


def told(events: Iterable[Event | Excerpt]) -> Iterator[Stated | Imported | Erasure]:
    """As `stated`, imports left whole at their places, for whoever reads them by columns, and erasures told."""
    for event in events:
        if event.erased:
            continue
        if event.kind == ERASED:
            yield Erasure(event.position)
        elif event.kind not in KINDS:
            whole = imported(event)
            if whole is not None:
                yield whole
        elif isinstance(event, Excerpt):
            yield Stated(event.position, from_microseconds(event.at), event_from(event.kind, event.payload))
        else:
            yield Stated(event.position, event.at, event_of(event.kind, event.payload))

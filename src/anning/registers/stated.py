"""The journal read as statements: single events and the rows of imports alike, in journal order (历次表示)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from anning.journal import Event
from anning.registers.events import KINDS, event_of
from anning.registers.segment_rows import Stated, is_import, statements_of_segment

__all__ = ["Stated", "stated"]


def stated(events: Iterable[Event], segments: Path | None = None) -> Iterator[Stated]:
    """What the registers were told, typed; events of other floors are passed over.

    Args:
        events: of a store or of a `MemoryJournal`.
        segments: the folder of import segments; needed only when there are imports.

    Raises:
        TornSegment: an import's file is not the one its event vouches for.
        JournalError: there are imports, and no folder was named.
        SchemaMismatch: an event says something that this version does not know of.
        msgspec.ValidationError: a payload is not of its kind.
    """
    for event in events:
        if event.kind in KINDS:
            yield Stated(event.position, event.at, event_of(event.kind, event.payload))
        elif is_import(event):
            yield from statements_of_segment(event, segments)

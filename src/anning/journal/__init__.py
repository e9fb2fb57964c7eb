"""The journal (事件日志): one writer, gap-free positions, views, segments, a change feed. It knows nothing of law.

``Store`` is the system of record (SQLite or PostgreSQL), ``Writer`` the one that writes it, ``Follower`` whoever hears
of it elsewhere, ``MemoryJournal`` the same without a database.
"""

from anning.journal.command import Ack, Command
from anning.journal.database import Connection, Statements
from anning.journal.envelope import (
    Clock,
    Entry,
    Event,
    Leaf,
    Payload,
    canonical,
    canonical_payload,
    commitment,
    from_microseconds,
    leaf_hash,
    to_microseconds,
    verify,
)
from anning.journal.follow import Follower
from anning.journal.memory import MemoryJournal
from anning.journal.segment_files import read_segment
from anning.journal.segments import SegmentWriter
from anning.journal.store import Position, Store, View, rebuild
from anning.journal.writer import Writer

__all__ = [
    "Ack",
    "Clock",
    "Command",
    "Connection",
    "Entry",
    "Event",
    "Follower",
    "Leaf",
    "MemoryJournal",
    "Payload",
    "Position",
    "SegmentWriter",
    "Statements",
    "Store",
    "View",
    "Writer",
    "canonical",
    "canonical_payload",
    "commitment",
    "from_microseconds",
    "leaf_hash",
    "read_segment",
    "rebuild",
    "to_microseconds",
    "verify",
]

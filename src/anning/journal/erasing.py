"""What events said is erased, and their leaves stand (擦除): nobody else's receipt changes.

An event of kind ``erased`` names what goes, and in the transaction that writes it payload, key and salt of those
events are emptied, with the commands they came by, whose digests could be guessed. Its payload::

    {"rules": {"withdrawn": 3, ...},                  why, and how many for each reason
     "leaves": [[first, count], ...],                 events, as runs of positions
     "files": [{"position", "rows": [[first, count], ...],      rows of a segment, by their number from 0
                "was", "file", "sha256", "bytes", "live"}]}     and the file that stands in its place

A segment of which nothing is left has an empty ``file`` and is among the leaves itself. The rows that are left have
their leaves as before, see `anning.journal.segment_rewriting`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from anning.errors import AnningError, InvalidCommand
from anning.journal.database import ERASED, Connection
from anning.journal.envelope import Event, Leaf, Payload, verify
from anning.journal.folders import flush
from anning.journal.migrating import STATEMENTS
from anning.journal.segment_files import KEY_NAME, LOG_NAME, TENANT_NAME, metadata_of
from anning.journal.segment_index import index_of
from anning.journal.store import Store
from anning.logs import warn

TABLES: Final = ("events", "commands")
"""The journal's own tables that an erasure empties."""

UNRECORDED: Final = 3600.0
"""Seconds after which a file that nobody recorded is nobody's."""

Runs = list[list[int]]

_log = structlog.get_logger(__name__)


class File(msgspec.Struct, frozen=True):
    """Rows of a segment that go, and the file that stands in its place.

    Attributes:
        position: of the segment's event.
        rows: the numbers of the rows, ascending.
        was: SHA-256 of the file so far.
        file: empty when nothing of it is left.
        live: how many rows are left.
    """

    position: int
    rows: Sequence[int]
    was: str
    file: str
    sha256: str
    bytes: int
    live: int


def payload_of(rules: Mapping[str, int], leaves: Iterable[int], files: Sequence[File]) -> Payload:
    """The payload of an event of kind ``erased``."""
    gone = {file.position for file in files if not file.file}
    return {
        "rules": dict(rules),
        "leaves": runs(sorted({*leaves, *gone})),
        "files": [{**msgspec.structs.asdict(file), "rows": runs(file.rows)} for file in files],
    }


def last_erasure(store: Store) -> int:
    """The place of the last erasure, 0 when there was none."""
    with store.read() as connection:
        return int(STATEMENTS.value(connection, "last_erasure"))


def erasures_after(connection: Connection, after: int) -> list[int]:
    """The places of the erasures after a position."""
    return [position for position, _ in STATEMENTS.rows(connection, "erasures_after", after=after)]


def must_be_known(connection: Connection, leaves: Sequence[int]) -> None:
    """Nothing, when each of these events is there and still says something.

    Raises:
        InvalidCommand: one does not.
    """
    known = STATEMENTS.value(connection, "events_known", positions=_json(leaves))
    if known != len(set(leaves)):
        raise InvalidCommand(
            "有待擦除的事件不存在或已擦除",
            "an event that is to be erased is not there, or was erased before",
            thing=ERASED,
            field="leaves",
            rule="known-event",
        )


def erase(connection: Connection, events: Iterable[Event]) -> None:
    """Empty what these events name, if any is an erasure; inside the transaction that writes them."""
    for event in events:
        if event.kind != ERASED:
            continue
        positions = _json(leaves_of(event.payload))
        STATEMENTS.change(connection, "forget_commands_of", positions=positions)
        STATEMENTS.change(connection, "empty_events", positions=positions, nothing=b"")
        for file in event.payload["files"]:
            if file["file"]:
                kept = {name: file[name] for name in ("position", "file", "bytes", "sha256", "live")}
                STATEMENTS.change(connection, "rewrite_segment", **kept)
            else:
                STATEMENTS.change(connection, "drop_segment", position=file["position"])


def leaves_of(payload: Payload) -> list[int]:
    """The positions that an event of kind ``erased`` names."""
    return list(spread(payload["leaves"]))


def runs(numbers: Iterable[int]) -> Runs:
    """Ascending numbers as runs: where each begins, and how long it is."""
    found = []
    for _, run in groupby(enumerate(numbers), key=lambda each: each[1] - each[0]):
        together = [number for _, number in run]
        found.append([together[0], len(together)])
    return found


def spread(told: Runs) -> Iterator[int]:
    """The numbers of runs."""
    for first, count in told:
        yield from range(first, first + count)


def sweep_files(store: Store) -> int:
    """Remove the files of segments that no event vouches for any more; how many they were.

    What a run that was killed had rewritten and not recorded goes, and so does what a recorded one had replaced. A file
    that an import may yet record stays for an hour. To be called under `importing_alone`.
    """
    folder = store.database.segments
    if folder is None or not folder.is_dir():
        return 0
    with store.read() as connection:
        rows = STATEMENTS.rows(connection, "segment_events")
    stand = {Path(file or _decoded(payload)["file"]).name for *_, payload, file in rows}
    known = {(tenant, key) for tenant, key, *_ in rows}
    swept = 0
    for path in folder.glob("*.parquet"):
        told = metadata_of(path)
        if path.name in stand or told.get(LOG_NAME) != store.log_id:
            continue
        if (told.get(TENANT_NAME), told.get(KEY_NAME)) in known or time.time() - path.stat().st_mtime > UNRECORDED:
            remove_file(path)
            swept += 1
    for part in folder.glob("*.part"):
        part.unlink(missing_ok=True)
    if swept:
        flush(folder)
    return swept


def remove_file(path: Path) -> None:
    """A segment's file and its index are gone."""
    path.unlink(missing_ok=True)
    with suppress(OSError):
        index_of(path).unlink(missing_ok=True)


def purge(store: Store, tables: Sequence[str] = ()) -> bool:
    """Have what was erased gone from the database's files; see `Database.purge`."""
    try:
        return store.database.purge([*TABLES, *tables])
    except AnningError as error:
        warn(_log, "purge-failed", zh=error.zh, en=error.en)
        return False


def unaccounted(store: Store) -> Iterator[tuple[int, Leaf]]:
    """Events that do not stand as they should: changed, or emptied without an erasure that names them."""
    with store.read() as connection:
        recorded = STATEMENTS.rows(connection, "erasures_after", after=0)
    named = {position for _, payload in recorded for position in leaves_of(_decoded(payload))}
    for event in store.events():
        found = verify(event)
        if found is Leaf.WRONG or (found is Leaf.ERASED) != (event.position in named):
            yield event.position, found


def _json(positions: Iterable[int]) -> str:
    return msgspec.json.encode(list(positions)).decode()


def _decoded(payload: str) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(payload)
    return decoded

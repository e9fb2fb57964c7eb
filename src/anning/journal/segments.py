"""Bulk imports as segments of the journal (导入段): millions of rows in one file, one event that vouches for it.

The file is Parquet (zstd), written under a temporary name, flushed, renamed, its folder flushed; only then is the event
of kind ``segment`` written. Its payload::

    {"file", "row_kind", "rows", "sha256", "batch", "roots": [...], "source", "details"}
    {..., "sorted_by", "bytes"}                                    when its rows are in order

``roots`` holds the RFC 9162 tree head of every ``batch`` rows; `anning.journal.segment_files` says how their leaves are
made. A sorted file has an index beside it (`anning.journal.segment_index`) and is looked up as it is: its rows are in
no table.

State is derived, not kept: an import is done when its idempotency key is among the commands. Whatever a killed import
left (a temporary file, or a file no event names yet) is written over or swept away by the next one. One import runs at
a time, under a lock in the folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

import msgspec
import polars as pl
from filelock import FileLock

from anning.errors import AnningError, InvalidInput, JournalError, NotTheWriter, Unavailable
from anning.journal import steps
from anning.journal.command import Ack, Command
from anning.journal.database import SEGMENT, Connection
from anning.journal.envelope import Entry, Event, Payload, canonical_payload
from anning.journal.folders import make_folder
from anning.journal.segment_files import (
    BATCH,
    COLUMN_NAME,
    KEY_NAME,
    LOG_NAME,
    TENANT_NAME,
    File,
    metadata_of,
    write_file,
)
from anning.journal.segment_index import SUFFIX
from anning.journal.store import STATEMENTS, Store

KIND: Final = SEGMENT


class Writing(Protocol):
    """What commits one command; `Writer` does, and what takes the writer only then."""

    def write(self, command: Command, *, key: str, tenant: str, actor: str, at: datetime) -> Ack:
        """Commit it and wait for the acknowledgement."""


class SegmentWriter:
    """Writes imports through a store's one writer, which it needs only for the event at the end."""

    def __init__(self, store: Store, writer: Writing) -> None:
        self._store = store
        self._writer = writer

    def write(
        self,
        frames: Iterable[pl.DataFrame],
        *,
        row_kind: str,
        source: str,
        tenant: str,
        actor: str,
        at: datetime,
        details: Payload | None = None,
        sorted_by: str = "",
    ) -> Event:
        """Write an import; the same one again, finished or killed half-way before, gives the same event.

        Args:
            frames: the rows, batch by batch, all of one schema: integers, text, booleans, named in lower case.
            row_kind: what the rows are, such as ``wish``; a short slug.
            source: the identity of what is imported, as a rule the SHA-256 of the file, in hex.
            tenant, actor, at: as in `Entry`.
            details: what holds for all rows, kept in the event; part of the identity under ``source``.
            sorted_by: the column of integers by which rows are put in order and looked up; where a row stood before is
                in a column `LINE` of its own. Empty for rows as they come.

        Raises:
            Conflict: this source was imported as this kind with other details.
            InvalidInput: the rows cannot be kept as they are.
        """
        command = _Import(row_kind, source, tenant, actor, at, details or {}, sorted_by)
        folder = self._store.segments
        make_folder(folder)
        with importing_alone(folder):
            with self._store.read() as connection:
                known = _already_written(connection, command)
            if not known:
                _sweep_parts(folder)
                origin = {LOG_NAME: self._store.log_id, TENANT_NAME: tenant, KEY_NAME: command.key}
                command.file = write_file(frames, folder, command.file_name, origin, sorted_by)
            ack = self._answer(command, folder)
        steps.reached("segment.after-event")
        return next(self._store.events(ack.first - 1, 1))

    def _answer(self, command: _Import, folder: Path) -> Ack:
        try:
            ack = self._writer.write(
                command, key=command.key, tenant=command.tenant, actor=command.actor, at=command.at
            )
        except (Unavailable, NotTheWriter):
            # Perhaps it was written after all: the file stays until a later import can tell.
            raise
        except Exception:
            self._sweep_orphans(folder)
            raise
        self._sweep_orphans(folder)
        return ack

    def _sweep_orphans(self, folder: Path) -> None:
        """Remove the files of this log that no event names; what another log wrote, or a stranger, stays.

        Only after the writer has answered: whatever was being committed before is decided then, even in a server whose
        client died.
        """
        ours = {path: key for path in folder.glob("*.parquet") if (key := _key_of(path, self._store.log_id))}
        # What cannot be swept now is swept after the next import; the answer to this one stands.
        with suppress(AnningError, OSError):
            with self._store.read() as connection:
                known = _known_among(connection, ours.values())
            for path, key in ours.items():
                if key not in known:
                    path.unlink()
            for index in folder.glob(f"*.parquet{SUFFIX}"):
                if not index.with_name(index.name.removesuffix(SUFFIX)).exists():
                    index.unlink()


def importing_alone(folder: Path) -> FileLock:
    """To be held while files of segments are written or removed."""
    return FileLock(folder / ".importing", thread_local=False)


def _sweep_parts(folder: Path) -> None:
    for leftover in folder.glob("*.part"):
        leftover.unlink()


class _Import:
    """The command that puts a finished file into the journal."""

    def __init__(
        self, row_kind: str, source: str, tenant: str, actor: str, at: datetime, details: Payload, sorted_by: str
    ) -> None:
        if not COLUMN_NAME.fullmatch(row_kind):
            raise InvalidInput(
                f"行类别 {row_kind!r} 须为小写字母、数字、下划线",
                f"the row kind {row_kind!r} must be lower-case letters, digits and underscores",
                field="row_kind",
                rule="slug",
            )
        self.row_kind, self.source, self.tenant, self.actor, self.at = row_kind, source, tenant, actor, at
        self.details = details
        self.sorted_by = sorted_by
        self.key = f"segment:{row_kind}:{source}"
        identity = hashlib.sha256(canonical_payload({"tenant": tenant, "key": self.key})).hexdigest()[:32]
        self.file_name = f"{row_kind}-{identity}.parquet"
        self.file: File | None = None

    def digest(self) -> bytes:
        """Of what is imported, not of the file it became: its secret is new each time."""
        return hashlib.sha256(canonical_payload({"key": self.key, "details": self.details})).digest()

    def decide(self, _: Connection, /) -> list[Entry]:
        """One event that vouches for the file."""
        if self.file is None:
            raise JournalError("导入段尚未写成文件", "the segment has no file yet", thing=self.key)
        payload = {
            "file": self.file.name,
            "row_kind": self.row_kind,
            "rows": self.file.rows,
            "sha256": self.file.sha256,
            "batch": BATCH,
            "roots": self.file.roots,
            "source": self.source,
            "details": self.details,
        }
        if self.sorted_by:
            payload |= {"sorted_by": self.sorted_by, "bytes": self.file.bytes}
        return [Entry(KIND, payload, self.tenant, self.actor, self.at, self.key)]


def _already_written(connection: Connection, command: _Import) -> bool:
    return bool(_known_among(connection, [(command.tenant, command.key)]))


def _known_among(connection: Connection, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    asked = msgspec.json.encode(list(keys)).decode()
    return {(tenant, key) for tenant, key, *_ in STATEMENTS.rows(connection, "known_commands", asked=asked)}


def _key_of(path: Path, log_id: str) -> tuple[str, str] | None:
    """The tenant and key a file of this log was written for; None when it is another log's, or nobody's."""
    metadata = metadata_of(path)
    if metadata.get(LOG_NAME) != log_id:
        return None
    return metadata.get(TENANT_NAME, ""), metadata.get(KEY_NAME, "")

"""Bulk imports as segments of the journal (导入段): millions of rows in one file, one event that vouches for it.

The file is Parquet (zstd), written under a temporary name, flushed, renamed, its folder flushed; only then is the event
of kind ``segment`` written. Its payload::

    {"file", "row_kind", "rows", "sha256", "batch", "roots": [...], "source", "details"}

``roots`` holds the RFC 9162 tree head of every ``batch`` rows. A row's canonical bytes are the RFC 8785 form of the
object of its columns; its leaf is made as an event's is (see `anning.journal.envelope`), with the salt
HMAC-SHA256(secret, row number as 8 bytes, big-endian, from 0)[:16]. The secret, 32 random bytes, lives in the metadata
of the file and nowhere else: the event may be shown to whoever checks one row's receipt, and must not open its
neighbours. When the file is erased so is the secret. Beside it the metadata name the log, tenant and key the file was
written for, so that a file that came to nothing can be told from one that counts.

State is derived, not kept: an import is done when its idempotency key is among the commands. Whatever a killed import
left (a temporary file, or a file no event names yet) is written over or swept away by the next one. One import runs at
a time, under a lock in the folder.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
import polars as pl
from filelock import FileLock
from polars.io.plugins import register_io_source

from anning.errors import AnningError, InvalidInput, JournalError, NotTheWriter, TornSegment, Unavailable
from anning.journal import merkle, steps
from anning.journal.command import Ack, Command
from anning.journal.database import SEGMENT, Connection
from anning.journal.envelope import (
    LARGEST_EXACT_INTEGER,
    SALT_LENGTH,
    Entry,
    Event,
    Payload,
    canonical_payload,
)
from anning.journal.folders import flush, make_folder
from anning.journal.store import STATEMENTS, Store

KIND: Final = SEGMENT
BATCH: Final = 65_536
"""Rows per Merkle tree: small enough that a receipt with its proof stays within 2 KB."""

METADATA_NAME: Final = "anning.secret"
LOG_NAME: Final = "anning.log"
TENANT_NAME: Final = "anning.tenant"
KEY_NAME: Final = "anning.key"
_COLUMN_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_INTEGERS: Final = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)


class Writing(Protocol):
    """What commits one command; `Writer` does, and what takes the writer only then."""

    def write(self, command: Command, *, key: str, tenant: str, actor: str, at: datetime) -> Ack:
        """Commit it and wait for the acknowledgement."""


class Vouching(Protocol):
    """An event of kind ``segment``, or as much of it as reads the file."""

    @property
    def payload(self) -> Payload:
        """What it says of the file; see the head of this module."""


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
    ) -> Event:
        """Write an import; the same one again, finished or killed half-way before, gives the same event.

        Args:
            frames: the rows, batch by batch, all of one schema: integers, text, booleans, named in lower case.
            row_kind: what the rows are, such as ``wish``; a short slug.
            source: the identity of what is imported, as a rule the SHA-256 of the file, in hex.
            tenant, actor, at: as in `Entry`.
            details: what holds for all rows, kept in the event; part of the identity under ``source``.

        Raises:
            Conflict: this source was imported as this kind with other details.
            InvalidInput: the rows cannot be kept as they are.
        """
        command = _Import(row_kind, source, tenant, actor, at, details or {})
        folder = self._store.segments
        make_folder(folder)
        with FileLock(folder / ".importing", thread_local=False):
            with self._store.read() as connection:
                known = _already_written(connection, command)
            if not known:
                _sweep_parts(folder)
                command.file = _write_file(frames, folder, command, self._store.log_id)
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


def _sweep_parts(folder: Path) -> None:
    for leftover in folder.glob("*.part"):
        leftover.unlink()


class _File(msgspec.Struct, frozen=True):
    """A finished file of rows."""

    name: str
    rows: int
    sha256: str
    roots: list[str]


class _Import:
    """The command that puts a finished file into the journal."""

    def __init__(self, row_kind: str, source: str, tenant: str, actor: str, at: datetime, details: Payload) -> None:
        if not _COLUMN_NAME.fullmatch(row_kind):
            raise InvalidInput(
                f"行类别 {row_kind!r} 须为小写字母、数字、下划线",
                f"the row kind {row_kind!r} must be lower-case letters, digits and underscores",
                field="row_kind",
                rule="slug",
            )
        self.row_kind, self.source, self.tenant, self.actor, self.at = row_kind, source, tenant, actor, at
        self.details = details
        self.key = f"segment:{row_kind}:{source}"
        self.identity = hashlib.sha256(canonical_payload({"tenant": tenant, "key": self.key})).hexdigest()[:32]
        self.file: _File | None = None

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
        return [Entry(KIND, payload, self.tenant, self.actor, self.at, self.key)]


def read_segment(event: Vouching, folder: Path | None, *, check_roots: bool = True) -> Iterator[pl.DataFrame]:
    """The rows an event of kind ``segment`` vouches for, in order, at most 65,536 at a time.

    Args:
        event: the event.
        folder: where segments are (``connection.segments`` in a view, ``store.segments`` elsewhere).
        check_roots: also make every row's leaf again; the SHA-256 of the file is always checked first.

    Raises:
        TornSegment: the file is missing, or is not the one the event vouches for.
    """
    if folder is None:
        raise JournalError("未配置导入段目录", "no folder for import segments was configured", field="segments")
    payload = event.payload
    path = folder / Path(payload["file"]).name
    if not path.is_file():
        raise _torn(payload, "文件缺失", "the file is missing")
    if _sha256_of(path) != payload["sha256"]:
        raise _torn(payload, "文件与记录的 SHA-256 不符", "the file does not have the SHA-256 on record")
    secret = _secret_of(path) if check_roots else b""
    seen = 0
    for index, expected_root in enumerate(payload["roots"]):
        frame = pl.scan_parquet(path).slice(index * payload["batch"], payload["batch"]).collect()
        if check_roots and _root(frame, secret, seen).hex() != expected_root:
            raise _torn(payload, f"第 {index} 批的默克尔根不符", f"batch {index} does not have the root on record")
        seen += frame.height
        yield frame
    if seen != payload["rows"]:
        raise _torn(payload, f"有 {seen} 行，应为 {payload['rows']} 行", f"it has {seen} rows, not {payload['rows']}")


def row_salt(secret: bytes, row_number: int) -> bytes:
    """The salt of one row's leaf: HMAC-SHA256(secret, row number)[:16]."""
    return hmac.digest(secret, row_number.to_bytes(8, "big"), "sha256")[:SALT_LENGTH]


def row_leaves(rows: Iterable[bytes], secret: bytes, first_row: int) -> Iterator[bytes]:
    """The leaves of rows from their canonical bytes; the same as `leaf_hash` under each `row_salt`.

    HMAC's two keyed states (RFC 2104) are made once and copied, which spares most of the time.
    """
    inner, outer = (hashlib.sha256(bytes(pad ^ byte for byte in secret.ljust(64, b"\0"))) for pad in (0x36, 0x5C))
    sha256 = hashlib.sha256
    for number, row in enumerate(rows, first_row):
        keyed = inner.copy()
        keyed.update(number.to_bytes(8, "big"))
        salt = outer.copy()
        salt.update(keyed.digest())
        yield sha256(b"\0" + sha256(salt.digest()[:SALT_LENGTH] + row).digest()).digest()


def canonical_rows(frame: pl.DataFrame) -> list[bytes]:
    """The RFC 8785 form of each row; for the types a segment may hold, polars writes exactly that."""
    if not frame.width:
        return [b"{}"] * frame.height
    columns = pl.struct(*sorted(frame.columns))
    return frame.select(columns.struct.json_encode().cast(pl.Binary)).to_series().to_list()


def _already_written(connection: Connection, command: _Import) -> bool:
    return bool(_known_among(connection, [(command.tenant, command.key)]))


def _known_among(connection: Connection, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    asked = msgspec.json.encode(list(keys)).decode()
    return {(tenant, key) for tenant, key, *_ in STATEMENTS.rows(connection, "known_commands", asked=asked)}


def _key_of(path: Path, log_id: str) -> tuple[str, str] | None:
    """The tenant and key a file of this log was written for; None when it is another log's, or nobody's."""
    try:
        metadata = pl.read_parquet_metadata(path)
    except (pl.exceptions.PolarsError, OSError):
        return None
    if metadata.get(LOG_NAME) != log_id:
        return None
    return metadata.get(TENANT_NAME, ""), metadata.get(KEY_NAME, "")


def _write_file(frames: Iterable[pl.DataFrame], folder: Path, command: _Import, log_id: str) -> _File:
    steps.reached("segment.before-write")
    name = f"{command.row_kind}-{command.identity}.parquet"
    part, final = folder / f"{name}.part", folder / name
    secret = secrets.token_bytes(32)
    rows = _Rows(frames, secret)
    rows.sink(part, {LOG_NAME: log_id, TENANT_NAME: command.tenant, KEY_NAME: command.key})
    steps.reached("segment.after-temp-write")
    flush(part)
    steps.reached("segment.after-fsync")
    sha256 = _sha256_of(part)
    part.rename(final)
    flush(folder)
    steps.reached("segment.after-rename")
    return _File(name, rows.count, sha256, rows.roots)


class _Rows:
    """Rows on their way into the file: cut into batches, each batch's tree head taken as it passes."""

    def __init__(self, frames: Iterable[pl.DataFrame], secret: bytes) -> None:
        self._frames = iter(frames)
        self._secret = secret
        self._failure: BaseException | None = None
        self.count = 0
        self.roots: list[str] = []
        first = next(self._frames, None)
        if first is None:
            raise InvalidInput("没有任何数据", "there is nothing to import", field="frames", rule="not-empty")
        _must_be_plain(first.schema)
        self._first = first
        self.schema = first.schema

    def sink(self, path: Path, origin: Mapping[str, str]) -> None:
        """Write all of them, and in the metadata where they belong, holding only a few batches in memory.

        Raises:
            Exception: whatever the source of the frames raised, as it was.
        """
        source = register_io_source(lambda *_: self._passing(), schema=self.schema)
        metadata = {METADATA_NAME: self._secret.hex(), **origin}
        try:
            source.sink_parquet(path, compression="zstd", row_group_size=BATCH, metadata=metadata)
        except pl.exceptions.PolarsError:
            if self._failure is None:
                raise
        if self._failure is not None:
            raise self._failure

    def _passing(self) -> Iterator[pl.DataFrame]:
        try:
            for batch in self._batches():
                _must_be_exact(batch)
                self.roots.append(_root(batch, self._secret, self.count).hex())
                self.count += batch.height
                yield batch
        except Exception as failure:
            self._failure = failure
            raise

    def _batches(self) -> Iterator[pl.DataFrame]:
        waiting = self._first
        for frame in self._frames:
            if frame.schema != self.schema:
                raise InvalidInput(
                    "各批数据的列不一致", "the batches do not have the same columns", field="frames", rule="one-schema"
                )
            waiting = waiting.vstack(frame)
            while waiting.height >= BATCH:
                yield waiting[:BATCH]
                waiting = waiting[BATCH:]
        for start in range(0, waiting.height, BATCH):
            yield waiting[start : start + BATCH]


def _root(frame: pl.DataFrame, secret: bytes, first_row: int) -> bytes:
    return merkle.root(row_leaves(canonical_rows(frame), secret, first_row))


def _must_be_plain(schema: Mapping[str, pl.DataType]) -> None:
    for name, kind in schema.items():
        if not _COLUMN_NAME.fullmatch(name) or kind not in (*_INTEGERS, pl.String, pl.Boolean):
            raise InvalidInput(
                f"列 {name}（{kind}）不能存入导入段：须为小写列名，整数、文本或布尔",
                f"the column {name} ({kind}) cannot be kept in a segment: "
                "a lower-case name, and integers, text or booleans",
                field=name,
                rule="plain-column",
            )


def _must_be_exact(frame: pl.DataFrame) -> None:
    for name, kind in frame.schema.items():
        if kind in (pl.Int64, pl.UInt64):
            exact = frame[name].is_between(-LARGEST_EXACT_INTEGER, LARGEST_EXACT_INTEGER).all()
            if not exact:
                raise InvalidInput(
                    f"列 {name} 的数值超出 ±(2^53 - 1)，请改用文本",
                    f"the column {name} has numbers beyond ±(2^53 - 1): give them as text",
                    field=name,
                    rule="exact-number",
                )


def _secret_of(path: Path) -> bytes:
    metadata: dict[str, Any] = pl.read_parquet_metadata(path)
    return bytes.fromhex(metadata.get(METADATA_NAME, ""))


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _torn(payload: Payload, zh: str, en: str) -> TornSegment:
    file = str(payload["file"])
    return TornSegment(f"导入段 {file} 损坏：{zh}", f"the segment {file} is torn: {en}", thing=file)

"""The file of a segment (导入段文件): Parquet, its rows' leaves, and for a sorted one the index beside it.

A row's canonical bytes are the RFC 8785 form of the object of its columns; its leaf is made as an event's is (see
`anning.journal.envelope`), with the salt HMAC-SHA256(secret, row number as 8 bytes, big-endian, from 0)[:16]. The
secret, 32 random bytes, lives in the metadata of the file and nowhere else: the event may be shown to whoever checks
one row's receipt, and must not open its neighbours. When the file is erased so is the secret. Beside it the metadata
name the log, tenant and key the file was written for.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from anning.errors import InvalidInput, JournalError, TornSegment
from anning.journal import merkle, steps
from anning.journal.envelope import LARGEST_EXACT_INTEGER, SALT_LENGTH, Payload
from anning.journal.folders import flush
from anning.journal.segment_index import IndexWriter
from anning.journal.segment_order import LINE, in_order

BATCH: Final = 65_536
"""Rows per Merkle tree: small enough that a receipt with its proof stays within 2 KB."""

METADATA_NAME: Final = "anning.secret"
LOG_NAME: Final = "anning.log"
TENANT_NAME: Final = "anning.tenant"
KEY_NAME: Final = "anning.key"
COLUMN_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_INTEGERS: Final = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
_HASHERS: Final = 2
_WORTH_COMPILING: Final = 16_384
"""Rows of a batch that `lanes` hashes; a list of one batch is not worth its loading."""


class Vouching(Protocol):
    """An event of kind ``segment``, or as much of it as reads the file."""

    @property
    def payload(self) -> Payload:
        """What it says of the file; see `anning.journal.segments`."""


def standing(event: Vouching) -> Payload:
    """What an event vouches for, as its file stands now: rows of it may have been erased."""
    rewritten: Payload = getattr(event, "rewritten", {})
    return event.payload | rewritten if rewritten else event.payload


def rows_of(path: Path, payload: Payload, *, numbered: bool = False) -> pl.LazyFrame:
    """The rows of a file that still stand, in order.

    Args:
        payload: as `standing` says it.
        numbered: with the number that each row had at first, from 0, as `ROW`.
    """
    scan = pl.scan_parquet(path)
    live = payload.get("live")
    if live is None:
        return scan.with_row_index(ROW) if numbered else scan
    scan = scan.head(live).drop(SALT, LEAF)
    if not payload.get("sorted_by"):
        # Rows that are not in order are known by where they stood.
        scan = scan.with_columns(pl.col(ROW).cast(pl.Int64).alias(LINE))
    return scan if numbered else scan.drop(ROW)


ROW: Final = "anning_row"
SALT: Final = "anning_salt"
LEAF: Final = "anning_leaf"
ASIDE: Final = (ROW, SALT, LEAF)
"""Columns of a file of which rows were erased, see `anning.journal.segment_rewriting`."""


class File(msgspec.Struct, frozen=True):
    """A finished file of rows."""

    name: str
    rows: int
    bytes: int
    sha256: str
    roots: list[str]


# --- written ----------------------------------------------------------------------------------------------------


def write_file(
    frames: Iterable[pl.DataFrame], folder: Path, name: str, origin: Mapping[str, str], sorted_by: str
) -> File:
    """Write rows under a temporary name, flush, rename, flush the folder.

    Args:
        origin: whom the file is written for, kept in its metadata.
        sorted_by: the column of integers by which its rows are put in order, an index of it beside the file; empty
            for rows as they come.

    Raises:
        InvalidInput: the rows cannot be kept as they are.
        Exception: whatever the source of the frames raised.
    """
    steps.reached("segment.before-write")
    part, final = folder / f"{name}.part", folder / name
    alike = _alike(frames)
    rows = _Rows(in_order(alike, sorted_by, part) if sorted_by else alike, secrets.token_bytes(32))
    index = rows.index = IndexWriter(final, sorted_by) if sorted_by else None
    try:
        rows.sink(part, origin)
        steps.reached("segment.after-temp-write")
        flush(part)
        steps.reached("segment.after-fsync")
        sha256 = sha256_of(part)
        if index is not None:
            index.finish(sha256)
    except BaseException:
        if index is not None:
            index.abandon()
        raise
    part.rename(final)
    flush(folder)
    steps.reached("segment.after-rename")
    return File(name, rows.count, final.stat().st_size, sha256, rows.roots)


class _Rows:
    """Rows on their way into the file: cut into batches, each batch's tree head taken as it passes."""

    def __init__(self, frames: Iterable[pl.DataFrame], secret: bytes) -> None:
        self._frames = iter(frames)
        self._secret = secret
        self._failure: BaseException | None = None
        self._heads: deque[Future[bytes]] = deque()
        self.index: IndexWriter | None = None
        self.count = 0
        self.roots: list[str] = []
        first = next(self._frames, None)
        if first is None:
            raise InvalidInput("没有任何数据", "there is nothing to import", field="frames", rule="not-empty")
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
            source.sink_parquet(path, compression="zstd", compression_level=1, row_group_size=BATCH, metadata=metadata)
        except pl.exceptions.PolarsError:
            if self._failure is None:
                raise
        if self._failure is not None:
            raise self._failure

    def _passing(self) -> Iterator[pl.DataFrame]:
        try:
            # The hashing holds no Python lock, so the next rows are read meanwhile.
            with ThreadPoolExecutor(_HASHERS, "anning-segment-hash") as hashers:
                for batch in cut(chain([self._first], self._frames), BATCH):
                    _must_be_exact(batch)
                    if self.index is not None:
                        self.index.add(batch)
                    self._heads.append(hashers.submit(batch_root, batch, self._secret, self.count))
                    self.count += batch.height
                    if len(self._heads) > 2 * _HASHERS:
                        self._take_head()
                    yield batch
                while self._heads:
                    self._take_head()
        except Exception as failure:
            self._failure = failure
            raise

    def _take_head(self) -> None:
        self.roots.append(self._heads.popleft().result().hex())


def _alike(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The frames, each with the columns of the first."""
    schema: pl.Schema | None = None
    for frame in frames:
        if schema is None:
            schema = frame.schema
            _must_be_plain(schema)
        elif frame.schema != schema:
            raise InvalidInput(
                "各批数据的列不一致", "the batches do not have the same columns", field="frames", rule="one-schema"
            )
        yield frame


def cut(frames: Iterable[pl.DataFrame], height: int) -> Iterator[pl.DataFrame]:
    """The same rows in frames of this height, the last one perhaps less."""
    waiting: list[pl.DataFrame] = []
    rows = 0
    for frame in frames:
        waiting.append(frame)
        rows += frame.height
        if rows >= height:
            together = pl.concat(waiting) if len(waiting) > 1 else frame
            whole = rows // height * height
            for start in range(0, whole, height):
                yield together[start : start + height]
            waiting, rows = [together[whole:]], rows - whole
    if rows:
        yield pl.concat(waiting)


def _must_be_plain(schema: Mapping[str, pl.DataType]) -> None:
    for name, kind in schema.items():
        if not COLUMN_NAME.fullmatch(name) or kind not in (*_INTEGERS, pl.String, pl.Boolean):
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


# --- hashed -----------------------------------------------------------------------------------------------------


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
    rows: list[bytes] = _as_json(frame).cast(pl.Binary).to_list()
    return rows


def _as_json(frame: pl.DataFrame) -> pl.Series:
    return frame.select(pl.struct(*sorted(frame.columns)).struct.json_encode()).to_series()


def batch_root(frame: pl.DataFrame, secret: bytes, first_row: int) -> bytes:
    """The tree head over the leaves of some rows, `first_row` the number of the first."""
    if first_row == 0 or frame.height < _WORTH_COMPILING or not frame.width:
        return merkle.root(row_leaves(canonical_rows(frame), secret, first_row))
    from anning.journal.lanes import batch_root as root_of_many

    rows = _as_json(frame)
    return root_of_many(rows.str.join("").item().encode(), rows.str.len_bytes().to_numpy(), secret, first_row)


# --- read -------------------------------------------------------------------------------------------------------


def read_segment(event: Vouching, folder: Path | None, *, check_roots: bool = True) -> Iterator[pl.DataFrame]:
    """The rows an event of kind ``segment`` vouches for, in order, at most 65,536 at a time.

    Args:
        event: the event.
        folder: where segments are (``connection.segments`` in a view, ``store.segments`` elsewhere).
        check_roots: also make every row's leaf again; the SHA-256 of the file is always checked first.

    Raises:
        TornSegment: the file is missing, or is not the one the event vouches for.
    """
    path = checked_file(event, folder)
    payload = standing(event)
    if "live" in payload:
        from anning.journal.segment_rewriting import check_leaves

        if check_roots:
            check_leaves(path, payload)
        yield from rows_of(path, payload).collect_batches(chunk_size=payload["batch"], maintain_order=True)
        return
    secret = secret_of(path) if check_roots else b""
    roots = payload["roots"]
    seen = 0
    frames = rows_of(path, payload).collect_batches(chunk_size=payload["batch"], maintain_order=True)
    for index, frame in enumerate(cut(frames, payload["batch"])):
        if check_roots and (index >= len(roots) or batch_root(frame, secret, seen).hex() != roots[index]):
            raise torn(payload, f"第 {index} 批的默克尔根不符", f"batch {index} does not have the root on record")
        seen += frame.height
        yield frame
    if seen != payload["rows"]:
        raise torn(payload, f"有 {seen} 行，应为 {payload['rows']} 行", f"it has {seen} rows, not {payload['rows']}")


def rows_at(path: Path, payload: Payload, places: NDArray[np.int64], *, numbered: bool = False) -> pl.DataFrame:
    """The rows of a file at these places, which ascend; `payload` and `numbered` as in `rows_of`."""
    scan = rows_of(path, payload, numbered=numbered)
    found = [scan.head(0).collect()]
    groups = places // BATCH
    for group in np.unique(groups).tolist():
        within = places[groups == group]
        first, last = int(within[0]), int(within[-1])
        frame = scan.slice(first, last - first + 1).collect()
        found.append(frame[within - first])
    return pl.concat(found)


def checked_file(event: Vouching, folder: Path | None) -> Path:
    """The file an event vouches for, its SHA-256 found right.

    Raises:
        TornSegment: it is missing, or another one.
    """
    path = file_of(event, folder)
    if sha256_of(path) != standing(event)["sha256"]:
        raise torn(standing(event), "文件与记录的 SHA-256 不符", "the file does not have the SHA-256 on record")
    return path


def file_of(event: Vouching, folder: Path | None) -> Path:
    """The file an event vouches for, there and as long as on record; what is in it is not looked at.

    Raises:
        TornSegment: it is missing, or of another length.
        JournalError: no folder for segments was named.
    """
    if folder is None:
        raise JournalError("未配置导入段目录", "no folder for import segments was configured", field="segments")
    payload = standing(event)
    path = folder / Path(payload["file"]).name
    if not path.is_file():
        raise torn(payload, "文件缺失", "the file is missing")
    if path.stat().st_size != payload.get("bytes", path.stat().st_size):
        raise torn(payload, "文件长度与记录不符", "the file is not as long as on record")
    return path


def secret_of(path: Path) -> bytes:
    """The secret from which a file's salts are drawn."""
    metadata: dict[str, Any] = pl.read_parquet_metadata(path)
    return bytes.fromhex(metadata.get(METADATA_NAME, ""))


def metadata_of(path: Path) -> dict[str, str]:
    """What a file says of itself; nothing when it is no file of rows."""
    try:
        told: dict[str, str] = pl.read_parquet_metadata(path)
    except (pl.exceptions.PolarsError, OSError):
        return {}
    return told


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def torn(payload: Payload, zh: str, en: str) -> TornSegment:
    """The error that a file is not what its event says, named."""
    file = str(payload["file"])
    return TornSegment(f"导入段 {file} 损坏：{zh}", f"the segment {file} is torn: {en}", thing=file)

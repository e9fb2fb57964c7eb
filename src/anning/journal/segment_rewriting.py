"""Rows of a segment are erased by writing its file anew (导入段改写): the others keep salts, leaves and proofs.

The secret of a file opens every row's salt, so it goes with the first row that does. In the new file each row that is
left has the number it had at first and its own salt (`ROW`, `SALT`); behind them, in the same file, stands for each row
that was erased its number and its leaf hash (`ROW`, `LEAF`) and nothing else. So the root of every batch can still be
made, and proofs hold.

The new file has another name, so that until the event is written the old one stands, and after it the new one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from anning.journal import merkle, steps
from anning.journal.envelope import Payload, leaf_hash
from anning.journal.erasing import File
from anning.journal.folders import flush
from anning.journal.segment_files import (
    ASIDE,
    BATCH,
    KEY_NAME,
    LEAF,
    LOG_NAME,
    ROW,
    SALT,
    TENANT_NAME,
    canonical_rows,
    metadata_of,
    row_salt,
    rows_of,
    secret_of,
    sha256_of,
    torn,
)
from anning.journal.segment_index import IndexWriter

_PIECE: Final = BATCH


def rewrite(payload: Payload, position: int, folder: Path, rows: NDArray[np.int64]) -> File:
    """Write a segment's file anew without some of its rows; the old file stays as it is.

    Args:
        payload: what stands of the segment, as `segment_files.standing` says it.
        position: of its event.
        rows: the numbers of the rows that go, ascending; each still stands.

    Raises:
        TornSegment: the file is not what is on record, or a row does not stand.
    """
    path = folder / Path(payload["file"]).name
    if not path.is_file() or sha256_of(path) != payload["sha256"]:
        raise torn(payload, "文件与记录的 SHA-256 不符", "the file does not have the SHA-256 on record")
    steps.reached("erasing.before-write")
    live: int = payload["live"] if "live" in payload else payload["rows"]
    left = live - len(rows)
    if not left:
        return File(position, rows.tolist(), payload["sha256"], "", "", 0, 0)
    final = folder / f"{path.name.partition('~')[0].removesuffix('.parquet')}~{secrets.token_hex(4)}.parquet"
    part = final.with_name(f"{final.name}.part")
    writing = _Rewriting(path, payload, rows)
    index = IndexWriter(final, payload["sorted_by"]) if payload.get("sorted_by") else None
    try:
        source = register_io_source(lambda *_: writing.frames(index), schema=writing.schema)
        told = metadata_of(path)
        origin: dict[str, str] = {str(name): told[name] for name in (LOG_NAME, TENANT_NAME, KEY_NAME) if name in told}
        source.sink_parquet(part, compression="zstd", compression_level=1, row_group_size=BATCH, metadata=origin)
        writing.must_have_left(left)
        steps.reached("erasing.after-temp-write")
        flush(part)
        steps.reached("erasing.after-fsync")
        sha256 = sha256_of(part)
        if index is not None:
            index.finish(sha256)
    except BaseException:
        if index is not None:
            index.abandon()
        part.unlink(missing_ok=True)
        raise
    part.rename(final)
    flush(folder)
    steps.reached("erasing.after-rename")
    return File(position, rows.tolist(), payload["sha256"], final.name, sha256, final.stat().st_size, left)


class _Rewriting:
    """The rows of a file on their way into another."""

    def __init__(self, path: Path, payload: Payload, rows: NDArray[np.int64]) -> None:
        self._path = path
        self._payload = payload
        self._rows = rows
        self._again = "live" in payload
        self._secret = b"" if self._again else secret_of(path)
        self._gone: list[pl.DataFrame] = []
        self.left = 0
        given = pl.scan_parquet(path).collect_schema()
        self._plain = {name: kind for name, kind in given.items() if name not in ASIDE}
        self.schema = pl.Schema({**self._plain, ROW: pl.Int64(), SALT: pl.Binary(), LEAF: pl.Binary()})

    def frames(self, index: IndexWriter | None) -> Iterator[pl.DataFrame]:
        """First the rows that stay, then what is left of those that went."""
        for frame in self._standing():
            goes = np.isin(frame[ROW].to_numpy(), self._rows)
            if goes.any():
                self._gone.append(self._leaves_only(frame.filter(goes)))
                frame = frame.filter(~goes)
            self.left += frame.height
            if index is not None and frame.height:
                index.add(frame)
            yield frame
        if self._again:
            yield from (
                pl.scan_parquet(self._path)
                .slice(self._payload["live"])
                .collect_batches(chunk_size=_PIECE, maintain_order=True)
            )
        yield from self._gone

    def must_have_left(self, rows: int) -> None:
        """Nothing, when that many rows stayed. Raises TornSegment."""
        if self.left != rows:
            raise torn(self._payload, "有待擦除的行已不在文件中", "a row that is to be erased does not stand in it")

    def _standing(self) -> Iterator[pl.DataFrame]:
        scan = pl.scan_parquet(self._path)
        if self._again:
            yield from scan.head(self._payload["live"]).collect_batches(chunk_size=_PIECE, maintain_order=True)
            return
        row = 0
        for frame in scan.collect_batches(chunk_size=_PIECE, maintain_order=True):
            numbers = range(row, row + frame.height)
            row += frame.height
            salts = [row_salt(self._secret, number) for number in numbers]
            yield frame.with_columns(
                pl.Series(ROW, numbers, dtype=pl.Int64),
                pl.Series(SALT, salts, dtype=pl.Binary),
                pl.lit(None, dtype=pl.Binary).alias(LEAF),
            )

    def _leaves_only(self, frame: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame(
            {
                **{name: pl.Series([None] * frame.height, dtype=kind) for name, kind in self._plain.items()},
                ROW: frame[ROW],
                SALT: pl.Series([None] * frame.height, dtype=pl.Binary),
                LEAF: pl.Series(_leaves(frame), dtype=pl.Binary),
            },
            schema=self.schema,
        )


def check_leaves(path: Path, payload: Payload) -> None:
    """Nothing, when the rows that are left and the leaves of those that went make the roots on record.

    Raises:
        TornSegment: they do not.
    """
    count, batch = payload["rows"], payload["batch"]
    leaves: list[bytes] = [b""] * count
    for frame in pl.scan_parquet(path).collect_batches(chunk_size=_PIECE, maintain_order=True):
        there = frame[LEAF].is_null()
        stands = frame.filter(there)
        for row, leaf in zip(stands[ROW].to_list(), _leaves(stands), strict=True):
            leaves[row] = leaf
        gone = frame.filter(~there)
        for row, leaf in zip(gone[ROW].to_list(), gone[LEAF].to_list(), strict=True):
            leaves[row] = leaf
    for place, expected in enumerate(payload["roots"]):
        if merkle.root(leaves[place * batch : (place + 1) * batch]).hex() != expected:
            raise torn(payload, f"第 {place} 批的默克尔根不符", f"batch {place} does not have the root on record")


def leaves_of_batch(path: Path, payload: Payload, place: int) -> list[bytes]:
    """The leaves of one batch of a rewritten file, in order: what proofs are made of."""
    first = place * payload["batch"]
    count = min(payload["batch"], payload["rows"] - first)
    leaves: list[bytes] = [b""] * count
    frame = pl.scan_parquet(path).filter(pl.col(ROW).is_between(first, first + count - 1)).collect()
    there = frame[LEAF].is_null()
    for part, found in ((frame.filter(there), None), (frame.filter(~there), LEAF)):
        values = _leaves(part) if found is None else part[found].to_list()
        for row, leaf in zip(part[ROW].to_list(), values, strict=True):
            leaves[row - first] = leaf
    return leaves


def _leaves(frame: pl.DataFrame) -> list[bytes]:
    rows = canonical_rows(frame.drop(ASIDE))
    return [leaf_hash(salt, row) for salt, row in zip(frame[SALT].to_list(), rows, strict=True)]


__all__ = ["check_leaves", "leaves_of_batch", "rewrite", "rows_of"]

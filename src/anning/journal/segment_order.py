"""Rows put in order on their way into a segment (导入段排序): runs are sorted, spilled, merged; memory is bounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import polars as pl

LINE: Final = "line"
"""The column that says where a row stood before it was put in order, from 0."""

RUN: Final = 2_000_000
"""How many rows are sorted in memory at once."""

_PIECE: Final = 262_144


def in_order(frames: Iterable[pl.DataFrame], by: str, beside: Path, run: int = RUN) -> Iterator[pl.DataFrame]:
    """The rows by one column, those with the same value as they came, each with its `LINE`.

    Args:
        by: a column of integers.
        beside: a path next to which runs are spilled when there is more than one.
        run: how many rows a run has at least.
    """
    spilled: list[Path] = []
    waiting: list[pl.DataFrame] = []
    rows = lines = 0
    try:
        for frame in frames:
            waiting.append(frame.with_columns(pl.int_range(lines, lines + frame.height, dtype=pl.Int64).alias(LINE)))
            lines += frame.height
            rows += frame.height
            if rows >= run:
                spilled.append(_spill(_sorted(waiting, by), beside, len(spilled)))
                waiting, rows = [], 0
        if not waiting and not spilled:
            return
        if not spilled:
            yield from _sorted(waiting, by).iter_slices(_PIECE) if rows else waiting
            return
        if waiting:
            spilled.append(_spill(_sorted(waiting, by), beside, len(spilled)))
            waiting = []
        yield from _merged([pl.scan_parquet(path) for path in spilled], by).collect_batches(
            chunk_size=_PIECE, maintain_order=True
        )
    finally:
        for path in spilled:
            path.unlink(missing_ok=True)


def _sorted(frames: list[pl.DataFrame], by: str) -> pl.DataFrame:
    return pl.concat(frames).sort(by, maintain_order=True)


def _spill(frame: pl.DataFrame, beside: Path, number: int) -> Path:
    path = beside.with_name(f"{beside.name}.run-{number}.part")
    frame.write_parquet(path, compression="lz4", statistics=False)
    return path


def _merged(runs: list[pl.LazyFrame], by: str) -> pl.LazyFrame:
    """A tree of merges of two, so that a row passes as few of them as can be."""
    while len(runs) > 1:
        pairs = [runs[i].merge_sorted(runs[i + 1], key=by) for i in range(0, len(runs) - 1, 2)]
        runs = pairs + (runs[-1:] if len(runs) % 2 else [])
    return runs[0]

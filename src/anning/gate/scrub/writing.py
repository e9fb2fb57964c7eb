"""The rows of a run on their way into its files, beside the judging of those that follow (边判边写)."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.gate.scrub.outputs import BAD_ROWS, FULL, HOLD, PARTS, SEND, STOP, Outputs
from anning.gate.scrub.verdicts import BAD, OUTCOMES, Verdicts
from anning.law.decision import Outcome
from anning.tables import Block
from anning.tables.spreading import NOWHERE, Spreading
from anning.tables.text_block import TextBlock
from anning.tables.text_writer import TextWriter
from anning.tables.writers import Added, Ending

Codes = NDArray[np.uint32]
"""By row the number of its verdict."""

_PARTS_BY_OUTCOME: Final = {
    Outcome.ALLOW.word: SEND,
    Outcome.LABEL.word: SEND,
    Outcome.HOLD.word: HOLD,
    Outcome.REFUSE.word: STOP,
    BAD: BAD_ROWS,
}
_SHEETS: Final = (FULL, *(part for part in PARTS if part != BAD_ROWS))
_SHEET_OF: Final = np.array(
    [NOWHERE if outcome == BAD else _SHEETS.index(_PARTS_BY_OUTCOME[outcome]) for outcome in OUTCOMES]
)
"""By an outcome's place in `OUTCOMES` that of its sheet in `_SHEETS`."""
_NO_SHEET: Final = np.full(len(OUTCOMES), NOWHERE)


class _Judged(msgspec.Struct, frozen=True):
    """A block and its verdicts, as they were when it was handed over."""

    block: Block
    codes: Codes
    bad: NDArray[np.int64]
    outcomes: NDArray[np.uint8]
    endings: Sequence[Ending]
    causes: Sequence[Ending]


class Writing:
    """Writes blocks in their order: one thread the full result, one the parts; on a single core both in one pass.

    The rows of a text stay the bytes they are where the result is a text of the same kind; any others are written
    cell by cell.
    """

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        spreading = partial(Spreading, len(_SHEETS), self._sheet, outputs.style)
        self._all, self._parts = spreading(), spreading(with_all=False)
        self._threads = [ThreadPoolExecutor(1, f"scrub-{name}") for name in ("all", "parts")] if _cores() > 1 else []
        self._waiting: deque[list[Future[None]]] = deque()

    def put(self, block: Block, codes: Codes, bad: NDArray[np.int64], verdicts: Verdicts) -> None:
        """Have a block written, once those before the last are.

        Args:
            bad: the rows that name no number, in order.

        Raises:
            InvalidFile: it cannot be, or one before it could not.
        """
        outcomes = np.frombuffer(bytes(verdicts.outcomes), dtype=np.uint8)
        judged = _Judged(block, codes, bad, outcomes, verdicts.endings, verdicts.causes)
        if not self._threads:
            self._put_both(judged)
            return
        if len(self._waiting) > 1:
            self._wait_for_one()
        of_all, of_parts = self._threads
        self._waiting.append([of_all.submit(self._put_all, judged), of_parts.submit(self._put_parts, judged)])

    def wait(self) -> None:
        """Until all is written.

        Raises:
            InvalidFile: something could not be.
        """
        while self._waiting:
            self._wait_for_one()

    def _wait_for_one(self) -> None:
        for written in self._waiting.popleft():
            written.result()

    def _put_both(self, judged: _Judged) -> None:
        if self._spread(self._all, judged, _SHEET_OF):
            self._put_bad(judged)
        else:
            self._put_all(judged)
            self._put_parts(judged)

    def _put_all(self, judged: _Judged) -> None:
        if not self._spread(self._all, judged, _NO_SHEET):
            rows = np.arange(judged.block.height, dtype=np.int32)
            self._append(FULL, judged, judged.endings, rows)

    def _put_parts(self, judged: _Judged) -> None:
        if not self._spread(self._parts, judged, _SHEET_OF):
            sheets = _SHEET_OF[judged.outcomes][judged.codes]
            for sheet, part in enumerate(_SHEETS[1:], 1):
                self._append(part, judged, judged.endings, np.flatnonzero(sheets == sheet).astype(np.int32))
        self._put_bad(judged)

    def _spread(self, spreading: Spreading, judged: _Judged, sheet_of: NDArray[np.int64]) -> bool:
        """Write rows as the bytes they are, if they may stay so."""
        full = self._outputs.open(FULL)
        if not (isinstance(judged.block, TextBlock) and isinstance(full, TextWriter) and full.may_keep(judged.block)):
            return False
        with self._outputs.writing():
            spreading.spread(judged.block, judged.codes, judged.endings, sheet_of[judged.outcomes])
        return True

    def _sheet(self, sheet: int) -> TextWriter:
        writer = self._outputs.open(_SHEETS[sheet])
        assert isinstance(writer, TextWriter)
        return writer

    def _put_bad(self, judged: _Judged) -> None:
        figures = [judged.bad + judged.block.first, judged.block.lines_of(judged.bad)] if len(judged.bad) else []
        self._append(BAD_ROWS, judged, judged.causes, judged.bad.astype(np.int32), figures)

    def _append(
        self,
        part: str,
        judged: _Judged,
        endings: Sequence[Ending],
        rows: NDArray[np.int32],
        figures: Sequence[NDArray[np.int64]] = (),
    ) -> None:
        if len(rows):
            before = np.stack(figures, axis=1) if figures else np.empty((len(rows), 0), dtype=np.int64)
            self._outputs.append(part, judged.block, Added(endings, judged.codes, rows, before))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.shutdown(cancel_futures=True)


def _cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

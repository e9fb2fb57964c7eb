"""A campaign list judged row by row (名单过滤): read, find the number, decide, write.

What makes a job different from its rows is observed once (`Campaign`); what rows share is worked out once
(`Verdicts`); cells go through in blocks. The decisions are those of `Gate.decide` on every row.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.gate.campaign import BlockJudged
from anning.gate.scrub.outputs import FULL, Outputs, refuse_to_overwrite
from anning.gate.scrub.verdicts import BAD, Language, Verdicts
from anning.gate.scrub.writing import Codes, Writing
from anning.law.decision import Outcome, Reason
from anning.tables import Block, Numbers, Table
from anning.tables.writers import Style

ADDED: Final = {
    "en": ("outcome", "reasons", "wording", "valid_until"),
    "zh": ("结果", "原因", "说明", "有效期至"),
}
ROW_AND_LINE: Final = {"en": ("row", "line"), "zh": ("行号", "文件行")}
CAUSE: Final = {"en": ("cause", "explanation"), "zh": ("坏行原因", "坏行说明")}

ROWS: Final = 1 << 16
"""Rows that are in memory at once."""


class Judge(Protocol):
    """What decides on a row; `anning.gate.campaign.Campaign` does."""

    def decide_block(self, column: Numbers, texts: Sequence[str | None] | None = None) -> BlockJudged:
        """The verdicts on a block of rows in their order, with the rows' own texts or, without any, the job's."""


class ReasonCount(msgspec.Struct):
    """How many rows one reason stopped, held or labelled, and the reason itself for its words and citation."""

    reason: Reason
    rows: int = 0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a list (过滤结果).

    Attributes:
        rows: all data rows; the sum of allow, label, hold, refuse and bad.
        reasons: by obligation id the rows that have it among their reasons.
        causes: by cause the rows that name no number.
        files: by part ("all", "send", "stop", "hold", "bad") the file written; parts without rows are left out.
        counted: by instrument and rule, with the words.
        out_of_scope: rows that pass because no law asked for speaks of them.
        silent: instruments asked for that had nothing to say of any row.
        sheet: the sheet judged; `sheets_left`: other sheets that hold numbers too and were not judged.
        seconds: from the first row read to the last file named.
    """

    rows: int
    allow: int
    label: int
    hold: int
    refuse: int
    bad: int
    out_of_scope: int
    silent: tuple[str, ...]
    reasons: dict[str, int]
    causes: dict[str, int]
    files: dict[str, str]
    counted: tuple[ReasonCount, ...]
    column: str
    sheet: str
    sheets_left: tuple[str, ...]
    seconds: float


def scrub(
    table: Table,
    judge: Judge,
    out: Path,
    style: Style,
    *,
    number: int,
    text: int | None = None,
    language: Language = "en",
    headers: Language = "en",
    rows: int = ROWS,
    progress: Callable[[int, int], None] = lambda _read, _rows: None,
) -> Result:
    """Judge every row of a list and write the result files.

    Args:
        judge: the campaign.
        number, text: the columns of the numbers and, when rows bring their own, of the texts.
        language: of the wording.
        headers: language of the added columns' names.
        rows: rows in memory at once.
        progress: gets bytes read and rows judged after each block.

    Raises:
        InvalidFile: the list cannot be read to its end, or a result cannot be written; no result file is left then.
    """
    refuse_to_overwrite(table.path, out)
    started = time.perf_counter()
    verdicts = Verdicts(language)
    tally = _Tally()
    labels = _without_clashes(table.columns, (), ADDED[headers])
    bad_labels = _without_clashes(table.columns, ROW_AND_LINE[headers], CAUSE[headers])
    with Outputs(out, style, labels, bad_labels) as outputs, Writing(outputs) as writing:
        outputs.clear_away()
        outputs.open(FULL)
        for block in table.batches(rows):
            if verdicts.many:
                tally.count(verdicts)
                verdicts.forget()
            codes, bad = _judge_rows(block, judge, verdicts, tally, number, text)
            writing.put(block, codes, bad, verdicts)
            progress(table.read, tally.rows)
        writing.wait()
        files = outputs.finish()
    tally.count(verdicts)
    return tally.result(table, number, files, time.perf_counter() - started)


def _judge_rows(
    block: Block, judge: Judge, verdicts: Verdicts, tally: _Tally, number: int, text: int | None
) -> tuple[Codes, NDArray[np.int64]]:
    """For each row the number of its verdict, in the order of the file; and the rows that name no number."""
    from anning.tables.kernels.rows import code_rows

    column = block.numbers(number)
    judged = judge.decide_block(column, None if text is None else block.distinct(text))
    numbered = np.array([verdicts.of(decision) for decision in judged.decisions] or [0], dtype=np.uint32)
    causes = np.array([-1 if read.valid else verdicts.bad(read) for read in column.readings], dtype=np.int64)
    codes = np.empty(block.height, dtype=np.uint32)
    unjudged = code_rows(judged.places, numbered, tally.counts(len(verdicts.all)), codes)
    cause_of_row = causes[column.places]
    unnamed = cause_of_row >= 0
    bad = column.rows[unnamed]
    if unjudged != len(bad):
        raise RuntimeError("rows that name a number were not judged")
    codes[bad] = cause_of_row[unnamed]
    tally.add_bad(cause_of_row[unnamed])
    tally.rows += block.height
    return codes, bad


def _without_clashes(kept: Sequence[str], before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Added columns get other names than those the list has."""
    taken = set(kept)

    def free(name: str) -> str:
        while name in taken:
            name += "_anning"
        taken.add(name)
        return name

    return [*map(free, before), *kept, *map(free, after)]


class _Tally:
    """What is counted on the way."""

    def __init__(self) -> None:
        self.rows = 0
        self._by_code: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._outcomes: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._causes: Counter[str] = Counter()
        self._counted: dict[tuple[str, str, str], ReasonCount] = {}
        self._out_of_scope = 0
        self._spoke: set[str] = set()
        self._silent: dict[str, None] = {}

    def counts(self, codes: int) -> NDArray[np.int64]:
        """By the number of its verdict how many rows have it, with room for so many verdicts; to be counted on."""
        more = codes - len(self._by_code)
        if more > 0:
            self._by_code = np.append(self._by_code, np.zeros(more, dtype=np.int64))
        return self._by_code

    def add_bad(self, codes: NDArray[np.int64]) -> None:
        """Rows without a number more."""
        np.add.at(self._by_code, codes, 1)

    def count(self, verdicts: Verdicts) -> None:
        """Take the verdicts of the rows so far into the counts, before they are forgotten."""
        counted, self._by_code = self._by_code, np.zeros(0, dtype=np.int64)
        for code in np.flatnonzero(counted).tolist():
            rows = int(counted[code])
            verdict = verdicts.all[code]
            self._outcomes[verdict.outcome] += rows
            if verdict.decision is None:
                self._causes[verdict.reasons] += rows
                continue
            self._out_of_scope += rows if verdict.decision.out_of_any_law else 0
            self._spoke.update(verdict.decision.in_scope)
            self._silent.update(dict.fromkeys(verdict.decision.out_of_scope))
            for obligation in verdict.decision.obligations():
                self._reasons[obligation] += rows
            for reason in verdict.decision.reasons:
                key = (reason.instrument, reason.obligation, reason.rule)
                self._counted.setdefault(key, ReasonCount(reason)).rows += rows

    def result(self, table: Table, number: int, files: dict[str, str], seconds: float) -> Result:
        counted = sorted(self._counted.values(), key=lambda each: (-each.reason.effect, -each.rows))
        return Result(
            rows=self.rows,
            allow=self._outcomes[Outcome.ALLOW.word],
            label=self._outcomes[Outcome.LABEL.word],
            hold=self._outcomes[Outcome.HOLD.word],
            refuse=self._outcomes[Outcome.REFUSE.word],
            bad=self._outcomes[BAD],
            out_of_scope=self._out_of_scope,
            silent=tuple(name for name in self._silent if name not in self._spoke),
            reasons=dict(self._reasons.most_common()),
            causes=dict(self._causes.most_common()),
            files=files,
            counted=tuple(counted),
            column=table.columns[number] if table.columns else "",
            sheet=table.sheet,
            sheets_left=table.numbers_elsewhere,
            seconds=seconds,
        )

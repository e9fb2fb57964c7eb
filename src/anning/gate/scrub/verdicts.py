"""From decisions to the words of a result file, each distinct one worked out once (裁决的文字)."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

import msgspec

from anning.law.decision import Decision, Outcome
from anning.law.instrument import SHANGHAI
from anning.numbers import CAUSES, SUBSCRIBERS, Parsed, mask, parse
from anning.tables.writer import Ending

Language: TypeAlias = Literal["zh", "en"]

BAD: Final = "bad"
"""The outcome of a row that names no number: nothing was judged (坏行)."""

OUTCOMES: Final = (*(outcome.word for outcome in Outcome), BAD)
"""What can become of a row."""

_MANY: Final = 65_536
_APART: Final = re.compile(r"[/、,，;；|\\&\s]+")
_RUNS: Final = re.compile(r"\+?\d[\d\-]{4,}")


class Verdict(msgspec.Struct, frozen=True):
    """What a result file says of a row.

    Attributes:
        outcome: allow, label, hold, refuse or bad.
        reasons: ids of the obligations, or the cause of a bad row, `;` between them.
        valid_until: when time alone may change it, in local time; empty for a bad row.
        decision: what it says in words; None for a bad row.
    """

    outcome: str
    reasons: str
    wording: str
    valid_until: str
    decision: Decision | None


class Verdicts:
    """The distinct verdicts of a run, numbered.

    Rows with the same decision share one number; so a block of rows becomes a list of small integers, and the words
    are put in column by column.

    Attributes:
        all: the verdicts, each at its number.
        endings: for each what stands behind a row; `causes`: what stands behind it among the bad rows.
        outcomes: for each the place of its outcome in `OUTCOMES`.
        known: from a decision's identity to its verdict's number.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._forget()

    def _forget(self) -> None:
        self.all: list[Verdict] = []
        self.endings: list[Ending] = []
        self.causes: list[Ending] = []
        self.outcomes = bytearray()
        self.known: dict[int, int] = {}
        self._of_bad: dict[str, int] = {}

    @property
    def many(self) -> bool:
        """Whether it is time to forget: decisions whose end differs from person to person never end."""
        return len(self.all) > _MANY

    def forget(self) -> None:
        """Begin anew. What was handed out stays with those who have it."""
        self._forget()

    def of(self, decision: Decision) -> int:
        """The number of a decision's verdict. The decision is kept, so that its identity stays its own."""
        number = self.known.get(id(decision))
        if number is None:
            zh, en = decision.wording()
            number = self._add(
                Verdict(
                    decision.outcome.word,
                    ";".join(decision.obligations()),
                    zh if self._language == "zh" else en,
                    decision.valid_until.astimezone(SHANGHAI).isoformat(timespec="seconds"),
                    decision,
                )
            )
            self.known[id(decision)] = number
        return number

    def bad(self, parsed: Parsed) -> int:
        """The number of the verdict on a cell that names no number, or more than one."""
        words = parsed.cause if parsed.cause != "two-numbers" else _why(parsed, self._language)
        number = self._of_bad.get(words)
        if number is None:
            verdict = Verdict(BAD, parsed.cause, _why(parsed, self._language), "", None)
            number = self._of_bad[words] = self._add(verdict)
        return number

    def _add(self, verdict: Verdict) -> int:
        self.all.append(verdict)
        self.endings.append((verdict.outcome, verdict.reasons, verdict.wording, verdict.valid_until))
        self.causes.append((verdict.reasons, verdict.wording))
        self.outcomes.append(OUTCOMES.index(verdict.outcome))
        return len(self.all) - 1


def may_go(outcome: str) -> bool:
    """Whether rows of this outcome are to be sent."""
    return outcome in {Outcome.ALLOW.word, Outcome.LABEL.word}


def _why(parsed: Parsed, language: Language) -> str:
    cause = CAUSES[parsed.cause]
    words = cause.zh if language == "zh" else cause.en
    if parsed.cause != "two-numbers":
        return words
    named = " / ".join(mask(number) for number in several(parsed.raw))
    if not named:
        return words
    return f"{words}：{named}" if language == "zh" else f"{words}: {named}"


def several(raw: str) -> tuple[str, ...]:
    """The numbers a cell with more than one names, each in its plain form, in order."""
    found: dict[str, None] = {}
    for pieces in (_APART.split(raw), _RUNS.findall(raw)):
        for piece in pieces:
            parsed = parse(piece)
            if parsed.kind in SUBSCRIBERS:
                found[parsed.number] = None
        if len(found) > 1:
            break
    return tuple(found)

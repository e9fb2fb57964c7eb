"""What a rule or a parameter rests on, and how sure we are of it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Mark(StrEnum):
    """How sure the source is (来源标记). Shown wherever the rule is cited."""

    TEXT = "text"
    SECONDARY = "secondary"
    PRESUMED = "presumed"
    GUIDANCE = "guidance"
    PRACTICE = "practice"
    OURS = "ours"

    @property
    def zh(self) -> str:
        return _MARKS[self][0]

    @property
    def en(self) -> str:
        return _MARKS[self][1]


_MARKS: dict[Mark, tuple[str, str]] = {
    Mark.TEXT: ("据原文", "from the text"),
    Mark.SECONDARY: ("二手资料，待核对原文", "secondary source, to be confirmed against the text"),
    Mark.PRESUMED: ("推定延续，待确认", "continuation presumed, to be confirmed"),
    Mark.GUIDANCE: ("指导意见", "guidance"),
    Mark.PRACTICE: ("行业惯例，非法律", "practice, not law"),
    Mark.OURS: ("本系统自定", "our own"),
}


class Citation(msgspec.Struct, frozen=True):
    """Where a duty stands: source in both languages, article if it has one, and the mark.

    `obligation` is the id in obligations.csv (R16a, P03, ...), which a reason shows and a situation asks for.
    """

    obligation: str
    source_zh: str
    source_en: str
    article: str
    mark: Mark

    def zh(self) -> str:
        """As a compliance officer writes it."""
        place = f"第{self.article}条" if self.article else ""
        return f"{self.source_zh}{place}（{self.mark.zh}）"

    def en(self) -> str:
        """As an engineer reads it."""
        place = f", art. {self.article}" if self.article else ""
        return f"{self.source_en}{place} ({self.mark.en})"

"""The verdict on one communication: Allow < Label < Hold < Refuse, with every reason (裁决)."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Final

import msgspec

from anning.law.citation import Citation

HOUSE_POLICY: Final = "house-policy"
"""The name of the operator's own limits among the instruments (企业自订规则)."""


class Outcome(IntEnum):
    """In order of severity; the most severe wins. LABEL exists for calls only."""

    ALLOW = 0
    LABEL = 1
    HOLD = 2
    REFUSE = 3

    @property
    def word(self) -> str:
        """As written in files, JSON and situations: allow, label, hold, refuse."""
        return self.name.lower()

    @property
    def zh(self) -> str:
        return ("可以发送", "标注后接通", "暂缓", "不得发送")[self]

    @property
    def en(self) -> str:
        return ("may go", "goes with a label", "held", "may not go")[self]


class Reason(msgspec.Struct, frozen=True):
    """Why: one rule that fired, or that could not be decided.

    Attributes:
        rule: the rule's own name within its instrument, such as `no-consent`.
        instrument: name of the instrument, such as `cn-2020-draft`.
        effect: what this reason alone would bring about.
        because: the predicates, as written in the rule, that made it fire, with their values.
        unknown: fields that were not seen, when the rule could not be decided; empty otherwise.
        remedy_zh, remedy_en: what would have to differ.
        parameters: the dated numbers that decided, by name.
    """

    citation: Citation
    rule: str
    instrument: str
    effect: Outcome
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    because: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    parameters: tuple[tuple[str, float], ...] = ()

    @property
    def obligation(self) -> str:
        """Id in obligations.csv."""
        return self.citation.obligation


class Judgement(msgspec.Struct, frozen=True):
    """What a regime says of observations, before the gate adds hashes, position and validity."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    advisories: tuple[Reason, ...] = ()
    in_scope: tuple[str, ...] = ()
    out_of_scope: tuple[str, ...] = ()
    degraded: bool = False


class Hashes(msgspec.Struct, frozen=True):
    """Versions a decision was made by, as SHA-256 hex (裁决所依据的版本).

    Attributes:
        law: everything the instruments say: channels, dates, marks, rules, words, remedies.
        parameters: their dated figures.
        code: the program that reads the registers and weighs the rules: predicates, precedence, fallback readers.
        content: the model by name and version, then the hash of it and of the rules by which texts are read; or what
            the judge in their place goes by.
        reply: the reader of answers.
    """

    law: str
    parameters: str
    code: str
    content: str
    reply: str


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict that names what it rests on.

    Attributes:
        reasons: of the most severe effect first; all that fired are kept.
        advisories: shown beside the reasons and none themselves (T01 before it is confirmed).
        in_scope: instruments that spoke; `out_of_scope`: those of the regime that had nothing to say here.
        degraded: passed in an outage; to be judged again on recovery.
        position: journal position of the registers it was judged by; `log_id` names the journal.
        at: the moment judged for; `valid_until`: when time alone may change it (exclusive).
        until: for a hold, the first moment at which it is worth asking again, when known.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    advisories: tuple[Reason, ...]
    in_scope: tuple[str, ...]
    out_of_scope: tuple[str, ...]
    degraded: bool
    under: str
    hashes: Hashes
    log_id: str
    position: int
    at: datetime
    valid_until: datetime
    until: datetime | None = None

    @property
    def out_of_any_law(self) -> bool:
        """Whether no instrument had anything to say, the operator's own limits apart, which are no law."""
        own = {HOUSE_POLICY} if self.under != HOUSE_POLICY else set()
        return not self.reasons and not set(self.in_scope) - own

    def obligations(self) -> tuple[str, ...]:
        """Ids of the obligations among the reasons, each once, in order."""
        return tuple(dict.fromkeys(reason.obligation for reason in self.reasons))

    def wording(self) -> tuple[str, str]:
        """The decision in one sentence, Chinese and English, citations included."""
        if not self.reasons:
            if self.out_of_any_law:
                return "不在所选规定的适用范围内，予以放行", "out of the scope of the law asked for: passes"
            return self.outcome.zh, self.outcome.en
        zh = "；".join(f"{r.zh}〔{r.citation.zh()}〕" for r in self.reasons)
        en = "; ".join(f"{r.en} [{r.citation.en()}]" for r in self.reasons)
        return f"{self.outcome.zh}：{zh}", f"{self.outcome.en}: {en}"

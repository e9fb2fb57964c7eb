"""The draft's 44 articles and every obligation: where each is encoded, carried by a process, or not encoded (条文对照).

Gists are in our own words. What is encoded is derived from the instruments by their citations; what a process carries
is said in `data/processes.csv`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from anning.errors import LawError
from anning.law.instrument import Instrument
from anning.law.instruments import common
from anning.law.instruments.registry import INSTRUMENTS


class Standing(StrEnum):
    """Where an obligation stands (落实方式)."""

    RULES = "rules"
    PREDICATES = "predicates"
    PROOF = "proof"
    PROCESS = "process"
    NONE = "not-encoded"

    @property
    def zh(self) -> str:
        return _STANDINGS[self][0]

    @property
    def en(self) -> str:
        return _STANDINGS[self][1]


_STANDINGS = {
    Standing.RULES: ("编为规则", "encoded as rules"),
    Standing.PREDICATES: ("编为谓词", "encoded as predicates"),
    Standing.PROOF: ("由证明保证", "kept by proof"),
    Standing.PROCESS: ("由流程承担", "carried by a process"),
    Standing.NONE: ("未编码", "not encoded"),
}


class RuleName(msgspec.Struct, frozen=True):
    """A rule and the instrument it is in."""

    instrument: str
    rule: str


class Obligation(msgspec.Struct, frozen=True):
    """One row of the list of obligations, and how it is met (义务).

    Attributes:
        source, article, who, duty, what: as the list has them, in English.
        rules: the rules that cite it, by instrument.
        predicates: the predicates those rules need, or that define its terms.
        part: the part of Anning whose process carries it, empty when rules do.
        stands: whether that process is there yet; always so for rules.
        zh, en: what that process does; for rules, empty.
    """

    id: str
    source: str
    article: str
    who: str
    duty: str
    what: str
    standing: Standing
    rules: tuple[RuleName, ...] = ()
    predicates: tuple[str, ...] = ()
    part: str = ""
    stands: bool = True
    zh: str = ""
    en: str = ""


class Article(msgspec.Struct, frozen=True):
    """One article of the draft (条文): its gist, its obligations, and, where it has none, why.

    Attributes:
        slip_zh, slip_en: a slip of the draft's own at this place, stated and not interpreted; mostly empty.
    """

    number: int
    zh: str
    en: str
    obligations: tuple[str, ...]
    why_zh: str = ""
    why_en: str = ""
    slip_zh: str = ""
    slip_en: str = ""


def obligation_ids() -> frozenset[str]:
    """Ids of all obligations."""
    return frozenset(row["id"] for row in _rows("obligations.csv"))


@cache
def obligations() -> tuple[Obligation, ...]:
    """Every obligation with its one standing, in the list's order.

    Raises:
        LawError: an obligation stands nowhere, or a rule or process names one that is not on the list.
    """
    processes = {row["id"]: row for row in _rows("processes.csv")}
    citing: dict[str, list[tuple[Instrument, str, tuple[str, ...]]]] = {}
    for instrument in (*INSTRUMENTS.values(), common.INSTRUMENT):
        for rule in instrument.rules:
            needs = tuple(dict.fromkeys(rule.when.predicates()))
            citing.setdefault(rule.citation.obligation, []).append((instrument, rule.name, needs))
    stray = (processes.keys() | citing.keys()) - obligation_ids()
    if stray:
        names = ", ".join(sorted(stray))
        raise LawError(f"义务清单中没有 {names}", f"not on the list of obligations: {names}", thing=names)
    return tuple(
        _standing(row, citing.get(row["id"], []), processes.get(row["id"])) for row in _rows("obligations.csv")
    )


@cache
def articles() -> tuple[Article, ...]:
    """The articles of the draft, 1 to 44."""
    of: dict[int, list[str]] = {}
    for obligation in obligations():
        if obligation.source == "2020 draft":
            for number in _numbers(obligation.article):
                of.setdefault(number, []).append(obligation.id)
    return tuple(
        Article(
            int(row["article"]),
            row["zh"],
            row["en"],
            tuple(of.get(int(row["article"]), ())),
            row["why_zh"],
            row["why_en"],
            row["slip_zh"],
            row["slip_en"],
        )
        for row in _rows("articles.csv")
    )


def _standing(
    row: dict[str, str], cited: list[tuple[Instrument, str, tuple[str, ...]]], process: dict[str, str] | None
) -> Obligation:
    known = (row["id"], row["source"], row["article"], row["who"], row["duty"], row["what the software must do"])
    if cited:
        return Obligation(
            *known,
            Standing.RULES,
            rules=tuple(RuleName(instrument.name, rule) for instrument, rule, _ in cited),
            predicates=tuple(dict.fromkeys(name for _, _, needs in cited for name in needs)),
        )
    if process is None:
        raise LawError(
            f"义务 {row['id']} 既无规则，也无流程，也未说明为何不编码",
            f"obligation {row['id']} has no rule, no process and no reason why not",
            thing=row["id"],
        )
    standing = Standing(process["kind"])
    if standing is Standing.PREDICATES:
        return Obligation(*known, standing, predicates=tuple(process["en"].split()), part=process["part"])
    return Obligation(
        *known,
        standing,
        part=process["part"],
        stands=process["stands"] == "yes",
        zh=process["zh"],
        en=process["en"],
    )


def _numbers(article: str) -> Iterator[int]:
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", article):
        yield from range(int(first), int(last or first) + 1)


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = files("anning.law").joinpath("data", name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))

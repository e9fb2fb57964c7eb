"""A judged list at one look (名单一览): how many, why, at which carriers, how many parts are billed."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from anning.api.rows import Rows
from anning.api.scrubs import Scrub, Scrubs
from anning.gate.scrub import BAD
from anning.gate.scrub.verdicts import may_go
from anning.numbers import CARRIERS, carrier
from anning.portal.why import Why, advisories_of, causes_of, reasons_of

KEPT: Final = 64
_BEHIND_PREFIX: Final = 10_000_000


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What a judged list shows.

    Attributes:
        rows: its rows, to be looked into.
        counts: by outcome; `total`: all of them.
        carriers: nominal carriers of the numbers that may be sent to, in both languages, with how many.
    """

    rows: Rows
    total: int
    counts: dict[str, int]
    whys: list[Why]
    advisories: list[Why]
    causes: list[tuple[str, int]]
    carriers: list[tuple[str, str, int]]

    @property
    def to_send(self) -> int:
        """Rows that may go."""
        return self.counts["allow"] + self.counts["label"]

    @property
    def not_to_send(self) -> int:
        """Rows that may not go, or not yet, or name no number."""
        return self.total - self.to_send


def picture_of(scrubs: Scrubs, job: Scrub) -> Picture:
    """The picture of a job; the latest asked for are kept.

    Raises:
        NotFound: it is not done.
    """
    scrubs.rows(job)
    return _drawn(scrubs.list_of(job).parent, job.changed)


@lru_cache(maxsize=KEPT)
def _drawn(folder: Path, _: datetime) -> Picture:
    return _draw(Rows(folder))


def _draw(rows: Rows) -> Picture:
    counts = dict.fromkeys(("allow", "label", "hold", "refuse", BAD), 0)
    for outcome, many in rows.outcomes():
        counts[outcome] += many
    return Picture(
        rows=rows,
        total=len(rows),
        counts=counts,
        whys=reasons_of(rows),
        advisories=advisories_of(rows),
        causes=causes_of(rows),
        carriers=_carriers(rows),
    )


def _carriers(rows: Rows) -> list[tuple[str, str, int]]:
    going = [place for place, verdict in enumerate(rows.verdicts) if may_go(verdict.outcome)]
    chosen = rows.chosen(going)
    by_prefix = np.bincount(rows.values[chosen] // _BEHIND_PREFIX)
    many: dict[str, int] = {}
    for prefix in np.flatnonzero(by_prefix).tolist():
        name = carrier(f"+86{prefix}0000000") if prefix else ""
        many[name] = many.get(name, 0) + int(by_prefix[prefix])
    named = [(CARRIERS.get(name, "其他"), name or "others", count) for name, count in many.items()]
    return sorted(named, key=lambda each: -each[2])

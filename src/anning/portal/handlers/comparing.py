"""One list under two instruments (同一名单、两部规定): judged twice for the same moment, and laid side by side."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
from uuid_utils import uuid7

from anning.accounts.roles import Action
from anning.api.models import ReasonShown
from anning.api.scrubs import Scrub
from anning.errors import InvalidInput
from anning.law.instruments.registry import IN_FORCE, instrument
from anning.portal.handlers.before_sending import UNDER_WAY, job_of
from anning.portal.picture import Picture, picture_of
from anning.portal.visit import Goes, Page, Shown, Visit


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Rows whose outcome differs.

    Attributes:
        before, after: the outcomes under the first and the second.
        reasons: why on the stricter side, the commonest first, with how many of the rows.
    """

    before: str
    after: str
    rows: int
    reasons: list[tuple[ReasonShown, int]]


def begin(visit: Visit) -> Goes:
    """Judge a list again, twice."""
    form = visit.form
    names = form.get("first", IN_FORCE), form.get("second", "")
    for name in names:
        if name != IN_FORCE:
            instrument(name)
    if names[0] == names[1]:
        raise InvalidInput("请选择两部不同的规定", "choose two different instruments", field="second", rule="different")
    job = job_of(visit, form.get("list", ""))
    at = job.asked.at or visit.house.clock()
    ids = []
    for name in names:
        asked = msgspec.structs.replace(job.asked, under=name, at=at)
        ids.append(visit.house.scrubs.again(job, str(uuid7()), visit.who.actor, asked).id)
    visit.house.wake.set()
    return Goes(to=f"/law/difference/{ids[0]}/{ids[1]}")


def show(visit: Visit) -> Shown:
    """How far both are, or what changes."""
    first, second = job_of(visit, visit.params["first"]), job_of(visit, visit.params["second"])
    values: dict[str, Any] = {"first": first, "second": second}
    if first.state in UNDER_WAY or second.state in UNDER_WAY:
        return Shown(template="comparing.html", values={**values, "moves": None})
    _must_fit(first, second)
    pictures = picture_of(visit.house.scrubs, first), picture_of(visit.house.scrubs, second)
    moves = _moves(*pictures)
    return Shown(
        template="comparing.html",
        values={
            **values,
            "moves": moves,
            "pictures": pictures,
            "changed": sum(each.rows for each in moves),
            "positions": tuple((job.result or {}).get("position", 0) for job in (first, second)),
        },
    )


def _must_fit(first: Scrub, second: Scrub) -> None:
    if msgspec.structs.replace(first.asked, under="") != msgspec.structs.replace(second.asked, under=""):
        raise InvalidInput(
            "这两次判定不是同一份名单、同一条短信", "these two are not the same list and text", field="second"
        )


def _moves(one: Picture, other: Picture) -> list[Move]:
    """From pairs of verdicts, counted, to what changes."""
    width = len(other.rows.verdicts) or 1
    pairs, many = np.unique(one.rows.places.astype(np.int64) * width + other.rows.places, return_counts=True)
    found: dict[tuple[str, str], dict[tuple[str, str], list[Any]]] = {}
    rows: dict[tuple[str, str], int] = {}
    for pair, count in zip(pairs.tolist(), many.tolist(), strict=True):
        before, after = one.rows.verdicts[pair // width], other.rows.verdicts[pair % width]
        if before.outcome == after.outcome:
            continue
        key = (before.outcome, after.outcome)
        rows[key] = rows.get(key, 0) + count
        stricter = after if _SEVERITY.index(after.outcome) > _SEVERITY.index(before.outcome) else before
        reasons = found.setdefault(key, {})
        for reason in stricter.reasons:
            reasons.setdefault((reason.instrument, reason.rule), [reason, 0])[1] += count
    return [
        Move(
            before=key[0],
            after=key[1],
            rows=rows[key],
            reasons=sorted(((reason, count) for reason, count in found[key].values()), key=lambda each: -each[1]),
        )
        for key in sorted(rows, key=lambda each: -rows[each])
    ]


_SEVERITY: Final = ("bad", "allow", "label", "hold", "refuse")

PAGES: Final = (
    Page(
        method="POST",
        path="/law/difference",
        action=Action.SCRUB,
        handler=begin,
        zh="把一份名单按两部规定各判一次",
        en="Judge a list under two instruments",
    ),
    Page(
        method="GET",
        path="/law/difference/{first}/{second}",
        action=Action.SCRUB,
        handler=show,
        zh="同一份名单在两部规定下的差别",
        en="What changes on one list between two instruments",
    ),
)

"""Switches out of a form and into one (意愿表单), for the person's page and the desk's alike."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import msgspec

from anning.errors import InvalidInput
from anning.journal.envelope import to_microseconds
from anning.portal.visit import Fields, Visit
from anning.registers.events import OrganisationRegistered
from anning.registers.views import rows
from anning.wishes.rules import TRADES as NAMED
from anning.wishes.rules import Rule
from anning.wishes.switches import Switches, switched, wanted
from anning.wishes.wording import TRADES, told

PREFIXES: Final[dict[str, tuple[str, str]]] = {
    "400": ("400", "400"),
    "95": ("95", "95"),
    "951": ("951", "951"),
    "international": ("境外", "abroad"),
}
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DIGITS: Final = re.compile(r"[0-9]{1,20}")


class Names(NamedTuple):
    """What the form shows as text."""

    begins: str
    ends: str
    prefixes: str
    excepted: dict[str, str]


def shown_switches(visit: Visit, rules: tuple[Rule, ...], near: dict[str, str]) -> dict[str, Any]:
    """What the template of switches needs.

    Args:
        near: organisations the person dealt with, by id: candidates for an exception.
    """
    shown = switched(rules)
    begins, ends = shown.only_within or ("", "")
    names = Names(
        begins=_clock(begins),
        ends=_clock(ends),
        prefixes=" ".join(prefix for prefix in shown.prefixes if prefix not in PREFIXES),
        excepted={org: near.get(org) or name_of(visit, org) for org in shown.except_for},
    )
    return {
        "shown": shown,
        "names": names,
        "organisations": near,
        "trades": {trade: words for trade, words in TRADES.items() if trade != "government"},
        "prefixes": PREFIXES,
        "told": told,
    }


def asked_rules(form: Fields, stood: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules a form asks for.

    Raises:
        InvalidInput: hours or prefixes that are none.
    """
    before = switched(stood)
    own = form["prefixes"].split()
    for prefix in own:
        if not _DIGITS.fullmatch(prefix):
            raise InvalidInput(
                f"“{prefix}”不是号段：只填数字",
                f"“{prefix}” is no beginning of numbers: digits only",
                thing=prefix,
                field="prefixes",
                rule="code-prefix",
            )
    switches = Switches(
        calls=bool(form["calls"]),
        sms=bool(form["sms"]),
        trades=tuple(trade for trade in NAMED if form[f"trade-{trade}"]),  # type: ignore[misc]  # named in `Trade`
        only_within=_hours(form["from"], form["until"]),
        no_weekends=bool(form["no_weekends"]),
        prefixes=tuple(dict.fromkeys((*(each for each in PREFIXES if form[f"prefix-{each}"]), *own))),
        filtered=bool(form["filtered"]),
        except_for=tuple(sorted(name.removeprefix("except-") for name in form if name.startswith("except-"))),
        others=tuple(rule for place, rule in enumerate(before.others) if form[f"other-{place}"]),
    )
    if set(switches.prefixes) == set(before.prefixes):
        switches = msgspec.structs.replace(switches, prefixes=before.prefixes)
    if set(switches.trades) == set(before.trades):
        switches = msgspec.structs.replace(switches, trades=before.trades)
    if set(switches.except_for) == set(before.except_for):
        switches = msgspec.structs.replace(switches, except_for=before.except_for)
    return wanted(stood, switches, keeps_consents=bool(form["keeps"]))


def name_of(visit: Visit, org: str) -> str:
    """An organisation's name; its id when nobody is registered so."""
    with visit.house.registers.store.read() as connection:
        at = to_microseconds(visit.house.clock())
        found = rows(connection, "organisation_registered_by_id", id=org, at=at)
    return next((row.name for row in found if isinstance(row, OrganisationRegistered)), org)


def _hours(begins: str, ends: str) -> tuple[int, int] | None:
    if not begins and not ends:
        return None
    first, last = _TIME.fullmatch(begins), _TIME.fullmatch(ends)
    if first is None or last is None or begins == ends:
        raise InvalidInput(
            "时段须填两个不同的时刻，例如 10:00 到 12:00",
            "hours are two different times, such as 10:00 to 12:00",
            thing="hours",
            field="from",
            rule="hours",
        )
    return int(first[1]) * 60 + int(first[2]), int(last[1]) * 60 + int(last[2])


def _clock(minute: int | str) -> str:
    return "" if isinstance(minute, str) else f"{minute // 60:02d}:{minute % 60:02d}"

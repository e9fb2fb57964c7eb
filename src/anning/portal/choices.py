"""What a form offers to choose from (可选项): organisations, codes, instruments, as the registers have them now."""

from __future__ import annotations

from typing import Final

import msgspec

from anning.gate.directory import moment_of
from anning.journal.envelope import to_microseconds
from anning.law.instruments.registry import IN_FORCE, INSTRUMENTS
from anning.portal.visit import Visit
from anning.registers.events import CodeRecorded
from anning.registers.views import QUERIES, rows

MOST: Final = 200
"""Beyond so many, a name is typed."""


class Choice(msgspec.Struct, frozen=True, order=True):
    """A value and what it is called in both languages."""

    value: str
    zh: str
    en: str


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """Of one form.

    Attributes:
        senders: for whom the tenant may ask; `organisations`: all.
        codes: of the senders.
    """

    senders: tuple[Choice, ...]
    organisations: tuple[Choice, ...]
    codes: tuple[Choice, ...]
    instruments: tuple[Choice, ...]


_USES: Final = {
    "commercial": ("营销", "marketing"),
    "service": ("服务", "service"),
    "public-interest": ("公益", "public interest"),
    "any": ("不限用途", "any use"),
}


def choices(visit: Visit) -> Choices:
    """What this visitor may choose from."""
    house, now = visit.house, visit.house.clock()
    directory = house.judging.gate.sources.directory
    with house.registers.store.read() as connection:
        known = sorted(row[0] for row in QUERIES.rows(connection, "known_organisations"))[:MOST]
        named = {}
        for org in known:
            found = directory.organisation(org, moment_of(now))
            if found is not None:
                named[org] = found.name
        senders = [org for org in named if visit.tenant.speaks_for(org)]
        codes: dict[str, Choice] = {}
        for org in senders:
            for code in rows(connection, "code_recorded_by_user", org=org, at=to_microseconds(now)):
                if isinstance(code, CodeRecorded) and code.user == org:
                    use = _USES[code.use]
                    codes.setdefault(
                        code.code, Choice(code.code, f"{named[org]} · {use[0]}", f"{named[org]} · {use[1]}")
                    )
    return Choices(
        senders=tuple(Choice(org, named[org], named[org]) for org in senders),
        organisations=tuple(Choice(org, name, name) for org, name in named.items()),
        codes=tuple(codes.values()),
        instruments=instruments(),
    )


def instruments() -> tuple[Choice, ...]:
    """What can be judged under."""
    return (
        Choice(IN_FORCE, "现行有效的规定", "what is in force"),
        *(Choice(each.name, f"{each.zh}", f"{each.en}") for each in INSTRUMENTS.values()),
    )


def name_of(visit: Visit, org: str) -> str:
    """What an organisation is called; its id when nobody knows it."""
    found = visit.house.judging.gate.sources.directory.organisation(org, moment_of(visit.house.clock()))
    return org if found is None else found.name

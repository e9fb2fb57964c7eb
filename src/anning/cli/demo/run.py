"""The demonstration itself, through the same doors a user takes: registers, imports, scrub, decide (演示过程)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from anning.accounts.open import open_accounts
from anning.accounts.roles import ROOT
from anning.cli.demo import people, world
from anning.cli.demo.singles import BOOKS_AD, Single, singles
from anning.gate.campaign import Campaign
from anning.gate.communication import Communication
from anning.gate.gate import Gate
from anning.gate.opening import open_gate
from anning.gate.scrub import Language, Result, scrub
from anning.law.decision import Decision
from anning.law.observations import Channel, Purpose
from anning.registers.open import Registers, open_registers
from anning.settings import Settings, read_settings
from anning.tables import Table, open_table
from anning.tables.writers import Style

SENDER: Final = "books"
JOB: Final = Communication(
    channel=Channel.SMS,
    provider="cpaas",
    sender=SENDER,
    code="106600008888",
    number="",
    text=BOOKS_AD,
    purpose=Purpose.COMMERCIAL,
    at=people.NOW,
)


_SYLLABLE: Final = ("bdfgklmnprst", "aeiou")


class Person(msgspec.Struct, frozen=True):
    """Who signs in: a name and a password."""

    name: str
    password: str


class Story(msgspec.Struct, frozen=True):
    """What happened.

    Attributes:
        statements, wishes, consents: how many the registers took.
        singles: each single communication with its verdict.
        person: who signs in to the pages.
    """

    folder: Path
    statements: int
    wishes: int
    consents: int
    campaign: Table
    result: Result
    singles: tuple[tuple[Single, Decision], ...]
    person: Person


def run(folder: Path, rows: int, language: Language, say: Callable[[str, str], None]) -> Story:
    """Build, import, judge; everything stays in `folder`."""
    crowd = people.people(int(rows * 0.95))
    wishes, consents, campaign = folder / "wishes.csv", folder / "consents.csv", folder / "campaign.csv"
    people.write_wishes(wishes, crowd)
    people.write_consents(consents, crowd, SENDER, "mall")
    people.write_campaign(campaign, crowd, rows)
    settings = read_settings(data_dir=folder / "var", database_url="", segments_dir=None)
    with open_registers(settings, clock=lambda: people.NOW) as registers:
        statements = world.register(registers)
        say(f"登记了 {statements} 项：机构、许可、码号、签名、意愿", f"{statements} statements registered")
        took = _take(registers, wishes, consents)
        say(f"导入意愿 {took[0]:,} 条、同意 {took[1]:,} 条", f"{took[0]:,} wishes and {took[1]:,} consents imported")
    gate = open_gate(
        settings.database,
        settings.segments,
        snapshots=settings.snapshots,
        counts=settings.counts,
        shards=settings.counts_shards,
    )
    result = _campaign(gate, campaign, folder / "result.csv", language)
    verdicts = tuple((single, gate.decide(single.communication)) for single in singles())
    return Story(folder, statements, *took, open_table(campaign), result, verdicts, _person(settings))


def _person(settings: Settings) -> Person:
    """Somebody who may do everything in this world, with a password made for it."""
    # No syllable has a full stop, so no password has the name in it, which is refused.
    person = Person("an.ning", "-".join("".join(map(secrets.choice, _SYLLABLE * 2)) for _ in range(4)))
    with open_accounts(settings) as accounts:
        invitation = accounts.add_person(person.name, "演示", ROOT, ("registrar",), actor=world.ACTOR)
        accounts.accept_invitation(invitation, person.password)
    return person


def _take(registers: Registers, wishes: Path, consents: Path) -> tuple[int, int]:
    return (
        registers.take(wishes, "wish", actor=world.ACTOR).rows,
        registers.take(consents, "consent", actor=world.ACTOR).rows,
    )


def _campaign(gate: Gate, campaign: Path, out: Path, language: Language) -> Result:
    table = open_table(campaign)
    return scrub(table, Campaign(gate, JOB), out, Style.of(out, table), number=table.number_column(), language=language)

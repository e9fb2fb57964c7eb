"""A small world to judge campaign lists in: the benchmark's bookshop, and a handful of people who said something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from anning.cli.bench import world
from anning.gate.campaign import Campaign
from anning.gate.gate import Gate
from anning.gate.scrub import Result, scrub
from anning.journal import Entry, MemoryJournal
from anning.registers import events as reg
from anning.tables import find_column, open_table
from anning.tables.writers import Style

EARLIER = world.AT - timedelta(days=60)
LATER = world.AT - timedelta(days=10)


def consents(numbers: Iterable[str]) -> list[reg.Payload]:
    return [reg.ConsentGiven(number=number, to=world.SENDER, channel="sms", confirmed=True) for number in numbers]


def declines(numbers: Iterable[str]) -> list[reg.Payload]:
    return [reg.WishStated(number=number, channel="sms", says="decline") for number in numbers]


def gate_with(earlier: Iterable[reg.Payload] = (), later: Iterable[reg.Payload] = ()) -> Gate:
    said = [
        *((world.AT - timedelta(days=700), payload) for payload in world.organisations()),
        *((EARLIER, payload) for payload in earlier),
        *((LATER, payload) for payload in later),
    ]
    journal = MemoryJournal()
    journal.append(
        Entry(reg.kind_of(payload), reg.payload_of(payload), "test", "test", at, f"test-{place}")
        for place, (at, payload) in enumerate(said)
    )
    return Gate.of(journal.events())


def run(gate: Gate, source: Path, out: Path, **options: object) -> Result:
    """Judge a list for the bookshop's message of the benchmark."""
    table = open_table(source)
    under = str(options.pop("under", "in-force"))
    campaign = Campaign(gate, world.job(), under)
    return scrub(table, campaign, out, Style.of(out, table), number=find_column(table), **options)  # type: ignore[arg-type]


def rows_of(path: Path) -> list[list[str]]:
    """All data rows of a list as text."""
    table = open_table(path)
    columns = range(len(table.columns))
    return [list(row) for block in table.batches() for row in zip(*map(block.texts, columns), strict=True)]

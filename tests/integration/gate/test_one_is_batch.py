"""One is batch: a random world in a real database, opened anew, decides singly and by list as it does in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anning.gate.campaign import Campaign
from anning.gate.communication import Communication
from anning.gate.gate import Gate
from anning.gate.opening import open_gate
from anning.gate.scrub.run import scrub
from anning.journal import Connection, Entry, Writer
from anning.law.decision import Decision, Outcome
from anning.numbers import parse
from anning.registers import events as reg
from anning.registers.open import open_store
from anning.tables import open_table
from anning.tables.writers import Style
from fixtures_db import KINDS, Kind
from gate_at_random import PARTIES, communications, gate_of, histories, numbers, unders
from gate_world import LONG_AGO, NOON, entries

LATER = NOON + timedelta(days=30)


class Written:
    """A world written as it is, whatever the registers would say to it."""

    def __init__(self, said: Sequence[Entry]) -> None:
        self.said = said

    def digest(self) -> bytes:
        return sha256(repr(self.said).encode()).digest()

    def decide(self, connection: Connection, /) -> Sequence[Entry]:
        return self.said


def stored(url: str, folder: Path, history: list[tuple[reg.Payload, datetime]]) -> Gate:
    """The world on disk, closed, and a gate that opens it."""
    said = entries(PARTIES, LONG_AGO)
    for what, at in history:
        said += entries((what,), at)
    with open_store(url, folder) as store, Writer.acquire(store, clock=lambda: LATER) as writer:
        writer.write(Written(said), key="key", tenant="test", actor="test", at=LATER)
    return open_gate(url, folder)


def singly(gate: Gate, c: Communication, rows: list[str], under: str) -> list[Decision]:
    """Each row by itself; what goes out is recorded before the next."""
    decisions = []
    for number in rows:
        each = msgspec.structs.replace(c, number=number)
        observations = gate.observe(each)
        decisions.append(gate.decide_observed(observations, under))
        if decisions[-1].outcome <= Outcome.LABEL:
            gate.record(each, observations)
    return decisions


def said_of(decisions: list[Decision]) -> list[object]:
    """All that decisions say, the name of the journal aside."""
    return [msgspec.structs.replace(decision, log_id="") for decision in decisions]


@pytest.mark.parametrize("kind", KINDS)
def test_a_world_decides_alike_wherever_it_lies(
    kind: Kind, new_database: Callable[[Kind], str], tmp_path: Path
) -> None:
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(histories, communications, st.lists(numbers, min_size=1, max_size=8), unders)
    def decides_alike(
        history: list[tuple[reg.Payload, datetime]], c: Communication, rows: list[str], under: str
    ) -> None:
        url = new_database(kind)
        on_disk = stored(url, tmp_path / "segments", history)
        expected = singly(gate_of(history, []), c, rows, under)
        assert said_of(singly(on_disk, c, rows, under)) == said_of(expected)

        by_index = open_gate(url, tmp_path / "segments", snapshots=tmp_path / "snapshots", small=0)
        by_index.just_now = 0
        assert said_of(singly(by_index, c, rows, under)) == said_of(expected)

        anew = open_gate(url, tmp_path / "segments")
        campaign = Campaign(anew, c, under)
        assert said_of([campaign.decide(parse(number)) for number in rows]) == said_of(expected)

        source, out = tmp_path / "list.csv", tmp_path / f"{sha256(url.encode()).hexdigest()}.parquet"
        source.write_text("number\n" + "".join(f"{number}\n" for number in rows), encoding="utf-8")
        table = open_table(source, header=True)
        scrub(table, Campaign(anew, c, under), out, Style.of(out, table), number=0, rows=3)
        assert pl.read_parquet(out)["outcome"].to_list() == [decision.outcome.word for decision in expected]

    decides_alike()

"""A writer, a keeper and two gates, each a process: nobody is let through later than the bound after they withdrew.

The bound is what the keeper promises and the longest block of the run: it holds however busy the machine is, for a
gate whose index is not fresh lets nobody through.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from anning.cli.bench.withdrawals import Plan, Run, run

LITTLE = {"changes": 300, "rate": 300, "people": 200, "gates": 2, "rows": 4_096}


def nobody_too_late(done: Run) -> None:
    checked = done.checked()
    assert checked.violations == ()
    assert checked.unheard == 0
    # Every gate acted on every withdrawal and every consent, unless its person thought better of it at once.
    changes, gates = done.plan.changes, done.plan.gates
    assert len(checked.to_refusal) + len(checked.to_passing) + checked.overtaken == changes * gates
    assert len(checked.to_refusal) > changes * gates // 4
    assert len(checked.to_passing) > changes * gates // 4


def test_a_withdrawal_reaches_every_gate(database_url: str, tmp_path: Path) -> None:
    nobody_too_late(run(Plan(**LITTLE), tmp_path, database_url))


def test_nobody_passes_by_the_index_of_a_dead_keeper(tmp_path: Path) -> None:
    done = run(Plan(**{**LITTLE, "changes": 600}, killed=True), tmp_path)
    assert done.outage is not None
    assert done.passed_while_away() == []
    # Gates went on judging meanwhile, and there was somebody to let through before and after.
    for gate in done.heard:
        while_away = (gate.starts > done.outage.away) & (gate.ends < done.outage.back)
        assert while_away.sum() > 3
        assert gate.passes[gate.ends[gate.blocks] > done.outage.back].any()
    nobody_too_late(done)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_two_thousand_changes_a_second_for_a_minute(database_url: str, tmp_path: Path) -> None:
    nobody_too_late(
        run(Plan(changes=120_000, rate=2_000, people=60_000, gates=2, rows=1 << 17), tmp_path, database_url)
    )

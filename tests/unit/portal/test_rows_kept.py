"""The rows of a list, kept and looked into: the same numbers, verdicts and counts, in any cut into blocks."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anning.api.rows import Rows, RowsKept
from anning.gate.campaign import Campaign
from anning.numbers import CAUSES, mask, parse
from anning.tables import read_numbers
from gate_world import LI, WANG, World, offer

CELLS = [WANG, LI, "13700137000", "010-62345678", "+1 650 253 0000", "", "1.38E+10", "1380013", "95588", "一个号码"]


def kept(folder: Path, blocks: list[list[str]]) -> Rows:
    campaign = Campaign(World().gate, offer(""))
    rows = RowsKept(folder)
    for block in blocks:
        column = read_numbers(pl.Series(block, dtype=pl.String))
        rows.add(column, campaign.decide_block(column))
    rows.finish()
    found = Rows.of(folder)
    assert found is not None
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=st.lists(st.lists(st.sampled_from(CELLS), min_size=1, max_size=12), min_size=1, max_size=4))
def test_what_is_kept_is_what_was_judged(tmp_path_factory: object, blocks: list[list[str]]) -> None:
    rows = kept(tmp_path_factory.mktemp("rows"), blocks)  # type: ignore[attr-defined]
    cells = [cell for block in blocks for cell in block]
    gate = World().gate
    assert len(rows) == len(cells)
    assert sum(rows.counts) == len(cells)
    for place, cell in enumerate(cells):
        parsed = parse(cell)
        verdict = rows.verdicts[int(rows.places[place])]
        if not parsed.valid:
            assert (verdict.outcome, verdict.cause) == ("bad", parsed.cause)
            assert verdict.wording.zh == CAUSES[parsed.cause].zh
            assert rows.number(place) == mask(cell)
        else:
            assert rows.number(place) == parsed.number
            alone = gate.decide(offer(parsed.number))
            assert verdict.outcome == alone.outcome.word
            assert [each.rule for each in verdict.reasons] == [each.rule for each in alone.reasons]


def test_rows_are_found_by_verdict_and_last_digits(tmp_path: Path) -> None:
    rows = kept(tmp_path, [[WANG, LI, "1.38E+10"], ["13600138000", "010-62348000"]])
    assert rows.chosen(None).tolist() == [0, 1, 2, 3, 4]
    assert rows.chosen(None, 8000).tolist() == [0, 3], "mobile numbers alone are found by their last digits"
    bad = [place for place, verdict in enumerate(rows.verdicts) if verdict.outcome == "bad"]
    assert rows.chosen(bad).tolist() == [2]
    assert rows.chosen([]).tolist() == []


def test_nothing_was_kept_of_a_job_that_is_not_done(tmp_path: Path) -> None:
    RowsKept(tmp_path).close()
    assert Rows.of(tmp_path) is None


def test_an_empty_list_has_no_rows(tmp_path: Path) -> None:
    RowsKept(tmp_path).finish()
    rows = Rows.of(tmp_path)
    assert rows is not None
    assert (len(rows), rows.chosen(None).tolist(), rows.counts) == (0, [], [])

"""The history checker finds what is planted, and agrees with a reading of every block by itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anning.cli.bench.acknowledged import (
    Heard,
    Said,
    check,
    passing_between,
    read_heard,
    read_said,
    write_heard,
    write_said,
)

SECOND = 1_000_000_000


def said(*statements: tuple[int, bool, int, int], consented: tuple[bool, ...]) -> Said:
    """Statements as person, consent or not, second of submission, second of acknowledgement."""
    people, consents, submitted, acknowledged = zip(*statements, strict=True) if statements else ((), (), (), ())
    return Said(
        np.array(people, np.int64),
        np.array(consents, np.bool_),
        np.array(submitted, np.int64) * SECOND,
        np.array(acknowledged, np.int64) * SECOND,
        np.array(consented, np.bool_),
    )


def heard(*passing: tuple[bool, ...]) -> Heard:
    """A gate whose block number n lasts from second n to n + 1, with whom each of them lets through."""
    blocks = np.arange(len(passing))
    changed = [
        (block, person, of_block[person])
        for block, of_block in enumerate(passing)
        for person in range(len(of_block))
        if of_block[person] != (block > 0 and passing[block - 1][person])
    ]
    which, people, passes = zip(*changed, strict=True) if changed else ((), (), ())
    return Heard(
        "gate",
        blocks * SECOND,
        (blocks + 1) * SECOND,
        np.array(which, np.int64),
        np.array(people, np.int64),
        np.array(passes, np.bool_),
    )


def passing(letters: str) -> Heard:
    """One person: `+` let through, `-` not, block by block."""
    return heard(*((letter == "+",) for letter in letters))


def test_a_withdrawal_that_is_heeded_in_time_is_no_violation() -> None:
    checked = check(said((0, False, 2, 3), consented=(True,)), [passing("++++--")], bound=1.5)
    assert checked.violations == ()
    assert checked.to_refusal.tolist() == [2 * SECOND]
    assert checked.unheard == 0


def test_one_block_too_late_is_a_violation() -> None:
    checked = check(said((0, False, 2, 3), consented=(True,)), [passing("+++++-")], bound=1.5)
    assert [(each.gate, each.person, each.late) for each in checked.violations] == [("gate", 0, 2.0)]


def test_it_may_come_back_for_one_block_and_is_found() -> None:
    checked = check(said((0, False, 2, 3), consented=(True,)), [passing("+++----+-")], bound=1.5)
    assert [each.passed for each in checked.violations] == [8 * SECOND]


def test_who_never_consented_is_never_let_through() -> None:
    checked = check(said(consented=(False, True)), [heard((False, True), (True, True), (False, True))], bound=9)
    assert [(each.person, each.acknowledged, each.passed) for each in checked.violations] == [(0, 0, 2 * SECOND)]


def test_a_consent_counts_from_its_submission_not_its_acknowledgement() -> None:
    consent = said((0, True, 2, 5), consented=(False,))
    assert check(consent, [passing("--+++++")], bound=1).violations == ()
    assert [each.passed for each in check(consent, [passing("+-+++++")], bound=1).violations] == [SECOND]
    assert check(consent, [passing("--+++++")], bound=1).to_passing.tolist() == [0]
    assert check(consent, [passing("------+")], bound=1).to_passing.tolist() == [2 * SECOND]


def test_what_a_gate_never_heeds_is_unheard_and_what_was_taken_back_at_once_is_overtaken() -> None:
    nothing = check(said((0, True, 1, 2), consented=(False,)), [passing("------")], bound=1)
    assert (nothing.unheard, nothing.overtaken, len(nothing.to_passing)) == (1, 0, 0)
    taken_back = said((0, True, 1, 2), (0, False, 2, 3), consented=(False,))
    at_once = check(taken_back, [passing("------")], bound=1)
    assert (at_once.unheard, at_once.overtaken) == (0, 1)


def test_whoever_passes_while_the_keeper_is_away_is_found() -> None:
    gates = [passing("++--+-")]
    assert passing_between(gates, 1, 2 * SECOND, 4 * SECOND) == []
    assert [each.passed for each in passing_between(gates, 1, 2 * SECOND, 6 * SECOND)] == [5 * SECOND]


def test_a_history_is_the_same_from_its_file(tmp_path) -> None:
    kept = said((0, False, 2, 3), consented=(True,)), passing("+++++-")
    write_said(kept[0], tmp_path / "said.npz")
    write_heard(kept[1], tmp_path / "heard.npz")
    again = read_said(tmp_path / "said.npz"), read_heard("gate", tmp_path / "heard.npz")
    assert check(again[0], [again[1]], bound=1).violations == check(kept[0], [kept[1]], bound=1).violations != ()


def alternating(consented: bool, gaps: list[tuple[int, int]]) -> Said:
    """One person who says the opposite each time, at these distances, acknowledged so much later."""
    at, statements = 0, []
    for turn, (gap, after) in enumerate(gaps):
        at += gap
        statements.append((0, bool(turn % 2) == consented, at, at + after))
    return said(*statements, consented=(consented,))


@settings(max_examples=300, deadline=None)
@given(
    st.booleans(),
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 2)), max_size=5),
    st.text("+-", min_size=1, max_size=30),
    st.integers(0, 4),
)
def test_it_finds_what_a_look_at_every_block_finds(
    consented: bool, gaps: list[tuple[int, int]], letters: str, bound: int
) -> None:
    one = alternating(consented, gaps)
    gate = passing(letters)
    late = set()
    for place, acknowledged in enumerate(one.acknowledged.tolist()):
        if not one.consents[place]:
            until = one.submitted[place + 1] if place + 1 < len(one.people) else np.inf
            passed = [
                end
                for end, letter in zip(gate.ends.tolist(), letters, strict=True)
                if letter == "+" and acknowledged + bound * SECOND < end < until
            ]
            late.update((acknowledged, end) for end in passed[:1])
    if not consented:
        until = one.submitted[0] if len(one.people) else np.inf
        early = [end for end, letter in zip(gate.ends.tolist(), letters, strict=True) if letter == "+" and end < until]
        late.update((0, end) for end in early[:1])
    found = check(one, [gate], bound).violations
    assert {(each.acknowledged, each.passed) for each in found} == late

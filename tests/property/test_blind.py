"""Outsiders cannot read wishes out of verdicts, and nothing gets through because they cannot (盲洗, X02)."""

from __future__ import annotations

from datetime import datetime

import msgspec
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from anning.gate.campaign import Campaign
from anning.gate.communication import Communication
from anning.gate.explain import explain
from anning.gate.gate import Gate
from anning.law.observations import ConsentState
from anning.numbers import parse
from anning.registers import events as reg
from anning.tables import read_numbers
from gate_at_random import NUMBERS, communications, gate_of, histories, moments, unders, wishes

ELSEWHERE, SOMEBODY = "+8613800139999", "+8613800139998"
ABROAD = "+85291234567"
Said = list[tuple[reg.Payload, datetime]]

askings = communications.map(lambda c: msgspec.structs.replace(c, number=NUMBERS[0]))
wished_much = st.tuples(
    histories,
    st.lists(st.tuples(wishes.map(lambda said: msgspec.structs.replace(said, number=NUMBERS[0])), moments), max_size=4),
).map(lambda both: both[0] + both[1])
"""What was said in the world, and by the one person asked about."""


def silent(history: Said, number: str, until: datetime | None = None) -> Said:
    """The same, this number's wishes said of one nobody asks about: positions and moments are equal.

    Args:
        until: those said until this moment alone; all when None.
    """
    return [
        (msgspec.structs.replace(said, number=ELSEWHERE), at)
        if isinstance(said, reg.WishStated | reg.WishWithdrawn)
        and said.number == number
        and (until is None or at <= until)
        else (said, at)
        for said, at in history
    ]


def consents(gate: Gate, c: Communication) -> bool:
    return gate.observe(c).consent is ConsentState.VALID


@settings(max_examples=400, deadline=None)
@given(wished_much, askings, unders)
def test_a_wish_and_silence_get_the_same_answer_where_no_consent_stands(
    history: Said, c: Communication, under: str
) -> None:
    wished, quiet = gate_of(history, []), gate_of(silent(history, c.number), [])
    if consents(quiet, c):
        return
    told_alike(wished, quiet, c, under)


@settings(max_examples=400, deadline=None)
@given(wished_much, askings, unders, moments)
def test_what_was_wished_before_a_consent_is_told_of_nobody(
    history: Said, c: Communication, under: str, given_at: datetime
) -> None:
    consent = reg.ConsentGiven(number=c.number, to=c.sender, channel="both", act="explicit")
    said = [*history, (consent, given_at)] if c.sender != "ghost" else history
    wished, quiet = gate_of(said, []), gate_of(silent(said, c.number, given_at), [])
    if consents(wished, c) and consents(quiet, c):
        told_alike(wished, quiet, c, under)


def told_alike(wished: Gate, quiet: Gate, c: Communication, under: str) -> None:
    """An outsider gets the same answers from both, to the byte, alone and among others, whatever was asked before."""
    blind = msgspec.structs.replace(c, blind=True)
    decision = wished.decide(blind, under)
    assert decision == quiet.decide(blind, under)
    assert msgspec.json.encode(decision) == msgspec.json.encode(quiet.decide(blind, under))
    assert Campaign(wished, blind, under).decide(parse(c.number)) == decision
    blocks = [[SOMEBODY], [c.number, *NUMBERS, c.number, SOMEBODY], [ABROAD, c.number]]
    jobs = Campaign(wished, blind, under), Campaign(quiet, blind, under)
    for block in blocks:
        column = read_numbers(pl.Series(block))
        first, second = (job.decide_block(column) for job in jobs)
        assert first.decisions == second.decisions
        assert first.places.tolist() == second.places.tolist()
    assert explain(wished, blind, under) == explain(quiet, blind, under)


@settings(max_examples=400, deadline=None)
@given(wished_much, askings, unders)
def test_nothing_gets_through_because_an_outsider_asks(history: Said, c: Communication, under: str) -> None:
    gate = gate_of(history, [])
    told, blind = gate.decide(c, under), gate.decide(msgspec.structs.replace(c, blind=True), under)
    assert blind.outcome >= told.outcome


@settings(max_examples=200, deadline=None)
@given(wished_much, askings, unders)
def test_who_has_a_consent_is_told_the_verdict_that_everybody_is(history: Said, c: Communication, under: str) -> None:
    gate = gate_of(history, [])
    if not consents(gate, c):
        return
    told, blind = gate.decide(c, under), gate.decide(msgspec.structs.replace(c, blind=True), under)
    assert (blind.outcome, blind.reasons, blind.advisories) == (told.outcome, told.reasons, told.advisories)
    assert blind.valid_until >= told.valid_until

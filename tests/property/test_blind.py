"""Outsiders cannot read wishes out of verdicts, and nothing gets through because they cannot (盲洗, X02)."""

from __future__ import annotations

from datetime import datetime

import msgspec
import polars as pl
from hypothesis import given, settings

from anning.gate.campaign import Campaign
from anning.gate.communication import Communication
from anning.gate.explain import explain
from anning.gate.gate import Gate
from anning.law.observations import ConsentState
from anning.numbers import parse
from anning.registers import events as reg
from anning.tables import read_numbers
from gate_at_random import communications, gate_of, histories, unders

ELSEWHERE, SOMEBODY = "+8613800139999", "+8613800139998"
Said = list[tuple[reg.Payload, datetime]]


def silent(history: Said) -> Said:
    """The same, every wish said of a number nobody asks about: positions and moments are equal."""
    return [
        (msgspec.structs.replace(said, number=ELSEWHERE), at)
        if isinstance(said, reg.WishStated | reg.WishWithdrawn)
        else (said, at)
        for said, at in history
    ]


def consents(gate: Gate, c: Communication) -> bool:
    return gate.observe(c).consent is ConsentState.VALID


@settings(max_examples=400, deadline=None)
@given(histories, communications, unders)
def test_a_wish_and_silence_get_the_same_answer_where_no_consent_stands(
    history: Said, c: Communication, under: str
) -> None:
    wished, quiet = gate_of(history, []), gate_of(silent(history), [])
    if consents(quiet, c):
        return
    blind = msgspec.structs.replace(c, blind=True)
    decision = wished.decide(blind, under)
    assert decision == quiet.decide(blind, under)
    assert msgspec.json.encode(decision) == msgspec.json.encode(quiet.decide(blind, under))
    assert Campaign(wished, blind, under).decide(parse(c.number)) == decision
    column = read_numbers(pl.Series([c.number, ELSEWHERE, c.number, SOMEBODY]))
    first, second = (Campaign(gate, blind, under).decide_block(column) for gate in (wished, quiet))
    assert first.decisions == second.decisions
    assert first.places.tolist() == second.places.tolist()
    assert explain(wished, blind, under) == explain(quiet, blind, under)


@settings(max_examples=400, deadline=None)
@given(histories, communications, unders)
def test_nothing_gets_through_because_an_outsider_asks(history: Said, c: Communication, under: str) -> None:
    gate = gate_of(history, [])
    told, blind = gate.decide(c, under), gate.decide(msgspec.structs.replace(c, blind=True), under)
    assert blind.outcome >= told.outcome


@settings(max_examples=200, deadline=None)
@given(histories, communications, unders)
def test_who_has_a_consent_is_told_what_everybody_is(history: Said, c: Communication, under: str) -> None:
    gate = gate_of(history, [])
    if consents(gate, c):
        assert gate.decide(msgspec.structs.replace(c, blind=True), under) == gate.decide(c, under)

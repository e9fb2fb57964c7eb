"""The gate over random worlds: one is batch, nothing is known before it is said, a decision stands while it says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from anning.gate.campaign import Campaign
from anning.gate.communication import Communication
from anning.law.decision import Decision, Outcome
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import Channel, Purpose
from anning.numbers import parse
from anning.registers import events as reg
from anning.tables import read_numbers
from gate_at_random import LOOKS_LIKE_ANOTHERS, TEXTS, communications, gate_of, histories, numbers, outages, unders
from gate_world import SERVICE_PORT

on_messages = st.sampled_from([IN_FORCE, "cn-2015-sms", "cn-2026-sms", "cn-2020-draft"])


def verdict(decision: Decision) -> tuple[Any, ...]:
    """What a decision says, its place and validity aside."""
    return decision.outcome, decision.reasons, decision.advisories, decision.in_scope, decision.degraded


@settings(max_examples=150, deadline=None)
@given(
    histories,
    communications,
    st.lists(st.tuples(numbers, st.none() | st.sampled_from(TEXTS)), max_size=12),
    unders,
    outages,
)
def test_a_job_decides_as_one_by_one(
    history: list[tuple[reg.Payload, datetime]],
    c: Communication,
    rows: list[tuple[str, str | None]],
    under: str,
    outage: list[str],
) -> None:
    singly, gate = gate_of(history, outage), gate_of(history, outage)
    campaign = Campaign(gate, c, under)
    one_by_one: list[Decision | None] = []
    for number, text in rows:
        each = Communication(
            channel=c.channel,
            provider=c.provider,
            sender=c.sender,
            via=c.via,
            code=c.code,
            number=number,
            text=c.text if text is None else text,
            purpose=c.purpose,
            platform_call=c.platform_call,
            caller_identity=c.caller_identity,
            charged=c.charged,
            at=c.at,
        )
        observations = singly.observe(each)
        decision = singly.decide_observed(observations, under)
        if decision.outcome <= Outcome.LABEL:
            singly.record(each, observations)
        assert campaign.decide(parse(number), text) == decision
        one_by_one.append(decision if parse(number).valid else None)
    for cut in {0, len(rows) // 2}:
        assert in_blocks(Campaign(gate, c, under), [rows[:cut], rows[cut:]]) == one_by_one


def in_blocks(campaign: Campaign, blocks: list[list[tuple[str, str | None]]]) -> list[Decision | None]:
    """The same rows, block by block; None where a cell names no number."""
    found: list[Decision | None] = []
    for block in blocks:
        column = read_numbers(pl.Series([number for number, _ in block], dtype=pl.String))
        judged = campaign.decide_block(column, [text for _, text in block])
        found += [None if place < 0 else judged.decisions[place] for place in judged.places.tolist()]
    return found


@settings(max_examples=150, deadline=None)
@given(histories, communications, unders)
def test_what_is_said_later_is_not_known_earlier(
    history: list[tuple[reg.Payload, datetime]], c: Communication, under: str
) -> None:
    known = [(what, at) for what, at in history if at <= c.at]
    assert verdict(gate_of(history, []).decide(c, under)) == verdict(gate_of(known, []).decide(c, under))


@settings(max_examples=200, deadline=None)
@given(histories, communications, unders, st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=4))
def test_a_decision_stands_until_it_says(
    history: list[tuple[reg.Payload, datetime]], c: Communication, under: str, shares: list[float]
) -> None:
    gate = gate_of(history, [])
    decision = gate.decide(c, under)
    assert decision.at < decision.valid_until <= decision.at + timedelta(days=1)
    for share in shares:
        later = c.at + (decision.valid_until - c.at) * share
        at_last = min(later, decision.valid_until - timedelta(microseconds=1))
        again = gate.decide(_at(c, at_last), under)
        assert again.outcome is decision.outcome
        assert again.obligations() == decision.obligations()


@settings(max_examples=100, deadline=None)
@given(histories, communications, unders, outages)
def test_no_outage_lets_more_commercial_traffic_pass(
    history: list[tuple[reg.Payload, datetime]], c: Communication, under: str, outage: list[str]
) -> None:
    commercial = _with_purpose(c, Purpose.COMMERCIAL)
    whole = gate_of(history, []).decide(commercial, under)
    broken = gate_of(history, outage).decide(commercial, under)
    if whole.outcome > Outcome.LABEL:
        assert broken.outcome > Outcome.LABEL


@settings(max_examples=150, deadline=None)
@given(histories, communications, st.sampled_from(LOOKS_LIKE_ANOTHERS), on_messages, outages, st.booleans())
def test_no_look_alike_of_anothers_signature_goes_out(
    history: list[tuple[reg.Payload, datetime]],
    c: Communication,
    signature: str,
    under: str,
    outage: list[str],
    second: bool,
) -> None:
    said = [(what, at) for what, at in history if not isinstance(what, reg.SignatureRecorded)]
    text = f"【安宁银行】账单已出【{signature}】" if second else f"【{signature}】账单已出，请留意查收。"
    borrowed = msgspec.structs.replace(c, channel=Channel.SMS, sender="bank", code=SERVICE_PORT, text=text)
    assert gate_of(said, outage).decide(borrowed, under).outcome > Outcome.LABEL


@settings(max_examples=150, deadline=None)
@given(histories, communications, on_messages, outages, st.sampled_from(["+8613700137000", "+85291230000"]))
def test_no_organisation_sends_messages_from_an_unregistered_number(
    history: list[tuple[reg.Payload, datetime]], c: Communication, under: str, outage: list[str], code: str
) -> None:
    sent = msgspec.structs.replace(c, channel=Channel.SMS, code=code, number="+8613800138000")
    assert sent.sender == "li" or gate_of(history, outage).decide(sent, under).outcome > Outcome.LABEL


def _at(c: Communication, at: datetime) -> Communication:

    return msgspec.structs.replace(c, at=at)


def _with_purpose(c: Communication, purpose: Purpose) -> Communication:

    return msgspec.structs.replace(c, purpose=purpose)

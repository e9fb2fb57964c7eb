"""What the gate adds to a judgement: hashes, place in the journal, how long it stands; and bulk jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from anning.content import REPLY_HASH, Content, content_version
from anning.errors import InvalidInput
from anning.gate.campaign import Campaign
from anning.gate.communication import Communication
from anning.gate.gate import Gate, contact_kind
from anning.journal import MemoryJournal
from anning.law.decision import Decision, Outcome
from anning.law.instruments.registry import regime
from anning.law.observations import Channel, Purpose
from anning.numbers import parse
from anning.registers import events as reg
from gate_world import DRAFT, LI, LONG_AGO, NOON, OFFER, WANG, World, code_message, entries, offer

ZHANG = "+8613700137000"


def test_a_decision_names_all_it_rests_on() -> None:
    world = World()
    decision = world.gate.decide(offer(), DRAFT)
    judged_by = regime(DRAFT, NOON)
    assert (decision.hashes.law, decision.hashes.parameters) == (judged_by.law_hash, judged_by.parameters_hash)
    assert (decision.hashes.content, decision.hashes.reply) == (content_version(), REPLY_HASH)
    assert (decision.log_id, decision.position) == ("memory", len(world.journal.events()))
    assert (decision.under, decision.at) == (DRAFT, NOON)
    assert decision.obligations() == ("R16a", "R16b")


def test_a_decision_stands_a_day_at_most() -> None:
    assert World().gate.decide(offer(), DRAFT).valid_until == NOON + timedelta(days=1)


def test_a_consent_that_ends_ends_the_validity() -> None:
    ends = NOON + timedelta(minutes=5)
    world = World(reg.ConsentGiven(number=WANG, to="bank", expires=ends))
    decision = world.gate.decide(offer(), DRAFT)
    assert (decision.outcome, decision.valid_until) == (Outcome.ALLOW, ends)
    assert world.gate.decide(offer(at=ends), DRAFT).outcome is Outcome.REFUSE


def test_the_hours_of_the_regime_end_the_validity_where_they_decide() -> None:
    world = World()
    call = offer(channel=Channel.CALL, platform_call=True, text="")
    evening = datetime(2026, 11, 11, 21, tzinfo=NOON.tzinfo)
    assert world.gate.decide(call).valid_until == evening
    night = offer(channel=Channel.CALL, platform_call=True, text="", at=evening)
    assert world.gate.decide(night).valid_until == evening + timedelta(hours=11)
    assert world.gate.decide(offer()).valid_until == NOON + timedelta(days=1)
    world.say(reg.HousePolicySet(on=True))
    assert world.gate.decide(offer()).valid_until == evening


def test_the_eve_of_a_new_regulation_ends_at_midnight() -> None:
    eve = datetime(2026, 4, 30, 22, tzinfo=NOON.tzinfo)
    decision = World().gate.decide(offer(at=eve))
    assert decision.in_scope == ("cn-2015-sms",)
    assert decision.valid_until == datetime(2026, 5, 1, tzinfo=NOON.tzinfo)
    assert World().gate.decide(offer(at=decision.valid_until)).in_scope == ("cn-2026-sms",)


def test_a_setting_to_come_ends_the_validity() -> None:
    world = World()
    world.say(reg.HousePolicySet(on=True), at=NOON + timedelta(minutes=3))
    assert world.gate.decide(offer()).valid_until == NOON + timedelta(minutes=3)
    assert "house-policy" not in world.gate.decide(offer()).in_scope
    assert "house-policy" in world.gate.decide(offer(at=NOON + timedelta(minutes=3))).in_scope


def test_a_full_window_ends_when_its_contact_leaves_it() -> None:
    world = World(reg.HousePolicySet(on=True))
    world.say(
        reg.ContactsRecorded(
            sender="bank", number=WANG, channel="sms", at=(NOON - timedelta(seconds=20),), content="code"
        )
    )
    decision = world.gate.decide(code_message())
    assert (decision.obligations(), decision.valid_until) == (("H03",), NOON + timedelta(seconds=40))
    assert world.gate.decide(code_message(at=decision.valid_until)).outcome is Outcome.ALLOW


def test_an_unknown_instrument_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InvalidInput, match="cn-2026-sms"):
        Gate().decide(offer(), "cn-1999")


def test_the_gate_follows_one_journal_without_gaps() -> None:
    world = World()
    events = world.journal.events()
    gate = Gate.of(events[:3])
    gate.follow(events[1:])
    assert gate.decide(offer(), DRAFT) == world.gate.decide(offer(), DRAFT)
    with pytest.raises(InvalidInput):
        Gate.of(events[:2]).follow(events[3:])
    other = MemoryJournal(log_id="another").append(entries((reg.HousePolicySet(on=True),), LONG_AGO))
    with pytest.raises(InvalidInput):
        gate.follow(other)


def test_what_is_no_register_event_passes_by_and_moves_the_position() -> None:
    world = World()
    before = world.gate.position
    other = entries((reg.HousePolicySet(on=True),), LONG_AGO)[0]
    world.gate.follow(world.journal.append([type(other)("something-else", {}, "test", "test", LONG_AGO, "k")]))
    assert world.gate.position == before + 1


# --- bulk jobs --------------------------------------------------------------------------------------------------


def one_by_one(gate: Gate, c: Communication, rows: list[tuple[str, str | None]], under: str) -> list[Decision]:
    """The rows of a job judged singly, each that may go counting for those after it."""
    decisions = []
    for number, text in rows:
        parsed = parse(number)
        each = offer(
            parsed.number or number,
            c.at,
            channel=c.channel,
            code=c.code,
            text=c.text if text is None else text,
            purpose=c.purpose,
            platform_call=c.platform_call,
        )
        observations = gate.observe(each)
        decision = gate.decide_observed(observations, under)
        if decision.outcome <= Outcome.LABEL:
            gate.record(each, observations)
        decisions.append(decision)
    return decisions


def _world() -> World:
    return World(
        reg.HousePolicySet(on=True),
        reg.ConsentGiven(number=WANG, to="bank", channel="sms"),
        reg.ConsentGiven(number=LI, to="bank", channel="sms"),
        reg.WishStated(number=ZHANG, channel="sms", says="decline"),
    )


@pytest.mark.parametrize("under", ["in-force", DRAFT, "house-policy"])
@pytest.mark.parametrize("text_by_row", [False, True])
def test_a_job_decides_as_one_by_one(under: str, text_by_row: bool) -> None:
    numbers = ["13800138000", "13900139000", "13700137000", "13600136000", "13600136001", "13800138000", "+85291234567"]
    texts = (
        [None] * 7
        if not text_by_row
        else [OFFER, OFFER, "【安宁银行】验证码：123456，请勿泄露", None, OFFER, OFFER, None]
    )
    rows = list(zip(numbers, texts, strict=True)) * 2
    c = offer("")
    campaign = Campaign(_world().gate, c, under)
    assert [campaign.decide(parse(n), t) for n, t in rows] == one_by_one(_world().gate, c, rows, under)


def test_the_second_row_of_a_person_is_a_second_message() -> None:
    campaign = Campaign(_world().gate, offer(""), "in-force")
    first, second = campaign.decide(parse("13800138000")), campaign.decide(parse("138 0013 8000"))
    assert first.outcome is Outcome.ALLOW
    assert second.obligations() == ("H03",)
    assert campaign.decide(parse("13900139000")).outcome is Outcome.ALLOW


def test_a_row_that_is_stopped_does_not_count() -> None:
    world = _world()
    campaign = Campaign(world.gate, offer("", text=OFFER.replace("，拒收请回复R", "")), "in-force")
    assert {campaign.decide(parse("13800138000")).obligations() for _ in range(3)} == {("O03", "N04")}


def test_a_job_leaves_no_trace_in_the_gate() -> None:
    world = _world()
    for _ in range(2):
        assert Campaign(world.gate, offer(""), "in-force").decide(parse("13800138000")).outcome is Outcome.ALLOW


def test_strangers_share_one_decision() -> None:
    campaign = Campaign(_world().gate, offer(""), "in-force")
    assert campaign.decide(parse("13600136000")) is campaign.decide(parse("13600136001"))


def test_a_withdrawal_reaches_a_job_that_is_running() -> None:
    world = _world()
    campaign = Campaign(world.gate, offer(""), DRAFT)
    assert campaign.decide(parse("13900139000")).outcome is Outcome.ALLOW
    world.say(reg.ConsentWithdrawn(number=LI, to="bank"), at=NOON)
    after = campaign.decide(parse("13900139000"))
    assert (after.outcome, after.position) == (Outcome.REFUSE, world.gate.position)
    world.gate.lose("index", NOON)
    assert campaign.decide(parse("13600136000")).outcome is Outcome.HOLD


def test_purpose_decides_what_a_contact_counts_as() -> None:
    world = World(reg.HousePolicySet(on=True))
    message = code_message()
    world.gate.record(message, world.gate.observe(message))
    assert world.gate.observe(code_message()).code_message_ages == (0,)
    assert world.gate.observe(code_message()).marketing_ages == ()
    bill = code_message(text="【安宁银行】您11月账单已出，应还1200元，还款日11月20日。", purpose=Purpose.SERVICE)
    world.gate.record(bill, world.gate.observe(bill))
    seen = world.gate.observe(bill)
    assert (seen.contact_ages, seen.code_message_ages, seen.marketing_ages) == ((0, 0), (0,), ())


@pytest.mark.parametrize(
    ("communication", "kind"),
    [
        (offer(), "commercial"),
        (offer(purpose=Purpose.SERVICE), "commercial"),
        (code_message(), "code"),
        (
            code_message(text="【安宁银行】您11月账单已出，应还1200元，还款日11月20日。", purpose=Purpose.SERVICE),
            "service",
        ),
        (offer(channel=Channel.CALL, text="", platform_call=True, purpose=Purpose.UNDECLARED), "commercial"),
    ],
)
def test_a_contact_counts_as_the_law_reads_it_and_in_doubt_as_an_offer(communication: Communication, kind: str) -> None:
    assert contact_kind(World().gate.observe(communication)) == kind


def test_what_nobody_could_read_counts_as_an_offer() -> None:
    def fails(text: str) -> Content:
        raise ValueError(text)

    assert contact_kind(Gate(judge=fails).observe(code_message(text="【安宁银行】您的账单已出。"))) == "commercial"

"""What would let it pass is true: judged again with those changes it passes; and nothing smaller does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from anning.gate.explain import explain, explain_observed
from anning.gate.wording import FIELD_WORDS, SOURCE_WORDS, figure_words, plain, predicate_words, value_words
from anning.law.decision import Outcome
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import SOURCES, Channel, Purpose
from anning.law.tri import UNKNOWN
from anning.registers import events as reg
from gate_world import BEIJING, DRAFT, NOON, OFFER, SERVICE_PORT, WANG, World, code_message, offer


def _ways(world: World, under: str = DRAFT, **changed: object) -> set[frozenset[str]]:
    """The names of the changes of each way, every way judged again by hand."""
    explanation = explain(world.gate, offer(**changed), under)  # type: ignore[arg-type]
    observed = world.gate.observe(offer(**changed))  # type: ignore[arg-type]
    for way in explanation.passes_if:
        if not any(change.name == "moment" for change in way):
            facts = {field: value for change in way for field, value in change.facts}
            mended = msgspec.structs.replace(observed, **facts)
            assert world.gate.decide_observed(mended, under).outcome <= Outcome.LABEL
        assert all(change.zh and change.en for change in way)
    return {frozenset(change.name for change in way) for way in explanation.passes_if}


def _call(**changed: object) -> dict[str, object]:
    call = {"channel": Channel.CALL, "text": "", "code": "95599", "provider": "voice", "platform_call": True}
    return call | changed


CALLS = (
    reg.OrganisationRegistered(id="voice", name="安呼"),
    reg.LicenceRecorded(holder="voice", licence_kind="voice", from_day=date(2024, 1, 1), until_day=date(2029, 1, 1)),
    reg.CodeRecorded(code="95599", holder="bank", user="bank", use="any"),
)


@pytest.mark.parametrize("under", [DRAFT, IN_FORCE])
@pytest.mark.parametrize(
    "said",
    [
        [],
        [reg.ConsentWithdrawn(number=WANG, to="bank")],
        [reg.WishStated(number=WANG, says="decline")],
        [reg.ConsentGiven(number=WANG, to="bank", act="pre-ticked")],
        [reg.ConsentGiven(number=WANG, to="bank"), reg.WishStated(number=WANG, says="decline")],
    ],
)
def test_for_want_of_consent_the_person_consents_anew(under: str, said: list[reg.Payload]) -> None:
    assert _ways(World(*said), under) == {frozenset({"consent"})}


def test_several_faults_need_several_changes() -> None:
    ways = _ways(World(), text=OFFER.replace("，拒收请回复R", ""))
    assert ways == {frozenset({"consent", "text"})}
    world = World(reg.MeasureTaken(on="bank", measure="suspended"))
    assert _ways(world) == {frozenset({"measure", "consent"})}
    assert _ways(World(), IN_FORCE, text=OFFER.replace("安宁银行】", "别家】")) == {frozenset({"consent", "sender"})}
    assert _ways(World(reg.ConsentGiven(number=WANG, to="bank")), code=SERVICE_PORT) == {frozenset({"code"})}
    assert _ways(World(), code="106600009999", provider="nobody") == {frozenset({"consent", "code", "provider"})}


def test_only_what_the_rules_ask_of_the_text_is_advised() -> None:
    explanation = explain(World().gate, offer(text="【安宁银行】贷款额度可申请，利率优惠，速来"), DRAFT)
    (text,) = (change for way in explanation.passes_if for change in way if change.name == "text")
    assert "联系电话" in text.zh
    assert "退订" in text.zh
    assert "发送者名称" not in text.zh


def test_another_hour_is_named_and_really_lets_it_pass() -> None:
    world = World(*CALLS, reg.ConsentGiven(number=WANG, to="bank"))
    late = offer(at=NOON + timedelta(hours=10), **_call())
    (way,) = explain(world.gate, late, IN_FORCE).passes_if
    assert [change.name for change in way] == ["moment"]
    moment = dict(way[0].facts)["at"]
    assert moment == datetime(2026, 11, 12, 8, tzinfo=BEIJING)
    assert "2026-11-12 08:00" in way[0].en
    assert world.gate.decide(msgspec.structs.replace(late, at=moment)).outcome <= Outcome.LABEL
    replayed = explain_observed(world.gate, world.gate.observe(late), IN_FORCE)
    assert replayed.passes_if == (way,)


def test_a_wish_for_some_hours_is_answered_by_other_hours_or_a_consent() -> None:
    world = World(*CALLS, reg.ConsentGiven(number=WANG, to="bank"))
    world.say(reg.WishStated(number=WANG, says="decline", hours=(660, 780)))
    at_noon = explain(world.gate, offer(**_call()), IN_FORCE)
    assert {tuple(change.name for change in way) for way in at_noon.passes_if} == {("consent",), ("moment",)}


def test_an_undeclared_call_is_declared_truly() -> None:
    ways = _ways(World(*CALLS), IN_FORCE, **_call(purpose=Purpose.UNDECLARED))
    assert ways == {frozenset({"purpose"}), frozenset({"consent"})}


def test_a_confirmed_notice_leaves_only_the_call_that_was_asked_for() -> None:
    world = World(*CALLS, reg.InstrumentConfirmed(instrument="cn-2020-callcentre"))
    assert _ways(world, IN_FORCE, **_call()) == {frozenset({"request"})}


@pytest.mark.parametrize(
    "changed", [_call(), {"text": "【安宁银行】澳门赌场线上开户送彩金，百家乐稳赚不赔，详询400-800-1234，拒收请回复R"}]
)
def test_what_no_remedy_helps_is_said_to_pass_in_no_way(changed: dict[str, object]) -> None:
    world = World(*CALLS, reg.ConsentGiven(number=WANG, to="bank"))
    explanation = explain(world.gate, offer(**changed), DRAFT)
    assert (explanation.decision.outcome, explanation.passes_if, explanation.in_no_way) == (Outcome.REFUSE, (), True)


def test_nobody_is_told_to_call_it_what_it_is_not() -> None:
    names = {name for way in _ways(World(), purpose=Purpose.SERVICE) for name in way}
    assert "purpose" not in names
    tail = "【安宁银行】验证码：482913，5分钟内有效。新客办理信用贷享利率五折优惠，速来申请！"
    ways = _ways(World(), text=tail, purpose=Purpose.SERVICE, code=SERVICE_PORT)
    assert ways == {frozenset({"promotion"})}


def test_what_passes_needs_nothing() -> None:
    explanation = explain(World().gate, code_message(), DRAFT)
    assert (explanation.decision.outcome, explanation.passes_if) == (Outcome.ALLOW, ())


def test_too_many_faults_leave_it_to_the_remedies() -> None:
    explanation = explain(World().gate, offer(provider="nobody", sender="stranger", code="", text="贷款优惠"), DRAFT)
    assert explanation.passes_if == ()
    assert not explanation.in_no_way
    assert all(reason.remedy_zh and reason.remedy_en for reason in explanation.decision.reasons)


def test_what_is_held_for_an_outage_may_pass_either_way() -> None:
    world = World()
    world.gate.lose("index", NOON)
    explanation = explain(world.gate, offer(), DRAFT)
    assert explanation.decision.outcome is Outcome.HOLD
    assert dict(dict(explanation.held)[DRAFT])["consented"] == "unknown"


def test_observations_alone_are_explained_alike() -> None:
    gate = World(reg.ConsentGiven(number=WANG, to="bank")).gate
    c = offer()
    whole, replayed = explain(gate, c, DRAFT), explain_observed(gate, gate.observe(c), DRAFT)
    assert (whole.decision, whole.observed, whole.passes_if) == (
        replayed.decision,
        replayed.observed,
        replayed.passes_if,
    )


def test_every_fact_has_a_source_and_words_in_both_languages() -> None:
    fields = {field for listed in SOURCES.values() for field in listed}
    assert set(FIELD_WORDS) == fields
    assert set(SOURCE_WORDS) == set(SOURCES)
    seen = World().gate.observe(offer())
    for field in fields:
        zh, en = value_words(field, getattr(seen, field))
        assert zh
        assert en
        plain(getattr(seen, field))


@pytest.mark.parametrize(
    ("field", "value", "zh", "en"),
    [
        ("consent", UNKNOWN, "未知（部件不可用或读取失败）", "unknown (a part is away, or reading failed)"),
        ("local_minute", 725, "12:05", "12:05"),
        ("charged", False, "否", "no"),
        ("parts_down", ("index", "journal"), "索引、事件日志", "index, journal"),
        ("consent_at", NOON, "2026-11-11 12:00", "2026-11-11 12:00"),
        ("consent_at", NOON.astimezone(UTC) + timedelta(seconds=7), "2026-11-11 12:00:07", "2026-11-11 12:00:07"),
        ("approval", None, "无", "none"),
    ],
)
def test_values_in_words(field: str, value: object, zh: str, en: str) -> None:
    assert value_words(field, value) == (zh, en)


def test_what_a_reason_rests_on_in_words() -> None:
    assert predicate_words("consented=false") == ("本人已同意（否）", "the person consented or requested it (no)")
    assert predicate_words("declined=?")[1].endswith("(unknown)")
    assert figure_words("cn-2018-plan", "call_until_minute", 1260)[1].endswith("21:00")
    assert figure_words("cn-2020-draft", "application_working_days", 15)[1].endswith(": 15 working days")
    assert figure_words("anning", "commercial_score", 0.5) == ("commercial_score = 0.5",) * 2

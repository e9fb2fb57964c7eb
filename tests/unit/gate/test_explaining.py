"""What would let it pass is true: with those predicates read otherwise, no rule stops it; and nothing smaller does."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from anning.gate.explain import explain, explain_observed
from anning.gate.wording import FIELD_WORDS, SOURCE_WORDS, figure_words, plain, predicate_words, value_words
from anning.law.decision import Outcome
from anning.law.observations import SOURCES
from anning.law.tri import UNKNOWN
from anning.registers import events as reg
from gate_world import DRAFT, NOON, OFFER, WANG, World, code_message, offer


def _ways(world: World, **changed: object) -> set[frozenset[tuple[str, bool]]]:
    explanation = explain(world.gate, offer(**changed), DRAFT)  # type: ignore[arg-type]
    return {frozenset((change.predicate, change.to) for change in way) for way in explanation.passes_if}


def test_one_change_is_enough_for_want_of_consent() -> None:
    assert _ways(World()) == {frozenset({("consented", True)}), frozenset({("commercial", False)})}


def test_several_faults_need_several_changes() -> None:
    ways = _ways(World(), text=OFFER.replace("，拒收请回复R", ""))
    assert ways == {frozenset({("commercial", False)})}
    world = World(reg.MeasureTaken(on="bank", measure="suspended"))
    assert _ways(world) == {
        frozenset({("sender_suspended", False), ("consented", True)}),
        frozenset({("sender_suspended", False), ("commercial", False)}),
    }


def test_what_passes_needs_nothing() -> None:
    explanation = explain(World().gate, code_message(), DRAFT)
    assert (explanation.decision.outcome, explanation.passes_if) == (Outcome.ALLOW, ())


def test_too_many_faults_leave_it_to_the_remedies() -> None:
    explanation = explain(World().gate, offer(provider="nobody", sender="stranger", code="", text="赌博"), DRAFT)
    assert explanation.passes_if == ()
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

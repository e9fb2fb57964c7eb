"""Situation files: what may be written, how a mistake is told, and how time, replies and measures play."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from anning.errors import InvalidInput, InvalidSituation
from anning.gate.situations import Advance, Result, Send, load, load_text, run
from anning.law.decision import Outcome
from anning.registers import events as reg
from gate_world import BEIJING, LI, WANG

ORDINARY = """
  given:
    organisations:
      - {id: cpaas, name: 云信通}
      - {id: bank, name: 安宁银行, trade: finance, sanctioned: none}
    licences:
      - {holder: cpaas, kind: sms, from: 2024-01-01, until: 2029-01-01, state: valid}
    codes:
      - {code: "1066 0000 1111", holder: cpaas, user: bank, use: commercial}
      - {code: "106980001111", holder: cpaas, user: bank, use: service}
    signatures:
      - {text: 安宁银行, owner: bank}
    consents:
      - {number: "138 0013 8000", to: bank, channel: sms, at: 2026-02-01T00:00:00+08:00}
"""
SEND = """{channel: sms, provider: cpaas, sender: bank, from: "106600001111", to: 13800138000, purpose: commercial,
      text: "【安宁银行】信用贷款额度20万元，详询400-800-1234，拒收请回复R" """
WHO = "{to: '13800138000'}"
GIVEN = "  given: "
HEAD = """
- name: A story
  under: cn-2020-draft
  at: 2026-11-11T10:00:00+08:00
"""


def story(*steps: str, given: str = ORDINARY) -> Result:
    """A sequence of steps in the ordinary world."""
    (situation,) = load_text(HEAD + given + "  sends:\n" + "".join(f"    - {step}\n" for step in steps))
    return run(situation)


def sent(then: str) -> str:
    return f"{SEND}, then: {{{then}}}}}"


def test_a_situation_is_read_as_written() -> None:
    (situation,) = load_text(HEAD + ORDINARY + f"  send: {SEND}}}\n  then: {{outcome: [refuse, hold]}}\n")
    (step,) = situation.steps
    assert isinstance(step, Send)
    assert (step.code, step.number, step.via, step.then is not None) == ("106600001111", WANG, "", True)
    assert step.then is not None
    assert step.then.outcomes == (Outcome.REFUSE, Outcome.HOLD)
    assert situation.at == datetime(2026, 11, 11, 10, tzinfo=BEIJING)
    assert [said.at for said in situation.world] == sorted(said.at for said in situation.world)


def test_what_is_left_out_is_the_ordinary() -> None:
    (situation,) = load_text(HEAD + f"  send: {SEND}}}\n  then: {{outcome: refuse}}\n")
    assert situation.world == ()
    assert situation.parts_down == ()
    assert run(situation).holds


@pytest.mark.parametrize(
    ("broken", "line", "word"),
    [
        (HEAD + "  sent: {}\n", 5, "sent"),
        (
            HEAD + "  given: {organisatons: []}\n  send: {to: '13800138000'}\n  then: {outcome: allow}\n",
            5,
            "organisatons",
        ),
        (HEAD + "  send: {to: '13800138000', txt: hello}\n  then: {outcome: allow}\n", 5, "txt"),
        (HEAD + "  send: {to: '13800138000'}\n  then: {outcom: allow}\n", 6, "outcom"),
        (HEAD + "  send: {to: '13800138000'}\n  then: {outcome: pass}\n", 6, "pass"),
        (HEAD + "  send: {to: '1380013'}\n  then: {outcome: allow}\n", 5, "1380013"),
        (HEAD + "  send: {to: '13800138000', channel: fax}\n  then: {outcome: allow}\n", 5, "fax"),
        (HEAD + "  send: {to: '13800138000'}\n", 2, "then"),
        (HEAD + "  send: {sender: bank}\n  then: {outcome: allow}\n", 5, "to"),
        (HEAD.replace("cn-2020-draft", "cn-1999") + "  sends: []\n", 3, "cn-1999"),
        (HEAD.replace("2026-11-11T10:00:00+08:00", "morning") + "  sends: [{advance: 1 day}]\n", 4, "morning"),
        (HEAD + "  sends: []\n", 2, "sends"),
        (HEAD + "  sends: [{advance: soon}]\n", 5, "advance"),
        (HEAD + "  sends: [{advance: 1 day, to: '13800138000'}]\n", 5, "advance"),
        (HEAD + "  name: again\n  sends: [{advance: 1 day}]\n", 5, "name"),
        (HEAD + "  given: {wishes: [{number: '13800138000', hours: ['9']}]}\n  sends: [{advance: 1 day}]\n", 5, "hour"),
        (
            HEAD + "  given: {wishes: [{number: '13800138000', trades: [loans]}]}\n  sends: [{advance: 1 day}]\n",
            5,
            "loans",
        ),
        (HEAD + "  given: {parts_down: [moon]}\n  sends: [{advance: 1 day}]\n", 5, "moon"),
        (HEAD + "  given: {house_policy: maybe}\n  sends: [{advance: 1 day}]\n", 5, "house_policy"),
        (HEAD + "  given: {confirmed: [cn-1999]}\n  sends: [{advance: 1 day}]\n", 5, "cn-1999"),
        (HEAD + f"  send: {WHO}\n  then:\n    because: [R166]\n", 7, "because': 'R166'"),
        (HEAD + f"  send: {WHO}\n  then:\n    not_because: [R16a, R99z]\n", 7, "not_because': 'R99z'"),
        (HEAD + f"  send: {WHO}\n  then: {{because: R1}}\n", 6, "because': 'R1'"),
        (HEAD + f"  send: {WHO}\n  then: {{}}\n", 6, "'then'"),
        (HEAD + f"  send: {WHO}\n  then: {{because: []}}\n", 6, "'then'"),
        (HEAD + f"  send: {WHO}\n  then:\n    outcome: []\n", 7, "'outcome'"),
        (HEAD + f"  send: {WHO}\n  then:\n    because: [R16a]\n    outcome: null\n", 8, "'outcome'"),
        (HEAD + f"  send: {WHO}\n  then: {{outcome: [allow, pass]}}\n", 6, "'outcome' cannot be 'pass'"),
        (HEAD + "  sends:\n    - {to: '13800138000', then: null}\n", 6, "then"),
        (HEAD + "  sends:\n    - {measure: {on: bank, is: suspended}}\n", 6, "'on': 'bank'"),
        (HEAD + ORDINARY + "  sends:\n    - measure: {on: bnak, is: suspended}\n", 20, "'on': 'bnak'"),
        (HEAD + ORDINARY + "  sends:\n    - measure: {on: bank}\n", 20, "'is'"),
        (HEAD + ORDINARY + "  sends:\n    - measure: {on: bank, is: shot}\n", 20, "'is'"),
        (HEAD + GIVEN + "{licences: [{holder: x, kind: sms, from: 2030-01-01, until: 2029-01-01}]}\n", 5, "'from'"),
        (
            HEAD + GIVEN + "{approvals: [{agency: x, text: y, from: 2030-01-01, until: 2029-01-01}]}\n",
            5,
            "'from' 2030-01-01 is after 'until' 2029-01-01",
        ),
        (HEAD + GIVEN + "{<<: 1}\n", 5, "<<"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_word(broken: str, line: int, word: str) -> None:
    with pytest.raises(InvalidSituation) as told:
        load_text(broken, name="story.yaml")
    assert f"story.yaml, line {line}:" in told.value.en
    assert word in told.value.en
    assert f"第 {line} 行" in told.value.zh


@pytest.mark.parametrize("value", ['"true"', "'no'", '"yes"', "maybe", "1", "[true]"])
@pytest.mark.parametrize("key", ["charged", "platform_call"])
def test_a_flag_is_a_boolean_not_a_word(key: str, value: str) -> None:
    with pytest.raises(InvalidSituation, match=rf"line 7: {key!r}"):
        load_text(HEAD + f"  send:\n    to: '13800138000'\n    {key}: {value}\n  then: {{outcome: allow}}\n")


def test_a_flag_of_the_world_is_a_boolean_not_a_word() -> None:
    with pytest.raises(InvalidSituation, match="line 6: 'verified'"):
        load_text(HEAD + '  given:\n    organisations: [{id: bank, verified: "true"}]\n  sends: [{advance: 1 day}]\n')


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("13800138000", WANG),
        ('"+86 138 0013 8000"', WANG),
        ("138 0013 8000", WANG),
        ("02166668888", "+862166668888"),
        ("10086", "10086"),
        ("'95588'", "95588"),
    ],
)
def test_a_number_may_go_without_quotes_when_nothing_is_lost(number: str, read: str) -> None:
    (situation,) = load_text(
        HEAD + f"  send: {{to: {number}, from: 106600001111}}\n  then: {{outcome: [allow, hold, refuse]}}\n"
    )
    (step,) = situation.steps
    assert isinstance(step, Send)
    assert (step.number, step.code) == (read, "106600001111")


@pytest.mark.parametrize(
    "number",
    ["02161234567", "01012345670", "+8613800138000", "13800138000.0", "1.38e+10", "138_0013_8000", "0x336CA2E60"],
)
@pytest.mark.parametrize("key", ["to", "from"])
def test_a_number_that_would_lose_something_wants_quotes(number: str, key: str) -> None:
    send = {"to": "'13800138000'", "from": "'106600001111'"} | {key: number}
    written = ", ".join(f"{name}: {value}" for name, value in send.items())
    with pytest.raises(InvalidSituation, match=rf"line 5: {key!r}: put .* in quotes"):
        load_text(HEAD + f"  send: {{{written}}}\n  then: {{outcome: allow}}\n")


@pytest.mark.parametrize("number", ['"12345"', "12345", '"110"'])
def test_an_emergency_or_public_short_number_receives_nothing(number: str) -> None:
    with pytest.raises(InvalidSituation, match=r"line 5: 'to' cannot be .*: a short number of an emergency") as told:
        load_text(HEAD + f"  send: {{to: {number}}}\n  then: {{outcome: allow}}\n")
    assert "紧急或公益短号" in told.value.zh


def test_a_world_may_speak_of_organisations_it_does_not_have() -> None:
    given = """
    licences: [{holder: nobody, kind: sms}]
    codes: [{code: "106600001111", holder: nobody, user: none}]
    signatures: [{text: 无名, owner: nobody}]
    consents: [{number: "13800138000", to: nobody, through: nowhere}]
"""
    assert len(load_text(HEAD + f"  given: {given}  send: {WHO}\n  then: {{outcome: refuse}}\n")) == 1


def test_a_key_written_twice_has_its_own_rule() -> None:
    with pytest.raises(InvalidSituation) as told:
        load_text(HEAD + f"  send: {WHO}\n  send: {WHO}\n  then: {{outcome: allow}}\n")
    assert (told.value.rule, told.value.field) == ("duplicate-key", "send")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a\0b", 1),
        (b"- name: x\n  under: \0\n", 2),
        (b"- name: x\n  under: \xff\xfe\n", 2),
        (b"\xef\xbb\xbf- name: x\n- \xff\n", 2),
        (b"- name: x\n\tunder: in-force\n", 2),
        (b"- name: x\n  given: *nothing\n", 2),
        (b"- name: x\n  name\n  at: 3\n", 3),
        (b"- name: 'x\n", 2),
        (b"--- [1]\n--- [2]\n", 2),
    ],
)
def test_a_file_that_is_no_yaml_is_told_with_its_line(tmp_path: Path, content: bytes, line: int) -> None:
    path = tmp_path / "n.yaml"
    path.write_bytes(content)
    with pytest.raises(InvalidSituation) as told:
        load(path)
    assert f"n.yaml, line {line}: no YAML" in told.value.en
    assert f"n.yaml 第 {line} 行" in told.value.zh
    assert (told.value.rule, told.value.exit_code) == ("yaml", 2)


@pytest.mark.parametrize(
    "text", ["[" * 5000, HEAD + "  given: &a\n    <<: *a\n  sends: [{advance: 1 day}]\n", HEAD + "  sends: &a [*a]\n"]
)
def test_what_has_no_end_is_refused(text: str) -> None:
    with pytest.raises(InvalidSituation):
        load_text(text)


@pytest.mark.parametrize("text", ["", "{}", "[]", "- [", "just words"])
def test_what_is_no_list_of_situations_is_refused(text: str) -> None:
    with pytest.raises(InvalidSituation):
        load_text(text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidSituation, match=r"nowhere\.yaml"):
        load(tmp_path / "nowhere.yaml")


def test_worlds_may_be_shared_by_anchors_and_merged() -> None:
    text = (
        HEAD + ORDINARY.replace("  given:\n", "  given: &world\n") + f"  send: {SEND}}}\n  then: {{outcome: allow}}\n"
    )
    text += HEAD.replace("A story", "Another") + "  given:\n    <<: *world\n    consents: []\n"
    text += f"  send: {SEND}}}\n  then: {{outcome: refuse}}\n"
    assert [run(each).holds for each in load_text(text)] == [True, True]


def test_every_kind_of_statement_becomes_its_event() -> None:
    given = """
  given:
    organisations: [{id: bank, name: 安宁银行, kind: person, verified: no, sanctioned: limited}]
    wishes:
      - {number: "13800138000", channel: call, trades: all, hours: ["09:00", 24:00], code_prefixes: ["400"]}
    consents:
      - {number: "13800138000", to: bank, act: requested, confirmed: true, through: mall,
         at: 2026-02-01T00:00:00+08:00, withdrawn: 2026-03-01T00:00:00+08:00, expires: 2026-04-01T00:00:00+08:00}
    recycled: [{number: "13900139000", at: 2026-03-02T00:00:00+08:00}]
    approvals: [{id: A1, agency: bank, text: 测试, applied: 2026-10-01, from: 2026-11-11, until: 2026-11-12}]
    prior_contacts: [{sender: bank, to: "13800138000", channel: call, at: 2026-11-11T09:00:00+08:00}]
    charge_notices: [{sender: bank, number: "13800138000", at: 2026-01-02T00:00:00+08:00}]
    content_blocks: [{text: 坏话, at: 2026-01-01T00:00:00+08:00}]
    confirmed: [cn-2020-callcentre]
    house_policy: true
"""
    (situation,) = load_text(HEAD + given + "  sends: [{advance: 5 months}]\n")
    assert situation.steps == (Advance(5, "months"),)
    said = [each.what for each in situation.world]
    assert reg.MeasureTaken(on="bank", measure="limited") in said
    assert reg.IdentityVerified(org="bank", verified=False) in said
    assert (
        reg.WishStated(number=WANG, channel="call", says="decline", hours=(540, 1440), code_prefixes=("400",)) in said
    )
    assert reg.ConsentWithdrawn(number=WANG, to="bank", channel="both") in said
    assert reg.NumberRecycled(number=LI) in said
    assert reg.HousePolicySet(on=True) in said
    assert {type(each) for each in said} >= {
        reg.ConsentGiven,
        reg.ApprovalRecorded,
        reg.ContactsRecorded,
        reg.ChargeNoticeGiven,
        reg.ContentBlocked,
        reg.InstrumentConfirmed,
    }


# --- sequences --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "outcome"), [("R", "refuse"), ("你们是谁？？", "refuse"), ("好的，谢谢", "allow")])
def test_an_answer_that_refuses_or_is_unclear_stops_the_next(answer: str, outcome: str) -> None:
    result = story(
        sent("outcome: allow"),
        f'{{reply: {{number: "13800138000", text: "{answer}", to: "106600001111"}}}}',
        sent(f"outcome: {outcome}"),
    )
    assert result.holds, result.steps


def test_an_answer_to_an_extension_is_an_answer_to_its_port() -> None:
    result = story(
        '{reply: {number: "13800138000", text: TD, to: "10660000111188"}}', sent("outcome: refuse, because: [R16c]")
    )
    assert result.holds, result.steps


def test_an_answer_to_nobody_is_a_mistake() -> None:
    with pytest.raises(InvalidSituation, match="step 1"):
        story('{reply: {number: "13800138000", text: TD, to: "106911110000"}}')


def test_a_measure_holds_from_its_step_when_notice_was_given() -> None:
    result = story(
        "{measure: {on: bank, is: suspended, noticed: false}}",
        sent("outcome: allow"),
        "{measure: {on: bank, is: suspended}}",
        sent("outcome: refuse, because: [R22a]"),
        "{measure: {on: bank, is: none}}",
        sent("outcome: allow, not_because: [R22a]"),
    )
    assert result.holds, result.steps


def test_what_went_out_counts_until_it_is_old_enough() -> None:
    given = ORDINARY + "    house_policy: true\n"
    result = story(
        sent("outcome: allow"),
        sent("outcome: refuse, because: [H03]"),
        "{advance: 1 day}",
        sent("outcome: allow"),
        "{advance: 1 day}",
        sent("outcome: refuse, because: [H03]"),
        "{advance: 6 days}",
        sent("outcome: allow"),
        given=given,
    )
    assert result.holds, result.steps


def test_months_are_months_of_the_calendar() -> None:
    consents = "    consents:\n      - {number: '13800138000', to: bank, expires: 2027-03-01T10:00:00+08:00}\n"
    given = ORDINARY.split("    consents:")[0] + consents
    (situation,) = load_text(
        HEAD.replace("2026-11-11", "2026-11-30")
        + given
        + "  sends:\n    - {advance: 3 months}\n"
        + f"    - {sent('outcome: allow')}\n    - {{advance: 1 day}}\n    - {sent('outcome: refuse')}\n"
    )
    result = run(situation)
    assert [decision.at.date().isoformat() for decision in result.decisions] == ["2027-02-28", "2027-03-01"]
    assert result.holds, result.steps


def test_time_does_not_run_beyond_the_calendar() -> None:
    with pytest.raises(InvalidInput):
        story("{advance: 999999 months}")
    with pytest.raises(InvalidSituation, match="after the year 9999"):
        story(*["{advance: 999999 days}"] * 3 + ["{advance: 999999 days}"])


def test_a_failure_is_told_by_its_step() -> None:
    result = story(
        sent("outcome: allow"), "{advance: 1 hour}", sent("outcome: refuse, because: [R16], not_because: [R15]")
    )
    assert not result.holds
    assert result.told is not None
    assert (result.told.step, result.told.expected, result.told.got) == (3, ("refuse",), "allow")
    assert (result.told.missing, result.told.unwanted) == (("R16",), ())


def test_a_family_stands_for_its_obligations() -> None:
    given = ORDINARY.split("    consents:")[0]
    assert story(sent("outcome: refuse, because: [R16]"), given=given).holds
    assert not story(sent("outcome: refuse, not_because: [R16]"), given=given).holds
    assert story(sent("outcome: refuse, not_because: [R15]"), given=given).holds

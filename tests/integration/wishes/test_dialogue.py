"""Wishes by SMS: a word, one question, a yes (短信办理)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anning.registers.events import ConsentWithdrawn, ReplyUnattributed, WishKind, WishStated, WishWithdrawn
from anning.wishes.dialogue import WAITS
from anning.wishes.rules import Rule

from .conftest import LI, PORT, WANG, Desk

CALLS = Rule(channel="call")


def test_a_word_a_question_a_yes(desk: Desk) -> None:
    asked = desk.sms(WANG, "谢绝来电")
    assert "请确认" in asked
    assert "谢绝推销电话" in asked
    assert desk.wishes.dealing.rules(WANG) == ()
    desk.sms(WANG, "Y")
    assert desk.wishes.dealing.rules(WANG) == (CALLS,)
    stated = [one.payload for one in desk.registers.events() if isinstance(one.payload, WishStated)]
    assert stated == [WishStated(number=WANG, channel="call", says="decline", door="sms", proof="own-phone")]
    receipt = desk.sent(WANG)[-1]
    assert receipt.kind == "receipt"
    assert "谢绝推销电话" in receipt.text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("xjld", Rule(channel="call")),
        ("ＸＪＬＤ", Rule(channel="call")),
        (" 谢 绝 来 电 ", Rule(channel="call")),
        ("謝絕來電", Rule(channel="call")),
        ("谢绝短信。", Rule(channel="sms")),
        ("XJ", Rule(channel="both")),
        ("谢绝来电 房产", Rule(channel="call", trades=("property",))),
        ("XJDX贷款、教育", Rule(channel="sms", trades=("finance", "education"))),
    ],
)
def test_what_people_write_is_understood(desk: Desk, text: str, rule: Rule) -> None:
    desk.sms(WANG, text)
    desk.sms(WANG, "是")
    assert desk.wishes.dealing.rules(WANG) == (rule,)


def test_the_carriers_filter_is_another_kind_of_wish(desk: Desk) -> None:
    desk.sms(WANG, "KTFSR", to="10086")
    desk.sms(WANG, "Y", to="10086")
    desk.sms(WANG, "XJDX")
    desk.sms(WANG, "Y")
    filtered, declined = desk.wishes.dealing.rules(WANG)
    assert (filtered.wish_kind, declined.wish_kind) == (WishKind.NUISANCE_FILTER, WishKind.DECLINE_CALLS)
    assert "骚扰电话拒接" in desk.sms(WANG, "CXXJ")
    desk.sms(WANG, "QXFSR", to="10086")
    desk.sms(WANG, "Y", to="10086")
    assert [rule.wish_kind for rule in desk.wishes.dealing.rules(WANG)] == [WishKind.DECLINE_CALLS]


def test_an_operators_word_is_read_at_its_own_code_only(desk: Desk) -> None:
    assert "没有看懂" in desk.sms(WANG, "KTFSR")
    assert "骚扰电话拒接" in desk.sms(WANG, "CSFZ", to="10010")


def test_nothing_changes_without_a_yes(desk: Desk) -> None:
    desk.sms(WANG, "XJLD")
    assert "没有改变" in desk.sms(WANG, "N")
    assert "没有等您确认" in desk.sms(WANG, "Y")
    desk.sms(WANG, "XJLD")
    desk.now += WAITS
    assert "没有等您确认" in desk.sms(WANG, "Y")
    assert desk.wishes.dealing.rules(WANG) == ()


def test_a_yes_is_good_once_and_from_its_own_phone(desk: Desk) -> None:
    desk.sms(WANG, "XJLD")
    assert "没有等您确认" in desk.sms(LI, "Y")
    assert desk.wishes.dealing.rules(LI) == ()
    desk.sms(WANG, "Y")
    head = desk.registers.store.head()
    assert "没有等您确认" in desk.sms(WANG, "Y")
    assert desk.registers.store.head() == head


def test_a_yes_to_another_code_confirms_nothing(desk: Desk) -> None:
    desk.sms(WANG, "XJLD")
    assert "没有等您确认" in desk.sms(WANG, "Y", to="10086")
    assert desk.wishes.dealing.rules(WANG) == ()


def test_what_was_asked_last_is_what_a_yes_means(desk: Desk) -> None:
    desk.sms(WANG, "XJLD")
    desk.sms(WANG, "XJDX")
    desk.sms(WANG, "Y")
    assert desk.wishes.dealing.rules(WANG) == (Rule(channel="sms"),)


def test_wishes_are_taken_back(desk: Desk) -> None:
    for text in ("XJLD 房产 教育", "Y", "QXXJ 教育", "Y"):
        desk.sms(WANG, text)
    assert [rule.trades for rule in desk.wishes.dealing.rules(WANG)] == [("property",)]
    for text in ("恢复", "Y"):
        desk.sms(WANG, text)
    assert desk.wishes.dealing.rules(WANG) == ()
    assert isinstance(list(desk.registers.events())[-1].payload, WishWithdrawn)


def test_an_answer_to_a_senders_code_is_for_that_sender(desk: Desk) -> None:
    assert desk.sms(WANG, "谢绝来电", to=PORT) == ""
    last = list(desk.registers.events())[-1].payload
    assert isinstance(last, ConsentWithdrawn)
    assert (last.to, desk.wishes.dealing.rules(WANG)) == ("bank", ())
    desk.sms(WANG, "TD", to="1066999900001111")
    assert isinstance(list(desk.registers.events())[-1].payload, ReplyUnattributed)


def test_asking_for_what_stands_asks_nothing(desk: Desk) -> None:
    desk.sms(WANG, "XJLD")
    desk.sms(WANG, "Y")
    desk.now += timedelta(days=1)
    assert "您已登记" in desk.sms(WANG, "XJLD")

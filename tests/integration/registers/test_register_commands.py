"""What may be said to the registers, and what they refuse, on either database."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from anning.errors import Conflict, InvalidCommand
from anning.registers.commands import ReplyReceived, Said
from anning.registers.events import (
    ApprovalRecorded,
    CodeRecorded,
    ConsentGiven,
    ConsentWithdrawn,
    IdentityVerified,
    InstrumentConfirmed,
    LicenceRecorded,
    MeasureTaken,
    OrganisationRegistered,
    Payload,
    ReplyUnattributed,
    ReplyUnclear,
    SignatureRecorded,
    WishStated,
)
from anning.registers.open import Registers

from .conftest import NOW

N = "13800138000"
DAY = date(2026, 1, 1)


def last(registers: Registers) -> Payload:
    return list(registers.events())[-1].payload


@pytest.mark.parametrize(
    ("said", "field", "rule"),
    [
        (OrganisationRegistered(id="a bank", name="x"), "id", "organisation-id"),
        (OrganisationRegistered(id="x", name=" "), "name", "not-empty"),
        (OrganisationRegistered(id="x", name="x", trade="gambling"), "trade", "allowed-value"),  # type: ignore[arg-type]
        (IdentityVerified(org="nobody"), "org", "known-organisation"),
        (IdentityVerified(org="bank", document_hash="12"), "document_hash", "sha-256"),
        (
            LicenceRecorded(holder="bank", licence_kind="sms", from_day=DAY, until_day=DAY - timedelta(days=1)),
            "until_day",
            "period",
        ),
        (CodeRecorded(code="106", holder="cpaas", user="bank"), "code", "too-short"),
        (CodeRecorded(code="106600002222", holder="bank", user="bank"), "holder", "R06b"),
        (CodeRecorded(code="95588", holder="bank", user="bank", reviewed=False), "reviewed", "P05"),
        (CodeRecorded(code="95588", holder="cpaas", user="bank"), "holder", "R06b"),
        (CodeRecorded(code="4008001234", holder="cpaas", user="bank"), "holder", "R06b"),
        (CodeRecorded(code="106600002222", holder="caller", user="bank"), "holder", "R06b"),
        (CodeRecorded(code="106600002222", holder="caller", user="caller"), "holder", "R06b"),
        (CodeRecorded(code="10086", holder="caller", user="caller"), "holder", "R06b"),
        (MeasureTaken(on="nobody", measure="warned"), "on", "known-organisation"),
        (WishStated(number="1380013800", says="decline"), "number", "too-short"),
        (WishStated(number="95588", says="decline"), "number", "subscriber-number"),
        (WishStated(number=N, says="decline", hours=(600, 600)), "hours", "hours"),
        (WishStated(number=N, says="decline", hours=(600, 1441)), "hours", "hours"),
        (WishStated(number=N, says="decline", weekdays=(0,)), "weekdays", "weekdays"),
        (WishStated(number=N, says="decline", code_prefixes=("abc",)), "code_prefixes", "code-prefix"),
        (WishStated(number=N, says="decline", except_for=("nobody",)), "except_for", "known-organisation"),
        (WishStated(number=N, says="maybe"), "says", "allowed-value"),  # type: ignore[arg-type]
        (ConsentGiven(number=N, to="nobody"), "to", "known-organisation"),
        (ConsentGiven(number=N, to="bank", through="nobody"), "through", "known-organisation"),
        (ConsentGiven(number=N, to="bank", expires=NOW), "expires", "period"),
        (ConsentGiven(number=N, to="bank", purpose="a\0b"), "purpose", "plain-text"),
        (
            ApprovalRecorded(id="A", agency="bank", text="x", applied=DAY, from_day=DAY, until_day=DAY - timedelta(1)),
            "until_day",
            "period",
        ),
        (InstrumentConfirmed(instrument="cn-1999"), "instrument", "known-instrument"),
        (InstrumentConfirmed(instrument="cn-2020-draft"), "instrument", "awaits-confirmation"),
        (InstrumentConfirmed(instrument="cn-2026-sms", confirmed=False), "instrument", "awaits-confirmation"),
    ],
)
def test_what_cannot_stand_is_refused_with_the_field_and_the_rule(
    registers: Registers, said: Said, field: str, rule: str
) -> None:
    head = registers.store.head()
    with pytest.raises(InvalidCommand) as refusal:
        registers.write(said, actor="test")
    assert (refusal.value.field, refusal.value.rule) == (field, rule)
    assert refusal.value.zh
    assert refusal.value.en
    assert registers.store.head() == head


def test_numbers_and_codes_are_kept_in_one_form(registers: Registers) -> None:
    registers.write(WishStated(number="１３８ 0013-8000", says="decline"), actor="test")
    assert last(registers) == WishStated(number="+8613800138000", says="decline")


def test_a_signature_has_one_owner_until_it_is_given_up(registers: Registers) -> None:
    registers.write(SignatureRecorded(text="【安宁银行】", owner="bank"), actor="test")
    assert last(registers) == SignatureRecorded(text="安宁银行", owner="bank")
    with pytest.raises(InvalidCommand) as refusal:
        registers.write(SignatureRecorded(text="安宁银行", owner="shop"), actor="test")
    assert refusal.value.rule == "S03"
    registers.write(SignatureRecorded(text="安宁银行", owner="bank", state="rejected"), actor="test")
    registers.write(SignatureRecorded(text="安宁银行", owner="shop"), actor="test")


def test_who_is_under_a_measure_gets_no_new_code_unless_it_was_never_told(registers: Registers) -> None:
    code = CodeRecorded(code="106600003333", holder="cpaas", user="shop")
    registers.write(MeasureTaken(on="shop", measure="suspended", noticed=False), actor="test")
    registers.write(code, actor="test")
    registers.write(MeasureTaken(on="shop", measure="limited"), actor="test")
    with pytest.raises(InvalidCommand) as refusal:
        registers.write(CodeRecorded(code="106600004444", holder="cpaas", user="shop"), actor="test")
    assert refusal.value.rule == "R20b"
    registers.write(CodeRecorded(code="106600003333", holder="cpaas", user="shop", state="recovered"), actor="test")
    registers.write(MeasureTaken(on="shop", measure="none"), actor="test")
    registers.write(code, actor="test")


def test_a_revoked_licence_carries_no_new_code(registers: Registers) -> None:
    registers.write(
        LicenceRecorded(
            holder="cpaas", licence_kind="sms", from_day=date(2024, 1, 1), until_day=date(2029, 1, 1), state="revoked"
        ),
        actor="test",
    )
    with pytest.raises(InvalidCommand) as refusal:
        registers.write(CodeRecorded(code="106600005555", holder="cpaas", user="bank"), actor="test")
    assert refusal.value.rule == "R06b"


@pytest.mark.parametrize(
    ("code", "holder", "user"),
    [
        ("106600002222", "cpaas", "bank"),
        ("95588", "caller", "bank"),
        ("95588", "bank", "bank"),
        ("4008001234", "bank", "bank"),
        ("13800138000", "bank", "bank"),
    ],
)
def test_a_code_goes_to_who_is_licensed_for_its_kind_or_uses_it_themselves(
    registers: Registers, code: str, holder: str, user: str
) -> None:
    registers.write(CodeRecorded(code=code, holder=holder, user=user), actor="test")
    assert isinstance(last(registers), CodeRecorded)


@pytest.mark.parametrize("code", ["106600001111", "10660000111123"])
def test_an_answer_that_refuses_binds_who_uses_the_code(registers: Registers, code: str) -> None:
    registers.write(ReplyReceived(number=N, code=code, text=" Ｔ Ｄ 谢谢"), actor="test")
    assert last(registers) == ConsentWithdrawn(number="+8613800138000", to="bank", door="reply", words=" Ｔ Ｄ 谢谢")


@pytest.mark.parametrize("code", ["13700137000", "106999999999", "whatever"])
@pytest.mark.parametrize("words", ["退订", "@@"])
def test_an_answer_to_a_code_nobody_is_registered_for_is_not_lost(registers: Registers, code: str, words: str) -> None:
    assert registers.write(ReplyReceived(number=N, code=code, text=words), actor="test").ids
    assert last(registers) == ReplyUnattributed(code=code, number="+8613800138000", words=words)
    assert registers.write(ReplyReceived(number=N, code=code, text="多少钱"), actor="test").ids == ()


def test_an_answer_nobody_can_read_is_kept_and_one_that_does_not_refuse_changes_nothing(registers: Registers) -> None:
    registers.write(ReplyReceived(number=N, code="106600001111", text="@@"), actor="test")
    assert last(registers) == ReplyUnclear(number="+8613800138000", to="bank", words="@@")
    ack = registers.write(ReplyReceived(number=N, code="106600001111", text="多少钱"), actor="test")
    assert ack.ids == ()


def test_the_same_statement_under_one_key_is_written_once(registers: Registers) -> None:
    said = WishStated(number=N, says="decline")
    first = registers.write(said, actor="test", key="k1")
    again = registers.write(said, actor="test", key="k1")
    assert again.duplicate
    assert again.ids == first.ids
    with pytest.raises(Conflict):
        registers.write(WishStated(number=N, says="accept"), actor="test", key="k1")


def test_nobody_speaks_from_the_future(registers: Registers) -> None:
    with pytest.raises(InvalidCommand) as refusal:
        registers.write(WishStated(number=N, says="decline"), actor="test", at=NOW + timedelta(seconds=1))
    assert refusal.value.field == "at"


def test_what_was_said_before_its_organisation_was_entered_is_taken(registers: Registers) -> None:
    registers.write(ConsentGiven(number=N, to="bank"), actor="test", at=NOW - timedelta(days=300))
    assert list(registers.events())[-1].at == NOW - timedelta(days=300)


def test_a_clock_set_back_between_two_readings_refuses_nothing(registers: Registers) -> None:
    readings = (NOW - timedelta(milliseconds=count) for count in itertools.count())
    registers.close()
    again = Registers(registers.store, writer_wait=5, group_commit_max=64, clock=lambda: next(readings))
    ack = again.write(OrganisationRegistered(id="late", name="晚到公司"), actor="test")
    assert last(again) == OrganisationRegistered(id="late", name="晚到公司")
    assert not ack.duplicate
    again.close()

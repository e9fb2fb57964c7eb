"""Whatever is cut off between two steps is done once, or may be done again (失败表, ADR 0017)."""

from __future__ import annotations

import pytest

from anning.errors import Unavailable
from anning.outbox import Outbox
from anning.state import State
from anning.wishes.confirming import Confirming
from anning.wishes.exhibits import Exhibits
from anning.wishes.rules import Rule

from .conftest import PORT, WANG, Desk


class Cut(Exception):
    """The process dies here."""


def dies(*_: object, **__: object) -> None:
    raise Cut


def test_between_the_wish_and_its_receipt(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.sms(WANG, "XJLD")
    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(Outbox, "put", dies)
        desk.sms(WANG, "Y")
    assert desk.wishes.dealing.rules(WANG) == (Rule(channel="call"),)
    head = desk.registers.store.head()
    assert "您已登记" in desk.sms(WANG, "Y")
    assert desk.registers.store.head() == head


def test_before_the_wish_is_on_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.sms(WANG, "XJLD")
    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(type(desk.registers), "submit_together", dies)
        desk.sms(WANG, "Y")
    assert desk.wishes.dealing.rules(WANG) == ()
    desk.sms(WANG, "Y")
    assert desk.wishes.dealing.rules(WANG) == (Rule(channel="call"),)


def test_between_a_code_and_the_sms_that_brings_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(Outbox, "put_with", dies)
        desk.wishes.proving.send_code(WANG, "anning")
    assert desk.code_for(WANG), "the code that was never sent is not counted as one"


def test_between_the_answer_and_its_note(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.consents(WANG)
    written = State.write
    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(State, "write", dies)
        desk.sms(WANG, "Y", to=PORT)
    assert State.write is written
    head = desk.registers.store.head()
    desk.sms(WANG, "Y", to=PORT)
    assert desk.registers.store.head() == head, "the same answer again is the same statement"
    held = next(one for one in desk.wishes.consents(WANG) if one.channel == "sms")
    assert held.strength == "confirmed"


def test_between_the_consent_and_the_question(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(Confirming, "ask", dies)
        desk.consents(WANG)
    held = next(one for one in desk.wishes.consents(WANG) if one.channel == "sms")
    assert held.strength == "one-sided"


def test_evidence_that_cannot_be_kept_leaves_no_consent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.consents(WANG)
    head = desk.registers.store.head()

    def away(*_: object) -> None:
        raise Unavailable("x", "x", thing="exhibits")

    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(Exhibits, "keep", away)
        desk.sms(WANG, "Y", to=PORT)
    assert desk.registers.store.head() == head
    desk.sms(WANG, "Y", to=PORT)
    assert desk.registers.store.head().position == head.position + 1

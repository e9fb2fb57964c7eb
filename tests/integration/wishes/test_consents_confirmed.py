"""A consent is what the person said, on which words, and how it is proved (同意与确认)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from anning.errors import Conflict, InvalidCommand, NotFound
from anning.registers.events import ConsentGiven, ConsentWithdrawn
from anning.registers.words import words_hash
from anning.wishes.confirming import LASTS
from anning.wishes.consents import ConsentHeld
from anning.wishes.rules import Rule

from .conftest import LI, PORT, WANG, WORDS, Desk


def on_sms(desk: Desk, number: str = WANG) -> ConsentHeld:
    return next(one for one in desk.wishes.consents(number) if one.org == "bank" and one.channel == "sms")


def link(desk: Desk) -> str:
    found = re.search(r"/c/(\S+)", desk.sent(WANG)[-1].text)
    assert found is not None
    return found[1]


def test_a_one_sided_consent_is_confirmed_by_the_phone_it_is_about(desk: Desk) -> None:
    desk.consents(WANG)
    before = on_sms(desk)
    assert (before.state, before.strength, before.words, before.name) == ("valid", "one-sided", WORDS, "安宁银行")
    request = desk.sent(WANG)[-1]
    assert request.kind == "confirmation-request"
    assert WORDS[:20] in request.text
    desk.sms(WANG, "Y", to=PORT)
    after = on_sms(desk)
    assert (after.state, after.strength, after.evidence, after.door) == ("valid", "confirmed", "kept", "reply")
    assert WORDS.encode() in desk.wishes.exhibits.read(after.evidence_hash)
    confirmed = [one.payload for one in desk.registers.events() if isinstance(one.payload, ConsentGiven)][-1]
    assert confirmed.confirms == before.place


def test_or_by_a_link_that_answers_once(desk: Desk) -> None:
    desk.consents(WANG)
    token = link(desk)
    assert desk.wishes.confirming.shown(token).words == WORDS
    assert on_sms(desk).strength == "one-sided"
    desk.wishes.confirming.by_link(token, agrees=True)
    assert on_sms(desk).strength == "confirmed"
    head = desk.registers.store.head()
    with pytest.raises(Conflict) as refused:
        desk.wishes.confirming.by_link(token, agrees=False)
    assert (refused.value.rule, desk.registers.store.head()) == ("once", head)


def test_another_phones_yes_confirms_nothing(desk: Desk) -> None:
    desk.consents(WANG)
    desk.sms(LI, "Y", to=PORT)
    assert on_sms(desk).strength == "one-sided"
    assert desk.wishes.consents(LI) == []


def test_a_replayed_yes_confirms_nothing_again(desk: Desk) -> None:
    desk.consents(WANG)
    desk.sms(WANG, "Y", to=PORT)
    head = desk.registers.store.head()
    desk.sms(WANG, "Y", to=PORT)
    assert desk.registers.store.head() == head


def test_a_no_is_a_refusal_on_every_code(desk: Desk) -> None:
    desk.consents(WANG)
    desk.sms(WANG, "N", to=PORT)
    assert on_sms(desk).state == "withdrawn"
    last = list(desk.registers.events())[-1].payload
    assert isinstance(last, ConsentWithdrawn)
    assert (last.channel, last.proof) == ("both", "own-phone")


def test_a_link_runs_out(desk: Desk) -> None:
    desk.consents(WANG)
    token = link(desk)
    desk.now += LASTS
    with pytest.raises(NotFound):
        desk.wishes.confirming.by_link(token, agrees=True)
    with pytest.raises(NotFound):
        desk.wishes.confirming.by_link("made-up", agrees=True)
    assert on_sms(desk).strength == "one-sided"


def test_who_wants_peace_is_not_asked_and_the_sender_is_not_told(desk: Desk) -> None:
    desk.wishes.dealing.change(
        WANG, [Rule(channel="both")], door="page", proof="one-time-code", actor="subscriber", tenant="anning"
    )
    desk.wishes.dealing.refuse(
        LI, "bank", "both", door="page", proof="one-time-code", actor="subscriber", tenant="anning"
    )
    desk.sent()
    desk.consents(WANG)
    desk.consents(LI)
    assert desk.sent() == []


def test_nobody_is_asked_twice_within_a_month(desk: Desk) -> None:
    desk.consents(WANG)
    assert len(desk.sent(WANG)) == 1
    desk.consents(WANG, purpose="again")
    assert desk.sent(WANG) == []


@pytest.mark.parametrize("act", ["pre-ticked", "bundled", "silent"])
def test_what_nobody_did_is_kept_and_stands_for_nothing(desk: Desk, act: str) -> None:
    said = ConsentGiven(number=WANG, to="bank", channel="sms", act=act)  # type: ignore[arg-type]
    desk.wishes.recording.record(said, words=WORDS, tenant="anning", actor="bank")
    stored = on_sms(desk)
    assert (stored.state, stored.strength, stored.act) == ("invalid-act", "invalid", act)


def test_forged_evidence_and_words_are_refused_and_nothing_is_written(desk: Desk) -> None:
    head = desk.registers.store.head()
    record = desk.wishes.recording.record
    said = ConsentGiven(number=WANG, to="bank")
    forged = ConsentGiven(number=WANG, to="bank", evidence_kind="recording", evidence_hash="0" * 64)
    for wrong, words, rule in (
        (forged, "", "evidence-kept"),
        (ConsentGiven(number=WANG, to="bank", words_hash="0" * 64), WORDS, "words-hash"),
        (ConsentGiven(number=WANG, to="bank", confirmed=True), "", "own-phone"),
        (ConsentGiven(number=WANG, to="nobody"), WORDS, "known-organisation"),
        (ConsentGiven(number="95588", to="bank"), "", "subscriber-number"),
    ):
        with pytest.raises((InvalidCommand, NotFound)) as refused:
            record(wrong, words=words, tenant="anning", actor="bank")
        assert refused.value.rule == rule
    assert desk.registers.store.head() == head
    kept = desk.wishes.exhibits.keep(b"a recording")
    record(
        ConsentGiven(number=WANG, to="bank", evidence_kind="recording", evidence_hash=kept.sha256),
        words="",
        tenant="anning",
        actor="bank",
    )
    assert said.number == WANG
    assert on_sms(desk).evidence == "kept"


def test_evidence_that_was_changed_is_not_taken_for_what_was_recorded(desk: Desk, tmp_path: Path) -> None:
    kept = desk.wishes.exhibits.keep(b"a recording")
    path = next((tmp_path / "exhibits").rglob(kept.sha256))
    path.write_bytes(b"another recording")
    with pytest.raises(NotFound) as refused:
        desk.wishes.exhibits.read(kept.sha256)
    assert refused.value.rule == "evidence-kept"
    path.unlink()
    assert not desk.wishes.exhibits.has(kept.sha256)


def test_a_person_takes_everything_along(desk: Desk) -> None:
    desk.consents(WANG)
    desk.sms(WANG, "Y", to=PORT)
    desk.wishes.dealing.change(
        WANG,
        [Rule(channel="call", trades=("property",))],
        door="app",
        proof="one-time-code",
        actor="subscriber",
        tenant="anning",
    )
    taken = desk.wishes.export(WANG)
    assert [rule.trades for rule in taken.wishes] == [("property",)]
    record = next(one for one in taken.consents if one["pii_processing"]["purposes"][0]["processing_method"] == "SMS")
    assert record["event"]["event_state"] == "consent_given"
    assert record["event"]["strength"] == "confirmed"
    assert record["pii_processing"]["privacy_notice"] == WORDS
    assert record["pii_processing"]["privacy_notice_sha256"] == words_hash(WORDS)
    assert "not certified" in record["conformance"]
    assert [one["kind"] for one in taken.statements] == ["consent-given", "consent-given", "wish-stated"]
    assert desk.wishes.export(LI).statements == []

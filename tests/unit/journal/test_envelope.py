"""What an event's bytes are, to the bit, and what they refuse to hold."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
import rfc8785

from anning.errors import InvalidCommand
from anning.journal import Entry, Event, Leaf, MemoryJournal, canonical, commitment, leaf_hash, verify

AT = datetime(2026, 3, 1, 17, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
RECORDED = datetime(2026, 3, 1, 9, 30, 1, tzinfo=UTC)
SALT = bytes(range(16))


def event_of(payload: dict[str, Any], **changed: Any) -> Event:
    entry = Entry("wish", payload, "cmcc", "10086", AT, "k-1")
    journal = MemoryJournal(log_id="2026h1", clock=lambda: RECORDED, salts=lambda: SALT)
    return journal.append([msgspec.structs.replace(entry, **changed)])[0]


def test_the_canonical_bytes_are_fixed() -> None:
    event = event_of({"number": "+8613800138000", "scope": ["sms", "call"], "拒绝": True, "days": 7})
    assert canonical(event).decode() == (
        '{"actor":"10086","at":"2026-03-01T09:30:00.123456Z","key":"k-1","kind":"wish","log":"2026h1",'
        '"payload":{"days":7,"number":"+8613800138000","scope":["sms","call"],"拒绝":true},'
        '"position":1,"recorded_at":"2026-03-01T09:30:01.000000Z","tenant":"cmcc","v":1}'
    )
    assert event.leaf_hash.hex() == "a13fa7c84fcf7ca6b212184732f497f69f539224440000e8a836bd26ba327f91"


def test_a_leaf_is_two_hash_calls_over_salt_and_bytes() -> None:
    event = event_of({"a": 1})
    inner = hashlib.sha256(SALT + canonical(event)).digest()
    assert commitment(SALT, canonical(event)) == inner
    assert event.leaf_hash == leaf_hash(SALT, canonical(event)) == hashlib.sha256(b"\x00" + inner).digest()


def test_the_bytes_are_jcs_of_the_whole_envelope() -> None:
    payload = {"b": [1, 2.5, None, {"z": "\u20ac", "\U0001f600": "\n"}], "a": {"\ufb33": 1, "é": -1e-7}}
    event = event_of(payload, tenant='say "hi"\\')
    whole = {
        "v": 1,
        "log": event.log_id,
        "position": 1,
        "tenant": event.tenant,
        "actor": event.actor,
        "at": "2026-03-01T09:30:00.123456Z",
        "recorded_at": "2026-03-01T09:30:01.000000Z",
        "kind": event.kind,
        "key": event.key,
        "payload": payload,
    }
    assert canonical(event) == rfc8785.dumps(whole)


@pytest.mark.parametrize(
    "change",
    [
        {"position": 2},
        {"log_id": "2026h2"},
        {"kind": "consent"},
        {"payload": {"a": 2}},
        {"tenant": "cucc"},
        {"actor": "10010"},
        {"at": AT + timedelta(microseconds=1)},
        {"recorded_at": RECORDED + timedelta(microseconds=1)},
        {"key": "k-2"},
        {"salt": bytes(16)},
        {"salt": SALT + b"\0"},
        {"leaf_hash": bytes(32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_change_shows(change: dict[str, Any]) -> None:
    event = event_of({"a": 1})
    assert verify(event) is Leaf.INTACT
    assert verify(msgspec.structs.replace(event, **change)) is Leaf.WRONG


def test_the_epoch_of_the_writer_is_not_part_of_what_was_said() -> None:
    event = event_of({"a": 1})
    assert verify(msgspec.structs.replace(event, epoch=event.epoch + 1)) is Leaf.INTACT


def test_without_the_salt_the_same_words_have_another_leaf() -> None:
    journal = MemoryJournal()
    entry = Entry("wish", {"number": "+8613800138000"}, "cmcc", "10086", AT, "k")
    first, second = journal.append([entry, entry])
    assert first.salt != second.salt
    assert first.leaf_hash != second.leaf_hash


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**30, float("nan"), float("inf"), 1e20])
def test_numbers_that_a_double_does_not_hold_are_named(number: float) -> None:
    with pytest.raises(InvalidCommand) as refused:
        event_of({"list": [0, {"amount": number}]})
    assert refused.value.field == "payload.list[1].amount"
    assert "2^53" in refused.value.zh
    assert "2^53" in refused.value.en


@pytest.mark.parametrize("number", [2**53 - 1, -(2**53) + 1, 0, 0.1, -0.0, 5e-324])
def test_numbers_that_a_double_holds_are_kept(number: float) -> None:
    assert event_of({"n": number}).payload == {"n": number}


@pytest.mark.parametrize("value", [b"bytes", AT, {1, 2}, object(), {1: "a"}, "\ud800"])
def test_what_is_not_json_is_refused(value: object) -> None:
    with pytest.raises(InvalidCommand):
        event_of({"value": value})


@pytest.mark.parametrize("field", ["kind", "tenant", "actor", "key"])
@pytest.mark.parametrize("text", ["", "a\0b", "\udc80", "a\ud800b", None, 5])
def test_fields_are_plain_text(field: str, text: object) -> None:
    with pytest.raises(InvalidCommand) as refused:
        event_of({}, **{field: text})
    assert refused.value.field == field


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(InvalidCommand) as refused:
        event_of({}, at=datetime(2026, 3, 1))  # noqa: DTZ001 - the very thing refused
    assert refused.value.field == "at"


def test_an_append_that_fails_leaves_nothing() -> None:
    journal = MemoryJournal()
    good = Entry("wish", {}, "cmcc", "10086", AT, "k")
    with pytest.raises(InvalidCommand):
        journal.append([good, msgspec.structs.replace(good, payload={"n": 2**60})])
    assert journal.events() == []
    assert [event.position for event in journal.append([good])] == [1]

"""A number is proved by what came to the phone, and by nothing else (一次性验证码)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anning.errors import InvalidNumber, SignInNeeded, TooMany
from anning.wishes.proving import CODE_LASTS, SESSION_LASTS, TRIES, subscriber_number

from .conftest import LI, WANG, Desk


def test_the_code_that_came_opens_once(desk: Desk) -> None:
    code = desk.code_for(WANG)
    proved = desk.wishes.proving.prove(WANG, f" {code} ")
    assert desk.wishes.proving.number_of(proved.token) == WANG
    with pytest.raises(SignInNeeded, match="code"):
        desk.wishes.proving.prove(WANG, code)


def test_a_code_opens_no_other_number(desk: Desk) -> None:
    code = desk.code_for(WANG)
    desk.code_for(LI)
    with pytest.raises(SignInNeeded):
        desk.wishes.proving.prove(LI, code)


def test_a_code_runs_out(desk: Desk) -> None:
    code = desk.code_for(WANG)
    desk.now += CODE_LASTS
    with pytest.raises(SignInNeeded):
        desk.wishes.proving.prove(WANG, code)


def test_the_code_before_opens_nothing_any_more(desk: Desk) -> None:
    first = desk.code_for(WANG)
    desk.now += timedelta(minutes=2)
    second = desk.code_for(WANG)
    if first != second:
        with pytest.raises(SignInNeeded):
            desk.wishes.proving.prove(WANG, first)
    assert desk.wishes.proving.prove(WANG, second)


def test_codes_cannot_be_guessed_one_after_another(desk: Desk) -> None:
    code = desk.code_for(WANG)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(TRIES):
        with pytest.raises(SignInNeeded):
            desk.wishes.proving.prove(WANG, wrong)
    with pytest.raises(TooMany) as worn:
        desk.wishes.proving.prove(WANG, code)
    assert worn.value.rule == "code-tries"


@pytest.mark.parametrize(
    ("within", "many", "each"),
    [
        (timedelta(minutes=1), 1, timedelta(seconds=1)),
        (timedelta(hours=1), 5, timedelta(minutes=2)),
        (timedelta(days=1), 10, timedelta(hours=1)),
    ],
)
def test_nobody_is_bombed_with_codes(desk: Desk, within: timedelta, many: int, each: timedelta) -> None:
    begun = desk.now
    for _ in range(many):
        desk.wishes.proving.send_code(WANG, "anning")
        desk.now += each
    with pytest.raises(TooMany) as refused:
        desk.wishes.proving.send_code(WANG, "anning")
    assert refused.value.rule == "code-rate"
    desk.wishes.proving.send_code(LI, "anning")
    desk.now = begun + within + timedelta(seconds=1)
    desk.wishes.proving.send_code(WANG, "anning")


def test_a_session_ends_by_hand_and_by_time(desk: Desk) -> None:
    proving = desk.wishes.proving
    first = proving.prove(WANG, desk.code_for(WANG))
    proving.end(first.token)
    with pytest.raises(SignInNeeded):
        proving.number_of(first.token)
    desk.now += timedelta(minutes=2)
    second = proving.prove(WANG, desk.code_for(WANG))
    desk.now += SESSION_LASTS
    with pytest.raises(SignInNeeded):
        proving.number_of(second.token)


def test_what_is_kept_names_no_number_and_no_code(desk: Desk) -> None:
    code = desk.code_for(WANG)
    desk.wishes.proving.prove(WANG, code)
    with desk.state.read() as connection:
        for table in ("one_time_codes", "asked_numbers", "subscriber_sessions", "outbox"):
            for row in connection.raw.execute(f"SELECT * FROM {table}").fetchall():
                said = b"|".join(
                    bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in row
                )
                assert b"13800138000" not in said, table
                assert code.encode() not in said, table


@pytest.mark.parametrize("number", ["12345", "95588", "106600001111", "+861380013800"])
def test_what_is_no_subscribers_number_gets_no_code(number: str) -> None:
    with pytest.raises(InvalidNumber):
        subscriber_number(number)


def test_messages_are_taken_by_one_gateway_at_a_time(desk: Desk) -> None:
    desk.wishes.proving.send_code(WANG, "anning")
    first = desk.outbox.take("anning", 10, "one")
    assert len(first) == 1
    assert desk.outbox.take("anning", 10, "two") == []
    assert desk.outbox.take("other", 10, "two") == []
    desk.now += timedelta(seconds=61)
    again = desk.outbox.take("anning", 10, "two")
    assert [each.id for each in again] == [first[0].id]
    assert desk.outbox.answer("anning", again[0].id, delivered=False) == "waiting"
    assert desk.outbox.take("anning", 10, "two")[0].tries == 3
    assert desk.outbox.answer("anning", again[0].id, delivered=True) == "delivered"
    assert desk.outbox.answer("anning", again[0].id, delivered=False) == "delivered"
    desk.now += timedelta(minutes=10)
    assert desk.outbox.take("anning", 10, "two") == []

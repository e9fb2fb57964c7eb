"""What one person said, settled: the cases a compliance officer asks about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from anning.law.observations import Channel, ConsentState, WishState
from anning.registers.events import (
    ChargeNoticeGiven,
    ConsentGiven,
    ConsentWithdrawn,
    NumberRecycled,
    Payload,
    ReplyRead,
    ReplyUnclear,
    WishKind,
    WishStated,
    WishWithdrawn,
)
from anning.registers.standing import (
    NOBODY,
    ConsentReading,
    Subscriber,
    WishReading,
    charge_notice_given,
    consent_reading,
    fold,
    wish_reading,
)

N = "+8613800138000"
DAY = timedelta(days=1)
START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday noon in China


def told(*statements: tuple[int, Payload]) -> Subscriber:
    """What was said on which day."""
    subscriber: Subscriber = NOBODY
    for position, (day, event) in enumerate(statements, 1):
        subscriber = fold(subscriber, event, START + day * DAY, position)
    return subscriber


def consent(subscriber: Subscriber, day: float, **asked: Any) -> ConsentReading:
    asked = {"sender": "bank", "via": "", "channel": Channel.SMS, "sender_trade": "finance"} | asked
    return consent_reading(subscriber, at=START + day * DAY, **asked)


def wish(subscriber: Subscriber, day: float, **asked: Any) -> WishReading:
    asked = {
        "sender": "bank",
        "channel": Channel.SMS,
        "trades": frozenset({"finance"}),
        "code": "106600001111",
        "code_kind": "code-106-commercial",
    } | asked
    return wish_reading(subscriber, at=START + day * DAY, **asked)


def gives(to: str = "bank", **fields: Any) -> ConsentGiven:
    return ConsentGiven(number=N, to=to, **fields)


def refuses(to: str = "bank", **fields: Any) -> ConsentWithdrawn:
    return ConsentWithdrawn(number=N, to=to, **fields)


def declines(**fields: Any) -> WishStated:
    return WishStated(number=N, says="decline", **fields)


def accepts(**fields: Any) -> WishStated:
    return WishStated(number=N, says="accept", **fields)


# --- consents ---------------------------------------------------------------------------------------------------


def test_a_consent_stands_from_its_time_and_for_its_organisation_only() -> None:
    said = told((1, gives(confirmed=True, through="platform")))
    assert consent(said, 0.5).state is ConsentState.NONE
    reading = consent(said, 1)
    assert reading.state is ConsentState.VALID
    assert (reading.confirmed, reading.through, reading.given_at) == (True, "platform", START + DAY)
    assert consent(said, 1, sender="shop").state is ConsentState.NONE


def test_a_consent_to_sms_is_none_to_calls_and_an_app_counts_as_sms() -> None:
    said = told((1, gives(channel="sms")))
    assert consent(said, 2, channel=Channel.CALL).state is ConsentState.NONE
    assert consent(said, 2, channel=Channel.APP).state is ConsentState.VALID


@pytest.mark.parametrize("act", ["pre-ticked", "bundled", "silent"])
def test_what_was_done_to_the_person_is_no_act_of_theirs(act: str) -> None:
    reading = consent(told((1, gives(act=act))), 2)
    assert reading.state is ConsentState.INVALID_ACT
    assert not reading.ever_consented


def test_a_silent_renewal_does_not_undo_a_standing_consent_nor_a_refusal() -> None:
    assert consent(told((1, gives()), (2, gives(act="silent"))), 3).state is ConsentState.VALID
    after_refusal = consent(told((1, gives()), (2, refuses()), (3, gives(act="pre-ticked"))), 4)
    assert after_refusal.state is ConsentState.INVALID_ACT
    assert after_refusal.refused


def test_refusing_ends_a_consent_and_consenting_again_revives_it() -> None:
    said = told((1, gives()), (2, refuses()), (4, gives()))
    withdrawn = consent(said, 3)
    assert withdrawn.state is ConsentState.WITHDRAWN
    assert withdrawn.refused
    assert withdrawn.ever_consented
    assert withdrawn.boundaries == (START + 4 * DAY,)
    again = consent(said, 4)
    assert again.state is ConsentState.VALID
    assert not again.refused


def test_who_never_consented_may_still_refuse() -> None:
    reading = consent(told((1, refuses())), 2)
    assert (reading.state, reading.refused, reading.ever_consented) == (ConsentState.NONE, True, False)


def test_an_answer_nobody_could_read_counts_as_a_refusal_until_a_person_read_it() -> None:
    unclear = ReplyUnclear(number=N, to="bank", words="哈")
    cleared = told((1, gives()), (2, unclear), (4, ReplyRead(number=N, to="bank", refuses=False)))
    assert consent(cleared, 3).state is ConsentState.WITHDRAWN
    assert consent(cleared, 5).state is ConsentState.VALID
    confirmed = told((1, gives()), (2, unclear), (4, ReplyRead(number=N, to="bank", refuses=True)))
    assert consent(confirmed, 5).refused


def test_reading_an_unclear_answer_does_not_clear_a_plain_refusal() -> None:
    said = told((1, gives()), (2, refuses()), (3, ReplyRead(number=N, to="bank", refuses=False)))
    assert consent(said, 4).state is ConsentState.WITHDRAWN


def test_a_consent_expires_and_says_when() -> None:
    said = told((1, gives(expires=START + 5 * DAY)))
    assert consent(said, 2).boundaries == (START + 5 * DAY,)
    expired = consent(said, 5)
    assert expired.state is ConsentState.EXPIRED
    assert expired.ever_consented


def test_a_lapsed_request_leaves_the_consent_before_it_standing_but_a_renewal_replaces_it() -> None:
    request = gives(act="requested", expires=START + 3 * DAY)
    said = told((1, gives()), (2, request))
    assert consent(said, 2).requested
    assert consent(said, 4).state is ConsentState.VALID
    assert not consent(said, 4).requested
    assert consent(told((1, gives()), (2, gives(expires=START + 3 * DAY))), 4).state is ConsentState.EXPIRED


def test_a_general_refusal_ends_earlier_consents_for_good() -> None:
    said = told((1, gives()), (2, declines()), (3, WishWithdrawn(number=N)))
    ended = consent(said, 4)
    assert ended.state is ConsentState.ENDED
    assert ended.ever_consented
    assert not ended.refused
    assert wish(said, 4).state is WishState.NONE


def test_it_ends_an_old_consent_that_is_imported_later() -> None:
    said = fold(told((2, declines())), gives(), START + DAY, 99)
    assert consent(said, 3).state is ConsentState.ENDED


@pytest.mark.parametrize(
    "refusal",
    [
        declines(channel="call"),
        declines(trades=("education",)),
        declines(keeps_consents=True),
        declines(except_for=("bank",)),
        declines(hours=(0, 480)),
        declines(weekdays=(6, 7)),
        declines(code_prefixes=("400",)),
    ],
)
def test_a_refusal_of_something_else_or_with_conditions_ends_no_consent(refusal: WishStated) -> None:
    said = told((1, gives()), (2, refusal))
    assert consent(said, 3).state is ConsentState.VALID
    assert wish(said, 3).state is not WishState.DECLINED


def test_a_platforms_consent_does_not_pass_to_its_merchants() -> None:
    said = told((1, gives(to="platform")))
    reading = consent(said, 2, via="platform")
    assert (reading.state, reading.platform_only) == (ConsentState.NONE, True)
    both = consent(told((1, gives(to="platform")), (1, gives())), 2, via="platform")
    assert not both.platform_only


def test_a_recycled_number_has_a_new_person_behind_it() -> None:
    said = told((1, gives()), (1, declines(keeps_consents=True)), (2, NumberRecycled(number=N)), (4, gives()))
    assert consent(said, 1).state is ConsentState.VALID
    recycled = consent(said, 3)
    assert (recycled.state, recycled.ever_consented, recycled.refused) == (ConsentState.RECYCLED, False, False)
    assert wish(said, 3).state is WishState.NONE
    assert consent(said, 5).state is ConsentState.VALID


def test_the_former_holders_refusal_is_not_the_new_ones() -> None:
    reading = consent(told((1, refuses()), (2, NumberRecycled(number=N))), 3)
    assert (reading.state, reading.refused) == (ConsentState.NONE, False)


# --- wishes -----------------------------------------------------------------------------------------------------


def test_the_latest_wish_of_a_trade_counts() -> None:
    said = told((1, declines()), (2, accepts(trades=("travel",))))
    assert wish(said, 3, trades=frozenset({"finance"})).state is WishState.DECLINED
    assert wish(said, 3, trades=frozenset({"travel"})).state is WishState.ACCEPTED
    assert wish(said, 3, trades=frozenset({"travel", "finance"})).state is WishState.DECLINED


def test_a_wish_taken_back_for_one_trade_or_channel_stands_for_the_others() -> None:
    said = told(
        (1, declines()), (2, WishWithdrawn(number=N, trades=("finance",))), (2, WishWithdrawn(number=N, channel="call"))
    )
    assert wish(said, 3).state is WishState.NONE
    assert wish(said, 3, trades=frozenset({"retail"})).state is WishState.DECLINED
    assert wish(said, 3, trades=frozenset({"retail"}), channel=Channel.CALL).state is WishState.NONE


def test_a_later_consent_beats_an_earlier_decline_and_a_later_decline_beats_both() -> None:
    said = told((1, declines()), (2, gives()), (4, declines(hours=(0, 1440))))
    assert wish(said, 3).state is WishState.NONE
    assert wish(said, 3, sender="shop").state is WishState.DECLINED
    assert wish(said, 5).state is WishState.DECLINED


def test_a_refusal_that_keeps_consents_does_not_stand_above_them() -> None:
    said = told((1, gives()), (2, declines(keeps_consents=True)))
    assert wish(said, 3).state is WishState.NONE
    assert wish(said, 3, sender="shop").state is WishState.DECLINED


def test_an_exception_for_a_named_sender_beats_the_general_wish() -> None:
    said = told((1, declines()), (2, declines(except_for=("bank",))))
    assert wish(said, 3).state is WishState.NONE
    assert wish(said, 3, sender="shop").state is WishState.DECLINED
    assert wish(fold(said, declines(), START + 4 * DAY, 9), 5).state is WishState.DECLINED


def test_an_exception_within_certain_hours_lifts_no_refusal_of_all_hours() -> None:
    said = told((1, declines(keeps_consents=True)), (2, declines(hours=(0, 1440), except_for=("bank",))))
    assert wish(said, 3).state is WishState.DECLINED


def test_one_refusal_does_not_take_back_another() -> None:
    said = told((1, gives()), (2, declines(hours=(0, 1440))), (3, declines(keeps_consents=True)))
    assert consent(said, 4).state is ConsentState.VALID
    assert wish(said, 4).state is WishState.DECLINED


def test_hours_may_pass_midnight_and_their_edges_are_told() -> None:
    said = told((0, declines(hours=(22 * 60, 8 * 60))))  # Monday noon in China
    assert wish(said, 0).state is WishState.NONE
    assert wish(said, 0).boundaries == (START + timedelta(hours=10),)
    night = START + timedelta(hours=12)
    assert wish(said, 0.5).state is WishState.DECLINED
    assert wish(said, 0.5).boundaries == (night + timedelta(hours=8),)


def test_a_window_past_midnight_belongs_to_the_weekday_it_begins_on() -> None:
    said = told((0, declines(hours=(22 * 60, 8 * 60), weekdays=(1,))))
    early_tuesday = 14 / 24  # 02:00 in China
    assert wish(said, early_tuesday).state is WishState.DECLINED
    assert wish(said, 1 + early_tuesday).state is WishState.NONE


def test_a_wish_about_codes_is_about_those_codes() -> None:
    said = told((1, declines(code_prefixes=("400", "international"))))
    assert wish(said, 2, code="4008001234", code_kind="code-400").state is WishState.DECLINED
    assert wish(said, 2, code="+85221234567", code_kind="international").state is WishState.DECLINED
    assert wish(said, 2, code="95588", code_kind="code-95").state is WishState.NONE
    assert wish(said, 2, code="", code_kind="").state is WishState.NONE


def test_the_carriers_filter_is_told_apart_from_a_registered_wish() -> None:
    assert wish(told((1, declines(wish_kind=WishKind.NUISANCE_FILTER))), 2).wish_kind == "nuisance-filter"
    assert wish(told((1, declines())), 2).wish_kind == "decline-calls"


def test_of_two_statements_at_one_moment_the_later_written_counts() -> None:
    said = told((1, gives()), (1, refuses()))
    assert consent(said, 1).refused
    assert consent(told((1, refuses()), (1, gives())), 1).state is ConsentState.VALID


def test_in_one_import_the_protecting_statement_counts_at_one_moment() -> None:
    said = NOBODY
    for event in (refuses(), gives()):
        said = fold(said, event, START, 7)
    assert consent(said, 1).refused


def test_who_was_told_the_price_was_told_by_that_sender() -> None:
    said = told((1, ChargeNoticeGiven(sender="bank", number=N)), (3, NumberRecycled(number=N)))
    assert [charge_notice_given(said, sender="bank", at=START + day * DAY) for day in (0, 1, 4)] == [False, True, False]
    assert not charge_notice_given(said, sender="shop", at=START + DAY)


def test_equal_histories_are_kept_once() -> None:
    assert len({told((1, gives()), (2, declines())), told((1, gives()), (2, declines()))}) == 1

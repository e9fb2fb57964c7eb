"""What one person said is settled the same way in whatever order it comes in, and never against the person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from anning.law.observations import Channel, ConsentState, WishState
from anning.registers.events import (
    ChargeNoticeGiven,
    ConsentGiven,
    ConsentWithdrawn,
    NumberRecycled,
    Payload,
    ReplyRead,
    ReplyUnclear,
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

NUMBER = "+8613800138000"
START = datetime(2026, 3, 2, tzinfo=UTC)
ORGS = ["bank", "shop", "platform"]
TRADES = ["finance", "retail", "education"]

channels = st.sampled_from(["sms", "call", "both"])
some_trades = st.lists(st.sampled_from(TRADES), unique=True, max_size=2).map(tuple)
orgs = st.sampled_from(ORGS)
moments = st.integers(0, 60 * 24 * 12).map(lambda minutes: START + timedelta(minutes=minutes))
windows = st.none() | st.tuples(st.integers(0, 1439), st.integers(0, 1440)).filter(lambda pair: pair[0] != pair[1])

declines = st.builds(
    WishStated,
    number=st.just(NUMBER),
    channel=channels,
    trades=some_trades,
    says=st.just("decline"),
    hours=windows,
    weekdays=st.lists(st.integers(1, 7), unique=True, max_size=3).map(tuple),
    code_prefixes=st.sampled_from([(), (), ("400",), ("international",)]),
    keeps_consents=st.booleans(),
)
wishes = declines | st.builds(
    WishStated,
    number=st.just(NUMBER),
    channel=channels,
    trades=some_trades,
    says=st.sampled_from(["decline", "accept"]),
    hours=windows,
    except_for=st.lists(orgs, unique=True, max_size=1).map(tuple),
)
withdrawals = st.builds(WishWithdrawn, number=st.just(NUMBER), channel=channels, trades=some_trades)
refusals = st.builds(ConsentWithdrawn, number=st.just(NUMBER), to=orgs, channel=channels) | st.builds(
    ReplyUnclear, number=st.just(NUMBER), to=orgs, words=st.just("?")
)
consents = st.builds(
    ConsentGiven,
    number=st.just(NUMBER),
    to=orgs,
    channel=channels,
    act=st.sampled_from(["explicit", "explicit", "requested", "pre-ticked", "bundled", "silent"]),
    confirmed=st.booleans(),
    expires=st.none() | moments,
)
readings = st.builds(ReplyRead, number=st.just(NUMBER), to=orgs, refuses=st.booleans())
statements = st.one_of(
    wishes,
    withdrawals,
    refusals,
    consents,
    readings,
    st.just(NumberRecycled(number=NUMBER)),
    st.builds(ChargeNoticeGiven, sender=orgs, number=st.just(NUMBER)),
)
histories = st.lists(st.tuples(statements, moments), max_size=9)


def told(history: list[tuple[Payload, datetime]], order: list[int] | None = None) -> Subscriber:
    subscriber: Subscriber | None = None
    for place in range(len(history)) if order is None else order:
        event, at = history[place]
        subscriber = fold(subscriber, event, at, place + 1)
    return subscriber or NOBODY


def consent(subscriber: Subscriber, at: datetime, sender: str = "bank", via: str = "platform") -> ConsentReading:
    return consent_reading(subscriber, sender=sender, via=via, channel=Channel.SMS, sender_trade="finance", at=at)


def wish(subscriber: Subscriber, at: datetime, trades: tuple[str, ...] = ("finance",)) -> WishReading:
    return wish_reading(
        subscriber,
        sender="bank",
        channel=Channel.SMS,
        trades=frozenset(trades),
        code="4008001234",
        code_kind="code-400",
        at=at,
    )


def may_be_sent(subscriber: Subscriber, at: datetime, trades: tuple[str, ...] = ("finance",)) -> bool:
    """As far as what the person said goes."""
    reading = consent(subscriber, at)
    return (
        reading.state is ConsentState.VALID
        and not reading.refused
        and wish(subscriber, at, trades).state is not WishState.DECLINED
    )


@given(histories.flatmap(lambda h: st.tuples(st.just(h), st.permutations(range(len(h))))), moments)
def test_the_order_of_folding_does_not_matter(
    given_history: tuple[list[tuple[Payload, datetime]], list[int]], at: datetime
) -> None:
    history, order = given_history
    assert told(history) == told(history, order)
    assert consent(told(history), at) == consent(told(history, order), at)


@given(histories.flatmap(lambda h: st.tuples(st.just(h), st.permutations(range(len(h))))), moments)
def test_nor_for_rows_of_one_import_which_share_a_position(
    given_history: tuple[list[tuple[Payload, datetime]], list[int]], at: datetime
) -> None:
    history, order = given_history
    one, other = NOBODY, NOBODY
    for event, moment in history:
        one = fold(one, event, moment, 1)
    for place in order:
        other = fold(other, *history[place], 1)
    assert one == other


@given(histories, moments)
def test_the_same_statements_folded_twice_are_once(history: list[tuple[Payload, datetime]], at: datetime) -> None:
    twice = told(history)
    for place, (event, moment) in enumerate(history):
        twice = fold(twice, event, moment, place + 1)
    assert twice == told(history)


@given(histories, declines | refusals, moments, moments, st.sampled_from([("finance",), ("finance", "retail"), ()]))
@settings(max_examples=400)
def test_a_refusal_never_makes_anything_more_allowed(
    history: list[tuple[Payload, datetime]], refusal: Payload, said: datetime, at: datetime, trades: tuple[str, ...]
) -> None:
    before = told(history)
    after = fold(before, refusal, said, len(history) + 1)
    assert may_be_sent(before, at, trades) or not may_be_sent(after, at, trades)


@given(histories, withdrawals, moments, moments)
def test_withdrawing_a_refusal_revives_no_consent(
    history: list[tuple[Payload, datetime]], withdrawal: Payload, said: datetime, at: datetime
) -> None:
    before = told(history)
    after = fold(before, withdrawal, said, len(history) + 1)
    assert consent(after, at) == consent(before, at)


@given(histories, histories, moments)
def test_a_new_holder_is_a_new_person(
    former: list[tuple[Payload, datetime]], history: list[tuple[Payload, datetime]], recycled: datetime
) -> None:
    former = [(event, moment) for event, moment in former if moment < recycled]
    history = [(event, moment) for event, moment in history if moment > recycled]
    at = START + timedelta(days=20)
    anew, ever = told(history), told([*former, (NumberRecycled(number=NUMBER), recycled), *history])
    assert wish(ever, at).state is wish(anew, at).state
    fresh, worn = consent(anew, at), consent(ever, at)
    assert (worn.refused, worn.ever_consented, worn.platform_only) == (
        fresh.refused,
        fresh.ever_consented,
        fresh.platform_only,
    )
    assert worn.state is fresh.state or (fresh.state is ConsentState.NONE and worn.state is ConsentState.RECYCLED)
    assert charge_notice_given(ever, sender="bank", at=at) == charge_notice_given(anew, sender="bank", at=at)


@given(st.lists(st.tuples(wishes, moments), max_size=6), moments)
def test_general_wishes_alone_consent_to_nobody(history: list[tuple[Payload, datetime]], at: datetime) -> None:
    reading = consent(told(history), at)
    assert reading.state is ConsentState.NONE
    assert not reading.ever_consented


@given(histories, moments, st.integers(1, 60 * 24 * 9))
@settings(max_examples=300)
def test_a_reading_changes_only_at_its_boundaries(
    history: list[tuple[Payload, datetime]], at: datetime, minutes: int
) -> None:
    subscriber = told(history)
    first_consent, first_wish = consent(subscriber, at), wish(subscriber, at)
    moments = [*first_consent.boundaries, *first_wish.boundaries]
    assert all(moment > at for moment in moments)
    later = at + timedelta(minutes=minutes)
    if not any(at < moment <= later for moment in moments):
        then_consent, then_wish = consent(subscriber, later), wish(subscriber, later)
        assert (then_consent.state, then_consent.refused, then_consent.platform_only) == (
            first_consent.state,
            first_consent.refused,
            first_consent.platform_only,
        )
        assert then_wish.state is first_wish.state

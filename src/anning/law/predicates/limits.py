"""Hours and counts (时段与频次)."""

from __future__ import annotations

from anning.law.observations import Channel, Seen
from anning.law.predicates.registering import DAY, HOUR, MINUTE, Figure, predicate


@predicate(
    "在允许呼出的时段内", "is within calling hours", "call_from_minute", "call_until_minute", reads=("local_minute",)
)
def within_call_hours(o: Seen, figure: Figure) -> bool:
    """Local minute of the day within the outer limit (呼出时段)."""
    return bool(figure("call_from_minute") <= o.local_minute < figure("call_until_minute"))


@predicate(
    "在工作呼出时段内",
    "is within working calling hours",
    "morning_from_minute",
    "morning_until_minute",
    "afternoon_from_minute",
    "afternoon_until_minute",
    reads=("local_minute",),
)
def within_working_call_hours(o: Seen, figure: Figure) -> bool:
    """Morning or afternoon working hours of the house."""
    return bool(
        figure("morning_from_minute") <= o.local_minute < figure("morning_until_minute")
        or figure("afternoon_from_minute") <= o.local_minute < figure("afternoon_until_minute")
    )


@predicate(
    "在营销短信时段内", "is within marketing SMS hours", "sms_from_minute", "sms_until_minute", reads=("local_minute",)
)
def within_sms_hours(o: Seen, figure: Figure) -> bool:
    """Hours for marketing SMS."""
    return bool(figure("sms_from_minute") <= o.local_minute < figure("sms_until_minute"))


def _within(ages: tuple[int, ...], seconds: int) -> int:
    return sum(1 for age in ages if 0 <= age < seconds)


@predicate(
    "五分钟内呼叫已达上限", "calls in five minutes are at the cap", "calls_in_5_minutes", reads=("contact_ages",)
)
def calls_5_minutes_full(o: Seen, figure: Figure) -> bool:
    """Earlier calls of the organisation to this person in five minutes reach the cap."""
    return _within(o.contact_ages, 5 * MINUTE) >= figure("calls_in_5_minutes")


@predicate("二十四小时内呼叫已达上限", "calls in 24 hours are at the cap", "calls_in_24_hours", reads=("contact_ages",))
def calls_24_hours_full(o: Seen, figure: Figure) -> bool:
    """Earlier calls in 24 hours reach the cap."""
    return _within(o.contact_ages, DAY) >= figure("calls_in_24_hours")


@predicate("三十天内呼叫已达上限", "calls in 30 days are at the cap", "calls_in_30_days", reads=("contact_ages",))
def calls_30_days_full(o: Seen, figure: Figure) -> bool:
    """Earlier calls in 30 days reach the cap."""
    return _within(o.contact_ages, 30 * DAY) >= figure("calls_in_30_days")


@predicate(
    "当日营销短信已达上限",
    "marketing SMS today are at the cap",
    "marketing_sms_a_day",
    reads=("marketing_ages", "local_minute", "at"),
)
def marketing_day_full(o: Seen, figure: Figure) -> bool:
    """Earlier marketing SMS of the sender since local midnight reach the cap."""
    return _within(o.marketing_ages, o.local_minute * MINUTE + o.at.second + 1) >= figure("marketing_sms_a_day")


@predicate(
    "七天内营销短信已达上限",
    "marketing SMS in seven days are at the cap",
    "marketing_sms_a_week",
    reads=("marketing_ages",),
)
def marketing_week_full(o: Seen, figure: Figure) -> bool:
    """Earlier marketing SMS of the sender in seven days reach the cap."""
    return _within(o.marketing_ages, 7 * DAY) >= figure("marketing_sms_a_week")


@predicate("属于验证码", "is a verification code", reads=("channel", "verification_code"))
def verification_code(o: Seen, _: Figure) -> bool:
    """A one-time code (验证码)."""
    return bool(o.channel is not Channel.CALL and o.verification_code)


@predicate(
    "一分钟内验证码已达上限", "codes in a minute are at the cap", "codes_in_a_minute", reads=("code_message_ages",)
)
def codes_minute_full(o: Seen, figure: Figure) -> bool:
    """Earlier verification codes in one minute reach the cap."""
    return _within(o.code_message_ages, MINUTE) >= figure("codes_in_a_minute")


@predicate(
    "一小时内验证码已达上限", "codes in an hour are at the cap", "codes_in_an_hour", reads=("code_message_ages",)
)
def codes_hour_full(o: Seen, figure: Figure) -> bool:
    """Earlier verification codes in one hour reach the cap."""
    return _within(o.code_message_ages, HOUR) >= figure("codes_in_an_hour")


@predicate(
    "当日验证码已达上限",
    "codes today are at the cap",
    "codes_in_a_day",
    reads=("code_message_ages", "local_minute", "at"),
)
def codes_day_full(o: Seen, figure: Figure) -> bool:
    """Earlier verification codes since local midnight reach the cap."""
    return _within(o.code_message_ages, o.local_minute * MINUTE + o.at.second + 1) >= figure("codes_in_a_day")


@predicate("是电话", "is a call", reads=("channel",))
def call(o: Seen, _: Figure) -> bool:
    """Voice."""
    return bool(o.channel is Channel.CALL)

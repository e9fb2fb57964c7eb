"""house-policy: the operator's own limits, with the trade's customs as defaults. Never cited as law (自律规则)."""

from __future__ import annotations

from anning.law.algebra import Expr
from anning.law.citation import Mark
from anning.law.instrument import Instrument
from anning.law.instruments.common import commercial_scores
from anning.law.instruments.writing import constant, refuse, source
from anning.law.observations import Channel
from anning.law.parameters import Parameter
from anning.law.predicates import (
    call,
    calls_5_minutes_full,
    calls_24_hours_full,
    calls_30_days_full,
    codes_day_full,
    codes_hour_full,
    codes_minute_full,
    commercial,
    marketing_day_full,
    marketing_week_full,
    verification_code,
    within_sms_hours,
    within_working_call_hours,
)
from anning.law.rules import Rule

vendors = source("行业惯例（供应商）", "Trade practice (vendors)", Mark.PRACTICE)
experience = source("行业经验", "Trade experience", Mark.PRACTICE)

_LATER = ("稍后再发", "send it later")


def _minute(name: str, hour: int, zh: str, en: str) -> Parameter:
    return constant(name, "minute of the local day", hour * 60, vendors("P02"), zh, en)


def _cap(name: str, value: int, zh: str, en: str) -> Parameter:
    return constant(name, "communications", value, vendors("H03"), zh, en)


def _full(name: str, when: Expr, zh: str, en: str, shows: str) -> Rule:
    return refuse(name, vendors("H03"), when, zh, en, remedy=_LATER, shows=(shows,))


INSTRUMENT = Instrument(
    name="house-policy",
    zh="运营方自定限度（默认取行业惯例，非法律）",
    en="The operator's own limits (defaults from practice, not law)",
    channels=frozenset(Channel),
    since=None,
    until=None,
    mark=Mark.PRACTICE,
    parameters=(
        *commercial_scores(),
        _minute("sms_from_minute", 8, "营销短信最早时刻", "earliest marketing SMS"),
        _minute("sms_until_minute", 21, "营销短信最晚时刻", "latest marketing SMS"),
        _minute("morning_from_minute", 9, "上午呼出开始", "working calls from"),
        _minute("morning_until_minute", 12, "上午呼出结束", "working calls until noon"),
        _minute("afternoon_from_minute", 14, "下午呼出开始", "working calls from, afternoon"),
        _minute("afternoon_until_minute", 20, "下午呼出结束", "working calls until, evening"),
        _cap("marketing_sms_a_day", 1, "同一发送者每日营销短信", "marketing SMS a day from one sender"),
        _cap("marketing_sms_a_week", 2, "同一发送者七天营销短信", "marketing SMS in seven days from one sender"),
        _cap("calls_in_5_minutes", 3, "同一机构五分钟呼叫", "calls in five minutes"),
        _cap("calls_in_24_hours", 3, "同一机构二十四小时呼叫", "calls in 24 hours"),
        _cap("calls_in_30_days", 10, "同一机构三十天呼叫", "calls in 30 days"),
        _cap("codes_in_a_minute", 1, "每分钟验证码", "verification codes a minute"),
        _cap("codes_in_an_hour", 5, "每小时验证码", "verification codes an hour"),
        _cap("codes_in_a_day", 10, "每日验证码", "verification codes a day"),
    ),
    rules=(
        refuse(
            "sms-hours",
            vendors("P02"),
            ~call & commercial & ~within_sms_hours,
            "不在营销短信时段内",
            "outside the hours for marketing SMS",
            remedy=("改在时段内发送", "send within the hours"),
            shows=("sms_from_minute", "sms_until_minute"),
        ),
        refuse(
            "working-call-hours",
            experience("P02"),
            call & commercial & ~within_working_call_hours,
            "不在工作呼出时段内",
            "outside working calling hours",
            remedy=("改在工作时段拨打", "call within working hours"),
            shows=("morning_from_minute", "morning_until_minute", "afternoon_from_minute", "afternoon_until_minute"),
        ),
        _full(
            "marketing-day",
            ~call & commercial & marketing_day_full,
            "该发送者当日营销短信已达上限",
            "the sender's marketing SMS today are at the cap",
            "marketing_sms_a_day",
        ),
        _full(
            "marketing-week",
            ~call & commercial & marketing_week_full,
            "该发送者七天内营销短信已达上限",
            "the sender's marketing SMS in seven days are at the cap",
            "marketing_sms_a_week",
        ),
        _full(
            "calls-5-minutes",
            call & commercial & calls_5_minutes_full,
            "五分钟内呼叫已达上限",
            "calls in five minutes are at the cap",
            "calls_in_5_minutes",
        ),
        _full(
            "calls-24-hours",
            call & commercial & calls_24_hours_full,
            "二十四小时内呼叫已达上限",
            "calls in 24 hours are at the cap",
            "calls_in_24_hours",
        ),
        _full(
            "calls-30-days",
            call & commercial & calls_30_days_full,
            "三十天内呼叫已达上限",
            "calls in 30 days are at the cap",
            "calls_in_30_days",
        ),
        _full(
            "codes-minute",
            verification_code & ~commercial & codes_minute_full,
            "一分钟内验证码已达上限（保护被轰炸者）",
            "verification codes in a minute are at the cap (protects a bombed victim)",
            "codes_in_a_minute",
        ),
        _full(
            "codes-hour",
            verification_code & ~commercial & codes_hour_full,
            "一小时内验证码已达上限（保护被轰炸者）",
            "verification codes in an hour are at the cap (protects a bombed victim)",
            "codes_in_an_hour",
        ),
        _full(
            "codes-day",
            verification_code & ~commercial & codes_day_full,
            "当日验证码已达上限（保护被轰炸者）",
            "verification codes today are at the cap (protects a bombed victim)",
            "codes_in_a_day",
        ),
    ),
)

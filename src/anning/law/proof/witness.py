"""A situation for predicate values: the world and the communication in which they are observed (反例情形).

The situation is a plain value in the format of situation files, so that `anning law try` and `anning check` replay it
through the production path. `REALISABLE` says which values a world can show at all; what it rules out (a call has no
text that could be read) no situation can show, and the prover says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from anning.law.algebra import Expr
from anning.law.instrument import SHANGHAI
from anning.law.instruments import common
from anning.law.observations import Channel, Observations
from anning.law.predicates import PREDICATES
from anning.law.proof.facts import PLAIN_FACTS, all_of, any_of, implies, known, no, observed, same, yes
from anning.law.proof.parameters import figure_on
from anning.law.tri import Tri

NUMBER: Final = "13800138000"
DAY: Final = date(2026, 11, 11)
_SENDER, _PROVIDER, _PLATFORM, _STRANGER = "mall", "carrier", "market", "stranger"
_SHOP, _AGENCY, _OTHER_NAME = "安宁商城", "安宁市应急局", "远山商行"
_PORT, _SPECIAL, _DESK, _MOBILE = "106900001111", "4008001234", "95566", "13900139000"

_OF_THE_TEXT: Final = (
    "names_sender",
    "names_phone",
    "way_out",
    "way_out_works",
    "has_link",
    "publicity_of_work",
    "too_long_for_public_interest",
    "names_agency_and_phone",
    "prohibited",
    "content_blocked",
    "signature_foreign",
    "signature_approved",
    "approved",
    "emergency",
    "applied_in_time",
    "in_approved_window",
)
_OF_A_CODE_SHOWN: Final = ("code_held_here", "code_user_is_sender", "service_port", "public_interest_port")
_IN_ORDER_WHEN_LAST_KNOWN: Final = (
    "code_active",
    "code_held_here",
    "code_user_is_sender",
    "sender_verified",
    "licensed",
)
_NOT_WHEN_LAST_KNOWN: Final = (
    "commercial_port",
    "public_interest_port",
    "code_missing",
    "unreviewed_special_code",
    "sender_suspended",
    "intermediary_suspended",
    "content_blocked",
)


def _realisable() -> tuple[Expr, ...]:
    last_known = all_of(
        [
            *map(yes, _IN_ORDER_WHEN_LAST_KNOWN),
            *map(no, _NOT_WHEN_LAST_KNOWN),
            any_of((yes("call"), yes("signature_approved"))),
        ]
    )
    return (
        *map(known, (*PREDICATES, *PLAIN_FACTS)),
        # past volume is looked at while a part is away, and never of a call
        implies(no("within_past_volume"), yes("part_down") & no("call")),
        same(yes("last_known_service_port"), last_known),
        same(
            yes("shown_service"),
            yes("last_known_service_port")
            & no("commercial")
            & no("public_interest")
            & no("caller_false")
            & no("caller_unverified")
            & any_of((yes("call"), yes("verification_code"), yes("within_past_volume"))),
        ),
        # an emergency is an agency's own, on the days of its application
        implies(yes("emergency"), yes("agency_sender") & yes("in_approved_window")),
        # a call has no text
        *(implies(yes("call"), no(name)) for name in _OF_THE_TEXT),
        # a code that is not shown, or in no register, says nothing; a personal number is in order by itself
        *(implies(no("code_registered"), no(name)) for name in _OF_A_CODE_SHOWN),
        implies(yes("code_missing"), no("unreviewed_special_code")),
        implies(
            no("call") & no("port_message"),
            yes("code_active")
            & yes("code_held_here")
            & yes("code_user_is_sender")
            & no("service_port")
            & no("public_interest_port")
            & no("unreviewed_special_code")
            & yes("personal_sender"),
        ),
        implies(yes("private"), yes("code_held_here") & yes("code_user_is_sender") & no("service_port")),
        implies(yes("private"), no("public_interest_port") & no("unreviewed_special_code")),
        implies(no("private") & no("call") & no("port_message"), yes("commercial")),
        # what a person said, settled: the later statement counts, a general refusal ends what was before it
        implies(yes("consented"), yes("consent_on_record") & no("refused") & no("platform_consent_only")),
        implies(yes("consented"), no("declined")),
        implies(yes("consent_ended"), yes("declined") & yes("consent_on_record") & no("refused")),
        implies(yes("invalid_act"), no("refused") & no("consent_on_record") & no("platform_consent_only")),
        implies(yes("platform_consent_only"), no("refused") & no("consent_on_record") & no("consent_ended")),
        implies(yes("platform_consent_only"), no("declined")),
        # what a text can carry together
        implies(yes("signature_approved"), yes("names_sender")),
        implies(yes("way_out_works"), yes("way_out")),
        implies(no("commercial"), no("way_out") & no("prohibited")),
        implies(yes("verification_code"), no("commercial") & no("prohibited") & no("publicity_of_work")),
        implies(yes("verification_code"), no("public_interest") & no("too_long_for_public_interest")),
        implies(yes("publicity_of_work"), no("commercial") & no("prohibited")),
        # whose work is publicised is read from the signature
        implies(yes("publicity_of_work"), yes("names_sender") & no("signature_foreign")),
        same(yes("names_agency_and_phone"), yes("names_sender") & yes("names_phone")),
        # counts: nested spans, one cap at a time for codes
        implies(yes("calls_5_minutes_full"), yes("calls_24_hours_full")),
        implies(yes("codes_minute_full"), no("codes_hour_full") & no("codes_day_full")),
        implies(yes("codes_hour_full"), no("codes_day_full")),
        implies(any_of(map(yes, _CODES)), yes("verification_code") & no("call")),
        implies(any_of(map(yes, _CALLS)), yes("call")),
        implies(any_of(map(yes, _MARKETING)), no("call")),
        any_of(_hours_at(hour) for hour in (10, 13, 22)),
    )


_CODES: Final = ("codes_minute_full", "codes_hour_full", "codes_day_full")
_CALLS: Final = ("calls_5_minutes_full", "calls_24_hours_full", "calls_30_days_full")
_MARKETING: Final = ("marketing_day_full", "marketing_week_full")
_HOURS: Final = ("within_call_hours", "within_working_call_hours", "within_sms_hours")


def _at(hour: int, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def _hours_of(hour: int) -> dict[str, Tri]:
    seen = Observations(at=_at(hour), channel=Channel.SMS, local_minute=hour * 60)
    return {name: observed(name, seen, figure_on(DAY)) for name in _HOURS}


def _hours_at(hour: int) -> Expr:
    return all_of(yes(name) if value else no(name) for name, value in _hours_of(hour).items())


REALISABLE: Final[tuple[Expr, ...]] = _realisable()
"""What the registers, the text and the clock can show of one communication, nothing being unknown."""


def situation(
    name: str,
    under: str,
    values: Mapping[str, Tri],
    outcome: str,
    because: tuple[str, ...] = (),
    *,
    day: date = DAY,
    app: bool = False,
) -> dict[str, Any]:
    """A situation in which these values are observed, as plain data in the format of situation files.

    Args:
        values: of all predicates, within `REALISABLE`.
        outcome: what must come of it, with `because` among the reasons.
        day: local day on which it happens.
        app: a message is delivered by internet instead of as an SMS.
    """
    v = {key: value is True for key, value in values.items()}
    at = next(_at(hour, day) for hour in (10, 13, 22) if all(v[n] is bool(t) for n, t in _hours_of(hour).items()))
    text = "" if v["call"] else _text(v)
    send: dict[str, Any] = {
        "channel": "call" if v["call"] else "app" if app else "sms",
        "provider": _PROVIDER,
        "sender": _SENDER,
        "from": _code_shown(v),
        "to": NUMBER,
        "purpose": _purpose(v),
    }
    if v["platform_consent_only"]:
        send["via"] = _PLATFORM
    if text:
        send["text"] = text
    if v["call"]:
        send["platform_call"] = v["platform_call"]
        send["caller_identity"] = (
            "failed" if v["caller_false"] else "unverified" if v["caller_unverified"] else "verified"
        )
    if v["charged"]:
        send["charged"] = True
    then: dict[str, Any] = {"outcome": outcome} | ({"because": list(because)} if because else {})
    told: dict[str, Any] = {"name": name, "under": under, "at": at.isoformat(), "given": _world(v, at, text)}
    earlier = _earlier_codes(v, send)
    if not earlier:
        return told | {"send": send, "then": then}
    steps, span = earlier
    return told | {"at": (at - span).isoformat(), "sends": [*steps, {**send, "then": then}]}


def _world(v: Mapping[str, bool], at: datetime, text: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "organisations": [
            _organisation(_PROVIDER, "云信通", sanctioned=v["intermediary_suspended"]),
            _organisation(
                _SENDER,
                _name(v),
                kind=_kind(v),
                verified=v["sender_verified"],
                sanctioned=v["sender_suspended"],
            ),
            _organisation(_PLATFORM, "四海集市", kind="platform"),
            _organisation(_STRANGER, _OTHER_NAME),
        ],
        "signatures": [
            {"text": _name(v), "owner": _SENDER, "state": "approved" if v["signature_approved"] else "in-review"},
            {"text": _OTHER_NAME, "owner": _STRANGER, "state": "approved"},
        ],
    }
    if v["licensed"]:
        kind = "voice" if v["call"] else "sms"
        given["licences"] = [{"holder": _PROVIDER, "kind": kind, "from": "2000-01-01", "until": "2099-12-31"}]
    if v["code_registered"] and not v["private"]:
        given["codes"] = [_code(v)]
    given |= _said(v, at)
    if v["content_blocked"]:
        given["content_blocks"] = [{"text": text, "at": _days_before(at, 1)}]
    if v["charge_notice"]:
        given["charge_notices"] = [{"sender": _SENDER, "number": NUMBER, "at": _days_before(at, 2)}]
    if any(v[name] for name in ("approved", "emergency", "applied_in_time", "in_approved_window")):
        given["approvals"] = [_approval(v, at, text)]
    contacts = _contacts(v, at)
    if contacts:
        channel = "call" if v["call"] else "sms"
        given["prior_contacts"] = [{"sender": _SENDER, "to": NUMBER, "channel": channel, "at": contacts}]
    if not v["within_past_volume"]:
        least = int(common.INSTRUMENT.parameter("past_volume_least").at(at.date()))
        sent = {"sender": _SENDER, "at": at.isoformat(), "messages": least}
        given["service_volumes"] = [{**sent, "channel": channel} for channel in ("sms", "app")]
    if v["part_down"]:
        given["parts_down"] = ["detection"]
    return given


def _kind(v: Mapping[str, bool]) -> str:
    if v["agency_sender"]:
        return "agency"
    return "person" if v["private"] or (v["personal_sender"] and _code_shown(v) != _MOBILE) else "company"


def _name(v: Mapping[str, bool]) -> str:
    return _AGENCY if v["public_interest"] or v["publicity_of_work"] else _SHOP


def _organisation(
    org: str, name: str, *, kind: str = "company", verified: bool = True, sanctioned: bool = False
) -> dict[str, Any]:
    state = "suspended" if sanctioned else "none"
    return {"id": org, "name": name, "trade": "other", "kind": kind, "verified": verified, "sanctioned": state}


def _code_shown(v: Mapping[str, bool]) -> str:
    if v["code_missing"]:
        return ""
    if v["unreviewed_special_code"]:
        return _SPECIAL
    if v["private"] or not (v["call"] or v["port_message"]):
        return _MOBILE
    return _DESK if v["call"] and v["code_registered"] else _PORT


def _code(v: Mapping[str, bool]) -> dict[str, Any]:
    uses = {"service_port": "service", "public_interest_port": "public-interest", "commercial_port": "commercial"}
    use = next((use for port, use in uses.items() if v[port]), "any")
    return {
        "code": _code_shown(v),
        "holder": _PROVIDER if v["code_held_here"] else _STRANGER,
        "user": _SENDER if v["code_user_is_sender"] else _STRANGER,
        "use": use,
        "state": "active" if v["code_active"] else "suspended",
        "reviewed": not v["unreviewed_special_code"],
    }


def _purpose(v: Mapping[str, bool]) -> str:
    if v["public_interest"]:
        return "public-interest"
    if v["private"]:
        return "undeclared"
    return "commercial" if v["commercial"] else "service"


def _said(v: Mapping[str, bool], at: datetime) -> dict[str, Any]:
    said: dict[str, Any] = {}
    consent: dict[str, Any] = {"number": NUMBER, "to": _SENDER, "channel": "both", "at": _days_before(at, 90)}
    if v["consented"]:
        said["consents"] = [consent | {"act": "requested" if v["requested"] else "explicit", "at": _days_before(at, 5)}]
    elif v["invalid_act"]:
        said["consents"] = [consent | {"act": "pre-ticked", "at": _days_before(at, 5)}]
    elif v["refused"]:
        act = "explicit" if v["consent_on_record"] else "silent"
        said["consents"] = [consent | {"act": act, "withdrawn": _days_before(at, 4)}]
    elif v["consent_ended"]:
        said["consents"] = [consent | {"act": "explicit"}]
    elif v["platform_consent_only"]:
        said["consents"] = [consent | {"act": "explicit", "to": _PLATFORM}]
    elif v["consent_on_record"]:
        said["consents"] = [consent | {"act": "explicit", "expires": _days_before(at, 40)}]
    if v["declined"]:
        # only a refusal later than the consent ends it
        days = 20 if v["consent_ended"] else 100
        said["wishes"] = [
            {"number": NUMBER, "channel": "both", "trades": "all", "says": "decline", "at": _days_before(at, days)}
        ]
    return said


def _approval(v: Mapping[str, bool], at: datetime, text: str) -> dict[str, Any]:
    day = at.date()
    window = (day, day) if v["in_approved_window"] else (day + timedelta(days=5), day + timedelta(days=6))
    applied = day - timedelta(days=60 if v["applied_in_time"] else 1)
    row: dict[str, Any] = {
        "id": "A1",
        "agency": _SENDER,
        "text": text,
        "applied": applied.isoformat(),
        "emergency": v["emergency"],
        "from": window[0].isoformat(),
        "until": window[1].isoformat(),
    }
    return row | ({"approved": day.isoformat()} if v["approved"] else {})


def _contacts(v: Mapping[str, bool], at: datetime) -> list[str]:
    figure = figure_on(at.date())
    back: list[timedelta] = []
    if v["marketing_day_full"]:
        back += [timedelta(minutes=30 + i) for i in range(int(figure("marketing_sms_a_day")))]
    if v["marketing_week_full"]:
        lacking = int(figure("marketing_sms_a_week")) - len(back)
        back += [timedelta(days=2, minutes=i) for i in range(lacking)]
    if v["calls_5_minutes_full"]:
        back += [timedelta(seconds=60 + i) for i in range(int(figure("calls_in_5_minutes")))]
    elif v["calls_24_hours_full"]:
        back += [timedelta(minutes=30 + i) for i in range(int(figure("calls_in_24_hours")))]
    if v["calls_30_days_full"]:
        lacking = int(figure("calls_in_30_days")) - len(back)
        back += [timedelta(days=3, minutes=i) for i in range(lacking)]
    return [(at - span).isoformat() for span in sorted(back)]


def _earlier_codes(v: Mapping[str, bool], send: dict[str, Any]) -> tuple[list[dict[str, Any]], timedelta] | None:
    """Verification codes sent before on the same day, as steps, and how long they took."""
    figure = figure_on(DAY)
    for name, cap, minutes in (
        ("codes_minute_full", "codes_in_a_minute", 0),
        ("codes_hour_full", "codes_in_an_hour", 5),
        ("codes_day_full", "codes_in_a_day", 50),
    ):
        if v[name]:
            count = int(figure(cap))
            steps: list[dict[str, Any]] = []
            for _ in range(count):
                steps += [dict(send)] + ([{"advance": f"{minutes} minutes"}] if minutes else [])
            return steps, timedelta(minutes=minutes * count)
    return None


def _text(v: Mapping[str, bool]) -> str:
    parts: list[str] = []
    if v["signature_foreign"]:
        parts.append(f"【{_OTHER_NAME}】")
        parts += [f"{_name(v)}通知您，"] if v["names_sender"] else []
    elif v["signature_approved"] or v["publicity_of_work"]:
        parts.append(f"【{_name(v)}】")
    elif v["names_sender"]:
        parts.append(f"{_name(v)}提醒您，")
    if v["prohibited"]:
        parts.append("网上赌场真人百家乐，注册送彩金，")
    elif v["verification_code"]:
        parts.append("验证码：482913，5分钟内有效，请勿告知他人。")
    elif v["commercial"]:
        parts.append("新品五折优惠促销，")
    elif v["publicity_of_work"]:
        parts.append("我局扎实推进作风建设，圆满完成全年工作任务，取得显著成效。")
    elif v["public_interest"]:
        parts.append("今晚有暴雨，请注意防范，减少外出。")
    else:
        parts.append("您的包裹已到驿站，请及时领取。")
    if v["too_long_for_public_interest"]:
        parts.append("另请留意门前杂物的清理，阳台花盆的固定，车辆的停放，以及老人和孩子的照看，并与邻居互相照应，" * 2)
    if v["names_phone"]:
        parts.append("详询4008001234，" if v["commercial"] else "电话010-62345678，")
    if v["has_link"]:
        parts.append("网址 https://a.cn/a 。")
    if v["way_out"]:
        parts.append("拒收请回复R" if v["way_out_works"] else "退订请登录官网并邮寄申请表")
    return "".join(parts)


def _days_before(at: datetime, days: int) -> str:
    return (at - timedelta(days=days)).isoformat()

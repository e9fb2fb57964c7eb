"""What links predicates whatever the observations are (公理).

Each is tested against the real predicates over generated observations; the prover assumes nothing else about them.
"""

from __future__ import annotations

import msgspec

from anning.law.algebra import Expr
from anning.law.proof.facts import all_of, any_of, implies, known, no, same, yes


class Axiom(msgspec.Struct, frozen=True):
    """A statement true of every observation (公理): its meaning in both languages, and the statement."""

    zh: str
    en: str
    statement: Expr


NEVER_UNKNOWN = (
    "call",
    "platform_call",
    "public_interest",
    "caller_false",
    "caller_unverified",
    "charged",
    "part_down",
    "within_call_hours",
    "within_working_call_hours",
    "within_sms_hours",
    "last_known_service_port",
    "within_past_volume",
)
"""Read from the communication, the clock or the gate itself: a part that is away cannot hide them."""

ONE_FIELD = (
    ("consented", "invalid_act", "consent_ended"),
    ("code_missing", "code_registered", "code_active"),
    ("service_port", "public_interest_port"),
    ("signature_foreign", "signature_approved"),
    ("approved", "emergency", "in_approved_window"),
    ("calls_5_minutes_full", "calls_24_hours_full", "calls_30_days_full"),
    ("marketing_day_full", "marketing_week_full"),
    ("codes_minute_full", "codes_hour_full", "codes_day_full"),
)
"""Predicates read from one observed field: all of them are known, or none is."""

EXCLUSIVE = (
    ("consented", "invalid_act", "consent_ended"),
    ("service_port", "public_interest_port"),
    ("signature_foreign", "signature_approved"),
    ("caller_false", "caller_unverified"),
    ("code_missing", "code_registered"),
)
"""At most one of them is true."""

ENTAILS = (
    ("platform_call", "call", "平台类电话是电话", "a platform call is a call"),
    ("caller_false", "call", "只有电话才有主叫鉴权", "only a call has a caller to authenticate"),
    ("caller_unverified", "call", "只有电话才有主叫鉴权", "only a call has a caller to authenticate"),
    ("requested", "consented", "请求即同意", "a request is a consent"),
    ("code_active", "code_registered", "可用的码号是已登记的", "an active code is a registered one"),
    ("private", "code_active", "个人通信用的是本人可用的号码", "a private message comes from a number in use"),
    ("private", "personal_sender", "个人通信出自个人", "a private message comes from a person"),
    ("names_agency_and_phone", "names_phone", "写明机构和电话即写明电话", "agency and phone named: phone named"),
    ("shown_service", "last_known_service_port", "服务类以最后已知的服务端口为据", "shown by the last known port"),
)
"""The first known true makes the second known true."""

RULES_OUT = (
    ("call", "port_message", "电话不是端口短信", "a call is no port message"),
    ("call", "public_interest", "公益短信不是电话", "public-interest SMS are no calls"),
    ("call", "verification_code", "验证码以短信发送", "verification codes are messages"),
    ("private", "commercial", "个人通信不含推销", "a private message promotes nothing"),
    ("private", "platform_call", "个人通信不经平台", "a private call uses no platform"),
    ("private", "public_interest", "个人通信不是公益短信", "a private message is no public-interest SMS"),
    ("private", "port_message", "个人通信不经端口", "a private message uses no port"),
    ("platform_call", "private", "平台类电话不是个人通信", "a platform call is not private"),
    ("public_interest", "private", "公益短信不是个人通信", "a public-interest SMS is not private"),
    ("public_interest", "shown_service", "公益申报不按服务类放行", "what is declared public-interest is not service"),
    ("commercial", "shown_service", "商业性的不可能被确认为服务类", "what is commercial is never shown to be service"),
    ("shown_service", "caller_false", "确认为服务类的主叫已鉴权", "a call shown to be service is authenticated"),
    ("shown_service", "caller_unverified", "确认为服务类的主叫已鉴权", "a call shown to be service is authenticated"),
)
"""The first known true makes the second known false."""


def _axioms() -> tuple[Axiom, ...]:
    found = [Axiom(f"{name} 总是已知", f"{name} is always known", known(name)) for name in NEVER_UNKNOWN]
    for group in ONE_FIELD:
        for other in group[1:]:
            found.append(
                Axiom(
                    f"{group[0]} 与 {other} 同时已知或未知",
                    f"{group[0]} and {other} are known together",
                    same(known(group[0]), known(other)),
                )
            )
    for group in EXCLUSIVE:
        for one in group:
            others = all_of(no(other) for other in group if other != one)
            found.append(
                Axiom(
                    f"{one} 排除 {'、'.join(group)} 中的其他项",
                    f"{one} rules out the rest of {', '.join(group)}",
                    implies(yes(one), others),
                )
            )
    found += [Axiom(zh, en, implies(yes(a), yes(b))) for a, b, zh, en in ENTAILS]
    found += [Axiom(zh, en, implies(yes(a), no(b))) for a, b, zh, en in RULES_OUT]
    found += [
        Axiom("没有同意就没有请求", "no consent, no request", implies(no("consented"), no("requested"))),
        Axiom(
            "码号未登记即不可用",
            "an unregistered code is not active",
            implies(no("code_registered"), no("code_active")),
        ),
        Axiom(
            "不是电话就没有平台和主叫",
            "what is no call has no platform and no caller",
            implies(no("call"), no("platform_call") & no("caller_false") & no("caller_unverified")),
        ),
        Axiom(
            "最后已知不是服务端口，就不能确认为服务类",
            "no last known service port: not shown to be service",
            implies(no("last_known_service_port"), no("shown_service")),
        ),
        Axiom(
            "最后已知服务端口上的验证码可确认为服务类",
            "a verification code on a last known service port is shown to be service",
            implies(
                yes("verification_code") & yes("last_known_service_port") & ~yes("commercial") & no("public_interest"),
                yes("shown_service"),
            ),
        ),
        Axiom(
            "最后已知服务端口上既往量之内的非商业短信可确认为服务类",
            "a message that is not commercial, within past volume, on a last known service port is shown to be service",
            implies(
                no("call")
                & no("commercial")
                & no("public_interest")
                & known("verification_code")
                & yes("last_known_service_port")
                & yes("within_past_volume"),
                yes("shown_service"),
            ),
        ),
        Axiom(
            "短信可确认为服务类，则不是商业性的，或是验证码",
            "a message shown to be service is not commercial, or is a verification code",
            implies(yes("shown_service") & no("call"), any_of((no("commercial"), yes("verification_code")))),
        ),
    ]
    return tuple(found)


AXIOMS: tuple[Axiom, ...] = _axioms()

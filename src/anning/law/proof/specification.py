"""Each instrument read a second time, independently of its rules (规格).

A reading says of one obligation what breaches it, as a case an inspector would describe. The prover shows that the
rules give that reason exactly when the case is there; an edit of any rule therefore shows.
"""

from __future__ import annotations

from datetime import date

import msgspec

from anning.law.algebra import Expr
from anning.law.decision import Outcome
from anning.law.predicates import (
    agency_sender,
    applied_in_time,
    approved,
    call,
    caller_false,
    caller_unverified,
    calls_5_minutes_full,
    calls_24_hours_full,
    calls_30_days_full,
    charge_notice,
    charged,
    code_active,
    code_held_here,
    code_registered,
    code_user_is_sender,
    codes_day_full,
    codes_hour_full,
    codes_minute_full,
    commercial,
    commercial_port,
    consent_ended,
    consent_on_record,
    consented,
    content_blocked,
    declined,
    emergency,
    has_link,
    in_approved_window,
    intermediary_suspended,
    invalid_act,
    licensed,
    marketing_day_full,
    marketing_week_full,
    names_agency_and_phone,
    names_phone,
    names_sender,
    part_down,
    personal_sender,
    platform_call,
    platform_consent_only,
    port_message,
    private,
    prohibited,
    public_interest,
    public_interest_port,
    publicity_of_work,
    refused,
    requested,
    sender_suspended,
    sender_verified,
    service_port,
    shown_service,
    signature_approved,
    signature_foreign,
    too_long_for_public_interest,
    unreviewed_special_code,
    verification_code,
    way_out,
    way_out_works,
    within_call_hours,
    within_sms_hours,
    within_working_call_hours,
)

REFUSE, HOLD, LABEL = Outcome.REFUSE, Outcome.HOLD, Outcome.LABEL


class Reading(msgspec.Struct, frozen=True):
    """One obligation as read by itself (逐条解读).

    Attributes:
        breach: the case; the reason is given exactly when it is there.
        zh, en: the case in words.
        since: first local day on which the obligation binds, when later than its instrument.
    """

    obligation: str
    effect: Outcome
    breach: Expr
    zh: str
    en: str
    since: date = date.min


class Specification(msgspec.Struct, frozen=True):
    """What an instrument must do (规格).

    Attributes:
        basis: what makes a commercial communication lawful under it; None when it does not speak of consent.
        within: the communications it speaks of, narrower than its channels; None for all of them.
        bars: whether it deals with suspended senders and prohibited content.
    """

    readings: tuple[Reading, ...]
    basis: Expr | None = consented
    within: Expr | None = None
    bars: bool = True


_GUIDANCE, _CARRIERS, _FRAUD_LAW = date(2021, 10, 25), date(2022, 7, 1), date(2022, 12, 1)
_said_no = refused | declined | consent_ended
_barred = sender_suspended | intermediary_suspended
_forbidden = prohibited | content_blocked
_port_ad = commercial & port_message
_unlicensed = ~(licensed | private)
_platform_ad = platform_call & commercial
_sublet = ~(code_user_is_sender | ~code_registered)
_no_way_out = _port_ad & ~(way_out & way_out_works)
_emergency_warning = public_interest & emergency
_ordinary_public_interest = public_interest & ~emergency

_ORDER_31 = (
    Reading("O01", REFUSE, ~(consented | ~commercial), "商业短信而无同意或请求", "a commercial SMS nobody agreed to"),
    Reading("O02", REFUSE, _said_no & commercial, "拒绝之后仍发商业短信", "a commercial SMS after a refusal"),
    Reading("O03", REFUSE, _no_way_out, "端口商业短信没有有效的退订方式", "commercial port SMS, no working way out"),
    Reading(
        "O04",
        REFUSE,
        ~(code_registered & code_active & code_held_here & code_user_is_sender),
        "码号缺失、未登记、停用或属于他人、登记给他人",
        "a code that is missing, unregistered, out of use, another's or registered for another",
    ),
    Reading(
        "O05",
        REFUSE,
        _unlicensed | _forbidden | _barred,
        "无证承运、内容被禁，或一方已被停",
        "an unlicensed provider, forbidden content, or a barred party",
    ),
)
_MEETING_2021 = (
    Reading(
        "S01", REFUSE, invalid_act & commercial, "商业短信以默认同意为据", "commercial, by default consent", _GUIDANCE
    ),
    Reading(
        "S02",
        REFUSE,
        platform_consent_only & ~(consented | ~commercial),
        "商家借用平台的同意",
        "a merchant leaning on its platform's consent",
        _GUIDANCE,
    ),
    Reading(
        "S03",
        REFUSE,
        _sublet | (signature_foreign & port_message) | (_port_ad & ~(signature_approved | signature_foreign)),
        "转租端口、借用他人签名，或商业短信签名未报备",
        "a sub-let port, another's signature, or an unreported one on a commercial SMS",
        _GUIDANCE,
    ),
)

SPECIFICATIONS: dict[str, Specification] = {
    "cn-2015-sms": Specification((*_ORDER_31, *_MEETING_2021)),
    "cn-2026-sms": Specification(
        (
            *_ORDER_31,
            *_MEETING_2021,
            Reading(
                "N02", REFUSE, ~(sender_verified | ~port_message), "端口短信发送者未核验", "port SMS, sender unverified"
            ),
            Reading(
                "N03",
                REFUSE,
                _port_ad & ~(consented | consent_on_record),
                "端口商业短信无凭证",
                "port ad without proof",
            ),
            Reading(
                "N04", REFUSE, _no_way_out, "端口商业短信退订方式缺失或无效", "port ad without an effective way out"
            ),
        )
    ),
    "cn-2018-plan": Specification(
        (
            Reading(
                "P01", REFUSE, _platform_ad & ~consented, "平台商业电话不在白名单", "platform ad call off the whitelist"
            ),
            Reading(
                "L02", REFUSE, ~(consented | ~commercial), "未经同意的电话广告", "advertising call without consent"
            ),
            Reading(
                "P02",
                REFUSE,
                _platform_ad & ~within_call_hours,
                "时段外的平台商业电话",
                "platform ad call out of hours",
            ),
            Reading("P03", REFUSE, commercial & _said_no, "拒绝之后的商业电话", "a commercial call after a refusal"),
            Reading(
                "C06",
                REFUSE,
                commercial & personal_sender & _said_no,
                "拒绝之后个人号码的商业电话",
                "a commercial call from a personal number after a refusal",
                _CARRIERS,
            ),
            Reading(
                "C07",
                REFUSE,
                refused & ~(personal_sender | ~commercial),
                "被拒机构以任何号码再拨",
                "a refused company calling again from any number",
                _CARRIERS,
            ),
            Reading(
                "P05", REFUSE, unreviewed_special_code, "未复核的 95、96、400 号码", "a 95, 96 or 400 code unreviewed"
            ),
            Reading(
                "L03", REFUSE, ~sender_verified, "呼出者未实名", "a caller without a verified identity", _FRAUD_LAW
            ),
            Reading(
                "P09",
                REFUSE,
                caller_false | ~(code_registered & code_held_here),
                "主叫虚假，或号码不属于呼出各方",
                "a false caller, or a number of no party to the call",
            ),
            Reading("P10", LABEL, caller_unverified, "主叫未经鉴权", "an unverified caller"),
            Reading(
                "P10",
                REFUSE,
                _forbidden | ~(code_active | ~code_registered),
                "内容被禁，或号码停用",
                "forbidden content, or a number out of use",
            ),
            Reading("P06", REFUSE, _sublet, "号码使用者不是呼出者", "a number used by another than its user"),
            Reading("P07", REFUSE, _barred, "一方已被暂停或关停", "a party suspended or closed"),
            Reading("L01", REFUSE, call & _unlicensed, "无证承接", "an unlicensed provider"),
        )
    ),
    "cn-2020-callcentre": Specification(
        (
            Reading(
                "T01", REFUSE, _platform_ad & ~requested, "未经请求的平台商业电话", "platform ad call nobody requested"
            ),
            Reading(
                "L03",
                REFUSE,
                platform_call & (_barred | _forbidden),
                "一方已被停或内容被禁",
                "a barred party or content",
            ),
        ),
        basis=requested,
        within=platform_call,
    ),
    "cn-2020-draft": Specification(
        (
            Reading("R04", REFUSE, prohibited, "以通信从事违法活动", "an unlawful activity"),
            Reading("R06a", REFUSE, _unlicensed, "无有效许可而承运", "carried without a valid licence"),
            Reading(
                "R09a",
                REFUSE,
                ~(code_active | ~code_registered)
                | (public_interest_port & commercial)
                | (service_port & commercial & call)
                | (_ordinary_public_interest & commercial_port),
                "码号停用，公益端口、服务号码用于商业，或营销端口用于公益",
                "a code out of use, a public-interest port or a service number used for trade, or the reverse",
            ),
            Reading(
                "R09b",
                REFUSE,
                ~(code_registered & code_held_here) | caller_false | (signature_foreign & port_message),
                "码号缺失、虚假、冒用，主叫或签名属于他人",
                "a code missing, false or another's; a false caller; another's signature",
            ),
            Reading("R09b", LABEL, caller_unverified, "主叫未经鉴权", "an unverified caller"),
            Reading("R09c", REFUSE, _sublet, "码号由登记使用者以外的人使用", "a code used by another than its user"),
            Reading("R11a", REFUSE, ~(charge_notice | ~charged), "收费而未事先告知", "charged without prior notice"),
            Reading("R12", REFUSE, ~sender_verified, "发送者身份未查验", "a sender of unverified identity"),
            Reading("R15b", REFUSE, prohibited, "含禁止性内容", "prohibited content"),
            Reading("R16a", REFUSE, ~(consented | ~commercial), "商业性而无同意或请求", "commercial, nobody agreed"),
            Reading(
                "R16b",
                REFUSE,
                commercial & ~(consented | consent_on_record),
                "商业性而从无明示同意",
                "commercial, and never a word of consent",
            ),
            Reading("R16c", REFUSE, (refused | consent_ended) & commercial, "同意后又拒绝", "refused after consenting"),
            Reading(
                "R16d",
                REFUSE,
                personal_sender & ~(consented | ~commercial),
                "个人未经同意推销",
                "a person advertising without consent",
            ),
            Reading(
                "R18a", REFUSE, _port_ad & service_port, "服务端口发送商业短信", "an advertisement on a service port"
            ),
            Reading(
                "R19a",
                REFUSE,
                _port_ad & ~(names_sender & names_phone),
                "端口商业短信未写明名称或电话",
                "a commercial port SMS without a name or without a telephone",
            ),
            Reading(
                "R19b", REFUSE, ~(way_out | ~_port_ad), "端口商业短信未告知退订", "a commercial port SMS, no way out"
            ),
            Reading(
                "R19c",
                REFUSE,
                _port_ad & way_out & ~way_out_works,
                "退订方式形同虚设",
                "a way out that does not work in one step",
            ),
            Reading("R20a", REFUSE, _platform_ad, "平台商业电话，同意与否", "a platform ad call, consent or not"),
            Reading("R22a", REFUSE, _barred, "一方已被暂停或关停", "a party suspended or closed"),
            Reading("R23c", REFUSE, commercial & declined, "本人登记谢绝", "the person's registered wish"),
            Reading(
                "R27a",
                REFUSE,
                _ordinary_public_interest & ~(agency_sender & approved & applied_in_time & in_approved_window),
                "非应急公益短信未按期获同意或不在时段",
                "ordinary public-interest SMS, not approved in time for this moment",
            ),
            Reading(
                "R27b",
                REFUSE,
                _ordinary_public_interest & ~(names_agency_and_phone & ~too_long_for_public_interest & ~has_link),
                "非应急公益短信形式不合",
                "ordinary public-interest SMS in the wrong form",
            ),
            Reading("R27d", REFUSE, _ordinary_public_interest & publicity_of_work, "工作宣传", "publicity of work"),
            Reading("R32", REFUSE, content_blocked, "已封堵的内容再次发送", "blocked content sent again"),
        )
    ),
    "house-policy": Specification(
        (
            Reading(
                "P02",
                REFUSE,
                commercial & ((call & ~within_working_call_hours) | ~(call | within_sms_hours)),
                "营销不在自定时段内",
                "marketing outside the house's hours",
            ),
            Reading(
                "H03",
                REFUSE,
                (commercial & ~call & (marketing_day_full | marketing_week_full))
                | (commercial & call & (calls_5_minutes_full | calls_24_hours_full | calls_30_days_full))
                | (verification_code & ~commercial & (codes_minute_full | codes_hour_full | codes_day_full)),
                "已达自定频次上限",
                "at one of the house's caps",
            ),
        ),
        basis=None,
        bars=False,
    ),
    "anning": Specification(
        (
            Reading(
                "X09",
                HOLD,
                part_down & ~(shown_service | private | (_emergency_warning & ~commercial)),
                "有部件不可用，而既非可确认的服务类、也非应急公益短信",
                "a part is away and it is neither shown to be service nor an emergency warning",
            ),
        ),
        basis=None,
        bars=False,
    ),
}

"""cn-2018-plan: the 13 departments' campaign against nuisance calls (2018-07) and the carriers' rules that followed.

The campaign ran 18 months; its duties are carried on by notices. Calls only. A call has no text to judge: the rules on
its content wait for scripts to be reviewed (H08).
"""

from __future__ import annotations

from datetime import date

from anning.law.citation import Mark
from anning.law.instrument import Instrument
from anning.law.instruments.writing import constant, label, refuse, source
from anning.law.observations import Channel
from anning.law.predicates import (
    call,
    caller_false,
    caller_unverified,
    code_active,
    code_held_here,
    code_missing,
    code_registered,
    code_user_is_sender,
    commercial,
    consent_ended,
    consented,
    content_blocked,
    declined,
    intermediary_suspended,
    licensed,
    personal_sender,
    platform_call,
    private,
    prohibited,
    refused,
    sender_suspended,
    sender_verified,
    unreviewed_special_code,
    within_call_hours,
)

cite = source(
    "《综合整治骚扰电话专项行动方案》（2018）", "Plan against nuisance calls (13 departments, 2018)", Mark.SECONDARY
)
carriers = source("基础电信企业骚扰电话治理规则（2022）", "Carriers' rules on nuisance calls (2022)", Mark.SECONDARY)
advertising = source("《广告法》", "Advertising Law", Mark.SECONDARY)
telecom = source("《电信条例》", "Telecom Regulation", Mark.SECONDARY)
fraud = source("《反电信网络诈骗法》", "Anti-Telecom-Fraud Law", Mark.SECONDARY)
practice = source("行业惯例（外呼时段）", "Trade practice (calling hours)", Mark.PRACTICE)

CARRIERS_SINCE = date(2022, 7, 1)
FRAUD_LAW_SINCE = date(2022, 12, 1)

_CONSENT = ("先取得本人明示同意并登记白名单凭证", "obtain the person's explicit consent and keep the evidence")

INSTRUMENT = Instrument(
    name="cn-2018-plan",
    zh="综合整治骚扰电话专项行动方案（2018）及后续运营商规则",
    en="Plan against nuisance calls (2018) and the carriers' rules that followed",
    channels=frozenset({Channel.CALL}),
    since=date(2018, 7, 1),
    until=None,
    mark=Mark.SECONDARY,
    parameters=(
        constant(
            "call_from_minute",
            "minute of the local day",
            8 * 60,
            practice("P02"),
            "商业电话最早时刻",
            "earliest commercial call",
        ),
        constant(
            "call_until_minute",
            "minute of the local day",
            21 * 60,
            practice("P02"),
            "商业电话最晚时刻",
            "latest commercial call",
        ),
    ),
    rules=(
        refuse(
            "no-consent",
            cite("P01"),
            platform_call & commercial & ~consented,
            "外呼对象不在有同意凭证的白名单内",
            "the called person is not on a whitelist with evidence of consent",
            remedy=_CONSENT,
        ),
        refuse(
            "no-consent-to-advertising",
            advertising("L02", "43"),
            commercial & ~consented,
            "未经同意以电话发送广告",
            "advertising by telephone without consent",
            remedy=_CONSENT,
        ),
        refuse(
            "outside-hours",
            practice("P02"),
            platform_call & commercial & ~within_call_hours,
            "不在允许呼出的时段内（时段为行业惯例）",
            "outside calling hours (the hours are practice)",
            remedy=("改在时段内拨打", "call within the hours"),
            shows=("call_from_minute", "call_until_minute"),
        ),
        refuse(
            "refused",
            cite("P03"),
            commercial & (refused | consent_ended | declined),
            "本人已明确拒绝，任何号码均不得再拨",
            "the person has clearly refused: no more calls from any number",
            remedy=("除非本人此后重新同意，不得再拨", "not again, unless the person consents anew"),
        ),
        refuse(
            "refused-personal-number",
            carriers("C06"),
            commercial & (refused | consent_ended | declined) & personal_sender,
            "个人号码在被拒绝后仍营销，与企业号码同样处置",
            "a personal number that markets after a refusal is treated as a company's",
            remedy=("不得再拨", "no more calls"),
            since=CARRIERS_SINCE,
        ),
        refuse(
            "refused-other-number",
            carriers("C07"),
            commercial & refused & ~personal_sender,
            "被拒绝后换号再拨同样禁止",
            "changing the number after a refusal is no way round it",
            remedy=("不得再拨", "no more calls"),
            since=CARRIERS_SINCE,
        ),
        refuse(
            "code-not-reviewed",
            cite("P05"),
            unreviewed_special_code,
            "95、96、400 号码的使用资质未经复核",
            "the qualification of the 95, 96 or 400 code's holder is not reviewed",
            remedy=("完成资质复核", "complete the review"),
        ),
        refuse(
            "sender-unverified",
            fraud("L03"),
            ~sender_verified,
            "呼出者未实名核验",
            "the caller's real identity is not verified",
            remedy=("完成实名核验", "verify the identity"),
            since=FRAUD_LAW_SINCE,
        ),
        refuse(
            "caller-false",
            cite("P09"),
            caller_false | code_missing | ~code_registered | ~code_held_here,
            "主叫虚假、缺失，或号码不属于呼出各方",
            "the calling number is false, missing or belongs to no party of the call",
            remedy=("用登记在本方名下的号码呼出", "call from a number registered for a party of the call"),
        ),
        label(
            "caller-unverified",
            cite("P10"),
            caller_unverified,
            "主叫未经鉴权，来电时予以提醒",
            "the caller's identity is unverified: the called person is warned",
            remedy=("通过接入点鉴权", "pass authentication at the entry point"),
        ),
        refuse(
            "code-not-active",
            cite("P10"),
            code_registered & ~code_active,
            "号码已停用或收回",
            "the number is suspended or recovered",
            remedy=("使用状态正常的号码", "use an active number"),
        ),
        refuse(
            "number-sublet",
            cite("P06"),
            code_registered & ~code_user_is_sender,
            "号码的登记使用者不是呼出者，接入方须负责",
            "the number's registered user is not the caller: who connects is responsible",
            remedy=("使用登记在呼出者名下的号码", "use a number registered for the caller"),
        ),
        refuse(
            "sender-suspended",
            cite("P07"),
            sender_suspended | intermediary_suspended,
            "按合同约定已被暂停或关停",
            "suspended or closed under the contract",
            remedy=("可就该措施申诉", "appeal against the measure"),
        ),
        refuse(
            "prohibited-content",
            cite("P10"),
            prohibited | content_blocked,
            "内容违法或已被封堵",
            "the content is unlawful or blocked",
            remedy=("不得拨打", "it may not be made"),
        ),
        refuse(
            "unlicensed-provider",
            telecom("L01", "69"),
            call & ~licensed & ~private,
            "承接方没有有效的呼叫中心或语音经营许可",
            "the provider holds no valid call-centre or voice licence",
            remedy=("改由持证者承接", "let a licensed provider carry it"),
        ),
    ),
)

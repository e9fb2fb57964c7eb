"""Named predicates: what observations mean once a dated parameter is laid against them (谓词).

Each reads `Seen` observations, so a field that was not seen makes the predicate unknown and never false.
A predicate that raises anything else is unknown too, and the decision says that it failed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from anning.errors import LawError
from anning.law.algebra import P
from anning.law.observations import (
    CallerIdentity,
    Channel,
    CodeState,
    ConsentState,
    LicenceState,
    NotSeen,
    Purpose,
    Seen,
    SignatureState,
    WishState,
)

Figure: TypeAlias = Callable[[str], float]
Reading: TypeAlias = Callable[[Seen, Figure], bool]

SPECIAL_CODES = frozenset({"code-95", "code-96", "code-400"})
OWN_NUMBERS = frozenset({"mobile", "mvno", "fixed", "international", "satellite"})
"""Kinds of numbers that are a subscriber's own and no port, registered or not."""
TEXT_PARAMETERS = frozenset({"commercial_score"})
"""What only instruments that speak of messages with a text need."""
BARRED = frozenset({"suspended", "closed"})
MINUTE, HOUR, DAY = 60, 3600, 86400


class Predicate(msgspec.Struct, frozen=True):
    """A name, its reading in both languages, the fields and parameters it rests on, and how it is read."""

    name: str
    zh: str
    en: str
    parameters: tuple[str, ...]
    read: Reading


PREDICATES: dict[str, Predicate] = {}


def predicate(zh: str, en: str, *parameters: str) -> Callable[[Reading], P]:
    """Register a reading under its function's name; the name then stands for it in rules."""

    def register(read: Reading) -> P:
        name = read.__name__
        if name in PREDICATES:
            raise LawError(f"谓词 {name} 重复定义", f"predicate {name} is defined twice", thing=name)
        PREDICATES[name] = Predicate(name, zh, en, parameters, read)
        return P(name)

    return register


# --- what it is -------------------------------------------------------------------------------------------------


@predicate("属于商业性", "is commercial", "commercial_score")
def commercial(o: Seen, figure: Figure) -> bool:
    """Introduces or promotes goods, services or investment chances (商业性, draft art. 42(7)): as declared, or as read.

    What is declared a service is commercial all the same when its text is. A call has no text: undeclared, it is
    private between people and unknown on any other line.
    """
    if o.purpose is Purpose.COMMERCIAL:
        return True
    if o.channel is Channel.CALL:
        if o.purpose is not Purpose.UNDECLARED:
            return False
        if o.platform_call or o.sender_kind != "person":
            raise NotSeen("purpose")
        return False
    return bool(o.content_class == "commercial" or o.commercial_score >= figure("commercial_score"))


@predicate("是端口类短信", "is a port message")
def port_message(o: Seen, _: Figure) -> bool:
    """Sent from a provider's own or an industry port (端口类短信息, draft art. 42(5), 43)."""
    if o.channel is Channel.CALL:
        return False
    return bool(o.channel is Channel.APP or o.code_kind not in OWN_NUMBERS)


@predicate("是平台类电话", "is a platform call")
def platform_call(o: Seen, _: Figure) -> bool:
    """Dialled out from a call-centre platform (平台类电话, draft art. 42(6))."""
    return bool(o.channel is Channel.CALL and o.platform_call)


@predicate("是个人之间的通信", "is private between people")
def private(o: Seen, figure: Figure) -> bool:
    """A person's own number, no platform, nothing promoted."""
    if o.channel is Channel.APP or o.platform_call or o.purpose not in (Purpose.UNDECLARED, Purpose.SERVICE):
        return False
    if o.sender_kind != "person" or o.code_kind not in OWN_NUMBERS:
        return False
    if o.code_state not in (CodeState.PERSONAL, CodeState.ACTIVE):
        return False
    return not PREDICATES["commercial"].read(o, figure)


@predicate("含有禁止性内容", "carries prohibited content")
def prohibited(o: Seen, _: Figure) -> bool:
    """Content the Cybersecurity Law or the Telecom Regulation forbids (禁止性内容)."""
    return bool(o.prohibited)


@predicate("与已封堵内容一致", "repeats a blocked content")
def content_blocked(o: Seen, _: Figure) -> bool:
    """Matches a content block in force (内容封堵, draft art. 32)."""
    return bool(o.content_blocked)


@predicate("按公益性短信申报", "is declared public-interest")
def public_interest(o: Seen, _: Figure) -> bool:
    """Declared as public-interest SMS (公益性短信息)."""
    return bool(o.purpose is Purpose.PUBLIC_INTEREST and o.channel is not Channel.CALL)


# --- what the person said ---------------------------------------------------------------------------------------


@predicate("本人已同意", "the person consented or requested it")
def consented(o: Seen, _: Figure) -> bool:
    """An explicit consent or request to this sender stands (同意或请求)."""
    return bool(o.consent is ConsentState.VALID)


@predicate("本人主动请求", "the person requested it")
def requested(o: Seen, _: Figure) -> bool:
    """The standing consent is a request, such as an immediate call-back (请求)."""
    return bool(o.consent is ConsentState.VALID and o.consent_requested)


@predicate("有过明示同意的记录", "an explicit consent is on record")
def consent_on_record(o: Seen, _: Figure) -> bool:
    """An explicit consent of the present holder of the number was once recorded (同意凭证)."""
    return bool(o.ever_consented)


@predicate("本人已向该发送者表示拒绝", "the person refused this sender")
def refused(o: Seen, _: Figure) -> bool:
    """Consent withdrawn, or an answer that refused (拒绝)."""
    return bool(o.refused_sender)


@predicate("同意因此后的总体谢绝而终止", "a later general refusal ended the consent")
def consent_ended(o: Seen, _: Figure) -> bool:
    """A general refusal ends earlier consents unless the subscriber keeps them (design, idea 7)."""
    return bool(o.consent is ConsentState.ENDED)


@predicate("本人登记了谢绝", "the person's registered wish declines it")
def declined(o: Seen, _: Figure) -> bool:
    """The wish in force for this channel, trade, hour and code declines (谢绝意愿)."""
    return bool(o.wish is WishState.DECLINED)


@predicate("同意并非明示", "the consent was pre-ticked, bundled or silent")
def invalid_act(o: Seen, _: Figure) -> bool:
    """Pre-ticked, bundled or silent: no explicit act (默认勾选、捆绑、沉默)."""
    return bool(o.consent is ConsentState.INVALID_ACT)


@predicate("同意只给了平台，未给该商家", "the consent was given to the platform, not to this merchant")
def platform_consent_only(o: Seen, _: Figure) -> bool:
    """A platform's consent does not pass to its merchants."""
    return bool(o.platform_consent_only)


# --- who sends, who carries, under which code -------------------------------------------------------------------


@predicate("承运方持有有效许可", "the provider holds a valid licence")
def licensed(o: Seen, _: Figure) -> bool:
    """A licence of the right kind, in force at that moment (经营许可)."""
    return bool(o.provider_known and o.provider_licence is LicenceState.VALID)


@predicate("承运方或中间平台已被暂停或关停", "the provider or the platform between is suspended or closed")
def intermediary_suspended(o: Seen, _: Figure) -> bool:
    """A measure against who carries it or stands between, in effect."""
    return o.provider_sanction in BARRED or o.platform_sanction in BARRED


@predicate("发送者身份已核验", "the sender's identity is verified")
def sender_verified(o: Seen, _: Figure) -> bool:
    """Known and verified (真实身份查验)."""
    return bool(o.sender_known and o.sender_verified)


@predicate("发送者已被暂停或关停", "the sender is suspended or closed")
def sender_suspended(o: Seen, _: Figure) -> bool:
    """A measure against the sender in effect, notice given (措施)."""
    return o.sender_sanction in BARRED


@predicate("发送者是个人或使用个人号码", "the sender is a person or uses a personal number")
def personal_sender(o: Seen, _: Figure) -> bool:
    """An individual, or an individual's number (draft art. 16: any person)."""
    return bool(o.sender_kind == "person" or o.code_kind in ("mobile", "mvno"))


@predicate("未显示主叫码号", "no code is shown")
def code_missing(o: Seen, _: Figure) -> bool:
    """The code is hidden or missing (缺少发送端码号)."""
    return bool(o.code_state is CodeState.MISSING)


@predicate("码号已登记", "the code is registered")
def code_registered(o: Seen, _: Figure) -> bool:
    """An entry in the code register, or an ordinary number that needs none (码号登记)."""
    return o.code_state not in (CodeState.UNREGISTERED, CodeState.MISSING)


@predicate("码号可用", "the code is active")
def code_active(o: Seen, _: Figure) -> bool:
    """Neither suspended nor recovered."""
    return o.code_state in (CodeState.ACTIVE, CodeState.PERSONAL)


@predicate("码号持有人在本次通信之列", "the code's holder is a party to this communication")
def code_held_here(o: Seen, _: Figure) -> bool:
    """Allotted to the provider, the sender or the platform of this communication."""
    return bool(o.code_held_here)


@predicate("码号的登记使用者就是发送者", "the code's registered user is the sender")
def code_user_is_sender(o: Seen, _: Figure) -> bool:
    """Nobody uses a code registered for another (不得转让出租码号)."""
    return bool(o.code_user_is_sender)


@predicate("是服务端口", "is a service port")
def service_port(o: Seen, _: Figure) -> bool:
    """Registered for service SMS (业务管理和服务类端口)."""
    return bool(o.code_use == "service")


@predicate("是公益端口", "is a public-interest port")
def public_interest_port(o: Seen, _: Figure) -> bool:
    """Registered for public-interest SMS."""
    return bool(o.code_use == "public-interest")


@predicate("95、96、400 号码未经资质复核", "a 95, 96 or 400 code without review")
def unreviewed_special_code(o: Seen, _: Figure) -> bool:
    """The qualification review of the code's holder is missing (资质复核)."""
    return bool(o.code_kind in SPECIAL_CODES and not o.code_reviewed)


@predicate("使用他人的短信签名", "uses another's SMS signature")
def signature_foreign(o: Seen, _: Figure) -> bool:
    """The 【】 belongs to another organisation (冒用签名)."""
    return bool(o.signature is SignatureState.FOREIGN)


@predicate("短信签名已报备并通过", "the SMS signature is reported and approved")
def signature_approved(o: Seen, _: Figure) -> bool:
    """Owned by the sender and approved (签名报备)."""
    return bool(o.signature is SignatureState.APPROVED)


@predicate("主叫鉴权失败或缺失", "the caller's identity failed or is absent")
def caller_false(o: Seen, _: Figure) -> bool:
    """Spoofed, or no identity at all (冒用、隐藏主叫)."""
    return bool(o.channel is Channel.CALL and o.caller_identity in (CallerIdentity.FAILED, CallerIdentity.ABSENT))


@predicate("主叫未经鉴权", "the caller's identity is unverified")
def caller_unverified(o: Seen, _: Figure) -> bool:
    """The network could not tell (未鉴权)."""
    return bool(o.channel is Channel.CALL and o.caller_identity is CallerIdentity.UNVERIFIED)


@predicate("向用户收费", "the recipient is charged")
def charged(o: Seen, _: Figure) -> bool:
    """A charge falls on the recipient."""
    return bool(o.charged)


@predicate("已事先告知资费", "price and way out were told beforehand")
def charge_notice(o: Seen, _: Figure) -> bool:
    """A prior notice of content, price, method and way out is on record (事先告知)."""
    return bool(o.charge_notice)


# --- what the text carries --------------------------------------------------------------------------------------


@predicate("写明发送者名称", "names the sender")
def names_sender(o: Seen, _: Figure) -> bool:
    """By signature or in the text (标明名称)."""
    return bool(o.names_sender)


@predicate("写明联系电话", "names a telephone number")
def names_phone(o: Seen, _: Figure) -> bool:
    """A number one can call (联系电话)."""
    return bool(o.names_phone)


@predicate("告知退订方式", "tells a way to refuse")
def way_out(o: Seen, _: Figure) -> bool:
    """A way to refuse told in the message (拒绝接收方式)."""
    return bool(o.way_out)


@predicate("退订方式一步有效", "the way to refuse is one step and works")
def way_out_works(o: Seen, _: Figure) -> bool:
    """One step, and the announced word is understood by the reply parser (便捷有效)."""
    return bool(o.way_out_one_step and o.way_out_understood)


@predicate("含网址或链接", "contains a link")
def has_link(o: Seen, _: Figure) -> bool:
    """A web address or link of any form."""
    return bool(o.has_link)


@predicate("属于工作宣传", "is publicity of work")
def publicity_of_work(o: Seen, _: Figure) -> bool:
    """Publicity of an agency's own work (工作宣传)."""
    return bool(o.publicity_of_work)


@predicate("超过公益短信字数", "is longer than a public-interest SMS may be", "public_interest_characters")
def too_long_for_public_interest(o: Seen, figure: Figure) -> bool:
    """Longer than the parameter, in characters (不超过70个字符)."""
    return bool(o.length > figure("public_interest_characters"))


@predicate("写明发送机构和电话", "names the agency and its telephone")
def names_agency_and_phone(o: Seen, _: Figure) -> bool:
    """Agency and telephone in the text (发送机构名称和联系电话)."""
    return bool(o.names_agency and o.names_phone)


@predicate("公益申请已获协调同意", "the public-interest application was approved")
def approved(o: Seen, _: Figure) -> bool:
    """An approval whose text and agency match."""
    return bool(o.approval is not None and o.approval.approved)


@predicate("属于应急公益短信", "is emergency public-interest")
def emergency(o: Seen, _: Figure) -> bool:
    """Warning or handling of disaster, accident, public health or security (应急类)."""
    return bool(o.approval is not None and o.approval.emergency)


@predicate("申请足够提前", "the application was early enough", "application_working_days")
def applied_in_time(o: Seen, figure: Figure) -> bool:
    """Filed at least that many working days ahead (提前15个工作日)."""
    if o.approval is None:
        return False
    ahead = o.approval.working_days_ahead
    if not isinstance(ahead, int):
        raise NotSeen("approval")
    return ahead >= figure("application_working_days")


@predicate("在批准的发送时段内", "is within the approved time")
def in_approved_window(o: Seen, _: Figure) -> bool:
    """Sent within the window the application states."""
    return bool(o.approval is not None and o.approval.in_window)


# --- hours and counts -------------------------------------------------------------------------------------------


@predicate("在允许呼出的时段内", "is within calling hours", "call_from_minute", "call_until_minute")
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
)
def within_working_call_hours(o: Seen, figure: Figure) -> bool:
    """Morning or afternoon working hours of the house."""
    return bool(
        figure("morning_from_minute") <= o.local_minute < figure("morning_until_minute")
        or figure("afternoon_from_minute") <= o.local_minute < figure("afternoon_until_minute")
    )


@predicate("在营销短信时段内", "is within marketing SMS hours", "sms_from_minute", "sms_until_minute")
def within_sms_hours(o: Seen, figure: Figure) -> bool:
    """Hours for marketing SMS."""
    return bool(figure("sms_from_minute") <= o.local_minute < figure("sms_until_minute"))


def _within(ages: tuple[int, ...], seconds: int) -> int:
    return sum(1 for age in ages if 0 <= age < seconds)


@predicate("五分钟内呼叫已达上限", "calls in five minutes are at the cap", "calls_in_5_minutes")
def calls_5_minutes_full(o: Seen, figure: Figure) -> bool:
    """Earlier calls of the organisation to this person in five minutes reach the cap."""
    return _within(o.contact_ages, 5 * MINUTE) >= figure("calls_in_5_minutes")


@predicate("二十四小时内呼叫已达上限", "calls in 24 hours are at the cap", "calls_in_24_hours")
def calls_24_hours_full(o: Seen, figure: Figure) -> bool:
    """Earlier calls in 24 hours reach the cap."""
    return _within(o.contact_ages, DAY) >= figure("calls_in_24_hours")


@predicate("三十天内呼叫已达上限", "calls in 30 days are at the cap", "calls_in_30_days")
def calls_30_days_full(o: Seen, figure: Figure) -> bool:
    """Earlier calls in 30 days reach the cap."""
    return _within(o.contact_ages, 30 * DAY) >= figure("calls_in_30_days")


@predicate("当日营销短信已达上限", "marketing SMS today are at the cap", "marketing_sms_a_day")
def marketing_day_full(o: Seen, figure: Figure) -> bool:
    """Earlier marketing SMS of the sender since local midnight reach the cap."""
    return _within(o.marketing_ages, o.local_minute * MINUTE + o.at.second + 1) >= figure("marketing_sms_a_day")


@predicate("七天内营销短信已达上限", "marketing SMS in seven days are at the cap", "marketing_sms_a_week")
def marketing_week_full(o: Seen, figure: Figure) -> bool:
    """Earlier marketing SMS of the sender in seven days reach the cap."""
    return _within(o.marketing_ages, 7 * DAY) >= figure("marketing_sms_a_week")


@predicate("属于验证码", "is a verification code")
def verification_code(o: Seen, _: Figure) -> bool:
    """A one-time code (验证码)."""
    return bool(o.channel is not Channel.CALL and o.verification_code)


@predicate("一分钟内验证码已达上限", "codes in a minute are at the cap", "codes_in_a_minute")
def codes_minute_full(o: Seen, figure: Figure) -> bool:
    """Earlier verification codes in one minute reach the cap."""
    return _within(o.code_message_ages, MINUTE) >= figure("codes_in_a_minute")


@predicate("一小时内验证码已达上限", "codes in an hour are at the cap", "codes_in_an_hour")
def codes_hour_full(o: Seen, figure: Figure) -> bool:
    """Earlier verification codes in one hour reach the cap."""
    return _within(o.code_message_ages, HOUR) >= figure("codes_in_an_hour")


@predicate("当日验证码已达上限", "codes today are at the cap", "codes_in_a_day")
def codes_day_full(o: Seen, figure: Figure) -> bool:
    """Earlier verification codes since local midnight reach the cap."""
    return _within(o.code_message_ages, o.local_minute * MINUTE + o.at.second + 1) >= figure("codes_in_a_day")


@predicate("是电话", "is a call")
def call(o: Seen, _: Figure) -> bool:
    """Voice."""
    return bool(o.channel is Channel.CALL)


# --- outage -----------------------------------------------------------------------------------------------------


@predicate("有部件不可用", "a part is away")
def part_down(o: Seen, _: Figure) -> bool:
    """Index, directory, journal, records or the trained content model is away (部件故障)."""
    return bool(o.parts_down)


@predicate("可确认为服务类", "is shown to be service", "commercial_score")
def shown_service(o: Seen, figure: Figure) -> bool:
    """What an outage may not stop (design, idea 6).

    The last known directory shows a service port with an approved SMS signature of that user (for calls: a reviewed
    service code with verified identity), the content rules do not say commercial, and the volume is within the
    sender's past; a verification code passes whatever the volume.
    """
    if not o.last_known_service_port or o.purpose in (Purpose.COMMERCIAL, Purpose.PUBLIC_INTEREST):
        return False
    if o.channel is Channel.CALL:
        return bool(o.purpose is Purpose.SERVICE and o.caller_identity is CallerIdentity.VERIFIED)
    try:
        if PREDICATES["commercial"].read(o, figure):
            return False
    except NotSeen:
        return bool(o.verification_code)
    return bool(o.verification_code or o.within_past_volume)

"""Who sends, who carries, under which code and signature (各方与码号)."""

from __future__ import annotations

from anning.law.observations import CallerIdentity, Channel, CodeState, LicenceState, Seen, SignatureState
from anning.law.predicates.registering import BARRED, Figure, predicate
from anning.numbers import REVIEWED_CODES


@predicate("承运方持有有效许可", "the provider holds a valid licence", reads=("provider_known", "provider_licence"))
def licensed(o: Seen, _: Figure) -> bool:
    """A licence of the right kind, in force at that moment (经营许可)."""
    return bool(o.provider_known and o.provider_licence is LicenceState.VALID)


@predicate(
    "承运方或中间平台已被暂停或关停",
    "the provider or the platform between is suspended or closed",
    reads=("provider_sanction", "platform_sanction"),
)
def intermediary_suspended(o: Seen, _: Figure) -> bool:
    """A measure against who carries it or stands between, in effect."""
    return o.provider_sanction in BARRED or o.platform_sanction in BARRED


@predicate("发送者身份已核验", "the sender's identity is verified", reads=("sender_known", "sender_verified"))
def sender_verified(o: Seen, _: Figure) -> bool:
    """Known and verified (真实身份查验)."""
    return bool(o.sender_known and o.sender_verified)


@predicate("发送者已被暂停或关停", "the sender is suspended or closed", reads=("sender_sanction",))
def sender_suspended(o: Seen, _: Figure) -> bool:
    """A measure against the sender in effect, notice given (措施)."""
    return o.sender_sanction in BARRED


@predicate("发送者是政府部门", "the sender is a government agency", reads=("sender_kind", "sender_trade"))
def agency_sender(o: Seen, _: Figure) -> bool:
    """A department or government that may apply for public-interest SMS (有关部门或政府, draft art. 27)."""
    return bool(o.sender_kind == "agency" or o.sender_trade == "government")


@predicate(
    "发送者是个人或使用个人号码", "the sender is a person or uses a personal number", reads=("sender_kind", "code_kind")
)
def personal_sender(o: Seen, _: Figure) -> bool:
    """An individual, or an individual's number (draft art. 16: any person)."""
    return bool(o.sender_kind == "person" or o.code_kind in ("mobile", "mvno"))


@predicate("未显示主叫码号", "no code is shown", reads=("code_state",))
def code_missing(o: Seen, _: Figure) -> bool:
    """The code is hidden or missing (缺少发送端码号)."""
    return bool(o.code_state is CodeState.MISSING)


@predicate("码号已登记", "the code is registered", reads=("code_state",))
def code_registered(o: Seen, _: Figure) -> bool:
    """An entry in the code register, or an ordinary number that needs none (码号登记)."""
    return o.code_state not in (CodeState.UNREGISTERED, CodeState.MISSING)


@predicate("码号可用", "the code is active", reads=("code_state",))
def code_active(o: Seen, _: Figure) -> bool:
    """Neither suspended nor recovered."""
    return o.code_state in (CodeState.ACTIVE, CodeState.PERSONAL)


@predicate("码号持有人在本次通信之列", "the code's holder is a party to this communication", reads=("code_held_here",))
def code_held_here(o: Seen, _: Figure) -> bool:
    """Allotted to the provider, the sender or the platform of this communication."""
    return bool(o.code_held_here)


@predicate("码号的登记使用者就是发送者", "the code's registered user is the sender", reads=("code_user_is_sender",))
def code_user_is_sender(o: Seen, _: Figure) -> bool:
    """Nobody uses a code registered for another (不得转让出租码号)."""
    return bool(o.code_user_is_sender)


@predicate("是服务端口", "is a service port", reads=("code_use",))
def service_port(o: Seen, _: Figure) -> bool:
    """Registered for service SMS (业务管理和服务类端口)."""
    return bool(o.code_use == "service")


@predicate("是营销端口", "is a commercial port", reads=("code_use",))
def commercial_port(o: Seen, _: Figure) -> bool:
    """Registered for commercial SMS (营销端口)."""
    return bool(o.code_use == "commercial")


@predicate("是公益端口", "is a public-interest port", reads=("code_use",))
def public_interest_port(o: Seen, _: Figure) -> bool:
    """Registered for public-interest SMS."""
    return bool(o.code_use == "public-interest")


@predicate("95、96、400 号码未经资质复核", "a 95, 96 or 400 code without review", reads=("code_kind", "code_reviewed"))
def unreviewed_special_code(o: Seen, _: Figure) -> bool:
    """The qualification review of the code's holder is missing (资质复核)."""
    return bool(o.code_kind in REVIEWED_CODES and not o.code_reviewed)


@predicate("使用他人的短信签名", "uses another's SMS signature", reads=("signature",))
def signature_foreign(o: Seen, _: Figure) -> bool:
    """The 【】 belongs to another organisation (冒用签名)."""
    return bool(o.signature is SignatureState.FOREIGN)


@predicate("短信签名已报备并通过", "the SMS signature is reported and approved", reads=("signature",))
def signature_approved(o: Seen, _: Figure) -> bool:
    """Owned by the sender and approved (签名报备)."""
    return bool(o.signature is SignatureState.APPROVED)


@predicate("主叫鉴权失败或缺失", "the caller's identity failed or is absent", reads=("channel", "caller_identity"))
def caller_false(o: Seen, _: Figure) -> bool:
    """Spoofed, or no identity at all (冒用、隐藏主叫)."""
    return bool(o.channel is Channel.CALL and o.caller_identity in (CallerIdentity.FAILED, CallerIdentity.ABSENT))


@predicate("主叫未经鉴权", "the caller's identity is unverified", reads=("channel", "caller_identity"))
def caller_unverified(o: Seen, _: Figure) -> bool:
    """The network could not tell (未鉴权)."""
    return bool(o.channel is Channel.CALL and o.caller_identity is CallerIdentity.UNVERIFIED)


@predicate("向用户收费", "the recipient is charged", reads=("charged",))
def charged(o: Seen, _: Figure) -> bool:
    """A charge falls on the recipient."""
    return bool(o.charged)


@predicate("已事先告知资费", "price and way out were told beforehand", reads=("charge_notice",))
def charge_notice(o: Seen, _: Figure) -> bool:
    """A prior notice of content, price, method and way out is on record (事先告知)."""
    return bool(o.charge_notice)

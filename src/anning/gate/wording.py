"""Facts in words: the names of observations, their sources and values, Chinese and English (观察事实的措辞)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Final

import msgspec

from anning.gate.validity import MINUTE_OF_DAY
from anning.law.algebra import And, Expr, Not, Or, P
from anning.law.instrument import SHANGHAI
from anning.law.instruments.registry import INSTRUMENTS
from anning.law.observations import Approval
from anning.law.predicates import PREDICATES
from anning.law.tri import UNKNOWN

Words = tuple[str, str]

SOURCE_WORDS: Final[dict[str, Words]] = {
    "communication": ("本次通信", "the communication itself"),
    "directory": (
        "名录（主体、许可、码号、签名、措施）",
        "directory (organisations, licences, codes, signatures, measures)",
    ),
    "index": ("索引（同意与意愿）", "index (consents and wishes)"),
    "content": ("内容规则", "content rules"),
    "counts": ("既往联系", "earlier contacts"),
    "outage": ("部件状态", "state of the parts"),
}

FIELD_WORDS: Final[dict[str, Words]] = {
    "at": ("时刻", "moment"),
    "channel": ("渠道", "channel"),
    "local_minute": ("北京时间", "local time of day"),
    "purpose": ("申报用途", "declared purpose"),
    "platform_call": ("平台类电话", "through a call-centre platform"),
    "caller_identity": ("主叫鉴权", "caller's identity"),
    "charged": ("向用户收费", "the recipient is charged"),
    "recipient_kind": ("接收号码类别", "kind of the recipient's number"),
    "code_kind": ("发送码号类别", "kind of the code shown"),
    "in_mainland": ("在境内提供或使用", "provided or used in the mainland"),
    "has_platform": ("经由平台", "a platform stands between"),
    "provider_known": ("承运方已登记", "the provider is registered"),
    "provider_licence": ("承运方许可", "the provider's licence"),
    "provider_sanction": ("对承运方的措施", "measure on the provider"),
    "platform_sanction": ("对中间平台的措施", "measure on the platform between"),
    "sender_known": ("发送者已登记", "the sender is registered"),
    "sender_kind": ("发送者类型", "kind of sender"),
    "sender_trade": ("发送者行业", "the sender's trade"),
    "sender_verified": ("发送者身份已核验", "the sender's identity is verified"),
    "sender_sanction": ("对发送者的措施", "measure on the sender"),
    "code_state": ("码号状态", "state of the code"),
    "code_use": ("码号登记用途", "registered use of the code"),
    "code_reviewed": ("码号资质已复核", "the code is reviewed"),
    "code_held_here": ("码号持有人在通信各方之中", "the code's holder is a party here"),
    "code_user_is_sender": ("码号使用者即发送者", "the code's user is the sender"),
    "signature": ("短信签名", "SMS signature"),
    "content_blocked": ("内容已封堵", "the content is blocked"),
    "approval": ("公益短信申请", "public-interest application"),
    "charge_notice": ("已事先告知资费", "price told beforehand"),
    "consent": ("对发送者的同意", "consent to the sender"),
    "consent_requested": ("系本人请求", "it was a request"),
    "consent_confirmed": ("本人手机已确认", "confirmed by the person's own phone"),
    "consent_at": ("同意时间", "consented at"),
    "consent_through": ("同意经由", "consent taken through"),
    "consent_expires": ("同意到期", "consent expires"),
    "platform_consent_only": ("仅同意了平台", "only the platform has consent"),
    "wish": ("一般意愿", "general wish"),
    "wish_kind": ("意愿种类", "kind of wish"),
    "refused_sender": ("已拒绝该发送者", "has refused this sender"),
    "ever_consented": ("曾有明示同意", "once consented explicitly"),
    "content_class": ("内容类别", "class of the text"),
    "commercial_score": ("商业性分值", "how commercial it reads"),
    "prohibited": ("含禁止性内容", "carries prohibited content"),
    "verification_code": ("验证码", "hands over a one-time code"),
    "names_sender": ("写明发送者", "names the sender"),
    "names_phone": ("写明电话", "names a telephone"),
    "way_out": ("告知退订方式", "tells a way out"),
    "way_out_one_step": ("一步即可退订", "one step is enough"),
    "way_out_understood": ("退订指令可被识别", "the way out is understood by the reply reader"),
    "has_link": ("含链接", "contains a link"),
    "length": ("字数", "length in characters"),
    "content_trade": ("内容所属行业", "trade of the text"),
    "publicity_of_work": ("工作宣传", "publicity of an agency's work"),
    "names_agency": ("写明机构", "names the agency"),
    "contact_ages": ("既往联系距今秒数", "seconds since earlier contacts"),
    "marketing_ages": ("既往营销距今秒数", "seconds since earlier marketing"),
    "code_message_ages": ("既往验证码距今秒数", "seconds since earlier one-time codes"),
    "parts_down": ("不可用的部件", "parts that are away"),
    "last_known_service_port": ("最近所知为合规服务端口", "last known as a sound service port"),
    "within_past_volume": ("未超过既往业务量", "within the sender's past volume"),
}

_VALUE_WORDS: Final[dict[str, Words]] = {
    "sms": ("短信", "SMS"),
    "call": ("电话", "call"),
    "app": ("互联网送达", "internet delivery"),
    "voice": ("语音", "voice"),
    "carrier": ("基础电信", "carrier"),
    "not-submitted": ("未报备", "not submitted"),
    "in-review": ("审核中", "in review"),
    "rejected": ("未通过", "rejected"),
    "commercial": ("商业性", "commercial"),
    "service": ("服务类", "service"),
    "public-interest": ("公益", "public-interest"),
    "undeclared": ("未申报", "undeclared"),
    "prohibited": ("禁止性", "prohibited"),
    "any": ("不限", "any"),
    "verified": ("已通过", "verified"),
    "unverified": ("未鉴权", "unverified"),
    "failed": ("未通过", "failed"),
    "absent": ("缺失", "absent"),
    "valid": ("有效", "valid"),
    "none": ("无", "none"),
    "not-yet": ("尚未生效", "not yet in force"),
    "expired": ("已过期", "expired"),
    "revoked": ("已吊销", "revoked"),
    "wrong-kind": ("种类不符", "of another kind"),
    "active": ("正常", "active"),
    "suspended": ("暂停", "suspended"),
    "closed": ("关停", "closed"),
    "warned": ("警告", "warned"),
    "limited": ("受限", "limited"),
    "recovered": ("已收回", "recovered"),
    "unregistered": ("未登记", "unregistered"),
    "personal": ("普通用户号码", "an ordinary number"),
    "missing": ("未显示", "missing"),
    "approved": ("已通过报备", "approved"),
    "not-approved": ("未通过报备", "not approved"),
    "foreign": ("属于他人", "another's"),
    "invalid-act": ("非明示（默认勾选、捆绑或沉默）", "no explicit act (pre-ticked, bundled or silent)"),
    "withdrawn": ("已撤回", "withdrawn"),
    "ended": ("因此后的总体谢绝而终止", "ended by a later general refusal"),
    "recycled": ("属于号码的前任持有人", "of the number's former holder"),
    "declined": ("谢绝", "declined"),
    "accepted": ("接受", "accepted"),
    "decline-calls": ("谢绝来电登记", "registered decline"),
    "nuisance-filter": ("骚扰拦截服务", "the carrier's nuisance filter"),
    "company": ("企业", "company"),
    "person": ("个人", "person"),
    "platform": ("平台", "platform"),
    "agency": ("机关", "agency"),
    "finance": ("金融", "finance"),
    "property": ("房地产", "property"),
    "health": ("医疗健康", "health"),
    "recruitment": ("招聘", "recruitment"),
    "travel": ("旅游", "travel"),
    "education": ("教育", "education"),
    "retail": ("零售", "retail"),
    "government": ("政务", "government"),
    "other": ("其他", "other"),
    "index": ("索引", "index"),
    "directory": ("名录", "directory"),
    "journal": ("事件日志", "journal"),
    "records": ("记录", "records"),
    "detection": ("内容模型", "content model"),
}


def value_words(field: str, value: Any) -> Words:
    """A fact's value in both languages."""
    if value is UNKNOWN:
        return "未知（部件不可用或读取失败）", "unknown (a part is away, or reading failed)"
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if value is None or value in ("", ()):
        return "无", "none"
    if field == "local_minute":
        return (f"{value // 60:02}:{value % 60:02}",) * 2
    if isinstance(value, datetime):
        return (moment_words(value),) * 2
    if isinstance(value, Approval):
        return _approval_words(value)
    if isinstance(value, tuple):
        parts = [value_words(field, part) for part in value]
        return "、".join(zh for zh, _ in parts), ", ".join(en for _, en in parts)
    text = str(value.value if isinstance(value, Enum) else value)
    return _VALUE_WORDS.get(text, (text, text))


def moment_words(at: datetime) -> str:
    """A moment as it is read in Beijing, its seconds only when there are any."""
    local = at.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def predicate_words(because: str) -> Words:
    """What a reason rests on, as `Reason.because` has it (`consented=false`), in words."""
    name, _, value = because.partition("=")
    predicate = PREDICATES[name]
    zh, en = {"true": ("是", "yes"), "false": ("否", "no")}.get(value, ("未知", "unknown"))
    return f"{predicate.zh}（{zh}）", f"{predicate.en} ({en})"


def condition_words(when: Expr) -> Words:
    """A rule's condition in words."""
    match when:
        case P(name):
            return PREDICATES[name].zh, PREDICATES[name].en
        case Not(part):
            zh, en = condition_words(part)
            return f"并非“{zh}”", f"not ({en})"
        case And(parts):
            read = [condition_words(p) for p in parts]
            inner = [isinstance(p, Or) for p in parts]
            return (
                " 且 ".join(f"（{zh}）" if o else zh for (zh, _), o in zip(read, inner, strict=True)),
                " and ".join(f"({en})" if o else en for (_, en), o in zip(read, inner, strict=True)),
            )
        case Or(parts):
            read = [condition_words(p) for p in parts]
            return " 或 ".join(zh for zh, _ in read), " or ".join(en for _, en in read)
    raise TypeError(f"no such expression: {when}")


def figure_words(instrument_name: str, name: str, figure: float) -> Words:
    """A parameter's figure: minutes of the day as a time, everything else as a number with its unit."""
    if instrument_name not in INSTRUMENTS:
        return f"{name} = {figure:g}", f"{name} = {figure:g}"
    parameter = INSTRUMENTS[instrument_name].parameter(name)
    if parameter.unit == MINUTE_OF_DAY:
        shown = f"{int(figure) // 60:02}:{int(figure) % 60:02}"
        return f"{parameter.zh} {shown}", f"{parameter.en} {shown}"
    return f"{parameter.zh} {figure:g}", f"{parameter.en}: {figure:g} {parameter.unit}"


def plain(value: Any) -> Any:
    """A fact's value as JSON: unknown is the word."""
    if value is UNKNOWN:
        return "unknown"
    return msgspec.to_builtins(value)


def _approval_words(approval: Approval) -> Words:
    ahead = approval.working_days_ahead
    days = (
        ("工作日数未知", "unknown working days")
        if ahead is UNKNOWN
        else (f"提前 {ahead} 个工作日", f"{ahead} working days")
    )
    return (
        f"{approval.id}：{'已同意' if approval.approved else '未同意'}，{days[0]}，"
        f"{'应急，' if approval.emergency else ''}{'在' if approval.in_window else '不在'}发送时段内",
        f"{approval.id}: {'approved' if approval.approved else 'not approved'}, {days[1]} ahead, "
        f"{'emergency, ' if approval.emergency else ''}{'within' if approval.in_window else 'outside'} its window",
    )

"""What a text is and carries, and what the registers say of its sending, as points to be checked (短信要点)."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

import msgspec

from anning.gate.communication import Communication
from anning.gate.directory import moment_of
from anning.gate.gate import Gate
from anning.gate.observe import observe_message, observe_sending
from anning.gate.wording import Words, value_words
from anning.law.observations import Channel, CodeState, LicenceState, Observations, Purpose, SignatureState
from anning.law.tri import UNKNOWN

Sign: TypeAlias = Literal["ok", "mind", "wrong", "plain"]

_OURS: Final = re.compile(r"([\u4e00-\u9fff]+) ([a-z ]+)")

_CLASSES: Final[dict[str, Words]] = {
    "commercial": ("营销短信", "marketing"),
    "service": ("服务短信", "a service message"),
    "public-interest": ("公益短信", "public interest"),
    "prohibited": ("含禁止内容", "prohibited content"),
}


class Point(msgspec.Struct, frozen=True):
    """One thing that was looked at: how it stands, in words, with what is behind it."""

    sign: Sign
    zh: str
    en: str
    more_zh: str = ""
    more_en: str = ""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A sending looked at before anybody's number.

    Attributes:
        parts: how many parts are billed; 0 for a call.
    """

    points: tuple[Point, ...]
    parts: int


def look(gate: Gate, c: Communication) -> Looked:
    """The points of a sending. The caller keeps the gate still."""
    seen = observe_message(observe_sending(c, gate.sources), c.text, gate.sources).base
    points = [] if c.channel is Channel.CALL else _text_points(gate, c, seen)
    content = None if c.channel is Channel.CALL else gate.sources.reading(c.text, moment_of(c.at)).content
    return Looked(
        points=(*points, *_party_points(c, seen)),
        parts=0 if content is None else content.segments,
    )


def _text_points(gate: Gate, c: Communication, seen: Observations) -> list[Point]:
    content = gate.sources.reading(c.text, moment_of(c.at)).content
    zh, en = _CLASSES[content.klass.value]
    # What decided is a word of the text, or a sign of ours that is named in both languages.
    deciding = [_OURS.fullmatch(word) or (word, word, word) for word in content.deciding[:4]]
    words = "、".join(each[1] for each in deciding), ", ".join(each[2] for each in deciding)
    points = [
        Point(
            "wrong" if content.klass == "prohibited" else "plain",
            f"读来是{zh}",
            f"reads as {en}",
            f"{content.score:.2f}{' · ' if words[0] else ''}{words[0]}",
            f"{content.score:.2f}{' · ' if words[1] else ''}{words[1]}",
        )
    ]
    if content.promotional_tail and c.purpose is not Purpose.COMMERCIAL:
        points.append(Point("wrong", "服务内容后夹带推销", "a promotion hangs on to a service message"))
    if content.obfuscated:
        points.append(
            Point("wrong", "文字经过伪装", "the words are disguised", "判定时已还原", "undone before it was judged")
        )
    points.append(_signature(content.signature, seen))
    points.append(
        _named(seen.names_sender is True, content.names_phone, "、".join(content.phones), ", ".join(content.phones))
    )
    points.append(_way_out(content.offers_way_out, content.way_out_one_step, content.way_out_keyword, seen))
    if content.links:
        points.append(Point("plain", "含链接", "carries a link", "、".join(content.links), ", ".join(content.links)))
    parts = "1 part billed" if content.segments == 1 else f"{content.segments} parts billed"
    points.append(
        Point(
            "plain", f"{content.length} 字，每个号码计费 {content.segments} 条", f"{content.length} characters, {parts}"
        )
    )
    return points


def _signature(text: str, seen: Observations) -> Point:
    shown = f"【{text}】" if text else ""
    match seen.signature:
        case SignatureState.APPROVED:
            return Point("ok", f"签名{shown}已登记为通过报备", f"the SMS signature {shown} is registered as approved")
        case SignatureState.NONE:
            return Point("mind", "没有短信签名", "there is no SMS signature")
        case SignatureState.FOREIGN:
            return Point("wrong", f"签名{shown}是别人的", f"the SMS signature {shown} is another's")
        case _:
            zh, en = value_words("signature", seen.signature)
            return Point("wrong", f"签名{shown}{zh}", f"the SMS signature {shown}: {en}")


def _named(sender: bool, phone: bool, phones_zh: str, phones_en: str) -> Point:
    if sender and phone:
        return Point("ok", "写明了发送者和电话", "names the sender and a telephone", phones_zh, phones_en)
    if sender:
        return Point("mind", "写明了发送者，没有电话", "names the sender, but no telephone")
    if phone:
        return Point("mind", "有电话，没有写明发送者", "names a telephone, but not the sender", phones_zh, phones_en)
    return Point("mind", "没有写明发送者，也没有电话", "names neither the sender nor a telephone")


def _way_out(offered: bool, one_step: bool, keyword: str, seen: Observations) -> Point:
    if not offered:
        return Point("mind", "没有写明怎样拒收", "tells no way to refuse")
    tried = (f"回复 {keyword} 已试过，算拒绝", f"{keyword} was tried and counts as a refusal") if keyword else ("", "")
    if seen.way_out_understood is False:
        return Point("wrong", "照它说的回复，认不出是拒收", "a reply as it says would not be understood as a refusal")
    if one_step:
        return Point("ok", "一步就能拒收", "one step is enough to refuse", *tried)
    return Point("wrong", "拒收不止一步", "to refuse takes more than one step", *tried)


def _party_points(c: Communication, seen: Observations) -> list[Point]:
    points = []
    if seen.sender_known is False:
        points.append(Point("wrong", f"发送者 {c.sender} 未登记", f"the sender {c.sender} is not registered"))
    elif seen.sender_verified is False:
        points.append(Point("wrong", "发送者的身份未经核验", "the sender's identity is not verified"))
    if seen.provider_licence is LicenceState.VALID:
        points.append(Point("ok", "承运方持有有效许可", "the provider holds a valid licence"))
    elif seen.provider_licence is not UNKNOWN:
        zh, en = value_words("provider_licence", seen.provider_licence)
        points.append(Point("wrong", f"承运方的许可：{zh}", f"the provider's licence: {en}"))
    match seen.code_state:
        case CodeState.ACTIVE | CodeState.PERSONAL if seen.code_user_is_sender is not False:
            zh, en = value_words("code_use", seen.code_use)
            points.append(Point("ok", f"码号 {c.code} 登记在发送者名下", f"the code {c.code} is the sender's", zh, en))
        case CodeState.ACTIVE:
            points.append(Point("wrong", f"码号 {c.code} 登记在别人名下", f"the code {c.code} is another's"))
        case state if state is not UNKNOWN:
            zh, en = value_words("code_state", state)
            points.append(Point("wrong", f"码号 {c.code}：{zh}", f"the code {c.code}: {en}"))
    for field, zh_who, en_who in (
        ("sender_sanction", "发送者", "the sender"),
        ("provider_sanction", "承运方", "the provider"),
        ("platform_sanction", "中间平台", "the platform between"),
    ):
        sanction = getattr(seen, field)
        if sanction not in ("none", UNKNOWN):
            zh, en = value_words(field, sanction)
            points.append(Point("wrong", f"对{zh_who}的措施：{zh}", f"a measure on {en_who}: {en}"))
    return points

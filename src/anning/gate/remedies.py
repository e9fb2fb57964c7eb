"""What one could mend (补救): named, coherent changes of what was observed, as a compliance officer would make them.

Each remedy changes all facts that go with it: who consents anew has refused no longer. None declares a communication to
be what it is not: a text that is commercial stays so unless the promotion is taken out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from typing import Any, Final

import msgspec

from anning.law.observations import (
    Approval,
    CallerIdentity,
    Channel,
    CodeState,
    ConsentState,
    LicenceState,
    Observations,
    Purpose,
    SignatureState,
    WishState,
)

SURELY_SERVICE: Final = 0.2
"""A text declared otherwise is advised to go as a service only when it reads less commercial than this."""

_BARRED: Final = frozenset({"suspended", "closed"})


class Change(msgspec.Struct, frozen=True):
    """One thing to be done, and the facts it would change.

    Attributes:
        name: what kind of change it is: consent, request, code, text, sender, provider, measure, caller, charge,
            purpose, promotion, approval, block, parts, moment.
        facts: the observations it sets, by field.
    """

    name: str
    zh: str
    en: str
    facts: tuple[tuple[str, Any], ...]

    @property
    def group(self) -> str:
        """Changes of one group exclude each other."""
        return _GROUPS.get(self.name, self.name)


_GROUPS: Final = {"request": "consent", "promotion": "purpose"}

_Part = tuple[str, str, dict[str, Any]]


def remedies(o: Observations, stopping: Set[str]) -> tuple[Change, ...]:
    """Every change that would alter something here.

    Args:
        o: what was observed.
        stopping: the predicates of the rules that stop it.
    """
    found = []
    for name, propose in _REMEDIES.items():
        for zh, en, facts in propose(o, stopping):
            changed = tuple((field, value) for field, value in facts.items() if getattr(o, field) != value)
            if changed:
                found.append(Change(name, zh, en, changed))
    return tuple(found)


# --- the person -------------------------------------------------------------------------------------------------

_CONSENTED: Final[dict[str, Any]] = {
    "consent": ConsentState.VALID,
    "ever_consented": True,
    "refused_sender": False,
    "platform_consent_only": False,
    "consent_through": "",
    "consent_expires": None,
}


def _consent(o: Observations, _: Set[str]) -> Iterator[_Part]:
    wish = WishState.NONE if o.wish is not WishState.ACCEPTED else o.wish
    yield (
        "本人（重新）明示同意该发送者，并留存凭证",
        "the person consents (anew) and explicitly to this sender, and the evidence is kept",
        {**_CONSENTED, "wish": wish},
    )


def _request(o: Observations, stopping: Set[str]) -> Iterator[_Part]:
    if "requested" in stopping:
        wish = WishState.NONE if o.wish is not WishState.ACCEPTED else o.wish
        yield (
            "本人主动请求联系，且此次是应请求的即时回呼",
            "the person asks to be contacted, and this is the call-back at once on that request",
            {**_CONSENTED, "wish": wish, "consent_requested": True},
        )


# --- who sends, who carries, under which code -------------------------------------------------------------------


def _code(o: Observations, _: Set[str]) -> Iterator[_Part]:
    sound: dict[str, Any] = {
        "code_state": CodeState.ACTIVE,
        "code_reviewed": True,
        "code_held_here": True,
        "code_user_is_sender": True,
    }
    if o.purpose is Purpose.COMMERCIAL or o.content_class == "commercial":
        fits = o.code_use in ("commercial", "any")
        yield (
            "改用登记在发送者名下、由通信一方持有、状态正常、可用于商业用途的码号（95、96、400 号码须已复核）",
            "use a code registered for the sender, held by a party here, active and open to commercial use "
            "(a 95, 96 or 400 code: reviewed)",
            {**sound, "code_use": o.code_use if fits else "commercial"},
        )
    else:
        yield (
            "改用登记在发送者名下、由通信一方持有、状态正常的码号（95、96、400 号码须已复核）",
            "use a code registered for the sender, held by a party here and active (a 95, 96 or 400 code: reviewed)",
            sound,
        )


def _sender(o: Observations, stopping: Set[str]) -> Iterator[_Part]:
    parts: list[_Part] = []
    if "sender_verified" in stopping and not (o.sender_known is True and o.sender_verified is True):
        parts.append(
            (
                "登记发送者并核验其真实身份",
                "register the sender and verify its real identity",
                {"sender_known": True, "sender_verified": True},
            )
        )
    own_signature = {"signature_approved", "signature_foreign"} & stopping
    if own_signature and o.channel is not Channel.CALL and o.signature is not SignatureState.APPROVED:
        parts.append(
            (
                "在文首使用发送者自己的、已报备通过的签名",
                "begin the text with the sender's own signature 【】, reported and approved",
                {"signature": SignatureState.APPROVED, "names_sender": True, "names_agency": True},
            )
        )
    yield from _together(parts)


def _provider(_: Observations, __: Set[str]) -> Iterator[_Part]:
    yield (
        "改由持有本渠道有效经营许可的服务提供者承运",
        "let a provider with a valid licence for this channel carry it",
        {"provider_known": True, "provider_licence": LicenceState.VALID},
    )


def _measure(o: Observations, _: Set[str]) -> Iterator[_Part]:
    who = (
        ("sender_sanction", "发送者", "the sender"),
        ("provider_sanction", "承运方", "the provider"),
        ("platform_sanction", "中间平台", "the platform between"),
    )
    barred = [each for each in who if getattr(o, each[0]) in _BARRED]
    if barred:
        zh, en = "、".join(each[1] for each in barred), " and ".join(each[2] for each in barred)
        yield (
            f"待对{zh}的暂停或关停解除（可就该措施申诉）",
            f"wait until the suspension or closing of {en} is lifted (an appeal is open)",
            {each[0]: "none" for each in barred},
        )


def _caller(o: Observations, _: Set[str]) -> Iterator[_Part]:
    if o.channel is Channel.CALL and o.caller_identity in (CallerIdentity.FAILED, CallerIdentity.ABSENT):
        yield (
            "用本方名下的号码呼出，并通过主叫鉴权",
            "call from a number of one's own that passes caller authentication",
            {"caller_identity": CallerIdentity.VERIFIED},
        )


def _charge(o: Observations, _: Set[str]) -> Iterator[_Part]:
    if o.charged:
        yield (
            "事先告知内容、资费、收取方式与退订方式，并留存记录",
            "tell content, price, method of charging and way out beforehand, and keep the record",
            {"charge_notice": True},
        )


# --- the text and what it is sent as ----------------------------------------------------------------------------


def _text(o: Observations, stopping: Set[str]) -> Iterator[_Part]:
    if o.channel is Channel.CALL:
        return
    parts: list[_Part] = []
    agency = "names_agency_and_phone" in stopping
    if ("names_sender" in stopping or agency) and not (o.names_sender is True and (o.names_agency is True)):
        parts.append(
            ("在正文中写明发送者名称", "name the sender in the text", {"names_sender": True, "names_agency": True})
        )
    if ("names_phone" in stopping or agency) and o.names_phone is not True:
        parts.append(("写明联系电话", "name a telephone number", {"names_phone": True}))
    works = {"way_out": True, "way_out_one_step": True, "way_out_understood": True}
    if {"way_out", "way_out_works"} & stopping and any(getattr(o, field) is not True for field in works):
        parts.append(
            ("写明一步即可的退订方式，如“拒收请回复R”", "tell a way out of one step, such as “拒收请回复R”", works)
        )
    if "has_link" in stopping and o.has_link is not False:
        parts.append(("去掉链接", "take the link out", {"has_link": False}))
    if "too_long_for_public_interest" in stopping:
        parts.append(("缩短正文", "shorten the text", {"length": 1}))
    yield from _together(parts)


def _purpose(o: Observations, _: Set[str]) -> Iterator[_Part]:
    if o.channel is Channel.CALL:
        if o.purpose is Purpose.UNDECLARED:
            yield (
                "如实申报用途：确属服务类的电话",
                "declare the purpose truly, being a call that is a service",
                {"purpose": Purpose.SERVICE},
            )
            yield (
                "如实申报用途：商业性电话",
                "declare the purpose truly, being a commercial call",
                {"purpose": Purpose.COMMERCIAL},
            )
        return
    reads_service = (
        o.content_class == "service" and isinstance(o.commercial_score, float) and o.commercial_score < SURELY_SERVICE
    )
    if reads_service and o.purpose in (Purpose.COMMERCIAL, Purpose.PUBLIC_INTEREST):
        yield (
            "正文读作服务类：如确属服务，按服务类申报",
            "the text reads as a service: if it is one, declare it so",
            {"purpose": Purpose.SERVICE},
        )


def _promotion(o: Observations, _: Set[str]) -> Iterator[_Part]:
    declared = o.purpose is Purpose.SERVICE or (o.purpose is Purpose.UNDECLARED and o.verification_code is True)
    if o.channel is not Channel.CALL and declared:
        yield (
            "删去正文中的推广内容，只保留服务信息",
            "take the promotion out of the text and leave the service message alone",
            {"content_class": "service", "commercial_score": 0.0},
        )


def _approval(o: Observations, _: Set[str]) -> Iterator[_Part]:
    if o.purpose is Purpose.PUBLIC_INTEREST and o.channel is not Channel.CALL:
        yield (
            "按规定提前提出公益短信申请，获同意后在批准的时段内发送",
            "file the public-interest application as far ahead as required, and send within the approved time",
            {"approval": Approval("", approved=True, emergency=False, working_days_ahead=366, in_window=True)},
        )


def _block(o: Observations, _: Set[str]) -> Iterator[_Part]:
    if o.content_blocked is True:
        yield "经申诉解除对该内容的封堵", "have the block on this text lifted on appeal", {"content_blocked": False}


def _parts(o: Observations, _: Set[str]) -> Iterator[_Part]:
    if o.parts_down:
        yield "故障部件恢复后重新判定", "the parts that are away come back, and it is judged again", {"parts_down": ()}


def _together(parts: list[_Part]) -> Iterator[_Part]:
    """Several things mended at once, as one."""
    if parts:
        facts = {field: value for _, _, each in parts for field, value in each.items()}
        yield "，并".join(part[0] for part in parts), " and ".join(part[1] for part in parts), facts


_REMEDIES: Final[dict[str, Callable[[Observations, Set[str]], Iterator[_Part]]]] = {
    "consent": _consent,
    "request": _request,
    "text": _text,
    "promotion": _promotion,
    "purpose": _purpose,
    "sender": _sender,
    "code": _code,
    "provider": _provider,
    "measure": _measure,
    "caller": _caller,
    "charge": _charge,
    "approval": _approval,
    "block": _block,
    "parts": _parts,
}

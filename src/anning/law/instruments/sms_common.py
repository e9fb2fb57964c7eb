"""What both SMS regulations carry: order 31's duties and the guidance of 25 October 2021.

Each regulation writes them with its own source and mark.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from anning.law.citation import Citation, Mark
from anning.law.instruments.writing import refuse, source
from anning.law.predicates import (
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
    invalid_act,
    licensed,
    platform_consent_only,
    port_message,
    private,
    prohibited,
    refused,
    sender_suspended,
    signature_approved,
    signature_foreign,
    way_out,
    way_out_works,
)
from anning.law.rules import Rule

GUIDANCE_SINCE = date(2021, 10, 25)

guidance = source(
    "工信部关于营销短信的行政指导会（2021-10-25）", "MIIT guidance meeting on marketing SMS (2021)", Mark.GUIDANCE
)

_CONSENT = ("先取得本人明示同意或请求", "obtain the person's explicit consent or request first")


def order_31(cite: Callable[..., Citation]) -> tuple[Rule, ...]:
    """O01 to O05 as rules, cited as the calling regulation cites them."""
    return (
        refuse(
            "no-consent",
            cite("O01"),
            commercial & ~consented,
            "未经本人同意或请求发送商业性短信",
            "commercial SMS without the person's consent or request",
            remedy=_CONSENT,
        ),
        refuse(
            "refused",
            cite("O02"),
            commercial & (refused | consent_ended | declined),
            "本人已表示拒绝，应当停止",
            "the person has refused: it must stop",
            remedy=("除非本人此后重新同意，不得再发", "not again, unless the person consents anew"),
        ),
        refuse(
            "no-way-out",
            cite("O03"),
            port_message & commercial & (~way_out | ~way_out_works),
            "没有告知便捷有效的拒绝方式",
            "no convenient and effective way to refuse is told",
            remedy=("写明一次回复即可生效的退订方式", "tell a way out that one reply completes"),
        ),
        refuse(
            "code-false",
            cite("O04"),
            code_missing | ~code_registered | ~code_active | ~code_held_here | ~code_user_is_sender,
            "发送端码号缺失、虚假、冒用或已停用",
            "the sending code is missing, false, another's or out of use",
            remedy=("使用登记在发送者名下、状态正常的码号", "use an active code registered for the sender"),
        ),
        refuse(
            "unlicensed-provider",
            cite("O05"),
            ~licensed & ~private,
            "承运方没有有效的短信业务经营许可",
            "the provider holds no valid SMS licence",
            remedy=("改由持证者承运", "let a licensed provider carry it"),
        ),
        refuse(
            "prohibited-content",
            cite("O05"),
            prohibited | content_blocked,
            "含有法律法规禁止的内容",
            "carries content that law forbids",
            remedy=("删除禁止性内容", "remove it"),
        ),
        refuse(
            "sender-suspended",
            cite("O05", mark=Mark.PRESUMED),
            sender_suspended | intermediary_suspended,
            "发送者或承运方因违规被暂停或关停",
            "the sender or the provider is suspended or closed for violations",
            remedy=("可就该措施申诉", "appeal against the measure"),
        ),
    )


def guidance_2021() -> tuple[Rule, ...]:
    """S01 to S03: what counts as consent, and whose port and signature it is."""
    return (
        refuse(
            "consent-by-default",
            guidance("S01"),
            commercial & invalid_act,
            "默认勾选、捆绑或沉默不是同意",
            "pre-ticked, bundled or silent consent is none",
            remedy=_CONSENT,
            since=GUIDANCE_SINCE,
        ),
        refuse(
            "platform-consent",
            guidance("S02"),
            commercial & ~consented & platform_consent_only,
            "对平台的同意不及于平台上的商家",
            "consent to a platform is none to its merchants",
            remedy=("由该商家自己取得同意", "let the merchant obtain it in its own name"),
            since=GUIDANCE_SINCE,
        ),
        refuse(
            "foreign-signature",
            guidance("S03"),
            port_message & signature_foreign,
            "使用他人的短信签名",
            "uses another's SMS signature",
            remedy=("使用自己报备的签名", "use one's own reported signature"),
            since=GUIDANCE_SINCE,
        ),
        refuse(
            "signature-not-reported",
            guidance("S03"),
            port_message & commercial & ~signature_approved & ~signature_foreign,
            "短信签名缺失、未报备或未通过",
            "the SMS signature is missing, unreported or not approved",
            remedy=("报备签名并置于文首", "report the signature and put it first"),
            since=GUIDANCE_SINCE,
        ),
        refuse(
            "code-sublet",
            guidance("S03"),
            code_registered & ~code_user_is_sender,
            "转租端口：登记的使用者不是发送者",
            "a sub-let port: its registered user is not the sender",
            remedy=("使用登记在发送者名下的端口", "use a port registered for the sender"),
            since=GUIDANCE_SINCE,
        ),
    )

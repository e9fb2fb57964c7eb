"""A dozen single messages and calls, each asking one question of the law (单条示例)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

from anning.cli.demo.people import NOW
from anning.gate.communication import Communication
from anning.law.observations import CallerIdentity, Channel, Purpose

LI_PING: Final = "+8613800138000"
"""Declined everything in January; later consented to the bookshop alone."""
WANG_AN: Final = "+8613900139000"
"""Consented to the bookshop, answered 退订 last week."""
CHEN_YUN: Final = "+8613700137000"
"""Consented to the bank's calls."""
NOBODY: Final = "+8618800000000"
"""Never said anything."""

BOOKS_AD: Final = "【青禾书店】双十一会员图书五折，满100元再减20，详询400-820-5588，拒收请回复R"
LOAN_AD: Final = "【安宁银行】您有一笔20万元信用贷款额度可申请，利率优惠，详询400-800-1234，拒收请回复R"
CODE: Final = "【安宁银行】验证码：482913，您正在登录手机银行，5分钟内有效，请勿告知他人。"


class Single(msgspec.Struct, frozen=True):
    """A communication and the question it asks, in both languages."""

    zh: str
    en: str
    communication: Communication


def _sms(number: str, text: str, *, sender: str, code: str, purpose: Purpose = Purpose.COMMERCIAL) -> Communication:
    return Communication(
        channel=Channel.SMS,
        provider="cpaas",
        sender=sender,
        code=code,
        number=number,
        text=text,
        purpose=purpose,
        at=NOW,
    )


def _call(number: str, *, sender: str, code: str, identity: CallerIdentity = CallerIdentity.VERIFIED) -> Communication:
    return Communication(
        channel=Channel.CALL,
        provider="anhu",
        sender=sender,
        code=code,
        number=number,
        purpose=Purpose.COMMERCIAL,
        platform_call=True,
        caller_identity=identity,
        at=NOW,
    )


def singles() -> tuple[Single, ...]:
    """The dozen, in the order they are told."""
    books = "106600008888"
    code = "106980001111"
    bank = "106600001111"
    night = msgspec.structs.replace(
        _sms(LI_PING, CODE, sender="bank", code=code, purpose=Purpose.SERVICE), at=NOW - timedelta(hours=7)
    )
    return (
        Single(
            "书店向已同意的会员发促销短信",
            "A bookshop to a member who consented",
            _sms(LI_PING, BOOKS_AD, sender="books", code=books),
        ),
        Single(
            "同一会员，换成银行贷款广告",
            "The same person, a bank's loan offer",
            _sms(LI_PING, LOAN_AD, sender="bank", code=bank),
        ),
        Single(
            "凌晨三点的登录验证码，本人谢绝一切商业信息",
            "A login code at 3 a.m. to a person who declined everything",
            night,
        ),
        Single(
            "上周已回复“退订”的会员",
            "A member who answered 退订 last week",
            _sms(WANG_AN, BOOKS_AD, sender="books", code=books),
        ),
        Single(
            "从未表示过同意的人", "A person who never said anything", _sms(NOBODY, BOOKS_AD, sender="books", code=books)
        ),
        Single(
            "广告没有退订方式，也没有电话",
            "An advertisement without a way out or a telephone",
            _sms(LI_PING, "【青禾书店】双十一会员图书五折，满100元再减20，快来选购", sender="books", code=books),
        ),
        Single(
            "验证码后面夹带促销",
            "A verification code with a promotional tail",
            _sms(
                NOBODY,
                "【安宁银行】验证码：482913，5分钟内有效。新客办理信用贷享利率五折优惠，速来申请！",
                sender="bank",
                code=code,
                purpose=Purpose.SERVICE,
            ),
        ),
        Single("借用他人的短信签名", "Another's SMS signature", _sms(LI_PING, LOAN_AD, sender="books", code=books)),
        Single(
            "赌博网站广告",
            "An advertisement for gambling",
            _sms(
                LI_PING,
                "【青禾书店】澳门赌场线上开户送彩金，百家乐稳赚不赔，加微信领取，拒收请回复R，电话400-820-5588",
                sender="books",
                code=books,
            ),
        ),
        Single(
            "银行经呼叫中心致电已同意的客户",
            "A bank's call-centre call to a client who consented",
            _call(CHEN_YUN, sender="bank", code="95599"),
        ),
        Single(
            "同样的电话，但主叫未经鉴权",
            "The same call, caller identity unverified",
            _call(CHEN_YUN, sender="bank", code="95599", identity=CallerIdentity.UNVERIFIED),
        ),
        Single(
            "致电谢绝贷款电话的人",
            "A call to a person who declines calls about finance",
            _call(LI_PING, sender="bank", code="95599"),
        ),
        Single(
            "同样的电话，晚上十点",
            "The same call to the consenting client at 10 p.m.",
            msgspec.structs.replace(_call(CHEN_YUN, sender="bank", code="95599"), at=NOW + timedelta(hours=12)),
        ),
    )

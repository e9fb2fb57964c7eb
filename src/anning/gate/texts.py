"""What is read of one text, whoever sends it, and what can still be read when the content rules fail (读取文本)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypeVar

import msgspec

from anning.content import Content, ContentClass, fold_signature, way_out_works
from anning.gate.directory import content_key

_CODE_ALONE = re.compile(
    r"(?:验证码|校验码|动态码|动态密码|驗證碼|verification code|passcode)\D{0,12}(?<!\d)\d{4,8}(?!\d)"
    r"|(?<!\d)\d{4,8}(?!\d)\D{0,12}(?:验证码|校验码|动态码|动态密码|驗證碼|verification code|passcode)",
    re.IGNORECASE,
)
_LURE = re.compile(r"https?://|www\.|优惠|折扣|抽奖|中奖|贷款|额度|促销|红包|退订|拒收")

V = TypeVar("V")

Judge = Callable[[str], Content]


class Reading(msgspec.Struct, frozen=True):
    """What is read of one text, whoever sends it.

    Attributes:
        works: the way out that it tells is understood by our own reader of replies.
        folded: in the spelling in which names are compared, see `fold_signature`.
        key: what it shares with texts that say the same, see `content_key`.
    """

    content: Content
    works: bool
    folded: str
    key: bytes


def reader_of(judge: Judge, texts: int) -> Callable[[str], Reading]:
    """Read texts with this judge and remember so many; what raises is not remembered."""

    @lru_cache(maxsize=texts)
    def read(text: str) -> Reading:
        content = judge(text)
        works = content.offers_way_out and way_out_works(text)
        return Reading(content, works, fold_signature(text), content_key(text))

    return read


CONTENT_FIELDS: Final = (
    "content_class",
    "commercial_score",
    "prohibited",
    "verification_code",
    "names_sender",
    "names_phone",
    "way_out",
    "way_out_one_step",
    "way_out_understood",
    "has_link",
    "length",
    "content_trade",
    "publicity_of_work",
)
"""What is unknown when the content rules fail."""


def content_facts(reading: Reading) -> dict[str, Any]:
    """The observations of content, but for the sender's name, which the register of signatures has a say in."""
    content = reading.content
    return {
        "content_class": str(content.klass),
        "commercial_score": content.commercial_score,
        "prohibited": content.klass is ContentClass.PROHIBITED,
        "verification_code": content.is_verification_code,
        "names_phone": content.names_phone,
        "way_out": content.offers_way_out,
        "way_out_one_step": content.way_out_one_step,
        "way_out_understood": reading.works,
        "has_link": content.has_link,
        "length": content.length,
        "content_trade": content.trade,
        "publicity_of_work": content.publicity_of_work,
    }


def bracketed(text: str) -> tuple[str, ...]:
    """The signatures as they stand, for when the content rules failed."""
    return tuple(re.findall(r"【([^【】]{2,24})】", text))


def alone(read: Callable[[str], V], text: str) -> V | None:
    """What can still be read of a text that the content rules could not; None when that fails too."""
    try:
        return read(text)
    except Exception:  # noqa: BLE001 - what raises is unknown (design, idea 6)
        return None


def code_alone(text: str) -> bool:
    """A one-time code and nothing that lures, told without the content rules."""
    return _CODE_ALONE.search(text) is not None and _LURE.search(text) is None

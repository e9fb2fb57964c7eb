"""What a number is, by its prefix alone (名义类别). The registered use of a code decides; this only names it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec


class Kind(StrEnum):
    """Nominal kind of a number or code in the Chinese plan (号码类别)."""

    MOBILE = "mobile"
    MVNO = "mvno"
    FIXED = "fixed"
    CODE_95 = "code-95"
    CODE_96 = "code-96"
    CODE_400 = "code-400"
    CODE_800 = "code-800"
    CODE_106_COMMERCIAL = "code-106-commercial"
    CODE_106_SERVICE = "code-106-service"
    CODE_106_PUBLIC_INTEREST = "code-106-public-interest"
    CODE_106_CARRIER = "code-106-carrier"
    CODE_106_RESERVED = "code-106-reserved"
    CARRIER_100XX = "carrier-100xx"
    SHORT_SERVICE = "short-service"
    INTERNATIONAL = "international"
    IOT = "iot"
    SATELLITE = "satellite"
    PRIVACY = "privacy"
    INVALID = "invalid"


OWN_NUMBERS: Final = frozenset({Kind.MOBILE, Kind.MVNO, Kind.FIXED, Kind.INTERNATIONAL, Kind.SATELLITE})
"""Numbers that are a subscriber's own (用户自己的号码): no ports, and in no need of an entry in the code register."""

SUBSCRIBERS: Final = OWN_NUMBERS | {Kind.IOT, Kind.PRIVACY}
"""Kinds whose number is written in E.164 with a plus; every other valid kind is a code in plain digits."""

REVIEWED_CODES: Final = frozenset({Kind.CODE_95, Kind.CODE_96, Kind.CODE_400})
"""Codes whose holders' qualification is reviewed before they are activated (资质复核, P05)."""

KIND_NAMES: Final = {
    Kind.MOBILE: "手机号码",
    Kind.MVNO: "虚拟运营商手机号码",
    Kind.FIXED: "固定电话",
    Kind.CODE_95: "95 码号",
    Kind.CODE_96: "96 码号",
    Kind.CODE_400: "400 号码",
    Kind.CODE_800: "800 号码",
    Kind.CODE_106_COMMERCIAL: "106 经营性短信端口",
    Kind.CODE_106_SERVICE: "106 非经营性短信端口",
    Kind.CODE_106_PUBLIC_INTEREST: "106 公益性短信端口",
    Kind.CODE_106_CARRIER: "106 运营商自营端口",
    Kind.CODE_106_RESERVED: "106 备用号段",
    Kind.CARRIER_100XX: "运营商客服",
    Kind.SHORT_SERVICE: "紧急或公益短号",
    Kind.INTERNATIONAL: "境外号码",
    Kind.IOT: "物联网号码",
    Kind.SATELLITE: "卫星电话",
    Kind.PRIVACY: "隐私号（中间号）",
    Kind.INVALID: "无效",
}
"""Kinds in Chinese."""


class Parsed(msgspec.Struct, frozen=True, gc=False):
    """One number as it was written and as it is meant.

    Attributes:
        raw: the text as given, unchanged.
        number: E.164 with ``+`` for subscribers (ITU-T E.164, 用户号码), plain digits for codes (码号), empty when
            invalid.
        kind: the nominal kind.
        cause: why it is invalid, a key of :data:`anning.numbers.CAUSES`; empty when valid.
    """

    raw: str
    number: str
    kind: Kind
    cause: str

    @property
    def valid(self) -> bool:
        """Whether the text names exactly one number."""
        return self.kind is not Kind.INVALID

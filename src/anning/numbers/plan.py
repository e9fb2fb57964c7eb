"""The Chinese numbering plan as tables (电信网编号计划), written from its published ranges.

Decisions where prefix and use part company; the registered use of a code always overrides them:

- 11-digit numbers 13x to 19x are people's unless the plan says otherwise, also where no block is known to be open:
  a person wrongly taken for an invalid row would lose the protection of a recorded wish.
- 162, 165, 167, 170, 171 belong to resellers (虚拟运营商) as whole ranges.
- 140 to 144 are for machines, with 13 digits (11 in early blocks such as 1410 and 1440); 146 and 148 are the
  11-digit machine ranges. 145, 147 and 149 began as data cards but are sold for telephones: mobile.
- 1349, 1740, 1741 and 1749 are satellite ranges (卫星).
- 10646 to 10649 with 13 digits are the older machine numbers (M2M); no other 1064 is in use.
- 106 blocks that the plan leaves unlisted (10631-10634, 10691-10694) count as reserved, like 1060, 1061, 1067, 1068.
- 95013 with 11 to 13 digits is the platforms' intermediate number (中间号) that stands for a person: privacy.
  The bare code, and its eight-digit form, is a 95 code like any other. Mobile numbers lent as
  privacy numbers (184, 170 and others) cannot be told by prefix.
- Behind ``+86`` a fixed line is read before a code: +86 10 6234 5678 is a line in Beijing, and +86 951 601 2345 one in
  Yinchuan, while 1062345678 and 9516012345 written alone are codes. A bare 86 counts as country code only where more
  than eight digits are written, for 8695588 may as well be a local number.
- Codes may carry an extension (扩展码) up to 20 digits, the room a short-message source address has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from anning.numbers.kinds import Kind

CODE_DIGITS: Final = 20
"""The longest code with its extension, in digits (SMPP and CMPP source address)."""

_RESELLERS = ("162", "165", "167", "170", "171")
_MACHINES_11 = ("140", "141", "142", "143", "144", "146", "148")
_SATELLITE = ("1349", "1740", "1741", "1749")


def _subscriber_kind(prefix4: str) -> Kind:
    if prefix4 in _SATELLITE:
        return Kind.SATELLITE
    if prefix4[:3] in _RESELLERS:
        return Kind.MVNO
    if prefix4[:3] in _MACHINES_11:
        return Kind.IOT
    return Kind.MOBILE


ELEVEN_DIGITS: Final[Mapping[str, Kind]] = MappingProxyType(
    {prefix: _subscriber_kind(prefix) for prefix in map(str, range(1300, 2000))}
)
"""Kind of an 11-digit subscriber number by its first four digits."""

MACHINE_13: Final = re.compile(r"(?:14[0-4]\d{10}|1064[6-9]\d{8})", re.ASCII)
"""13-digit machine numbers (物联网号码)."""

PRIVACY: Final = re.compile(r"95013\d{6,8}", re.ASCII)
"""Intermediate numbers of platforms, short enough for E.164 (隐私号, 中间号)."""

NATIONWIDE_95: Final = re.compile(r"95[5-9]\d\d|95[0-4]\d{5}", re.ASCII)
"""95 codes as allotted, five or eight digits; an area code before them changes nothing."""

CODES_106: Final = (
    ("1062", Kind.CODE_106_COMMERCIAL),
    ("1066", Kind.CODE_106_COMMERCIAL),
    ("1065", Kind.CODE_106_CARRIER),
    ("10630", Kind.CODE_106_SERVICE),
    ("10635", Kind.CODE_106_SERVICE),
    ("10636", Kind.CODE_106_SERVICE),
    ("10637", Kind.CODE_106_SERVICE),
    ("10638", Kind.CODE_106_SERVICE),
    ("10639", Kind.CODE_106_PUBLIC_INTEREST),
    ("10690", Kind.CODE_106_SERVICE),
    ("10695", Kind.CODE_106_SERVICE),
    ("10696", Kind.CODE_106_SERVICE),
    ("10697", Kind.CODE_106_SERVICE),
    ("10698", Kind.CODE_106_SERVICE),
    ("10699", Kind.CODE_106_PUBLIC_INTEREST),
    ("106", Kind.CODE_106_RESERVED),
)
"""Short-message ports by class (短消息类服务接入代码), first match wins."""

SHORT_SERVICE: Final = re.compile(
    r"11[0-24-9]|12[0-2]|999|11[1-9]\d\d|12[0-9]\d\d|11[68]\d{3}|12110\d{3,4}|1010\d{4}", re.ASCII
)
"""Emergency and short public services (紧急与公益短号), nationwide 1010 access numbers."""

CARRIER_SERVICE: Final = re.compile(r"100\d\d|(?:10000|10001|10010|10086|10099)\d{1,5}", re.ASCII)
"""Carriers' own service numbers (运营商客服), the large ones with a short extension."""

_TWO_DIGIT_AREA = re.compile(r"(10|2[0-57-9])(\d*)", re.ASCII)
_THREE_DIGIT_AREA = re.compile(r"([3-9]\d\d)(\d*)", re.ASCII)


def split_area(national: str) -> tuple[str, str] | None:
    """Area code and local part of a fixed line written without its trunk 0, or None when no area begins so (区号)."""
    found = _TWO_DIGIT_AREA.fullmatch(national) or _THREE_DIGIT_AREA.fullmatch(national)
    return (found[1], found[2]) if found else None


_CARRIER_RANGES = {
    "China Mobile": "1340-1348 135-139 144 147 148 150-152 157-159 165 172 178 182-184 187 188 195 197 198 "
    "1703 1705 1706 10647 10648 10657 10658 10086",
    "China Unicom": "130-132 140 145 146 155 156 166 167 171 175 176 185 186 196 1704 1707-1709 10646 10655 10010",
    "China Telecom": "133 1349 141 149 153 162 173 1740 177 180 181 189-191 193 199 1700-1702 10649 10659 10000 10001",
    "China Broadnet": "192 10099",
}


def _expand(ranges: str) -> list[str]:
    prefixes: list[str] = []
    for item in ranges.split():
        first, _, last = item.partition("-")
        prefixes += [str(prefix) for prefix in range(int(first), int(last or first) + 1)]
    return prefixes


CARRIER_BY_PREFIX: Final[Mapping[str, str]] = MappingProxyType(
    {prefix: name for name, ranges in _CARRIER_RANGES.items() for prefix in _expand(ranges)}
)
"""Nominal carrier, for resellers the host network (号段所属运营商); number portability is not in a prefix."""

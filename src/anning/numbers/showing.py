"""A number as it is shown and grouped: masked, with its nominal carrier, by prefix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from anning.numbers import plan, spelling
from anning.numbers.kinds import SUBSCRIBERS, Kind
from anning.numbers.parsing import parse

CARRIERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "China Mobile": "中国移动",
        "China Telecom": "中国电信",
        "China Unicom": "中国联通",
        "China Broadnet": "中国广电",
    }
)
"""Chinese name of each carrier that :func:`carrier` names."""

_MOBILE = re.compile(r"\+861[3-9]\d{9}", re.ASCII)
_MASKED = re.compile(r"(?:\d{3}|\+\d{1,3}|0\d{2,3}-)?\*{4}\d{0,4}", re.ASCII)
_HIDDEN = "****"
_INTERNATIONAL = frozenset({"international", "国际", "境外", "港澳台及国际"})


def mask(number: str) -> str:
    """The number as a person may see it (号码脱敏): ``+8613800138000`` becomes ``138****8000``, codes stay whole.

    A text that is no number shows at most its first three and last two digits, for it may be somebody's damaged one.
    """
    if _MOBILE.fullmatch(number):
        return f"{number[3:6]}{_HIDDEN}{number[-4:]}"
    if _MASKED.fullmatch(number):
        return number
    parsed = parse(number)
    if parsed.kind is Kind.INVALID:
        return _mask_unknown(number)
    if parsed.kind not in SUBSCRIBERS:
        return parsed.number
    if parsed.kind is Kind.INTERNATIONAL:
        return _mask_international(parsed.number)
    national = parsed.number[3:]
    area = plan.split_area(national) if parsed.kind is Kind.FIXED else None
    return f"0{area[0]}-{_HIDDEN}{national[-4:]}" if area else f"{national[:3]}{_HIDDEN}{national[-4:]}"


def _mask_international(number: str) -> str:
    import phonenumbers

    country = str(phonenumbers.parse(number).country_code)
    national = number[1 + len(country) :]
    return f"+{country}{_HIDDEN}{national[-4:] if len(national) > 6 else national[-2:]}"


def _mask_unknown(text: str) -> str:
    digits = "".join(re.findall("[0-9]", spelling.shaped(text)))
    return f"{digits[:3]}{_HIDDEN}{digits[-2:]}" if len(digits) >= 7 else _HIDDEN


def carrier(number: str) -> str:
    """Nominal carrier by prefix, of a reseller's number its host network; empty when no range says (号段归属运营商).

    Numbers keep their prefix when they are ported to another carrier (携号转网): this is where they began.
    """
    digits = number[3:] if _MOBILE.fullmatch(number) else _national(number)
    if not digits.startswith("1"):
        return ""
    for length in (5, 4, 3):
        name = plan.CARRIER_BY_PREFIX.get(digits[:length])
        if name is not None:
            return name
    return ""


def _national(number: str) -> str:
    parsed = parse(number)
    if parsed.kind is Kind.FIXED:
        return f"0{parsed.number[3:]}"
    return parsed.number.removeprefix("+86")


def prefix_matches(code: str, prefix: str) -> bool:
    """Whether a number or code lies in a range that a wish names (号段).

    Ranges are written ``400``, ``95``, ``951``, ``+852``, ``international`` or as any other beginning of a number.
    Plain prefixes are compared with the number as it is dialled within China (``0731`` for a fixed line of Changsha),
    those with ``+`` or ``00`` with its E.164 form; ``international`` is everything from outside the Chinese plan.
    """
    number = _known_form(code)
    if prefix.strip().lower() in _INTERNATIONAL:
        return number.startswith("+") and not number.startswith("+86")
    asked = spelling.compact(spelling.shaped(prefix)) or ""
    if asked.startswith("00"):
        asked = "+" + asked[2:]
    if asked.startswith("+86"):
        domestic = not number.startswith("+") or number.startswith("+86")
        return domestic and _dialled(number).lstrip("0").startswith(asked[3:].lstrip("0"))
    if asked.startswith("+"):
        return number.startswith(asked)
    return asked != "" and _dialled(number).startswith(asked)


def _known_form(code: str) -> str:
    """E.164 or plain digits; a code too unusual for the plan is compared by the digits it shows."""
    return parse(code).number or re.sub(r"[^\d+]", "", code)


def _dialled(number: str) -> str:
    if not number.startswith("+86"):
        return number
    national = number[3:]
    is_fixed = len(national) == 10 if national.startswith("1") else not national.startswith("95013")
    return f"0{national}" if is_fixed else national

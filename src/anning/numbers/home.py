"""Where a number was allotted, by its block (号段归属地): libphonenumber's tables; a number keeps it when it moves."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

Words = tuple[str, str]

NOWHERE: Final[Words] = ("", "")
_COUNTRY: Final = ("中国", "China")


@lru_cache(maxsize=65_536)
def home(number: str) -> Words:
    """Place of a number in E.164, Chinese and English; empty where the tables do not say.

    The tables are loaded when they are first asked: about a second and a hundred megabytes.
    """
    if not number.startswith("+86"):
        return NOWHERE
    import phonenumbers
    from phonenumbers import geocoder

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return NOWHERE
    zh = geocoder.description_for_number(parsed, "zh")
    en = geocoder.description_for_number(parsed, "en")
    return NOWHERE if zh == _COUNTRY[0] or en == _COUNTRY[1] else (zh, en)

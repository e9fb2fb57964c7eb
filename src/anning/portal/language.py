"""Which language a visitor reads (语言): the choice in their cookie, else what their browser asks for."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["zh", "en"]

COOKIE: Final = "anning_language"
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


def chosen(kept: str, accepted: str) -> Language:
    """The language of a visit.

    Args:
        kept: the value of the cookie; `accepted`: the header `Accept-Language` (RFC 9110, 12.5.4).
    """
    for language in LANGUAGES:
        if kept == language:
            return language
    best: tuple[float, Language] = (0.0, "zh")
    for part in accepted.lower().split(","):
        tag, _, weight = part.strip().partition(";")
        for language in LANGUAGES:
            if tag.split("-")[0].strip() == language and _weight(weight) > best[0]:
                best = (_weight(weight), language)
    return best[1]


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0

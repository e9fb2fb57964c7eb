"""How long a message is and how many parts are billed (长度与计费条数)."""

from __future__ import annotations

SINGLE_PART_UNITS = 70
JOINED_PART_UNITS = 67


def utf16_length(text: str) -> int:
    """UTF-16 code units, the unit of UCS-2 short messages: an emoji outside the basic plane counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def segments(units: int) -> int:
    """Billed parts of a message of `units` UTF-16 code units: one up to 70, else 67 a part (长短信计费条数)."""
    if units <= SINGLE_PART_UNITS:
        return 1
    return -(-units // JOINED_PART_UNITS)

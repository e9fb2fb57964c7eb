"""Telephone numbers and codes as the Chinese numbering plan has them (电信网码号): pure, no I/O, no clock."""

from anning.numbers.causes import CAUSES, Cause
from anning.numbers.home import home
from anning.numbers.kinds import KIND_NAMES, OWN_NUMBERS, REVIEWED_CODES, SUBSCRIBERS, Kind, Parsed
from anning.numbers.parsing import parse, parse_column, require
from anning.numbers.showing import CARRIERS, carrier, mask, prefix_matches

__all__ = [
    "CARRIERS",
    "CAUSES",
    "KIND_NAMES",
    "OWN_NUMBERS",
    "REVIEWED_CODES",
    "SUBSCRIBERS",
    "Cause",
    "Kind",
    "Parsed",
    "carrier",
    "home",
    "mask",
    "parse",
    "parse_column",
    "prefix_matches",
    "require",
]

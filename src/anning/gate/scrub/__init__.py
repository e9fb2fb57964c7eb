"""A campaign list judged row by row (名单过滤)."""

from anning.gate.scrub.run import Judge, ReasonCount, Result, scrub
from anning.gate.scrub.verdicts import BAD, Language

__all__ = ["BAD", "Judge", "Language", "ReasonCount", "Result", "scrub"]

"""The operational log (运行日志): one JSON object a line on standard error, and no whole phone number in it.

This is what operators read about the running of the machine. What happened in the registers is in the journal.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TextIO

import structlog

MOBILE: Final = re.compile(r"(?<!\d)((?:\+?86|0086)?[ -]?1[3-9]\d)([ -]?)\d{4}\2(\d{4})(?!\d)")
"""A mainland mobile number, with or without the country code, whole or in groups of three, four and four."""


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send the operational log to ``stream`` (standard error by default) from ``level`` upwards."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            mask_numbers,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def mask(text: str) -> str:
    """The text with every mobile number shown as 138****8000."""
    return MOBILE.sub(r"\1****\3", text)


def mask_numbers(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that masks numbers in every value, however deep, and in every name."""
    return {mask(name): _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int):
        text = str(value)
        return value if mask(text) == text else mask(text)
    if isinstance(value, Mapping):
        return {mask(str(name)): _masked(member) for name, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(member) for member in value]
    return mask(str(value))

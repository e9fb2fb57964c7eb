"""The operational log (运行日志): one JSON object a line on standard error, and no whole phone number in it.

This is what operators read about the running of the machine. What happened in the registers is in the journal.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Final, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_DATE = r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-[0-3]\d"
_TIME = r"[T ][0-2]\d:[0-5]\d(?::[0-6]\d(?:\.\d{1,9})?)?(?:Z|[+-][0-2]\d:?[0-5]\d)?"
_MOMENT = rf"(?<![\d-]){_DATE}(?:{_TIME})?(?![\d-])"
_MOBILE = r"(?<!\d)(?P<head>(?:\+?86|0086)?[ -]?1[3-9]\d)(?P<gap>[ -]?)\d{4}(?P=gap)(?P<tail>\d{4})(?!\d)"
_RUN = r"\d(?:[ .()（）-]{0,2}\d){6,}"
NUMBER: Final = re.compile(rf"(?P<moment>{_MOMENT})|{_MOBILE}|(?P<run>{_RUN})")
"""A date or time, which is kept; a mainland mobile number; or any seven digits and more, written together or in groups:
a fixed line, a port, a foreign number, an identity number."""

PLACES: Final = frozenset({"position", "first", "last", "after", "epoch"})
"""Names under which a whole number is a place in the journal, and kept as it is."""

_WITHOUT_LOCALS: Final = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
"""Tracebacks say where, not with what: local variables hold numbers, texts and salts."""


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send the operational log to ``stream`` (standard error by default) from ``level`` upwards."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _WITHOUT_LOCALS,
            mask_numbers,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def mask(text: str) -> str:
    """The text with every mobile number shown as 138****8000, and of any other seven digits or more only the ends."""
    return NUMBER.sub(_hidden, text)


def mask_numbers(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that masks numbers in every value, however deep, and in every name."""
    return _masked_members(event)


def _hidden(found: re.Match[str]) -> str:
    if found["moment"]:
        return found["moment"]
    if found["run"]:
        digits = [character for character in found["run"] if character.isdecimal()]
        shown = len(digits) // 4
        return f"{''.join(digits[:shown])}****{''.join(digits[-shown:])}"
    return f"{found['head']}****{found['tail']}"


def _masked_members(members: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        mask(str(name)): value if name in PLACES and isinstance(value, int) else _masked(value)
        for name, value in members.items()
    }


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        text = str(int(value)) if isinstance(value, int) or value.is_integer() else ""
        return value if mask(text) == text else mask(text)
    if isinstance(value, Mapping):
        return _masked_members(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(member) for member in value]
    return mask(str(value))


def warn(log: Any, what: str, **facts: Any) -> None:
    """Log a warning; a log that cannot be written, its stream closed or its disk full, must stop nothing."""
    with suppress(Exception):
        log.warning(what, **facts)


def complain(log: Any, what: str, **facts: Any) -> None:
    """Log an error; see `warn`."""
    with suppress(Exception):
        log.error(what, **facts)

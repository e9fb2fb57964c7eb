"""When a general wish holds: hours and weekdays of the person's own day, Asia/Shanghai (意愿的适用时段)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from anning.law.calendar import SHANGHAI

__all__ = ["DAY_MINUTES", "SHANGHAI", "holds_at", "next_change"]

DAY_MINUTES: Final = 24 * 60

_DAY: Final = timedelta(days=1)


def holds_at(hours: tuple[int, int] | None, weekdays: tuple[int, ...], at: datetime) -> bool:
    """Whether a wish with these hours and weekdays holds at this moment.

    Args:
        hours: local minutes of the day [from, until); None for all day. A window that passes midnight belongs to
            the weekday on which it begins. Two equal minutes mean the whole day.
        weekdays: ISO weekdays, 1 for Monday; empty for every day.
    """
    local = at.astimezone(SHANGHAI)
    minute, weekday = local.hour * 60 + local.minute, local.isoweekday()
    if hours is not None:
        begins, ends = hours
        if begins < ends:
            if not begins <= minute < ends:
                return False
        elif minute < ends:
            weekday = weekday - 1 or 7
        elif minute < begins:
            return False
    return not weekdays or weekday in weekdays


def next_change(hours: tuple[int, int] | None, weekdays: tuple[int, ...], at: datetime) -> datetime | None:
    """The first moment after `at` when such a wish begins or ceases to hold; None when it never does."""
    midnight = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = sorted({0, *(hours or ())})
    holds = holds_at(hours, weekdays, at)
    for day in range(9):
        for minute in minutes:
            moment = midnight + day * _DAY + timedelta(minutes=minute)
            if moment > at and holds_at(hours, weekdays, moment) is not holds:
                return moment
    return None

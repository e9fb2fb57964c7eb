"""The Chinese working calendar (工作日历): days off and adjusted weekends, year by published year; periods in months.

A notice of the State Council's office (节假日安排) fixes each year's days off and the weekends worked instead, usually
in November of the year before. Until then nobody can count through that year: the count says so instead of guessing.

Counting in working days starts the day after receipt (R31a-R31c, T03). Periods in months follow the calendar: they end
on the same day n months later, or on that month's last day (R08b, R17, N01).
"""

from __future__ import annotations

import calendar
import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Final, Literal, Self
from zoneinfo import ZoneInfo

from anning.errors import InvalidFile, InvalidInput, Unpublished

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
"""The zone of every legal day in mainland China (北京时间)."""

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_MARGIN = timedelta(days=7)

DayKind = Literal["holiday_off", "adjusted_workday"]


@dataclass(frozen=True, slots=True)
class Due:
    """The last day on which the duty can still be met (到期日)."""

    date: date


@dataclass(frozen=True, slots=True)
class Undetermined:
    """The due date falls into a year whose calendar is not published (到期日待定).

    Attributes:
        latest: the due date is not later than this (最迟日期).
        year: the year nobody has published.
        zh, en: why, in both languages.
    """

    latest: date
    year: int
    zh: str
    en: str

    @property
    def why(self) -> str:
        """Both texts, Chinese first."""
        return f"{self.zh} | {self.en}"


@dataclass(frozen=True)
class WorkingCalendar:
    """Days off and adjusted working days of the published years (已公布年度的放假与调休).

    Attributes:
        years: the published years. A year is published once one of its days is listed as off, for a notice names
            the whole year; a weekend of the year before that a notice turns into a working day publishes nothing.
        off: weekdays and weekend days that the notices list as off (放假).
        adjusted: weekend days worked instead (调休上班).
    """

    years: frozenset[int]
    off: frozenset[date]
    adjusted: frozenset[date]

    @classmethod
    def load(cls, rows: Iterable[Mapping[str, str]]) -> Self:
        """Rows with ``date`` (ISO 8601) and ``kind`` (``holiday_off``, ``adjusted_workday``); ``name`` is for readers.

        Raises:
            InvalidFile: a date or kind that cannot be read, or a day listed as both.
        """
        listed: dict[date, DayKind] = {}
        for line, row in enumerate(rows, start=2):
            day, kind = _row(line, row)
            if listed.setdefault(day, kind) != kind:
                raise InvalidFile(
                    f"日历第 {line} 行：{day} 同时被列为放假和上班",
                    f"calendar line {line}: {day} is listed both as off and as worked",
                    thing="calendar",
                    field="kind",
                )
        return cls._of(listed)

    @classmethod
    def from_csv(cls, text: str) -> Self:
        """The same from CSV text with the header ``date,kind,name``."""
        return cls.load(csv.DictReader(text.lstrip("\ufeff").splitlines()))

    @classmethod
    def published(cls) -> WorkingCalendar:
        """The years whose notices are out, as the package `chinesecalendar` lists them."""
        return _published()

    @classmethod
    def _of(cls, listed: Mapping[date, DayKind]) -> Self:
        off = frozenset(day for day, kind in listed.items() if kind == "holiday_off")
        return cls(frozenset(day.year for day in off), off, frozenset(listed) - off)

    def extended_by(self, other: WorkingCalendar) -> WorkingCalendar:
        """Both calendars in one; where they disagree about a day, `other` is the later notice and prevails."""
        return WorkingCalendar(
            self.years | other.years,
            (self.off - other.adjusted) | other.off,
            (self.adjusted - other.off) | other.adjusted,
        )

    def is_working_day(self, day: date) -> bool:
        """Whether people work on this day (是否工作日).

        Raises:
            Unpublished: its year's calendar is not published; even a Saturday may be an adjusted working day.
        """
        if day.year not in self.years:
            raise Unpublished(
                f"没有 {day.year} 年的工作日历，或该年放假安排尚未公布；请用 --calendar 载入",
                f"there is no working calendar of {day.year}, or it is not published yet: load one with --calendar",
                thing=str(day.year),
                field="calendar",
            )
        return self._is_working(day)

    def _is_working(self, day: date) -> bool:
        return day in self.adjusted or (day.weekday() < _SATURDAY and day not in self.off)

    def due(self, received: date, working_days: int) -> date:
        """The day on which the n-th working day after receipt falls (到期日); the day of receipt does not count.

        Only years that the count touches are consulted. With 0 the duty is due on the day of receipt.

        Raises:
            Unpublished: the count runs into a year that is not published.
        """
        _not_negative(working_days, "working_days")
        day = received
        while working_days:
            day = _step(day, _ONE_DAY)
            working_days -= self.is_working_day(day)
        return day

    def working_days_before(self, day: date, working_days: int) -> date:
        """The last day on which something n working days ahead of `day` is still in time (提前 n 个工作日, R27a).

        Counted back from the day before `day`, so that on a working `day` ``due(result, n) == day``.

        Raises:
            Unpublished: the count runs into a year that is not published.
        """
        _not_negative(working_days, "working_days")
        while working_days:
            day = _step(day, -_ONE_DAY)
            working_days -= self.is_working_day(day)
        return day

    def due_or_bound(self, received: date, working_days: int) -> Due | Undetermined:
        """The due date, or the latest day it can be where the count runs into a year not published.

        The bound: published days are counted as they are; for the n days left, take the longest time that any n
        consecutive working days took anywhere in the published years, wherever the holidays lie, and add a week for
        an arrangement longer than any before. A year known beyond the gap is treated as unknown too.
        """
        _not_negative(working_days, "working_days")
        day, left = received, working_days
        while left:
            following = _step(day, _ONE_DAY)
            if following.year not in self.years:
                return self._undetermined(day, left, following.year)
            day = following
            left -= self._is_working(day)
        return Due(day)

    def _undetermined(self, known_until: date, left: int, year: int) -> Undetermined:
        history = self if self._working else WorkingCalendar.published()
        try:
            latest = known_until + history._longest(left) + _MARGIN
        except OverflowError:
            latest = date.max
        return Undetermined(
            latest,
            year,
            f"{year} 年的放假安排尚未公布，到期日待定，最迟不晚于 {latest}",
            f"the working calendar of {year} is not published: due date undetermined, {latest} at the latest",
        )

    @cached_property
    def _working(self) -> tuple[tuple[int, ...], ...]:
        """Ordinals of the working days, one run for each unbroken span of published years."""
        runs: list[list[int]] = []
        for year in sorted(self.years):
            if year - 1 not in self.years:
                runs.append([])
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            runs[-1] += [day for day in range(first, last + 1) if self._is_working(date.fromordinal(day))]
        return tuple(tuple(run) for run in runs)

    def _longest(self, working_days: int) -> timedelta:
        """The longest time from one working day to the n-th after it. Longer counts are cut in pieces: the longest
        time for a + b days is never more than the two longest times together."""
        whole = max(map(len, self._working)) - 1
        pieces, rest = divmod(working_days, whole)
        return timedelta(days=pieces * self._span(whole) + self._span(rest))

    def _span(self, n: int) -> int:
        return max(max(b - a for a, b in zip(run, run[n:], strict=False)) for run in self._working if len(run) > n)

    def working_days_between(self, received: date, today: date) -> int:
        """How many working days have passed by the end of `today`, the day of receipt not counted (已过工作日).

        Raises:
            Unpublished: a day between lies in a year that is not published.
        """
        days = (received + timedelta(days=n) for n in range(1, (today - received).days + 1))
        return sum(map(self.is_working_day, days))


@cache
def _published() -> WorkingCalendar:
    from chinese_calendar.constants import holidays, workdays

    return WorkingCalendar(frozenset(day.year for day in holidays), frozenset(holidays), frozenset(workdays))


def _row(line: int, row: Mapping[str, str]) -> tuple[date, DayKind]:
    try:
        day = date.fromisoformat((row.get("date") or "").strip())
    except ValueError:
        raise InvalidFile(
            f"日历第 {line} 行：日期应写作 2027-01-01",
            f"calendar line {line}: a date is written 2027-01-01",
            thing="calendar",
            field="date",
        ) from None
    match (row.get("kind") or "").strip():
        case "holiday_off":
            return day, "holiday_off"
        case "adjusted_workday":
            return day, "adjusted_workday"
        case other:
            raise InvalidFile(
                f"日历第 {line} 行：类别“{other}”应为 holiday_off（放假）或 adjusted_workday（调休上班）",
                f"calendar line {line}: kind “{other}” is neither holiday_off nor adjusted_workday",
                thing="calendar",
                field="kind",
            )


def _step(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        raise _beyond() from None


def _not_negative(count: int, field: str) -> None:
    if count < 0:
        raise InvalidInput(
            f"期限不能为负数：{count}", f"a period cannot be negative: {count}", thing=str(count), field=field
        )


def _beyond() -> InvalidInput:
    return InvalidInput("日期超出可计算范围（公元 1 至 9999 年）", "the date leaves the years 1 to 9999", field="date")


def period_end(start: date, months: int) -> date:
    """The last day of a period of n months (期间届满日): the same day n months later, or that month's last day.

    Raises:
        InvalidInput: a negative number of months, or a date after the year 9999.
    """
    _not_negative(months, "months")
    years, month0 = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month0 + 1
    if year > date.max.year:
        raise _beyond()
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def erase_from(start: date, months: int) -> datetime:
    """From when a record kept n months may be erased (可删除时间): 00:00 in Shanghai of the day after the period's end.

    Raises:
        InvalidInput: as :func:`period_end`.
    """
    return datetime.combine(_step(period_end(start, months), _ONE_DAY), time(), SHANGHAI)

"""Working days, periods in months, and what happens where no calendar is published."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from anning.cli.calendar import app
from anning.errors import InvalidFile, InvalidInput, Unpublished
from anning.law.calendar import SHANGHAI, Due, Undetermined, WorkingCalendar, erase_from, period_end

CALENDAR = WorkingCalendar.published()
LAST_PUBLISHED = max(CALENDAR.years)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "working"),
    [
        ("2026-01-01", False),  # New Year
        ("2026-01-04", True),  # a Sunday worked for it
        ("2026-02-14", True),  # a Saturday worked for Spring Festival
        ("2026-02-17", False),  # Spring Festival
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),  # a Saturday worked for Spring Festival
        ("2026-03-07", False),  # a plain Saturday
        ("2026-10-07", False),  # National Day week
        ("2026-10-10", True),  # a Saturday worked for it
    ],
)
def test_days_of_2026(text: str, working: bool) -> None:
    assert CALENDAR.is_working_day(day(text)) is working


@pytest.mark.parametrize(
    ("received", "working_days", "due"),
    [
        ("2026-03-02", 1, "2026-03-03"),  # the day of receipt does not count
        ("2026-03-06", 1, "2026-03-09"),  # Friday to Monday
        ("2026-03-07", 1, "2026-03-09"),  # received on a Saturday
        ("2026-03-02", 0, "2026-03-02"),
        ("2026-02-13", 1, "2026-02-14"),  # the Saturday before Spring Festival is worked
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-09-30", 3, "2026-10-10"),  # 8, 9 and the worked Saturday
        ("2026-09-30", 15, "2026-10-27"),
        ("2025-12-31", 1, "2026-01-04"),  # New Year 1-3 January, Sunday the 4th is worked
    ],
)
def test_due_counts_from_the_day_after_receipt(received: str, working_days: int, due: str) -> None:
    assert CALENDAR.due(day(received), working_days) == day(due)
    assert CALENDAR.due_or_bound(day(received), working_days) == Due(day(due))


def test_the_published_calendar_is_the_one_in_the_development_data(shared_dir: Path) -> None:
    text = (shared_dir / "data/calendar/cn_holidays_2004_2026.csv").read_text(encoding="utf-8")
    loaded = WorkingCalendar.from_csv(text)
    assert loaded.years >= set(range(2004, 2027))
    for year in range(2004, 2027):
        for offset in range((date(year, 12, 31) - date(year, 1, 1)).days + 1):
            some_day = date(year, 1, 1) + timedelta(days=offset)
            assert CALENDAR.is_working_day(some_day) == loaded.is_working_day(some_day), some_day


def test_an_unpublished_year_is_named() -> None:
    year = LAST_PUBLISHED + 1
    with pytest.raises(Unpublished, match=str(year)) as refused:
        CALENDAR.due(date(LAST_PUBLISHED, 12, 25), 15)
    assert refused.value.exit_code == 3
    assert str(year) in refused.value.zh
    assert str(year) in refused.value.en
    with pytest.raises(Unpublished):
        CALENDAR.is_working_day(date(year, 1, 2))
    with pytest.raises(Unpublished):
        CALENDAR.working_days_before(date(year, 2, 1), 30)


def test_only_years_that_the_count_touches_are_consulted() -> None:
    only_2026 = WorkingCalendar(
        frozenset({2026}),
        frozenset(d for d in CALENDAR.off if d.year == 2026),
        frozenset(d for d in CALENDAR.adjusted if d.year == 2026),
    )
    assert only_2026.due(day("2025-12-31"), 1) == day("2026-01-04")
    assert only_2026.due(day("2026-12-30"), 1) == day("2026-12-31")
    with pytest.raises(Unpublished, match="2027"):
        only_2026.due(day("2026-12-31"), 1)


def test_in_an_unpublished_year_a_due_date_has_a_latest_day() -> None:
    due = CALENDAR.due_or_bound(date(LAST_PUBLISHED, 12, 25), 15)
    assert isinstance(due, Undetermined)
    assert due.year == LAST_PUBLISHED + 1
    assert date(LAST_PUBLISHED, 12, 25) + timedelta(days=15) < due.latest
    assert str(due.year) in due.zh
    assert str(due.latest) in due.en
    assert due.why == f"{due.zh} | {due.en}"


@given(st.dates(date(2010, 1, 1), date(2026, 9, 30)), st.integers(0, 40))
def test_the_latest_day_held_for_every_year_when_it_was_still_unpublished(received: date, working_days: int) -> None:
    then = WorkingCalendar(frozenset(range(2004, received.year)), CALENDAR.off, CALENDAR.adjusted)
    real = CALENDAR.due(received, working_days)
    due = then.due_or_bound(received, working_days)
    if isinstance(due, Undetermined):
        assert real <= due.latest <= real + timedelta(days=30)
    else:
        assert due.date == real


@given(st.dates(date(2027, 1, 1), date(9990, 12, 31)), st.integers(0, 20_000))
def test_a_bound_is_found_for_any_count_and_grows_with_it(received: date, working_days: int) -> None:
    due, longer = (CALENDAR.due_or_bound(received, n) for n in (working_days, working_days + 1))
    assert isinstance(longer, Undetermined)
    if isinstance(due, Undetermined):
        assert due.latest <= longer.latest
    else:
        assert due == Due(received)


def test_an_empty_calendar_knows_a_bound_too() -> None:
    nothing = WorkingCalendar(frozenset(), frozenset(), frozenset())
    assert isinstance(nothing.due_or_bound(day("2026-03-02"), 3), Undetermined)


known_days = st.dates(date(2005, 1, 1), date(2026, 6, 30))


@given(known_days, st.integers(1, 60))
def test_due_is_the_nth_working_day(received: date, working_days: int) -> None:
    due = CALENDAR.due(received, working_days)
    assert CALENDAR.is_working_day(due)
    assert CALENDAR.working_days_between(received, due) == working_days
    assert CALENDAR.working_days_between(received, due - timedelta(days=1)) == working_days - 1


@given(known_days, st.integers(1, 60))
def test_counting_back_undoes_counting_on(some_day: date, working_days: int) -> None:
    ahead = CALENDAR.working_days_before(some_day, working_days)
    assert CALENDAR.is_working_day(ahead)
    assert CALENDAR.due(ahead, working_days) >= some_day
    if CALENDAR.is_working_day(some_day):
        assert CALENDAR.due(ahead, working_days) == some_day


def test_fifteen_working_days_ahead_of_an_event_after_national_day() -> None:
    assert CALENDAR.working_days_before(day("2026-10-12"), 3) == day("2026-10-08")
    assert CALENDAR.working_days_before(day("2026-10-08"), 1) == day("2026-09-30")
    assert CALENDAR.working_days_before(day("2026-10-27"), 15) == day("2026-09-30")


def test_a_year_is_added_from_loadable_data() -> None:
    later = WorkingCalendar.from_csv(
        "\ufeffdate,kind,name\n2027-01-01,holiday_off,元旦\n2027-01-02,adjusted_workday,元旦调休\n"
    )
    assert later.years == {2027}
    both = CALENDAR.extended_by(later)
    assert both.due(day("2026-12-31"), 1) == day("2027-01-02")
    assert both.due(day("2026-09-30"), 15) == day("2026-10-27")


def test_a_later_notice_about_a_day_prevails() -> None:
    correction = WorkingCalendar.from_csv("date,kind,name\n2026-10-10,holiday_off,\n2026-10-07,adjusted_workday,\n")
    corrected = CALENDAR.extended_by(correction)
    assert not corrected.is_working_day(day("2026-10-10"))
    assert corrected.is_working_day(day("2026-10-07"))


def test_a_worked_weekend_of_december_publishes_no_year() -> None:
    assert WorkingCalendar.from_csv("date,kind,name\n2029-12-30,adjusted_workday,元旦\n").years == frozenset()


@pytest.mark.parametrize(
    "row",
    [
        {"date": "1.1.2027", "kind": "holiday_off"},
        {"date": "2027-01-01", "kind": "off"},
        {"datum": "2027-01-01"},
        {"date": "", "kind": "holiday_off"},
    ],
)
def test_rows_that_cannot_be_read_are_refused(row: dict[str, str]) -> None:
    with pytest.raises(InvalidFile, match="2"):
        WorkingCalendar.load([row])


def test_a_day_cannot_be_both() -> None:
    rows = [{"date": "2027-01-01", "kind": kind} for kind in ("holiday_off", "adjusted_workday")]
    with pytest.raises(InvalidFile):
        WorkingCalendar.load(rows)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-05-31", 1, "2026-06-30"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-11-30", 5, "2027-04-30"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-15", 0, "2026-03-15"),
    ],
)
def test_a_period_ends_on_the_same_day_or_the_last_of_the_month(start: str, months: int, end: str) -> None:
    assert period_end(day(start), months) == day(end)


def test_erasure_is_allowed_from_midnight_in_shanghai_of_the_day_after() -> None:
    moment = erase_from(day("2026-01-31"), 1)
    assert moment.isoformat() == "2026-03-01T00:00:00+08:00"
    assert moment == datetime(2026, 3, 1, tzinfo=SHANGHAI)


@given(st.dates(date(1, 1, 1), date(9000, 12, 31)), st.integers(0, 1200))
def test_months_are_calendar_months(start: date, months: int) -> None:
    end = period_end(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1
    assert erase_from(start, months).date() == end + timedelta(days=1)


def test_impossible_periods_are_refused() -> None:
    for refused in (
        lambda: period_end(day("2026-01-31"), -1),
        lambda: period_end(day("9999-12-31"), 1),
        lambda: erase_from(date.max, 0),
        lambda: CALENDAR.due(day("2026-01-31"), -1),
        lambda: CALENDAR.working_days_before(day("2026-01-31"), -1),
    ):
        with pytest.raises(InvalidInput):
            refused()


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_command_prints_the_due_date_alone_on_its_first_line() -> None:
    assert run("due", "2026-09-30", "--working-days", "15").splitlines()[0] == "2026-10-27"
    as_json = json.loads(run("due", "2026-09-30", "--working-days", "15", "--json"))
    assert as_json == {"received": "2026-09-30", "working_days": 15, "due": "2026-10-27"}


def test_the_command_prints_from_when_a_record_may_be_erased() -> None:
    assert run("erase", "2026-01-31", "--months", "1").splitlines()[0] == "2026-03-01 00:00"
    assert json.loads(run("erase", "2026-01-31", "--months", "1", "--json")) == {
        "start": "2026-01-31",
        "months": 1,
        "ends": "2026-02-28",
        "erase_from": "2026-03-01T00:00:00+08:00",
    }


def test_the_command_counts_through_a_year_given_as_a_file(tmp_path: Path) -> None:
    year = LAST_PUBLISHED + 1
    asked = ("due", f"{LAST_PUBLISHED}-12-31", "--working-days", "1")
    with pytest.raises(Unpublished, match=str(year)):
        run(*asked)
    file = tmp_path / "next.csv"
    file.write_text(f"date,kind,name\n{year}-01-01,holiday_off,元旦\n{year}-01-02,adjusted_workday,元旦\n", "utf-8")
    assert run(*asked, "--calendar", str(file)).splitlines()[0] == f"{year}-01-02"


def test_the_command_refuses_what_is_no_date_and_a_file_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        run("due", "30.9.2026", "--working-days", "15")
    with pytest.raises(InvalidFile):
        run("due", "2026-09-30", "--working-days", "15", "--calendar", str(tmp_path / "missing.csv"))

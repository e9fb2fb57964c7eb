"""Which of an agency's public-interest applications a message may rest on (公益短信申请的认定)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from anning.errors import Unpublished
from anning.gate.directory import Directory, Organisation, midnight
from anning.law.calendar import WorkingCalendar
from anning.law.observations import Approval
from anning.law.tri import UNKNOWN
from anning.registers.events import ApprovalRecorded

_ONE_DAY = timedelta(days=1)


def best_approval(
    directory: Directory, calendar: WorkingCalendar, agency: str, text: str, moment: int, day: date, changes: list[int]
) -> Approval | None:
    """The best of the agency's applications for this text, None without one.

    An emergency (R26) is one only of a department or government and on the days applied for; else the application
    is an ordinary one.

    Args:
        moment, day: when it is sent, and the local day of that moment.
        changes: takes the moments after it at which the answer may change.
    """
    rows = directory.approvals(agency, text, moment, changes)
    if not rows:
        return None
    by_agency = _is_agency(directory.organisation(agency, moment, changes))
    changes += [edge for row in rows for each in _days(row) if (edge := midnight(each)) > moment]
    return max((_seen(row, day, calendar, by_agency) for row in rows), key=_merit)


def _days(row: ApprovalRecorded) -> list[date]:
    """Local days that begin with another answer."""
    days = [row.from_day]
    if row.until_day < date.max:
        days.append(row.until_day + _ONE_DAY)
    if row.approved is not None:
        days.append(row.approved)
    return days


def _is_agency(organisation: Organisation | None) -> bool:
    return organisation is not None and (organisation.kind == "agency" or organisation.trade == "government")


def _seen(row: ApprovalRecorded, day: date, calendar: WorkingCalendar, by_agency: bool) -> Approval:
    try:
        # As `working_days_before` counts: the working days from the day of application to the day before sending.
        ahead: Any = calendar.working_days_between(row.applied - _ONE_DAY, day - _ONE_DAY)
    except Unpublished:
        ahead = UNKNOWN
    in_window = row.from_day <= day <= row.until_day
    return Approval(
        id=row.id,
        approved=row.approved is not None and row.approved <= day,
        emergency=row.emergency and by_agency and in_window,
        working_days_ahead=ahead,
        in_window=in_window,
    )


def _merit(approval: Approval) -> tuple[bool, bool, bool, int, str]:
    ahead = approval.working_days_ahead
    return (
        approval.emergency,
        approval.approved,
        approval.in_window,
        ahead if isinstance(ahead, int) else -1,
        approval.id,
    )

"""The shadow report (试运行报告)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import msgspec

from anning.accounts.roles import Action
from anning.api.routes import Call, Route
from anning.api.shadow import ShadowReport, report
from anning.errors import InvalidInput
from anning.law.instrument import SHANGHAI


class Span(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """From a day to a day, both included; the last thirty when none is named."""

    first: date | None = None
    last: date | None = None


def shadow_report(call: Call) -> ShadowReport:
    """What would have been stopped."""
    house = call.house
    last = call.query.last or house.clock().astimezone(SHANGHAI).date()
    first = call.query.first or last - timedelta(days=29)
    if first > last:
        raise InvalidInput("起始日晚于截止日", "it begins after it ends", thing="span", field="first", rule="period")
    house.count()
    return report(call.tenant.id, first, last, house.counting.of(call.tenant.id, first, last, shadow=True))


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/shadow/report",
        action=Action.READ_SHADOW,
        handler=shadow_report,
        zh="试运行期间本会拦下多少、为何",
        en="What would have been stopped while nothing was enforced, and why",
        tag="shadow",
        query=Span,
        answers=ShadowReport,
    ),
)

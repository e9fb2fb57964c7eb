"""Whether the server runs, and how (运行状况)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from anning.accounts.roles import Action
from anning.api.metrics import MEDIA
from anning.api.routes import PUBLIC, Answer, Call, Route
from anning.errors import AnningError


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the process answers."""

    status: str


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it can do its work; each part that matters, and how far the gate has heard the journal."""

    ready: bool
    log_id: str
    position: int
    shadow: bool
    away: tuple[str, ...]


def healthz(_: Call) -> Health:
    """The process answers."""
    return Health(status="ok")


def readyz(call: Call) -> Answer:
    """The system of record and the state answer, and no part of the gate is away."""
    house = call.house
    gate = house.judging.gate
    away = list(gate.sources.away)
    for name, part in (("journal", house.registers.store), ("state", house.state)):
        try:
            with part.read():
                pass
        except AnningError:
            away.append(name)
    ready = Ready(ready=not away, log_id=gate.log_id, position=gate.position, shadow=house.shadow, away=tuple(away))
    return Answer(value=ready, status=200 if ready.ready else 503)


def metrics(call: Call) -> Answer:
    """What is measured, for Prometheus to scrape."""
    call.house.count()
    return Answer(text=call.house.metrics.text(), media=MEDIA)


def openapi(call: Call) -> Answer:
    """This description."""
    return Answer(text=call.described(), media="application/json")


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/openapi.json",
        action=PUBLIC,
        handler=openapi,
        zh="接口描述（OpenAPI 3.1）",
        en="The API's description (OpenAPI 3.1)",
        tag="running",
        answers=dict[str, Any],
    ),
    Route(
        method="GET",
        path="/metrics",
        action=Action.METRICS,
        handler=metrics,
        zh="运行指标，供 Prometheus 抓取",
        en="Metrics, for Prometheus to scrape",
        tag="running",
        media=MEDIA,
    ),
    Route(
        method="GET",
        path="/healthz",
        action=PUBLIC,
        handler=healthz,
        zh="进程在运行",
        en="The process answers",
        tag="running",
        answers=Health,
    ),
    Route(
        method="GET",
        path="/readyz",
        action=PUBLIC,
        handler=readyz,
        zh="各部件可用，可以接受请求",
        en="All parts are there: requests may come",
        tag="running",
        answers=Ready,
        more={503: Ready},
    ),
)

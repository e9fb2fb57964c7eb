"""What each route does (接口处理): one module for each part of the API, and the table of all of them."""

from __future__ import annotations

from typing import Final

from anning.api.handlers import (
    consents,
    desk,
    erasing,
    judging,
    keys,
    law,
    local,
    me,
    messages,
    operators,
    people,
    registers,
    running,
    scrubs,
    sessions,
    shadow,
    subscriber,
    tenants,
    webhooks,
)
from anning.api.routes import Route

ROUTES: Final[tuple[Route, ...]] = (
    *running.ROUTES,
    *sessions.ROUTES,
    *judging.ROUTES,
    *scrubs.ROUTES,
    *registers.ROUTES,
    *subscriber.ROUTES,
    *desk.ROUTES,
    *consents.ROUTES,
    *erasing.ROUTES,
    *messages.ROUTES,
    *operators.ROUTES,
    *law.ROUTES,
    *webhooks.ROUTES,
    *shadow.ROUTES,
    *local.ROUTES,
    *tenants.ROUTES,
    *people.ROUTES,
    *me.ROUTES,
    *keys.ROUTES,
)
"""Every route, in the order of the reference."""

"""Every page there is (页面表), and the routes they are served by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from anning.api.house import House
from anning.portal import render
from anning.portal.door import Door
from anning.portal.handlers import (
    account,
    before_sending,
    check,
    comparing,
    consents,
    errors,
    front,
    hotline,
    law,
    my,
    rows,
    sign_in,
)
from anning.portal.visit import Page

PAGES: Final[tuple[Page, ...]] = (
    *front.PAGES,
    *sign_in.PAGES,
    *my.PAGES,
    *hotline.PAGES,
    *consents.PAGES,
    *account.PAGES,
    *before_sending.PAGES,
    *rows.PAGES,
    *check.PAGES,
    *comparing.PAGES,
    *law.PAGES,
    *errors.PAGES,
)
"""Every page, in the order of the reference."""


def routes(house: House) -> Iterator[BaseRoute]:
    """The pages as routes, behind those of the API."""
    door = Door(house)
    for page in PAGES:
        yield Route(page.path, door.endpoint(page), methods=[page.method])
    yield Mount("/static", _Static())
    yield Route("/{rest:elsewhere}", door.nothing_here, methods=["GET"])


class _Elsewhere(Convertor[str]):
    """Any path that is not the API's, which answers for its own."""

    regex = r"(?!v1(?:/|$)).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("elsewhere", _Elsewhere())


class _Static(StaticFiles):
    """Stylesheet, script and pictures; their addresses change when they do."""

    def __init__(self) -> None:
        super().__init__(packages=[("anning.portal", "static")])

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(render.HEADERS)
        if response.status_code == 200:
            named = Request(scope).query_params.get("v", "")
            fresh = bool(named) and named == render.version(path)
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
        return response

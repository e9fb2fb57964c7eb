"""The ASGI application: the decide paths first, then the table of routes through Starlette (接口应用)."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as StarletteRoute

from anning.accounts.may import Principal
from anning.accounts.roles import ROOT
from anning.api import idempotency
from anning.api.decide import DecideDoor, Receive, Scope, Send, answer_to, too_long
from anning.api.house import House
from anning.api.identify import SUBSCRIBER_HEADER, require
from anning.api.openapi import described
from anning.api.problems import CONTENT_TYPE, Problem
from anning.api.routes import HALF, PUBLIC, SUBSCRIBER, Answer, Call, Route
from anning.errors import InvalidInput, SignInNeeded, TooMany

LONGEST_BODY: Final = 1 << 20
IDEMPOTENCY: Final = b"idempotency-key"
_encode = msgspec.json.Encoder().encode


class App:
    """Serves a house by a table of routes.

    Args:
        routes: the table.
        more: other doors' routes, such as the pages'.
    """

    def __init__(self, house: House, routes: Iterable[Route], more: Iterable[BaseRoute] = ()) -> None:
        self.house = house
        self.routes = tuple(routes)
        self._description = ""
        door = DecideDoor(house)
        self._hot: dict[str, Callable[[Scope, Receive, Send], Any]] = {
            "/v1/decide": door.one,
            "/v1/decide/batch": door.batch,
        }
        cold = [
            StarletteRoute(route.path, self._endpoint(route), methods=[route.method])
            for route in self.routes
            if not route.hot
        ]
        self._rest = Starlette(
            routes=[*cold, *more],
            exception_handlers={HTTPException: self._http_problem, Exception: self._our_fault},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            hot = self._hot.get(scope["path"])
            if hot is not None and scope["method"] == "POST":
                await hot(scope, receive, send)
                return
        await self._rest(scope, receive, send)

    def _endpoint(self, route: Route) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            begun = perf_counter()
            try:
                response = await self._serve(route, request)
            except Exception as error:  # noqa: BLE001 - the edge: whatever it was becomes an answer
                response = self._problem(error)
            self.house.metrics.answered(route.path, route.method, response.status_code, perf_counter() - begun)
            return response

        return endpoint

    async def _serve(self, route: Route, request: Request) -> Response:
        headers = dict(request.scope["headers"])
        body = b"" if route.streams or request.method in ("GET", "DELETE") else await _body(request)
        call = await run_in_threadpool(self._let_in, route, request, headers, body)
        if route.streams:
            call.stream = request.stream
        key = headers.get(IDEMPOTENCY, b"").decode("latin-1")
        if route.idempotent and key:
            call.key = idempotency.checked(key)
        if route.idempotent == "answer" and key:
            digest = hashlib.sha256(
                b"\0".join((route.method.encode(), request.url.path.encode(), request.url.query.encode(), body))
            ).digest()
            return await run_in_threadpool(idempotency.once, call, digest, lambda: self._answered(route, call))
        if inspect.iscoroutinefunction(route.handler):
            return _response(await route.handler(call), route)
        return await run_in_threadpool(self._answered, route, call)

    def _let_in(self, route: Route, request: Request, headers: dict[bytes, bytes], body: bytes) -> Call:
        """Who it is, whether they may, and what they ask, typed. In a thread."""
        house = self.house
        who, holder = house.doorkeeper.identify(request.method, headers)
        tenant = house.tenant_asked(who, headers)
        if holder is not None and (wait := holder.bucket.take()):
            raise TooMany(
                "请求过快，请稍候",
                "too many requests: come again later",
                thing="key",
                rule="rate",
                retry_after=wait,
            )
        _must_be_let_in(route, who, ROOT if route.on_root else tenant.id)
        token = headers.get(SUBSCRIBER_HEADER, b"").decode("latin-1") if route.action == SUBSCRIBER else ""
        number = house.wishes.proving.number_of(token) if route.action == SUBSCRIBER else ""
        return Call(
            house=house,
            who=who,
            tenant=tenant,
            holder=holder,
            params=request.path_params,
            query=_query(route, request),
            body=None if route.takes is None else msgspec.json.decode(body, type=route.takes),
            agent=headers.get(b"user-agent", b"").decode("latin-1"),
            cookies=headers.get(b"cookie", b""),
            address=request.client.host if request.client is not None else "",
            number=number,
            token=token,
            described=self._described,
        )

    def _described(self) -> str:
        """The OpenAPI description, written once."""
        if not self._description:
            self._description = _encode(described(self.routes)).decode()
        return self._description

    @staticmethod
    def _answered(route: Route, call: Call) -> Response:
        assert route.handler is not None
        return _response(route.handler(call), route)

    def _problem(self, error: Exception) -> Response:
        problem, headers = answer_to(error, self.house)
        return Response(_encode(problem), problem.status, headers, CONTENT_TYPE)

    async def _our_fault(self, _: Request, error: Exception) -> Response:
        return self._problem(error)

    async def _http_problem(self, request: Request, error: Exception) -> Response:
        """What Starlette itself refuses: no such path, no such method."""
        assert isinstance(error, HTTPException)
        words = {
            404: ("没有这个地址", "there is nothing at this address"),
            405: ("这个地址不接受这种请求", "this address does not take that method"),
        }
        zh, en = words.get(error.status_code, ("请求有误", str(error.detail)))
        problem = Problem(
            type="/docs/errors#not-found" if error.status_code == 404 else "/docs/errors#invalid-input",
            title=str(error.detail),
            status=error.status_code,
            detail=en,
            zh=zh,
            thing=request.url.path[:200],
            rule="route",
        )
        return Response(_encode(problem), error.status_code, dict(error.headers or {}), CONTENT_TYPE)


def _must_be_let_in(route: Route, who: Principal, tenant: str) -> None:
    if route.action == PUBLIC or route.action == SUBSCRIBER:  # noqa: PLR1714 - so that the type narrows
        return
    if route.action == HALF:
        if not who.half:
            raise SignInNeeded("请先用口令登录", "sign in with your password first", thing="sign-in", rule="sign-in")
        return
    require(who, route.action, tenant)


def _query(route: Route, request: Request) -> Any:
    given = dict(request.query_params)
    if route.query is None:
        if given:
            name = next(iter(given))
            raise InvalidInput(
                f"不认识参数 {name}", f"unknown parameter {name}", thing="query", field=name, rule="schema"
            )
        return None
    return msgspec.convert(given, route.query, strict=False)


async def _body(request: Request) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LONGEST_BODY:
            raise too_long(LONGEST_BODY)
        parts.append(part)
    return b"".join(parts)


def _response(answer: Any, route: Route) -> Response:
    if not isinstance(answer, Answer):
        answer = Answer(value=answer, status=route.status)
    if answer.file is not None:
        return FileResponse(answer.file, answer.status, answer.headers, filename=answer.filename)
    if answer.text is not None:
        return Response(answer.text, answer.status, answer.headers, answer.media)
    if answer.content is not None:
        return Response(answer.content, answer.status, answer.headers, answer.media)
    if answer.value is None and answer.status in (204, 303):
        return Response(None, answer.status, answer.headers)
    return Response(_encode(answer.value), answer.status, answer.headers, "application/json")

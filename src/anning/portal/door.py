"""Lets visits in and answers them (页面入口): who it is, whether they may, whether the form is ours."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from anning.accounts.may import NOBODY, Principal
from anning.accounts.model import Tenant
from anning.api.decide import answer_to
from anning.api.house import House
from anning.api.identify import COOKIE, SAFE_METHODS, require
from anning.api.routes import HALF, PUBLIC, SUBSCRIBER
from anning.errors import NotAllowed, NotFound, SignInNeeded
from anning.portal import language, render
from anning.portal.forms import FormWithFile, read_fields
from anning.portal.visit import Cookie, Fields, Goes, Page, Sends, Sent, Shown, Visit

SUBSCRIBER_COOKIE: Final = "anning_my"
"""Of a person who proved a number."""

FORM_COOKIE: Final = "anning_form"
"""Ties the forms of somebody who is not signed in to their browser."""

_YEAR: Final = 365 * 86_400


class Door:
    """Serves pages of a house."""

    def __init__(self, house: House) -> None:
        self._house = house

    def endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """What answers requests for a page."""

        async def answer(request: Request) -> Response:
            visit = self._stranger(request)
            file: FormWithFile | None = None
            try:
                fields: Mapping[str, str] = {}
                if page.uploads:
                    file = FormWithFile(request)
                    fields = await file.leading()
                elif request.method not in SAFE_METHODS:
                    fields = await read_fields(request)
                visit = await run_in_threadpool(self._visit, request, fields)
                _must_be_let_in(page, visit)
                visit.file = None if file is None else file.upload
                if inspect.iscoroutinefunction(page.handler):
                    said = await page.handler(visit)
                else:
                    said = await run_in_threadpool(page.handler, visit)
                return self._response(visit, said)
            except SignInNeeded as error:
                if request.method in SAFE_METHODS and page.action == SUBSCRIBER:
                    return self._response(visit, Goes(to="/my"))
                if request.method in SAFE_METHODS:
                    to = "/sign-in/code" if visit.who.half else "/sign-in"
                    return self._response(visit, Goes(to=f"{to}?{urlencode({'to': visit.address})}"))
                return self._problem(visit, error)
            except Exception as error:  # noqa: BLE001 - the edge: whatever it was becomes a page
                return self._problem(visit, error)
            finally:
                if file is not None:
                    await _let_end(file)

        return answer

    async def nothing_here(self, request: Request) -> Response:
        """An address that is none of ours."""
        visit = await run_in_threadpool(self._visit_or_stranger, request)
        wrong = NotFound("没有这个页面", "there is no such page", thing=request.url.path[:200], rule="route")
        return self._problem(visit, wrong)

    # --- who it is ----------------------------------------------------------------------------------------------

    def _stranger(self, request: Request) -> Visit:
        kept = request.cookies.get(FORM_COOKIE, "")
        return self._made(request, {}, NOBODY, self._house.tenant_asked(NOBODY, {}), kept)

    def _visit_or_stranger(self, request: Request) -> Visit:
        try:
            return self._visit(request, {})
        except Exception:  # noqa: BLE001 - a page that says "not here" needs nobody's name
            return self._stranger(request)

    def _visit(self, request: Request, form: Mapping[str, str]) -> Visit:
        """Who it is. In a thread.

        Raises:
            NotAllowed: a form that none of our pages sent.
        """
        changes = request.method not in SAFE_METHODS
        if changes:
            _must_be_from_here(request)
        token = request.cookies.get(COOKIE, "")
        found = self._house.accounts.signing_in.principal(token) if token else None
        who, csrf = found or (NOBODY, request.cookies.get(FORM_COOKIE, ""))
        if changes and not (csrf and secrets.compare_digest(csrf.encode(), form.get("csrf", "").encode())):
            raise _not_ours()
        return self._made(request, form, who, self._house.tenant_asked(who, {}), csrf)

    def _made(self, request: Request, form: Mapping[str, str], who: Principal, tenant: Tenant, csrf: str) -> Visit:
        cookies = request.cookies
        proved = cookies.get(SUBSCRIBER_COOKIE, "")
        number = ""
        with suppress(SignInNeeded):
            number = self._house.wishes.proving.number_of(proved) if proved else ""
        asked = form.get("language", "")
        query = request.url.query
        named = self._house.accounts.person(who.id).name if who.kind == "person" else ""
        return Visit(
            house=self._house,
            who=who,
            tenant=tenant,
            number=number,
            proved=proved if number else "",
            network=request.client.host if request.client is not None else "",
            name=named,
            language=language.chosen(
                asked or cookies.get(language.COOKIE, ""), request.headers.get("accept-language", "")
            ),
            path=request.url.path,
            address=request.url.path + (f"?{query}" if query else ""),
            params=request.path_params,
            query=Fields(request.query_params),
            form=Fields(form),
            csrf=csrf or secrets.token_urlsafe(24),
            agent=request.headers.get("user-agent", "")[:300],
            secure=request.url.scheme == "https" or self._house.origin.startswith("https"),
        )

    # --- what is answered ---------------------------------------------------------------------------------------

    def _response(self, visit: Visit, said: Any) -> Response:
        response: Response
        match said:
            case Shown():
                response = HTMLResponse(render.html(visit, said), said.status)
            case Goes():
                response = RedirectResponse(said.to, HTTPStatus.SEE_OTHER)
            case Sent():
                named = {"Content-Disposition": f'attachment; filename="{said.filename}"'}
                response = Response(said.content, media_type=said.media, headers=named)
            case Sends():
                response = FileResponse(said.path, filename=said.filename)
            case _:
                raise TypeError(f"no such answer: {type(said).__name__}")
        return self._dressed(visit, response, getattr(said, "cookies", ()))

    def _problem(self, visit: Visit, error: Exception) -> Response:
        """An error as a page, in both languages."""
        problem, headers = answer_to(error, self._house)
        address = "/" if visit.form else visit.address
        shown = Shown(template="problem.html", values={"problem": problem}, status=problem.status, address=address)
        response = HTMLResponse(render.html(visit, shown), problem.status)
        headers.pop("WWW-Authenticate", None)
        response.headers.update(headers)
        return self._dressed(visit, response, ())

    def _dressed(self, visit: Visit, response: Response, cookies: tuple[Cookie, ...]) -> Response:
        response.headers.update(render.HEADERS)
        response.headers["Vary"] = "Accept-Language, Cookie"
        if visit.who.kind == "nobody":
            cookies += (Cookie(name=FORM_COOKIE, value=visit.csrf, strict=True),)
        if visit.form.get("language") in language.LANGUAGES:
            cookies += (Cookie(name=language.COOKIE, value=visit.form["language"], lasting=_YEAR),)
        for each in cookies:
            response.set_cookie(
                each.name,
                each.value,
                max_age=each.lasting,
                path="/",
                secure=visit.secure,
                httponly=True,
                samesite="strict" if each.strict else "lax",
            )
        return response


def _must_be_from_here(request: Request) -> None:
    """The browser says where a form came from (Fetch Metadata, RFC 6454): elsewhere is refused.

    Raises:
        NotAllowed: it came from another site.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise _not_ours()


def _not_ours() -> NotAllowed:
    return NotAllowed(
        "这个表单不是从本站页面发出的，或页面已旧，请刷新后再试",
        "this form was not sent from a page of ours, or the page is too old: load it again and try once more",
        thing="form",
        field="csrf",
        rule="csrf",
    )


def _must_be_let_in(page: Page, visit: Visit) -> None:
    if page.action == PUBLIC:
        return
    if page.action == SUBSCRIBER:
        if not visit.number:
            raise SignInNeeded(
                "请先用短信验证码证明这是您的号码",
                "first prove that this is your number, with a code by SMS",
                thing="subscriber",
                rule="one-time-code",
            )
        return
    if page.action == HALF:
        if not visit.who.half:
            raise SignInNeeded("请先用口令登录", "sign in with your password first", thing="sign-in", rule="sign-in")
        return
    for action in (page.action, page.also):
        if action is not None:
            require(visit.who, action, visit.tenant.id)


async def _let_end(file: FormWithFile) -> None:
    # Whatever is wrong with the rest of a form that was answered already is wrong no more.
    with suppress(Exception):
        await file.rest()

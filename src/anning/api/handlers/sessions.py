"""Coming in and going out (登录与会话)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from anning.accounts.may import Principal
from anning.accounts.roles import Action
from anning.accounts.sessions import Begun
from anning.api.identify import COOKIE
from anning.api.routes import HALF, PUBLIC, Answer, Call, Route
from anning.errors import NotFound, SignInNeeded

Password = Annotated[str, Meta(max_length=256)]
Code = Annotated[str, Meta(max_length=16)]


class SignIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A name and a password."""

    name: Annotated[str, Meta(max_length=64)]
    password: Password


class SecondFactor(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The code an authenticator app shows now."""

    code: Code


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A session begun. The cookie is set; `csrf` goes with every change, as the header X-CSRF-Token.

    Attributes:
        half: the second factor is still to come.
    """

    session: str
    csrf: str
    half: bool


class RoleShown(msgspec.Struct, frozen=True, kw_only=True):
    """A role in a tenant."""

    tenant: str
    role: str


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks."""

    kind: str
    id: str
    tenant: str
    roles: tuple[RoleShown, ...]
    scopes: tuple[str, ...]


class SessionShown(msgspec.Struct, frozen=True, kw_only=True):
    """One of a person's sessions."""

    id: str
    by: str
    agent: str
    begun: datetime
    seen: datetime
    expires: datetime
    current: bool


def sign_in(call: Call) -> Answer:
    """Name and password; the cookie, and what goes with every change."""
    asked: SignIn = call.body
    return begun(call, call.house.accounts.signing_in.by_password(asked.name, asked.password, call.agent))


def show_second_factor(call: Call) -> Answer:
    """The whole session, in place of the half one."""
    asked: SecondFactor = call.body
    return begun(call, call.house.accounts.signing_in.by_second_factor(call.who, asked.code, call.agent))


def sign_out(call: Call) -> Answer:
    """This session is over."""
    if call.who.session:
        call.house.accounts.sessions.end(call.who.id, call.who.session)
    return Answer(status=204, headers={"Set-Cookie": f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"})


def who_am_i(call: Call) -> Me:
    """Who asks, with what."""
    who = call.who
    if who.kind == "nobody":
        raise SignInNeeded("请先登录，或出示接口密钥", "sign in, or show an API key", thing="sign-in", rule="sign-in")
    return Me(
        kind=who.kind,
        id=who.id,
        tenant=who.tenant,
        roles=tuple(RoleShown(tenant=tenant, role=role) for tenant, role in who.roles),
        scopes=tuple(sorted(who.scopes)),
    )


def list_sessions(call: Call) -> list[SessionShown]:
    """One's own."""
    return [
        SessionShown(
            id=each.id,
            by=each.by_what,
            agent=each.agent,
            begun=each.begun,
            seen=each.seen,
            expires=each.expires,
            current=each.id == call.who.session,
        )
        for each in call.house.accounts.sessions.of(_person(call.who))
    ]


def end_session(call: Call) -> Answer:
    """One of one's own is over."""
    if not call.house.accounts.sessions.end(_person(call.who), call.params["id"]):
        raise NotFound("没有这个会话", "there is no such session", thing=call.params["id"], field="id")
    return Answer(status=204)


def begun(call: Call, session: Begun) -> Answer:
    """A session just begun: its cookie, and what the page keeps."""
    secure = "; Secure" if call.house.origin.startswith("https") else ""
    cookie = f"{COOKIE}={session.token}; Path=/; HttpOnly; SameSite=Lax{secure}"
    told = SignedIn(session=session.id, csrf=session.csrf, half=session.half)
    return Answer(value=told, status=201, headers={"Set-Cookie": cookie})


def _person(who: Principal) -> str:
    """The person who asks.

    Raises:
        NotFound: a key or the terminal, which have no sessions.
    """
    if who.kind != "person":
        raise NotFound("只有人员才有会话", "only people have sessions", thing=who.kind)
    return who.id


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/session",
        action=PUBLIC,
        handler=sign_in,
        zh="用登录名与口令登录",
        en="Sign in with name and password",
        tag="sessions",
        takes=SignIn,
        answers=SignedIn,
        status=201,
        example={"name": "li.na", "password": "correct horse battery staple"},
    ),
    Route(
        method="POST",
        path="/v1/session/second-factor",
        action=HALF,
        handler=show_second_factor,
        zh="出示动态口令，完成登录",
        en="Show the second factor and come in",
        tag="sessions",
        takes=SecondFactor,
        answers=SignedIn,
        status=201,
        example={"code": "492039"},
    ),
    Route(
        method="GET",
        path="/v1/session",
        action=PUBLIC,
        handler=who_am_i,
        zh="我是谁",
        en="Who asks",
        tag="sessions",
        answers=Me,
    ),
    Route(
        method="DELETE",
        path="/v1/session",
        action=PUBLIC,
        handler=sign_out,
        zh="退出",
        en="Sign out",
        tag="sessions",
        status=204,
    ),
    Route(
        method="GET",
        path="/v1/sessions",
        action=Action.OWN_ACCOUNT,
        handler=list_sessions,
        zh="本人的会话",
        en="One's own sessions",
        tag="sessions",
        answers=list[SessionShown],
    ),
    Route(
        method="DELETE",
        path="/v1/sessions/{id}",
        action=Action.OWN_ACCOUNT,
        handler=end_session,
        zh="结束本人的一个会话",
        en="End one of one's own sessions",
        tag="sessions",
        status=204,
    ),
)

"""Signing in: password, second factor, passkey, invitation; and signing out (登录与退出)."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from anning.accounts.sessions import Begun
from anning.api.identify import COOKIE
from anning.api.routes import HALF, PUBLIC
from anning.errors import AnningError, InvalidCommand, NotFound, SignInNeeded, TooMany
from anning.portal.handlers.account import must_be_the_same
from anning.portal.visit import Cookie, Goes, Page, Shown, Visit, own_path


def show_sign_in(visit: Visit) -> Any:
    """The form."""
    to = own_path(visit.query.get("to", "/"))
    return Goes(to=to) if visit.signed_in else _form(visit, to)


def sign_in(visit: Visit) -> Any:
    """Name and password."""
    to = own_path(visit.form.get("to", "/"))
    name = visit.form.get("name", "")
    try:
        begun = visit.house.accounts.signing_in.by_password(name, visit.form.get("password", ""), visit.agent)
    except (SignInNeeded, TooMany) as wrong:
        return _form(visit, to, name, wrong)
    return _come_in(begun, to)


def show_code(visit: Visit) -> Shown:
    """The form for the second factor."""
    return _code_form(own_path(visit.query.get("to", "/")))


def give_code(visit: Visit) -> Any:
    """The code an authenticator app shows."""
    to = own_path(visit.form.get("to", "/"))
    try:
        begun = visit.house.accounts.signing_in.by_second_factor(visit.who, visit.form.get("code", ""), visit.agent)
    except (SignInNeeded, TooMany) as wrong:
        return _code_form(to, wrong)
    return _come_in(begun, to)


def sign_out(visit: Visit) -> Goes:
    """This session is over."""
    if visit.who.session:
        visit.house.accounts.sessions.end(visit.who.id, visit.who.session)
    return Goes(to="/", cookies=(Cookie(name=COOKIE, value="", lasting=0),))


def show_invitation(visit: Visit) -> Shown:
    """The form to set a first or new password. What opens it stands behind the # of the address or is typed in."""
    return _invitation(visit.query.get("code", ""))


def accept_invitation(visit: Visit) -> Any:
    """Set the password, and on to signing in with it."""
    code, password = visit.form.get("code", "").strip(), visit.form.get("password", "")
    try:
        must_be_the_same(visit.form)
        person = visit.house.accounts.accept_invitation(code, password)
    except (InvalidCommand, NotFound) as refused:
        return _invitation(code, refused)
    return Goes(to=f"/sign-in?name={person}")


def _form(visit: Visit, to: str, name: str = "", wrong: AnningError | None = None) -> Shown:
    values = {
        "to": to,
        "name": name or visit.query.get("name", ""),
        "wrong": wrong,
        "outside": visit.house.accounts.outside.offered,
    }
    return Shown(template="sign-in.html", values=values, status=_status(wrong))


def _code_form(to: str, wrong: AnningError | None = None) -> Shown:
    return Shown(template="second-factor.html", values={"to": to, "wrong": wrong}, status=_status(wrong))


def _invitation(code: str, wrong: AnningError | None = None) -> Shown:
    return Shown(template="invitation.html", values={"code": code, "wrong": wrong}, status=_status(wrong))


def _status(wrong: AnningError | None) -> int:
    match wrong:
        case None:
            return 200
        case TooMany():
            return 429
        case SignInNeeded():
            return 401
        case _:
            return 422


def _come_in(begun: Begun, to: str) -> Goes:
    cookie = Cookie(name=COOKIE, value=begun.token)
    if begun.half:
        return Goes(to=f"/sign-in/code?{urlencode({'to': to})}", cookies=(cookie,))
    return Goes(to=to, cookies=(cookie,))


PAGES: Final = (
    Page(method="GET", path="/sign-in", action=PUBLIC, handler=show_sign_in, zh="登录", en="Sign in"),
    Page(
        method="POST",
        path="/sign-in",
        action=PUBLIC,
        handler=sign_in,
        zh="用登录名与口令登录",
        en="Sign in with name and password",
    ),
    Page(
        method="GET",
        path="/sign-in/code",
        action=HALF,
        handler=show_code,
        zh="第二步：动态口令",
        en="The second step: a one-time code",
    ),
    Page(
        method="POST",
        path="/sign-in/code",
        action=HALF,
        handler=give_code,
        zh="出示动态口令，完成登录",
        en="Show the one-time code and come in",
    ),
    Page(method="POST", path="/sign-out", action=PUBLIC, handler=sign_out, zh="退出", en="Sign out"),
    Page(
        method="GET",
        path="/invitation",
        action=PUBLIC,
        handler=show_invitation,
        zh="凭邀请码设定口令",
        en="Set a password with an invitation",
    ),
    Page(
        method="POST",
        path="/invitation",
        action=PUBLIC,
        handler=accept_invitation,
        zh="设定口令",
        en="Set the password",
    ),
)

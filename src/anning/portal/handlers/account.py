"""One's own account: password, second factor, passkeys, outside identity, sessions (本人帐户)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from anning.accounts.roles import ROLES, Action
from anning.errors import AnningError, InvalidCommand, InvalidInput, NotAllowed, NotFound
from anning.portal.pictures import code_to_scan
from anning.portal.visit import Goes, Page, Shown, Visit


def show(visit: Visit) -> Shown:
    """All of it."""
    return _account(visit)


def change_password(visit: Visit) -> Any:
    """A new password; other sessions end."""
    form, accounts = visit.form, visit.house.accounts
    try:
        _must_be_mine(visit)
        must_be_the_same(form)
        accounts.set_password(
            visit.who.id, form.get("password", ""), actor=visit.who.actor, but_session=visit.who.session
        )
    except (InvalidCommand, NotAllowed) as wrong:
        return _account(visit, "password", wrong)
    return Goes(to="/account?done=password")


def begin_second_factor(visit: Visit) -> Any:
    """A new secret for an authenticator app, to be scanned."""
    totp = visit.house.accounts.totp
    if totp.is_confirmed(visit.who.id):
        return Goes(to="/account")
    return _enrolment(totp.begin(visit.who.id))


def confirm_second_factor(visit: Visit) -> Any:
    """The first right code makes it count."""
    form, accounts = visit.form, visit.house.accounts
    if not accounts.confirm_totp(visit.who.id, form.get("code", ""), actor=visit.who.actor):
        wrong = InvalidInput("验证码不对，请用最新的一个", "the code is not right: use the newest", field="code")
        return _enrolment(form.get("uri", ""), wrong)
    return Goes(to="/account?done=second-factor")


def remove_second_factor(visit: Visit) -> Any:
    """No second factor any more; with one's password."""
    try:
        _must_be_mine(visit)
    except NotAllowed as wrong:
        return _account(visit, "second-factor", wrong)
    visit.house.accounts.remove_totp(visit.who.id, actor=visit.who.actor)
    return Goes(to="/account?done=second-factor-gone")


def remove_passkey(visit: Visit) -> Goes:
    """It opens nothing any more."""
    if not visit.house.accounts.remove_passkey(visit.who.id, visit.params["id"], actor=visit.who.actor):
        raise NotFound("没有这个通行密钥", "there is no such passkey", thing=visit.params["id"], field="id")
    return Goes(to="/account?done=passkey-gone")


def untie_outside(visit: Visit) -> Goes:
    """The outside identity opens nothing any more."""
    visit.house.accounts.untie_outside(visit.who.id, actor=visit.who.actor)
    return Goes(to="/account?done=outside-gone")


def end_session(visit: Visit) -> Goes:
    """One of one's sessions is over."""
    if not visit.house.accounts.sessions.end(visit.who.id, visit.params["id"]):
        raise NotFound("没有这个会话", "there is no such session", thing=visit.params["id"], field="id")
    return Goes(to="/account?done=session")


def _account(visit: Visit, part: str = "", wrong: AnningError | None = None) -> Shown:
    accounts = visit.house.accounts
    values = {
        "sessions": accounts.sessions.of(visit.who.id),
        "passkeys": accounts.passkeys.of(visit.who.id),
        "outside": accounts.outside.offered,
        "second_factor": accounts.totp.is_confirmed(visit.who.id),
        "roles": [(tenant, ROLES[role].words) for tenant, role in visit.who.roles if role in ROLES],
        "browser": _browser,
        "done": visit.query.get("done", ""),
        "part": part,
        "wrong": wrong,
    }
    return Shown(template="account.html", values=values, status=200 if wrong is None else 422, address="/account")


_BROWSERS: Final = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS: Final = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")


def _browser(agent: str) -> str:
    """What a browser calls itself, as people know it; what is none of these is shown as it is."""
    name = next((known for sign, known in _BROWSERS if sign in agent), "")
    system = next((each for each in _SYSTEMS if each in agent), "")
    return " · ".join(part for part in (name, system) if part) if name else agent[:80]


def _enrolment(uri: str, wrong: AnningError | None = None) -> Shown:
    """The address as a picture, and its secret to be typed where nothing scans it."""
    if urlsplit(uri).scheme != "otpauth":
        raise InvalidInput("请重新开始", "begin again", thing="uri", field="uri", rule="form")
    secret = parse_qs(urlsplit(uri).query).get("secret", [""])[0]
    values = {
        "uri": uri,
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        "picture": code_to_scan(uri, "otpauth"),
        "wrong": wrong,
    }
    return Shown(template="enrolment.html", values=values, status=200 if wrong is None else 422, address="/account")


def must_be_the_same(form: Mapping[str, str]) -> None:
    """Nothing, when a new password was typed twice alike.

    Raises:
        InvalidCommand: it was not.
    """
    if form.get("password", "") != form.get("again", ""):
        raise InvalidCommand(
            "两次输入的口令不同", "the two passwords differ", thing="password", field="again", rule="same"
        )


def _must_be_mine(visit: Visit) -> None:
    if not visit.house.accounts.signing_in.has_password(visit.who.id, visit.form.get("current", "")):
        raise NotAllowed(
            "现用口令不对", "the present password is not right", thing="password", field="current", rule="credentials"
        )


PAGES: Final = (
    Page(
        method="GET",
        path="/account",
        action=Action.OWN_ACCOUNT,
        handler=show,
        zh="本人帐户：口令、动态口令、通行密钥、会话",
        en="One's own account: password, second factor, passkeys, sessions",
    ),
    Page(
        method="POST",
        path="/account/password",
        action=Action.OWN_ACCOUNT,
        handler=change_password,
        zh="更改口令",
        en="Change the password",
    ),
    Page(
        method="POST",
        path="/account/second-factor",
        action=Action.OWN_ACCOUNT,
        handler=begin_second_factor,
        zh="开始启用动态口令",
        en="Begin with a second factor",
    ),
    Page(
        method="POST",
        path="/account/second-factor/first-code",
        action=Action.OWN_ACCOUNT,
        handler=confirm_second_factor,
        zh="以首个验证码确认动态口令",
        en="Confirm the second factor by its first code",
    ),
    Page(
        method="POST",
        path="/account/second-factor/removal",
        action=Action.OWN_ACCOUNT,
        handler=remove_second_factor,
        zh="凭口令移除动态口令",
        en="Take the second factor away, with one's password",
    ),
    Page(
        method="POST",
        path="/account/passkeys/{id}/removal",
        action=Action.OWN_ACCOUNT,
        handler=remove_passkey,
        zh="移除一个通行密钥",
        en="Remove a passkey",
    ),
    Page(
        method="POST",
        path="/account/outside/removal",
        action=Action.OWN_ACCOUNT,
        handler=untie_outside,
        zh="解除单位帐号",
        en="Untie the outside identity",
    ),
    Page(
        method="POST",
        path="/account/sessions/{id}/end",
        action=Action.OWN_ACCOUNT,
        handler=end_session,
        zh="结束本人的一个会话",
        en="End one of one's own sessions",
    ),
)

"""One's own account: password, second factor, passkeys, outside identity (本人帐户)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from anning.accounts.passkeys import Asked
from anning.accounts.roles import Action
from anning.api.handlers.sessions import Code, Password, SignedIn, begun
from anning.api.identify import cookie
from anning.api.models import Name
from anning.api.routes import PUBLIC, Answer, Call, Route
from anning.errors import InvalidInput, NotAllowed, NotFound, SignInNeeded

OIDC_COOKIE: Final = "anning_oidc"


class NewPassword(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The password of now, and the new one."""

    current: Password
    password: Password


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What an authenticator app scans; the second factor counts from its first right code."""

    uri: str


class FirstCode(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The code the app shows now."""

    code: Code


class Proof(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One's password, before a protection is taken away."""

    password: Password


class BrowserAnswer(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the browser made of what it was asked: WebAuthn's JSON.

    Attributes:
        id: under which it was asked.
        label: what the passkey is to be called.
    """

    id: Annotated[str, Meta(max_length=64)]
    answer: dict[str, Any]
    label: Name = ""


class PasskeyShown(msgspec.Struct, frozen=True, kw_only=True):
    """One of one's passkeys."""

    id: str
    label: str
    at: datetime


class Returned(msgspec.Struct, kw_only=True):
    """What the provider sends the browser back with."""

    state: Annotated[str, Meta(max_length=200)] = ""
    code: Annotated[str, Meta(max_length=2000)] = ""
    error: Annotated[str, Meta(max_length=200)] = ""


def change_password(call: Call) -> Answer:
    """A new password; all other sessions end."""
    asked: NewPassword = call.body
    _must_be_mine(call, asked.current)
    call.house.accounts.set_password(_me(call), asked.password, actor=call.who.actor, but_session=call.who.session)
    return Answer(status=204)


def begin_second_factor(call: Call) -> Enrolment:
    """A new secret for an authenticator app.

    Raises:
        NotAllowed: there is one already; it is taken away with the password first.
    """
    accounts = call.house.accounts
    if accounts.totp.is_confirmed(_me(call)):
        raise NotAllowed(
            "已有动态口令，请先凭口令移除",
            "there is a second factor already: take it away with your password first",
            thing="totp",
            rule="once",
        )
    return Enrolment(uri=accounts.totp.begin(_me(call)))


def confirm_second_factor(call: Call) -> Answer:
    """The first right code: from now on sign-in asks for one."""
    if not call.house.accounts.confirm_totp(_me(call), call.body.code, actor=call.who.actor):
        raise InvalidInput("验证码不对", "the code is not right", thing="totp", field="code", rule="credentials")
    return Answer(status=204)


def remove_second_factor(call: Call) -> Answer:
    """No second factor any more."""
    _must_be_mine(call, call.body.password)
    call.house.accounts.remove_totp(_me(call), actor=call.who.actor)
    return Answer(status=204)


def list_passkeys(call: Call) -> list[PasskeyShown]:
    """One's own."""
    return [
        PasskeyShown(id=each.id, label=each.label, at=each.at) for each in call.house.accounts.passkeys.of(_me(call))
    ]


def begin_passkey(call: Call) -> Asked:
    """What the browser is asked, to make a passkey."""
    accounts = call.house.accounts
    person = accounts.person(_me(call))
    return accounts.passkeys.begin_registration(person.id, person.name, call.house.origin)


def keep_passkey(call: Call) -> Answer:
    """The passkey the browser made."""
    asked: BrowserAnswer = call.body
    call.house.accounts.add_passkey(
        _me(call), asked.id, asked.answer, asked.label, call.house.origin, actor=call.who.actor
    )
    return Answer(status=204)


def forget_passkey(call: Call) -> Answer:
    """It opens nothing any more."""
    if not call.house.accounts.remove_passkey(_me(call), call.params["id"], actor=call.who.actor):
        raise NotFound("没有这个通行密钥", "there is no such passkey", thing=call.params["id"], field="id")
    return Answer(status=204)


def begin_passkey_sign_in(call: Call) -> Asked:
    """What the browser is asked, to come in with a passkey."""
    return call.house.accounts.passkeys.begin_sign_in(call.house.origin)


def sign_in_with_passkey(call: Call) -> Answer:
    """A session for whose passkey signed."""
    asked: BrowserAnswer = call.body
    accounts = call.house.accounts
    person = accounts.passkeys.recognise(asked.id, asked.answer, call.house.origin)
    return begun(call, accounts.signing_in.by("passkey", person, call.agent))


def begin_outside(call: Call) -> Answer:
    """Off to the outside provider, to sign in with its identity, or to tie it when one is signed in."""
    outside = _outside(call)
    person = call.who.id if call.who.kind == "person" and not call.who.half else ""
    asked = outside.begin(f"{call.house.origin}/v1/session/oidc/return", person)
    secure = "; Secure" if call.house.origin.startswith("https") else ""
    kept = f"{OIDC_COOKIE}={asked.state}; Path=/v1/session/oidc; Max-Age=600; HttpOnly; SameSite=Lax{secure}"
    return Answer(status=303, headers={"Location": asked.url, "Set-Cookie": kept})


def finish_outside(call: Call) -> Answer:
    """Back from the provider, in the same browser: a session, or the identity tied."""
    outside = _outside(call)
    came: Returned = call.query
    sent = cookie(call.cookies, OIDC_COOKIE)
    if came.error or not sent or not secrets.compare_digest(sent.encode(), came.state.encode()):
        raise SignInNeeded(
            "外部登录未完成，请重试",
            "the outside sign-in did not come to its end: try again",
            thing="oidc",
            rule="credentials",
        )
    subject, person = outside.finish(came.state, came.code)
    accounts = call.house.accounts
    if person:
        # Whoever began to tie it must be the one who is back.
        if call.who.kind != "person" or call.who.id != person:
            raise SignInNeeded("请先登录", "sign in first", thing="oidc", rule="sign-in")
        accounts.tie_outside(person, subject, actor=call.who.actor)
        return Answer(status=303, headers={"Location": "/"})
    answer = begun(call, accounts.signing_in.by("oidc", outside.person_of(subject), call.agent))
    return Answer(status=303, headers={**answer.headers, "Location": "/"})


def untie_outside(call: Call) -> Answer:
    """Outside identities open nothing any more."""
    call.house.accounts.untie_outside(_me(call), actor=call.who.actor)
    return Answer(status=204)


def _outside(call: Call) -> Any:
    outside = call.house.accounts.outside
    if not outside.offered:
        raise NotFound("未配置外部登录", "no outside sign-in is configured", thing="oidc")
    return outside


def _me(call: Call) -> str:
    if call.who.kind != "person":
        raise NotFound("只有人员才有本人帐户", "only people have an account of their own", thing=call.who.kind)
    return call.who.id


def _must_be_mine(call: Call, password: str) -> None:
    if not call.house.accounts.signing_in.has_password(_me(call), password):
        raise NotAllowed("口令不对", "the password is not right", thing="password", field="current", rule="credentials")


ROUTES: Final = (
    Route(
        method="PUT",
        path="/v1/me/password",
        action=Action.OWN_ACCOUNT,
        handler=change_password,
        zh="更改口令，其他会话随即结束",
        en="Change one's password; other sessions end",
        tag="me",
        takes=NewPassword,
        status=204,
        example={"current": "correct horse battery staple", "password": "a whole new sentence"},
    ),
    Route(
        method="POST",
        path="/v1/me/second-factor",
        action=Action.OWN_ACCOUNT,
        handler=begin_second_factor,
        zh="开始启用动态口令",
        en="Begin with a second factor",
        tag="me",
        answers=Enrolment,
        status=201,
    ),
    Route(
        method="PUT",
        path="/v1/me/second-factor",
        action=Action.OWN_ACCOUNT,
        handler=confirm_second_factor,
        zh="以首个验证码确认动态口令",
        en="Confirm the second factor by its first code",
        tag="me",
        takes=FirstCode,
        status=204,
        example={"code": "492039"},
    ),
    Route(
        method="POST",
        path="/v1/me/second-factor/removal",
        action=Action.OWN_ACCOUNT,
        handler=remove_second_factor,
        zh="凭口令移除动态口令",
        en="Take the second factor away, with one's password",
        tag="me",
        takes=Proof,
        status=204,
        example={"password": "correct horse battery staple"},
    ),
    Route(
        method="GET",
        path="/v1/me/passkeys",
        action=Action.OWN_ACCOUNT,
        handler=list_passkeys,
        zh="本人的通行密钥",
        en="One's passkeys",
        tag="me",
        answers=list[PasskeyShown],
    ),
    Route(
        method="POST",
        path="/v1/me/passkeys/asked",
        action=Action.OWN_ACCOUNT,
        handler=begin_passkey,
        zh="向浏览器索取新的通行密钥",
        en="Ask the browser for a new passkey",
        tag="me",
        answers=Asked,
        status=201,
    ),
    Route(
        method="POST",
        path="/v1/me/passkeys",
        action=Action.OWN_ACCOUNT,
        handler=keep_passkey,
        zh="保存浏览器生成的通行密钥",
        en="Keep the passkey that the browser made",
        tag="me",
        takes=BrowserAnswer,
        status=204,
        example={"id": "q1w2e3r4t5", "answer": {"id": "AbC", "type": "public-key"}, "label": "手机"},
    ),
    Route(
        method="DELETE",
        path="/v1/me/passkeys/{id}",
        action=Action.OWN_ACCOUNT,
        handler=forget_passkey,
        zh="移除一个通行密钥",
        en="Remove a passkey",
        tag="me",
        status=204,
    ),
    Route(
        method="DELETE",
        path="/v1/me/outside",
        action=Action.OWN_ACCOUNT,
        handler=untie_outside,
        zh="解除外部身份",
        en="Untie outside identities",
        tag="me",
        status=204,
    ),
    Route(
        method="POST",
        path="/v1/session/passkey/asked",
        action=PUBLIC,
        handler=begin_passkey_sign_in,
        zh="向浏览器索取通行密钥以登录",
        en="Ask the browser for a passkey to come in with",
        tag="sessions",
        answers=Asked,
        status=201,
    ),
    Route(
        method="POST",
        path="/v1/session/passkey",
        action=PUBLIC,
        handler=sign_in_with_passkey,
        zh="用通行密钥登录",
        en="Come in with a passkey",
        tag="sessions",
        takes=BrowserAnswer,
        answers=SignedIn,
        status=201,
        example={"id": "q1w2e3r4t5", "answer": {"id": "AbC", "type": "public-key"}},
    ),
    Route(
        method="GET",
        path="/v1/session/oidc",
        action=PUBLIC,
        handler=begin_outside,
        zh="转往外部身份提供方登录；已登录者则为绑定",
        en="Off to the outside provider, to sign in or, signed in, to tie an identity",
        tag="sessions",
        status=303,
    ),
    Route(
        method="GET",
        path="/v1/session/oidc/return",
        action=PUBLIC,
        handler=finish_outside,
        zh="从外部身份提供方返回",
        en="Back from the outside provider",
        tag="sessions",
        query=Returned,
        status=303,
    ),
)

"""The one place that decides who may do what, on whose data (授权). Whatever is not granted here is denied."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from anning.accounts.roles import ACTION_WORDS, EVERYBODY, KEY_SCOPES, ROLES, ROOT, Action


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who is at the door (访问者).

    Attributes:
        kind: a person signed in, an API key, whoever has the data directory of this machine, or nobody known.
        id: the person's or the key's; `tenant`: where it is at home.
        roles: of a person: (tenant, role); `scopes`: of a key.
        half: a person whose second factor is still to come; may only show it.
        session: of a person signed in.
    """

    kind: Literal["person", "key", "local", "nobody"]
    id: str = ""
    tenant: str = ""
    roles: tuple[tuple[str, str], ...] = ()
    scopes: frozenset[str] = frozenset()
    half: bool = False
    session: str = ""

    @property
    def actor(self) -> str:
        """As events name it: ``person:li.na``, ``key:3f...``, ``operator`` for the local terminal."""
        return "operator" if self.kind == "local" else f"{self.kind}:{self.id}"


NOBODY: Final = Principal(kind="nobody")
LOCAL: Final = Principal(kind="local", id="operator", tenant=ROOT)


class Granted(msgspec.Struct, frozen=True):
    """It may; `by` says by virtue of what."""

    by: str


class Denied(msgspec.Struct, frozen=True):
    """It may not, and why.

    Attributes:
        rule: sign-in, second-factor, scope, role, or tenant.
    """

    rule: Literal["sign-in", "second-factor", "scope", "role", "tenant"]
    zh: str
    en: str


Leave: TypeAlias = Granted | Denied


def may(who: Principal, action: Action, on_tenant: str) -> Leave:
    """Whether somebody may do something on what belongs to a tenant.

    Args:
        on_tenant: whose data it is; what belongs to nobody, such as the law, is the root tenant's.
    """
    if who.kind == "local":
        return Granted("local")
    if action in EVERYBODY:
        return Granted("everybody")
    match who.kind:
        case "key":
            return _key_may(who, action, on_tenant)
        case "person":
            return _person_may(who, action, on_tenant)
        case _:
            return Denied("sign-in", "请先登录，或出示接口密钥", "sign in, or show an API key")


def _key_may(who: Principal, action: Action, on_tenant: str) -> Leave:
    if on_tenant != who.tenant:
        return Denied("tenant", "该密钥属于另一租户", "this key belongs to another tenant")
    if action in KEY_SCOPES and action in who.scopes:
        return Granted(f"scope {action}")
    zh, en = ACTION_WORDS[action]
    return Denied("scope", f"该密钥不含权限 {action}（{zh}）", f"this key lacks the scope {action} ({en})")


def _person_may(who: Principal, action: Action, on_tenant: str) -> Leave:
    if who.half:
        return Denied("second-factor", "请先完成第二步验证", "show your second factor first")
    if action is Action.OWN_ACCOUNT:
        return Granted("own account")
    reaching = [
        name
        for tenant, name in who.roles
        if name in ROLES and tenant == (ROOT if ROLES[name].everywhere else on_tenant)
    ]
    for name in reaching:
        if action in ROLES[name].actions:
            return Granted(f"role {name}")
    zh, en = ACTION_WORDS[action]
    if not reaching:
        return Denied("tenant", "您在该租户没有角色", "you have no role in this tenant")
    return Denied("role", f"您的角色不能{zh}", f"your role may not {en}")

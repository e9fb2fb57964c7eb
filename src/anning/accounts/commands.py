"""Acts on accounts on their way into the journal, checked against what stands (帐户命令)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from anning.accounts import events as acts
from anning.accounts import model
from anning.accounts.roles import KEY_SCOPES, ROLES, ROOT
from anning.accounts.view import QUERIES
from anning.errors import InvalidCommand
from anning.journal import Connection, Entry
from anning.journal.envelope import canonical_payload
from anning.registers.events import Payload, kind_of, payload_of

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
"""Ids of tenants and people: short, lower case, safe in a URL."""


class AccountCommand:
    """One act; see `anning.journal.writer.Command`."""

    def __init__(self, said: Payload, *, tenant: str, actor: str, at: datetime, key: str) -> None:
        self.said = said
        self.tenant = tenant
        self.actor = actor
        self.at = at
        self.key = key

    def digest(self) -> bytes:
        """Of what is done."""
        return hashlib.sha256(canonical_payload({"kind": kind_of(self.said), "said": payload_of(self.said)})).digest()

    def decide(self, connection: Connection, /) -> Sequence[Entry]:
        """The event, or none when it is so already.

        Raises:
            InvalidCommand: it cannot be meant, or leaves an installation without anybody to run it.
        """
        if not _changes(connection, self.said):
            return ()
        return (Entry(kind_of(self.said), payload_of(self.said), self.tenant, self.actor, self.at, self.key),)


def _changes(connection: Connection, said: Payload) -> bool:
    """Whether the act changes anything, once it is found to be in order."""
    match said:
        case acts.TenantMade():
            _must_be_name(said.id, "id")
            _must_be_said(said.name, "name")
        case acts.TenantClosed():
            if said.id == ROOT:
                raise _refused("id", said.id, "last-one", "登记机构本身不能停用", "the installation cannot be closed")
            return not _tenant(connection, said.id).closed
        case acts.PersonAdded():
            return _person_changes(connection, said)
        case acts.RoleGiven():
            _tenant(connection, said.tenant)
            _person(connection, said.person)
            _must_be_role(said)
            return (said.tenant, said.role) not in model.roles(connection, said.person)
        case acts.RoleTaken():
            if (said.tenant, said.role) not in model.roles(connection, said.person):
                return False
            if said.tenant == ROOT and said.role == "registrar":
                _must_leave_a_registrar(connection)
        case acts.KeyMade():
            _must_be_key(connection, said)
        case acts.KeyRevoked():
            key = model.key(connection, said.id)
            if key is None:
                raise _refused("id", said.id, "known-key", "没有这个密钥", "there is no such key")
            return not key.revoked
        case acts.CredentialSet() | acts.CredentialRemoved():
            _person(connection, said.person)
        case acts.NumberRevealed():
            _must_be_said(said.purpose, "purpose")
        case _:
            raise TypeError(type(said).__name__)
    return True


def _person_changes(connection: Connection, said: acts.PersonAdded) -> bool:
    _must_be_name(said.id, "id")
    _must_be_said(said.name, "name")
    _tenant(connection, said.home)
    known = model.person(connection, said.id)
    if known is None:
        return True
    if known.home != said.home:
        raise _refused("id", said.id, "taken", "这个登录名已有人用", "this sign-in name is somebody else's")
    if known.enabled and not said.enabled and (ROOT, "registrar") in model.roles(connection, said.id):
        _must_leave_a_registrar(connection)
    return (known.name, known.enabled) != (said.name, said.enabled)


def _must_leave_a_registrar(connection: Connection) -> None:
    if QUERIES.value(connection, "holders_of_role", tenant=ROOT, role="registrar") <= 1:
        raise _refused(
            "role", "registrar", "last-one", "这是最后一位登记机构管理员，不能收回", "this is the last registrar"
        )


def _must_be_role(said: acts.RoleGiven) -> None:
    role = ROLES.get(said.role)
    if role is None:
        allowed = ", ".join(ROLES)
        raise _refused("role", said.role, "allowed-value", f"角色须为 {allowed} 之一", f"the role is one of {allowed}")
    if role.everywhere and said.tenant != ROOT:
        raise _refused(
            "role",
            said.role,
            "root-role",
            f"{role.words.zh}的权限及于各租户，只能由登记机构本身授予",
            f"a {role.words.en} reaches into all tenants: only the installation itself gives this role",
        )


def _must_be_key(connection: Connection, said: acts.KeyMade) -> None:
    if _tenant(connection, said.tenant).closed:
        raise _refused("tenant", said.tenant, "open-tenant", "租户已停用", "the tenant is closed")
    _must_be_said(said.name, "name")
    unknown = sorted(set(said.scopes) - set(KEY_SCOPES))
    if unknown or not said.scopes:
        allowed = ", ".join(sorted(KEY_SCOPES))
        raise _refused(
            "scopes", ", ".join(unknown), "allowed-value", f"权限须在 {allowed} 之中", f"scopes are among {allowed}"
        )
    if not (0 < said.rate <= 1_000_000 and 0 < said.burst <= 1_000_000):
        raise _refused(
            "rate",
            f"{said.rate}/{said.burst}",
            "allowed-value",
            "速率须在 0 到 1,000,000 之间",
            "a rate is up to 1,000,000",
        )


def _tenant(connection: Connection, id: str) -> model.Tenant:
    found = model.tenant(connection, id)
    if found is None:
        raise _refused("tenant", id, "known-tenant", f"没有租户“{id}”", f"there is no tenant {id!r}")
    return found


def _person(connection: Connection, id: str) -> model.Person:
    found = model.person(connection, id)
    if found is None:
        raise _refused("person", id, "known-person", f"没有登录名为“{id}”的人", f"nobody signs in as {id!r}")
    return found


def _must_be_name(text: str, field: str) -> None:
    if not NAME.fullmatch(text):
        raise _refused(
            field,
            text,
            "slug",
            "须为小写字母、数字与 . _ @ -，至多 64 个字符",
            "it is of lower-case letters, digits and . _ @ -, at most 64 characters",
        )


def _must_be_said(text: str, field: str) -> None:
    if not text.strip() or len(text) > 500:
        raise _refused(field, text[:40], "required", f"{field} 须有内容，至多 500 字", f"{field}: 1 to 500 characters")


def _refused(field: str, thing: str, rule: str, zh: str, en: str) -> InvalidCommand:
    return InvalidCommand(zh, en, thing=thing, field=field, rule=rule)

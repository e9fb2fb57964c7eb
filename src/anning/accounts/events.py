"""Acts on accounts that matter afterwards, as events of the journal (帐户事件). No secret is ever among them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from anning.errors import SchemaMismatch
from anning.registers.events import Payload, kind_of_type

TenantKind: TypeAlias = Literal["registry", "carrier", "reseller", "provider", "sender", "authority"]
Credential: TypeAlias = Literal["password", "totp", "passkey", "oidc"]


class TenantMade(Payload, frozen=True, kw_only=True, tag="tenant-made"):
    """A tenant of the installation (租户): a carrier, provider, sender or authority. The latest row counts.

    Attributes:
        organisations: ids in the registers for which it may speak; a sender speaks for these alone.
    """

    id: str
    name: str
    tenant_kind: TenantKind
    organisations: tuple[str, ...] = ()


class TenantClosed(Payload, frozen=True, kw_only=True, tag="tenant-closed"):
    """A tenant that is served no longer (租户停用); its keys and people may do nothing more."""

    id: str


class PersonAdded(Payload, frozen=True, kw_only=True, tag="person-added"):
    """A person with an account (人员); the id is the name they sign in with. The latest row counts."""

    id: str
    name: str
    home: str
    enabled: bool = True


class RoleGiven(Payload, frozen=True, kw_only=True, tag="role-given"):
    """A person may act in a role in a tenant (授予角色)."""

    person: str
    tenant: str
    role: str


class RoleTaken(Payload, frozen=True, kw_only=True, tag="role-taken"):
    """A person may no longer (收回角色)."""

    person: str
    tenant: str
    role: str


class KeyMade(Payload, frozen=True, kw_only=True, tag="key-made"):
    """An API key of a tenant (接口密钥): what it may do, how fast, until when.

    Attributes:
        rate: requests a second in the long run; `burst`: at once.
    """

    id: str
    tenant: str
    name: str
    scopes: tuple[str, ...]
    rate: float
    burst: int
    expires: datetime | None = None


class KeyRevoked(Payload, frozen=True, kw_only=True, tag="key-revoked"):
    """An API key that opens nothing any more (吊销密钥)."""

    id: str


class CredentialSet(Payload, frozen=True, kw_only=True, tag="credential-set"):
    """A person set a password, a second factor, a passkey, or tied an outside identity (设置凭据)."""

    person: str
    credential: Credential
    label: str = ""


class CredentialRemoved(Payload, frozen=True, kw_only=True, tag="credential-removed"):
    """A credential that opens nothing any more (移除凭据)."""

    person: str
    credential: Credential
    label: str = ""


class NumberRevealed(Payload, frozen=True, kw_only=True, tag="number-revealed"):
    """Somebody was shown a whole number, and for what purpose (查看完整号码, R13)."""

    number: str
    purpose: str
    source: str


AccountEvent: TypeAlias = (
    TenantMade
    | TenantClosed
    | PersonAdded
    | RoleGiven
    | RoleTaken
    | KeyMade
    | KeyRevoked
    | CredentialSet
    | CredentialRemoved
    | NumberRevealed
)

KINDS: dict[str, type[Payload]] = {kind_of_type(cls): cls for cls in AccountEvent.__args__}


def event_of(kind: str, payload: dict[str, object]) -> Payload:
    """The typed event of a journal entry.

    Raises:
        SchemaMismatch: it says something that this version does not know of.
        msgspec.ValidationError: the payload is not of that kind.
    """
    unknown = sorted(payload.keys() - set(KINDS[kind].__struct_fields__))
    if unknown:
        raise SchemaMismatch(
            f"日志中的 {kind} 含有本版本不认识的字段 {'、'.join(unknown)}，请升级后再读",
            f"a {kind} in the journal has fields that this version does not know: {', '.join(unknown)}; "
            "read it with a newer version",
            thing=kind,
            field=unknown[0],
            rule="known-fields",
        )
    return msgspec.convert({**payload, "kind": kind}, KINDS[kind], strict=True)

"""Accounts as they stand (帐户现状): what the view's rows are read into."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from anning.accounts.events import TenantKind
from anning.accounts.may import Principal
from anning.accounts.roles import ROOT
from anning.accounts.view import QUERIES
from anning.journal import Connection
from anning.journal.envelope import from_microseconds

SENDERS_ALONE = frozenset({"sender"})
"""Kinds of tenant that speak for their own organisations only."""


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant; see `anning.accounts.events.TenantMade`."""

    id: str
    name: str
    tenant_kind: TenantKind
    organisations: frozenset[str]
    closed: bool
    at: datetime | None

    @property
    def outsider(self) -> bool:
        """Whether it is told nothing of wishes, only whether it may send (design, idea 9)."""
        return self.tenant_kind in SENDERS_ALONE

    def speaks_for(self, organisation: str) -> bool:
        """Whether it may send, ask and state on behalf of this organisation."""
        return self.tenant_kind not in SENDERS_ALONE or organisation in self.organisations


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person with an account."""

    id: str
    name: str
    home: str
    enabled: bool
    at: datetime


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An API key; its secret is nowhere."""

    id: str
    tenant: str
    name: str
    scopes: tuple[str, ...]
    rate: float
    burst: int
    expires: datetime | None
    revoked: bool
    made_by: str
    at: datetime

    def principal(self) -> Principal:
        """Whoever shows it."""
        return Principal(kind="key", id=self.id, tenant=self.tenant, scopes=frozenset(self.scopes))


INSTALLATION = Tenant(
    id=ROOT, name="Anning 安宁", tenant_kind="registry", organisations=frozenset(), closed=False, at=None
)
"""The tenant that is there from the first day."""


def tenant(connection: Connection, id: str) -> Tenant | None:
    """One tenant; the installation itself needs no row."""
    row = QUERIES.row(connection, "tenant", id=id)
    if row is None:
        return INSTALLATION if id == ROOT else None
    return _tenant(row)


def tenants(connection: Connection) -> list[Tenant]:
    """All of them, the installation first."""
    found = [_tenant(row) for row in QUERIES.rows(connection, "tenants")]
    return found if any(each.id == ROOT for each in found) else [INSTALLATION, *found]


def person(connection: Connection, id: str) -> Person | None:
    """One person."""
    row = QUERIES.row(connection, "person", id=id)
    return None if row is None else _person(row)


def people(connection: Connection, home: str) -> list[Person]:
    """Those at home in a tenant."""
    return [_person(row) for row in QUERIES.rows(connection, "people_of_tenant", tenant=home)]


def roles(connection: Connection, person_id: str) -> tuple[tuple[str, str], ...]:
    """Where somebody has which roles: (tenant, role)."""
    return tuple((row[0], row[1]) for row in QUERIES.rows(connection, "roles_of_person", person=person_id))


def key(connection: Connection, id: str) -> Key | None:
    """One key."""
    row = QUERIES.row(connection, "key", id=id)
    return None if row is None else _key(row)


def keys(connection: Connection, of_tenant: str) -> list[Key]:
    """A tenant's keys, revoked ones too."""
    return [_key(row) for row in QUERIES.rows(connection, "keys_of_tenant", tenant=of_tenant)]


def _tenant(row: tuple[Any, ...]) -> Tenant:
    id, name, kind, organisations, closed, at = row
    return Tenant(
        id=id,
        name=name,
        tenant_kind=kind,
        organisations=frozenset(msgspec.json.decode(organisations, type=list[str])),
        closed=bool(closed),
        at=from_microseconds(at),
    )


def _person(row: tuple[Any, ...]) -> Person:
    id, name, home, enabled, at = row
    return Person(id=id, name=name, home=home, enabled=bool(enabled), at=from_microseconds(at))


def _key(row: tuple[Any, ...]) -> Key:
    id, tenant_id, name, scopes, rate, burst, expires, revoked, made_by, at = row
    return Key(
        id=id,
        tenant=tenant_id,
        name=name,
        scopes=tuple(msgspec.json.decode(scopes, type=list[str])),
        rate=float(rate),
        burst=burst,
        expires=None if expires is None else from_microseconds(expires),
        revoked=bool(revoked),
        made_by=made_by,
        at=from_microseconds(at),
    )

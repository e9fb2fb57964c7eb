"""Tenants, people, roles and keys as tables made of the journal alone (帐户视图)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from anning.accounts import events as acts
from anning.accounts.events import KINDS, event_of
from anning.journal import Connection, Event, Statements
from anning.journal.envelope import canonical_payload, to_microseconds

FOLDER: Final = Path(__file__).parent
MIGRATIONS: Final = FOLDER / "migrations"
STATE_MIGRATIONS: Final = FOLDER / "state_migrations"
QUERIES: Final = Statements(FOLDER / "sql")

_ACT_COLUMNS: Final = ("position", "tenant", "actor", "kind", "payload", "at")


class AccountView:
    """See `anning.journal.store.View`."""

    name = "accounts"
    tables: tuple[str, ...] = ("tenants", "people", "person_roles", "api_keys", "account_acts")

    def apply(self, connection: Connection, events: Sequence[Event]) -> None:
        """Each act changes what stands, and is remembered as an act."""
        listed: list[tuple[Any, ...]] = []
        for event in events:
            if event.kind in KINDS:
                _apply(connection, event)
                text = canonical_payload(event.payload).decode()
                listed.append((event.position, event.tenant, event.actor, event.kind, text, to_microseconds(event.at)))
        if listed:
            connection.insert("account_acts", _ACT_COLUMNS, listed)

    def reset(self, connection: Connection) -> None:
        """Empty all tables."""
        for table in self.tables:
            connection.execute(f"DELETE FROM {table}")


def _apply(connection: Connection, event: Event) -> None:
    at = to_microseconds(event.at)
    match event_of(event.kind, event.payload):
        case acts.TenantMade() as made:
            QUERIES.change(
                connection,
                "make_tenant",
                id=made.id,
                name=made.name,
                tenant_kind=made.tenant_kind,
                organisations=_json(made.organisations),
                at=at,
            )
        case acts.TenantClosed(id=closed):
            QUERIES.change(connection, "close_tenant", id=closed)
        case acts.PersonAdded() as person:
            QUERIES.change(
                connection,
                "add_person",
                id=person.id,
                name=person.name,
                home=person.home,
                enabled=int(person.enabled),
                at=at,
            )
        case acts.RoleGiven() as given:
            QUERIES.change(connection, "give_role", person=given.person, tenant=given.tenant, role=given.role, at=at)
        case acts.RoleTaken() as taken:
            QUERIES.change(connection, "take_role", person=taken.person, tenant=taken.tenant, role=taken.role)
        case acts.KeyMade() as key:
            QUERIES.change(
                connection,
                "make_key",
                id=key.id,
                tenant=key.tenant,
                name=key.name,
                scopes=_json(key.scopes),
                rate=key.rate,
                burst=key.burst,
                expires=None if key.expires is None else to_microseconds(key.expires),
                made_by=event.actor,
                at=at,
            )
        case acts.KeyRevoked(id=revoked):
            QUERIES.change(connection, "revoke_key", id=revoked)
        case _:
            pass


def _json(texts: tuple[str, ...]) -> str:
    return msgspec.json.encode(texts).decode()

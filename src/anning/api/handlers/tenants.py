"""Tenants (租户)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from anning.accounts import model
from anning.accounts.events import TenantKind
from anning.accounts.roles import ROOT, Action
from anning.accounts.view import QUERIES
from anning.api.models import Name
from anning.api.routes import Answer, Call, Route
from anning.errors import NotFound
from anning.journal.envelope import from_microseconds
from anning.numbers import mask

LAST: Final = 2**62


class TenantRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A tenant to be made, or what is to be known of it."""

    id: Name
    name: Name
    tenant_kind: TenantKind = "sender"
    organisations: Annotated[list[Name], Meta(max_length=1000)] = []


class TenantShown(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant."""

    id: str
    name: str
    tenant_kind: TenantKind
    organisations: tuple[str, ...]
    closed: bool
    at: datetime | None


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What was done on accounts; numbers masked."""

    position: int
    actor: str
    kind: str
    said: dict[str, Any]
    at: datetime


class Acts(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Part of the list, the latest first: `count` of what came before the position `before`."""

    before: Annotated[int, Meta(ge=1, le=LAST)] = LAST
    count: Annotated[int, Meta(ge=1, le=500)] = 50


def make_tenant(call: Call) -> TenantShown:
    """Make a tenant, or change what is known of it."""
    asked: TenantRequest = call.body
    call.house.accounts.make_tenant(
        asked.id, asked.name, asked.tenant_kind, asked.organisations, actor=call.who.actor, key=call.key
    )
    return _one(call, asked.id)


def list_tenants(call: Call) -> list[TenantShown]:
    """All of them for whoever reaches all; else the one asked in."""
    with call.house.registers.store.read() as connection:
        found = model.tenants(connection)
    everywhere = call.who.kind == "local" or any(
        tenant == ROOT and role in ("registrar", "supervisor") for tenant, role in call.who.roles
    )
    return [_shown(each) for each in found if everywhere or each.id == call.tenant.id]


def show_tenant(call: Call) -> TenantShown:
    """The tenant one asks in."""
    return _shown(call.tenant)


def close_tenant(call: Call) -> Answer:
    """It is served no longer."""
    _one(call, call.params["id"])
    call.house.accounts.close_tenant(call.params["id"], actor=call.who.actor)
    return Answer(status=204)


def list_acts(call: Call) -> list[Act]:
    """What was done on the tenant's accounts, whole numbers shown to whom and why among it."""
    with call.house.registers.store.read() as connection:
        rows = QUERIES.rows(
            connection, "acts_of_tenant", tenant=call.tenant.id, before=call.query.before, count=call.query.count
        )
    return [
        Act(position=position, actor=actor, kind=kind, said=_masked(payload), at=from_microseconds(at))
        for position, _, actor, kind, payload, at in rows
    ]


def _masked(payload: str) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.json.decode(payload)
    return {name: mask(value) if name == "number" else value for name, value in said.items()}


def _one(call: Call, id: str) -> TenantShown:
    with call.house.registers.store.read() as connection:
        found = model.tenant(connection, id)
    if found is None:
        raise NotFound("没有这个租户", "there is no such tenant", thing=id, field="id", rule="known-tenant")
    return _shown(found)


def _shown(tenant: model.Tenant) -> TenantShown:
    return TenantShown(
        id=tenant.id,
        name=tenant.name,
        tenant_kind=tenant.tenant_kind,
        organisations=tuple(sorted(tenant.organisations)),
        closed=tenant.closed,
        at=tenant.at,
    )


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/tenants",
        action=Action.TENANTS,
        handler=make_tenant,
        zh="设立租户，或更新其名称与机构",
        en="Make a tenant, or change its name and organisations",
        tag="tenants",
        takes=TenantRequest,
        answers=TenantShown,
        status=201,
        idempotent="answer",
        on_root=True,
        example={"id": "bank", "name": "安宁银行", "tenant_kind": "sender", "organisations": ["bank"]},
    ),
    Route(
        method="GET",
        path="/v1/tenants",
        action=Action.READ_TENANTS,
        handler=list_tenants,
        zh="可见的租户",
        en="The tenants one may see",
        tag="tenants",
        answers=list[TenantShown],
    ),
    Route(
        method="GET",
        path="/v1/tenant",
        action=Action.READ_TENANTS,
        handler=show_tenant,
        zh="本租户",
        en="The tenant one asks in",
        tag="tenants",
        answers=TenantShown,
    ),
    Route(
        method="DELETE",
        path="/v1/tenants/{id}",
        action=Action.TENANTS,
        handler=close_tenant,
        zh="停用租户",
        en="Close a tenant",
        tag="tenants",
        status=204,
        on_root=True,
    ),
    Route(
        method="GET",
        path="/v1/acts",
        action=Action.READ_ACTS,
        handler=list_acts,
        zh="本租户帐户上的操作，含查看完整号码的记录",
        en="What was done on the tenant's accounts, reveals of numbers among it",
        tag="tenants",
        query=Acts,
        answers=list[Act],
    ),
)

"""API keys of a tenant (接口密钥)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from anning.accounts import model
from anning.accounts.roles import Action
from anning.api.models import Moment, Name
from anning.api.routes import Answer, Call, Route


class KeyRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new key: what it may do, how fast, until when."""

    name: Annotated[Name, Meta(min_length=1)]
    scopes: Annotated[list[str], Meta(min_length=1, max_length=20)]
    rate: Annotated[float, Meta(gt=0)] | None = None
    burst: Annotated[int, Meta(gt=0)] | None = None
    expires: Moment | None = None


class KeyShown(msgspec.Struct, frozen=True, kw_only=True):
    """A key without its secret."""

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


class KeyMade(msgspec.Struct, frozen=True, kw_only=True):
    """A key just made. `key` is shown now and never again."""

    id: str
    key: str


def make_key(call: Call) -> KeyMade:
    """A key of the tenant."""
    asked: KeyRequest = call.body
    made = call.house.accounts.make_key(
        call.tenant.id,
        asked.name,
        asked.scopes,
        actor=call.who.actor,
        rate=asked.rate or 0,
        burst=asked.burst or 0,
        expires=asked.expires,
    )
    return KeyMade(id=made.id, key=made.secret)


def list_keys(call: Call) -> list[KeyShown]:
    """The tenant's keys, revoked ones too."""
    with call.house.registers.store.read() as connection:
        found = model.keys(connection, call.tenant.id)
    return [KeyShown(**{name: getattr(each, name) for name in KeyShown.__struct_fields__}) for each in found]


def revoke_key(call: Call) -> Answer:
    """It opens nothing any more."""
    call.house.accounts.revoke_key(call.params["id"], actor=call.who.actor, within=call.tenant.id)
    return Answer(status=204)


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/keys",
        action=Action.KEYS,
        handler=make_key,
        zh="新建接口密钥，只显示这一次",
        en="Make an API key; it is shown this once",
        tag="keys",
        takes=KeyRequest,
        answers=KeyMade,
        status=201,
        example={"name": "crm", "scopes": ["decide", "scrub"]},
    ),
    Route(
        method="GET",
        path="/v1/keys",
        action=Action.KEYS,
        handler=list_keys,
        zh="本租户的接口密钥",
        en="The tenant's API keys",
        tag="keys",
        answers=list[KeyShown],
    ),
    Route(
        method="DELETE",
        path="/v1/keys/{id}",
        action=Action.KEYS,
        handler=revoke_key,
        zh="吊销接口密钥",
        en="Revoke an API key",
        tag="keys",
        status=204,
    ),
)

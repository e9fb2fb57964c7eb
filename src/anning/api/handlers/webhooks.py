"""Webhooks and due dates of a tenant (事件推送与到期)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from uuid_utils import uuid7

from anning.accounts.roles import Action
from anning.api.routes import Answer, Call, Route
from anning.api.webhooks import Delivery, Webhook, licences_near
from anning.law.instrument import SHANGHAI


class WebhookRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where to tell, and of what."""

    url: Annotated[str, Meta(min_length=1, max_length=2000)]
    events: Annotated[list[str], Meta(min_length=1, max_length=20)]


class WebhookMade(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook just made. `secret` is shown now and never again: signatures are checked with it."""

    webhook: Webhook
    secret: str


class Count(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How many."""

    count: Annotated[int, Meta(ge=1, le=500)] = 50


class Within(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Within how many days."""

    days: Annotated[int, Meta(ge=1, le=400)] = 30


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Something that ends on a day."""

    what: str
    organisation: str
    kind: str
    day: str
    days: int


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """Under which id something will be told."""

    id: str


def make_webhook(call: Call) -> WebhookMade:
    """Be told at this address from now on."""
    webhook, secret = call.house.webhooks.register(call.tenant.id, call.body.url, call.body.events)
    return WebhookMade(webhook=webhook, secret=secret)


def list_webhooks(call: Call) -> list[Webhook]:
    """The tenant's."""
    return call.house.webhooks.of(call.tenant.id)


def forget_webhook(call: Call) -> Answer:
    """Be told there no more."""
    call.house.webhooks.forget(_one(call))
    return Answer(status=204)


def list_deliveries(call: Call) -> list[Delivery]:
    """What was told there, the latest first."""
    return call.house.webhooks.deliveries(_one(call), call.query.count)


def ping_webhook(call: Call) -> Queued:
    """Tell it something harmless, to see that it works."""
    webhook, id = _one(call), f"ping-{uuid7()}"
    call.house.webhooks.tell("ping", id, call.tenant.id, {}, to=webhook.id)
    call.house.hurry()
    return Queued(id=id)


def retry_delivery(call: Call) -> Queued:
    """Tell it again now."""
    call.house.webhooks.retry(_one(call), call.params["delivery"])
    call.house.hurry()
    return Queued(id=call.params["delivery"])


def list_due(call: Call) -> list[Due]:
    """What ends soon: licences, of the tenant's organisations or, for those who see all, of everybody."""
    today = call.house.clock().astimezone(SHANGHAI).date()
    with call.house.registers.store.read() as connection:
        near = licences_near(connection, today, call.query.days)
    return [_due(each) for each in near if call.tenant.speaks_for(each["organisation"])]


def _due(each: dict[str, Any]) -> Due:
    kind = f"{each['kind']} {each['class']}".strip()
    return Due(what=each["what"], organisation=each["organisation"], kind=kind, day=each["due"], days=each["days"])


def _one(call: Call) -> Webhook:
    return call.house.webhooks.one(call.params["id"], call.tenant.id)


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/webhooks",
        action=Action.WEBHOOKS,
        handler=make_webhook,
        zh="登记推送地址，密钥只显示这一次",
        en="Be told at an address; the secret is shown this once",
        tag="webhooks",
        takes=WebhookRequest,
        answers=WebhookMade,
        status=201,
        example={"url": "https://crm.example.cn/anning", "events": ["decision.held", "consent.withdrawn"]},
    ),
    Route(
        method="GET",
        path="/v1/webhooks",
        action=Action.WEBHOOKS,
        handler=list_webhooks,
        zh="推送地址",
        en="Webhooks",
        tag="webhooks",
        answers=list[Webhook],
    ),
    Route(
        method="DELETE",
        path="/v1/webhooks/{id}",
        action=Action.WEBHOOKS,
        handler=forget_webhook,
        zh="删除推送地址",
        en="Be told there no more",
        tag="webhooks",
        status=204,
    ),
    Route(
        method="POST",
        path="/v1/webhooks/{id}/ping",
        action=Action.WEBHOOKS,
        handler=ping_webhook,
        zh="试推一条",
        en="Tell it something harmless",
        tag="webhooks",
        answers=Queued,
        status=202,
    ),
    Route(
        method="GET",
        path="/v1/webhooks/{id}/deliveries",
        action=Action.WEBHOOKS,
        handler=list_deliveries,
        zh="推送记录，最近的在前",
        en="What was told, the latest first",
        tag="webhooks",
        query=Count,
        answers=list[Delivery],
    ),
    Route(
        method="POST",
        path="/v1/webhooks/{id}/deliveries/{delivery}/retry",
        action=Action.WEBHOOKS,
        handler=retry_delivery,
        zh="立即重推一条",
        en="Tell one again now",
        tag="webhooks",
        answers=Queued,
        status=202,
    ),
    Route(
        method="GET",
        path="/v1/due",
        action=Action.READ_REGISTERS,
        handler=list_due,
        zh="即将到期的事项",
        en="What ends soon",
        tag="webhooks",
        query=Within,
        answers=list[Due],
    ),
)

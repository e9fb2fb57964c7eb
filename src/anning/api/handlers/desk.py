"""The hotline desk (热线坐席): an operator acts for a caller, and is on record as who did."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from anning.accounts.roles import Action
from anning.api.handlers.registers import must_be_served
from anning.api.handlers.subscriber import WishesNow, now
from anning.api.models import NumberText
from anning.api.routes import Call, Route
from anning.errors import NotAllowed
from anning.wishes.proving import subscriber_number
from anning.wishes.rules import MOST, Rule

KEEPERS: Final = frozenset({"registry", "carrier", "reseller"})
"""Kinds of tenants that keep wishes for subscribers (R23a, R23b)."""


class Caller(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The number of whoever calls the hotline; in the body, so that no log has it."""

    number: NumberText


class CallerWants(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the caller wants to stand, and how it was made sure that it is their number."""

    number: NumberText
    rules: Annotated[list[Rule], Meta(max_length=MOST)]
    proof: Literal["asked", "own-phone"] = "asked"


def look_up_caller(call: Call) -> WishesNow:
    """What a caller wishes."""
    keeps_wishes(call)
    number = subscriber_number(call.body.number)
    must_be_served(call, number)
    return now(number, call.house.wishes.dealing.rules(number))


def act_for_caller(call: Call) -> WishesNow:
    """Let these rules stand; the caller's phone gets the receipt, whoever called."""
    keeps_wishes(call)
    asked: CallerWants = call.body
    number = subscriber_number(asked.number)
    must_be_served(call, number)
    changed = call.house.wishes.dealing.change(
        number,
        asked.rules,
        door="hotline",
        proof=asked.proof,
        actor=call.who.actor,
        tenant=call.tenant.id,
        key=call.key,
    )
    return now(number, changed.rules, changed.ids, changed.receipt)


def keeps_wishes(call: Call) -> None:
    """Nothing, when the tenant keeps wishes for subscribers. Raises NotAllowed."""
    if call.who.kind != "local" and call.tenant.tenant_kind not in KEEPERS:
        raise NotAllowed(
            "只有登记机构与电信运营商可以代用户办理意愿",
            "only the registry and operators act for subscribers",
            thing="wishes",
            rule="tenant-kind",
        )


_EXAMPLE: Final[dict[str, Any]] = {"number": "13800138000", "rules": [{"says": "decline", "channel": "call"}]}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/desk/look-up",
        action=Action.DESK,
        handler=look_up_caller,
        zh="查询来电者的意愿",
        en="What a caller wishes",
        tag="desk",
        takes=Caller,
        answers=WishesNow,
        example={"number": "13800138000"},
    ),
    Route(
        method="PUT",
        path="/v1/desk/wishes",
        action=Action.DESK,
        handler=act_for_caller,
        zh="代来电者办理意愿，记明经办人",
        en="Act for a caller; who did is on record",
        tag="desk",
        takes=CallerWants,
        answers=WishesNow,
        idempotent="journal",
        example=_EXAMPLE,
    ),
)

"""Decisions and holds (判定与暂缓)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from anning.accounts.roles import Action
from anning.api.decide import BadNumber, BatchRequest
from anning.api.holds import Held
from anning.api.models import DecideAnswer, DecideRequest, Verdict, verdict_fields
from anning.api.routes import Answer, Call, Route

ONE: Final = {
    "sender": "bank",
    "provider": "cpaas",
    "code": "106600001111",
    "number": "13800138000",
    "text": "【安宁银行】您有一笔信用贷款额度可申请，拒收请回复R",
    "purpose": "commercial",
}
MANY: Final[dict[str, Any]] = {
    **{name: value for name, value in ONE.items() if name != "number"},
    "numbers": ["13800138000", "13900139000"],
}


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows by outcome."""

    allow: int
    label: int
    hold: int
    refuse: int
    bad: int


class BatchVerdict(Verdict, frozen=True, kw_only=True):
    """One of a batch's distinct verdicts; `would` only in shadow."""

    would: str = ""


class BatchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The verdicts on a batch.

    Attributes:
        rows: by row the place of its verdict in `decisions`; -1 for a row that names no number.
        decisions: the distinct verdicts.
        bad: the rows that name no number, and why.
    """

    id: str
    tenant: str
    at: str
    shadow: bool
    rows: list[int]
    decisions: list[BatchVerdict]
    bad: list[BadNumber]
    counts: Totals


class HoldAnswer(Held, frozen=True, kw_only=True):
    """A communication that was held, and the verdict on it now."""

    verdict: Verdict


class Page(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Part of a list, the latest first: `count` of what came before the id `before`."""

    before: Annotated[str, Meta(max_length=64)] = ""
    count: Annotated[int, Meta(ge=1, le=500)] = 50


def ask_hold(call: Call) -> HoldAnswer:
    """How a communication that was held stands now, judged again."""
    held, decision = call.house.holds.asked(call.params["id"], call.tenant.id)
    return HoldAnswer(
        **{name: getattr(held, name) for name in held.__struct_fields__}, verdict=Verdict(**verdict_fields(decision))
    )


def list_holds(call: Call) -> list[Held]:
    """A tenant's, the latest first, as last judged; numbers masked."""
    return call.house.holds.of(call.tenant.id, call.query.before, call.query.count)


def decide(_: Call) -> Answer:
    """Served by raw ASGI; see `anning.api.decide`."""
    raise NotImplementedError


def decide_batch(_: Call) -> Answer:
    """Served by raw ASGI; see `anning.api.decide`."""
    raise NotImplementedError


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/decide",
        action=Action.DECIDE,
        handler=decide,
        zh="判定一条短信或一个电话；暂缓时应答 202 与编号",
        en="Judge one message or call; 202 and an id when it is held",
        tag="decide",
        takes=DecideRequest,
        answers=DecideAnswer,
        more={202: DecideAnswer},
        hot=True,
        example=ONE,
    ),
    Route(
        method="POST",
        path="/v1/decide/batch",
        action=Action.DECIDE,
        handler=decide_batch,
        zh="判定一至一万个号码，其余相同",
        en="Judge one to ten thousand numbers, all else alike",
        tag="decide",
        takes=BatchRequest,
        answers=BatchAnswer,
        hot=True,
        example=MANY,
    ),
    Route(
        method="GET",
        path="/v1/holds",
        action=Action.DECIDE,
        handler=list_holds,
        zh="暂缓的通信，最近的在前",
        en="Communications that were held, the latest first",
        tag="decide",
        query=Page,
        answers=list[Held],
    ),
    Route(
        method="GET",
        path="/v1/holds/{id}",
        action=Action.DECIDE,
        handler=ask_hold,
        zh="查询一条暂缓的通信，随即重新判定",
        en="Ask after one that was held; it is judged again",
        tag="decide",
        answers=HoldAnswer,
    ),
)

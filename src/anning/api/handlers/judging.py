"""Decisions and holds (判定与暂缓)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from uuid_utils import uuid7

from anning.accounts.roles import Action
from anning.api.decide import BadNumber, BatchRequest, not_its_own
from anning.api.holds import Held
from anning.api.judging import communication
from anning.api.models import DecideAnswer, DecideRequest, Verdict, verdict_fields
from anning.api.routes import Answer, Call, Route
from anning.gate.explain import explain as explained
from anning.gate.plain import as_plain
from anning.gate.unregistered import as_plain as warnings_of
from anning.gate.unregistered import unregistered_in
from anning.numbers import mask, require

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


class RevealRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """For what purpose a whole number is to be seen."""

    purpose: Annotated[str, Meta(min_length=1, max_length=500)]


class Revealed(msgspec.Struct, frozen=True, kw_only=True):
    """A whole number; that it was shown, to whom and for what, is in the journal under `act`."""

    number: str
    act: str


def reveal_hold(call: Call) -> Revealed:
    """The whole number of a communication that was held; noted in the journal before it is shown (R13)."""
    id = call.params["id"]
    number = call.house.holds.number(id, call.tenant.id)
    ack = call.house.accounts.reveal(number, call.body.purpose, f"hold {id}", who=call.who, tenant=call.tenant.id)
    return Revealed(number=number, act=ack.ids[0])


def explain(call: Call) -> dict[str, Any]:
    """One communication judged and explained: what was observed, every rule that fired, what would let it pass."""
    asked: DecideRequest = call.body
    if not call.tenant.speaks_for(asked.sender):
        raise not_its_own(asked.sender)
    parsed = require(asked.number)
    if call.tenant.outsider:
        call.house.quotas.take(call.tenant.id, "questions")
    gate = call.house.judging.gate
    c = communication(asked, parsed.number, asked.at or call.house.clock(), blind=call.tenant.outsider)
    explanation = call.house.judging.unlocked(lambda: explained(gate, c, asked.under))
    missing = unregistered_in(gate, c)
    return {
        "id": str(uuid7()),
        "tenant": call.tenant.id,
        **as_plain(explanation, mask(parsed.number)),
        "warnings": warnings_of(missing),
    }


def decide(_: Call) -> Answer:
    """Answered by raw ASGI before routes are asked; see `anning.api.decide`."""
    raise RuntimeError("answered by raw ASGI")


def decide_batch(_: Call) -> Answer:
    """Answered by raw ASGI before routes are asked; see `anning.api.decide`."""
    raise RuntimeError("answered by raw ASGI")


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
        method="POST",
        path="/v1/explain",
        action=Action.DECIDE,
        handler=explain,
        zh="判定并说明一条短信或一个电话：观察到的事实、理由、怎样才能放行",
        en="Judge and explain one message or call: facts, reasons, what would let it pass",
        tag="decide",
        takes=DecideRequest,
        answers=dict[str, Any],
        example=ONE,
    ),
    Route(
        method="POST",
        path="/v1/holds/{id}/reveal",
        action=Action.REVEAL,
        handler=reveal_hold,
        zh="说明目的后查看完整号码，记入日志",
        en="See the whole number, with a purpose; it is journalled",
        tag="decide",
        takes=RevealRequest,
        answers=Revealed,
        example={"purpose": "投诉 2026-118 核实"},
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

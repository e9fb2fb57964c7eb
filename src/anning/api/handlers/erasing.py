"""Forgetting, the calendar of erasure, legal holds (清除、到期擦除与法定保全)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool

from anning.accounts.roles import ROOT, Action
from anning.api.handlers.desk import keeps_wishes
from anning.api.handlers.registers import Recorded, must_be_served, recorded
from anning.api.models import Moment, NumberText
from anning.api.routes import SUBSCRIBER, Call, Route
from anning.errors import InvalidInput
from anning.journal.envelope import from_microseconds
from anning.law.instrument import SHANGHAI
from anning.numbers import mask
from anning.registers.due import Item
from anning.registers.erasing import Done
from anning.registers.events import Door, Forgets, LegalHoldSet, Proof
from anning.registers.forgetting import Forgotten
from anning.registers.queries import QUERIES
from anning.wishes.open import SUBSCRIBER as PERSON
from anning.wishes.proving import subscriber_number


class ForgettingAsked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is to be known no longer.

    Attributes:
        what: consents, refusals and wishes to be left alone standing; or everything.
        sure: the person was told what follows, and wants it; needed for everything.
    """

    what: Forgets
    sure: bool = False


class CallerForgotten(ForgettingAsked, forbid_unknown_fields=True, kw_only=True):
    """The number of whoever calls the hotline."""

    number: NumberText
    proof: Annotated[Proof, Meta()] = "asked"


class ForgottenShown(msgspec.Struct, frozen=True, kw_only=True):
    """It has effect at every gate.

    Attributes:
        statements: how many count no more; organisations: how many had a consent.
        gone: the day from which the bytes go, and within which they are gone; None when nothing was on record.
        source: the duty by which they are kept until then.
    """

    number: str
    what: Forgets
    statements: int
    organisations: int
    ids: tuple[str, ...]
    gone: date | None
    source: str


class DueShown(msgspec.Struct, frozen=True, kw_only=True):
    """One statement that is due; whose it is nobody is told.

    Attributes:
        place: the position, and of a row of an import its number.
        since, reason: when and why it lost its effect.
        due: from when it may, and within a day must, be erased; source: by which duty it was kept.
    """

    place: str
    kind: str
    since: datetime
    reason: str
    due: datetime
    months: int
    source: str


class HoldRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A hold that is set, or lifted (`held` false), and from when it counts; now when no moment is given."""

    said: LegalHoldSet
    at: Moment | None = None


class HoldShown(msgspec.Struct, frozen=True, kw_only=True):
    """A hold that stands, the number masked."""

    id: str
    number: str
    org: str
    reason: str
    since: datetime


def forget_me(call: Call) -> ForgottenShown:
    """Have one's own number known no longer."""
    asked: ForgettingAsked = call.body
    return _forget(call, call.number, asked, "app", "one-time-code", actor=PERSON, tenant=ROOT)


def forget_caller(call: Call) -> ForgottenShown:
    """Have a caller known no longer; the phone is told, whoever called."""
    keeps_wishes(call)
    asked: CallerForgotten = call.body
    number = subscriber_number(asked.number)
    must_be_served(call, number)
    return _forget(call, number, asked, "hotline", asked.proof, actor=call.who.actor, tenant=call.tenant.id)


def forget_here(call: Call) -> ForgottenShown:
    """Have a number known no longer."""
    asked: CallerForgotten = call.body
    number = subscriber_number(asked.number)
    return _forget(call, number, asked, "terminal", asked.proof, actor=call.who.actor, tenant=call.tenant.id)


def show_due(call: Call) -> list[DueShown]:
    """What is due and not erased yet."""
    return [due_shown(item) for item in call.house.eraser.due()]


def erase_now(call: Call) -> Done:
    """Erase all that is due, now."""
    done = call.house.eraser.run()
    if done.erased:
        call.house.freshen()
    return done


async def set_hold(call: Call) -> Recorded:
    """Set or lift a hold; answered when no erasure takes what is held."""
    asked: HoldRequest = call.body
    return await recorded(call, asked.said, asked.at, call.key)


async def show_holds(call: Call) -> list[HoldShown]:
    """The holds that stand."""
    return await run_in_threadpool(_holds, call)


def due_shown(item: Item) -> DueShown:
    """As it is told."""
    citation = item.due.citation
    return DueShown(
        place=item.place,
        kind=item.kind,
        since=item.since.astimezone(SHANGHAI),
        reason=item.reason,
        due=item.due.at,
        months=item.due.months,
        source=f"{citation.obligation} {citation.zh()} | {citation.en()}",
    )


def forgotten_shown(done: Forgotten) -> ForgottenShown:
    """As it is told."""
    citation = None if done.gone is None else done.gone.citation
    return ForgottenShown(
        number=done.number,
        what=done.what,
        statements=done.statements,
        organisations=done.organisations,
        ids=done.ids,
        gone=None if done.gone is None else done.gone.at.date(),
        source="" if citation is None else f"{citation.obligation} {citation.zh()} | {citation.en()}",
    )


def _forget(
    call: Call, number: str, asked: ForgettingAsked, door: Door, proof: Proof, *, actor: str, tenant: str
) -> ForgottenShown:
    if asked.what == "everything" and not asked.sure:
        raise InvalidInput(
            "清除全部将连同谢绝一并清除，须本人明确确认（sure）",
            "everything takes the wishes to be left alone along: the person must say so plainly (sure)",
            thing="forgetting",
            field="sure",
            rule="said-plainly",
        )
    done = call.house.wishes.forget(
        number, asked.what, door=door, proof=proof, actor=actor, tenant=tenant, key=call.key
    )
    return forgotten_shown(done)


def _holds(call: Call) -> list[HoldShown]:
    standing: dict[str, HoldShown] = {}
    with call.house.registers.store.read() as connection:
        rows = QUERIES.rows(connection, "legal_holds")
    for _, _, at, id, number, org, held, reason in rows:
        if held:
            since = from_microseconds(at).astimezone(SHANGHAI)
            masked = mask(number) if number else ""
            standing[id] = HoldShown(id=id, number=masked, org=org, reason=reason, since=since)
        else:
            standing.pop(id, None)
    return list(standing.values())


_HOLD: Final[dict[str, Any]] = {
    "said": {"kind": "legal-hold-set", "id": "2026-0042", "number": "13800138000", "reason": "12321 投诉"}
}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/subscriber/forgetting",
        action=SUBSCRIBER,
        handler=forget_me,
        zh="清除本人的登记：立即失效，保存期满即擦除",
        en="Be known no longer: in effect at once, in bytes when the law lets it",
        tag="subscriber",
        takes=ForgettingAsked,
        answers=ForgottenShown,
        idempotent="journal",
        example={"what": "consents"},
    ),
    Route(
        method="POST",
        path="/v1/desk/forgetting",
        action=Action.DESK,
        handler=forget_caller,
        zh="代来电者清除登记，记明经办人",
        en="Have a caller known no longer; who did is on record",
        tag="desk",
        takes=CallerForgotten,
        answers=ForgottenShown,
        idempotent="journal",
        example={"number": "13800138000", "what": "consents"},
    ),
    Route(
        method="POST",
        path="/v1/local/forgetting",
        action=Action.ADMINISTER,
        handler=forget_here,
        zh="清除一个号码的登记（仅限本机命令行）",
        en="Have a number known no longer (for its own command line alone)",
        tag="local",
        takes=CallerForgotten,
        answers=ForgottenShown,
        idempotent="journal",
        example={"number": "13800138000", "what": "consents"},
    ),
    Route(
        method="GET",
        path="/v1/erasures/due",
        action=Action.ERASE,
        handler=show_due,
        zh="到期待擦除的内容，不示号码",
        en="What is due to be erased; whose it is is not told",
        tag="erasure",
        answers=list[DueShown],
        on_root=True,
    ),
    Route(
        method="POST",
        path="/v1/erasures",
        action=Action.ERASE,
        handler=erase_now,
        zh="立即擦除全部到期内容",
        en="Erase all that is due, now",
        tag="erasure",
        answers=Done,
        on_root=True,
    ),
    Route(
        method="POST",
        path="/v1/legal-holds",
        action=Action.HOLD,
        handler=set_hold,
        zh="设定或解除法定保全：涉案号码或机构的记录不擦除",
        en="Set or lift a legal hold: what is on record of a number or an organisation stays",
        tag="erasure",
        takes=HoldRequest,
        answers=Recorded,
        status=201,
        idempotent="journal",
        example=_HOLD,
    ),
    Route(
        method="GET",
        path="/v1/legal-holds",
        action=Action.HOLD,
        handler=show_holds,
        zh="现有的法定保全",
        en="The legal holds that stand",
        tag="erasure",
        answers=list[HoldShown],
    ),
)

"""The registers: say, look up, read (登记、按号码查询、查阅)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Protocol

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool

from anning.accounts.may import Denied, Principal
from anning.accounts.model import Tenant
from anning.accounts.roles import Action
from anning.accounts.speaking import PERSONAL, may_say, may_speak_of, serves_only_its_own
from anning.api.house import House
from anning.api.models import Both, Moment, Name, NumberText
from anning.api.problems import Problem, problem_of
from anning.api.routes import Call, Route
from anning.content import fold_signature
from anning.errors import AnningError, InvalidNumber, NotAllowed, NotFound
from anning.gate.directory import code_form
from anning.journal import Ack
from anning.journal.envelope import to_microseconds
from anning.law.instrument import SHANGHAI
from anning.numbers import SUBSCRIBERS, mask, parse, require
from anning.registers import events as reg
from anning.registers.checks import measure_in_effect
from anning.registers.commands import ReplyReceived, Said, remark, user_of_code
from anning.registers.content_models import path_of
from anning.registers.events import Payload, kind_of, payload_of
from anning.registers.looked_up import ConsentStanding, WishStanding, consents_of, wishes_of
from anning.registers.serving import operator_of
from anning.registers.stated import Stated
from anning.registers.views import rows

BATCH: Final = 1_000


class Reply(ReplyReceived, frozen=True, kw_only=True, tag_field="kind", tag="reply-received"):
    """A subscriber answered a code; what it says is read by the registers."""


Personal = (
    reg.WishStated
    | reg.WishWithdrawn
    | reg.ConsentGiven
    | reg.ConsentWithdrawn
    | Reply
    | reg.ReplyRead
    | reg.NumberRecycled
    | reg.NumberPorted
    | reg.ChargeNoticeGiven
)
"""What is said of one person."""

Registration = (
    reg.OrganisationRegistered
    | reg.IdentityVerified
    | reg.LicenceRecorded
    | reg.CodeRecorded
    | reg.SignatureRecorded
    | reg.MeasureTaken
    | reg.ContentBlocked
    | reg.ApprovalRecorded
    | reg.ContactsRecorded
    | reg.NumberRangeServed
    | reg.InstrumentConfirmed
    | reg.HousePolicySet
    | reg.ContentModelDecided
)
"""What is said of those who send and carry, and of the installation."""


class Statement(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Something said of a person, and from when it counts; now when no moment is given."""

    said: Personal
    at: Moment | None = None


class KeyedStatement(Statement, forbid_unknown_fields=True, kw_only=True):
    """One of many, with an idempotency key of its own."""

    key: Annotated[str, Meta(max_length=200)] = ""


class Statements(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Many at once; each is taken or refused by itself."""

    statements: Annotated[list[KeyedStatement], Meta(min_length=1, max_length=BATCH)]


class RegistrationRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Something registered, and from when it counts; now when no moment is given."""

    said: Registration
    at: Moment | None = None


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """It is on disk, and every gate judges by it.

    Attributes:
        ids: its places in the journal, none when there was nothing to record.
        duplicate: it had been said before under this key.
        said: as it was said, numbers masked.
        remark: what its speaker should know.
    """

    ids: tuple[str, ...]
    duplicate: bool
    said: dict[str, Any]
    remark: Both | None = None


class OneOfMany(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one: recorded, or a problem."""

    recorded: Recorded | None = None
    problem: Problem | None = None


class RecordedMany(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each, in order."""

    results: list[OneOfMany]


class LookUp(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One number, at a moment; now when none is given. The number is in the body, so that no log has it."""

    number: NumberText
    to: Name = ""
    at: Moment | None = None


class StatementShown(msgspec.Struct, frozen=True, kw_only=True):
    """A statement in the registers, the number masked."""

    position: int
    at: datetime
    kind: str
    said: dict[str, Any]


class WishesShown(msgspec.Struct, frozen=True, kw_only=True):
    """How a number wishes, and what was said."""

    number: str
    standing: list[WishStanding]
    statements: list[StatementShown]


class ConsentsShown(msgspec.Struct, frozen=True, kw_only=True):
    """How a number stands towards organisations, and what was said."""

    number: str
    standing: list[ConsentStanding]
    statements: list[StatementShown]


class OrganisationShown(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation as registered: identity, measure, licences, codes, SMS signatures."""

    id: str
    name: str
    trade: str
    org_kind: str
    roles: tuple[str, ...]
    verified: bool
    measure: str
    licences: list[dict[str, Any]]
    codes: list[dict[str, Any]]
    signatures: list[dict[str, Any]]


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All rows of one thing, the latest first."""

    id: str
    history: list[dict[str, Any]]


class SignatureQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The text of an SMS signature."""

    text: Annotated[str, Meta(min_length=1, max_length=100)]


async def say(call: Call) -> Recorded:
    """Say something of a person to the registers; answered when it is on disk and every gate judges by it."""
    asked: Statement = call.body
    return await recorded(call, asked.said, asked.at, call.key)


async def say_many(call: Call) -> RecordedMany:
    """Many statements of persons; they share commits, and each is taken or refused by itself."""
    asked: Statements = call.body

    async def one(each: KeyedStatement) -> OneOfMany:
        try:
            return OneOfMany(recorded=await recorded(call, each.said, each.at, each.key))
        except AnningError as error:
            return OneOfMany(problem=problem_of(error))

    return RecordedMany(results=list(await asyncio.gather(*map(one, asked.statements))))


async def register(call: Call) -> Recorded:
    """Register organisations, identities, licences, codes, signatures, measures, approvals, settings."""
    asked: RegistrationRequest = call.body
    return await recorded(call, asked.said, asked.at, call.key)


class Asking(Protocol):
    """Whoever asks in a tenant's name, at whichever door."""

    house: House
    who: Principal
    tenant: Tenant


def must_serve(call: Asking, said: Said) -> None:
    """Nothing, when the tenant may say this of its number.

    Raises:
        NotAllowed: another operator serves it, or nobody does; what is on record of it changes nothing of the answer.
    """
    parsed = parse(str(getattr(said, "number", "")))
    with call.house.registers.store.read() as connection:
        served_by = operator_of(connection, parsed.number, call.house.clock()) if parsed.valid else ""
    leave = may_speak_of(call.tenant, said, served_by)
    if isinstance(leave, Denied) and parsed.kind in SUBSCRIBERS:
        raise NotAllowed(leave.zh, leave.en, thing=_kind(said), field="number", rule="own-subscribers")


def must_be_served(call: Asking, number: str) -> None:
    """Nothing, when the tenant may see this number: the registry all, an operator its own.

    Raises:
        NotAllowed: it may not.
    """
    if call.who.kind != "local" and serves_only_its_own(call.tenant):
        must_serve(call, reg.WishWithdrawn(number=number))


async def recorded(call: Call, said: Said, at: datetime | None, key: str) -> Recorded:
    """Say it in the tenant's name.

    Raises:
        NotAllowed: the tenant may not.
    """
    code_user = await run_in_threadpool(_user_of, call, said) if isinstance(said, ReplyReceived) else None
    if isinstance(said, reg.NumberPorted):
        await run_in_threadpool(_must_be_a_tenant, call, said.to)
    if call.who.kind != "local":
        leave = may_say(call.tenant, said, code_user=code_user)
        if isinstance(leave, Denied):
            raise NotAllowed(leave.zh, leave.en, thing=_kind(said), rule=leave.rule)
        if serves_only_its_own(call.tenant) and isinstance(said, PERSONAL):
            await run_in_threadpool(must_serve, call, said)
        if isinstance(said, reg.ContentModelDecided):
            said = msgspec.structs.replace(said, by=call.who.actor)
            _must_be_kept(said.model, call.house.registers.store.database.segments)
    if isinstance(said, reg.ConsentGiven) and call.tenant.outsider and call.who.kind != "local":
        await run_in_threadpool(call.house.quotas.take, call.tenant.id, "consents")
    submitted = call.house.registers.submit(said, actor=call.who.actor, key=key, at=at, tenant=call.tenant.id)
    ack: Ack = await asyncio.wrap_future(submitted)
    note = remark(said)
    return Recorded(
        ids=ack.ids,
        duplicate=ack.duplicate,
        said=_masked(_plain(said)),
        remark=None if note is None else Both(*note),
    )


def _must_be_a_tenant(call: Call, id: str) -> None:
    """Nothing, when there is a tenant of that name. Raises NotFound."""
    if call.house.accounts.tenant(id) is None:
        raise NotFound("没有这个租户", "there is no such tenant", thing=id, field="to", rule="known-tenant")


def _must_be_kept(model: str, folder: Path | None) -> None:
    """A model whose file this server lacks would leave every text unknown. Raises NotFound."""
    if model != reg.BUILT_IN_MODEL and (folder is None or not path_of(folder, model).is_file()):
        raise NotFound(
            f"本服务器没有哈希为 {model} 的模型，请先在服务器上用 anning content propose 存入",
            f"this server keeps no model of the hash {model}: `anning content propose` there puts it in",
            thing=model,
            field="model",
        )


def look_up_wishes(call: Call) -> WishesShown:
    """The general wishes of one number. Senders are not told: they ask whether they may send."""
    if call.tenant.tenant_kind == "sender" and call.who.kind != "local":
        raise NotAllowed(
            "发送者不能查询意愿，只能判定可否发送",
            "a sender is not told wishes: it asks whether it may send",
            thing="wishes",
            rule="own-organisation",
        )
    asked: LookUp = call.body
    number = _subscriber(asked.number)
    must_be_served(call, number)
    with call.house.registers.store.read() as connection:
        found = wishes_of(connection, number, asked.at or call.house.clock())
    return WishesShown(number=mask(number), standing=found.standing, statements=_shown(found.statements))


def look_up_consents(call: Call) -> ConsentsShown:
    """The consents of one number; a sender sees those to its own organisations."""
    asked: LookUp = call.body
    number = _subscriber(asked.number)
    must_be_served(call, number)
    to = [asked.to] if asked.to else None
    statements_of: tuple[type, ...] = ()
    if call.tenant.tenant_kind == "sender" and call.who.kind != "local":
        own = sorted(call.tenant.organisations)
        to = own if to is None else to
        if not set(to) <= set(own):
            raise NotAllowed(
                f"本租户不得代表“{asked.to}”",
                f"this tenant does not speak for {asked.to!r}",
                thing=asked.to,
                field="to",
                rule="own-organisation",
            )
        statements_of = (reg.WishStated, reg.NumberRecycled)
    with call.house.registers.store.read() as connection:
        found = consents_of(connection, number, asked.at or call.house.clock(), to)
    told = [one for one in found.statements if not isinstance(one.payload, statements_of)]
    return ConsentsShown(number=mask(number), standing=found.standing, statements=_shown(told))


def show_organisation(call: Call) -> OrganisationShown:
    """An organisation: identity, licences, measure, codes, signatures."""
    org, now = call.params["id"], datetime.now(UTC)
    moment = to_microseconds(now)
    with call.house.registers.store.read() as connection:
        found = rows(connection, "organisation_registered_by_id", id=org, at=moment)
        if not found or not isinstance(found[0], reg.OrganisationRegistered):
            raise NotFound(
                f"机构“{org}”未登记",
                f"the organisation {org!r} is not registered",
                thing=org,
                rule="known-organisation",
            )
        identity = rows(connection, "identity_verified_by_org", org=org, at=moment)
        licences = rows(connection, "licence_recorded_by_holder", holder=org, at=moment)
        codes: dict[str, Payload] = {}
        for row in rows(connection, "code_recorded_by_user", org=org, at=moment):
            if isinstance(row, reg.CodeRecorded):
                codes.setdefault(row.code, row)
        signatures = rows(connection, "signature_recorded_by_owner", owner=org, at=moment)
        measure = measure_in_effect(connection, org, now)
    one = found[0]
    return OrganisationShown(
        id=one.id,
        name=one.name,
        trade=one.trade,
        org_kind=one.org_kind,
        roles=one.roles,
        verified=any(isinstance(row, reg.IdentityVerified) and row.verified for row in identity[:1]),
        measure=measure,
        licences=[payload_of(row) for row in licences],
        codes=[payload_of(row) for row in codes.values()],
        signatures=[payload_of(row) for row in signatures],
    )


def show_code(call: Call) -> History:
    """A code and its history; the number of an ordinary subscriber is none."""
    code = code_form(call.params["code"])
    with call.house.registers.store.read() as connection:
        found = rows(connection, "code_recorded_by_code", code=code, at=to_microseconds(call.house.clock()))
    if not found:
        raise NotFound(f"码号 {code} 未登记", f"the code {code} is not registered", thing=code, field="code")
    return History(id=code, history=[payload_of(row) for row in found])


def show_signature(call: Call) -> History:
    """An SMS signature and its history."""
    bare = call.query.text.strip().removeprefix("【").removesuffix("】").strip()
    with call.house.registers.store.read() as connection:
        found = rows(
            connection,
            "signature_recorded_by_folded",
            folded=fold_signature(bare),
            at=to_microseconds(call.house.clock()),
        )
    if not found:
        raise NotFound(f"签名【{bare}】未登记", f"the signature 【{bare}】 is not registered", thing=bare, field="text")
    return History(id=bare, history=[payload_of(row) for row in found])


def _user_of(call: Call, said: ReplyReceived) -> str | None:
    with call.house.registers.store.read() as connection:
        return user_of_code(connection, said.code, call.house.clock())


def _subscriber(text: str) -> str:
    parsed = require(text)
    if parsed.kind not in SUBSCRIBERS:
        raise InvalidNumber(
            f"{parsed.number} 是码号，不是用户号码",
            f"{parsed.number} is a code, not a subscriber's number",
            thing=parsed.number,
            field="number",
            rule="subscriber-number",
        )
    return parsed.number


def _shown(statements: list[Stated]) -> list[StatementShown]:
    return [
        StatementShown(
            position=one.position,
            at=one.at.astimezone(SHANGHAI),
            kind=kind_of(one.payload),
            said=_masked(payload_of(one.payload)),
        )
        for one in statements
    ]


def _plain(said: Said) -> dict[str, Any]:
    if isinstance(said, Payload):
        return payload_of(said)
    return {name: getattr(said, name) for name in said.__struct_fields__}


def _masked(said: dict[str, Any]) -> dict[str, Any]:
    return {name: mask(value) if name == "number" else value for name, value in said.items()}


def _kind(said: Said) -> str:
    return kind_of(said) if isinstance(said, Payload) else "reply-received"


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/statements",
        action=Action.SAY,
        handler=say,
        zh="登记一个人的意愿、同意、撤回、答复",
        en="State a person's wish, consent, withdrawal or answer",
        tag="registers",
        takes=Statement,
        answers=Recorded,
        status=201,
        idempotent="journal",
        example={"said": {"kind": "wish-stated", "number": "13800138000", "says": "decline", "trades": ["finance"]}},
    ),
    Route(
        method="POST",
        path="/v1/statements/batch",
        action=Action.SAY,
        handler=say_many,
        zh="一次登记至多一千项，各自成立或被拒",
        en="Up to a thousand at once, each taken or refused by itself",
        tag="registers",
        takes=Statements,
        answers=RecordedMany,
        example={
            "statements": [
                {"said": {"kind": "consent-withdrawn", "number": "13800138000", "to": "bank"}, "key": "crm-10001"},
                {"said": {"kind": "consent-given", "number": "13900139000", "to": "bank"}, "key": "crm-10002"},
            ]
        },
    ),
    Route(
        method="POST",
        path="/v1/registrations",
        action=Action.REGISTER,
        handler=register,
        zh="登记主体、身份、许可、码号、签名、措施、公益申请与设置",
        en="Register organisations, identities, licences, codes, signatures, measures, approvals, settings",
        tag="registers",
        takes=RegistrationRequest,
        answers=Recorded,
        status=201,
        idempotent="journal",
        example={"said": {"kind": "organisation-registered", "id": "bank", "name": "安宁银行", "trade": "finance"}},
    ),
    Route(
        method="POST",
        path="/v1/look-ups/wishes",
        action=Action.LOOK_UP,
        handler=look_up_wishes,
        zh="按号码查询意愿",
        en="Look up the wishes of one number",
        tag="registers",
        takes=LookUp,
        answers=WishesShown,
        example={"number": "13800138000"},
    ),
    Route(
        method="POST",
        path="/v1/look-ups/consents",
        action=Action.LOOK_UP,
        handler=look_up_consents,
        zh="按号码查询同意",
        en="Look up the consents of one number",
        tag="registers",
        takes=LookUp,
        answers=ConsentsShown,
        example={"number": "13800138000", "to": "bank"},
    ),
    Route(
        method="GET",
        path="/v1/organisations/{id}",
        action=Action.READ_REGISTERS,
        handler=show_organisation,
        zh="查阅一个主体",
        en="Read about an organisation",
        tag="registers",
        answers=OrganisationShown,
    ),
    Route(
        method="GET",
        path="/v1/codes/{code}",
        action=Action.READ_REGISTERS,
        handler=show_code,
        zh="查阅一个码号及其沿革",
        en="Read about a code",
        tag="registers",
        answers=History,
    ),
    Route(
        method="GET",
        path="/v1/signatures",
        action=Action.READ_REGISTERS,
        handler=show_signature,
        zh="查阅一个短信签名及其沿革",
        en="Read about an SMS signature",
        tag="registers",
        query=SignatureQuery,
        answers=History,
    ),
)

"""What a statement must be before the registers take it (登记校验): its form, and what already stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import singledispatch
from typing import Any, Final, NoReturn

import msgspec

from anning.content import fold_signature
from anning.errors import InvalidCommand
from anning.journal import Connection
from anning.journal.envelope import LARGEST_EXACT_INTEGER, to_microseconds
from anning.law.instruments.registry import CALL_CENTRE, INSTRUMENTS
from anning.numbers import CAUSES, REVIEWED_CODES, SUBSCRIBERS, Kind, parse
from anning.registers import events as reg
from anning.registers.events import Payload, kind_of
from anning.registers.hours import DAY_MINUTES, SHANGHAI
from anning.registers.views import rows

micros: Final = to_microseconds

PORTS: Final = frozenset(kind for kind in Kind if kind.value.startswith("code-106-"))
"""The 106 ports of messages."""

AWAITING_CONFIRMATION: Final = (CALL_CENTRE,)
"""Instruments that advise until the operator confirms them."""

_MESSAGES: Final = frozenset({"sms", "carrier"})
_CALLS: Final = frozenset({"voice", "carrier"})
_ALLOTTED_TO_USERS: Final = REVIEWED_CODES | {Kind.CODE_800, Kind.SHORT_SERVICE}
"""Codes that whoever uses them may hold without a telecom licence: their qualification is reviewed instead (P05)."""

_ID: Final = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff][\w.-]{0,63}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_RANGE: Final = re.compile(r"[0-9]{2,11}")
_PREFIX: Final = re.compile(r"\+?[0-9]{1,20}|international")
_LIMITED: Final = frozenset({"limited", "suspended", "closed"})


def checked(connection: Connection, payload: Payload, at: datetime) -> Payload:
    """The statement as it is to be kept, numbers and codes in their canonical form.

    Args:
        connection: the registers as they stand.
        payload: what is said, every field of its type.
        at: from when it counts.

    Raises:
        InvalidCommand: the field and the rule it breaks are named.
    """
    for field in payload.__struct_fields__:
        value = getattr(payload, field)
        if isinstance(value, str) and "\0" in value:
            _refuse(payload, field, "plain-text", "不得含有空字符", "it must not hold NUL characters")
    return _checked(payload, connection, at)


@singledispatch
def _checked(said: Payload, _: Connection, __: datetime) -> Payload:
    raise InvalidCommand(
        f"登记库不收 {kind_of(said)}",
        f"the registers do not take {kind_of(said)}",
        thing=kind_of(said),
        rule="known-kind",
    )


# --- who may ----------------------------------------------------------------------------------------------------


@_checked.register
def _(said: reg.OrganisationRegistered, _: Connection, __: datetime) -> Payload:
    if not _ID.fullmatch(said.id):
        _refuse(
            said,
            "id",
            "organisation-id",
            "须为 1 至 64 个字母、汉字、数字、点、横线或下划线",
            "it is 1 to 64 letters, digits, dots, hyphens or underscores",
        )
    _not_blank(said, "name")
    return said


@_checked.register
def _(said: reg.IdentityVerified, connection: Connection, _: datetime) -> Payload:
    _known(said, "org", connection)
    _hash_or_empty(said, "document_hash")
    return said


@_checked.register
def _(said: reg.LicenceRecorded, connection: Connection, _: datetime) -> Payload:
    _known(said, "holder", connection)
    if said.until_day < said.from_day:
        _refuse(said, "until_day", "period", "截止日早于起始日", f"it ends on {said.until_day}, before {said.from_day}")
    return said


@_checked.register
def _(said: reg.CodeRecorded, connection: Connection, at: datetime) -> Payload:
    parsed = parse(said.code)
    if not parsed.valid:
        cause = CAUSES[parsed.cause]
        _refuse(said, "code", parsed.cause, cause.zh, cause.en)
    for field in ("holder", "user"):
        _known(said, field, connection)
    if said.state == "active":
        needed = _licences_for(parsed.kind, own_use=said.user == said.holder)
        if needed and not needed & _licences(connection, said.holder, at):
            either = " / ".join(sorted(needed))
            _refuse(
                said,
                "holder",
                "R06b",
                f"{said.holder} 没有此类码号所需的有效经营许可（{either}），不得分配",
                f"{said.holder} holds no valid licence for such a code ({either}): it is not given to it",
            )
        for field in ("holder", "user"):
            org = str(getattr(said, field))
            measure = measure_in_effect(connection, org, at)
            if measure in _LIMITED:
                _refuse(
                    said,
                    field,
                    "R20b",
                    f"{org} 正被采取措施（{measure}），不得取得新的码号资源",
                    f"{org} is under a measure ({measure}): it gets no new resources",
                )
        if parsed.kind in REVIEWED_CODES and not said.reviewed:
            _refuse(
                said,
                "reviewed",
                "P05",
                "95、96、400 码号须先审核使用者资质才能启用",
                "a 95, 96 or 400 code is activated only after its holder's qualification was reviewed",
            )
    return msgspec.structs.replace(said, code=parsed.number)


@_checked.register
def _(said: reg.SignatureRecorded, connection: Connection, at: datetime) -> Payload:
    text = said.text.strip().removeprefix("【").removesuffix("】").strip()
    if not text or "【" in text or "】" in text:
        _refuse(said, "text", "signature-text", "须为一个非空的签名", "it must be one signature, not empty")
    _known(said, "owner", connection)
    states: dict[str, str] = {}
    found = rows(connection, "signature_recorded_by_folded", folded=fold_signature(text), at=micros(at))
    for row in found:
        if isinstance(row, reg.SignatureRecorded):
            states.setdefault(row.owner, row.state)
    if said.state in ("approved", "in-review"):
        for owner, state in states.items():
            if owner != said.owner and state in ("approved", "in-review"):
                _refuse(
                    said,
                    "text",
                    "S03",
                    f"签名【{text}】已属于 {owner}",
                    f"the signature 【{text}】 belongs to {owner}",
                )
    return msgspec.structs.replace(said, text=text)


@_checked.register
def _(said: reg.MeasureTaken, connection: Connection, _: datetime) -> Payload:
    _known(said, "on", connection)
    return said


@_checked.register
def _(said: reg.ContentBlocked, _: Connection, __: datetime) -> Payload:
    _not_blank(said, "text")
    return said


@_checked.register
def _(said: reg.ApprovalRecorded, connection: Connection, _: datetime) -> Payload:
    for field in ("id", "text"):
        _not_blank(said, field)
    _known(said, "agency", connection)
    if said.until_day < said.from_day:
        _refuse(said, "until_day", "period", "截止日早于起始日", f"it ends on {said.until_day}, before {said.from_day}")
    if said.approved is not None and said.approved < said.applied and not said.emergency:
        _refuse(said, "approved", "period", "批准日早于申请日", "it was approved before it was applied for")
    return said


# --- who wishes what --------------------------------------------------------------------------------------------


@_checked.register
def _(said: reg.WishStated, connection: Connection, _: datetime) -> Payload:
    if said.hours is not None:
        begins, ends = said.hours
        if not (0 <= begins < DAY_MINUTES and 0 <= ends <= DAY_MINUTES) or begins == ends:
            _refuse(
                said,
                "hours",
                "hours",
                "时段须为一天之内的两个不同时刻，例如 09:00-12:00",
                "hours are two different times of a day, such as 09:00-12:00",
            )
    if any(not 1 <= weekday <= 7 for weekday in said.weekdays):
        _refuse(said, "weekdays", "weekdays", "星期须为 1 至 7（1 为星期一）", "weekdays are 1 (Monday) to 7")
    for prefix in said.code_prefixes:
        if not _PREFIX.fullmatch(prefix):
            _refuse(
                said,
                "code_prefixes",
                "code-prefix",
                f"“{prefix}”不是号段：须为数字，或 international（境外）",
                f"“{prefix}” is no range of codes: digits, or international",
            )
    for org in said.except_for:
        _known_organisation(said, "except_for", org, connection)
    return _with_number(said)


@_checked.register
def _(said: reg.WishWithdrawn, _: Connection, __: datetime) -> Payload:
    return _with_number(said)


@_checked.register
def _(said: reg.ConsentGiven, connection: Connection, at: datetime) -> Payload:
    _known(said, "to", connection)
    if said.through:
        _known(said, "through", connection)
    if said.expires is not None and said.expires <= at:
        _refuse(said, "expires", "period", "到期时间不晚于给出时间", "it expires no later than it is given")
    _hash_or_empty(said, "words_hash")
    _hash_or_empty(said, "evidence_hash")
    if bool(said.evidence_kind) != bool(said.evidence_hash):
        _refuse(
            said,
            "evidence_hash" if said.evidence_kind else "evidence_kind",
            "evidence",
            "证据须同时写明种类与哈希",
            "evidence has both a kind and a hash",
        )
    return _with_number(said)


@_checked.register
def _(said: reg.WordsRecorded, connection: Connection, _: datetime) -> Payload:
    _known(said, "org", connection)
    _not_blank(said, "text")
    return said


@_checked.register(reg.ConsentWithdrawn)
@_checked.register(reg.ReplyRead)
def _(said: reg.ConsentWithdrawn | reg.ReplyRead, connection: Connection, _: datetime) -> Payload:
    _known(said, "to", connection)
    return _with_number(said)


@_checked.register
def _(said: reg.ReplyUnclear, connection: Connection, _: datetime) -> Payload:
    _known(said, "to", connection)
    return _with_number(said)


@_checked.register
def _(said: reg.ReplyUnattributed, _: Connection, __: datetime) -> Payload:
    return _with_number(said)


@_checked.register(reg.NumberRecycled)
@_checked.register(reg.NumberPorted)
@_checked.register(reg.SubscriberForgotten)
def _(said: reg.NumberRecycled | reg.NumberPorted | reg.SubscriberForgotten, _: Connection, __: datetime) -> Payload:
    return _with_number(said)


@_checked.register
def _(said: reg.NumberRangeServed, _: Connection, __: datetime) -> Payload:
    if not _RANGE.fullmatch(said.prefix):
        _refuse(said, "prefix", "code-prefix", "须为 2 至 11 位数字", "it is 2 to 11 digits")
    return said


@_checked.register
def _(said: reg.SuppressionKept, connection: Connection, at: datetime) -> Payload:
    if not _HASH.fullmatch(said.mark):
        _refuse(said, "mark", "sha-256", "须为 64 位十六进制", "it is 64 hexadecimal digits")
    if said.org:
        _known(said, "org", connection)
    if said.until <= at:
        _refuse(said, "until", "period", "截止时间不晚于起始时间", "it ends no later than it begins")
    return said


@_checked.register
def _(said: reg.LegalHoldSet, connection: Connection, _: datetime) -> Payload:
    _not_blank(said, "id")
    if bool(said.number) == bool(said.org):
        _refuse(
            said,
            "number",
            "number-or-organisation",
            "须在号码与机构之中填一项",
            "it is about one number or one organisation",
        )
    if said.org:
        _known(said, "org", connection)
        return said
    return _with_number(said)


@_checked.register(reg.ChargeNoticeGiven)
@_checked.register(reg.ContactsRecorded)
def _(said: reg.ChargeNoticeGiven | reg.ContactsRecorded, connection: Connection, _: datetime) -> Payload:
    _known(said, "sender", connection)
    return _with_number(said)


# --- how the registry is run ------------------------------------------------------------------------------------


@_checked.register
def _(said: reg.InstrumentConfirmed, _: Connection, __: datetime) -> Payload:
    if said.instrument not in INSTRUMENTS:
        names = "、".join(INSTRUMENTS)
        _refuse(
            said,
            "instrument",
            "known-instrument",
            f"没有名为“{said.instrument}”的规则文件：{names}",
            f"there is no instrument “{said.instrument}”: {', '.join(INSTRUMENTS)}",
        )
    if said.instrument not in AWAITING_CONFIRMATION:
        waiting = ", ".join(AWAITING_CONFIRMATION)
        _refuse(
            said,
            "instrument",
            "awaits-confirmation",
            f"{said.instrument} 不需要确认；待确认的有：{waiting}",
            f"{said.instrument} waits for no confirmation; these do: {waiting}",
        )
    return said


@_checked.register
def _(said: reg.HousePolicySet, _: Connection, __: datetime) -> Payload:
    return said


@_checked.register
def _(said: reg.ContentModelDecided, connection: Connection, at: datetime) -> Payload:
    if said.model != reg.BUILT_IN_MODEL and not _HASH.fullmatch(said.model):
        _refuse(
            said,
            "model",
            "sha-256",
            f"“{said.model}”不是模型文件的 SHA-256，也不是 {reg.BUILT_IN_MODEL}",
            f"“{said.model}” is neither the SHA-256 of a model file nor {reg.BUILT_IN_MODEL}",
        )
    if said.step == "activated" and not _second_person(said, content_models(connection, at)):
        _refuse(
            said,
            "by",
            "four-eyes",
            f"启用模型须由另一人先提议；“{said.by}”不得启用自己提议或无人提议的模型",
            f"a model is put in force by another than who proposed it; nobody but “{said.by}” has proposed this one",
        )
    return said


def content_models(connection: Connection, at: datetime) -> list[reg.ContentModelDecided]:
    """What was decided about content models until that moment, the latest first."""
    found = rows(connection, "content_model_decided_by_time", at=micros(at))
    return [row for row in found if isinstance(row, reg.ContentModelDecided)]


def _second_person(said: reg.ContentModelDecided, earlier: Sequence[reg.ContentModelDecided]) -> bool:
    """Whether somebody else proposed it; going back to one that was in force before needs nobody else."""
    if said.model == reg.BUILT_IN_MODEL:
        return True
    of_it = [row for row in earlier if row.model == said.model]
    return any(row.step == "activated" or row.by != said.by for row in of_it)


# --- what is asked of the registers as they stand ---------------------------------------------------------------


def is_known(connection: Connection, org: str) -> bool:
    """Whether an organisation is registered, since whenever: what was said to it before is often recorded after."""
    return bool(rows(connection, "organisation_registered_by_id", id=org, at=LARGEST_EXACT_INTEGER))


def measure_in_effect(connection: Connection, org: str, at: datetime) -> str:
    """The latest measure that took effect: a suspension or closing without notice has none (R22b)."""
    for taken in rows(connection, "measure_taken_by_org", org=org, at=micros(at)):
        if isinstance(taken, reg.MeasureTaken) and (taken.noticed or taken.measure not in ("suspended", "closed")):
            return taken.measure
    return "none"


def _licences_for(kind: Kind, *, own_use: bool) -> frozenset[str]:
    """Kinds of licence of which the holder of such a code needs one; none when it needs no licence (R06b)."""
    if kind in SUBSCRIBERS or (own_use and kind in _ALLOTTED_TO_USERS):
        return frozenset()
    if kind in PORTS:
        return _MESSAGES
    return frozenset({"carrier"}) if kind is Kind.CARRIER_100XX else _CALLS


def _licences(connection: Connection, org: str, at: datetime) -> frozenset[str]:
    """The kinds of licence that stand valid on that day, by the latest row of each kind and class."""
    day = at.astimezone(SHANGHAI).date()
    latest: dict[tuple[str, str], reg.LicenceRecorded] = {}
    for row in rows(connection, "licence_recorded_by_holder", holder=org, at=micros(at)):
        if isinstance(row, reg.LicenceRecorded):
            latest.setdefault((row.licence_kind, row.licence_class), row)
    return frozenset(
        row.licence_kind for row in latest.values() if row.state == "valid" and row.from_day <= day <= row.until_day
    )


def _known(said: Payload, field: str, connection: Connection) -> None:
    _known_organisation(said, field, str(getattr(said, field)), connection)


def _known_organisation(said: Payload, field: str, org: str, connection: Connection) -> None:
    if not is_known(connection, org):
        _refuse(
            said,
            field,
            "known-organisation",
            f"机构“{org}”未登记",
            f"the organisation “{org}” is not registered",
        )


def _with_number(said: Any) -> Payload:
    parsed = parse(said.number)
    if not parsed.valid:
        cause = CAUSES[parsed.cause]
        _refuse(said, "number", parsed.cause, cause.zh, cause.en)
    if parsed.kind not in SUBSCRIBERS:
        _refuse(
            said, "number", "subscriber-number", "这是码号，不是用户号码", "this is a code, not a subscriber's number"
        )
    kept: Payload = msgspec.structs.replace(said, number=parsed.number)
    return kept


def _not_blank(said: Payload, field: str) -> None:
    if not str(getattr(said, field)).strip():
        _refuse(said, field, "not-empty", "不能为空", "it must not be empty")


def _hash_or_empty(said: Payload, field: str) -> None:
    value = str(getattr(said, field))
    if value and not _HASH.fullmatch(value):
        _refuse(
            said,
            field,
            "sha-256",
            "须为 64 位小写十六进制的 SHA-256",
            "it must be a SHA-256 in 64 lower-case hexadecimal digits",
        )


def _refuse(said: Payload, field: str, rule: str, zh: str, en: str) -> NoReturn:
    raise InvalidCommand(f"{field}：{zh}", f"{field}: {en}", thing=kind_of(said), field=field, rule=rule)

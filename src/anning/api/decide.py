"""The decide paths: raw ASGI and msgspec, nothing else between the wire and the gate (判定入口).

``POST /v1/decide`` one; ``POST /v1/decide/batch`` one to ten thousand of one sender, code and moment.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import msgspec
import numpy as np
import polars as pl
from msgspec import Meta
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from uuid_utils import uuid7

from anning.accounts.may import Principal
from anning.accounts.model import Tenant
from anning.accounts.roles import Action
from anning.api.identify import TENANT_HEADER, Holder, require
from anning.api.judging import LINES, Kept, Line
from anning.api.models import DecideRequest, NumberText, Sending, Text
from anning.api.problems import CONTENT_TYPE, OURS, Problem, headers_of, problem_of
from anning.errors import AnningError, InvalidInput, InvalidNumber, NotAllowed, TooMany
from anning.law.decision import Outcome
from anning.numbers import CAUSES, parse
from anning.tables import Numbers, read_numbers
from anning.tables.quoted import quoted_numbers

if TYPE_CHECKING:
    from anning.api.house import House

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_Answered: TypeAlias = tuple[int | dict[str, Any], bytes, tuple[tuple[bytes, bytes], ...]]
"""The status or the whole start of an answer, its body, and more headers."""

LONGEST_BODY: Final = 4 << 20
ROWS: Final = 10_000
BATCH_WEIGHT: Final = 100
"""So many numbers of a batch count as one request against a key's rate."""

_NUMBER: Final = re.compile(rb'"number"\s*:\s*"(1[3-9]\d{9})"')
_NAMED: Final = re.compile(r"field `([^`]+)`")
_JSON: Final = (b"content-type", b"application/json")
_encode = msgspec.json.Encoder().encode


Rows: TypeAlias = Annotated[list[NumberText], Meta(min_length=1, max_length=ROWS)]


class BatchRequest(Sending, forbid_unknown_fields=True, kw_only=True):
    """Many communications that differ by number and, with `texts`, by text."""

    numbers: Rows
    texts: Annotated[list[Text | None], Meta(max_length=ROWS)] | None = None


class BadNumber(msgspec.Struct, frozen=True):
    """A row that names no number: nothing was judged."""

    row: int
    cause: str
    zh: str
    en: str


class _BatchBody(Sending, forbid_unknown_fields=True, kw_only=True):
    """A `BatchRequest` whose numbers are still as they were written."""

    numbers: msgspec.Raw
    texts: Annotated[list[Text | None], Meta(max_length=ROWS)] | None = None


_decode_one = msgspec.json.Decoder(DecideRequest).decode
_decode_batch = msgspec.json.Decoder(_BatchBody).decode
_decode_numbers = msgspec.json.Decoder(Rows).decode


class DecideDoor:
    """One ASGI application for both paths."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._judging = house.judging
        self._keys = house.doorkeeper

    async def one(self, scope: Scope, receive: Receive, send: Send) -> None:
        """``POST /v1/decide``."""
        try:
            body = await _body(receive)
            soon = self._soon(scope["headers"], body)
            status, answer, more = soon if soon is not None else await self._one(scope, body)
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was becomes an answer
            await _refuse(send, error, self._house)
            return
        if isinstance(status, dict):
            await send(status)
            await send({"type": "http.response.body", "body": answer})
        else:
            await _answer(send, status, answer, more)

    def _soon(self, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> _Answered | None:
        """The answer to a request that is the same bytes as an earlier one but for the number; None to any other.

        Such a request means the same but for the person, so it is not read again.
        """
        holder = self._holder(headers)
        found = _NUMBER.search(body)
        if holder is None or found is None:
            return None
        begin, end = found.span(1)
        line = holder.lines.get((begin, body[:begin] + body[end:]))
        if line is None:
            return None
        if wait := holder.bucket.take():
            raise too_many(wait)
        if holder.outsider:
            self._house.quotas.take(holder.tenant_id, "questions")
        tenant, now = holder.tenant_id, self._house.clock()
        kept = self._judging.decide_in(line, parse(found[1].decode()), now, tenant, holds=self._house.shadow)
        return None if kept is None else self._told(kept, tenant, now)

    async def _one(self, scope: Scope, body: bytes) -> _Answered:
        holder, who, tenant = await self._who(scope)
        if holder is not None and (wait := holder.bucket.take()):
            raise too_many(wait)
        asked = _decode_one(body)
        parsed = parse(asked.number)
        if not parsed.valid:
            cause = CAUSES[parsed.cause]
            raise InvalidNumber(cause.zh, cause.en, thing="number", field="number", rule=parsed.cause)
        if not tenant.speaks_for(asked.sender):
            raise not_its_own(asked.sender)
        if tenant.outsider:
            await run_in_threadpool(self._house.quotas.take, tenant.id, "questions")
        now = self._house.clock()
        if asked.at is not None:
            blind = tenant.outsider
            kept = await run_in_threadpool(
                lambda at: self._judging.decide_at(asked, parsed.number, at, tenant.id, blind=blind), asked.at
            )
        else:
            kept, line = self._judging.decide(asked, parsed, now, tenant.id, blind=tenant.outsider)
            if holder is not None:
                _remember(holder, body, asked.number, line)
        if self._house.shadow or kept.outcome is not Outcome.HOLD:
            return self._told(kept, tenant.id, asked.at or now)
        return await self._held(kept, asked, parsed.number, who, tenant.id, now)

    def _told(self, kept: Kept, tenant: str, at: datetime) -> _Answered:
        """A verdict that holds nothing up."""
        moment = at.isoformat(timespec="microseconds")
        head = f'{{"id":"{uuid7()}","tenant":"{tenant}","at":"{moment}",'.encode()
        if self._house.shadow:
            return 200, head + _in_shadow(kept.outcome, kept.written), ()
        body = head + _ENFORCED + kept.written
        start = kept.starts.get(tenant)
        if start is None or at.utcoffset():
            start = _start(200, len(body))
            if not at.utcoffset():
                kept.starts[tenant] = start
        return start, body, ()

    async def _held(
        self, kept: Kept, asked: DecideRequest, number: str, who: Principal, tenant: str, now: datetime
    ) -> _Answered:
        """Held: kept under an id that can be asked, and 202."""
        id = str(uuid7())
        await run_in_threadpool(self._house.holds.keep, id, tenant, asked, number, kept.decision, who.actor)
        head = f'{{"id":"{id}","tenant":"{tenant}","at":"{(asked.at or now).isoformat()}",'
        held = f'"shadow":false,"would":"","hold":"{id}",'
        return 202, (head + held).encode() + kept.written, ((b"location", f"/v1/holds/{id}".encode()),)

    async def batch(self, scope: Scope, receive: Receive, send: Send) -> None:
        """``POST /v1/decide/batch``."""
        try:
            body = await self._batch(scope, receive)
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was becomes an answer
            await _refuse(send, error, self._house)
        else:
            await _answer(send, 200, body)

    async def _batch(self, scope: Scope, receive: Receive) -> bytes:
        body = await _body(receive)
        holder, _, tenant = await self._who(scope)
        asked = _decode_batch(body)
        column = _column(asked.numbers)
        if holder is not None and (wait := holder.bucket.take(max(1.0, len(column) / BATCH_WEIGHT))):
            raise too_many(wait)
        if asked.texts is not None and len(asked.texts) != len(column):
            raise InvalidInput(
                "texts 与 numbers 须一一对应", "texts and numbers go row by row", thing="texts", field="texts"
            )
        if not tenant.speaks_for(asked.sender):
            raise not_its_own(asked.sender)
        if tenant.outsider:
            await run_in_threadpool(self._house.quotas.take, tenant.id, "questions", len(column))
        if asked.at is not None:
            kept, places = await run_in_threadpool(
                lambda at: self._judging.decide_block_at(
                    asked, column, asked.texts, at, tenant.id, blind=tenant.outsider
                ),
                asked.at,
            )
            return self._rows(kept, places, column, asked.at, tenant.id)
        now = self._house.clock()
        kept, places = self._judging.decide_block(asked, column, asked.texts, now, tenant.id, blind=tenant.outsider)
        return self._rows(kept, places, column, now, tenant.id)

    def _rows(self, kept: list[Kept], places: NDArray[np.int32], column: Numbers, at: datetime, tenant: str) -> bytes:
        """The answer on many rows."""
        shadow = self._house.shadow
        totals = dict.fromkeys(("allow", "label", "hold", "refuse", "bad"), 0)
        many = np.bincount(places + 1, minlength=len(kept) + 1).tolist()
        for each, rows in zip(kept, many[1:], strict=True):
            totals[each.outcome.word] += rows
        totals["bad"] = many[0]
        bad = [
            BadNumber(row, parsed.cause, CAUSES[parsed.cause].zh, CAUSES[parsed.cause].en)
            for row, parsed in column.parsed.items()
            if not parsed.valid
        ]
        told = {"id": str(uuid7()), "tenant": tenant, "at": at.isoformat(), "shadow": shadow}
        head = _encode({**told, "rows": places.tolist()})
        verdicts = b",".join(_alone(each.outcome, each.written, shadow) for each in kept)
        tail = _encode({"bad": bad, "counts": totals})
        return head[:-1] + b',"decisions":[' + verdicts + b"]," + tail[1:]

    async def _who(self, scope: Scope) -> tuple[Holder | None, Principal, Tenant]:
        """Who asks, in whose name; most often a key that is known.

        Raises:
            SignInNeeded, NotAllowed: it may not decide.
        """
        holder = self._holder(scope["headers"])
        if holder is not None:
            return holder, holder.who, holder.tenant
        headers = dict(scope["headers"])
        return await run_in_threadpool(self._look_up, headers)

    def _holder(self, headers: Iterable[tuple[bytes, bytes]]) -> Holder | None:
        """The holder of a key that is known and may decide in its own tenant's name."""
        holder = None
        for name, value in headers:
            if name == b"authorization":
                holder = self._keys.known(value)
            elif name == TENANT_HEADER:
                return None
        return holder if holder is not None and holder.may_decide else None

    def _look_up(self, headers: dict[bytes, bytes]) -> tuple[Holder | None, Principal, Tenant]:
        who, holder = self._keys.identify("POST", headers)
        tenant = self._house.tenant_asked(who, headers)
        require(who, Action.DECIDE, tenant.id)
        return holder, who, tenant


_ENFORCED: Final = b'"shadow":false,"would":"","hold":"",'


def _in_shadow(outcome: Outcome, written: bytes) -> bytes:
    """The verdict with nothing enforced: it goes, and says what it would have been."""
    rest = written[written.index(b",") + 1 :]
    return f'"shadow":true,"would":"{outcome.word}","hold":"","outcome":"allow",'.encode() + rest


def _alone(outcome: Outcome, written: bytes, shadow: bool) -> bytes:
    if not shadow:
        return b"{" + written
    rest = written[written.index(b",") + 1 :]
    return f'{{"would":"{outcome.word}","outcome":"allow",'.encode() + rest


def _column(array: msgspec.Raw) -> Numbers:
    """The numbers of a batch.

    Raises:
        msgspec.ValidationError: they are no texts, or too many.
    """
    column = quoted_numbers(bytes(array))
    if column is None or not 1 <= len(column) <= ROWS or column.parsed:
        try:
            texts = _decode_numbers(array)
        except msgspec.ValidationError as error:
            what, _, path = str(error).partition(" - at `$")
            raise msgspec.ValidationError(f"{what} - at `$.numbers{path.rstrip('`')}`") from None
        return read_numbers(pl.Series(texts, dtype=pl.String)) if column is None else column
    return column


def not_its_own(sender: str) -> NotAllowed:
    """A tenant asks in the name of an organisation that is none of its own."""
    return NotAllowed(
        f"本租户不得代表“{sender}”",
        f"this tenant does not speak for {sender!r}",
        thing=sender,
        field="sender",
        rule="own-organisation",
    )


def too_many(wait: float) -> TooMany:
    """A key asked faster than it may."""
    return TooMany(
        "请求过快，请稍候再来", "too many requests: come again later", thing="key", rule="rate", retry_after=wait
    )


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body
    parts = [body]
    size = len(body)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise InvalidInput("请求未传完", "the request ended half-way", thing="body", rule="whole-body")
        part = message.get("body", b"")
        size += len(part)
        if size > LONGEST_BODY:
            raise too_long(LONGEST_BODY)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def too_long(most: int) -> InvalidInput:
    """A body beyond what is taken."""
    return InvalidInput(f"请求超过 {most} 字节", f"the request is beyond {most} bytes", thing="body", rule="body-size")


def _remember(holder: Holder, body: bytes, number: str, line: Line) -> None:
    """Know requests of the same bytes again, where it is plain which digits are the number."""
    found = _NUMBER.search(body)
    if found is None or found[1].decode() != number:
        return
    if len(holder.lines) >= LINES:
        holder.lines.clear()
    begin, end = found.span(1)
    holder.lines[begin, body[:begin] + body[end:]] = line


def _start(status: int, length: int, more: tuple[tuple[bytes, bytes], ...] = ()) -> dict[str, Any]:
    headers = (_JSON, (b"content-length", b"%d" % length), *more)
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _answer(send: Send, status: int, body: bytes, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    await send(_start(status, len(body), more))
    await send({"type": "http.response.body", "body": body})


async def _refuse(send: Send, error: Exception, house: House) -> None:
    problem, headers = answer_to(error, house)
    body = _encode(problem)
    more = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send(
        {
            "type": "http.response.start",
            "status": problem.status,
            "headers": [
                (b"content-type", CONTENT_TYPE.encode()),
                (b"content-length", b"%d" % len(body)),
                *more,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


def answer_to(error: Exception, house: House) -> tuple[Problem, dict[str, str]]:
    """Any error as problem details and headers; what is no error of the family is logged and said to be ours."""
    if isinstance(error, msgspec.ValidationError):
        what, _, path = str(error).partition(" - at `$")
        named = _NAMED.search(what)
        field = ".".join(filter(None, (path.rstrip("`").lstrip("."), named[1] if named else "")))
        zh, en = f"请求有误：{field or '正文'}", f"the request cannot be meant: {what}"
        error = InvalidInput(zh, en, thing="body", field=field, rule="schema")
    elif isinstance(error, msgspec.DecodeError | UnicodeDecodeError):
        error = InvalidInput("正文不是 JSON", "the body is no JSON", thing="body", rule="json")
    if isinstance(error, AnningError):
        return problem_of(error), headers_of(error)
    house.log_failure(error)
    return OURS, {}

"""Consents with what they rest on: words shown, evidence, the recipient asked (同意登记)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool

from anning.accounts.may import Denied
from anning.accounts.roles import Action
from anning.accounts.speaking import may_say
from anning.api.handlers.registers import must_be_served
from anning.api.models import Moment, Text
from anning.api.routes import Answer, Call, Route
from anning.errors import NotAllowed, NotFound
from anning.registers.events import ConsentGiven, WordsRecorded
from anning.registers.words import words_hash
from anning.wishes.consents import words_of
from anning.wishes.exhibits import Exhibit


class ConsentRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A consent a sender was given.

    Attributes:
        words: shown to the person, to the letter.
        confirm_at: the recipient is asked to confirm, and replies come to this code; empty when nobody is asked.
    """

    said: ConsentGiven
    words: Text = ""
    at: Moment | None = None
    confirm_at: Annotated[str, Meta(pattern=r"^[0-9]{0,24}$")] = ""


class ConsentRecorded(msgspec.Struct, frozen=True, kw_only=True):
    """It is on disk. Whether the recipient was asked, or wants to be, is not told.

    Attributes:
        strength: one-sided until the recipient's own phone confirms it; invalid when nobody acted (S01).
    """

    ids: tuple[str, ...]
    duplicate: bool
    strength: str
    words_hash: str


class WordsRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Words with which an organisation asks for consent."""

    org: Annotated[str, Meta(max_length=64)]
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]


class WordsShown(msgspec.Struct, frozen=True, kw_only=True):
    """Words and their hash, which is their version."""

    org: str
    text: str
    sha256: str


def record_consent(call: Call) -> ConsentRecorded:
    """Record a consent with what it rests on; answered when every gate judges by it."""
    asked: ConsentRequest = call.body
    _may(call, asked.said)
    if call.tenant.outsider:
        call.house.quotas.take(call.tenant.id, "consents")
    ack = call.house.wishes.recording.record(
        asked.said,
        words=asked.words,
        tenant=call.tenant.id,
        actor=call.who.actor,
        at=asked.at,
        key=call.key,
        confirm_at=asked.confirm_at,
    )
    acted = asked.said.act in ("explicit", "requested")
    return ConsentRecorded(
        ids=ack.ids,
        duplicate=ack.duplicate,
        strength="one-sided" if acted else "invalid",
        words_hash=words_hash(asked.words) if asked.words else asked.said.words_hash,
    )


async def keep_evidence(call: Call) -> Answer:
    """Keep what proves a consent; its SHA-256 is its name."""
    kept = await call.house.wishes.exhibits.keep_stream(call.stream())
    return Answer(value=kept, status=201, headers={"Location": f"/v1/evidence/{kept.sha256}"})


async def read_evidence(call: Call) -> Answer:
    """What is kept, found to be what was recorded."""
    content = await run_in_threadpool(call.house.wishes.exhibits.read, call.params["sha256"])
    return Answer(content=content, media="application/octet-stream", headers={"Content-Disposition": "attachment"})


def record_words(call: Call) -> WordsShown:
    """Record the words with which an organisation asks."""
    asked: WordsRequest = call.body
    said = WordsRecorded(org=asked.org, text=asked.text)
    _may(call, said)
    key = f"words:{asked.org}:{words_hash(asked.text)}"
    call.house.registers.write(said, actor=call.who.actor, key=key, tenant=call.tenant.id)
    return WordsShown(org=asked.org, text=asked.text, sha256=words_hash(asked.text))


def show_words(call: Call) -> WordsShown:
    """The words of a hash."""
    sha256 = call.params["sha256"]
    found = words_of(call.house.registers.store, sha256, call.house.clock())
    if found is None:
        raise NotFound(
            "没有登记过这样的文字",
            "no such words are on record",
            thing=sha256[:64],
            field="sha256",
            rule="known-words",
        )
    return WordsShown(org=found.org, text=found.text, sha256=sha256)


def _may(call: Call, said: ConsentGiven | WordsRecorded) -> None:
    if call.who.kind == "local":
        return
    leave = may_say(call.tenant, said)
    if isinstance(leave, Denied):
        raise NotAllowed(leave.zh, leave.en, thing=type(said).__name__, rule=leave.rule)
    if isinstance(said, ConsentGiven):
        must_be_served(call, said.number)


_EXAMPLE: Final[dict[str, Any]] = {
    "said": {
        "kind": "consent-given",
        "number": "13800138000",
        "to": "bank",
        "channel": "sms",
        "act": "explicit",
        "purpose": "贷款利率优惠",
        "trade": "finance",
        "door": "page",
    },
    "words": "我愿意接收安宁银行的贷款利率优惠短信，可随时退订。",
    "confirm_at": "106600001111",
}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/consents",
        action=Action.SAY,
        handler=record_consent,
        zh="登记同意及其所凭：所示文字、证据，并可请本人确认",
        en="Record a consent with what it rests on, and have the recipient asked",
        tag="consents",
        takes=ConsentRequest,
        answers=ConsentRecorded,
        status=201,
        idempotent="journal",
        example=_EXAMPLE,
    ),
    Route(
        method="POST",
        path="/v1/evidence",
        action=Action.SAY,
        handler=keep_evidence,
        zh="保存同意证据，以其 SHA-256 为名",
        en="Keep what proves a consent; its SHA-256 is its name",
        tag="consents",
        answers=Exhibit,
        status=201,
        streams=True,
    ),
    Route(
        method="GET",
        path="/v1/evidence/{sha256}",
        action=Action.REVEAL,
        handler=read_evidence,
        zh="取出证据，核对无误",
        en="What is kept, found to be what was recorded",
        tag="consents",
        media="application/octet-stream",
    ),
    Route(
        method="POST",
        path="/v1/words",
        action=Action.SAY,
        handler=record_words,
        zh="登记征询同意的文字",
        en="Record the words with which an organisation asks",
        tag="consents",
        takes=WordsRequest,
        answers=WordsShown,
        status=201,
        idempotent="journal",
        example={"org": "bank", "text": "我愿意接收安宁银行的贷款利率优惠短信，可随时退订。"},
    ),
    Route(
        method="GET",
        path="/v1/words/{sha256}",
        action=Action.READ_REGISTERS,
        handler=show_words,
        zh="征询文字及其归属",
        en="The words of a hash",
        tag="consents",
        answers=WordsShown,
    ),
)

"""`anning consent`: what a person said to one organisation (同意登记)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

from anning.cli import here, lazily
from anning.cli import show as speech
from anning.cli.registers import common
from anning.cli.registers.common import At, Channel, Json, Key, Number, To
from anning.law.observations import ConsentState
from anning.numbers import mask
from anning.registers import columns
from anning.registers.commands import ReplyReceived
from anning.registers.events import (
    ChargeNoticeGiven,
    ConsentGiven,
    ConsentWithdrawn,
    ReplyRead,
)
from anning.registers.looked_up import consents_of

app = lazily.application("同意：给出、撤回、回复、按号码查询 | Consents: give, withdraw, answers, look up one number")

_STATES = {
    ConsentState.NONE: ("没有同意", "no consent"),
    ConsentState.VALID: ("有效", "stands"),
    ConsentState.INVALID_ACT: ("不是明示同意，不算数", "no explicit act: counts for nothing"),
    ConsentState.WITHDRAWN: ("已撤回", "withdrawn"),
    ConsentState.EXPIRED: ("已到期", "expired"),
    ConsentState.ENDED: ("因此后的总体谢绝而终止", "ended by a later general refusal"),
    ConsentState.RECYCLED: ("号码已换机主", "the number has a new holder"),
}


@app.command("give")
def give(
    number: Number,
    to: To,
    channel: Channel = "both",
    act: Annotated[
        str, typer.Option("--act", help="explicit 明示 | requested 请求 | pre-ticked | bundled | silent")
    ] = "explicit",
    through: Annotated[
        str, typer.Option("--through", metavar="ORG", help="经哪个平台取得 | the platform that took it")
    ] = "",
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="经本人手机确认 | confirmed by the person's own phone")
    ] = False,
    expires: Annotated[str, typer.Option("--expires", metavar="TIME", help="到期时间 | when it ends")] = "",
    words: Annotated[
        str,
        typer.Option("--words", help="当时展示的文字，只存其 SHA-256 | the words shown; only their SHA-256 is kept"),
    ] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="用途 | purpose")] = "",
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """登记一项同意或请求 | Record a consent or a request."""
    consent = ConsentGiven(
        number=number,
        to=to,
        channel=common.read("channel", channel, columns.one_of(columns.CHANNELS)),
        act=common.read("act", act, columns.one_of(columns.ACTS)),
        through=through,
        confirmed=confirmed,
        expires=common.last_moment("expires", expires),
        words_hash=columns.words_hash(words) if words else "",
        purpose=purpose,
    )
    common.say(consent, at=at, key=key, as_json=as_json)


@app.command("withdraw")
def withdraw(
    number: Number,
    to: To,
    channel: Channel = "both",
    door: Annotated[str, typer.Option("--door", help="从哪里来的：电话、网页…… | by which door it came")] = "desk",
    words: Annotated[str, typer.Option("--words", help="本人原话 | the person's own words")] = "",
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """撤回同意，或拒绝；对该机构所有码号有效 | Withdraw, or refuse: binds every code of the organisation."""
    refusal = ConsentWithdrawn(
        number=number,
        to=to,
        channel=common.read("channel", channel, columns.one_of(columns.CHANNELS)),
        door=door,
        words=words,
    )
    common.say(refusal, at=at, key=key, as_json=as_json)


@app.command("reply")
def reply(
    number: Number,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="回复原文 | the answer as it came")],
    to: Annotated[str, typer.Option("--to", metavar="CODE", help="回复到哪个码号 | the code that was answered")],
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """订户回复：拒绝即刻登记，看不出的先按拒绝处理 | An answer: a refusal counts at once, an unclear one until read."""
    common.say(ReplyReceived(number=number, code=to, text=text), at=at, key=key, as_json=as_json)


@app.command("read")
def read(
    number: Number,
    to: To,
    refuses: Annotated[bool, typer.Option("--refuses/--no-refusal", help="是否拒绝 | whether it refuses")],
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """人工判读看不出的回复 | A person has read the unclear answers."""
    common.say(ReplyRead(number=number, to=to, refuses=refuses), at=at, key=key, as_json=as_json)


@app.command("charge-notice")
def charge_notice(
    number: Number,
    sender: Annotated[str, typer.Option("--sender", metavar="ORG", help="由谁告知 | who told it")],
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """已事先告知资费、收取方式与退订方式 | Price, method and way out were told beforehand."""
    common.say(ChargeNoticeGiven(sender=sender, number=number), at=at, key=key, as_json=as_json)


@app.command("show")
def show(
    number: Number,
    to: Annotated[str, typer.Option("--to", metavar="ORG", help="只看一家 | one organisation only")] = "",
    at: At = "",
    as_json: Json = False,
) -> None:
    """查询一个号码的同意 | Look up the consents of one number."""
    canonical = common.subscriber(number)
    when = common.moment("at", at) or datetime.now(UTC)
    with here.registers_to_read() as registers, registers.store.read() as connection:
        found = consents_of(connection, canonical, when, (to,) if to else None)
    statements, standing = found.statements, [msgspec.to_builtins(one) for one in found.standing]
    if as_json:
        lines = [common.as_line(one) for one in statements]
        speech.as_json({"number": mask(canonical), "standing": standing, "statements": lines})
        return
    speech.say(f"{mask(canonical)} 的同意", f"consents of {mask(canonical)}")
    if statements:
        common.history(statements)
    common.table(
        (("机构", "organisation"), ("渠道", "channel"), ("现状", "standing"), ("强度", "strength")),
        ((one["to"], common.word(one["channel"]), _told(one), _strength(one)) for one in standing),
    )


def _told(one: dict[str, Any]) -> str:
    state = speech.both(*_STATES[ConsentState(one["state"])])
    if one["refused"] and one["state"] != ConsentState.WITHDRAWN.value:
        return f"{state}；{speech.both('已表示拒绝', 'refused')}"
    return state


def _strength(one: dict[str, Any]) -> str:
    if one["state"] != ConsentState.VALID.value:
        return ""
    if one["confirmed"]:
        return speech.both("本人手机已确认", "confirmed by the person's own phone")
    return speech.both("单方记录，较弱", "one-sided, weaker")

"""`anning wish`: what a person wishes in general (意愿登记)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, get_args

import msgspec
import typer

from anning.cli import here, lazily
from anning.cli import show as speech
from anning.cli.registers import common
from anning.cli.registers.common import At, Channel, Json, Key, Number, Trades
from anning.law.observations import WishState
from anning.numbers import mask
from anning.registers import columns
from anning.registers.events import NumberRecycled, Trade, WishChannel, WishKind, WishStated, WishWithdrawn
from anning.registers.looked_up import wishes_of

app = lazily.application("意愿：登记、撤回、按号码查询 | General wishes: state, withdraw, look up one number")

_KINDS = {
    WishKind.DECLINE_CALLS.value: ("谢绝商业性通信", "declines commercial communications"),
    WishKind.NUISANCE_FILTER.value: ("骚扰电话拒接服务", "the carrier's nuisance filter"),
}
_STATES = {
    WishState.NONE: ("未表示", "nothing said"),
    WishState.DECLINED: ("谢绝", "declined"),
    WishState.ACCEPTED: ("接受（不等于同意任何一家）", "accepted (a consent to nobody)"),
}


@app.command("state")
def state(
    number: Number,
    says: Annotated[str, typer.Option("--says", help="decline 谢绝 | accept 接受")] = "decline",
    channel: Channel = "both",
    trade: Trades = None,
    hours: Annotated[
        str, typer.Option("--hours", metavar="HH:MM-HH:MM", help="适用时段，可过零点 | hours, may pass midnight")
    ] = "",
    weekdays: Annotated[
        str, typer.Option("--weekdays", metavar="1,2,..", help="适用星期，1 为星期一 | weekdays, 1 is Monday")
    ] = "",
    code_prefix: Annotated[
        list[str] | None,
        typer.Option("--code-prefix", help="号段（400、95、international），可重复 | ranges of codes, may be repeated"),
    ] = None,
    except_for: Annotated[
        list[str] | None, typer.Option("--except-for", metavar="ORG", help="例外机构，可重复 | organisations excepted")
    ] = None,
    keep_consents: Annotated[
        bool, typer.Option("--keep-consents", help="保留此前给出的同意 | earlier consents stand")
    ] = False,
    kind: Annotated[
        str, typer.Option("--kind", help="decline-calls 谢绝来电 | nuisance-filter 骚扰电话拒接")
    ] = "decline-calls",
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """登记一项意愿 | State a wish."""
    told = msgspec.json.decode(common.read("hours", hours, columns.hours)) if hours else None
    days = msgspec.json.decode(common.read("weekdays", weekdays, columns.list_of(columns.weekday))) if weekdays else ()
    wish = WishStated(
        number=number,
        channel=_channel(channel),
        trades=_trades(trade),
        says=common.read("says", says, columns.one_of(columns.SAYS)),
        hours=None if told is None else (told[0], told[1]),
        weekdays=tuple(days),
        code_prefixes=tuple(common.read("code_prefix", prefix, columns.prefix) for prefix in code_prefix or ()),
        except_for=tuple(except_for or ()),
        keeps_consents=keep_consents,
        wish_kind=WishKind(common.read("kind", kind, columns.one_of(columns.WISH_KINDS))),
    )
    common.say(wish, at=at, key=key, as_json=as_json)


@app.command("withdraw")
def withdraw(
    number: Number,
    channel: Channel = "both",
    trade: Trades = None,
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """撤回意愿；已终止的同意不会恢复 | Take wishes back; consents that ended stay ended."""
    common.say(
        WishWithdrawn(number=number, channel=_channel(channel), trades=_trades(trade)),
        at=at,
        key=key,
        as_json=as_json,
    )


@app.command("recycle")
def recycle(number: Number, at: At = "", key: Key = "", as_json: Json = False) -> None:
    """号码换了机主：原机主的意愿与同意一并终止 | The number has a new holder: all that the old one said ends."""
    common.say(NumberRecycled(number=number), at=at, key=key, as_json=as_json)


@app.command("show")
def show(number: Number, at: At = "", as_json: Json = False) -> None:
    """查询一个号码的意愿 | Look up the wishes of one number."""
    canonical = common.subscriber(number)
    when = common.moment("at", at) or datetime.now(UTC)
    with here.registers_to_read() as registers, registers.store.read() as connection:
        found = wishes_of(connection, canonical, when)
    statements, standing = found.statements, [msgspec.to_builtins(one) for one in found.standing]
    if as_json:
        lines = [common.as_line(one) for one in statements]
        speech.as_json({"number": mask(canonical), "standing": standing, "statements": lines})
        return
    speech.say(f"{mask(canonical)} 的意愿", f"wishes of {mask(canonical)}")
    if statements:
        common.history(statements)
    _tell_standing(standing)


def _tell_standing(standing: list[dict[str, Any]]) -> None:
    """For each channel, which trades stand how."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for one in standing:
        grouped.setdefault((one["channel"], one["state"], one["kind"]), []).append(one["trade"])
    rows = []
    for (channel, state, kind), trades in grouped.items():
        told = speech.both(*_STATES[WishState(state)])
        of_kind = speech.both(*_KINDS[kind]) if kind else ""
        named = (
            speech.both("全部行业", "all trades")
            if len(trades) == len(get_args(Trade))
            else ", ".join(map(common.word, trades))
        )
        rows.append((common.word(channel), told, of_kind, named))
    common.table((("渠道", "channel"), ("现状", "standing"), ("类别", "kind"), ("行业", "trades")), rows)


def _channel(text: str) -> WishChannel:
    found: WishChannel = common.read("channel", text, columns.one_of(columns.CHANNELS))
    return found


def _trades(texts: list[str] | None) -> tuple[Trade, ...]:
    return tuple(common.read("trade", text, columns.one_of(columns.TRADES)) for text in texts or ())

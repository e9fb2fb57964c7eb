"""`anning erase`: what is due, a run, legal holds, forgetting a number (到期擦除)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import typer

from anning.cli import here, show
from anning.cli.registers import common
from anning.cli.registers.common import At, Json, Key, Number
from anning.cli.through import server_here
from anning.errors import InvalidCommand
from anning.gate.opening import SNAPSHOT_NAME
from anning.gate.wording import moment_words
from anning.law.calendar import SHANGHAI
from anning.numbers import mask
from anning.registers.due import Item
from anning.registers.erasing import Done, Eraser
from anning.registers.events import Forgets, LegalHoldSet
from anning.registers.forgetting import WHAT, Forgotten, forget
from anning.registers.open import open_registers
from anning.wishes.exhibits import Exhibits

REASONS = {
    "withdrawn": ("已撤回", "withdrawn"),
    "ended": ("因总体谢绝终止", "ended by a general refusal"),
    "replaced": ("已为后来的表示取代", "said anew since"),
    "expired": ("已到期", "run out"),
    "taken-back": ("意愿已撤回", "a wish taken back"),
    "recycled": ("属于前任机主", "of the former holder"),
    "forgotten": ("本人要求清除", "the person asked for it"),
    "done": ("一次性记录", "about one moment"),
    "over": ("标记期满", "the time of a mark is over"),
}

Held = Annotated[str, typer.Argument(metavar="ID", help="保全编号，如案号 | the id of the hold, such as a case number")]
HeldNumber = Annotated[str, typer.Option("--number", metavar="NUMBER", help="涉案号码 | the number it is about")]
HeldOrganisation = Annotated[str, typer.Option("--org", metavar="ORG", help="涉案机构 | the organisation it is about")]


def due_(at: At = "", as_json: Json = False) -> None:
    """到期待擦除的内容，不示号码 | What is due to be erased; whose it is is not told."""
    with here.registers_to_read() as registers:
        items = Eraser(registers).due(common.moment("at", at))
    if as_json:
        show.as_json({"due": [_line(item) for item in items]})
        return
    if not items:
        show.say("没有到期的内容", "nothing is due")
        return
    headings = (("位置", "place"), ("种类", "kind"), ("何时失效", "since"), ("缘由", "why"), ("到期", "due"))
    common.table(
        headings,
        (
            (
                item.place,
                item.kind,
                moment_words(item.since),
                show.both(*REASONS[item.reason]),
                moment_words(item.due.at),
            )
            for item in items
        ),
    )


def run_(as_json: Json = False) -> None:
    """立即擦除全部到期内容；有服务在运行时每小时自行擦除 | Erase all that is due now; a server does so every hour."""
    settings = here.settings()
    server = server_here(settings)
    if server is not None:
        with server:
            done = server.call("POST", "/v1/erasures", Done)
    else:
        with open_registers(settings) as registers:
            done = Eraser(registers, _evidence(settings.exhibits)).run()
        if done.erased:
            # It may hold what was erased; the next start makes the index anew.
            (settings.snapshots / SNAPSHOT_NAME).unlink(missing_ok=True)
    if as_json:
        show.as_json(msgspec.to_builtins(done))
        return
    show.say(f"已擦除 {done.erased:,} 项", f"erased: {done.erased:,}")
    for reason, count in sorted(done.reasons.items()):
        zh, en = REASONS[reason]
        show.say(f"  {zh}：{count:,}", f"  {en}: {count:,}")
    if done.postponed:
        show.say(
            f"{done.postponed:,} 项此间又有登记，下次再办", f"{done.postponed:,} wait: something was said meanwhile"
        )
    if not done.purged:
        show.say(
            "库文件中的字节尚有人在读，下次再清", "somebody reads the database: the bytes in its files go next time"
        )


def hold_(
    id: Held,
    number: HeldNumber = "",
    org: HeldOrganisation = "",
    reason: Annotated[str, typer.Option("--reason", help="事由 | why")] = "",
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """设定法定保全：涉案号码或机构的记录不擦除 | Set a legal hold: what is on record of it is not erased."""
    common.say(LegalHoldSet(id=id, number=number, org=org, reason=reason), at=at, key=key, as_json=as_json)


def lift_(
    id: Held,
    number: HeldNumber = "",
    org: HeldOrganisation = "",
    reason: Annotated[str, typer.Option("--reason", help="事由 | why")] = "",
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """解除法定保全；已过保存期的随即擦除 | Lift a legal hold; what is past its time is erased then."""
    lifted = LegalHoldSet(id=id, number=number, org=org, held=False, reason=reason)
    common.say(lifted, at=at, key=key, as_json=as_json)


def forget_(
    number: Number,
    everything: Annotated[
        bool,
        typer.Option("--everything", help="连同谢绝与拒绝 | wishes to be left alone and refusals too"),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 | do not ask")] = False,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """清除一个号码：立即失效，期满擦除 | Forget a number: in effect at once, in bytes when the law lets it."""
    subscriber = common.subscriber(number)
    what: Forgets = "everything" if everything else "consents"
    if not yes:
        if as_json:
            raise InvalidCommand(
                "清除须确认：加 --yes",
                "forgetting is to be confirmed: add --yes",
                thing="erase",
                field="yes",
                rule="said-plainly",
            )
        show.say(f"{mask(subscriber)}：{WHAT[what][0]}", f"{mask(subscriber)}: {WHAT[what][1]}")
        typer.confirm(show.both("确定清除？", "forget it?"), abort=True)
    settings = here.settings()
    server = server_here(settings)
    if server is not None:
        with server:
            told = server.call(
                "POST",
                "/v1/local/forgetting",
                dict[str, Any],
                body={"number": subscriber, "what": what, "sure": True, "proof": "asked"},
                idempotency_key=key or f"once-{secrets.token_hex(12)}",
            )
    else:
        with open_registers(settings) as registers:
            told = _told(
                forget(
                    registers,
                    subscriber,
                    what=what,
                    door="terminal",
                    proof="asked",
                    actor=common.OPERATOR,
                    key=key,
                )
            )
    if as_json:
        show.as_json(told)
        return
    show.say(
        f"已清除，立即生效：{told['statements']} 项不再作数，涉及 {told['organisations']} 家机构",
        f"forgotten, in effect at once: {told['statements']} statements of it count no more, "
        f"{told['organisations']} organisations among them",
    )
    if told["gone"]:
        show.say(f"字节将于 {told['gone']} 擦除（{told['source']}）", f"the bytes go on {told['gone']}")


def _told(done: Forgotten) -> dict[str, Any]:
    from anning.api.handlers.erasing import forgotten_shown

    told: dict[str, Any] = msgspec.to_builtins(forgotten_shown(done))
    return told


def _line(item: Item) -> dict[str, Any]:
    return {
        "place": item.place,
        "kind": item.kind,
        "since": item.since.astimezone(SHANGHAI).isoformat(),
        "reason": item.reason,
        "due": item.due.at.isoformat(),
        "months": item.due.months,
        "obligation": item.due.citation.obligation,
        "source": {"zh": item.due.citation.zh(), "en": item.due.citation.en()},
    }


def _evidence(url: str) -> Callable[[frozenset[str]], None]:
    def erase(hashes: frozenset[str]) -> None:
        if hashes:
            exhibits = Exhibits(url)
            for sha256 in hashes:
                exhibits.erase(sha256)

    return erase

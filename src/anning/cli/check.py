"""`anning check`: one communication judged and explained (单条检查)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from anning.cli import here, show, unregistered
from anning.cli.unregistered import Remark, unregistered_in
from anning.errors import InvalidInput, InvalidSituation
from anning.gate.communication import Communication
from anning.gate.directory import code_form
from anning.gate.explain import Explanation, explain
from anning.gate.gate import Gate
from anning.gate.opening import open_gate
from anning.gate.plain import as_plain
from anning.gate.situations import load, run
from anning.gate.wording import (
    FIELD_WORDS,
    SOURCE_WORDS,
    figure_words,
    moment_words,
    predicate_words,
    value_words,
)
from anning.law.decision import Decision, Outcome, Reason
from anning.law.instrument import SHANGHAI
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import CallerIdentity, Channel, Purpose
from anning.numbers import KIND_NAMES, Kind, mask, require

_KINDS = frozenset(kind.value for kind in Kind)


def check(
    number: Annotated[
        str | None, typer.Option("--to", metavar="NUMBER", help="接收号码 | the recipient's number")
    ] = None,
    sender: Annotated[str, typer.Option("--sender", metavar="ORG", help="代表谁发送 | on whose behalf")] = "",
    provider: Annotated[str, typer.Option("--provider", metavar="ORG", help="持证承运方 | who carries it")] = "",
    code: Annotated[str, typer.Option("--from", metavar="CODE", help="显示的码号 | the code shown")] = "",
    channel: Annotated[Channel, typer.Option("--channel", help="渠道 | channel")] = Channel.SMS,
    text: Annotated[str, typer.Option("--text", help="短信正文 | the message")] = "",
    purpose: Annotated[Purpose, typer.Option("--purpose", help="申报用途 | as declared")] = Purpose.UNDECLARED,
    via: Annotated[str, typer.Option("--via", metavar="ORG", help="中间平台 | the platform between")] = "",
    platform_call: Annotated[
        bool, typer.Option("--platform-call", help="经呼叫中心平台 | through a call-centre platform")
    ] = False,
    caller_identity: Annotated[
        CallerIdentity, typer.Option("--caller-identity", help="主叫鉴权结果 | caller authentication")
    ] = CallerIdentity.VERIFIED,
    charged: Annotated[bool, typer.Option("--charged", help="向用户收费 | the recipient is charged")] = False,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="时刻，缺省为现在 | the moment, now by default")] = "",
    under: Annotated[str, typer.Option("--under", help="按哪一规定 | under which instrument")] = IN_FORCE,
    situation: Annotated[
        Path | None,
        typer.Option(
            "--situation",
            metavar="FILE",
            help="改为说明情形文件中的通信 | explain what is sent in a situation file instead",
        ),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="情形名称，缺省为全部 | which situation, all by default")] = "",
    data: Annotated[Path | None, typer.Option("--data", help="数据目录 | data directory")] = None,
    db: Annotated[str, typer.Option("--db", metavar="URL", help="事件库地址 | sqlite:///... or postgresql://...")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 | as JSON")] = False,
) -> None:
    """判定一条短信或一个电话并说明理由 | Judge one message or call and explain why."""
    if situation is not None:
        for explanation in explained(situation, name):
            _show(explanation, as_json=as_json)
        return
    if number is None:
        raise InvalidInput(
            "请用 --to 给出接收号码，或用 --situation 给出情形文件",
            "name the recipient with --to, or a situation file with --situation",
            thing="check",
            field="to",
            rule="missing",
        )
    settings = here.settings(data, db)
    c = Communication(
        channel=channel,
        provider=provider,
        sender=sender,
        via=via,
        code=code_form(code) if code.strip() else "",
        number=require(number).number,
        text="" if channel is Channel.CALL else text,
        purpose=purpose,
        platform_call=platform_call,
        caller_identity=caller_identity,
        charged=charged,
        at=moment_asked(at),
    )
    gate = open_gate(
        settings.database,
        settings.segments,
        snapshots=settings.snapshots,
        counts=settings.counts,
        shards=settings.counts_shards,
    )
    explanation = explain(gate, c, under)
    _show(explanation, as_json=as_json, missing=unregistered_in(gate, c))


def explained(file: Path, name: str) -> list[Explanation]:
    """What is sent in the situations of a file, explained as each was judged.

    Raises:
        InvalidSituation: the file cannot be read, or has no situation of that name.
    """
    explanations: list[Explanation] = []
    chosen = [each for each in load(file) if name in ("", each.name)]
    if not chosen:
        raise InvalidSituation(
            f"{file} 中没有名为“{name}”的情形", f"{file} has no situation named {name!r}", thing=str(file), field="name"
        )
    for each in chosen:

        def watch(gate: Gate, c: Communication, under: str = each.under) -> None:
            explanations.append(explain(gate, c, under))

        run(each, watch)
    return explanations


def _show(explanation: Explanation, *, as_json: bool, missing: Sequence[Remark] = ()) -> None:
    number = "" if explanation.communication is None else explanation.communication.number
    shown = mask(number)
    if as_json:
        show.as_json({**as_plain(explanation, shown), "warnings": unregistered.as_plain(missing)})
    else:
        unregistered.tell(missing)
        tell(explanation, shown)


def moment_asked(text: str) -> datetime:
    """The moment that was asked for, without a zone Beijing time; now when none was.

    Raises:
        InvalidInput: it is no ISO 8601 moment.
    """
    if not text:
        return datetime.now(SHANGHAI)
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            f"时间“{text}”应写作 2026-11-11T10:00:00+08:00",
            f"a time is written 2026-11-11T10:00:00+08:00, not {text!r}",
            thing=text,
            field="at",
        ) from None
    return read if read.tzinfo is not None else read.replace(tzinfo=SHANGHAI)


def tell(explanation: Explanation, number: str) -> None:
    """The explanation as a person reads it."""
    decision = explanation.decision
    mark = "✓" if decision.outcome <= Outcome.LABEL else "✗"
    _line(f"{mark} ", decision.outcome.zh, decision.outcome.en)
    at = moment_words(decision.at)
    _line(
        "  ",
        f"致 {number}，{at}（北京时间），按 {decision.under} 判定",
        f"to {number}, {at} Beijing time, under {decision.under}",
    )
    if not decision.in_scope:
        _line("  ", "所选规定不适用于本次通信，予以放行", "out of the scope of the law asked for: passes")
    if decision.out_of_scope:
        names = ", ".join(decision.out_of_scope)
        _line("  ", f"不适用：{names}", f"out of scope: {names}")
    if decision.degraded:
        _line("  ", "部件故障期间放行，恢复后重新判定", "passed in an outage; judged again on recovery")
    _tell_reasons(decision)
    _tell_ways(explanation)
    _tell_observations(explanation)
    _tell_foundations(decision)


def _line(indent: str, zh: str, en: str) -> None:
    sys.stdout.write(f"{indent}{show.both(zh, en)}\n")


def _heading(zh: str, en: str) -> None:
    _line("\n", zh, en)


def _tell_reasons(decision: Decision) -> None:
    if decision.reasons:
        _heading("理由", "reasons")
    for reason in decision.reasons:
        _tell_reason(reason)
    if decision.advisories:
        _heading("提示（不作为理由）", "advisories (no reasons themselves)")
    for reason in decision.advisories:
        _tell_reason(reason)


def _tell_reason(reason: Reason) -> None:
    name = f"{reason.obligation} {reason.instrument}/{reason.rule} "
    _line(f"  • {name}", f"（{reason.effect.zh}）{reason.zh}", f"({reason.effect.en}) {reason.en}")
    _line("      ", f"出处：{reason.citation.zh()}", f"source: {reason.citation.en()}")
    because = [predicate_words(each) for each in reason.because]
    _line("      ", f"依据：{'、'.join(zh for zh, _ in because)}", f"because: {', '.join(en for _, en in because)}")
    if reason.unknown:
        unseen = [FIELD_WORDS.get(field, (field, field)) for field in reason.unknown]
        _line(
            "      ", f"未能看到：{'、'.join(zh for zh, _ in unseen)}", f"not seen: {', '.join(en for _, en in unseen)}"
        )
    for parameter, figure in reason.parameters:
        zh, en = figure_words(reason.instrument, parameter, figure)
        _line("      ", f"参数：{zh}", f"parameter: {en}")
    _line("      ", f"怎么办：{reason.remedy_zh}", f"what to do: {reason.remedy_en}")


def _tell_ways(explanation: Explanation) -> None:
    if explanation.decision.outcome <= Outcome.LABEL:
        return
    _heading("怎样才能放行（任一即可）", "what would let it pass (any one of these)")
    if explanation.in_no_way:
        _line("  ", "没有办法：改正其他一切，也不得发送", "in no way: it may not go whatever else is mended")
    elif not explanation.passes_if:
        _line(
            "  ",
            "须改变三项以上，或先查明未知的事实，见各理由的“怎么办”",
            "it takes more than three changes, or facts not seen yet: see what to do in each reason",
        )
    for way in explanation.passes_if:
        zh = "，且".join(change.zh for change in way)
        en = ", and ".join(change.en for change in way)
        _line("  • ", zh, en)


def _tell_observations(explanation: Explanation) -> None:
    source = ""
    _heading("观察到的事实", "what was observed")
    for seen in explanation.observed:
        if seen.source != source:
            source = seen.source
            _line("  ", *(f"[{word}]" for word in SOURCE_WORDS[source]))
        name, value = FIELD_WORDS[seen.field], value_words(seen.field, seen.value)
        if seen.field.endswith("_kind") and seen.value in _KINDS:
            value = KIND_NAMES[Kind(seen.value)], str(seen.value)
        _line("    ", f"{name[0]}：{value[0]}", f"{name[1]}: {value[1]}")


def _tell_foundations(decision: Decision) -> None:
    _heading("判定依据的版本", "what it was judged by")
    until = moment_words(decision.valid_until)
    _line("  ", f"有效至：{until}", f"valid until: {until}")
    place = f"{decision.log_id}:{decision.position}"
    _line("  ", f"日志位置：{place}", f"journal position: {place}")
    model, _, content = decision.hashes.content.rpartition(" ")
    for zh, en, digest in (
        ("规则", "law", decision.hashes.law),
        ("参数", "parameters", decision.hashes.parameters),
        ("程序", "program", decision.hashes.code),
        (f"内容规则与模型 {model}".rstrip(), f"content rules and model {model}".rstrip(), content),
        ("回复识别", "reply reader", decision.hashes.reply),
    ):
        _line("  ", f"{zh}：{digest[:16]}", f"{en}: {digest[:16]}")

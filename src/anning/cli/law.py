"""`anning law show` and `articles`: the law, read; `diff` and `prove` are in law_compared.py (规定的阅读)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer

from anning.cli import law_compared, show
from anning.gate.wording import condition_words
from anning.law.articles import Obligation, Standing, articles, obligations
from anning.law.instrument import SHANGHAI, Instrument
from anning.law.instruments.registry import CALL_CENTRE, IN_FORCE, INSTRUMENTS
from anning.law.proof.subjects import instruments

_Json = Annotated[bool, typer.Option("--json", help="输出 JSON | print JSON")]


# --- show -------------------------------------------------------------------------------------------------------


def show_(
    name: Annotated[str, typer.Argument(metavar="[INSTRUMENT]", help="规定，不写则全部 | all when left out")] = "",
    as_json: _Json = False,
) -> None:
    """列出规定：日期、来源标记、参数、逐条规则及出处 | Instruments: dates, marks, parameters, rules with citations."""
    if name == IN_FORCE:
        chosen = tuple(each for each in INSTRUMENTS.values() if each.in_force(datetime.now(SHANGHAI)))
    else:
        chosen = instruments() if not name else (law_compared.named(name),)
    if as_json:
        show.as_json([_plain(each) for each in chosen])
        return
    for each in chosen:
        if name and name != IN_FORCE:
            _tell_instrument(each)
        else:
            _tell_heading(each)
    if name == IN_FORCE and CALL_CENTRE in {each.name for each in chosen}:
        show.say(f"{CALL_CENTRE} 经确认后才据以判定，此前仅作提示", f"{CALL_CENTRE} only advises until it is confirmed")
    if not name or name == IN_FORCE:
        show.say("写出名称可看全文：anning law show 名称", "name one to read its rules: anning law show NAME")


def _plain(each: Instrument) -> dict[str, Any]:
    return {
        "name": each.name,
        "zh": each.zh,
        "en": each.en,
        "channels": sorted(each.channels),
        "since": each.since,
        "until": each.until,
        "mark": each.mark,
        "law_hash": each.law_hash(),
        "parameters_hash": each.parameters_hash(),
        "parameters": [
            {
                "name": p.name,
                "unit": p.unit,
                "zh": p.zh,
                "en": p.en,
                "values": [
                    {"since": None if v.since == date.min else v.since, "value": v.value, "citation": v.citation}
                    for v in p.values
                ],
            }
            for p in each.parameters
        ],
        "rules": [
            {
                "name": r.name,
                "effect": r.effect.word,
                "citation": r.citation,
                "when": str(r.when),
                "when_zh": condition_words(r.when)[0],
                "when_en": condition_words(r.when)[1],
                "zh": r.zh,
                "en": r.en,
                "remedy_zh": r.remedy_zh,
                "remedy_en": r.remedy_en,
                "since": r.since,
                "until": r.until,
                "parameters": r.parameters,
            }
            for r in each.rules
        ],
    }


def _tell_heading(each: Instrument) -> None:
    show.line(f"{each.name}  ", each.zh, each.en)
    channels = ", ".join(sorted(each.channels))
    show.line(
        "  ",
        f"{_dates(each)[0]}；渠道 {channels}；{each.mark.zh}；{len(each.rules)} 条规则",
        f"{_dates(each)[1]}; channels {channels}; {each.mark.en}; {len(each.rules)} rules",
    )


def _dates(each: Instrument) -> tuple[str, str]:
    if each.since is None:
        return "无施行日期，仅在指名时适用", "no date of its own: judged only when asked for"
    if each.until is None:
        return f"{each.since} 起", f"since {each.since}"
    return f"{each.since} 至 {each.until}", f"{each.since} to {each.until}"


def _tell_instrument(each: Instrument) -> None:
    _tell_heading(each)
    typer.echo("")
    show.say("参数", "parameters")
    for p in each.parameters:
        for v in p.values:
            since_zh, since_en = ("", "") if v.since == date.min else (f"（{v.since} 起）", f" (since {v.since})")
            show.line(
                f"  {p.name} = {v.value:g}  ",
                f"{p.zh}{since_zh}〔{v.citation.obligation}，{v.citation.zh()}〕",
                f"{p.en}, {p.unit}{since_en} [{v.citation.obligation}, {v.citation.en()}]",
            )
    typer.echo("")
    show.say("规则", "rules")
    for r in each.rules:
        when_zh, when_en = condition_words(r.when)
        show.line(
            f"  {r.name}  ",
            f"{r.effect.zh}：{r.zh}〔{r.citation.obligation}，{r.citation.zh()}〕",
            f"{r.effect.en}: {r.en} [{r.citation.obligation}, {r.citation.en()}]",
        )
        show.line("      ", f"条件：{when_zh}", f"when {when_en}")
        if r.since or r.until:
            show.line(
                "      ", f"适用：{r.since or ''} 至 {r.until or '今'}", f"speaks {r.since or ''} to {r.until or 'now'}"
            )


# --- articles ---------------------------------------------------------------------------------------------------


def articles_(as_json: _Json = False) -> None:
    """征求意见稿四十四条与全部义务，各在何处落实 | The draft's 44 articles and every obligation: where each stands."""
    found = {o.id: o for o in obligations()}
    if as_json:
        show.as_json({"articles": articles(), "obligations": obligations()})
        return
    show.say(
        "征求意见稿（2020）四十四条：大意为本项目自己的话",
        "the draft of 2020, 44 articles: the gist in our own words",
    )
    for article in articles():
        show.say(f"第{article.number}条 {article.zh}", f"art. {article.number}: {article.en}")
        for name in article.obligations:
            _tell_obligation(found[name])
        if article.why_zh and not article.obligations:
            show.line("    ", f"未编码：{article.why_zh}", f"not encoded: {article.why_en}")
        if article.slip_zh:
            show.line("    ", f"原稿疏漏：{article.slip_zh}", f"a slip of the draft: {article.slip_en}")
    typer.echo("")
    show.say("其他来源的义务", "obligations from other sources")
    of_articles = {name for article in articles() for name in article.obligations}
    for o in found.values():
        if o.id not in of_articles:
            _tell_obligation(o)
    typer.echo("")
    counts = {s: sum(o.standing is s for o in found.values()) for s in Standing}
    later = sum(o.standing is Standing.PROCESS and not o.stands for o in found.values())
    show.say(
        f"共 {len(found)} 项义务："
        + "，".join(f"{s.zh} {n}" for s, n in counts.items() if n)
        + f"，其中尚未建成 {later}",
        f"{len(found)} obligations: "
        + ", ".join(f"{s.en} {n}" for s, n in counts.items() if n)
        + f"; {later} not built yet",
    )


def _tell_obligation(o: Obligation) -> None:
    match o.standing:
        case Standing.RULES:
            where = [f"{r.instrument}/{r.rule}" for r in o.rules]
            zh, en = f"编为规则 {'、'.join(where)}", f"encoded as rules {', '.join(where)}"
        case Standing.PREDICATES:
            names = ", ".join(o.predicates)
            zh, en = f"编为谓词 {names}", f"encoded as predicates {names}"
        case Standing.PROOF | Standing.NONE:
            zh, en = f"{o.standing.zh}：{o.zh}", f"{o.standing.en}: {o.en}"
        case Standing.PROCESS:
            later_zh, later_en = ("", "") if o.stands else ("（尚未建成）", " (not built yet)")
            zh = f"由 {o.part} 的流程承担：{o.zh}{later_zh}"
            en = f"carried by a process of {o.part}: {o.en}{later_en}"
    show.line(f"    {o.id} ", zh, f"{o.duty} — {en}")

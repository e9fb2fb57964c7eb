"""`anning law show`, `articles`, `diff`, `prove`: the law read, compared, proved (规定的阅读、比较与证明)."""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from anning.cli import show
from anning.errors import InvalidInput
from anning.law.algebra import And, Expr, Not, Or, P
from anning.law.articles import Obligation, Standing, articles, obligations
from anning.law.diff import Comparison, compare, in_words
from anning.law.instrument import SHANGHAI, Instrument
from anning.law.instruments import common
from anning.law.instruments.registry import instrument
from anning.law.observations import Channel
from anning.law.predicates import PREDICATES
from anning.law.proof import Report, prove
from anning.law.proof.facts import wording
from anning.law.proof.ordinary import strays
from anning.law.proof.prove import Fate, Finding
from anning.law.proof.subjects import instruments
from anning.law.tri import UNKNOWN, Tri

_Json = Annotated[bool, typer.Option("--json", help="输出 JSON | print JSON")]


def mount(law: typer.Typer) -> None:
    """Put the four commands under `anning law`."""
    law.command("show")(show_)
    law.command("articles")(articles_)
    law.command("diff")(diff_)
    law.command("prove")(prove_)


# --- show -------------------------------------------------------------------------------------------------------


def show_(
    name: Annotated[str, typer.Argument(metavar="[INSTRUMENT]", help="规定，不写则全部 | all when left out")] = "",
    as_json: _Json = False,
) -> None:
    """列出规定：日期、来源标记、参数、逐条规则及出处 | Instruments: dates, marks, parameters, rules with citations."""
    chosen = instruments() if not name else (_named(name),)
    if as_json:
        show.as_json([_plain(each) for each in chosen])
        return
    for each in chosen:
        if name:
            _tell_instrument(each)
        else:
            _tell_heading(each)
    if not name:
        show.say("写出名称可看全文：anning law show 名称", "name one to read its rules: anning law show NAME")


def _line(before: str, zh: str, en: str) -> None:
    """A line that begins alike in every language."""
    typer.echo(before + show.both(zh, en))


def _named(name: str) -> Instrument:
    return common.INSTRUMENT if name == common.INSTRUMENT.name else instrument(name)


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
                "when_zh": _reads(r.when)[0],
                "when_en": _reads(r.when)[1],
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
    _line(f"{each.name}  ", each.zh, each.en)
    channels = ", ".join(sorted(each.channels))
    _line(
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
            _line(
                f"  {p.name} = {v.value:g}  ",
                f"{p.zh}{since_zh}〔{v.citation.obligation}，{v.citation.zh()}〕",
                f"{p.en}, {p.unit}{since_en} [{v.citation.obligation}, {v.citation.en()}]",
            )
    typer.echo("")
    show.say("规则", "rules")
    for r in each.rules:
        when_zh, when_en = _reads(r.when)
        _line(
            f"  {r.name}  ",
            f"{r.effect.zh}：{r.zh}〔{r.citation.obligation}，{r.citation.zh()}〕",
            f"{r.effect.en}: {r.en} [{r.citation.obligation}, {r.citation.en()}]",
        )
        _line("      ", f"条件：{when_zh}", f"when {when_en}")
        if r.since or r.until:
            _line(
                "      ", f"适用：{r.since or ''} 至 {r.until or '今'}", f"speaks {r.since or ''} to {r.until or 'now'}"
            )


def _reads(when: Expr) -> tuple[str, str]:
    """A condition in words, Chinese and English."""
    match when:
        case P(name):
            return PREDICATES[name].zh, PREDICATES[name].en
        case Not(part):
            zh, en = _reads(part)
            return f"并非“{zh}”", f"not ({en})"
        case And(parts):
            read = [_reads(p) for p in parts]
            inner = [isinstance(p, Or) for p in parts]
            return (
                " 且 ".join(f"（{zh}）" if o else zh for (zh, _), o in zip(read, inner, strict=True)),
                " and ".join(f"({en})" if o else en for (_, en), o in zip(read, inner, strict=True)),
            )
        case Or(parts):
            read = [_reads(p) for p in parts]
            return " 或 ".join(zh for zh, _ in read), " or ".join(en for _, en in read)
    raise TypeError(f"no such expression: {when}")


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
            _line("    ", f"未编码：{article.why_zh}", f"not encoded: {article.why_en}")
        if article.slip_zh:
            _line("    ", f"原稿疏漏：{article.slip_zh}", f"a slip of the draft: {article.slip_en}")
    typer.echo("")
    show.say("其他来源的义务", "obligations from other sources")
    of_articles = {name for article in articles() for name in article.obligations}
    for o in found.values():
        if o.id not in of_articles:
            _tell_obligation(o)
    typer.echo("")
    counts = {s: sum(o.standing is s for o in found.values()) for s in Standing}
    show.say(
        f"共 {len(found)} 项义务：" + "，".join(f"{s.zh} {n}" for s, n in counts.items() if n),
        f"{len(found)} obligations: " + ", ".join(f"{s.en} {n}" for s, n in counts.items() if n),
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
    _line(f"    {o.id} ", zh, f"{o.duty} — {en}")


# --- diff -------------------------------------------------------------------------------------------------------


def diff_(
    first: Annotated[str, typer.Argument(metavar="A", help="规定或 in-force | an instrument or in-force")],
    second: Annotated[str, typer.Argument(metavar="B", help="规定或 in-force | an instrument or in-force")],
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="以此时为准 | as of this moment; now by default")
    ] = "",
    channel: Annotated[Channel | None, typer.Option("--channel", help="只比较一个渠道 | one channel only")] = None,
    witnesses: Annotated[
        Path | None,
        typer.Option("--witnesses", metavar="FILE", help="例证写成情形文件 | write the examples as situations"),
    ] = None,
    as_json: _Json = False,
) -> None:
    """哪些通信的裁决会变，用话说出来 | Which communications change from A to B, in words."""
    channels = tuple(Channel) if channel is None else (channel,)
    comparison = compare(first, second, _moment(at), channels)
    if witnesses is not None:
        shown = [case for sentence in comparison.sentences for case in sentence.witness]
        _write(witnesses, shown)
    if as_json:
        show.as_json(_plain_comparison(comparison))
        return
    _tell_comparison(comparison)


def _plain_comparison(c: Comparison) -> dict[str, Any]:
    return {
        "first": c.first,
        "second": c.second,
        "day": c.day,
        "silent": {c.first: c.silent[0], c.second: c.silent[1]} if c.first != c.second else {c.first: c.silent[0]},
        "complete": c.complete,
        "differences": [
            {
                "zh": in_words(s, c.first, c.second)[0],
                "en": in_words(s, c.first, c.second)[1],
                "channels": s.channels,
                "conditions": [dict(case) for case in s.conditions],
                "circumstances": dict(s.circumstances),
                "first": s.first.word,
                "second": s.second.word,
                "because": s.because,
                "witness": s.witness,
            }
            for s in c.sentences
        ],
    }


def _tell_comparison(c: Comparison) -> None:
    show.say(f"{c.first} 与 {c.second}，以 {c.day} 为准", f"{c.first} and {c.second}, as of {c.day}")
    for name, quiet in zip((c.first, c.second), c.silent, strict=True):
        if quiet:
            where = ", ".join(quiet)
            show.say(f"{name} 不涉及 {where}，在彼处一律放行", f"{name} does not speak of {where}: all pass there")
    if not c.sentences:
        show.say("没有任何通信的裁决不同", "no communication is judged differently")
    for number, sentence in enumerate(c.sentences, 1):
        zh, en = in_words(sentence, c.first, c.second)
        _line(f"{number}. ", zh, en)
        if not sentence.witness:
            _line("   ", "（登记与文本不足以造出例证）", "(no world that the registers and a text can make shows this)")
    sources = {w.citation.obligation: w.citation for s in c.sentences for w in s.because}
    if sources:
        show.say("出处", "sources")
        for obligation, citation in sources.items():
            _line(f"  {obligation}  ", citation.zh(), citation.en())
    if not c.complete:
        show.say("差异过多，未能列尽", "there are more differences than were listed")


def _moment(text: str) -> datetime:
    if not text:
        return datetime.now(SHANGHAI)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"时间“{text}”应写作 2026-11-11 或 2026-11-11T10:00:00+08:00",
            f"{text!r} is not a time: write 2026-11-11 or 2026-11-11T10:00:00+08:00",
            thing=text,
            field="at",
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI)


# --- prove ------------------------------------------------------------------------------------------------------


def prove_(
    names: Annotated[
        list[str] | None,
        typer.Option("--instrument", metavar="NAME", help="只证明这些规定 | these instruments only"),
    ] = None,
    with_mutants: Annotated[bool, typer.Option("--mutants", help="另证每个植入的错误 | planted faults too")] = False,
    situations: Annotated[
        Path | None,
        typer.Option("--situations", metavar="FILE", help="反例写成情形文件 | write counterexamples as situations"),
    ] = None,
    as_json: _Json = False,
) -> None:
    """证明不变式对所有组合成立；有一项不成立则退出码为 1 | Prove the invariants; exit 1 when one fails."""
    for name in names or ():
        _named(name)
    began = time.perf_counter()
    report = prove(names or None, with_mutants=with_mutants, with_situations=situations is not None)
    seconds = time.perf_counter() - began
    if situations is not None:
        _write(situations, _situations(report))
    if as_json:
        show.as_json(_plain_report(report, seconds))
    else:
        _tell_report(report, seconds)
    if not report.holds:
        raise typer.Exit(1)


def _situations(report: Report) -> list[dict[str, Any]]:
    broken = [f.situation for s in report.subjects for f in s.findings if f.situation is not None]
    return broken + [m.situation for m in report.mutants if m.situation is not None]


def _write(file: Path, found: list[dict[str, Any]]) -> None:
    """Situations as a file that `anning law try` and `anning check --situation` read."""
    # each is written out whole: what two have in common is not an anchor to follow
    text = yaml.dump(found, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120)
    file.write_text(text, encoding="utf-8")


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _plain_report(report: Report, seconds: float) -> dict[str, Any]:
    return {
        "holds": report.holds,
        "seconds": round(seconds, 1),
        "subjects": [
            {
                "subject": s.subject,
                "satisfiable": s.satisfiable,
                "invariants": [
                    {
                        "id": f.id,
                        "zh": f.zh,
                        "en": f.en,
                        "holds": f.holds,
                        "possible": f.possible,
                        "counterexample": None if f.counterexample is None else _values(f.counterexample),
                        "situation": f.situation,
                    }
                    for f in s.findings
                ],
            }
            for s in report.subjects
        ],
        "mutants": {
            "planted": len(report.mutants),
            **{fate.value: report.count(fate) for fate in Fate},
            "all": [
                {
                    "instrument": m.instrument,
                    "rule": m.rule,
                    "zh": m.zh,
                    "en": m.en,
                    "fate": m.fate,
                    "caught_by": m.caught_by,
                    "situation": m.situation,
                }
                for m in report.mutants
            ],
        },
    }


def _values(values: dict[str, Tri]) -> dict[str, bool | None]:
    return {name: None if value is UNKNOWN else bool(value) for name, value in values.items()}


def _tell_report(report: Report, seconds: float) -> None:
    for s in report.subjects:
        typer.echo(s.subject)
        if not s.satisfiable:
            _line("  ", "前提互相矛盾", "the premises contradict each other")
        for finding in s.findings:
            _tell_finding(finding)
    invariants = sum(len(s.findings) for s in report.subjects)
    broken = sum(not f.holds for s in report.subjects for f in s.findings)
    sound = all(s.satisfiable for s in report.subjects)
    show.say(
        f"{len(report.subjects)} 个对象，{'前提均可满足' if sound else '有的前提自相矛盾'}，"
        f"{invariants} 项不变式，{invariants - broken} 项成立，{seconds:.0f} 秒",
        f"{len(report.subjects)} subjects, premises {'satisfiable' if sound else 'CONTRADICTORY'}, "
        f"{invariants} invariants, {invariants - broken} hold, {seconds:.0f} s",
    )
    if report.mutants:
        for m in report.mutants:
            if m.fate is not Fate.CAUGHT:
                _line(f"  {m.instrument}/{m.rule}  ", f"{m.zh}：{m.fate.zh}", f"{m.en}: {m.fate.value}")
        show.say(
            f"植入错误 {len(report.mutants)} 个：查出 {report.count(Fate.CAUGHT)}，"
            f"证明等价 {report.count(Fate.EQUIVALENT)}，未查出 {report.count(Fate.SURVIVED)}",
            f"{len(report.mutants)} mutants planted: {report.count(Fate.CAUGHT)} caught, "
            f"{report.count(Fate.EQUIVALENT)} proved equivalent, {report.count(Fate.SURVIVED)} survived",
        )
        shown = sum(m.situation is not None for m in report.mutants)
        if shown:
            show.say(
                f"其中 {shown} 个有情形可以重演，其余的任何登记与文本都造不出",
                f"{shown} of them have a situation that replays; no registers and text can make one for the rest",
            )


def _tell_finding(f: Finding) -> None:
    _line("  ", f"{'成立' if f.holds else '不成立'}  {f.zh}", f"{'holds' if f.holds else 'FAILS'}: {f.en}")
    if not f.possible:
        _line("      ", "其前提不可能出现", "its premise cannot occur")
    if f.counterexample is not None:
        told = {
            name: f.counterexample[name] for name in (*f.about, *strays(f.counterexample)) if name in f.counterexample
        }
        for name, value in told.items():
            zh, en = wording(name)
            sign = "未知" if value is UNKNOWN else "是" if value else "否"
            word = "unknown" if value is UNKNOWN else "true" if value else "false"
            _line(f"      {name}  ", f"{zh}：{sign}", f"{en}: {word}")

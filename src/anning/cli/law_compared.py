"""`anning law diff` and `prove`: the law, compared and proved (规定的比较与证明)."""

from __future__ import annotations

import re
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import yaml

from anning.cli import show
from anning.errors import InvalidInput
from anning.law.diff import Comparison, compare, in_words
from anning.law.instrument import SHANGHAI, Instrument
from anning.law.instruments import common
from anning.law.instruments.registry import instrument
from anning.law.observations import Channel
from anning.law.proof import Report, prove
from anning.law.proof.facts import wording
from anning.law.proof.ordinary import strays
from anning.law.proof.prove import Fate, Finding
from anning.law.tri import UNKNOWN, Tri

_Json = Annotated[bool, typer.Option("--json", help="输出 JSON | print JSON")]


def named(name: str) -> Instrument:
    """The instrument of that name, our own rules included. Raises InvalidInput when there is none."""
    return common.INSTRUMENT if name == common.INSTRUMENT.name else instrument(name)


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
    for name, quiet in dict(zip((c.first, c.second), c.silent, strict=True)).items():
        if quiet:
            where = ", ".join(quiet)
            show.say(f"{name} 不涉及 {where}，在彼处一律放行", f"{name} does not speak of {where}: all pass there")
    if not c.sentences:
        show.say("没有任何通信的裁决不同", "no communication is judged differently")
    for number, sentence in enumerate(c.sentences, 1):
        zh, en = in_words(sentence, c.first, c.second)
        show.line(f"{number}. ", zh, en)
        if not sentence.witness:
            show.line(
                "   ", "（登记与文本不足以造出例证）", "(no world that the registers and a text can make shows this)"
            )
    sources = {w.citation.obligation: w.citation for s in c.sentences for w in s.because}
    if sources:
        show.say("出处", "sources")
        for obligation, citation in sources.items():
            show.line(f"  {obligation}  ", citation.zh(), citation.en())
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
        named(name)
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

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """Numbers and codes in quotes: a code that begins with 0 is no quantity."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="'" if _DIGITS.fullmatch(data) else None)


_DIGITS: Final = re.compile(r"[+-]?[0-9]+")
_Plain.add_representer(str, _Plain.represent_str)


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
            show.line("  ", "前提互相矛盾", "the premises contradict each other")
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
                show.line(f"  {m.instrument}/{m.rule}  ", f"{m.zh}：{m.fate.zh}", f"{m.en}: {m.fate.value}")
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
    show.line("  ", f"{'成立' if f.holds else '不成立'}  {f.zh}", f"{'holds' if f.holds else 'FAILS'}: {f.en}")
    if not f.possible:
        show.line("      ", "其前提不可能出现", "its premise cannot occur")
    if f.counterexample is not None:
        told = {
            name: f.counterexample[name] for name in (*f.about, *strays(f.counterexample)) if name in f.counterexample
        }
        for name, value in told.items():
            zh, en = wording(name)
            sign = "未知" if value is UNKNOWN else "是" if value else "否"
            word = "unknown" if value is UNKNOWN else "true" if value else "false"
            show.line(f"      {name}  ", f"{zh}：{sign}", f"{en}: {word}")

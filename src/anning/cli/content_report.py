"""What an evaluation of a content model found, for a person to read (评估结果的文字)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anning.cli import show

if TYPE_CHECKING:
    from anning.content.training.evaluate import Report, Share

KINDS: Final = {
    "service": ("服务", "service"),
    "private": ("私人往来", "between people"),
    "commercial": ("商业", "commercial"),
    "tail": ("服务夹带推广", "service with a promotional tail"),
    "public": ("公益", "public interest"),
    "publicity": ("工作宣传", "publicity of work"),
    "prohibited": ("违禁", "prohibited"),
}
"""What a message is, in both languages."""
_SHOWN: Final = 12


def tell(report: Report) -> None:
    """The report in lines."""
    show.say(
        f"模型 {report.model}（{report.model_hash[:16]}），{report.source}，{report.messages} 条",
        f"model {report.model} ({report.model_hash[:16]}), {report.source}, {report.messages} messages",
    )
    show.say("是什么，判成什么：", "what they are, and what they were judged:")
    for kind, counts in report.confusion.items():
        zh, en = KINDS.get(kind, (kind, kind))
        judged = "  ".join(f"{klass} {count}" for klass, count in counts.items())
        show.line("  ", f"{zh}：{judged}", f"{en}: {judged}")
    if report.services is not None:
        services = report.services
        every, families = services.messages, services.by_family
        show.say(
            f"服务短信误判：{every.of} 条中 {every.happened} 条，95% 上限 {_percent(every.bound)}；"
            f"{families.of} 个模板族中 {families.happened} 个，95% 上限 {_percent(families.bound)}"
            f"（{services.hands} 家手笔，{services.templates} 个模板）",
            f"services judged otherwise: {every.happened} in {every.of}, at most {_percent(every.bound)} (95 %);"
            f" {families.happened} in {families.of} families, at most {_percent(families.bound)}"
            f" ({services.hands} hands, {services.templates} templates)",
        )
    _tell_caught("判出：", "caught:", report.caught)
    _tell_caught("各种混淆写法下判出：", "caught when hidden:", report.disguised)
    show.say(
        f"校准：Brier {report.brier}，平均偏差 {report.calibration_error}",
        f"calibration: Brier {report.brier}, mean distance {report.calibration_error}",
    )
    for each in report.calibration:
        line = f"{each.least:.1f}+  n={each.messages}  {each.mean_score:.3f} / {each.unwanted:.3f}"
        show.line("  ", line, line)
    if report.speed is not None:
        speed = report.speed
        show.say(
            f"单核每秒：服务短信 {speed.services_a_second} 条，各类 {speed.all_a_second} 条；"
            f"判一条用时为其 SHA-256 的 {speed.ratio} 倍",
            f"on one core, a second: {speed.services_a_second} services, {speed.all_a_second} of all kinds;"
            f" judging takes {speed.ratio} times as long as its SHA-256",
        )
    if report.wrong:
        show.say("判错的，同类只列一条：", "judged wrong, of those alike one:")
    for wrong in report.wrong[:_SHOWN]:
        line = f"{wrong.family}  {wrong.judged} {wrong.commercial_score:.2f}  {wrong.text[:60]}"
        show.line("  ", line, line)


def _tell_caught(zh: str, en: str, shares: dict[str, Share]) -> None:
    if shares:
        show.say(zh, en)
    for name, share in shares.items():
        kind = KINDS.get(name, (name, name))
        counted = f"{share.happened}/{share.of}  {_percent(share.happened / share.of)}"
        show.line(
            "  ",
            f"{kind[0]}：{counted}，95% 下限 {_percent(share.bound)}",
            f"{kind[1]}: {counted}, at least {_percent(share.bound)}",
        )


def _percent(share: float) -> str:
    return f"{share:.3%}"

"""`anning law try`: situation files, run on the production path (试行情形)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anning.cli import show
from anning.gate.situations import Result, StepResult, load, run


def try_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="情形文件（YAML） | situation files (YAML)")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON 列表 | one JSON list")] = False,
) -> None:
    """用情形试行规则：全部成立则退出码为 0 | Try the law by situations: exit 0 when all hold, 1 when one fails."""
    situations = [situation for file in files for situation in load(file)]
    results = [run(situation) for situation in situations]
    if as_json:
        show.as_json([told(result) for result in results])
    else:
        _tell(results)
    if not all(result.holds for result in results):
        raise typer.Exit(1)


def told(result: Result) -> dict[str, object]:
    """One situation as JSON: what was expected and came out at the step that tells, and for sequences every step."""
    step = result.told
    line: dict[str, object] = {
        "name": result.name,
        "holds": result.holds,
        "expected": [] if step is None else _outcomes(step),
        "got": "" if step is None else step.got,
        "reasons": () if step is None else step.reasons,
    }
    if step is not None and (step.missing or step.unwanted):
        line |= {"missing": step.missing, "unwanted": step.unwanted}
    if result.sequence:
        line["steps"] = [
            {
                "step": each.step,
                "holds": each.holds,
                "expected": _outcomes(each),
                "got": each.got,
                "reasons": each.reasons,
            }
            for each in result.steps
        ]
    return line


def _outcomes(step: StepResult) -> str | tuple[str, ...]:
    """One word when one outcome is right, else the list of those that are."""
    return step.expected[0] if len(step.expected) == 1 else step.expected


def _tell(results: list[Result]) -> None:
    failed = [result for result in results if not result.holds]
    for result in failed:
        show.say(f"✗ {result.name}", f"✗ {result.name}")
        for step in result.steps:
            if not step.holds:
                _tell_step(step, result.sequence)
    held = len(results) - len(failed)
    show.say(
        f"{len(results)} 个情形：成立 {held}，不成立 {len(failed)}",
        f"{len(results)} situations: {held} hold, {len(failed)} do not",
    )


def _tell_step(step: StepResult, sequence: bool) -> None:
    if sequence:
        show.say(f"  第 {step.step} 步", f"  step {step.step}")
    expected = "、".join(step.expected), " or ".join(step.expected)
    if step.expected:
        show.say(f"    应为：{expected[0]}", f"    expected: {expected[1]}")
    show.say(f"    结果：{step.got}", f"    came out: {step.got}")
    reasons = ", ".join(step.reasons)
    show.say(f"    理由：{reasons or '无'}", f"    reasons: {reasons or 'none'}")
    if step.missing:
        missing = ", ".join(step.missing)
        show.say(f"    缺少理由：{missing}", f"    not among the reasons: {missing}")
    if step.unwanted:
        unwanted = ", ".join(step.unwanted)
        show.say(f"    不应有的理由：{unwanted}", f"    should not be among them: {unwanted}")

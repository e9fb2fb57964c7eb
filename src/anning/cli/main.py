"""The command `anning` (命令行入口): the pure floors by hand, the law, the registers, the gate, the demo."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

from anning import __version__
from anning.cli import here, lazily, show, usage
from anning.cli.hoisting import hoisted
from anning.errors import AnningError

COMMANDS: Final[lazily.Table] = {
    "serve": "anning.cli.serve:serve",
    "account": "anning.cli.account:app",
    "demo": "anning.cli.demo.command:demo",
    "scrub": "anning.cli.scrub:scrub",
    "check": "anning.cli.check:check",
    "law": (
        "规定：阅读、比较、证明、试行、确认 | the law: read, compared, proved, tried, confirmed",
        {
            "show": "anning.cli.law:show_",
            "articles": "anning.cli.law:articles_",
            "diff": "anning.cli.law_compared:diff_",
            "prove": "anning.cli.law_compared:prove_",
            "try": "anning.cli.trying:try_",
            "confirm": "anning.cli.law_confirm:confirm_",
        },
    ),
    "number": "anning.cli.number:number",
    "content": (
        "内容：判断短信，训练与评估模型；不写子命令即判断"
        " | content: messages judged (when no command is named), a model trained and tried",
        {
            "judge": "anning.cli.content:content",
            "train": "anning.cli.content_model:train",
            "eval": "anning.cli.content_model:eval_",
            "propose": "anning.cli.content_force:propose",
            "activate": "anning.cli.content_force:activate",
            "models": "anning.cli.content_force:models",
        },
        "judge",
    ),
    "reply": "anning.cli.reply:reply",
    "calendar": "anning.cli.calendar:app",
    "wish": "anning.cli.registers.wish:app",
    "consent": "anning.cli.registers.consent:app",
    "operator": "anning.cli.registers.operator:app",
    "sms": "anning.cli.sms:app",
    "sender": "anning.cli.registers.sender:app",
    "code": "anning.cli.registers.code:app",
    "signature": "anning.cli.registers.signature:app",
    "import": "anning.cli.registers.importing:app",
    "index": (
        "索引：保管、查看 | the index: kept for all processes, shown",
        {"keep": "anning.cli.index:keep_", "show": "anning.cli.index:show_"},
    ),
    "counts": (
        "联系计数：持有、查看 | counts of contacts and volumes: owned, shown",
        {"serve": "anning.cli.counts:serve_", "show": "anning.cli.counts:show_"},
    ),
    "erase": (
        "擦除：到期清单、执行、法定保全、清除一个号码 | erasure: what is due, a run, legal holds, forgetting a number",
        {
            "due": "anning.cli.registers.erase:due_",
            "run": "anning.cli.registers.erase:run_",
            "hold": "anning.cli.registers.erase:hold_",
            "lift": "anning.cli.registers.erase:lift_",
            "forget": "anning.cli.registers.erase:forget_",
        },
    ),
    "house-policy": "anning.cli.registers.policy:house_policy",
    "shadow": (
        "试运行 | shadow: what would have been stopped",
        {"report": "anning.cli.shadow:report_"},
    ),
    "bench": "anning.cli.bench:app",
}

app = lazily.application(
    "安宁：不让任何商业短信或电话违背本人意愿 | Anning: no commercial SMS or call against a person's wish",
    lazily.group(COMMANDS),
)


@app.callback(invoke_without_command=True)
def anning(
    lang: Annotated[
        str,
        typer.Option(
            "--lang",
            envvar="ANNING_LANGUAGE",
            help="语言：zh、en、both；也可写在命令之后 | language: zh, en, both; may also follow the command",
        ),
    ] = "both",
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="数据目录，其中的事件库与导入段一并采用；也可写在命令之后"
            " | data directory, with the database and the import segments in it; may also follow the command",
        ),
    ] = None,
    db: Annotated[
        str,
        typer.Option(
            "--db",
            metavar="URL",
            help="事件库地址：sqlite:///… 或 postgresql://…；也可写在命令之后"
            " | the database: sqlite:///... or postgresql://...; may also follow the command",
        ),
    ] = "",
    version: Annotated[bool, typer.Option("--version", help="版本 | version")] = False,
) -> None:
    """安宁：不让任何商业短信或电话违背本人意愿 | No commercial SMS or call against a person's wish."""
    if version:
        sys.stdout.write(f"anning {__version__}\n")
        raise typer.Exit
    if lang not in {"zh", "en", "both"}:
        raise typer.BadParameter("zh, en, both", param_hint="--lang")
    show.speak(lang)  # type: ignore[arg-type]
    here.choose(data, db)


def main() -> None:
    """Run the command line; an error of the family becomes its text and its exit code, here and nowhere else."""
    try:
        command = get_command(app)
        assert isinstance(command, TyperGroup)
        sys.exit(command.main(hoisted(sys.argv[1:], command), prog_name="anning", standalone_mode=False))
    except AnningError as error:
        _refuse(error)
    except typer.Abort:
        sys.exit(130)
    except usage.Misuse as error:
        if error.format_message().startswith("Usage: "):
            sys.stdout.write(error.format_message() + "\n")
            sys.exit(error.exit_code)
        _refuse(usage.misused(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def _refuse(error: AnningError) -> NoReturn:
    show.complain(error, as_json="--json" in sys.argv)
    sys.exit(error.exit_code)


if __name__ == "__main__":
    main()

"""The command `anning` (命令行入口): the pure floors by hand, the law, the registers, the gate, the demo."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from anning import __version__, logs
from anning.cli import bench, calendar, check, content, number, registers, reply, scrub, show, trying
from anning.cli import law as law_reading
from anning.cli.demo.command import demo
from anning.errors import AnningError
from anning.settings import read_settings

app = typer.Typer(
    name="anning",
    help="安宁：不让任何商业短信或电话违背本人意愿 | Anning: no commercial SMS or call against a person's wish",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def anning(
    lang: Annotated[
        str, typer.Option("--lang", envvar="ANNING_LANGUAGE", help="语言 | language: zh, en, both")
    ] = "both",
    version: Annotated[bool, typer.Option("--version", help="版本 | version")] = False,
) -> None:
    """安宁：不让任何商业短信或电话违背本人意愿 | No commercial SMS or call against a person's wish."""
    if version:
        sys.stdout.write(f"anning {__version__}\n")
        raise typer.Exit
    if lang not in {"zh", "en", "both"}:
        raise typer.BadParameter("zh, en, both", param_hint="--lang")
    show.speak(lang)  # type: ignore[arg-type]


law = typer.Typer(help="规定：阅读、比较、证明、试行 | the law: read, compared, proved, tried", no_args_is_help=True)
law_reading.mount(law)
law.command("try")(trying.try_)

app.command("demo")(demo)
app.command("scrub")(scrub.scrub)
app.command("check")(check.check)
app.add_typer(law, name="law")
app.command("number")(number.number)
app.command("content")(content.content)
app.command("reply")(reply.reply)
app.add_typer(calendar.app, name="calendar", help="工作日与保存期限 | working days and periods of keeping")
registers.mount(app)
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run the command line; an error of the family becomes its text and its exit code, here and nowhere else."""
    try:
        logs.configure(read_settings().log_level)
        app()
    except AnningError as error:
        show.complain(error, as_json="--json" in sys.argv)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


if __name__ == "__main__":
    main()

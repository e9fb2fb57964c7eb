"""`anning demo`: build the world, judge the campaign and the dozen, tell it plainly (演示命令)."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Annotated, Final

import typer

from anning.cli import show
from anning.errors import InvalidInput
from anning.gate.scrub.verdicts import Language

MARK: Final = ".anning-demo"
CAMPAIGN_ROWS: Final = 120_000
MADE: Final = ("var", "wishes.csv", "consents.csv", "campaign.csv", "result.csv", "result.csv.*")
"""What a demonstration leaves in its folder; only these are made anew."""


def demo(
    folder: Annotated[
        Path,
        typer.Option(
            "--dir",
            help="演示目录，重做时只换自己做的文件 | folder of the demonstration; only its own files are made again",
        ),
    ] = Path("demo"),
    rows: Annotated[int, typer.Option(help="名单行数 | rows of the campaign list", min=1_000)] = CAMPAIGN_ROWS,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="结束后不启动服务 | end without serving")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="汇总输出为 JSON，不启动服务 | the summary as JSON; does not serve")
    ] = False,
) -> None:
    """建一个小世界，审一份名单和十来条短信、电话，再打开网页 | A small world, judged; then its pages are served."""
    from anning.cli.demo import tell
    from anning.cli.demo.run import run

    _fresh(folder)
    started = time.perf_counter()
    language: Language = "en" if show.language() == "en" else "zh"
    story = run(folder, rows, language, say=(lambda *_: None) if as_json else show.say)
    if as_json:
        show.as_json(tell.as_values(story))
        return
    tell.plainly(story, time.perf_counter() - started)
    if no_serve:
        tell.how_to_serve(story)
        return
    from anning.cli.demo.serving import serve_pages

    serve_pages(story, language)


def _fresh(folder: Path) -> None:
    """Clear away what an earlier demonstration made here, and nothing else."""
    if folder.exists() and not folder.is_dir():
        raise _not_for_a_demo(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise _not_for_a_demo(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in MADE:
        for made in folder.glob(name):
            shutil.rmtree(made) if made.is_dir() else made.unlink()
    (folder / MARK).touch()


def _not_for_a_demo(folder: Path) -> InvalidInput:
    return InvalidInput(
        f"{folder} 里有别的东西，或不是目录，演示不会动它；请用 --dir 另指一处",
        f"{folder} holds other things or is no folder, and is left alone; name another with --dir",
        thing=str(folder),
        field="dir",
        rule="not-a-demo-folder",
    )

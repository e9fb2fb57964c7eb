"""`anning content propose`, `activate`, `models`: which content model is in force, by two persons (模型启用)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from anning.cli import here, show
from anning.cli.registers import common
from anning.cli.registers.common import At, Json, Key
from anning.errors import InvalidFile
from anning.registers.events import BUILT_IN_MODEL, ContentModelDecided

By = Annotated[
    str,
    typer.Option("--by", metavar="NAME", help="本人姓名或工号，记入事件库 | who does this; kept in the journal"),
]


def propose(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="模型文件 | a model file")],
    by: By,
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """提议启用一个内容模型；文件存入数据目录，另一人启用后生效 | Propose a content model; another person activates it.

    提议前请用 anning content eval --model 试过。
    Try it with `anning content eval --model` first.
    """
    from anning.registers.content_models import keep_model

    kept = keep_model(here.settings().segments, model)
    said = ContentModelDecided(model=kept.hash, step="proposed", named=kept.named, by=by)
    follows = (
        f"模型 {kept.named}，哈希 {kept.hash}；请另一人运行 anning content activate",
        f"model {kept.named}, hash {kept.hash}; now another person runs `anning content activate`",
    )
    common.say(said, at=at, key=key, as_json=as_json, follows=follows)


def activate(
    model: Annotated[
        str,
        typer.Argument(metavar="HASH|builtin", help="模型哈希，或 builtin | the hash of a model, or builtin"),
    ],
    by: By,
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """启用他人提议的模型，或恢复曾经启用的模型 | Put a model in force that another proposed, or one that was before."""
    named = "" if model == BUILT_IN_MODEL else _name_of(model)
    common.say(ContentModelDecided(model=model, step="activated", named=named, by=by), at=at, key=key, as_json=as_json)


def models(at: At = "", as_json: Json = False) -> None:
    """在用的模型与历次提议、启用 | Which model is in force, and what was proposed and activated."""
    from anning.registers.checks import content_models

    moment = common.moment("at", at) or datetime.now(UTC)
    with here.registers_to_read() as registers, registers.store.read() as connection:
        decided = content_models(connection, moment)
    in_force = next((row.model for row in decided if row.step == "activated"), BUILT_IN_MODEL)
    if as_json:
        show.as_json({"in_force": in_force, "decided": decided})
        return
    show.say(f"在用模型：{in_force}", f"in force: {in_force}")
    rows = [(show.both(*_STEPS[row.step]), row.named or row.model, row.model[:_SHOWN], row.by) for row in decided]
    if rows:
        common.table((("步骤", "step"), ("模型", "model"), ("哈希", "hash"), ("何人", "by")), rows)


def _name_of(model: str) -> str:
    """The name of a model that is kept here. Raises InvalidFile: its file is missing, another or damaged."""
    from anning.registers.content_models import model_in_force

    try:
        return model_in_force(here.settings().segments, model).named
    except OSError as error:
        raise InvalidFile(
            f"数据目录里没有哈希为 {model} 的模型，请先用 anning content propose 提议",
            f"no model of the hash {model} is kept here; propose it with `anning content propose` first",
            thing=model,
            field="HASH",
        ) from error


_STEPS: Final = {"proposed": ("提议", "proposed"), "activated": ("启用", "activated")}
_SHOWN: Final = 12

"""A command line that cannot be meant, in our own words: the library that reads it has only English ones (命令用法)."""

from __future__ import annotations

import re
from typing import Any, Final

import typer

from anning.errors import InvalidInput

Misuse: Final[Any] = typer.BadParameter.__base__
"""What the library raises when it cannot make sense of the words typed."""

_CHINESE: Final = (
    (r"Missing (?:argument|option) '?(.*?)'?", "缺少 {}"),
    (r"No such option: (\S+) \(Possible options?: (.*)\)", "没有选项 {}，可用：{}"),
    (r"No such option: (\S+)", "没有选项 {}"),
    (r"No such command '(.*)'", "没有命令 {}"),
    (r"Got unexpected extra argument(?:\(s\)|s)? \((.*)\)", "多余的参数：{}"),
    (r"Option '(.*)' requires an argument", "{} 之后要有取值"),
    (r"Invalid value for '?([^':]*)'?: '(.*)' is not one of (.*)", "{} 没有“{}”这个取值，可用：{}"),
    (r"Invalid value for '?([^':]*)'?: (.*)", "{} 的取值无效：{}"),
    (r"(.*)", "命令写法有误：{}"),
)


def misused(refused: Any) -> InvalidInput:
    """The error of our family for a misuse; the thing it is about is the command."""
    en = refused.format_message().replace("Value error, ", "").removesuffix(".")
    found = ((re.fullmatch(pattern, en, re.DOTALL), zh) for pattern, zh in _CHINESE)
    zh = next(zh.format(*match.groups()) for match, zh in found if match)
    command = refused.ctx.command_path if refused.ctx else "anning"
    return InvalidInput(zh, en, thing=command, rule="usage")

"""Options of the whole run written after the command are brought in front of it (全局选项可写在命令之后)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from typer import Context
from typer.core import TyperGroup

HOISTED: Final = ("--lang", "--data", "--db")
"""What every command accepts: each takes one value."""


def hoisted(arguments: Sequence[str], root: TyperGroup) -> list[str]:
    """The arguments with those options first.

    What follows `--` is left where it is, and so is the value of another option, even when it looks like one of these.
    """
    context = Context(root)
    command: Any = root
    front: list[str] = []
    rest: list[str] = []
    left = list(arguments)
    while left:
        word = left.pop(0)
        if word == "--":
            return [*front, *rest, word, *left]
        name, has_value, _ = word.partition("=")
        if name in HOISTED and (has_value or left):
            front.append(word)
            if not has_value:
                front.append(left.pop(0))
            continue
        rest.append(word)
        if word.startswith("-") and len(word) > 1:
            values = 0 if has_value else _values(command, word)
            rest.extend(left[:values])
            del left[:values]
        elif isinstance(command, TyperGroup):
            command = command.get_command(context, word) or command
    return [*front, *rest]


def _values(command: Any, option: str) -> int:
    """How many words after an option are its values."""
    for parameter in command.params:
        if option in (*parameter.opts, *parameter.secondary_opts) and parameter.param_type_name == "option":
            return 0 if parameter.is_flag or parameter.count else int(parameter.nargs)
    return 0

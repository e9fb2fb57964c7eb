"""Groups of commands whose modules are loaded when they are called (延迟加载): `anning number` needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, TypeAlias

import typer
from typer.core import TyperGroup
from typer.main import get_command

Table: TypeAlias = "Mapping[str, str | tuple[str, Table] | tuple[str, Table, str]]"
"""Commands by name: ``module:attribute`` of a function or of a `typer.Typer`, or the help of a group and its table.

A group may name the one of its commands that is meant where none is named: `anning content TEXT` judges.
"""


class Group(TyperGroup):
    """Commands that are listed with all that their first line says, in both languages."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            command.short_help = " ".join((command.help or "").partition("\n\n")[0].split())
        return command


def application(told: str = "", kind: type[TyperGroup] = Group) -> typer.Typer:
    """A group, or what one command stands in. Its help is plain: boxes cut Chinese off where the line ends."""
    return typer.Typer(
        cls=kind,
        help=told,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def group(commands: Table, otherwise: str = "") -> type[TyperGroup]:
    """The kind of group that has these commands, in this order.

    Args:
        otherwise: the command that is meant where none is named.
    """

    class Lazily(_Lazily):
        table = commands
        meant = otherwise

    return Lazily


class _Lazily(Group):
    table: ClassVar[Table]
    meant: ClassVar[str] = ""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if self.meant and args and args[0] not in (*self.table, *ctx.help_option_names):
            args.insert(0, self.meant)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the shape of the class above
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.table:
            return None
        if cmd_name not in self.commands:
            self.commands[cmd_name] = _made(cmd_name, self.table[cmd_name])
        return super().get_command(ctx, cmd_name)


def _made(name: str, place: str | tuple[str, Table] | tuple[str, Table, str]) -> Any:
    """The command, its module loaded now."""
    if isinstance(place, tuple):
        told, table, *meant = place
        whole = application(told, group(table, *meant))
        whole.callback()(_nothing)
        command = get_command(whole)
        command.help = told
    else:
        module, attribute = place.split(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            command = get_command(found)
        else:
            alone = application()
            alone.command(name)(found)
            command = get_command(alone)
    command.name = name
    return command


def _nothing() -> None:
    pass


def below(command: Any) -> dict[str, Any]:
    """The commands of a group by name, all loaded now; none for what is no group."""
    if not isinstance(command, TyperGroup):
        return {}
    context = typer.Context(command)
    return {name: command.get_command(context, name) for name in command.list_commands(context)}

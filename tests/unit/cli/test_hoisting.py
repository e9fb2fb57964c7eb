"""Options of the whole run may follow the command; nothing else is moved."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from anning.cli.hoisting import hoisted
from anning.cli.main import COMMANDS, app


def root() -> TyperGroup:
    command = get_command(app)
    assert isinstance(command, TyperGroup)
    return command


@pytest.mark.parametrize(
    ("given", "run"),
    [
        ("number 138 --lang zh", "--lang zh number 138"),
        ("number 138 --lang=zh --json", "--lang=zh number 138 --json"),
        ("--lang en number 138 --lang zh", "--lang en --lang zh number 138"),
        ("consent show 138 --data d --to bank --db u", "--data d --db u consent show 138 --to bank"),
        ("check --to 138 --text --lang --json", "check --to 138 --text --lang --json"),
        ("check --text=--lang --lang zh", "--lang zh check --text=--lang"),
        ("scrub f -o --data --data d", "--data d scrub f -o --data"),
        ("check --charged --lang zh", "--lang zh check --charged"),
        ("number -- --lang zh", "number -- --lang zh"),
        ("number 138 --lang", "number 138 --lang"),
        ("consent give 138 --words --db --db u", "--db u consent give 138 --words --db"),
        ("law try f --unheard --lang en", "--lang en law try f --unheard"),
        ("", ""),
    ],
)
def test_only_options_of_the_run_are_moved(given: str, run: str) -> None:
    assert hoisted(given.split(), root()) == run.split()


def test_every_command_loads() -> None:
    from typer import Context

    group = root()
    context = Context(group)
    assert group.list_commands(context) == list(COMMANDS)
    for name in COMMANDS:
        assert group.get_command(context, name).help


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (
            ["number", "13800138000"],
            ("sqlite3", "pydantic_settings", "z3", "polars", "numpy", "structlog", "anning.content"),
        ),
        (["reply", "退订"], ("sqlite3", "pydantic_settings", "z3", "polars", "structlog", "anning.registers")),
        (
            ["calendar", "due", "2026-09-30", "--working-days", "5"],
            ("pydantic_settings", "z3", "polars", "anning.content"),
        ),
    ],
)
def test_the_pure_floors_load_no_more_than_they_need(words: list[str], heavy: tuple[str, ...]) -> None:
    program = (
        "import sys; sys.argv[1:] = " + repr(words) + "\n"
        "from anning.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]", ran.stdout

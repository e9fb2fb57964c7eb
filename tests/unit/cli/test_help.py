"""Help is read in a window of 80 columns: nothing that it says is cut off, in either language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from anning.cli.lazily import below
from anning.cli.main import app


def commands(command: Any, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, command
    for name, inner in below(command).items():
        yield from commands(inner, *words, name)


ALL = dict(commands(get_command(app)))


@pytest.mark.parametrize("words", ALL, ids=lambda words: " ".join(("anning", *words)))
def test_help_says_all_of_it(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"}, catch_exceptions=False).output
    said = [parameter.help for parameter in ALL[words].params] + [inner.help for inner in below(ALL[words]).values()]
    for text in (ALL[words].help, *filter(None, said)):
        first = text.partition("\n\n")[0]
        assert "".join(first.split()) in "".join(shown.split())
    assert "--install-completion" not in shown

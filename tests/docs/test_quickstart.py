"""The quickstart, typed line by line in a folder of its own (快速上手逐条执行)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "quickstart.md"
END_OF = "\x1e"


class Typed(NamedTuple):
    """A command as typed, what the page shows of its output, and how it ends."""

    command: str
    shown: tuple[str, ...]
    code: int


def typed(page: Path) -> Iterator[Typed]:
    """The commands of a page's console blocks, in order."""
    for block in re.findall(r"^```console\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        lines = block.splitlines()
        while lines:
            command = [lines.pop(0).removeprefix("$ ")]
            while lines and lines[0].startswith("> "):
                command.append(lines.pop(0).removeprefix("> "))
            shown: list[str] = []
            while lines and not lines[0].startswith("$ "):
                shown.append(lines.pop(0))
            ends = re.fullmatch(r"\(exit (\d+)\)", shown[-1]) if shown else None
            yield Typed("\n".join(command), tuple(shown[:-1] if ends else shown), int(ends[1]) if ends else 0)


def said(shown: tuple[str, ...]) -> re.Pattern[str]:
    """What the page shows as a pattern: a line of … is any lines, … within a line any text, blanks are blanks."""
    pattern = []
    for line in shown:
        if line.strip() == "…":
            pattern.append(r"(?:.*\n)*?")
        else:
            pieces = [r"[ \t]+".join(map(re.escape, piece.split())) for piece in line.strip().split("…")]
            pattern.append(r"[ \t]*" + r".*".join(rf"[ \t]*{piece}[ \t]*" for piece in pieces) + r"[ \t]*\n")
    return re.compile("".join(pattern))


def answers(home: Path) -> list[tuple[Typed, str, int]]:
    """Each command with what it printed and how it ended, all typed into one shell."""
    commands = list(typed(PAGE))
    script = ["export HOME=$1", "cd $2"]
    for each in commands:
        # Installing is what `make` is for; here it is enough that it knows how.
        command = each.command.replace("make ", "make -n ", 1) if each.command.startswith("make ") else each.command
        script += [command, f"printf '\\n{END_OF}%d{END_OF}' $?"]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ANNING_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", "\n".join(script), "bash", str(home), str(ROOT)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    parts = done.stdout.split(END_OF)
    return [
        (each, output.lstrip("\n"), int(code))
        for each, output, code in zip(commands, parts[::2], parts[1::2], strict=False)
    ]


@pytest.mark.timeout(900)
def test_it_comes_out_as_the_page_says(tmp_path: Path) -> None:
    seen = answers(tmp_path)
    assert [each.command for each, _, _ in seen] == [each.command for each in typed(PAGE)]
    otherwise = [
        f"$ {each.command}\n{output}(exit {code})"
        for each, output, code in seen
        if code != each.code or (each.shown and not said(each.shown).match(output + "\n"))
    ]
    assert not otherwise, "\n\n".join(otherwise)


def test_the_page_uses_all_four_lists() -> None:
    text = "\n".join(each.command for each in typed(PAGE))
    for name in ("members.gb18030.csv", "members.utf8bom.tsv", "members.xlsx", "numbers-only.txt"):
        assert f"scrub {name}" in text

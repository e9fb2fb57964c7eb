"""Texts of the repository: links lead somewhere, nothing points at one machine, dependencies have reasons (文本)."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from anning.cli.hoisting import HOISTED
from anning.cli.lazily import below
from anning.cli.main import app

ROOT = Path(__file__).parents[2]
THIRD_PARTY = {"LICENSE"}
MADE = {"__pycache__", "var", "demo", "dist", "build"}
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def tracked() -> list[str]:
    """Files under version control that are still there; without it, all but what is made."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    names = listed.stdout.split("\0") if listed.returncode == 0 else sorted(_all_files())
    return [name for name in names if name and (ROOT / name).is_file()]


def _all_files() -> Iterator[str]:
    for file in ROOT.rglob("*"):
        name = file.relative_to(ROOT)
        if not any(part in MADE or (part.startswith(".") and part != ".ci") for part in name.parts):
            yield str(name)


def texts() -> dict[str, str]:
    """Tracked files that are text, by name; test data is data."""
    found = {}
    for name in tracked():
        if name.startswith("tests/data/") or name in THIRD_PARTY:
            continue
        try:
            found[name] = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def lines_with(pattern: str, flags: int = 0) -> list[str]:
    wanted = re.compile(pattern, flags)
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if wanted.search(line)
    ]


def anchors(text: str) -> set[str]:
    """The places of a page a link may name."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_relative_link_leads_somewhere() -> None:
    broken = []
    for name, text in texts().items():
        if not name.endswith(".md"):
            continue
        for target in _LINK.findall(_CODE.sub("", text)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = (ROOT / name).parent / path if path else ROOT / name
            if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
                broken.append(f"{name}: {target}")
    assert broken == []


def test_every_page_of_the_reference_and_every_decision_is_linked() -> None:
    for folder in (ROOT / "docs" / "reference", ROOT / "docs" / "adr"):
        index = (folder / "README.md").read_text(encoding="utf-8")
        assert [
            page.name for page in folder.glob("*.md") if page.name != "README.md" and f"({page.name})" not in index
        ] == []


def test_no_path_of_one_machine() -> None:
    assert lines_with(r"(?<![\w.])/" + "(work|tmp|root|home)" + r"/\w") == []


def test_no_host_of_a_package_registry() -> None:
    hosts = ("pypi" + r"\.org", "pythonhosted" + r"\.org", "index" + "-url", "npmjs" + r"\.", r"\." + "library/")
    assert lines_with("|".join(hosts)) == []


def test_no_word_that_promises_work() -> None:
    words = ("to" + "do", "fix" + "me", "place" + "holder", "notimplemented" + "error", "coming" + " soon")
    assert lines_with("|".join(rf"\b{word}\b" for word in words), re.IGNORECASE) == []


def test_pictures_ask_no_one_outside() -> None:
    for picture in (ROOT / "docs" / "images").glob("*.svg"):
        text = picture.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|url\((?!#)|@import", text), picture.name


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    names = {match[0] for each in wanted if (match := re.match(r"[A-Za-z0-9_.-]+", each))} - {"anning"}
    table = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    told: set[str] = set()
    for cell in re.findall(r"^\| (?!package|---)(.+?) \|", table, re.MULTILINE):
        told |= set(re.sub(r"\*\(.*?\)\*", "", cell).replace(" ", "").split(","))
    assert names - told == set()
    assert told - names == set()


def test_every_group_of_commands_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    root = typer.main.get_command(app)
    named = re.findall(r"`(?:anning )?([a-z-]+)", text)
    assert [name for name in root.commands if name not in named] == []  # type: ignore[attr-defined]


def test_the_readme_and_changelog_speak_both_languages() -> None:
    for name in ("README.md", "CHANGELOG.md", "docs/quickstart.md", "docs/glossary.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert len(re.findall(r"[一-鿿]", text)) > 3, name
        assert len(re.findall(r"[A-Za-z]{3,}", text)) > 20, name


def test_every_term_of_the_glossary_is_in_use() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \|", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    rest = "\n".join(text for name, text in texts().items() if name != "docs/glossary.md").lower()
    folded = re.sub(r"[-_\s]+", " ", rest)

    def used(cell: str) -> bool:
        terms = [term.strip().lower() for term in re.split(r"[,、:]", cell) if term.strip()]
        return any(re.sub(r"[-_\s]+", " ", term) in folded for term in terms)

    assert [english for english, chinese in rows[2:] if not used(english) and not used(chinese)] == []


def commands_in(text: str) -> list[list[str]]:
    """Every `anning …` a page tells to type, in blocks and in lines, as words."""
    blocks = re.findall(r"^```(?:sh|console)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`(anning [^`…]+?)`", text)
    found = []
    for line in lines:
        if line.startswith("anning "):
            found.append(shlex.split(line.split(" | ")[0], comments=True, posix=False)[1:])
    return found


def unknown_in(words: list[str]) -> list[str]:
    """Commands and options among the words that `anning` does not have."""
    command: Any = typer.main.get_command(app)
    unknown = []
    for word in words:
        if word.startswith("-") and not re.fullmatch(r"-[^-].+", word):
            known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
            unknown += [] if word.split("=")[0] in known.union(HOISTED) else [word]
        elif (children := below(command)) and re.fullmatch(r"[a-z|-]+", word):
            names = word.split("|")
            unknown += [name for name in names if name not in children and name not in {"zh", "en", "both"}]
            command = children.get(names[-1], command)
    return unknown


def test_every_command_a_page_tells_to_type_exists() -> None:
    pages = {
        name: text for name, text in texts().items() if name.endswith(".md") and name.startswith(("README", "docs"))
    }
    told = [(name, words) for name, text in pages.items() for words in commands_in(text)]
    assert len(told) > 40
    assert [(name, " ".join(words), unknown) for name, words in told if (unknown := unknown_in(words))] == []


def test_every_picture_of_a_page_is_shown_and_known_to_the_photographer() -> None:
    spec = (ROOT / "docs" / "images" / "pages.py").read_text(encoding="utf-8")
    views = {tuple(re.findall(r'"([a-z-]+)"', view)) for view in re.findall(r"View\(([^)]*)\)", spec)}
    named = {f"{'-'.join(view)}.png" for view in views if view}
    there = {file.name for file in (ROOT / "docs" / "images" / "pages").glob("*.png")}
    assert there == named
    shown = "".join(text for name, text in texts().items() if name.endswith(".md"))
    assert [name for name in sorted(there) if name not in shown] == []
    assert sum((ROOT / "docs" / "images" / "pages" / name).stat().st_size for name in there) < 2_000_000

"""Template families written by several hands, and the messages they make (模板族与生成).

A file of `hands/` is one hand: one way of writing. It names its use (train, calibrate, develop, test): a hand is
wholly on one side. `== CLASS TRADE-OR-KIND FAMILY` opens a family; each line after it is a template, with `{blanks}`
and choices `(one|another|)`. Of families that tell a service (`service`) and of appended offers (`tail`) of one hand,
service messages with a promotional tail are made.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

from anning.content.training.slots import SLOTS, Filling
from anning.errors import InvalidFile

Use = Literal["train", "calibrate", "develop", "test"]
FamilyClass = Literal["service", "private", "commercial", "tail", "public", "publicity", "prohibited"]

_HEAD: Final = re.compile(r"# hand: ([a-z-]+) / (train|calibrate|develop|test)")
_FAMILY: Final = re.compile(r"== (service|private|commercial|tail|public|publicity|prohibited) ([a-z-]+) ([a-z0-9-]+)")
_CHOICE: Final = re.compile(r"\(([^()]*\|[^()]*)\)")
_BLANK: Final = re.compile(r"\{([a-z_0-9-]+)\}")


class Family(msgspec.Struct, frozen=True):
    """Templates of one matter by one hand (模板族).

    Attributes:
        detail: the trade of an offer, the kind of what is prohibited; empty otherwise.
    """

    hand: str
    use: Use
    klass: FamilyClass
    detail: str
    name: str
    templates: tuple[str, ...]


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """Every family of every hand. Raises InvalidFile for a file that does not read as what it should be."""
    found: list[Family] = []
    for entry in sorted(files(__package__).joinpath("hands").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".txt"):
            found += read_hand(entry.name, entry.read_text("utf-8"))
    return tuple(found)


def read_hand(name: str, text: str) -> Iterator[Family]:
    """The families of one file."""
    head = _HEAD.search(text)
    if head is None:
        raise _malformed(name, "# hand: NAME / USE")
    templates: list[str] = []
    family: re.Match[str] | None = None
    for line in (*text.splitlines(), "=="):
        if line.startswith("=="):
            if family is not None:
                detail = "" if family[2] == "-" else family[2]
                yield Family(head[1], head[2], family[1], detail, family[3], tuple(templates))  # type: ignore[arg-type]
            templates = []
            family = _FAMILY.fullmatch(line)
            if family is None and line != "==":
                raise _malformed(name, line)
        elif line.strip() and not line.startswith("# "):
            unknown = set(_BLANK.findall(line)) - SLOTS
            if family is None or unknown:
                raise _malformed(name, line)
            templates.append(line)


def write(template: str, filling: Filling) -> str:
    """One message of a template."""
    while (choice := _CHOICE.search(template)) is not None:
        template = template[: choice.start()] + filling.rng.choice(choice[1].split("|")) + template[choice.end() :]
    return _BLANK.sub(lambda blank: filling.fill(blank[1]), template).strip()


def messages_of(family: Family, count: int, seed: int) -> list[str]:
    """So many different messages of a family, its templates in turn; fewer when it has not so many to say."""
    filling = Filling(random.Random(f"{seed} {family.hand} {family.name}"), held_out=family.use != "train")
    found: dict[str, None] = {}
    for attempt in range(count * 3):
        found[write(family.templates[attempt % len(family.templates)], filling)] = None
        if len(found) == count:
            break
    return list(found)


def _malformed(name: str, line: str) -> InvalidFile:
    return InvalidFile(
        f"模板文件 {name} 无法读取：{line}", f"the template file {name} does not read: {line}", thing=name, field=line
    )

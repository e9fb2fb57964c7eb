"""How the command line speaks: in Chinese, in English, or both, to a person or as JSON (命令行输出)."""

from __future__ import annotations

import re
import sys
from typing import Final, Literal, TypeAlias

import msgspec

from anning.errors import AnningError

_HALVES: Final = re.compile(r"([^ -~]+) ([A-Za-z][A-Za-z ,'-]*)")

Language: TypeAlias = Literal["zh", "en", "both"]

_chosen: list[Language] = ["both"]


def speak(language: Language) -> None:
    """Choose the language for the rest of this run."""
    _chosen[0] = language


def language() -> Language:
    """The language chosen for this run."""
    return _chosen[0]


def both(zh: str, en: str) -> str:
    """The text in the language chosen; both, divided by a bar, when both are wanted."""
    chosen = language()
    if chosen == "both":
        return zh if zh == en else f"{zh} | {en}"
    return zh if chosen == "zh" else en


def halves(text: str) -> tuple[str, str]:
    """A name written in Chinese and then in English, such as 退订方式 way out; any other text is both halves."""
    found = _HALVES.fullmatch(text)
    return (found[1], found[2]) if found else (text, text)


def say(zh: str, en: str) -> None:
    """One line to the person at the terminal."""
    sys.stdout.write(both(zh, en) + "\n")
    sys.stdout.flush()


def line(before: str, zh: str, en: str) -> None:
    """One line that begins alike in every language: with its indent, a number, a name."""
    sys.stdout.write(before + both(zh, en) + "\n")


def as_json(value: object) -> None:
    """One line of JSON on standard output."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def complain(error: AnningError, *, as_json: bool) -> None:
    """An error of the family on standard error: the thing, the field and the rule, in the language chosen."""
    if as_json:
        sys.stderr.write(
            msgspec.json.encode(
                {
                    "error": type(error).__name__,
                    "zh": error.zh,
                    "en": error.en,
                    "thing": error.thing,
                    "field": error.field,
                    "rule": error.rule,
                }
            ).decode()
            + "\n"
        )
        return
    place = " · ".join(part for part in (error.thing, error.field, error.rule) if part)
    sys.stderr.write(both(f"错误：{error.zh}", f"error: {error.en}") + (f"  [{place}]" if place else "") + "\n")

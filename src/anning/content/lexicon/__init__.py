"""The words and patterns that decide (规则词库), as YAML that a compliance officer can read and correct."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from anning.errors import LawError


class WordGroup(msgspec.Struct, frozen=True):
    """Words of one meaning with one weight, in units of log-odds."""

    name: str
    weight: float
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


class Exemption(msgspec.Struct, frozen=True):
    """A way of speaking in which commercial words are no offer (例外语境)."""

    name: str
    patterns: tuple[str, ...]


class ProhibitedKind(msgspec.Struct, frozen=True):
    """What makes a message prohibited (违禁内容): words that add up to 1 or more, or a pattern that suffices."""

    kind: str
    words: dict[str, float] = {}
    patterns: tuple[str, ...] = ()


class Trade(msgspec.Struct, frozen=True):
    """Words by which a trade (行业) is told."""

    trade: str
    words: tuple[str, ...]


class Lexicon(msgspec.Struct, frozen=True):
    """All of the rules' source data, and the hash of it that goes into decisions."""

    sound_alikes: tuple[tuple[str, str], ...]
    offers: tuple[WordGroup, ...]
    service: tuple[WordGroup, ...]
    exemptions: tuple[Exemption, ...]
    warnings: tuple[str, ...]
    agencies: tuple[str, ...]
    no_agencies: tuple[str, ...]
    public_guidance: tuple[WordGroup, ...]
    publicity: tuple[WordGroup, ...]
    prohibited: tuple[ProhibitedKind, ...]
    trades: tuple[Trade, ...]
    official_domains: tuple[str, ...]
    sha256: str


# The loader in C reads the same YAML ten times as fast; it is there wherever libyaml is.
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FILES = ("sound_alikes", "offers", "service", "public_interest", "prohibited", "trades", "domains")


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The package's word lists. Raises LawError when a file does not read as what it should be."""
    digest = hashlib.sha256()
    data: dict[str, Any] = {}
    for name in _FILES:
        raw = files(__name__).joinpath(f"{name}.yaml").read_bytes()
        digest.update(name.encode() + b"\0" + raw + b"\0")
        try:
            data |= yaml.load(raw, _LOADER)  # noqa: S506 - a safe loader either way
        except (yaml.YAMLError, TypeError) as error:
            raise LawError(
                f"词库文件 {name}.yaml 无法读取", f"the word list {name}.yaml does not read", thing=name
            ) from error
    data["sound_alikes"] = tuple(
        (str(said), meant) for meant, all_said in data["sound_alikes"].items() for said in all_said
    )
    try:
        return msgspec.convert(data | {"sha256": digest.hexdigest()}, Lexicon)
    except msgspec.ValidationError as error:
        raise LawError(f"词库内容有误: {error}", f"the word lists are malformed: {error}", thing="lexicon") from error

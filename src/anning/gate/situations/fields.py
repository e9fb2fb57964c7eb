"""YAML nodes read field by field, so that every complaint names the key and the line (按节点读取 YAML)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import NoReturn, TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from anning.errors import InvalidSituation
from anning.law.instrument import SHANGHAI
from anning.numbers import CAUSES, Kind, parse

E = TypeVar("E", bound=StrEnum)

_TRUE = frozenset({"true", "yes", "on"})
_BLANK_BEFORE_ZONE = re.compile(r"(?<=\d)\s+(?=[+\-Zz][\d:]*$)")
_NULL = "tag:yaml.org,2002:null"
_BOOL = "tag:yaml.org,2002:bool"
_NUMBERS = frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"})
_KEPT = re.compile(r"[1-9]\d*")
"""A number that reads back as it was written: no leading zero, sign, point or exponent to lose."""


def complain(node: Node, field: str, zh: str, en: str, *, rule: str = "situation") -> NoReturn:
    """Raise InvalidSituation at the node's line."""
    line = node.start_mark.line + 1
    thing = node.start_mark.name
    raise InvalidSituation(
        f"{thing} 第 {line} 行：{zh}", f"{thing}, line {line}: {en}", thing=thing, field=field, rule=rule
    )


class Fields:
    """The keys of one mapping.

    Raises:
        InvalidSituation: the node is no mapping, a key is unknown or written twice.
    """

    def __init__(self, node: Node, known: Iterable[str], what: str) -> None:
        if not isinstance(node, MappingNode):
            complain(node, what, f"{what} 应为键值对", f"{what} is a mapping of keys and values")
        self.node = node
        self.what = what
        self._values: dict[str, Node] = {}
        known = tuple(known)
        for key, value in _pairs(node):
            name = key.value if isinstance(key, ScalarNode) else ""
            if name not in known:
                complain(
                    key,
                    name,
                    f"{what} 中没有“{name}”这个键，可用：{'、'.join(known)}",
                    f"{what} has no key {name!r}; it knows: {', '.join(known)}",
                    rule="unknown-key",
                )
            if name in self._values:
                complain(key, name, f"“{name}”写了两次", f"{name!r} is written twice", rule="duplicate-key")
            self._values[name] = value

    def node_of(self, key: str) -> Node | None:
        """The value's node; None when the key is left out or null."""
        node = self._values.get(key)
        return None if node is None or node.tag == _NULL else node

    def written(self, key: str) -> Node | None:
        """The value's node as it stands, null too; None only when the key is left out."""
        return self._values.get(key)

    def require(self, key: str) -> Node:
        """The value's node, which must be there."""
        node = self.node_of(key)
        if node is None:
            complain(
                self.node,
                key,
                f"{self.what} 缺少“{key}”",
                f"{self.what} needs the key {key!r}",
                rule="missing-key",
            )
        return node

    def text(self, key: str, default: str | None = "") -> str:
        """The text as written, quoted or not; required when `default` is None."""
        node = self.require(key) if default is None else self.node_of(key)
        return (default or "") if node is None else scalar(node, key)

    def word(self, key: str, words: Iterable[str], default: str | None) -> str:
        """One of a few words."""
        return one_of(self.text(key, default), self._values.get(key, self.node), key, words)

    def member(self, key: str, of: type[E], default: E | None) -> E:
        """One of an enumeration's words."""
        return of(self.word(key, [member.value for member in of], None if default is None else default.value))

    def flag(self, key: str, default: bool) -> bool:
        """True or false, which a word in quotes is not."""
        node = self.node_of(key)
        if node is None:
            return default
        text = scalar(node, key)
        if node.tag != _BOOL:
            complain(
                node,
                key,
                f"“{key}”应为 true 或 false，不加引号，不能是“{text}”",
                f"{key!r} is true or false, without quotes, not {text!r}",
            )
        return text.lower() in _TRUE

    def whole(self, key: str, most: int) -> int:
        """A whole number from 1 to `most`, which must be there."""
        node = self.require(key)
        text = scalar(node, key)
        if not _KEPT.fullmatch(text) or int(text) > most:
            complain(
                node,
                key,
                f"“{key}”应为 1 至 {most:,} 的整数，不能是“{text}”",
                f"{key!r} is a whole number from 1 to {most:,}, not {text!r}",
            )
        return int(text)

    def moment(self, key: str, default: datetime | None) -> datetime:
        """A moment; without a zone it is Beijing time. Required when `default` is None."""
        node = self.require(key) if default is None else self.node_of(key)
        return default if node is None and default is not None else moment(node or self.node, key)

    def day(self, key: str, default: date | None) -> date:
        """A local day. Required when `default` is None."""
        node = self.require(key) if default is None else self.node_of(key)
        return default if node is None and default is not None else moment(node or self.node, key).date()

    def items(self, key: str) -> Iterator[Node]:
        """The entries of a list, none when the key is left out."""
        node = self.node_of(key)
        if node is None:
            return
        if not isinstance(node, SequenceNode):
            complain(node, key, f"“{key}”应为列表", f"{key!r} is a list")
        yield from node.value

    def words(self, key: str) -> tuple[tuple[str, Node], ...]:
        """A list of words, or one word alone."""
        node = self.node_of(key)
        if isinstance(node, ScalarNode):
            return ((node.value, node),)
        return tuple((scalar(item, key), item) for item in self.items(key))

    def code(self, key: str, default: str | None = "") -> str:
        """A code or number as written, with or without quotes; required when `default` is None."""
        node = self.require(key) if default is None else self.node_of(key)
        return (default or "") if node is None else digits(node, key)

    def number(self, key: str) -> str:
        """The number of somebody who can be reached, as people write it, in E.164; a code stays its digits."""
        node = self.require(key)
        parsed = parse(digits(node, key))
        if not parsed.valid:
            cause = CAUSES[parsed.cause]
            complain(
                node,
                key,
                f"“{key}”的号码“{parsed.raw}”无效：{cause.zh}",
                f"{key!r}: {parsed.raw!r} is no number: {cause.en}",
            )
        if parsed.kind is Kind.SHORT_SERVICE:
            complain(
                node,
                key,
                f"“{key}”不能是“{parsed.raw}”：这是紧急或公益短号，不是用户号码，不会是接收人",
                f"{key!r} cannot be {parsed.raw!r}: a short number of an emergency or public service is no recipient",
            )
        return parsed.number


def one_of(text: str, node: Node, key: str, words: Iterable[str]) -> str:
    """The text, which must be one of the words."""
    words = tuple(words)
    if text not in words:
        complain(
            node,
            key,
            f"“{key}”不能是“{text}”，可用：{'、'.join(words)}",
            f"{key!r} cannot be {text!r}; it is one of {', '.join(words)}",
            rule="unknown-word",
        )
    return text


def scalar(node: Node, key: str) -> str:
    """The text of a scalar as written: a number keeps its zeros, a time its colons."""
    if not isinstance(node, ScalarNode):
        complain(node, key, f"“{key}”应为单个值", f"{key!r} is a single value")
    return str(node.value)


def digits(node: Node, key: str) -> str:
    """The digits of a number or code; where YAML reads a quantity, only when it keeps every one of them."""
    text = scalar(node, key)
    if node.tag in _NUMBERS and not _KEPT.fullmatch(text):
        complain(
            node,
            key,
            f"“{key}”的 {text} 应加引号：不加引号会被当作数值，开头的零、正负号和写法会丢失",
            f"{key!r}: put {text} in quotes; without them it is a quantity, and its zeros, sign or spelling are lost",
        )
    return text


def moment(node: Node, key: str) -> datetime:
    """An ISO 8601 moment or day; without a zone it is Beijing time."""
    text = scalar(node, key)
    try:
        read = datetime.fromisoformat(_BLANK_BEFORE_ZONE.sub("", text.strip()))
    except ValueError:
        complain(
            node,
            key,
            f"“{key}”的时间“{text}”应写作 2026-11-11T10:00:00+08:00",
            f"{key!r} is a time like 2026-11-11T10:00:00+08:00, not {text!r}",
        )
    return read if read.tzinfo is not None else read.replace(tzinfo=SHANGHAI)


def _pairs(node: MappingNode) -> Iterator[tuple[Node, Node]]:
    """Keys and values, those merged in by `<<` first giving way to those written out."""
    own = {key.value for key, _ in node.value if isinstance(key, ScalarNode)}
    for key, value in node.value:
        if isinstance(key, ScalarNode) and key.tag == "tag:yaml.org,2002:merge":
            for source in value.value if isinstance(value, SequenceNode) else [value]:
                if not isinstance(source, MappingNode):
                    complain(source, "<<", "“<<”只能并入键值对", "'<<' merges mappings only")
                for name, merged in _pairs(source):
                    if isinstance(name, ScalarNode) and name.value not in own:
                        own.add(name.value)
                        yield name, merged
        else:
            yield key, value

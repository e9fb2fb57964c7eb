"""What a person's SMS to the registry or to an operator asks for (短信指令): a table of words by operator.

KTFSR opens an operator's nuisance filter (骚扰电话拒接); 谢绝来电 states a wish about commercial calls. Both are wishes
here, of two kinds, and are never taken for each other.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import msgspec
import yaml

from anning.content import normalise
from anning.errors import InvalidFile
from anning.registers.events import Trade, WishChannel, WishKind

Intent: TypeAlias = Literal[
    "decline", "decline-calls", "decline-sms", "take-back", "ask", "filter-on", "filter-off", "yes", "no"
]
REGISTRY: Final = "registry"
_ACTS: Final = ("decline", "decline-calls", "decline-sms", "take-back", "ask", "filter-on", "filter-off")


class Asked(msgspec.Struct, frozen=True):
    """What an SMS asks for (来信所求).

    Attributes:
        operator: whose words they are; empty for yes and no.
        trades: named after the word, empty for all.
    """

    intent: Intent
    operator: str = ""
    trades: tuple[Trade, ...] = ()

    @property
    def kind(self) -> WishKind:
        """Which of the two kinds of wish."""
        return WishKind.NUISANCE_FILTER if self.intent.startswith("filter") else WishKind.DECLINE_CALLS

    @property
    def channel(self) -> WishChannel:
        """About calls, SMS or both."""
        return {"decline-calls": "call", "decline-sms": "sms", "filter-on": "call", "filter-off": "call"}.get(
            self.intent, "both"
        )  # type: ignore[return-value]  # the words above are channels


class Keywords:
    """A table of keywords.

    Args:
        table: as in ``keywords.yaml``.
    """

    def __init__(self, table: dict[str, Any]) -> None:
        words = table.pop("words")
        self._answers: dict[str, Intent] = {}
        for intent in ("yes", "no"):
            self._answers.update((_plain(word), intent) for word in words[intent])
        self._trades: dict[str, Trade] = {
            _plain(word): trade for trade, names in words["trades"].items() for word in names
        }
        self._by_operator: dict[str, dict[str, Intent]] = {}
        self._operator_of: dict[str, str] = {}
        self.table = {operator: {act: of[act] for act in _ACTS if act in of} for operator, of in table.items()}
        self.sources = {operator: str(of["source"]) for operator, of in table.items()}
        for operator, of in table.items():
            self._operator_of.update((code, operator) for code in of.get("codes", ()))
            self._by_operator[operator] = {_plain(word): act for act in _ACTS for word in of.get(act, ())}

    @property
    def codes(self) -> frozenset[str]:
        """The operators' own codes, at which their words are read."""
        return frozenset(self._operator_of)

    def read(self, text: str, to: str) -> Asked | None:
        """What a text asks for; None when it is nothing we know.

        Args:
            text: as it came.
            to: the code it was sent to. An operator's words are read at its own code before ours; ours everywhere.
        """
        plain = _plain(text)
        answer = self._answers.get(plain)
        if answer is not None:
            return Asked(answer)
        operator = self._operator_of.get(to, "")
        for name in dict.fromkeys((operator, REGISTRY)):
            found = self._longest(plain, self._by_operator.get(name, {}))
            if found is not None:
                intent, rest = found
                trades = self._named(rest)
                if trades is not None and (not trades or intent.startswith(("decline", "take-back"))):
                    return Asked(intent, name, trades)
        return None

    @staticmethod
    def _longest(plain: str, words: dict[str, Intent]) -> tuple[Intent, str] | None:
        """The longest word with which the text begins, and what follows it."""
        begins = max((word for word in words if plain.startswith(word)), key=len, default=None)
        return None if begins is None else (words[begins], plain[len(begins) :])

    def _named(self, rest: str) -> tuple[Trade, ...] | None:
        """The trades named one after another; None when something else stands there."""
        trades: dict[Trade, None] = {}
        while rest:
            begins = max((word for word in self._trades if rest.startswith(word)), key=len, default=None)
            if begins is None:
                return None
            trades[self._trades[begins]] = None
            rest = rest[len(begins) :].lstrip("和与、的")
        return tuple(trades)


def _plain(text: str) -> str:
    """Without disguise, case, width, blanks and signs."""
    return "".join(filter(str.isalnum, normalise(text))).upper()


@cache
def shipped() -> Keywords:
    """The table that ships."""
    raw = files(__package__).joinpath("keywords.yaml").read_bytes()
    return Keywords(yaml.safe_load(raw))


def keywords_of(path: Path | None) -> Keywords:
    """An installation's own table, else the one that ships.

    Raises:
        InvalidFile: it does not read as one.
    """
    if path is None:
        return shipped()
    try:
        return Keywords(yaml.safe_load(path.read_bytes()))
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise InvalidFile(
            f"指令表 {path.name} 无法读取：{error}",
            f"the table of keywords {path.name} does not read: {error}",
            thing=path.name,
            rule="keywords",
        ) from error

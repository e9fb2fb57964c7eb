"""What the small numbers of an index stand for (编号簿): general histories, classes of dealings, organisations.

Numbers are given in the order of coming and never again to anything else. The ledger is a record after record of
canonical JSON in an array of bytes, so that a snapshot holds it and another process reads along.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgspec
import numpy as np

from anning.errors import Unavailable
from anning.gate.index.arrays import LEDGER_END, Arrays
from anning.gate.index.histories import General, Pair
from anning.registers.statements import (
    ChargeNotice,
    Consent,
    Recycling,
    Refusal,
    ReplyCleared,
    Statement,
    Wish,
    WishEnd,
)

ROOM: Final = 1 << 30
"""Bytes of address space for the ledger; taken page by page."""

_LENGTH: Final = 4
_TYPES: Final[dict[str, type[Statement]]] = {
    kind.__name__: kind for kind in (Wish, WishEnd, Recycling, Consent, Refusal, ReplyCleared, ChargeNotice)
}
_Written: TypeAlias = tuple[str, Any]


class Ledger:
    """Numbers and what they stand for; 0 is the empty history, no dealings, no organisation.

    Attributes:
        generals, classes, organisations: by number.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._read = 0
        self.generals: list[General] = [()]
        self.classes: list[Pair] = [()]
        self.organisations: list[str] = [""]
        self._general_ids: dict[General, int] = {(): 0}
        self._class_ids: dict[Pair, int] = {(): 0}
        self._organisation_ids: dict[str, int] = {"": 0}

    def general(self, history: General) -> int:
        """The number of a general history, given now if it has none."""
        known = self._general_ids.get(history)
        if known is None:
            self._write("general", [_plain(statement) for statement in history])
            known = self._general_ids[history] = len(self.generals)
            self.generals.append(history)
        return known

    def dealings(self, pair: Pair) -> int:
        """The number of a class of dealings, given now if it has none."""
        known = self._class_ids.get(pair)
        if known is None:
            self._write("class", [(before, _plain(statement)) for before, statement in pair])
            known = self._class_ids[pair] = len(self.classes)
            self.classes.append(pair)
        return known

    def organisation(self, name: str) -> int:
        """The number of an organisation, given now if it has none."""
        known = self._organisation_ids.get(name)
        if known is None:
            self._write("organisation", name)
            known = self._organisation_ids[name] = len(self.organisations)
            self.organisations.append(name)
        return known

    def known_organisation(self, name: str) -> int:
        """The number of an organisation, 0 when nobody said anything to it."""
        known = self._organisation_ids.get(name)
        if known is None and self._behind():
            self.read_on()
            known = self._organisation_ids.get(name)
        return known or 0

    def general_of(self, number: int) -> General:
        """What a number stands for."""
        if number >= len(self.generals):
            self.read_on()
        return self.generals[number]

    def class_of(self, number: int) -> Pair:
        """What a number stands for."""
        if number >= len(self.classes):
            self.read_on()
        return self.classes[number]

    def read_on(self) -> None:
        """Take in what was written since, by another process or into a snapshot."""
        end = int(self._arrays.header[LEDGER_END])
        begun = self._read
        raw = memoryview(self._arrays["ledger"][begun:end].tobytes())
        decode = msgspec.json.Decoder().decode
        place = 0
        while place < len(raw):
            start = place + _LENGTH
            length = int.from_bytes(raw[place:start], "little")
            kind, written = decode(raw[start : start + length])
            self._take(kind, written)
            place = start + length
            self._read = begun + place

    def _behind(self) -> bool:
        return self._read < int(self._arrays.header[LEDGER_END])

    def _take(self, kind: str, written: Any) -> None:
        if kind == "general":
            history: General = tuple(map(_statement, written))
            self._general_ids[history] = len(self.generals)
            self.generals.append(history)
        elif kind == "class":
            pair: Pair = tuple((before, _statement(one)) for before, one in written)
            self._class_ids[pair] = len(self.classes)
            self.classes.append(pair)
        else:
            self._organisation_ids[written] = len(self.organisations)
            self.organisations.append(written)

    def _write(self, kind: str, written: Any) -> None:
        record = msgspec.json.encode((kind, written))
        end = int(self._arrays.header[LEDGER_END])
        after = end + _LENGTH + len(record)
        if after > ROOM:
            raise Unavailable(
                "索引编号簿已满，请重建快照", "the ledger of the index is full: build the snapshot anew", thing="index"
            )
        raw = self._arrays["ledger"]
        raw[end : end + _LENGTH] = np.frombuffer(len(record).to_bytes(_LENGTH, "little"), np.uint8)
        raw[end + _LENGTH : after] = np.frombuffer(record, np.uint8)
        self._read = after
        self._arrays.header[LEDGER_END] = after


def _plain(statement: Statement) -> _Written:
    return type(statement).__name__, msgspec.to_builtins(statement)


def _statement(written: Any) -> Any:
    name, fields = written
    return msgspec.convert(fields, _TYPES[name])

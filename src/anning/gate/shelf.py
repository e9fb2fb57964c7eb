"""A dictionary whose older part lies folded in a snapshot and is unfolded key by key (折叠名录).

A hundred thousand organisations with their codes and signatures take seconds to build and a moment to look up one by
one: what a snapshot holds is searched by the hash of the key, and only what somebody asks for becomes an object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import msgspec
import numpy as np
import xxhash

from anning.gate.history import History

K = TypeVar("K", str, bytes)
V = TypeVar("V")


class Folded(msgspec.Struct, frozen=True):
    """Entries by the hash of their key, in its order; each is [key, content] in MessagePack.

    Attributes:
        hashes, ends: 64-bit little-endian numbers, one an entry: the hash, and where the entry ends in `entries`.
    """

    hashes: bytes
    ends: bytes
    entries: bytes


class Shelf(dict[K, V], Generic[K, V]):
    """Use `get`, `of` and `everything` only: other ways to read a dictionary do not look into the snapshot.

    Args:
        plain: the content of an entry as plain values; `whole`: the entry of such content.
    """

    def __init__(self, plain: Callable[[V], Any], whole: Callable[[Any], V]) -> None:
        super().__init__()
        self._plain = plain
        self._whole = whole
        self._hashes = np.empty(0, np.uint64)
        self._ends = np.empty(0, np.uint64)
        self._entries = b""

    def get(self, key: K, default: Any = None) -> Any:
        """The entry of a key, unfolded now if it was not."""
        found = dict.get(self, key)
        if found is not None or not len(self._hashes):
            return default if found is None else found
        unfolded = self._unfold(key)
        return default if unfolded is None else unfolded

    def of(self, key: K, new: Callable[[], V]) -> V:
        """The entry of a key, made when there is none."""
        found: V | None = self.get(key)
        if found is None:
            found = self[key] = new()
        return found

    def fold(self) -> Folded:
        """Everything, as a snapshot keeps it."""
        records = sorted((_hash(key), key, content) for key, content in self._contents())
        hashes = np.array([record[0] for record in records], np.uint64)
        written = [msgspec.msgpack.encode((key, content)) for _, key, content in records]
        ends = np.cumsum([len(one) for one in written], dtype=np.uint64)
        return Folded(hashes.tobytes(), ends.tobytes(), b"".join(written))

    def take(self, folded: Folded) -> None:
        """Stand on what a snapshot holds."""
        self.clear()
        self._hashes = np.frombuffer(folded.hashes, np.uint64)
        self._ends = np.frombuffer(folded.ends, np.uint64)
        self._entries = folded.entries

    def _contents(self) -> Iterable[tuple[K, Any]]:
        for place in range(len(self._hashes)):
            key, content = self._entry(place)
            if key not in self:
                yield key, content
        for key, entry in self.items():
            yield key, self._plain(entry)

    def _unfold(self, key: K) -> V | None:
        wanted = _hash(key)
        place = int(np.searchsorted(self._hashes, np.uint64(wanted)))
        while place < len(self._hashes) and int(self._hashes[place]) == wanted:
            stored, content = self._entry(place)
            if stored == key:
                return self.setdefault(key, self._whole(content))
            place += 1
        return None

    def _entry(self, place: int) -> tuple[K, Any]:
        start = int(self._ends[place - 1]) if place else 0
        key, content = msgspec.msgpack.decode(self._entries[start : int(self._ends[place])])
        return key, content


def shelf_of_histories(kind: Any) -> Shelf[Any, History[Any]]:
    """A shelf of one history a key, of values of that kind."""
    return Shelf(_plain_history, lambda content: _whole_history(content, kind))


def shelf_of_several(kind: Any) -> Shelf[Any, dict[Any, History[Any]]]:
    """A shelf of several named histories a key; a name is a text or a tuple of texts."""
    return Shelf(
        lambda several: [(name, _plain_history(history)) for name, history in several.items()],
        lambda content: {_name(name): _whole_history(one, kind) for name, one in content},
    )


def _plain_history(history: History[Any]) -> list[Any]:
    return [(moment, position, msgspec.to_builtins(value)) for moment, position, value in history.everything()]


def _whole_history(content: list[Any], kind: Any) -> History[Any]:
    history: History[Any] = History()
    for moment, position, value in content:
        history.state(moment, position, msgspec.convert(value, kind))
    return history


def _name(name: Any) -> Any:
    return tuple(name) if isinstance(name, list) else name


def _hash(key: str | bytes) -> int:
    return xxhash.xxh3_64_intdigest(key)

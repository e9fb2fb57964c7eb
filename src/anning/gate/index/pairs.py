"""What passed between organisations and numbers: sorted buckets and an overlay of changes (同意索引).

A bucket holds an organisation's number ids in order: four bytes of the low part, the high part being the place of the
bucket's quarter, and one byte that an organisation's own palette turns into the class of dealings. What changes later
stands in the overlay, a map from (organisation, number id) to the class, until it is merged in.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from anning.gate.index import kernels
from anning.gate.index.arrays import OVERLAY, Arrays
from anning.gate.index.memory import Array

NUMBER_BITS: Final = 34
"""Bits of a number id: seven thousand million mobile numbers and ten thousand million others."""

FIRST_ROOM: Final = 1 << 14
MERGE_AT: Final = 4_000_000
"""Changes in the overlay before they are merged into the buckets."""

_PALETTE: Final = 255
"""Classes of dealings one organisation can have in its bucket; pairs of others stay in the overlay."""

_FULL: Final = 0.6
_MASK: Final = (1 << NUMBER_BITS) - 1
_QUARTERS: Final = 4

Ids = NDArray[np.int64]
Classes = NDArray[np.uint32]


class Pairs:
    """Classes of dealings by organisation and number id; 0 is none."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays

    @staticmethod
    def make(arrays: Arrays) -> None:
        """The arrays of an index without pairs."""
        arrays.replace(
            starts=arrays.new("starts", "int64", _QUARTERS + 1),
            low=arrays.new("low", "uint32", 0),
            codes=arrays.new("codes", "uint8", 0),
            palette=arrays.new("palette", "uint32", 0),
            palettes=arrays.new("palettes", "int64", 2),
            overlay_keys=arrays.new("overlay_keys", "int64", FIRST_ROOM),
            overlay_values=arrays.new("overlay_values", "uint32", FIRST_ROOM),
        )

    # --- read ---------------------------------------------------------------------------------------------------

    def one(self, organisation: int, number: int) -> int:
        """The class of one pair."""
        a = self._arrays
        changed = kernels.find(a["overlay_keys"], a["overlay_values"], key_of(organisation, number), -1)
        if changed >= 0:
            return int(changed)
        place = kernels.find_pair(a["starts"], a["low"], organisation, number)
        return 0 if place < 0 else int(self._palette_of(organisation)[a["codes"][place]])

    def many(self, organisation: int, numbers: Ids) -> Classes:
        """By row the class of the pair with that number id; a number id below 0 has none."""
        a = self._arrays
        found = np.empty(len(numbers), np.int64)
        kernels.find_pairs(a["starts"], a["low"], organisation, numbers, found)
        classes = np.zeros(len(numbers), np.uint32)
        there = np.flatnonzero(found >= 0)
        if len(there):
            classes[there] = self._palette_of(organisation)[a["codes"][found[there]]]
        changed = np.empty(len(numbers), np.int64)
        keys = (np.int64(organisation) << NUMBER_BITS) | numbers
        kernels.find_all(a["overlay_keys"], a["overlay_values"], np.where(numbers >= 0, keys, -1), -1, changed)
        return np.where(changed >= 0, changed, classes).astype(np.uint32)

    def each(self, organisations: Ids, numbers: Ids) -> Classes:
        """By row the class of the pair of an organisation and a number id."""
        a = self._arrays
        classes = np.empty(len(numbers), np.uint32)
        kernels.find_each(
            *(a[name] for name in ("starts", "low", "codes", "palettes", "palette", "overlay_keys", "overlay_values")),
            organisations,
            numbers,
            (organisations << NUMBER_BITS) | numbers,
            classes,
        )
        return classes

    def held(self, organisation: int) -> int:
        """How many pairs an organisation has in its bucket."""
        starts = self._arrays["starts"]
        first = organisation * _QUARTERS
        return int(starts[first + _QUARTERS] - starts[first]) if first + _QUARTERS < len(starts) else 0

    def classes_of(self, organisation: int) -> list[int]:
        """The classes in an organisation's palette, at the code that its bucket writes."""
        return [int(each) for each in self._palette_of(organisation)]

    def changed(self, organisation: int) -> tuple[Ids, Classes]:
        """The number ids whose pair stands in the overlay, and its class."""
        a = self._arrays
        keys, values = a["overlay_keys"], a["overlay_values"]
        first = key_of(organisation, 0)
        slots = np.empty(1 << 16, np.int64)
        count = kernels.keys_from(keys, first, first | _MASK, slots)
        if count > len(slots):
            slots = np.empty(count + (count >> 3), np.int64)
            count = min(kernels.keys_from(keys, first, first | _MASK, slots), len(slots))
        slots = slots[:count]
        return keys[slots] & _MASK, values[slots]

    def __len__(self) -> int:
        """Pairs in buckets and changes in the overlay."""
        return len(self._arrays["low"]) + int(self._arrays.header[OVERLAY])

    # --- written by the keeper only -----------------------------------------------------------------------------

    def set(self, organisation: int, number: int, klass: int) -> None:
        """What passed between the two is of that class from now on."""
        a = self._arrays
        if kernels.put(a["overlay_keys"], a["overlay_values"], key_of(organisation, number), klass):
            a.header[OVERLAY] += 1
            if a.header[OVERLAY] > len(a["overlay_keys"]) * _FULL:
                self._grow()

    def set_each(self, organisations: Ids, numbers: Ids, classes: Classes) -> Ids:
        """The same of many pairs; their keys."""
        a = self._arrays
        while int(a.header[OVERLAY]) + len(numbers) > len(a["overlay_keys"]) * _FULL:
            self._grow()
        keys = (organisations << NUMBER_BITS) | numbers
        a.header[OVERLAY] += kernels.put_all(a["overlay_keys"], a["overlay_values"], keys, classes)
        return keys

    def add(self, organisations: Ids, numbers: Ids, classes: Classes) -> None:
        """Many pairs, later ones of the same pair counting; merged into the buckets at once."""
        keys = (organisations << NUMBER_BITS) | numbers
        order = np.argsort(keys, kind="stable")
        keys, classes = keys[order], classes[order]
        last = np.append(keys[1:] != keys[:-1], True) if len(keys) else np.zeros(0, np.bool_)
        self._merge(keys[last], classes[last])

    def merge(self) -> None:
        """Bring what stands in the overlay into the buckets."""
        self._merge(np.empty(0, np.int64), np.empty(0, np.uint32))

    def wants_merging(self) -> bool:
        """Whether the overlay has grown so that merging pays."""
        changes = int(self._arrays.header[OVERLAY])
        return changes > MERGE_AT and changes > len(self._arrays["low"]) // 16

    def _grow(self) -> None:
        a = self._arrays
        room = len(a["overlay_keys"]) * 2
        self._fill_overlay(room, a["overlay_keys"], a["overlay_values"])

    def _fill_overlay(self, room: int, keys: Ids, values: Classes) -> None:
        a = self._arrays
        new_keys, new_values = a.new("overlay_keys", "int64", room), a.new("overlay_values", "uint32", room)
        count = kernels.put_all(new_keys, new_values, keys, values)
        a.replace(overlay_keys=new_keys, overlay_values=new_values)
        a.header[OVERLAY] = count

    def _merge(self, new_keys: Ids, new_classes: Classes) -> None:
        a = self._arrays
        taken = a["overlay_keys"] != 0
        keys, classes = a["overlay_keys"][taken], a["overlay_values"][taken]
        order = np.argsort(keys)
        keys, classes = _later_wins(keys[order], classes[order], new_keys, new_classes)
        merged = _Merged(self, keys, classes)
        a.replace(**merged.arrays(a))
        self._fill_overlay(_room(len(merged.left_keys)), merged.left_keys, merged.left_classes)

    def bucket(self, organisation: int) -> tuple[Ids, Classes]:
        """An organisation's number ids in order and their classes, the overlay aside."""
        a = self._arrays
        starts, low = a["starts"], a["low"]
        first = organisation * _QUARTERS
        if first + _QUARTERS >= len(starts):
            return np.empty(0, np.int64), np.empty(0, np.uint32)
        quarters = [
            low[starts[first + high] : starts[first + high + 1]].astype(np.int64) | (high << 32)
            for high in range(_QUARTERS)
        ]
        codes = a["codes"][starts[first] : starts[first + _QUARTERS]]
        palette = self._palette_of(organisation)
        return np.concatenate(quarters), palette[codes] if len(codes) else np.empty(0, np.uint32)

    def organisations(self) -> int:
        """One more than the highest organisation that has a bucket."""
        return (len(self._arrays["starts"]) - 1) // _QUARTERS

    def _palette_of(self, organisation: int) -> Classes:
        palettes = self._arrays["palettes"]
        if organisation + 1 >= len(palettes):
            return np.empty(0, np.uint32)
        return self._arrays["palette"][palettes[organisation] : palettes[organisation + 1]]


class _Merged:
    """Buckets with changes brought in; organisations without any are copied as they are."""

    def __init__(self, pairs: Pairs, keys: Ids, classes: Classes) -> None:
        self._pairs = pairs
        self._low: list[NDArray[np.uint32]] = []
        self._codes: list[NDArray[np.uint8]] = []
        self._palettes: list[Classes] = []
        self._starts: list[int] = [0]
        self._left: list[tuple[Ids, Classes]] = []
        organisations = keys >> NUMBER_BITS
        bounds = np.searchsorted(organisations, np.arange(self._organisations(organisations) + 1))
        for organisation, (first, last) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
            self._bring_in(organisation, keys[first:last] & _MASK, classes[first:last])
        self.left_keys = np.concatenate([left for left, _ in self._left]) if self._left else np.empty(0, np.int64)
        self.left_classes = np.concatenate([left for _, left in self._left]) if self._left else np.empty(0, np.uint32)

    def _organisations(self, changed: Ids) -> int:
        return max(self._pairs.organisations(), int(changed[-1]) + 1 if len(changed) else 1)

    def _bring_in(self, organisation: int, numbers: Ids, classes: Classes) -> None:
        held, held_classes = self._pairs.bucket(organisation)
        if len(numbers):
            held, held_classes = _later_wins(held, held_classes, numbers, classes)
            there = held_classes != 0
            held, held_classes = held[there], held_classes[there]
        palette, codes = _coded(held_classes)
        if len(palette) > _PALETTE:
            frequent = palette[np.argsort(-np.bincount(codes), kind="stable")[:_PALETTE]]
            kept = np.isin(held_classes, frequent)
            self._left.append((key_of(organisation, 0) | held[~kept], held_classes[~kept]))
            held = held[kept]
            palette, codes = _coded(held_classes[kept])
        quarters = np.searchsorted(held, np.arange(1, _QUARTERS + 1, dtype=np.int64) << 32)
        self._starts += (quarters + self._starts[-1]).tolist()
        self._low.append((held & 0xFFFFFFFF).astype(np.uint32))
        self._codes.append(codes.astype(np.uint8))
        self._palettes.append(palette.astype(np.uint32))

    def arrays(self, a: Arrays) -> dict[str, Array]:
        """The new arrays, filled."""
        palettes = np.cumsum([0, *map(len, self._palettes)]).astype(np.int64)
        pieces: dict[str, list[Array]] = {
            "starts": [np.array(self._starts, np.int64)],
            "low": [*self._low],
            "codes": [*self._codes],
            "palette": [*self._palettes],
            "palettes": [palettes],
        }
        made: dict[str, Array] = {}
        for name, several in pieces.items():
            made[name] = a.new(name, several[0].dtype, sum(map(len, several)))
            np.concatenate(several, out=made[name])
        return made


def key_of(organisation: int, number: int) -> int:
    """The key of a pair in the overlay."""
    return (organisation << NUMBER_BITS) | number


def organisation_of(key: int) -> int:
    """The organisation of a key."""
    return key >> NUMBER_BITS


def number_of(key: int) -> int:
    """The number id of a key."""
    return key & _MASK


def _later_wins(keys: Ids, classes: Classes, later_keys: Ids, later_classes: Classes) -> tuple[Ids, Classes]:
    """Two sorted lists as one; where both have a key the later list counts."""
    if not len(later_keys):
        return keys, classes
    both = np.concatenate([keys, later_keys])
    of_both = np.concatenate([classes, later_classes])
    order = np.argsort(both, kind="stable")
    both, of_both = both[order], of_both[order]
    last = np.append(both[1:] != both[:-1], True)
    return both[last], of_both[last]


def _coded(classes: Classes) -> tuple[Classes, NDArray[np.intp]]:
    """The distinct classes in order, and by row the place of its class; class numbers are small."""
    if not len(classes):
        return np.empty(0, np.uint32), np.empty(0, np.intp)
    there = np.bincount(classes) > 0
    return np.flatnonzero(there).astype(np.uint32), (np.cumsum(there) - 1)[classes]


def _room(keys: int) -> int:
    room = FIRST_ROOM
    while room * _FULL <= 2 * keys:
        room *= 2
    return room

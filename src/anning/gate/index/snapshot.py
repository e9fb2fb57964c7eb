"""An index in a file (快照): ready again in the time it takes to read it.

Arrays one after the other, then a table of contents with the hash of every chunk, then the length and the hash of the
table: a file that ends early has no table. It is written under another name, flushed, and renamed. While it is being
written the index goes on changing: what was stated after `position` may be in it or not, so it is dated later than
the whole of it, and a replay from `position` on looks such people up in the registers, which is right either way.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec
import numpy as np
import xxhash

from anning.gate.index.arrays import GENERATION, HEADER, KEEPER, LEDGER_END, PAGES_END, POSITION, SPARSE, Arrays
from anning.gate.index.compact import CompactIndex
from anning.gate.index.memory import Array
from anning.gate.index.protocol import Histories
from anning.journal import steps
from anning.registers.statements import ChargeNotice, Consent, Recycling, Refusal, ReplyCleared, Wish, WishEnd

FORMAT: Final = 2
CHUNK: Final = 8 << 20
"""Bytes with a hash of their own."""

_PIECE: Final = 512 << 10

_LEDGER: Final = "ledger"
_Chunk: TypeAlias = tuple[Array, int, int]
_MAGIC: Final = b"anning-index\n"
_TAIL: Final = 8 + 8
_ALIGNED: Final = 4096


class Entry(msgspec.Struct, frozen=True):
    """One array: its type and whole length, and where how many bytes of it stand, with the hash of every chunk."""

    dtype: str
    length: int
    offset: int
    bytes: int
    hashes: tuple[int, ...]


class Contents(msgspec.Struct, frozen=True):
    """The table at the end of the file.

    Attributes:
        format, statements: of the file, and of the statements its ledger holds.
        log_id, position, leaf: the journal, the last event that is wholly in it, and that event's leaf hash.
        beside: what else was to be kept at that position, as its owner wrote it.
    """

    format: int
    statements: str
    log_id: str
    position: int
    leaf: str
    arrays: dict[str, Entry]
    beside: bytes


class Refused(msgspec.Struct, frozen=True):
    """Why a snapshot is not used: the index is made anew from the journal.

    Attributes:
        rule: missing, torn, older, foreign, diverged or ahead.
    """

    rule: str
    zh: str
    en: str


class Read(msgspec.Struct, frozen=True):
    """A snapshot read whole."""

    index: CompactIndex
    contents: Contents


def statements_hash() -> str:
    """What the ledger's statements are made of: another version may say other things with the same words."""
    kinds = (Wish, WishEnd, Recycling, Consent, Refusal, ReplyCleared, ChargeNotice)
    described = [(kind.__name__, kind.__struct_fields__) for kind in kinds]
    return hashlib.sha256(repr(described).encode()).hexdigest()


def write(index: CompactIndex, path: Path, *, log_id: str, position: int, leaf: str, beside: bytes) -> None:
    """Write an index to a file.

    Args:
        position: everything up to there is in the index by now.
        leaf: the leaf hash of the event at that position, hex.

    Raises:
        OSError: the disk does not take it; the file of that name is as it was.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    steps.reached("snapshot.before-write")
    try:
        with unfinished.open("wb", buffering=0) as file:
            file.write(_MAGIC)
            entries = {name: _put(file, array, used) for name, array, used in _used(index.arrays.at_once())}
            contents = Contents(FORMAT, statements_hash(), log_id, position, leaf, entries, beside)
            table = msgspec.msgpack.encode(contents)
            _write_all(file, memoryview(table))
            _write_all(file, memoryview(len(table).to_bytes(8, "little") + _hash(table).to_bytes(8, "little")))
            steps.reached("snapshot.after-write")
            os.fsync(file.fileno())
        steps.reached("snapshot.after-fsync")
        unfinished.replace(path)
        steps.reached("snapshot.after-rename")
        _flush_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def contents_of(path: Path) -> Contents | Refused:
    """The table of contents of a snapshot."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if size < len(_MAGIC) + _TAIL:
                return _TORN
            file.seek(size - _TAIL)
            length, digest = int.from_bytes(file.read(8), "little"), int.from_bytes(file.read(8), "little")
            if length > size - _TAIL - len(_MAGIC):
                return _TORN
            file.seek(size - _TAIL - length)
            table = file.read(length)
            file.seek(0)
            if file.read(len(_MAGIC)) != _MAGIC or _hash(table) != digest:
                return _TORN
        contents = msgspec.msgpack.decode(table, type=Contents)
    except FileNotFoundError:
        return Refused("missing", "没有快照", "there is no snapshot")
    except (OSError, msgspec.MsgspecError):
        return _TORN
    if contents.format != FORMAT or contents.statements != statements_hash():
        return Refused("older", "快照为另一版本所写", "the snapshot was written by another version")
    return contents


def read(path: Path, contents: Contents, *, shared: bool = False, histories: Histories | None = None) -> Read | Refused:
    """The index in a file whose table of contents was found good. Every chunk is read and its hash compared."""
    index = CompactIndex.empty(shared=shared, histories=histories)
    a = index.arrays
    header = np.empty(len(a.header), np.int64)
    first: list[_Chunk] = list(_chunks(header, contents.arrays[HEADER]))
    others: list[_Chunk] = []
    for name, entry in contents.arrays.items():
        if name == HEADER:
            continue
        array = a[name] if len(a[name]) == entry.length else a.new(name, entry.dtype, entry.length)
        if array is not a[name]:
            a.replace(**{name: array})
        (first if name == _LEDGER else others).extend(_chunks(array, entry))
    file = os.open(path, os.O_RDONLY)
    try:
        with ThreadPoolExecutor(max(2, os.cpu_count() or 1), "snapshot-read") as pool:
            # The ledger is made sense of while the rest is still being read.
            of_ledger, of_others = (
                [pool.submit(_read_chunk, file, *chunk) for chunk in chunks] for chunks in (first, others)
            )
            good = all(each.result() for each in of_ledger)
            if good:
                _take_over(a, header, contents.position)
                index.ledger.read_on()
            good = good and all(each.result() for each in of_others)
    except OSError:
        good = False
    finally:
        os.close(file)
    if not good:
        return _TORN
    index.keeping.seal()
    return Read(index, contents)


def _chunks(array: Array, entry: Entry) -> Iterator[_Chunk]:
    """Where each piece of an array goes, where it stands in the file, and its hash."""
    bytes_of = array.view(np.uint8)[: entry.bytes]
    for place, digest in enumerate(entry.hashes):
        yield bytes_of[place * CHUNK : (place + 1) * CHUNK], entry.offset + place * CHUNK, digest


def _take_over(a: Arrays, header: Array, position: int) -> None:
    """The figures of the header as they were written; what says whose arrays these are stays."""
    generation, keeper = int(a.header[GENERATION]), int(a.header[KEEPER])
    a.header[:] = header
    a.header[GENERATION], a.header[POSITION], a.header[KEEPER] = generation + 1, position, keeper


def _used(a: Arrays) -> Iterator[tuple[str, Array, int]]:
    """The arrays in the order of writing, and how many elements of each are in use.

    What is marked before it is said is written after it, the ledger and the header last.
    """
    ends = {
        "pages": PAGES_END,
        "sparse_generals": SPARSE,
        "sparse_dealt": SPARSE,
        "ledger": LEDGER_END,
    }
    last = ("dealt", "sparse_dealt", "blocks", "ledger", HEADER)
    for name in (*(each for each in a.names() if each not in last), *last):
        array = a[name]
        if name == "dealt":
            yield name, array, (int(a.header[PAGES_END]) >> 3) + 1
        elif name == "changes":
            yield name, array, 0
        else:
            yield name, array, int(a.header[ends[name]]) if name in ends else len(array)


def _put(file: Any, array: Array, used: int) -> Entry:
    offset = file.seek(0, os.SEEK_CUR)
    padding = -offset % _ALIGNED
    file.write(b"\0" * padding)
    raw = array[:used].view(np.uint8)
    hashes = []
    for start in range(0, len(raw), CHUNK):
        # Copied first: the hash must be of the very bytes that are written, whatever the keeper changes meanwhile.
        chunk = raw[start : start + CHUNK].tobytes()
        hashes.append(_hash(chunk))
        _write_all(file, memoryview(chunk))
    return Entry(array.dtype.str, len(array), offset + padding, len(raw), tuple(hashes))


def _write_all(file: Any, data: memoryview) -> None:
    while data:
        data = data[file.write(data) :]


def _read_chunk(file: int, into: Array, offset: int, digest: int) -> bool:
    view = memoryview(into.data)
    found = xxhash.xxh3_64()
    done = 0
    while done < len(view):
        # A piece is hashed while it is still in the cache.
        count = os.preadv(file, [view[done : done + _PIECE]], offset + done)
        if count == 0:
            return False
        found.update(view[done : done + count])
        done += count
    return found.intdigest() == digest


def _hash(data: Any) -> int:
    return xxhash.xxh3_64_intdigest(data)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_TORN: Final = Refused("torn", "快照不完整或已损坏", "the snapshot is incomplete or damaged")

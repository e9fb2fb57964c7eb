"""SHA-256 of many short messages at once (并行散列): sixteen in step, compiled; the same digests as hashlib's.

A segment has a leaf for each row, five hashes of some sixty bytes each; asking hashlib costs more than hashing. Here
the rounds of FIPS 180-4 run over sixteen messages side by side, which the compiler turns into vector instructions, and
no Python lock is held meanwhile. Compiled on the first use of a machine, which takes some seconds, and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, Final, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic
from numpy.typing import NDArray

LANES: Final = 16

_PRIMES: Final = [p for p in range(2, 312) if all(p % q for q in range(2, p))]


def _fraction(root: int, prime: int) -> int:
    """The first 32 bits of the fractional part of a prime's square or cube root, exactly."""
    scaled = prime << (32 * root)
    low, high = 0, 1 << 40
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**root <= scaled else (low, middle - 1)
    return low & 0xFFFFFFFF


_K: Final = np.array([_fraction(3, prime) for prime in _PRIMES], dtype=np.uint32)
_START: Final = np.array([_fraction(2, prime) for prime in _PRIMES[:8]], dtype=np.uint32)

F = TypeVar("F", bound=Callable[..., Any])


def _compiled(function: F) -> F:
    compiled: F = numba.njit(function, cache=True, nogil=True)
    return compiled


@intrinsic  # type: ignore[untyped-decorator]
def _compress(_: Any, state: Any, words: Any) -> Any:
    """One block of each lane: `state` is eight vectors of sixteen, `words` the sixteen words of the block alike."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = ir.IntType(32)
        vector = ir.VectorType(word, LANES)
        at_state, at_words = (
            builder.bitcast(context.make_array(kind)(context, builder, array).data, vector.as_pointer())
            for kind, array in zip(signature.args, arguments, strict=True)
        )
        rotate = get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), f"llvm.fshr.v{LANES}i32")

        def place(pointer: Any, row: int) -> Any:
            return builder.gep(pointer, [ir.Constant(ir.IntType(64), row)])

        def load(pointer: Any, row: int) -> Any:
            loaded = builder.load(place(pointer, row))
            loaded.align = 4
            return loaded

        def every(value: int) -> Any:
            return ir.Constant(vector, [ir.Constant(word, value)] * LANES)

        def rotated(x: Any, *amounts: int) -> Any:
            turned = [builder.call(rotate, [x, x, every(amount)]) for amount in amounts]
            return reduce(builder.xor, turned)

        def total(*terms: Any) -> Any:
            return reduce(builder.add, terms)

        begun = [load(at_state, row) for row in range(8)]
        w = [load(at_words, row) for row in range(16)]
        for t in range(16, 64):
            small0 = builder.xor(rotated(w[t - 15], 7, 18), builder.lshr(w[t - 15], every(3)))
            small1 = builder.xor(rotated(w[t - 2], 17, 19), builder.lshr(w[t - 2], every(10)))
            w.append(total(w[t - 16], small0, w[t - 7], small1))
        a, b, c, d, e, f, g, h = begun
        for t in range(64):
            choice = builder.xor(g, builder.and_(e, builder.xor(f, g)))
            majority = builder.or_(builder.and_(a, b), builder.and_(c, builder.or_(a, b)))
            first = total(h, rotated(e, 6, 11, 25), choice, every(int(_K[t])), w[t])
            second = total(rotated(a, 2, 13, 22), majority)
            a, b, c, d, e, f, g, h = total(first, second), a, b, c, total(d, first), e, f, g
        for row, (before, after) in enumerate(zip(begun, (a, b, c, d, e, f, g, h), strict=True)):
            builder.store(builder.add(before, after), place(at_state, row)).align = 4
        return context.get_dummy_value()

    return types.void(state, words), code


def batch_root(rows: bytes, lengths: NDArray[np.int64], secret: bytes, first_row: int) -> bytes:
    """The RFC 9162 tree head over rows salted as `anning.journal.segments.row_salt` says.

    Args:
        rows: the canonical bytes of all rows, one behind the other; at least one.
        lengths: how many bytes each has.
        secret: at most 64 bytes.
        first_row: the number of the first of them.
    """
    ends = np.cumsum(lengths, dtype=np.int64)
    key = np.frombuffer(secret.ljust(64, b"\0"), dtype=np.uint8)
    head = _root(np.frombuffer(rows, dtype=np.uint8), ends, key, first_row)
    return bytes(head.astype(">u4").tobytes())


def keyed_numbers(key: bytes, numbers: NDArray[np.int64]) -> NDArray[np.uint32]:
    """HMAC-SHA256(key, number as 8 bytes, big-endian) of many numbers: eight words each, by row.

    Args:
        key: at most 64 bytes.
    """
    return np.asarray(_keyed(np.frombuffer(key.ljust(64, b"\0"), dtype=np.uint8), numbers), dtype=np.uint32)


@_compiled
def _keyed(key: Any, numbers: Any) -> Any:
    found = np.empty((len(numbers), 8), dtype=np.uint32)
    state = np.empty((8, LANES), dtype=np.uint32)
    words = np.empty((16, LANES), dtype=np.uint32)
    keyed = np.empty((2, 8, LANES), dtype=np.uint32)
    for side, pad in enumerate((0x36, 0x5C)):
        _begin(state)
        _put_key(key, pad, words)
        _hash_block(state, words)
        keyed[side] = state
    for first in range(0, len(numbers), LANES):
        state[:] = keyed[0]
        for lane in range(LANES):
            number = numbers[min(first + lane, len(numbers) - 1)]
            words[0, lane] = number >> 32
            words[1, lane] = number & 0xFFFFFFFF
        _pad(words, 2, (64 + 8) * 8)
        _hash_block(state, words)
        _put_digest(state, words)
        state[:] = keyed[1]
        _hash_block(state, words)
        for lane in range(min(LANES, len(numbers) - first)):
            for i in range(8):
                found[first + lane, i] = state[i, lane]
    return found


@_compiled
def _hash_block(state: Any, words: Any) -> None:
    _compress(state, words)


@_compiled
def _root(rows: Any, ends: Any, key: Any, first_row: int) -> Any:
    # The one function that hashes: the others fill words, so that the rounds are compiled only here.
    count = len(ends)
    level = np.empty((count + LANES, 8), dtype=np.uint32)
    state = np.empty((8, LANES), dtype=np.uint32)
    words = np.empty((16, LANES), dtype=np.uint32)
    salts = np.empty((4, LANES), dtype=np.uint32)
    digests = np.empty((8, LANES), dtype=np.uint32)
    keyed = np.empty((2, 8, LANES), dtype=np.uint32)
    for side, pad in enumerate((0x36, 0x5C)):
        _begin(state)
        _put_key(key, pad, words)
        _hash_block(state, words)
        keyed[side] = state
    for first in range(0, count, LANES):
        # HMAC-SHA256(secret, row number as 8 bytes)[:16], RFC 2104 with both keyed states made before
        state[:] = keyed[0]
        _put_numbers(first_row + first, words)
        _hash_block(state, words)
        _put_digest(state, words)
        state[:] = keyed[1]
        _hash_block(state, words)
        salts[:] = state[:4]
        # SHA-256(salt || row), rows of many lengths
        _begin(state)
        for block in range(_most_blocks(ends, first)):
            _put_row(rows, ends, first, block, salts, words)
            _hash_block(state, words)
            _take_finished(ends, first, block, state, digests)
        # SHA-256(0x00 || commitment)
        _begin(state)
        _put_leaf(digests, words)
        _hash_block(state, words)
        for lane in range(LANES):
            for i in range(8):
                level[first + lane, i] = state[i, lane]
    while count > 1:
        pairs = count // 2
        for first in range(0, pairs, LANES):
            # SHA-256(0x01 || left || right)
            _begin(state)
            for block in range(2):
                _put_pair(level, first, pairs, block, words)
                _hash_block(state, words)
            for lane in range(min(LANES, pairs - first)):
                for i in range(8):
                    level[first + lane, i] = state[i, lane]
        if count % 2:
            level[pairs] = level[count - 1]
        count = pairs + count % 2
    return level[0].copy()


@_compiled
def _begin(state: Any) -> None:
    for i in range(8):
        for lane in range(LANES):
            state[i, lane] = _START[i]


@_compiled
def _pad(words: Any, after: int, bits: int) -> None:
    """The rest of a last block of which `after` words are filled: FIPS 180-4, 5.1.1."""
    for lane in range(LANES):
        words[after, lane] = 0x80000000
        for j in range(after + 1, 15):
            words[j, lane] = 0
        words[15, lane] = bits


@_compiled
def _put_key(key: Any, pad: int, words: Any) -> None:
    for j in range(16):
        word = 0
        for byte in range(4):
            word = (word << 8) | (key[4 * j + byte] ^ pad)
        for lane in range(LANES):
            words[j, lane] = word


@_compiled
def _put_numbers(first: int, words: Any) -> None:
    for lane in range(LANES):
        words[0, lane] = (first + lane) >> 32
        words[1, lane] = (first + lane) & 0xFFFFFFFF
    _pad(words, 2, (64 + 8) * 8)


@_compiled
def _put_digest(state: Any, words: Any) -> None:
    words[:8] = state
    _pad(words, 8, (64 + 32) * 8)


@_compiled
def _row(ends: Any, at: int) -> Any:
    """Where a row begins, how long it is, and how many blocks it takes behind its salt; past the last, the last."""
    row = min(at, len(ends) - 1)
    begin = ends[row - 1] if row else 0
    length = ends[row] - begin
    return begin, length, (16 + length + 8) // 64 + 1


@_compiled
def _most_blocks(ends: Any, first: int) -> int:
    most = 0
    for lane in range(LANES):
        most = max(most, _row(ends, first + lane)[2])
    return most


@_compiled
def _put_row(rows: Any, ends: Any, first: int, block: int, salts: Any, words: Any) -> None:
    for lane in range(LANES):
        begin, length, blocks = _row(ends, first + lane)
        if block >= blocks:
            continue
        j = 0
        if block == 0:
            for i in range(4):
                words[i, lane] = salts[i, lane]
            j = 4
        place = begin + block * 64 + 4 * j - 16
        for _ in range(min(16 - j, max(0, (begin + length - place) // 4))):
            words[j, lane] = (
                (np.uint32(rows[place]) << 24)
                | (np.uint32(rows[place + 1]) << 16)
                | (np.uint32(rows[place + 2]) << 8)
                | np.uint32(rows[place + 3])
            )
            j += 1
            place += 4
        at = place - begin
        while j < 16:
            word = 0
            for here in range(at, at + 4):
                word = (word << 8) | (rows[begin + here] if here < length else 0x80 if here == length else 0)
            words[j, lane] = word
            j += 1
            at += 4
        if block == blocks - 1:
            words[14, lane] = ((16 + length) * 8) >> 32
            words[15, lane] = ((16 + length) * 8) & 0xFFFFFFFF


@_compiled
def _take_finished(ends: Any, first: int, block: int, state: Any, digests: Any) -> None:
    for lane in range(LANES):
        if block == _row(ends, first + lane)[2] - 1:
            for i in range(8):
                digests[i, lane] = state[i, lane]


@_compiled
def _put_leaf(digests: Any, words: Any) -> None:
    for lane in range(LANES):
        words[0, lane] = digests[0, lane] >> 8
        for i in range(1, 8):
            words[i, lane] = (digests[i - 1, lane] << 24) | (digests[i, lane] >> 8)
        words[8, lane] = (digests[7, lane] << 24) | 0x800000
        for j in range(9, 15):
            words[j, lane] = 0
        words[15, lane] = 33 * 8


@_compiled
def _put_pair(level: Any, first: int, pairs: int, block: int, words: Any) -> None:
    for lane in range(LANES):
        left = 2 * min(first + lane, pairs - 1)
        if block == 0:
            before = np.uint32(0x01)
            for i in range(16):
                word = level[left + i // 8, i % 8]
                words[i, lane] = (before << 24) | (word >> 8)
                before = word
        else:
            words[0, lane] = (level[left + 1, 7] << 24) | 0x800000
            for j in range(1, 15):
                words[j, lane] = 0
            words[15, lane] = 65 * 8

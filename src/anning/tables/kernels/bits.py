"""What compiled loops do to bytes sixty-four at a time (位运算): compare, count, copy.

Buffers are named by their address, for an array that is handed on is counted each time. The loads and stores take any
offset and check none: a buffer has `SLACK` bytes behind its last one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])

SLACK: Final = 256
"""Bytes behind the end of a buffer that may be read, or written and forgotten."""

_BYTE, _WORD = ir.IntType(8), ir.IntType(64)
_LANES: Final = 64


def compiled(function: F) -> F:
    """A loop as machine code, kept on disk for the next process; it runs beside other threads."""
    made: F = numba.njit(function, cache=True, nogil=True)
    return made


def inlined(function: F) -> F:
    """A piece of such loops, which the compiler puts into each."""
    made: F = numba.njit(function, nogil=True)
    return made


def _instruction(function: Callable[..., Any]) -> Callable[..., Any]:
    made: Callable[..., Any] = intrinsic(function)
    return made


def _load(builder: Any, address: Any, offset: Any, kind: Any) -> Any:
    loaded = builder.load(builder.inttoptr(builder.add(address, offset), kind.as_pointer()), typ=kind)
    loaded.align = 1
    return loaded


def _splat(byte: Any, builder: Any) -> Any:
    vector = ir.VectorType(_BYTE, _LANES)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), byte, ir.Constant(ir.IntType(32), 0))
    everywhere = ir.Constant(ir.VectorType(ir.IntType(32), _LANES), [0] * _LANES)
    return builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), everywhere)


def _comparison(sign: str) -> Any:
    def typed(_: Any, _address: Any, _offset: Any, _byte: Any) -> Any:
        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            loaded = _load(builder, arguments[0], arguments[1], ir.VectorType(_BYTE, _LANES))
            found = builder.icmp_unsigned(sign, loaded, _splat(arguments[2], builder))
            return builder.bitcast(found, _WORD)

        return types.uint64(types.intp, types.intp, types.uint8), generate

    return typed


@_instruction
def equal_bytes(context: Any, address: Any, offset: Any, byte: Any) -> Any:
    """Which of the 64 bytes from `offset` on are `byte`: one bit each, the first the lowest."""
    return _comparison("==")(context, address, offset, byte)


@_instruction
def bytes_from(context: Any, address: Any, offset: Any, byte: Any) -> Any:
    """Which of the 64 bytes from `offset` on are `byte` or greater."""
    return _comparison(">=")(context, address, offset, byte)


@_instruction
def byte_at(_: Any, _address: Any, _offset: Any) -> Any:
    """One byte."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _load(builder, arguments[0], arguments[1], _BYTE)

    return types.uint8(types.intp, types.intp), generate


@_instruction
def figure_at(_: Any, _address: Any, _offset: Any) -> Any:
    """One byte as a whole number, which unlike a byte can be reckoned with."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.zext(_load(builder, arguments[0], arguments[1], _BYTE), _WORD)

    return types.int64(types.intp, types.intp), generate


@_instruction
def word_at(_: Any, _address: Any, _offset: Any) -> Any:
    """Eight bytes as a number, the first the lowest."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _load(builder, arguments[0], arguments[1], _WORD)

    return types.uint64(types.intp, types.intp), generate


@_instruction
def copy_some(_: Any, _target: Any, _to: Any, _source: Any, _start: Any) -> Any:
    """Copy 64 bytes."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.VectorType(_BYTE, _LANES)
        loaded = _load(builder, arguments[2], arguments[3], kind)
        place = builder.inttoptr(builder.add(arguments[0], arguments[1]), kind.as_pointer())
        stored = builder.store(loaded, place)
        stored.align = 1
        return context.get_dummy_value()

    return types.void(types.intp, types.intp, types.intp, types.intp), generate


@_instruction
def send(_: Any, _file: Any, _address: Any, _count: Any) -> Any:
    """Write bytes to an open file, named by its descriptor: how many it took, or -1 (POSIX, write)."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        number, place = ir.IntType(32), _BYTE.as_pointer()
        write = cgutils.get_or_insert_function(builder.module, ir.FunctionType(_WORD, [number, place, _WORD]), "write")
        file, address, count = arguments
        return builder.call(write, [builder.trunc(file, number), builder.inttoptr(address, place), count])

    return types.int64(types.intp, types.intp, types.intp), generate


@_instruction
def lowest(_: Any, _word: Any) -> Any:
    """The place of the lowest bit that is set; 64 when none is."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@_instruction
def count_ones(_: Any, _word: Any) -> Any:
    """How many bits are set."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@inlined
def below(bits: int) -> np.uint64:
    """A word whose lowest bits are set, 0 to 64 of them."""
    return np.uint64(0xFFFFFFFFFFFFFFFF) if bits >= 64 else (np.uint64(1) << np.uint64(bits)) - np.uint64(1)


@inlined
def parity_from(word: np.uint64) -> np.uint64:
    """At each place, whether an odd number of bits is set from the lowest up to it."""
    word ^= word << np.uint64(1)
    word ^= word << np.uint64(2)
    word ^= word << np.uint64(4)
    word ^= word << np.uint64(8)
    word ^= word << np.uint64(16)
    word ^= word << np.uint64(32)
    return word


@inlined
def copy_bytes(target: int, to: int, source: int, start: int, count: int) -> int:
    """Copy `count` bytes, and up to 191 behind them: a row takes one step, its words three, and few take more. Gives
    the place behind the last of them."""
    copy_some(target, to, source, start)
    if count > 64:
        copy_some(target, to + 64, source, start + 64)
        copy_some(target, to + 128, source, start + 128)
        done = 192
        while done < count:
            copy_some(target, to + done, source, start + done)
            done += 64
    return to + count

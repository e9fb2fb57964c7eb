"""Merkle tree hashes of RFC 9162, section 2.1 (默克尔树)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""The head of an empty tree, section 2.1.1."""

_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data), section 2.1.1."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), section 2.1.1."""
    return _sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The Merkle tree head over leaf hashes, section 2.1.1: MTH of the leaves they were made of.

    The largest power of two below n on the left, as the section asks, is the same as pairing level by level and
    carrying an odd last one up as it is.
    """
    level = list(leaf_hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        pairs = [_sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        if len(level) % 2:
            pairs.append(level[-1])
        level = pairs
    return level[0]

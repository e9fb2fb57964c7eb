"""A trained judge as bytes and back (模型文件): one line of JSON that says what it is, then its weights, deflated.

The hash of a model is the SHA-256 of the file. Nothing in it is executed, and the same training makes the same bytes.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.errors import InvalidFile

MAGIC: Final = b"anning content model 1\n"
HEADS: Final = ("unwanted", "prohibited", "tail", "public")
"""Yes-or-no questions the weights answer: is it unwanted; if so, is it prohibited, and does the offer follow on a
service; if not, does it speak to everyone."""

_MOST_BYTES: Final = 64 << 20
_MOST_BITS: Final = 22


class Details(msgspec.Struct, frozen=True):
    """One question of many answers: of which trade an offer is, of what kind what is prohibited is."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float


class Calibration(msgspec.Struct, frozen=True):
    """How the two opinions become one probability: a logistic fit on hands that neither was made from (校准)."""

    bias: float
    whole: float
    ending: float
    rules: float


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a model says of itself, in its first line.

    Attributes:
        bits: the weights have two to the power of so many rows; those of trades and kinds three bits less.
        bias, scale: of each head; a weight is its byte times the scale.
        spellings: syllables as spelled, each with the number of its sound.
        trained_on: messages by source, as counted by who trained it.
    """

    name: str
    version: str
    bits: int
    bias: tuple[float, float, float, float]
    scale: tuple[float, float, float, float]
    trade: Details
    kind: Details
    calibration: Calibration
    spellings: tuple[str, ...]
    trained_on: dict[str, int]


class Parts(msgspec.Struct, frozen=True):
    """A model's card and arrays.

    Attributes:
        heads: int8 of shape (rows, heads); details: int8 of shape (rows / 8, trades + kinds).
        of_character: the sound of each character of the basic plane.
    """

    card: Card
    heads: Any
    details: Any
    of_character: Any


def to_bytes(parts: Parts) -> bytes:
    """The file of a model."""
    card = msgspec.json.encode(parts.card, order="deterministic")
    return MAGIC + card + b"\n" + zlib.compress(b"".join(_raw(array) for array in _arrays(parts)), 9)


def model_hash(data: bytes) -> str:
    """SHA-256 hex of the file."""
    return hashlib.sha256(data).hexdigest()


def from_bytes(data: bytes, name: str) -> Parts:
    """The model of a file.

    Raises:
        InvalidFile: it is none, or not whole.
    """
    if not data.startswith(MAGIC):
        raise _unreadable(name, "不是内容模型", "it is no content model")
    head, _, packed = data[len(MAGIC) :].partition(b"\n")
    try:
        card = msgspec.json.decode(head, type=Card)
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(packed, _MOST_BYTES)
    except (msgspec.DecodeError, zlib.error) as error:
        raise _unreadable(name, f"内容不完整：{error}", f"it is damaged: {error}") from error
    if not 8 <= card.bits <= _MOST_BITS or not unpacker.eof:
        raise _unreadable(name, "内容不完整", "it is not whole")
    shapes = ((1 << card.bits, len(HEADS)), (1 << card.bits - 3, len(card.trade.labels) + len(card.kind.labels)))
    sizes = [rows * columns for rows, columns in shapes]
    if len(raw) != sum(sizes) + 2 * 0x10000 or {
        len(each.labels) - len(each.bias) for each in (card.trade, card.kind)
    } != {0}:
        raise _unreadable(name, "权重数目不符", "it has not the weights that its card tells")
    heads = np.frombuffer(raw, np.int8, sizes[0]).reshape(shapes[0])
    details = np.frombuffer(raw, np.int8, sizes[1], sizes[0]).reshape(shapes[1])
    return Parts(card, heads, details, np.frombuffer(raw, "<u2", offset=sum(sizes)))


def _arrays(parts: Parts) -> tuple[NDArray[Any], ...]:
    return parts.heads, parts.details, parts.of_character


def _raw(array: NDArray[Any]) -> bytes:
    return np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()


def _unreadable(name: str, zh: str, en: str) -> InvalidFile:
    return InvalidFile(f"模型文件 {name} 无法使用：{zh}", f"the model file {name} cannot be used: {en}", thing=name)

"""Text files as UTF-8, whatever they were written in (文本编码): UTF-8 with or without BOM, GB18030, UTF-16."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.errors import InvalidFile
from anning.tables.formats import cannot_open

_PIECE: Final = 1 << 20
_BEFORE: Final = 1 << 16
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LOST: Final = "\ufffd"
"""What stands for a character that the end of a file cut short."""


class Piece(NamedTuple):
    """Bytes from `begin` to `end` of a buffer, with room before them, and `SLACK` behind."""

    buffer: NDArray[np.uint8]
    begin: int
    end: int


class Encoding(msgspec.Struct, frozen=True):
    """How a text is written.

    Attributes:
        name: a codec of Python's without a byte-order mark of its own.
        bom: the mark at the start of the file, empty when there is none.
    """

    name: str
    bom: bytes = b""

    def encode(self, text: str) -> bytes:
        """A text in this encoding; what it has no sign for becomes a question mark."""
        return text.encode(self.name, "replace")


def encoding_of(path: Path, wanted: str | None = None) -> Encoding:
    """The encoding a text file is written in: its mark, else UTF-8 when its bytes are that, else GB18030.

    Raises:
        InvalidFile: the file cannot be opened, or `wanted` names no encoding.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
            for bom, name in _BOMS:
                if start.startswith(bom):
                    return Encoding(name, bom)
            if wanted is not None:
                return Encoding(_known(wanted))
            file.seek(0)
            return Encoding("utf-8" if _is_utf8(file) else "gb18030")
    except OSError as refused:
        raise cannot_open(path, refused) from refused


def _known(wanted: str) -> str:
    try:
        name = codecs.lookup(wanted).name
    except LookupError as unknown:
        raise InvalidFile(
            f"没有名为“{wanted}”的编码", f"there is no encoding called “{wanted}”", thing=wanted, field="encoding"
        ) from unknown
    if name == "utf-8-sig":
        return "utf-8"
    return "gb18030" if name in {"gbk", "gb2312"} else name


def _is_utf8(file: BinaryIO) -> bool:
    """Whether the first megabyte in which more than ASCII stands is UTF-8; its last character may be cut short."""
    while piece := file.read(_PIECE):
        if piece.isascii():
            continue
        try:
            codecs.getincrementaldecoder("utf-8")("strict").decode(piece)
        except UnicodeDecodeError:
            return False
        return True
    return True


def utf8_pieces(path: Path, encoding: Encoding, size: int) -> Iterator[bytes]:
    """The file's text as UTF-8 in pieces of about `size` bytes, without its mark.

    A character cut short by the end of the file becomes U+FFFD: a file that ends in the middle is ordinary.

    Raises:
        InvalidFile: bytes that are no text in this encoding; the line is named.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)("strict")
    lines = 1
    try:
        with path.open("rb") as file:
            file.seek(len(encoding.bom))
            while piece := file.read(size):
                if encoding.name == "utf-8" and piece.isascii() and not decoder.getstate()[0]:
                    yield piece
                else:
                    text = _decoded(decoder, piece, path, encoding, lines)
                    yield text.encode("utf-8", "surrogatepass")
                lines += piece.count(b"\n")
    except OSError as refused:
        raise cannot_open(path, refused) from refused
    if decoder.getstate()[0]:
        yield LOST.encode()


def raw_pieces(path: Path, encoding: Encoding, size: int) -> Iterator[Piece]:
    """The file's bytes as they are, without its mark; they may be no text.

    Raises:
        InvalidFile: the file cannot be opened.
    """
    from anning.tables.kernels.bits import SLACK

    try:
        with path.open("rb", buffering=0) as file:
            file.seek(len(encoding.bom))
            while True:
                buffer = np.empty(_BEFORE + size + SLACK, dtype=np.uint8)
                taken = file.readinto(buffer[_BEFORE : _BEFORE + size].data)
                if not taken:
                    return
                yield Piece(buffer, _BEFORE, _BEFORE + taken)
    except OSError as refused:
        raise cannot_open(path, refused) from refused


def no_text(thing: str, encoding: str, line: int) -> InvalidFile:
    """The error for bytes that are no text in this encoding."""
    return InvalidFile(
        f"{thing} 第 {line} 行含有不是 {encoding} 的字节，请用 --encoding 指定编码",
        f"line {line} of {thing} has bytes that are not {encoding}; name the encoding with --encoding",
        thing=thing,
        field="encoding",
        rule="encoding",
    )


def _decoded(decoder: codecs.IncrementalDecoder, piece: bytes, path: Path, encoding: Encoding, lines: int) -> str:
    try:
        return decoder.decode(piece)
    except UnicodeDecodeError as refused:
        line = lines + refused.object[: refused.start].count(b"\n")
        raise no_text(str(path), encoding.name, line) from refused

"""What must be read again but not be seen in a backup (密封): AES-256-GCM, its key outside the database."""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anning.errors import Unavailable

_NONCE: Final = 12
_KEY: Final = 32


class Seal:
    """Seals short secrets; what a sealed text is about is bound to it, so that it cannot be moved elsewhere."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._marking = hmac.digest(key, b"anning mark", "sha256")

    @classmethod
    def of(cls, path: Path) -> Seal:
        """The seal whose key is in a file, made with a fresh key and closed to others when there is none.

        Raises:
            Unavailable: the file cannot be read or made, or is no key.
        """
        with suppress(FileExistsError):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                raise
            except OSError as refused:
                raise _unusable(path, refused.strerror or "") from refused
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(_KEY))
                file.flush()
                os.fsync(file.fileno())
        try:
            key = path.read_bytes()
        except OSError as refused:
            raise _unusable(path, refused.strerror or "") from refused
        if len(key) != _KEY:
            raise _unusable(path, f"{len(key)} bytes")
        return cls(key)

    def close(self, secret: bytes, about: str) -> bytes:
        """The secret, sealed."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, secret, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """The secret again.

        Raises:
            Unavailable: it was sealed under another key, is about something else, or is damaged.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise Unavailable(
                "密封的内容打不开：密钥文件换过，或内容已损坏",
                "what is sealed cannot be opened: the key file was changed, or it is damaged",
                thing=about.partition(":")[0],
                rule="seal",
            ) from error

    def mark(self, text: str, about: str) -> bytes:
        """A keyed mark of a text, 32 bytes (HMAC-SHA256, RFC 2104): the same for the same, telling nothing without the
        key, another for each purpose."""
        return hmac.digest(self._marking, f"{about}\0{text}".encode(), "sha256")


def _unusable(path: Path, why: str) -> Unavailable:
    return Unavailable(
        f"密钥文件 {path} 不可用：{why}", f"the key file {path} cannot be used: {why}", thing=str(path), rule="seal"
    )

"""Secrets that are shown once and kept as hashes (令牌): API keys, session tokens, invitations."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final, NamedTuple

KEY_PREFIX: Final = "ank"
_KEY: Final = re.compile(rf"{KEY_PREFIX}_([0-9a-f]{{12}})_([A-Za-z0-9_-]{{43}})")


class NewKey(NamedTuple):
    """A key just made: `text` is shown once and never again."""

    id: str
    text: str
    hash: bytes


def new_key() -> NewKey:
    """``ank_<id>_<secret>``: 256 random bits, so that a plain SHA-256 is enough to keep."""
    id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    return NewKey(id, f"{KEY_PREFIX}_{id}_{secret}", hashed(secret))


def read_key(text: str) -> tuple[str, bytes] | None:
    """The id and the hash of the secret of a key as shown; None when it is none."""
    found = _KEY.fullmatch(text)
    return None if found is None else (found[1], hashed(found[2]))


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> bytes:
    """What is kept of a random token."""
    return hashlib.sha256(token.encode()).digest()

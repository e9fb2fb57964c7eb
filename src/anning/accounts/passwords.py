"""Passwords, kept as Argon2id hashes (口令)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from anning.errors import InvalidCommand

SHORTEST: Final = 12
LONGEST: Final = 256
"""Length is what makes a password strong; the upper bound keeps hashing from being a lever (NIST SP 800-63B)."""

_hasher: Final = PasswordHasher()


def must_be_strong(password: str, person: str) -> None:
    """Nothing, when the password may be used.

    Raises:
        InvalidCommand: it is too short, too long, one character over and over, or the person's own name.
    """
    too_plain = len(set(password)) < 5 or person.lower() in password.lower()
    if not SHORTEST <= len(password) <= LONGEST or too_plain:
        raise InvalidCommand(
            f"口令须有 {SHORTEST} 到 {LONGEST} 个字符，不含登录名，也不是少数几个字符的重复",
            f"a password has {SHORTEST} to {LONGEST} characters, not the sign-in name, not a few characters repeated",
            thing="password",
            field="password",
            rule="strong-password",
        )


def hash_of(password: str) -> str:
    """What is kept of a password: Argon2id with a salt of its own (RFC 9106)."""
    return _hasher.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password; where there is none the same work is done, so that time tells nobody."""
    try:
        _hasher.verify(kept or _nobodys(), password[:LONGEST])
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether it was hashed more cheaply than today."""
    return _hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")

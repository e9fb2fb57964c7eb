"""The words with which somebody is asked for consent, versioned by their hash (征询文本)."""

from __future__ import annotations

import hashlib


def words_hash(text: str) -> str:
    """SHA-256 of the exact words, UTF-8, in hex: the least change of wording is another version."""
    return hashlib.sha256(text.encode()).hexdigest()

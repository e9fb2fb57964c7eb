"""What proves a consent, kept by its hash (同意证据): a form's capture, a recording, an exchange of SMS, a file.

Kept in a folder or an object store, under the SHA-256 of its bytes: what is kept cannot be another thing than what was
recorded, and the same thing twice is kept once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import msgspec
import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import from_url

from anning.errors import InvalidInput, NotFound, Unavailable
from anning.journal.folders import flush

LARGEST: Final = 64 << 20
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class Exhibit(msgspec.Struct, frozen=True):
    """Something kept: its hash and how large it is."""

    sha256: str
    bytes: int


class Exhibits:
    """Evidence by its hash.

    Args:
        url: ``file:///srv/exhibits``, ``s3://bucket/prefix`` (credentials from the environment, as its tools have
            them), or what else an object store is called by.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._folder = Path(url.removeprefix("file://")) if url.startswith("file://") else None
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._store: Any = from_url(url)

    def keep(self, content: bytes) -> Exhibit:
        """Keep it whole, or nothing of it.

        Raises:
            InvalidInput: it is empty, or larger than anything that proves a consent.
            Unavailable: the store is away.
        """
        if not content or len(content) > LARGEST:
            raise InvalidInput(
                f"证据须为 1 至 {LARGEST} 字节",
                f"evidence is 1 to {LARGEST} bytes",
                thing="evidence",
                field="body",
                rule="evidence-size",
            )
        named = hashlib.sha256(content).hexdigest()
        try:
            obstore.put(self._store, _place(named), content)
            if self._folder is not None:
                # What a consent rests on is on disk before the consent is.
                flush(self._folder / _place(named))
                flush((self._folder / _place(named)).parent)
        except BaseError as error:
            raise _away(error) from error
        return Exhibit(named, len(content))

    async def keep_stream(self, parts: AsyncIterator[bytes]) -> Exhibit:
        """As `keep`, from a request's body."""
        from starlette.concurrency import run_in_threadpool

        gathered = bytearray()
        async for part in parts:
            gathered += part
            if len(gathered) > LARGEST:
                break
        return await run_in_threadpool(self.keep, bytes(gathered))

    def has(self, sha256: str) -> bool:
        """Whether it is kept.

        Raises:
            Unavailable: the store is away.
        """
        if not _HASH.fullmatch(sha256):
            return False
        try:
            obstore.head(self._store, _place(sha256))
        except (NotFoundError, FileNotFoundError):
            return False
        except BaseError as error:
            raise _away(error) from error
        return True

    def read(self, sha256: str) -> bytes:
        """Its bytes, found to be those that were recorded.

        Raises:
            NotFound: it is not kept here, or what is kept is something else.
            Unavailable: the store is away.
        """
        try:
            content = bytes(obstore.get(self._store, _place(sha256)).bytes()) if _HASH.fullmatch(sha256) else b""
        except (NotFoundError, FileNotFoundError):
            content = b""
        except BaseError as error:
            raise _away(error) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotFound(
                "没有保存这份证据，或所存内容与登记的哈希不符",
                "this evidence is not kept here, or what is kept is not what was recorded",
                thing=sha256[:64],
                field="sha256",
                rule="evidence-kept",
            )
        return content

    def erase(self, sha256: str) -> None:
        """It is gone; what is not there is gone already.

        Raises:
            Unavailable: the store is away.
        """
        try:
            obstore.delete(self._store, _place(sha256))
        except (NotFoundError, FileNotFoundError):
            return
        except BaseError as error:
            raise _away(error) from error


def _place(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _away(error: Exception) -> Unavailable:
    return Unavailable(
        f"证据库暂不可用：{type(error).__name__}",
        f"the store of evidence is not available: {type(error).__name__}",
        thing="exhibits",
        rule="evidence-store",
    )

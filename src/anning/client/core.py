"""How the client speaks HTTP (客户端核心): problems become errors of the family, what is busy is asked again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import httpx2
import msgspec

from anning import errors
from anning.errors import AnningError, TooMany, Unavailable

T = TypeVar("T")

_AGAIN: Final = frozenset({429, 502, 503, 504})
_KINDS: Final = {
    kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AnningError)
}
_encode = msgspec.json.Encoder().encode


class Core:
    """One connection pool to one server. Use as a context manager, or call `close`.

    Args:
        url: of the server, such as ``https://anning.example.cn``.
        key: an API key.
        tenant: in whose name to ask; the key's own by default.
        tries: how often what is busy or away is asked in all.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str = "",
        tenant: str = "",
        tries: int = 4,
        timeout: float = 30.0,
        longest_wait: float = 5.0,
    ) -> None:
        headers = {"Accept": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        if tenant:
            headers["Anning-Tenant"] = tenant
        self._http = httpx2.Client(base_url=url, headers=headers, timeout=timeout)
        self._tries = tries
        self._longest_wait = longest_wait

    def call(
        self,
        method: str,
        path: str,
        answers: type[T] | Any = None,
        *,
        body: Any = None,
        query: Any = None,
        idempotency_key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> T | Any:
        """One request; its answer as that type.

        Raises:
            AnningError: the error of the family that the server names.
            Unavailable: the server is not there, or still busy after all tries.
        """
        sent = dict(headers or {})
        content = None
        if body is not None:
            content = _encode(body)
            sent["Content-Type"] = "application/json"
        if idempotency_key:
            sent["Idempotency-Key"] = idempotency_key
        safe = method == "GET" or bool(idempotency_key)
        answer = self._sent(method, path, content, _query(query), sent, safe=safe)
        if answers is None:
            return None
        if answers is str:
            return answer.text
        return msgspec.json.decode(answer.content, type=answers)

    def upload(self, method: str, path: str, source: Path, answers: type[T] | Any) -> T | Any:
        """Send a file as it lies on disk."""
        with source.open("rb") as file:
            answer = self._http.request(
                method, path, content=file, headers={"Content-Type": "application/octet-stream"}
            )
        _must_be_well(answer)
        return msgspec.json.decode(answer.content, type=answers)

    def download(self, path: str, target: Path) -> Path:
        """Fetch a file to disk; nothing half-written is left under its name."""
        part = target.with_name(f".{target.name}.part")
        try:
            with self._http.stream("GET", path) as answer:
                if answer.is_error:
                    answer.read()
                    _must_be_well(answer)
                with part.open("wb") as file:
                    for piece in answer.iter_bytes():
                        file.write(piece)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _sent(
        self,
        method: str,
        path: str,
        content: bytes | None,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        safe: bool,
    ) -> httpx2.Response:
        """Sent until it is answered. What may have been done is not sent twice, unless a key makes twice once."""
        for left in range(self._tries - 1, -1, -1):
            wait = 0.2
            try:
                answer = self._http.request(method, path, content=content, params=query, headers=headers)
            except httpx2.ConnectError as error:
                failure: AnningError = _away(error)
            except httpx2.TransportError as error:
                failure = _away(error)
                if not safe:
                    raise failure from error
            else:
                if answer.status_code not in _AGAIN or (answer.status_code != 429 and not safe):
                    _must_be_well(answer)
                    return answer
                failure = problem(answer)
                wait = float(answer.headers.get("Retry-After", wait))
            if not left or wait > self._longest_wait:
                raise failure
            time.sleep(wait)
        raise AssertionError(self._tries)


def problem(answer: httpx2.Response) -> AnningError:
    """The error that a server's problem details name."""
    try:
        told: dict[str, Any] = answer.json()
        name = "".join(str(told["title"]).title().split())
        zh, en = str(told["zh"]), str(told["detail"])
        place = {field: str(told.get(field, "")) for field in ("thing", "field", "rule")}
    except (ValueError, KeyError, TypeError):
        return Unavailable(
            f"服务应答 {answer.status_code}，不是安宁的应答",
            f"the server answered {answer.status_code}, and not as Anning does",
            thing=str(answer.url),
        )
    kind = _KINDS.get(name, AnningError)
    if issubclass(kind, TooMany):
        return TooMany(zh, en, **place, retry_after=float(answer.headers.get("Retry-After", 1)))
    return kind(zh, en, **place)


def _must_be_well(answer: httpx2.Response) -> None:
    if answer.is_error:
        raise problem(answer)


def _query(query: Any) -> dict[str, str]:
    if query is None:
        return {}
    plain: dict[str, Any] = query if isinstance(query, dict) else msgspec.to_builtins(query)
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in plain.items()
        if value is not None and value != ""
    }


def _away(error: Exception) -> Unavailable:
    return Unavailable(
        "连不上服务", f"the server cannot be reached: {type(error).__name__}", thing="server", rule="reachable"
    )

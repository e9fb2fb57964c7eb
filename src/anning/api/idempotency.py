"""The same request under the same key is done once and answered alike (幂等键)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from starlette.responses import Response

from anning.api.routes import Call
from anning.api.tables import QUERIES
from anning.errors import Conflict, InvalidInput
from anning.journal.envelope import to_microseconds

LONGEST_KEY: Final = 200


def checked(key: str) -> str:
    """The key, when it is one.

    Raises:
        InvalidInput: it is none.
    """
    if len(key) > LONGEST_KEY or not key.isprintable() or not key.isascii():
        raise InvalidInput(
            f"幂等键至多 {LONGEST_KEY} 个可见的 ASCII 字符",
            f"an idempotency key has at most {LONGEST_KEY} printable ASCII characters",
            thing="Idempotency-Key",
            field="Idempotency-Key",
            rule="idempotency",
        )
    return key


def once(call: Call, digest: bytes, do: Callable[[], Response]) -> Response:
    """Do it and keep the answer, or give the answer that was kept.

    What fails is not kept: it may be tried again. A server that dies between doing and keeping forgets that it did,
    which is why whatever is written to the journal goes under the same key there.

    Raises:
        Conflict: the key was used for something else, or its request is still under way.
    """
    state, name = call.house.state, {"tenant": call.tenant.id, "who": call.who.actor, "key": call.key}
    with state.write() as connection:
        now = to_microseconds(call.house.clock())
        claimed = QUERIES.change(connection, "claim_key", **name, digest=digest, body=b"", at=now)
        row = None if claimed else QUERIES.row(connection, "answer_under", **name)
    if row is not None:
        return _again(call.key, row, digest)
    try:
        response = do()
    except BaseException:
        with state.write() as connection:
            QUERIES.change(connection, "release_key", **name)
        raise
    kept = {header: value for header, value in response.headers.items() if header in ("content-type", "location")}
    with state.write() as connection:
        QUERIES.change(
            connection,
            "keep_answer",
            **name,
            status=response.status_code,
            headers=msgspec.json.encode(kept).decode(),
            body=bytes(response.body),
        )
    return response


def _again(key: str, row: tuple[object, ...], digest: bytes) -> Response:
    earlier, status, headers, body = row
    if bytes(earlier) != digest:  # type: ignore[call-overload]  # bytes in both databases
        raise Conflict(
            f"幂等键 {key} 已用于另一内容",
            f"the idempotency key {key} was used for something else",
            thing=key,
            field="Idempotency-Key",
            rule="idempotency",
        )
    if not status:
        raise Conflict(
            "同一幂等键的请求正在处理，请稍候再问",
            "the request under this idempotency key is under way: ask again in a moment",
            thing=key,
            field="Idempotency-Key",
            rule="under-way",
        )
    told = msgspec.json.decode(str(headers), type=dict[str, str])
    return Response(bytes(body), int(str(status)), {**told, "Idempotent-Replay": "true"})  # type: ignore[call-overload]

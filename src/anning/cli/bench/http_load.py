"""A plain load client for machines without wrk: connections that each ask, read, and ask again (压测客户端)."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)

Loaded = tuple[int, float, int, float, float, float]
"""Requests, seconds, failures, and p50, p99, worst in microseconds."""


def load(url: str, path: str, key: str, bodies: Path, seconds: int, connections: int) -> Loaded:
    """Ask as fast as that many connections can, for so long."""
    parts = urlsplit(url)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    requests = [
        head + str(len(body)).encode() + b"\r\n\r\n" + body for body in bodies.read_bytes().splitlines() if body
    ]
    return asyncio.run(_load(parts.hostname or "", parts.port or 80, requests, seconds, connections))


async def _load(host: str, port: int, requests: list[bytes], seconds: int, connections: int) -> Loaded:
    begun = time.perf_counter()
    asked = await asyncio.gather(
        *(
            _connection(host, port, requests[place::connections] or requests, begun + seconds)
            for place in range(connections)
        )
    )
    taken = time.perf_counter() - begun
    waits = sorted(wait for _, of in asked for wait in of)
    failures = sum(failed for failed, _ in asked)
    if not waits:
        return 0, taken, failures, 0, 0, 0
    return len(waits), taken, failures, waits[len(waits) // 2], waits[len(waits) * 99 // 100], waits[-1]


async def _connection(host: str, port: int, requests: list[bytes], until: float) -> tuple[int, list[float]]:
    reader, writer = await asyncio.open_connection(host, port)
    waits: list[float] = []
    failures = place = 0
    while (now := time.perf_counter()) < until:
        writer.write(requests[place % len(requests)])
        place += 1
        head = await reader.readuntil(b"\r\n\r\n")
        found = _LENGTH.search(head)
        await reader.readexactly(int(found[1]) if found else 0)
        waits.append((time.perf_counter() - now) * 1e6)
        failures += not head.startswith(b"HTTP/1.1 2")
    writer.close()
    return failures, waits

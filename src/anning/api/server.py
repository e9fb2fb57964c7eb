"""A house behind uvicorn (服务): one process, one event loop, the hot path on it."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Awaitable, Callable, Iterable

import uvicorn
from starlette.routing import BaseRoute

from anning.api.app import App
from anning.api.handlers import ROUTES
from anning.api.house import House
from anning.errors import Unavailable


def serve(
    house: House,
    *,
    more: Iterable[BaseRoute] = (),
    application: Callable[..., Awaitable[None]] | None = None,
    ready: Callable[[str], None] = lambda _: None,
    stop: asyncio.Event | None = None,
) -> None:
    """Answer until told to stop (SIGINT, SIGTERM).

    Args:
        more: routes of other doors, such as the pages.
        application: what answers instead of the API by itself.
        ready: told the address once requests are taken.
        stop: ends it as a signal does; for servers within a test.

    Raises:
        Unavailable: the address cannot be listened on.
    """
    listening = listen(house.settings.host, house.settings.port)
    host, port = listening.getsockname()[:2]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    url = f"http://{shown}:{port}"
    config = uvicorn.Config(
        application or App(house, ROUTES, more),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )

    def begun() -> None:
        house.start(url)
        # What was loaded stays for good: the collector need not walk it again and again while requests wait.
        gc.collect()
        gc.freeze()
        ready(url)

    server = _Server(config, begun, stop)
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address.

    Raises:
        Unavailable: it is taken, or none of ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as refused:
        bound.close()
        raise Unavailable(
            f"无法监听 {host}:{port}：{refused.strerror}",
            f"cannot listen on {host}:{port}: {refused.strerror}",
            thing=f"{host}:{port}",
            field="port",
            rule="address",
        ) from refused
    bound.set_inheritable(True)
    return bound


class _Server(uvicorn.Server):
    """Says when it is ready, and stops when told."""

    def __init__(self, config: uvicorn.Config, begun: Callable[[], object], stop: asyncio.Event | None) -> None:
        super().__init__(config)
        self._begun = begun
        self._stop = stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._begun()

    async def on_tick(self, counter: int) -> bool:
        if self._stop is not None and self._stop.is_set():
            return True
        return await super().on_tick(counter)

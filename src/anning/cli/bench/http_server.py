"""The server that `anning bench http` measures, in a process of its own: the API, and an empty endpoint beside it."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final

from anning.api.app import App
from anning.api.handlers import ROUTES
from anning.api.house import House
from anning.api.server import serve
from anning.settings import read_settings

EMPTY: Final = "/empty"
_HEADERS: Final = [(b"content-type", b"application/json"), (b"content-length", b"2")]


class WithEmpty:
    """The API, and an endpoint that reads the request and answers ``{}``: what the server itself costs."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """ASGI."""
        if scope.get("path") != EMPTY:
            await self._app(scope, receive, send)
            return
        while (await receive()).get("more_body", False):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": b"{}"})


def main(folder: Path) -> None:
    """Serve the world in a folder on a free port; the address and a key are the first line printed."""
    house = House(read_settings(data_dir=folder, database_url="", segments_dir=None, port=0))
    try:
        key = house.accounts.make_key("anning", "bench", ["decide"], actor="bench", rate=1_000_000, burst=1_000_000)
        serve(
            house,
            application=WithEmpty(App(house, ROUTES)),
            ready=lambda url: print(url, key.secret, flush=True),
        )
    finally:
        house.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

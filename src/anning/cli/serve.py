"""`anning serve`: everything in one process (服务)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from anning.cli import here, show


def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址 | the address to listen on")] = "",
    port: Annotated[int, typer.Option("--port", help="监听端口，0 为任一空闲端口 | the port, 0 for any free one")] = -1,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="试运行：照常判定与计数，概不拦截 | judge and count, enforce nothing")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="就绪时输出一行 JSON | one line of JSON when ready")] = False,
) -> None:
    """启动服务：网页、接口、名单任务、事件推送 | Serve: pages, the API, list jobs, webhooks, in one process."""
    from anning.api.house import House
    from anning.api.server import serve as answer
    from anning.portal.pages import routes

    chosen: dict[str, Any] = {}
    if host:
        chosen["host"] = host
    if port >= 0:
        chosen["port"] = port
    settings = here.settings(**chosen)

    def ready(url: str) -> None:
        if as_json:
            show.as_json({"url": url, "shadow": shadow})
        else:
            show.say(f"安宁在 {url} 提供服务", f"Anning serves at {url}")
            if shadow:
                show.say("试运行：概不拦截", "shadow: nothing is enforced")

    house = House(settings, shadow=shadow)
    try:
        answer(house, more=routes(house), ready=ready)
    finally:
        house.close()

"""`anning sms`: what a gateway does, by hand: a person's SMS in, the system's own out (短信收发)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anning.cli import here, lazily, show
from anning.cli.registers.common import Json
from anning.cli.through import server_here
from anning.errors import Unavailable

if TYPE_CHECKING:
    from anning.client.core import Core

app = lazily.application("短信：代用户来信、取出系统自发短信 | SMS by hand: a person's in, the system's own out")


@app.command("receive")
def receive(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="谁发来 | who sent it")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="原文，如 XJLD、Y | as it came, such as XJLD or Y")],
    to: Annotated[str, typer.Option("--to", metavar="CODE", help="发到哪个码号 | the code it was sent to")] = "10086",
    as_json: Json = False,
) -> None:
    """用户来了一条短信；显示回复 | An SMS from a person came in; shows what is sent back."""
    with _server() as server:
        heard = server.call("POST", "/v1/messages", dict[str, Any], body={"number": number, "to": to, "text": text})
    if as_json:
        show.as_json(heard)
    elif heard["reply"]:
        typer.echo(heard["reply"])
    elif heard["ids"]:
        show.say(f"已记录：{'、'.join(heard['ids'])}", f"recorded: {', '.join(heard['ids'])}")
    else:
        show.say("没有可记录的", "nothing to record")


@app.command("outbox")
def outbox(
    keep: Annotated[bool, typer.Option("--keep", help="不标为已送达 | do not mark them delivered")] = False,
    as_json: Json = False,
) -> None:
    """取出待发的系统短信（验证码、回执）并标为已送达 | Take what the system wants sent; marks it delivered."""
    with _server() as server:
        messages = server.call("POST", "/v1/outbox/take", dict[str, Any], body={"count": 1000})["messages"]
        for each in () if keep else messages:
            server.call("POST", f"/v1/outbox/{each['id']}", dict[str, Any], body={"delivered": True})
    if as_json:
        show.as_json(messages)
        return
    for each in messages:
        typer.echo(f"{each['number']}  {each['text']}")
    if not messages:
        show.say("没有待发的短信", "nothing waits to be sent")


@contextmanager
def _server() -> Iterator[Core]:
    server = server_here(here.settings())
    if server is None:
        raise Unavailable(
            "没有运行中的服务；请先运行 anning serve",
            "no server runs on this data directory: start `anning serve` first",
            thing="server",
        )
    try:
        yield server
    finally:
        server.close()

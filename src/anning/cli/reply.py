"""`anning reply TEXT`: does an answer refuse (回复是否拒绝)."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from anning.cli import show
from anning.content import Reply, read_reply

_MEANING = {
    Reply.REFUSAL: ("拒绝：此后不得再发", "refuses: nothing more may be sent"),
    Reply.NO_REFUSAL: ("不是拒绝", "does not refuse"),
    Reply.UNCLEAR: ("看不出：人工看过之前按拒绝处理", "cannot tell: treated as a refusal until a person has read it"),
}


def reply(
    text: Annotated[str, typer.Argument(help="订户的回复原文 | the subscriber's answer as it came")],
    as_json: Annotated[bool, typer.Option("--json", help="一行 JSON | one line of JSON")] = False,
) -> None:
    """判断一条回复是否表示拒绝 | Tell whether an answer refuses (refusal, no-refusal, unclear)."""
    reading = read_reply(text)
    if as_json:
        line = {"text": text.encode("utf-8", "replace").decode(), "reply": reading.reply.value, "why": reading.why}
        typer.echo(msgspec.json.encode(line))
        return
    typer.echo(reading.reply.value)
    show.line("  ", *_MEANING[reading.reply])
    zh, en = show.halves(reading.why)
    show.line("  ", f"依据：{zh}", f"because: {en}")

"""`anning signature`: SMS signatures 【】 and their owners (短信签名登记)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from anning.cli import here, lazily
from anning.cli import show as speech
from anning.cli.registers import common
from anning.cli.registers.common import At, Json, Key
from anning.content import fold_signature
from anning.journal.envelope import to_microseconds
from anning.registers.events import SignatureRecorded, payload_of
from anning.registers.views import rows

app = lazily.application("短信签名：登记、查看 | SMS signatures: register, show")

Signature = Annotated[str, typer.Argument(metavar="TEXT", help="签名文字，可带【】 | the text, with or without 【】")]


@app.command("add")
def add(
    text: Signature,
    owner: Annotated[str, typer.Option("--owner", metavar="ORG", help="归谁所有 | whose it is")],
    state: Annotated[str, typer.Option("--state", help="not-submitted, in-review, approved, rejected")] = "approved",
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """登记短信签名；他人已有的不得登记（S03） | Register a signature; one that is another's is refused (S03)."""
    recorded = SignatureRecorded(
        text=text,
        owner=owner,
        state=common.checked("state", state, Literal["not-submitted", "in-review", "approved", "rejected"]),
    )
    common.say(recorded, at=at, key=key, as_json=as_json)


@app.command("show")
def show(text: Signature, at: At = "", as_json: Json = False) -> None:
    """查看一个签名及其沿革 | Show a signature and its history, the latest first."""
    bare = text.strip().removeprefix("【").removesuffix("】").strip()
    moment = to_microseconds(common.moment("at", at) or datetime.now(UTC))
    with here.registers_to_read() as registers, registers.store.read() as connection:
        found = [
            payload_of(row)
            for row in rows(connection, "signature_recorded_by_folded", folded=fold_signature(bare), at=moment)
        ]
    if as_json:
        speech.as_json({"text": bare, "history": found})
    elif not found:
        speech.say(f"签名【{bare}】未登记", f"the signature 【{bare}】 is not registered")
    else:
        common.table(
            (("签名", "signature"), ("归属", "owner"), ("状态", "state")),
            ((str(row["text"]), str(row["owner"]), common.word(row.get("state", "approved"))) for row in found),
        )

"""`anning law confirm`: an instrument known from reports only, judged or no longer (规定的确认)."""

from __future__ import annotations

from typing import Annotated

import typer

from anning.cli.registers import common
from anning.cli.registers.common import At, Json, Key
from anning.errors import InvalidCommand
from anning.law.instrument import Instrument
from anning.law.instruments.registry import IN_FORCE, instrument
from anning.registers.checks import AWAITING_CONFIRMATION
from anning.registers.events import InstrumentConfirmed


def confirm_(
    name: Annotated[str, typer.Argument(metavar="INSTRUMENT", help="待确认的规定 | an instrument that waits for it")],
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="撤回确认，恢复为仅作提示 | take it back: it advises again")
    ] = False,
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """确认仅见于报道的规定，此后一并判定；记入日志 | Confirm an instrument known from reports: judged from then on."""
    chosen = instrument(name)
    if name not in AWAITING_CONFIRMATION:
        waiting = ", ".join(AWAITING_CONFIRMATION)
        raise InvalidCommand(
            f"{name} 不需要确认；待确认的有：{waiting}",
            f"{name} waits for no confirmation; these do: {waiting}",
            thing=name,
            field="INSTRUMENT",
            rule="awaits-confirmation",
        )
    said = InstrumentConfirmed(instrument=name, confirmed=not withdraw)
    common.say(said, at=at, key=key, as_json=as_json, follows=_follows(chosen, withdraw=withdraw))


def _follows(chosen: Instrument, *, withdraw: bool) -> tuple[str, str]:
    """What will be judged otherwise."""
    zh = "；".join(f"{rule.citation.obligation} {rule.zh}" for rule in chosen.rules)
    en = "; ".join(f"{rule.citation.obligation} {rule.en}" for rule in chosen.rules)
    channels = ", ".join(sorted(chosen.channels))
    named = f"《{chosen.zh}》（渠道 {channels}）", f"{chosen.en} (channels {channels})"
    if withdraw:
        return (
            f"此后按 {IN_FORCE} 判定时，{named[0]}只作提示，不再据以拒绝：{zh}",
            f"from then on {IN_FORCE} no longer refuses by this, it only advises: {named[1]}: {en}",
        )
    return (
        f"此后按 {IN_FORCE} 判定时，{named[0]}不再只是提示，将据以拒绝：{zh}",
        f"from then on {IN_FORCE} refuses by what only advised before: {named[1]}: {en}",
    )

"""`anning shadow report`: what would have been stopped while nothing was enforced (试运行报告)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
import typer

from anning.accounts.open import open_state
from anning.accounts.roles import ROOT
from anning.api import tables
from anning.api.counting import Counting
from anning.api.shadow import ShadowReport, report
from anning.cli import here, show
from anning.cli.registers import common
from anning.errors import InvalidInput
from anning.law.instrument import SHANGHAI
from anning.registers.open import must_exist
from anning.state import state_url


def report_(
    first: Annotated[
        str,
        typer.Option("--first", metavar="DATE", help="起始日，缺省三十天前 | first day, thirty days ago by default"),
    ] = "",
    last: Annotated[
        str, typer.Option("--last", metavar="DATE", help="截止日，缺省今天 | last day, today by default")
    ] = "",
    tenant: Annotated[str, typer.Option("--tenant", metavar="TENANT", help="哪个租户 | which tenant")] = ROOT,
    as_json: common.Json = False,
) -> None:
    """试运行期间本会拦下多少、为何 | What would have been stopped while nothing was enforced, and why."""
    settings = here.settings()
    must_exist(state_url(settings.database))
    today = datetime.now(UTC).astimezone(SHANGHAI).date()
    until = common.day("last", last) if last else today
    since = common.day("first", first) if first else until - timedelta(days=29)
    if since > until:
        raise InvalidInput("起始日晚于截止日", "it begins after it ends", thing="report", field="first", rule="period")
    with open_state(settings, tables.STATE_MIGRATIONS) as state:
        counted = Counting(state, lambda: datetime.now(UTC), shadow=True).of(tenant, since, until, shadow=True)
    made = report(tenant, since, until, counted)
    if as_json:
        show.as_json(msgspec.to_builtins(made))
    else:
        _tell(made)


def _tell(made: ShadowReport) -> None:
    show.say(
        f"{made.first} 至 {made.last}，共判定 {made.judged:,} 次；"
        f"若正式执行：不得发送 {made.would_refuse:,}，暂缓 {made.would_hold:,}",
        f"{made.first} to {made.last}: {made.judged:,} judged; had it been enforced: "
        f"{made.would_refuse:,} refused, {made.would_hold:,} held",
    )
    if made.by_reason:
        show.say("", "")
        common.table(
            (("次数", "times"), ("编号", "id"), ("原因", "reason")),
            ((f"{each.many:,}", each.obligation, show.both(each.zh, each.en)) for each in made.by_reason),
        )
    if made.by_sender:
        show.say("", "")
        common.table(
            (("发送者", "sender"), ("判定", "judged"), ("不得发送", "refused"), ("暂缓", "held")),
            (
                (each.sender, f"{each.judged:,}", f"{each.would_refuse:,}", f"{each.would_hold:,}")
                for each in made.by_sender
            ),
        )

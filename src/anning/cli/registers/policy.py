"""`anning house-policy`: whether the operator's own limits are judged too (自定规则)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from anning.cli import here, show
from anning.cli.registers import common
from anning.cli.registers.common import At, Json, Key
from anning.journal.envelope import to_microseconds
from anning.registers.events import HousePolicySet
from anning.registers.views import rows


def house_policy(
    switch: Annotated[str, typer.Argument(metavar="on|off|show", help="启用、停用、查看 | on, off, show")],
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """运营者自定的上限是否一并判定；自定规则不是法律 | Judge the operator's own limits too, or not; they are no law."""
    chosen = common.checked("switch", switch, Literal["on", "off", "show"])
    if chosen != "show":
        common.say(HousePolicySet(on=chosen == "on"), at=at, key=key, as_json=as_json)
        return
    moment = to_microseconds(common.moment("at", at) or datetime.now(UTC))
    with here.registers_to_read() as registers, registers.store.read() as connection:
        found = rows(connection, "house_policy_set_by_time", at=moment)
    on = isinstance(found[0], HousePolicySet) and found[0].on if found else False
    if as_json:
        show.as_json({"house_policy": on})
    else:
        show.say("自定规则：启用" if on else "自定规则：停用", "house policy: on" if on else "house policy: off")

"""`anning operator`: which operator serves a number (号码归属)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from anning.cli import here, lazily, show
from anning.cli.registers import common
from anning.cli.registers.common import At, Json, Key, Number
from anning.numbers import mask
from anning.registers.events import NumberPorted, NumberRangeServed
from anning.registers.serving import operator_of

app = lazily.application("号码归属：号段、携号转网 | which operator serves a number: ranges, ports")

Operator = Annotated[str, typer.Argument(metavar="TENANT", help="运营商租户 | the operator's tenant")]


@app.command("range")
def range_(
    prefix: Annotated[
        str, typer.Argument(metavar="PREFIX", help="号码开头，如 1700 | how numbers begin, such as 1700")
    ],
    operator: Annotated[
        str, typer.Argument(metavar="[TENANT]", help="运营商租户，不写为收回 | the tenant; none takes it back")
    ] = "",
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """登记号段归属；长的在短的之上 | Say who serves a range; the longer prefix goes above the shorter."""
    common.say(NumberRangeServed(prefix=prefix, operator=operator), at=at, key=key, as_json=as_json)


@app.command("port")
def port(number: Number, operator: Operator, at: At = "", key: Key = "", as_json: Json = False) -> None:
    """携号转网：意愿与同意随号码走 | A number goes to another operator; wishes and consents go along."""
    common.say(NumberPorted(number=number, to=operator), at=at, key=key, as_json=as_json)


@app.command("show")
def show_(number: Number, at: At = "", as_json: Json = False) -> None:
    """查询一个号码归哪个运营商 | Which operator serves a number."""
    canonical = common.subscriber(number)
    when = common.moment("at", at) or datetime.now(UTC)
    with here.registers_to_read() as registers, registers.store.read() as connection:
        operator = operator_of(connection, canonical, when)
    if as_json:
        show.as_json({"number": mask(canonical), "operator": operator})
    elif operator:
        typer.echo(operator)
    else:
        show.say("未登记归属，由登记机构办理", "no operator is on record: the registry itself speaks for it")

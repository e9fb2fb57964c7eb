"""What is ours and holds beside every instrument: outages, and the reading of commercial content."""

from __future__ import annotations

from anning.law.citation import Mark
from anning.law.instrument import Instrument
from anning.law.instruments.writing import constant, hold, source
from anning.law.observations import Channel
from anning.law.parameters import Parameter
from anning.law.predicates import commercial, emergency, part_down, private, public_interest, shown_service

cite = source("安宁设计原则", "Anning's own design", Mark.OURS)


def commercial_scores() -> tuple[Parameter, Parameter]:
    """From these scores on a text counts as commercial, whatever it was declared to be."""
    return (
        constant(
            "commercial_score",
            "score",
            0.5,
            cite("R42"),
            "文本判为商业性的分值下限",
            "score from which a text is commercial",
        ),
        constant(
            "personal_commercial_score",
            "score",
            0.9,
            cite("R16d"),
            "个人号码所发文本判为商业性的分值下限",
            "score from which a text from a person's own number is commercial",
        ),
    )


def past_volume() -> tuple[Parameter, ...]:
    """What an outage lets a service port send: as much in an hour as in the sender's busiest hour (X09)."""
    return (
        constant(
            "past_volume_days",
            "days",
            28,
            cite("X09"),
            "既往业务量回溯天数（至多 28）",
            "days in which the busiest hour is sought (28 at most)",
        ),
        constant(
            "past_volume_percent",
            "percent of the busiest hour",
            100,
            cite("X09"),
            "故障期间每小时服务类短信占既往最高小时的百分比",
            "service messages an hour in an outage, of the busiest hour",
        ),
        constant(
            "past_volume_least",
            "messages an hour",
            100,
            cite("X09"),
            "故障期间每小时服务类短信的最低余量",
            "service messages an hour in an outage, whatever was before",
        ),
    )


INSTRUMENT = Instrument(
    name="anning",
    zh="安宁自身规则",
    en="Anning's own rules",
    channels=frozenset(Channel),
    since=None,
    until=None,
    mark=Mark.OURS,
    parameters=(*commercial_scores(), *past_volume()),
    rules=(
        hold(
            "outage",
            cite("X09"),
            part_down & ~shown_service & ~private & ~(public_interest & emergency & ~commercial),
            "有部件不可用，且不能确认为服务类通信，暂缓发送",
            "a part is away and this cannot be shown to be service: it waits",
            remedy=("部件恢复后自动重新判定", "it is judged again when the part is back"),
        ),
    ),
)

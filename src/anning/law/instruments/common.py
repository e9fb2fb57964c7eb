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


INSTRUMENT = Instrument(
    name="anning",
    zh="安宁自身规则",
    en="Anning's own rules",
    channels=frozenset(Channel),
    since=None,
    until=None,
    mark=Mark.OURS,
    parameters=commercial_scores(),
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

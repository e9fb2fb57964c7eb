"""cn-2020-callcentre: the call-centre notice of June 2020, known from secondary reports only.

It would turn many verdicts round, so it joins `in-force` only when the operator confirms it (a journalled act);
until then it advises.
"""

from __future__ import annotations

from datetime import date

from anning.law.citation import Mark
from anning.law.instrument import Instrument
from anning.law.instruments.writing import refuse, source
from anning.law.observations import Channel
from anning.law.predicates import (
    commercial,
    content_blocked,
    intermediary_suspended,
    platform_call,
    prohibited,
    requested,
    sender_suspended,
)

cite = source("工信部呼叫中心业务规范通知（2020-06）", "MIIT call-centre notice (June 2020)", Mark.SECONDARY)
fraud = source("《反电信网络诈骗法》", "Anti-Telecom-Fraud Law", Mark.SECONDARY)

INSTRUMENT = Instrument(
    name="cn-2020-callcentre",
    zh="呼叫中心业务规范通知（2020-06，据报道）",
    en="Call-centre notice (June 2020, as reported)",
    channels=frozenset({Channel.CALL}),
    since=date(2020, 6, 1),
    until=None,
    mark=Mark.SECONDARY,
    parameters=(),
    rules=(
        refuse(
            "marketing-call-out",
            cite("T01"),
            platform_call & commercial & ~requested,
            "呼叫中心不得外呼商业营销，即使已获同意；仅限应请求的即时回呼和咨询",
            "no marketing call-out even with consent; only requested call-backs and consultation",
            remedy=("仅在本人请求后即时回呼", "only call back at once on the person's request"),
        ),
        refuse(
            "barred-or-unlawful",
            fraud("L03"),
            platform_call & (sender_suspended | intermediary_suspended | prohibited | content_blocked),
            "呼出者已被暂停或关停，或内容违法",
            "the caller is suspended or closed, or the content unlawful",
            remedy=("可就该措施申诉", "appeal against the measure"),
        ),
    ),
)

"""cn-2015-sms: the SMS regulation, MIIT order 31, in force 2015-06-30 to 2026-04-30 (通信短信息服务管理规定)."""

from __future__ import annotations

from datetime import date

from anning.law.citation import Mark
from anning.law.instrument import Instrument
from anning.law.instruments.common import commercial_scores
from anning.law.instruments.sms_common import guidance_2021, order_31
from anning.law.instruments.writing import source
from anning.law.observations import Channel

cite = source("《通信短信息服务管理规定》（工信部令第31号）", "SMS regulation (MIIT order 31, 2015)", Mark.SECONDARY)

INSTRUMENT = Instrument(
    name="cn-2015-sms",
    zh="通信短信息服务管理规定（2015，第31号令）",
    en="SMS regulation (MIIT order 31, 2015)",
    channels=frozenset({Channel.SMS}),
    since=date(2015, 6, 30),
    until=date(2026, 4, 30),
    mark=Mark.SECONDARY,
    parameters=commercial_scores(),
    rules=(*order_31(cite), *guidance_2021()),
)

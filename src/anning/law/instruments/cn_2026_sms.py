"""cn-2026-sms: the revision reported to be in force since 2026-05-01; known from secondary reports only.

Order 31's duties are carried on, cited as order 31 and marked as presumed.
"""

from __future__ import annotations

from datetime import date

from anning.law.citation import Mark
from anning.law.instrument import Instrument
from anning.law.instruments.common import commercial_scores
from anning.law.instruments.sms_common import guidance_2021, order_31
from anning.law.instruments.writing import refuse, source
from anning.law.observations import Channel
from anning.law.predicates import (
    commercial,
    consent_on_record,
    consented,
    port_message,
    sender_verified,
    way_out,
    way_out_works,
)

carried_on = source(
    "《通信短信息服务管理规定》（工信部令第31号）", "SMS regulation (MIIT order 31, 2015)", Mark.PRESUMED
)
cite = source("《通信短信息服务管理规定》（2026年修订）", "SMS regulation, revision of 2026", Mark.SECONDARY)

INSTRUMENT = Instrument(
    name="cn-2026-sms",
    zh="通信短信息服务管理规定（2026年修订）",
    en="SMS regulation, revision of 2026",
    channels=frozenset({Channel.SMS}),
    since=date(2026, 5, 1),
    until=None,
    mark=Mark.SECONDARY,
    parameters=commercial_scores(),
    rules=(
        *order_31(carried_on),
        *guidance_2021(),
        refuse(
            "sender-identity",
            cite("N02"),
            port_message & ~sender_verified,
            "端口短信没有随附经核验的发送者真实身份",
            "a port SMS without the sender's verified real identity",
            remedy=("核验并登记发送者身份", "verify and record the sender's identity"),
        ),
        refuse(
            "no-proof-of-consent",
            cite("N03"),
            port_message & commercial & ~consented & ~consent_on_record,
            "没有用户同意或请求的凭证",
            "no proof of the person's consent or request",
            remedy=("取得并保存同意凭证", "obtain and keep proof of consent"),
        ),
        refuse(
            "way-out-not-effective",
            cite("N04"),
            port_message & commercial & (~way_out | ~way_out_works),
            "拒绝接收的方式缺失或无效",
            "the way to refuse is missing or not effective",
            remedy=("写明一次回复即可生效的退订方式", "tell a way out that one reply completes"),
        ),
    ),
)

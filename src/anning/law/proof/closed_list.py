"""What may stop a service SMS, and what never may (封闭清单).

R18b restricts service SMS to proper reasons; the list is closed and the prover holds the rules to it.
"""

from __future__ import annotations

from anning.law.algebra import Expr
from anning.law.predicates import (
    charge_notice,
    charged,
    code_active,
    code_held_here,
    code_missing,
    code_registered,
    code_user_is_sender,
    codes_day_full,
    codes_hour_full,
    codes_minute_full,
    content_blocked,
    intermediary_suspended,
    licensed,
    prohibited,
    sender_suspended,
    sender_verified,
    signature_foreign,
    unreviewed_special_code,
    verification_code,
)

WISHES_AND_CONSENTS = (
    "consented",
    "requested",
    "consent_on_record",
    "refused",
    "consent_ended",
    "declined",
    "invalid_act",
    "platform_consent_only",
    "marketing_day_full",
    "marketing_week_full",
)
"""What a person said about commercial communications, and how many were sent: no matter of a service SMS."""

PROPER_REASONS: tuple[tuple[str, str, Expr], ...] = (
    ("禁止性内容", "prohibited content", prohibited | content_blocked),
    (
        "冒用或未登记的发送者",
        "a spoofed or unreported sender",
        code_missing
        | ~code_registered
        | ~code_active
        | ~code_held_here
        | ~code_user_is_sender
        | ~sender_verified
        | signature_foreign
        | unreviewed_special_code,
    ),
    ("已被处置的一方", "a sanctioned party", sender_suspended | intermediary_suspended),
    (
        "保护被轰炸者",
        "protection of a bombed victim",
        verification_code & (codes_minute_full | codes_hour_full | codes_day_full),
    ),
    ("无证承运（R06a、O05）", "no licence to carry it (R06a, O05)", ~licensed),
    ("收费而未告知（R11a）", "charged without notice (R11a)", charged & ~charge_notice),
)
"""R18b's closed list, and the two reasons that the same law gives against provider and price (R06a, O05; R11a)."""

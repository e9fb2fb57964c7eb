"""What the registers do not know of a communication, said before the verdict: most often a slip (未登记的名称)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anning.gate.communication import Communication
from anning.gate.directory import moment_of
from anning.gate.gate import Gate
from anning.gate.observe import observe_sending
from anning.law.observations import CodeState

Remark = tuple[str, str]
"""One warning, Chinese and English."""


def unregistered_in(gate: Gate, c: Communication) -> list[Remark]:
    """Each name given that the registers do not have at that moment: sender, provider, platform, code."""
    parties = (
        ("发送者", "the sender", c.sender),
        ("承运方", "the provider", c.provider),
        ("平台", "the platform", c.via),
    )
    found = [_unknown(gate, c, *party) for party in parties if party[2]]
    if observe_sending(c, gate.sources).fields["code_state"] is CodeState.UNREGISTERED:
        found.append((f"码号 {c.code} 未登记", f"the code {c.code} is not registered"))
    return [(f"注意：{each[0]}", f"mind: {each[1]}") for each in found if each is not None]


def _unknown(gate: Gate, c: Communication, zh: str, en: str, org: str) -> Remark | None:
    coming: list[int] = []
    if gate.sources.directory.organisation(org, moment_of(c.at), coming) is not None:
        return None
    if coming:
        return f"{zh} {org} 在所问时刻之后才登记", f"{en} {org} was registered only after the moment asked about"
    return f"{zh} {org} 未登记", f"{en} {org} is not registered"


def as_plain(found: Sequence[Remark]) -> list[dict[str, Any]]:
    """The same as JSON values."""
    return [{"zh": zh, "en": en} for zh, en in found]

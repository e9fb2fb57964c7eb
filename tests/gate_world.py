"""A small world in events, for the gate's tests: a provider, a bank, its ports, and people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from anning.gate.communication import Communication
from anning.gate.gate import Gate
from anning.journal import Entry, Event, MemoryJournal
from anning.law.observations import Channel, Purpose
from anning.registers import events as reg

BEIJING = timezone(timedelta(hours=8))
LONG_AGO = datetime(2024, 2, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 11, 12, 0, tzinfo=BEIJING)
WANG = "+8613800138000"
LI = "+8613900139000"
OFFER = "【安宁银行】您有一笔20万元信用贷款额度可申请，利率优惠，详询400-800-1234，拒收请回复R"
CODE_TEXT = "【安宁银行】验证码：482913，您正在登录手机银行，5分钟内有效，请勿告知他人。"
DRAFT = "cn-2020-draft"

MARKETING_PORT = "106600001111"
SERVICE_PORT = "106980001111"

WORLD: tuple[reg.Payload, ...] = (
    reg.OrganisationRegistered(id="cpaas", name="云信通"),
    reg.IdentityVerified(org="cpaas"),
    reg.OrganisationRegistered(id="bank", name="安宁银行", trade="finance"),
    reg.IdentityVerified(org="bank"),
    reg.LicenceRecorded(holder="cpaas", licence_kind="sms", from_day=date(2024, 1, 1), until_day=date(2029, 1, 1)),
    reg.CodeRecorded(code=MARKETING_PORT, holder="cpaas", user="bank", use="commercial"),
    reg.CodeRecorded(code=SERVICE_PORT, holder="cpaas", user="bank", use="service"),
    reg.SignatureRecorded(text="安宁银行", owner="bank"),
)


class World:
    """A journal in memory and the gate that follows it."""

    def __init__(self, *said: reg.Payload, gate: Gate | None = None) -> None:
        self.journal = MemoryJournal(clock=lambda: NOON)
        self.gate = Gate() if gate is None else gate
        self.say(*WORLD, *said, at=LONG_AGO)

    def say(self, *said: reg.Payload, at: datetime = LONG_AGO) -> list[Event]:
        """Statements that count from `at`."""
        events = self.journal.append(entries(said, at))
        self.gate.follow(events)
        return events


def entries(said: tuple[reg.Payload, ...], at: datetime) -> list[Entry]:
    """Statements as journal entries."""
    return [Entry(reg.kind_of(each), reg.payload_of(each), "test", "test", at, "key") for each in said]


def offer(number: str = WANG, at: datetime = NOON, **changed: Any) -> Communication:
    """The bank's loan offer by SMS."""
    fields: dict[str, Any] = {
        "channel": Channel.SMS,
        "provider": "cpaas",
        "sender": "bank",
        "code": MARKETING_PORT,
        "number": number,
        "text": OFFER,
        "purpose": Purpose.COMMERCIAL,
        "at": at,
    }
    return Communication(**(fields | changed))


def code_message(number: str = WANG, at: datetime = NOON, **changed: Any) -> Communication:
    """The bank's one-time code from its service port."""
    fields: dict[str, Any] = {"code": SERVICE_PORT, "text": CODE_TEXT, "purpose": Purpose.SERVICE}
    return offer(number, at, **(fields | changed))

"""The demonstration's organisations, codes and signatures, and what four named persons said (演示环境)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from anning.cli.demo.people import NOW, SHANGHAI
from anning.cli.demo.singles import CHEN_YUN, LI_PING, WANG_AN
from anning.registers.commands import ReplyReceived
from anning.registers.events import (
    CodeRecorded,
    ConsentGiven,
    HousePolicySet,
    IdentityVerified,
    LicenceRecorded,
    OrganisationRegistered,
    Payload,
    SignatureRecorded,
    WishStated,
)
from anning.registers.open import Registers

FOUNDED: Final = datetime(2025, 6, 1, 9, 0, tzinfo=SHANGHAI)
ACTOR: Final = "demo"

_ORGANISATIONS: Final = (
    OrganisationRegistered(id="cpaas", name="云信通", roles=("provider",)),
    OrganisationRegistered(id="anhu", name="安呼客服", roles=("provider",)),
    OrganisationRegistered(id="bank", name="安宁银行", trade="finance"),
    OrganisationRegistered(id="books", name="青禾书店", trade="retail"),
    OrganisationRegistered(id="mall", name="好集商城", trade="retail", org_kind="platform"),
)
_LICENCES: Final = (
    LicenceRecorded(
        holder="cpaas", licence_kind="sms", licence_class="B25", from_day=date(2024, 1, 1), until_day=date(2028, 12, 31)
    ),
    LicenceRecorded(
        holder="anhu",
        licence_kind="voice",
        licence_class="B24",
        from_day=date(2024, 1, 1),
        until_day=date(2028, 12, 31),
    ),
)
_CODES: Final = (
    CodeRecorded(code="106600008888", holder="cpaas", user="books", use="commercial"),
    CodeRecorded(code="106600001111", holder="cpaas", user="bank", use="commercial"),
    CodeRecorded(code="106980001111", holder="cpaas", user="bank", use="service"),
    CodeRecorded(code="95599", holder="anhu", user="bank", use="commercial"),
)
_SIGNATURES: Final = (
    SignatureRecorded(text="安宁银行", owner="bank"),
    SignatureRecorded(text="青禾书店", owner="books"),
)


def register(registers: Registers) -> int:
    """Write the world, everything through the register's own commands. Returns how many statements were made."""
    made = 0
    for statement in _founding():
        registers.write(statement, actor=ACTOR, key=f"demo-{made}", at=FOUNDED)
        made += 1
    for said, at in _sayings():
        registers.write(said, actor=ACTOR, key=f"demo-{made}", at=at)
        made += 1
    return made


def _founding() -> Iterator[Payload]:
    for organisation in _ORGANISATIONS:
        yield organisation
        yield IdentityVerified(org=organisation.id, document_kind="营业执照", verifier="云信通")
    yield from _LICENCES
    yield from _CODES
    yield from _SIGNATURES
    yield HousePolicySet(on=True)


def _sayings() -> Iterator[tuple[Payload | ReplyReceived, datetime]]:
    yield WishStated(number=LI_PING, channel="both", says="decline"), NOW - timedelta(days=300)
    yield ConsentGiven(number=LI_PING, to="books", channel="sms", confirmed=True), NOW - timedelta(days=90)
    yield ConsentGiven(number=WANG_AN, to="books", channel="sms", confirmed=True), NOW - timedelta(days=90)
    yield ReplyReceived(number=WANG_AN, code="106600008888", text="退订，谢谢！"), NOW - timedelta(days=7)
    yield ConsentGiven(number=CHEN_YUN, to="bank", channel="call", confirmed=True), NOW - timedelta(days=30)

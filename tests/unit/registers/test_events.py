"""What is written of a statement is all of it, so that no later version can make it mean something else."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import msgspec
import pytest

from anning.errors import SchemaMismatch
from anning.journal.envelope import canonical_payload
from anning.registers import events as reg
from anning.registers.segment_rows import ROW_KINDS, unsaid

DAY = date(2026, 1, 1)
N = "+8613800138000"

BARE: list[reg.Payload] = [
    reg.OrganisationRegistered(id="bank", name="安宁银行"),
    reg.IdentityVerified(org="bank"),
    reg.LicenceRecorded(holder="cpaas", licence_kind="sms", from_day=DAY, until_day=DAY),
    reg.CodeRecorded(code="106600001111", holder="cpaas", user="bank"),
    reg.SignatureRecorded(text="安宁银行", owner="bank"),
    reg.MeasureTaken(on="bank", measure="warned"),
    reg.ContentBlocked(text="内部股票"),
    reg.WishStated(number=N, says="decline"),
    reg.WishWithdrawn(number=N),
    reg.ConsentGiven(number=N, to="bank"),
    reg.ConsentWithdrawn(number=N, to="bank"),
    reg.ReplyUnclear(number=N, to="bank", words="？"),
    reg.ReplyUnattributed(code="13700137000", number=N, words="退订"),
    reg.ReplyRead(number=N, to="bank", refuses=True),
    reg.NumberRecycled(number=N),
    reg.WordsRecorded(org="bank", text="我愿意"),
    reg.NumberRangeServed(prefix="1700", operator="mvno"),
    reg.NumberPorted(number=N, to="mvno"),
    reg.SubscriberForgotten(number=N),
    reg.SuppressionKept(mark="0" * 64, until=datetime(2030, 1, 1, tzinfo=UTC), key="0" * 16),
    reg.LegalHoldSet(id="A1", number=N),
    reg.ApprovalRecorded(id="A1", agency="bank", text="台风将至", applied=DAY, from_day=DAY, until_day=DAY),
    reg.ChargeNoticeGiven(sender="bank", number=N),
    reg.ContactsRecorded(sender="bank", number=N, channel="sms", at=(datetime(2026, 1, 1, tzinfo=UTC),)),
    reg.InstrumentConfirmed(instrument="cn-2020-callcentre"),
    reg.HousePolicySet(on=True),
    reg.ContentModelDecided(model="builtin", step="activated"),
]
"""Every kind of statement with nothing filled in that may be left out."""

_MUST_BRING = {"wish": {"says"}, "consent": {"org"}, "recycling": set()}


def test_every_kind_is_looked_at_here() -> None:
    assert {type(said) for said in BARE} == set(reg.KINDS.values())


@pytest.mark.parametrize("said", BARE, ids=reg.kind_of)
def test_every_field_is_written_whether_filled_in_or_not(said: reg.Payload) -> None:
    payload = reg.payload_of(said)
    assert set(payload) == set(said.__struct_fields__)
    stored = canonical_payload(payload)
    assert reg.event_of(reg.kind_of(said), msgspec.json.decode(stored)) == said
    assert reg.event_from(reg.kind_of(said), stored.decode()) == said


@pytest.mark.parametrize("said", BARE, ids=reg.kind_of)
def test_what_a_newer_version_says_is_never_passed_over(said: reg.Payload) -> None:
    kind, payload = reg.kind_of(said), {**reg.payload_of(said), "only_on_sundays": True}
    with pytest.raises(SchemaMismatch):
        reg.event_from(kind, canonical_payload(payload).decode())
    with pytest.raises(SchemaMismatch) as refusal:
        reg.event_of(kind, payload)
    assert (refusal.value.thing, refusal.value.field) == (reg.kind_of(said), "only_on_sundays")
    assert "only_on_sundays" in refusal.value.zh
    assert "newer version" in refusal.value.en


def test_the_bytes_of_a_wish_are_these() -> None:
    canonical = canonical_payload(reg.payload_of(reg.WishStated(number=N, says="decline")))
    assert canonical == (
        b'{"channel":"both","code_prefixes":[],"door":"","except_for":[],"hours":null,"keeps_consents":false,'
        b'"number":"+8613800138000","proof":"","says":"decline","trades":[],"weekdays":[],'
        b'"wish_kind":"decline-calls"}'
    )
    assert hashlib.sha256(canonical).hexdigest() == "e5cf2a45fa561668c10858f9c512adc6a67ac60f731f94dc4521219f58407d3b"


@pytest.mark.parametrize("row_kind", sorted(ROW_KINDS))
def test_an_import_says_what_its_rows_mean_by_every_column_that_they_may_leave_out(row_kind: str) -> None:
    columns = {column.name for column in ROW_KINDS[row_kind].columns}
    assert columns - unsaid(row_kind).keys() == {"number"} | _MUST_BRING[row_kind]

"""The register tables are nothing but the journal: made again from it, every row is the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from anning.journal import MemoryJournal, Store, rebuild
from anning.journal.envelope import Entry
from anning.registers.events import (
    KINDS,
    ApprovalRecorded,
    ChargeNoticeGiven,
    CodeRecorded,
    ConsentGiven,
    ConsentWithdrawn,
    ContactsRecorded,
    ContentBlocked,
    ContentModelDecided,
    HousePolicySet,
    IdentityVerified,
    InstrumentConfirmed,
    LegalHoldSet,
    LicenceRecorded,
    MeasureTaken,
    NumberPorted,
    NumberRangeServed,
    NumberRecycled,
    OrganisationRegistered,
    Payload,
    ReplyRead,
    ReplyUnattributed,
    ReplyUnclear,
    SignatureRecorded,
    SubscriberForgotten,
    SuppressionKept,
    WishKind,
    WishStated,
    WishWithdrawn,
    WordsRecorded,
    kind_of,
    payload_of,
)
from anning.registers.histories import subscriber, subscribers
from anning.registers.open import Registers
from anning.registers.stated import stated
from anning.registers.statements import SUBSCRIBER_EVENTS, Subscriber, fold
from anning.registers.views import MIGRATIONS

from .conftest import NOW, Open

N = "+8613800138000"

EVERYTHING: list[Payload] = [
    OrganisationRegistered(
        id="flood", name="防汛办", trade="government", org_kind="agency", roles=("agency", "content")
    ),
    IdentityVerified(org="bank", document_kind="uscc", document_hash="a" * 64, verifier="王"),
    LicenceRecorded(
        holder="cpaas", licence_kind="voice", licence_class="B24", from_day=date(2024, 1, 1), until_day=date(2026, 1, 1)
    ),
    CodeRecorded(code="95588", holder="cpaas", user="bank", use="service", state="suspended", reviewed=False),
    SignatureRecorded(text="安宁银行", owner="bank"),
    MeasureTaken(on="shop", measure="suspended", noticed=False, reason="投诉"),
    ContentBlocked(text="加微信领取内部股票"),
    WishStated(
        number=N,
        channel="call",
        trades=("finance", "education"),
        says="decline",
        hours=(1320, 480),
        weekdays=(6, 7),
        code_prefixes=("400", "international"),
        except_for=("bank",),
        keeps_consents=True,
        wish_kind=WishKind.NUISANCE_FILTER,
        door="hotline",
        proof="asked",
    ),
    WishWithdrawn(number=N, channel="sms", trades=("finance",), door="page", proof="one-time-code"),
    ConsentGiven(
        number=N,
        to="bank",
        channel="sms",
        act="requested",
        through="shop",
        confirmed=True,
        expires=NOW + timedelta(days=30, microseconds=1),
        words_hash="b" * 64,
        purpose="理财",
        door="link",
        evidence_kind="recording",
        evidence_hash="c" * 64,
        confirms="log:3",
    ),
    WordsRecorded(org="bank", text="愿意接收理财短信吗？"),
    ConsentWithdrawn(number=N, to="shop", door="phone", words="别打了", proof="own-phone"),
    ReplyUnclear(number=N, to="bank", words="？？"),
    ReplyUnattributed(code="13700137000", number="+8613900139000", words="退订"),
    ReplyRead(number=N, to="bank", refuses=False),
    NumberRecycled(number="+8613900139000"),
    NumberRangeServed(prefix="1700", operator="mvno"),
    NumberPorted(number="+8613900139001", to="mvno"),
    SubscriberForgotten(number="+8613900139001"),
    SuppressionKept(mark="d" * 64, org="bank", until=NOW + timedelta(days=180), key="e" * 16),
    LegalHoldSet(id="2026-1", number="+8613900139001", reason="投诉"),
    ApprovalRecorded(
        id="A1",
        agency="flood",
        text="台风将至",
        applied=date(2026, 10, 1),
        approved=date(2026, 10, 15),
        from_day=date(2026, 11, 11),
        until_day=date(2026, 11, 12),
    ),
    ChargeNoticeGiven(sender="bank", number=N),
    ContactsRecorded(sender="bank", number=N, channel="sms", at=(NOW - timedelta(hours=1), NOW - timedelta(days=1))),
    InstrumentConfirmed(instrument="cn-2020-callcentre"),
    HousePolicySet(on=True),
    ContentModelDecided(model="0a" * 32, step="proposed", named="own 1", by="zhou"),
]


def tables(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.read() as connection:
        return {
            table: connection.raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for view in store.views
            for table in view.tables
        }


def test_every_kind_of_statement_has_a_table_and_comes_back_from_it_as_it_was(registers: Registers) -> None:
    assert {type(said) for said in EVERYTHING} == set(KINDS.values())
    for said in EVERYTHING:
        registers.write(said, actor="test")
    assert [one.payload for one in registers.events(after=7)] == EVERYTHING
    with registers.store.read() as connection:
        _, found = subscriber(connection, N)
    own = [said for said in EVERYTHING if getattr(said, "number", "") == N and not isinstance(said, ContactsRecorded)]
    assert [one.payload for one in found] == own
    assert all(rows for table, rows in tables(registers.store).items() if table != "imports")


def test_the_histories_of_many_numbers_are_those_of_each(registers: Registers) -> None:
    for said in EVERYTHING:
        registers.write(said, actor="test")
    nobody = "+8613700000000"
    with registers.store.read() as connection:
        each = {number: subscriber(connection, number)[0] for number in (N, "+8613900139000", "+8613900139001", nobody)}
        assert subscribers(connection, [*each, N]) == {number: said for number, said in each.items() if said}
        head = registers.store.head().position
        for until in range(head + 1):
            expected: dict[str, Subscriber] = {}
            for position, at, said in registers.events():
                if position <= until and isinstance(said, SUBSCRIBER_EVENTS):
                    number = said.number  # type: ignore[attr-defined]
                    expected[number] = fold(expected.get(number), said, at, position)
            assert subscribers(connection, each, until) == expected


def test_replaying_the_journal_makes_every_row_again(registers: Registers, open_again: Open, tmp_path: Path) -> None:
    marks = [said for said in EVERYTHING if isinstance(said, SuppressionKept)]
    for said in EVERYTHING:
        if said not in marks:
            registers.write(said, actor="test")
    names = tmp_path / "names.csv"
    names.write_text(
        "手机号,渠道,意愿,时间\n13800138001,电话,谢绝,2026-03-01 09:30\n13800138002,短信,谢绝,\n", encoding="utf-8"
    )
    registers.take(names, "wish", actor="test")
    consents = tmp_path / "consents.csv"
    consents.write_text(
        "phone,to,at,withdrawn,confirmed\n13800138003,bank,2026-03-01,2026-04-01,yes\n13800138004,bank,2026-03-01,,\n",
        encoding="utf-8",
    )
    registers.take(consents, "consent", actor="test")
    for said in marks:
        # Last: whose key is not here, no consent is taken any more.
        registers.write(said, actor="test")
    before = tables(registers.store)
    again = open_again()
    assert rebuild(again.store) == again.store.head().position
    assert tables(again.store) == before
    assert len(before["wishes"]) == len(before["consents"]) == len(before["refusals"]) == 1
    assert len(before["imports"]) == 2


def test_the_tables_can_be_unmade_and_made_again(database_url: str, open_again: Open) -> None:
    open_again().close()
    Store.rollback(database_url, MIGRATIONS)
    with open_again() as registers:
        registers.write(OrganisationRegistered(id="bank", name="安宁银行"), actor="test")
        assert len(tables(registers.store)["organisations"]) == 1


def test_a_journal_in_memory_is_read_the_same_way() -> None:
    journal = MemoryJournal()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    journal.append(Entry(kind_of(said), payload_of(said), "test", "test", at, "k") for said in EVERYTHING)
    journal.append([Entry("something-else", {}, "test", "test", at, "k")])
    assert [(one.position, one.at, one.payload) for one in stated(journal.events())] == [
        (position, at, said) for position, said in enumerate(EVERYTHING, 1)
    ]

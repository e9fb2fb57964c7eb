"""What is due is erased, bytes and all, and nothing else is; both databases, single statements and imports."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from anning.errors import InvalidCommand, InvalidFile, Unavailable
from anning.journal import Leaf, rebuild, verify
from anning.journal.erasing import unaccounted
from anning.journal.segment_files import read_segment
from anning.journal.segment_rewriting import leaves_of_batch
from anning.law.calendar import SHANGHAI
from anning.registers import events as reg
from anning.registers.erasing import Eraser
from anning.registers.forgetting import forget
from anning.registers.histories import subscriber
from anning.registers.open import Registers, open_store
from anning.registers.retention import due
from anning.registers.suppression import Marks

WANG, LI = "+8613800138000", "+8613900139000"
BEGIN = datetime(2026, 1, 10, 3, tzinfo=UTC)


class Town:
    """Registers whose clock is set by hand."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.now = BEGIN
        self.evidence: list[frozenset[str]] = []
        self.registers = self.opened()
        for said in (
            reg.OrganisationRegistered(id="bank", name="安宁银行", trade="finance"),
            reg.OrganisationRegistered(id="shop", name="好物商城", trade="retail"),
        ):
            self.registers.write(said, actor="test")
        self.eraser = Eraser(self.registers, self.evidence.append)

    def opened(self) -> Registers:
        store = open_store(self.url, self.folder / "segments")
        return Registers(
            store, writer_wait=5, group_commit_max=64, clock=lambda: self.now, marks=Marks(self.folder / "seal.key")
        )

    def say(self, *said: reg.Payload, on: datetime | None = None) -> list[int]:
        if on is not None:
            self.now = on
        return [self.registers.write(one, actor="test").first for one in said]

    def until(self, day: datetime) -> None:
        self.now = day

    def said(self, number: str) -> list[reg.Payload]:
        with self.registers.store.read() as connection:
            return [one.payload for one in subscriber(connection, number)[1]]

    def verified(self) -> dict[int, Leaf]:
        return {event.position: verify(event) for event in self.registers.store.events()}

    def holds_bytes(self, number: str) -> list[str]:
        """Files in which the digits of a number stand, of the database, the imports and what lies beside."""
        digits = number[1:].encode()
        needles = (digits, digits[2:])
        found = []
        for path in self.files():
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue
            if any(needle in content for needle in needles):
                found.append(path.name)
        return found

    def files(self) -> list[Path]:
        beside = [path for path in self.folder.rglob("*") if path.is_file()]
        if self.url.startswith("sqlite"):
            where = Path(self.url.removeprefix("sqlite:///")).parent
            return [*beside, *(path for path in where.rglob("*") if path.is_file())]
        with psycopg.connect(self.url, autocommit=True) as connection:
            # As the guide asks of whoever runs the server: log files that are done with are removed, not used again.
            connection.execute("ALTER SYSTEM SET wal_recycle = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CHECKPOINT")
            (folder,) = connection.execute("SHOW data_directory").fetchone()
            (oid,) = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
        inside = [*Path(folder, "base", str(oid)).iterdir(), *Path(folder, "pg_wal").iterdir()]
        return [*beside, *(path for path in inside if path.is_file())]


@pytest.fixture
def town(database_url: str, tmp_path: Path) -> Town:
    here = Town(database_url, tmp_path / "town")
    yield here
    here.registers.close()


def nobody_elses() -> str:
    """A number of no other test: the server's log has what all of them wrote."""
    return f"+86177{secrets.randbelow(10**8):08}"


def day(text: str, hour: int = 12) -> datetime:
    return datetime.fromisoformat(text).replace(hour=hour, tzinfo=SHANGHAI)


def test_the_longest_duty_in_force_wins() -> None:
    for lost, erased in {
        "2025-11-29": "2026-04-30",
        "2025-11-30": "2026-05-31",
        "2025-12-15": "2026-06-16",
        "2026-08-31": "2027-03-01",
        "2025-03-31": "2025-09-01",
    }.items():
        assert due(day(lost)).at == day(erased, 0), lost


def test_a_consent_withdrawn_goes_when_it_is_due_and_the_refusal_stays(town: Town) -> None:
    hash = "ab" * 32
    given = reg.ConsentGiven(number=WANG, to="bank", evidence_kind="form", evidence_hash=hash)
    (consent,) = town.say(given)
    (refusal,) = town.say(reg.ConsentWithdrawn(number=WANG, to="bank"), on=day("2026-02-10"))
    town.until(day("2026-08-10", 23))
    assert town.eraser.run().erased == 0
    assert town.verified()[consent] is Leaf.INTACT
    town.until(day("2026-08-11", 0))
    done = town.eraser.run()
    assert (done.erased, done.reasons, done.purged) == (1, {"withdrawn": 1}, True)
    assert town.evidence == [frozenset({hash})]
    assert town.verified()[consent] is Leaf.ERASED
    assert town.verified()[refusal] is Leaf.INTACT
    assert list(unaccounted(town.registers.store)) == []
    assert town.said(WANG) == [reg.ConsentWithdrawn(number=WANG, to="bank")]
    assert town.eraser.run().erased == 0


def test_everything_of_somebody_forgotten_goes_bytes_and_all(town: Town) -> None:
    wang, li = nobody_elses(), nobody_elses()
    town.say(
        reg.ConsentGiven(number=wang, to="bank"),
        reg.WishStated(number=wang, says="decline", channel="call"),
        reg.WishStated(number=li, says="decline"),
    )
    assert town.holds_bytes(wang)
    town.until(day("2026-02-10"))
    forgotten = forget(town.registers, wang, what="everything", door="page", proof="one-time-code", actor="subscriber")
    assert (forgotten.statements, forgotten.organisations) == (2, 1)
    assert [type(one) for one in town.said(wang)] == [reg.SubscriberForgotten]
    town.until(day("2026-08-11", 1))
    done = town.eraser.run()
    assert (done.erased, done.purged) == (3, True)
    town.now += timedelta(hours=2)
    again = town.eraser.hourly()
    assert again is not None
    assert again.purged
    assert town.holds_bytes(wang) == []
    assert town.holds_bytes(li)
    assert town.said(li) == [reg.WishStated(number=li, says="decline")]
    with pytest.raises(InvalidCommand) as refused:
        town.registers.write(reg.ConsentGiven(number=wang, to="shop"), actor="test", at=BEGIN)
    assert refused.value.rule == "suppressed"
    town.say(reg.ConsentGiven(number=wang, to="shop"))
    assert len(town.said(wang)) == 1


def test_forgetting_consents_leaves_wishes_and_refusals(town: Town) -> None:
    decline = reg.WishStated(number=WANG, says="decline", channel="call")
    refusal = reg.ConsentWithdrawn(number=WANG, to="shop")
    town.say(reg.ConsentGiven(number=WANG, to="bank"), decline, refusal)
    forget(town.registers, WANG, what="consents", door="page", proof="one-time-code", actor="subscriber")
    assert town.said(WANG)[:2] == [decline, refusal]
    assert len(town.said(WANG)) == 3
    town.until(day("2027-01-01"))
    assert town.eraser.run().reasons == {"forgotten": 2}
    assert town.said(WANG) == [decline, refusal]


def test_a_hold_stops_it_until_it_is_lifted(town: Town) -> None:
    town.say(reg.ConsentGiven(number=WANG, to="bank"), reg.ConsentGiven(number=LI, to="bank"))
    town.say(
        reg.ConsentWithdrawn(number=WANG, to="bank"),
        reg.ConsentWithdrawn(number=LI, to="bank"),
        reg.LegalHoldSet(id="case-1", number=WANG, reason="投诉"),
        on=day("2026-02-10"),
    )
    town.until(day("2026-09-01"))
    assert town.eraser.run().erased == 1
    assert len(town.said(WANG)) == 2
    assert len(town.said(LI)) == 1
    town.say(reg.LegalHoldSet(id="case-1", number=WANG, held=False), on=day("2026-09-05"))
    assert town.eraser.hourly().erased == 1
    assert len(town.said(WANG)) == 1


def test_rows_of_an_import_go_and_the_others_keep_their_proofs(town: Town, tmp_path: Path) -> None:
    numbers = [f"138{place:08}" for place in range(300)]
    path = tmp_path / "list.csv"
    path.write_text("手机号,机构\n" + "".join(f"{number},bank\n" for number in numbers), encoding="utf-8")
    report = town.registers.take(path, "consent", actor="test")
    position = int(report.id.rpartition(":")[2])
    for number in (numbers[7], numbers[8], numbers[299]):
        town.say(reg.ConsentWithdrawn(number=f"+86{number}", to="bank"))
    path.unlink()
    town.until(day("2026-12-01"))
    done = town.eraser.run()
    assert (done.erased, done.purged) == (3, True)
    event = next(town.registers.store.events(position - 1, 1))
    assert verify(event) is Leaf.INTACT
    assert sum(frame.height for frame in read_segment(event, town.folder / "segments")) == 297
    assert len(leaves_of_batch(town.folder / "segments" / event.rewritten["file"], event.payload, 0)) == 300
    assert town.said(f"+86{numbers[7]}") == [reg.ConsentWithdrawn(number=f"+86{numbers[7]}", to="bank")]
    assert len(town.said(f"+86{numbers[9]}")) == 1
    town.say(reg.ConsentWithdrawn(number=f"+86{numbers[9]}", to="bank"))
    town.until(day("2027-12-01"))
    assert town.eraser.run().erased == 1
    event = next(town.registers.store.events(position - 1, 1))
    assert sum(frame.height for frame in read_segment(event, town.folder / "segments")) == 296
    assert [path.suffix for path in sorted((town.folder / "segments").glob("*.parquet*"))] == [".parquet", ".index"]
    before = everything(town)
    town.registers.close()
    with open_store(town.url, town.folder / "segments") as store:
        rebuild(store)
    town.registers = town.opened()
    assert everything(town) == before
    assert len(town.said(f"+86{numbers[9]}")) == 1
    assert len(town.said(f"+86{numbers[10]}")) == 1


def everything(town: Town) -> dict[str, list[tuple[object, ...]]]:
    with town.registers.store.read() as connection:
        return {
            table: sorted(connection.raw.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for view in town.registers.store.views
            for table in view.tables
        }


def test_a_whole_import_goes_with_its_file(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    one, other = nobody_elses(), nobody_elses()
    rows = f"{one},bank,2026-02-01\n{other},bank,2026-02-01\n"
    path.write_text(f"手机号,机构,到期\n{rows}", encoding="utf-8")
    report = town.registers.take(path, "consent", actor="test", defaults={})
    path.unlink()
    position = int(report.id.rpartition(":")[2])
    town.until(day("2026-08-03", 1))
    assert town.eraser.run().erased == 2
    assert town.verified()[position] is Leaf.ERASED
    assert list((town.folder / "segments").glob("*.parquet*")) == []
    town.now += timedelta(hours=2)
    again = town.eraser.hourly()
    assert again is not None
    assert again.purged
    assert town.holds_bytes(one) == []


def test_an_old_list_does_not_bring_anybody_back(town: Town, tmp_path: Path) -> None:
    town.say(reg.ConsentGiven(number=WANG, to="bank"))
    forget(town.registers, WANG, what="consents", door="page", proof="one-time-code", actor="subscriber")
    path = tmp_path / "old.csv"
    path.write_text("手机号,机构,时间\n13800138000,bank,2025-06-01\n13900139000,bank,2025-06-01\n", encoding="utf-8")
    with pytest.raises(InvalidFile, match="suppressed"):
        town.registers.take(path, "consent", actor="test")
    report = town.registers.take(path, "consent", actor="test", good_rows=True)
    assert (report.rows, [bad.row for bad in report.bad]) == (1, [2])
    town.now += timedelta(days=1)
    path.write_text("手机号,机构\n13800138000,bank\n", encoding="utf-8")
    assert town.registers.take(path, "consent", actor="test").rows == 1


def test_marks_without_their_key_stop_consents_and_say_so(town: Town) -> None:
    forget(town.registers, WANG, what="consents", door="page", proof="one-time-code", actor="subscriber")
    (town.folder / "seal.key").write_bytes(bytes(32))
    town.registers.close()
    town.registers = town.opened()
    with pytest.raises(Unavailable) as refused:
        town.say(reg.ConsentGiven(number=LI, to="bank"))
    assert refused.value.rule == "suppression-key"


def test_a_statement_made_meanwhile_postpones_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.say(reg.ConsentGiven(number=WANG, to="bank"), reg.ConsentWithdrawn(number=WANG, to="bank"))
    town.until(day("2026-12-01"))
    marks = town.eraser._marks

    def meanwhile(*asked: object) -> object:
        town.say(reg.LegalHoldSet(id="case", number=WANG))
        return marks(*asked)

    monkeypatch.setattr(town.eraser, "_marks", meanwhile)
    assert (town.eraser.run().postponed, len(town.said(WANG))) == (1, 2)

"""The writer on both databases: numbering, refusal alone, idempotency, fencing, the feed."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
import structlog

from anning import logs
from anning.errors import AnningError, Conflict, InvalidCommand, NotTheWriter, Unavailable
from anning.journal import Ack, Connection, Entry, Event, Follower, Leaf, Position, Store, Writer, rebuild, verify
from anning.journal.envelope import new_salt, now, to_microseconds
from anning.journal.sqlite import SqliteDatabase
from anning.journal.store import excerpts_after
from journal_world import AT, Note, create, gap_free, open_again, tables


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with create(database_url) as store:
        yield store


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    with Writer.acquire(store) as writer:
        yield writer


def say(writer: Writer, name: str, words: str, key: str, **more: str) -> Ack:
    note = Note(name, words, key=key, **more)
    return writer.write(note, **note.say(), timeout=60)


class Held:
    """A command that leads to nothing, and keeps the writer busy until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def digest(self) -> bytes:
        return b"held"

    def decide(self, _: Connection) -> list[Entry]:
        self.begun.set()
        assert self.let_go.wait(60)
        return []


@contextmanager
def sharing_a_commit(writer: Writer) -> Iterator[None]:
    """What is submitted within goes into one commit, however fast the machine is."""
    held = Held()
    waiting = writer.submit(held, key="held", tenant="cmcc", actor="ops", at=AT)
    assert held.begun.wait(60)
    try:
        yield
    finally:
        held.let_go.set()
    assert waiting.result(60).first == 0


def submit_together(writer: Writer, notes: Sequence[Note]) -> list[Future[Ack]]:
    with sharing_a_commit(writer):
        return [writer.submit(note, **note.say()) for note in notes]


def recorded_together(store: Store) -> bool:
    """Whether all events carry the one moment of one commit."""
    return len({event.recorded_at for event in store.events()}) == 1


def test_positions_run_from_one_without_gaps(store: Store, writer: Writer) -> None:
    assert store.head() == Position("test", 0)
    assert say(writer, "a", "x", "1") == Ack("test", 1, 1, duplicate=False)
    twice = say(writer, "a", "say twice", "2")
    assert (twice.first, twice.last, twice.ids) == (2, 3, ("test:2", "test:3"))
    nothing = say(writer, "a", "say twice", "3")
    assert (nothing.first, nothing.last, nothing.ids) == (0, 0, ())
    assert say(writer, "b", "y", "4").first == 4
    assert store.head() == Position("test", 4)
    events = list(store.events())
    assert gap_free(events)
    assert all(verify(event) is Leaf.INTACT for event in events)
    assert [event.position for event in store.events(1, 2)] == [2, 3]
    assert events[0].at == AT
    assert events[0].payload == {"name": "a", "words": "x"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [("refuse", Conflict), ("break", ZeroDivisionError), ("break the view", RuntimeError)],
)
def test_a_command_that_fails_takes_nothing_with_it(
    store: Store, writer: Writer, words: str, expected: type[Exception]
) -> None:
    futures = submit_together(writer, [Note("a", "x", key="1"), Note("b", words, key="2"), Note("c", "z", key="3")])
    assert futures[0].result(60).first == 1
    with pytest.raises(expected):
        futures[1].result(60)
    assert futures[2].result(60).first == 2
    assert recorded_together(store)
    assert [row[1] for row in tables(store)["notes"]] == ["a", "c"]


def test_a_broken_statement_takes_nothing_with_it(store: Store, writer: Writer) -> None:
    before = Note("a", "x", key="1")
    broken = Note("b", "break the database", key="2")
    after = Note("c", "z", key="3")
    futures = submit_together(writer, [before, broken, after])
    assert futures[0].result(60).first == 1
    assert "nowhere" in str(futures[1].exception(60))
    assert futures[2].result(60).first == 2
    assert recorded_together(store)


@pytest.mark.parametrize("poison", ["\udc80", "a\ud800b", "a\0b", ""])
def test_a_key_that_cannot_be_kept_harms_nobody_else(store: Store, writer: Writer, poison: str) -> None:
    with sharing_a_commit(writer):
        before, after = Note("a", "x", key="1"), Note("c", "z", key="3")
        first = writer.submit(before, **before.say())
        with pytest.raises(InvalidCommand) as refused:
            writer.submit(Note("b", "y", key=poison), **Note("b", "y", key=poison).say())
        second = writer.submit(after, **after.say())
    assert (refused.value.field, refused.value.rule) == ("key", "plain-text")
    assert (first.result(60).first, second.result(60).first) == (1, 2)
    assert recorded_together(store)


def test_asked_again_is_answered_the_same(writer: Writer, store: Store) -> None:
    first = say(writer, "a", "x", "1")
    assert say(writer, "a", "x", "1") == Ack(first.log_id, first.first, first.last, duplicate=True)
    with pytest.raises(Conflict) as refused:
        say(writer, "a", "other words", "1")
    assert refused.value.rule == "idempotency"
    assert say(writer, "a", "other words", "1", tenant="cucc").first == 2
    assert store.head().position == 2


def test_what_failed_may_be_tried_again_under_its_key(writer: Writer) -> None:
    with pytest.raises(Conflict):
        say(writer, "a", "refuse", "1")
    assert say(writer, "a", "x", "1").first == 1


def test_answers_outlive_the_writer(store: Store, database_url: str) -> None:
    with Writer.acquire(store) as writer:
        first = say(writer, "a", "x", "1")
        nothing = say(writer, "a", "x", "2")
    with open_again(database_url) as reopened, Writer.acquire(reopened) as writer:
        assert say(writer, "a", "x", "1") == Ack("test", first.first, first.last, duplicate=True)
        assert say(writer, "a", "x", "2") == Ack("test", nothing.first, nothing.last, duplicate=True)
        assert say(writer, "b", "y", "3").first == 2


def test_the_same_key_many_times_at_once_is_written_once(writer: Writer, store: Store) -> None:
    note = Note("a", "x", key="1")
    acks = [future.result(60) for future in submit_together(writer, [note] * 50)]
    assert {ack.first for ack in acks} == {1}
    assert [ack.duplicate for ack in acks].count(False) == 1
    assert store.head().position == 1


def test_many_threads(writer: Writer, store: Store) -> None:
    acks: list[Ack] = []

    def write_some(thread: int) -> None:
        for index in range(25):
            acks.append(say(writer, f"{thread}-{index}", "x", f"{thread}-{index}"))

    threads = [threading.Thread(target=write_some, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(ack.first for ack in acks) == list(range(1, 201))
    assert gap_free(store.events())


class Forged:
    """A command whose entries speak for somebody else."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def digest(self) -> bytes:
        return b"forged"

    def decide(self, connection: Connection) -> Sequence[Entry]:
        return [self.entry]


@pytest.mark.parametrize("field", ["tenant", "actor", "key", "at"])
def test_nobody_writes_in_anothers_name(writer: Writer, store: Store, field: str) -> None:
    mine = {"tenant": "cmcc", "actor": "ops", "key": "1", "at": AT}
    other = {**mine, field: AT.replace(year=2027) if field == "at" else "another"}
    with pytest.raises(InvalidCommand) as refused:
        writer.write(Forged(Entry("note", {}, **other)), **mine, timeout=60)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert store.head().position == 0


def test_one_writer_at_a_time(store: Store, writer: Writer, database_url: str) -> None:
    with open_again(database_url) as other, pytest.raises(NotTheWriter):
        Writer.acquire(other, wait=0.05)
    with pytest.raises(NotTheWriter):
        rebuild(store, wait=0)
    writer.close()
    with Writer.acquire(store, wait=0) as next_one:
        assert next_one.epoch > writer.epoch


def test_a_fenced_writer_writes_no_more(store: Store, writer: Writer) -> None:
    say(writer, "a", "x", "1")
    with store.database.connect() as connection:
        connection.execute("UPDATE journal SET epoch = epoch + 1")
    with pytest.raises(NotTheWriter) as refused:
        say(writer, "b", "y", "2")
    assert refused.value.rule == "fencing"
    with pytest.raises(NotTheWriter):
        say(writer, "c", "z", "3")
    assert store.head().position == 1
    assert [row[1] for row in tables(store)["notes"]] == ["a"]


@pytest.mark.postgres
def test_a_server_that_goes_away_ends_the_writer(new_database, postgres_server: str) -> None:  # type: ignore[no-untyped-def]
    with create(new_database("postgresql")) as store, Writer.acquire(store) as writer:
        say(writer, "a", "x", "1")
        with store.database.connect() as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        with pytest.raises(Unavailable):
            say(writer, "b", "y", "2")
        with pytest.raises(AnningError):
            say(writer, "b", "y", "2")
    with create(store.database.url) as store, Writer.acquire(store) as writer:
        assert say(writer, "b", "y", "2").first == 2


def test_closing_answers_what_was_queued(store: Store) -> None:
    writer = Writer.acquire(store)
    notes = [Note(str(index), "x", key=str(index)) for index in range(300)]
    futures = [writer.submit(note, **note.say()) for note in notes]
    writer.close()
    assert [future.result(0).first for future in futures] == list(range(1, 301))
    with pytest.raises(NotTheWriter):
        say(writer, "late", "x", "late")


def test_subscribers_hear_everything_in_order_before_the_answer(store: Store, writer: Writer) -> None:
    heard: list[Event] = []

    def broken(events: Sequence[Event]) -> None:
        raise RuntimeError("a subscriber's own trouble")

    writer.subscribe(broken)
    leave = writer.subscribe(heard.extend)
    for index in range(20):
        ack = say(writer, str(index), "x", str(index))
        assert heard[-1].position == ack.last
    assert heard == list(store.events())
    leave()
    say(writer, "unheard", "x", "unheard")
    assert len(heard) == 20


def test_a_log_that_cannot_be_written_stops_nobody(store: Store, writer: Writer) -> None:
    def broken(_: Sequence[Event]) -> None:
        raise RuntimeError("a subscriber's own trouble")

    closed = io.StringIO()
    logs.configure("debug", closed)
    closed.close()
    try:
        writer.subscribe(broken)
        assert say(writer, "a", "x", "1").first == 1
        assert say(writer, "b", "y", "2").first == 2
    finally:
        structlog.reset_defaults()


def test_a_writer_that_dies_leaves_nobody_waiting(store: Store, writer: Writer) -> None:
    def deadly(_: Sequence[Event]) -> None:
        raise SystemExit

    writer.subscribe(deadly)
    with sharing_a_commit(writer):
        futures = [writer.submit(Note("a", "x", key=key), **Note("a", "x", key=key).say()) for key in "12"]
    for future in futures:
        assert isinstance(future.exception(60), Unavailable)
    with pytest.raises(Unavailable):
        say(writer, "c", "z", "3")
    with Writer.acquire(store, wait=60) as successor:
        again = Note("a", "x", key="1")
        assert successor.write(again, **again.say(), timeout=60) == Ack("test", 1, 1, duplicate=True)


class HardToClose(Connection):
    """A connection that closes with an error, as one does whose disk or server has gone."""

    def close(self) -> None:
        super().close()
        raise OSError("input/output error")


class HardToCloseDatabase(SqliteDatabase):
    def connect(self, *, read_only: bool = False) -> Connection:
        connection = super().connect(read_only=read_only)
        return connection if read_only else HardToClose(connection.raw, connection.dialect, connection.segments)


def test_a_connection_that_does_not_close_keeps_no_lock(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'anning.db'}"
    with create(url) as ordinary:
        lock = ordinary.database.lock(0)
        store = Store(HardToCloseDatabase(url, None), ordinary.views, ordinary.log_id)
        writer = Writer(store, lock, 0, group_commit_max=1, clock=now, salts=new_salt)
        assert say(writer, "a", "x", "1").first == 1
        writer.close()
        with Writer.acquire(ordinary, wait=0) as successor:
            assert say(successor, "b", "y", "2").first == 2


def test_followers_of_other_processes_hear_everything_once(store: Store, writer: Writer, database_url: str) -> None:
    say(writer, "a", "x", "1")
    with open_again(database_url) as other, Follower(other) as follower, Follower(other, after=1) as late:
        assert [event.position for event in follower.poll()] == [1]
        assert follower.poll() == []
        say(writer, "b", "say twice", "2")
        assert [event.position for event in late.wait(60)] == [2, 3]
        assert follower.wait(60) == list(store.events(1))
        say(writer, "c", "z", "3")
        assert [event.position for event in follower.wait(60)] == [4]
        assert follower.position == 4


def test_followers_that_read_less_read_the_same(store: Store, writer: Writer) -> None:
    for index in range(5):
        say(writer, str(index), "退订", str(index))
    with Follower(store, after=1, read=excerpts_after) as follower:
        heard = follower.wait(60)
    assert list(store.excerpts(1)) == heard
    assert [(one.position, one.kind, one.tenant) for one in heard] == [(n, "note", "cmcc") for n in range(2, 6)]
    assert [msgspec.json.decode(one.payload) for one in heard] == [event.payload for event in store.events(1)]
    assert {one.at for one in heard} == {to_microseconds(AT)}


def test_a_follower_that_waits_hears_at_once_or_nothing(store: Store, writer: Writer) -> None:
    with Follower(store) as follower:
        assert follower.wait(0.01) == []
        heard: list[int] = []
        waiting = threading.Thread(target=lambda: heard.extend(event.position for event in follower.wait(60)))
        waiting.start()
        say(writer, "a", "x", "1")
        waiting.join(60)
        assert heard == [1]

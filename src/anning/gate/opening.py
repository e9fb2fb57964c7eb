"""A gate from the system of record (由事件库建立闸口).

A small world is read from the first event into full histories. A large one stands on a snapshot of the compact index
and reads on from there; a snapshot that is torn, older, of another journal, or ahead of its journal is refused, and
the index is made anew.
"""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from anning.errors import TornSegment, Unavailable
from anning.gate.counts.contacts import KeepsContacts
from anning.gate.counts.view import CountsView
from anning.gate.gate import Gate
from anning.gate.index import CompactIndex, snapshot
from anning.gate.keeper import SOCKET_NAME, SharedIndex
from anning.journal import Store
from anning.journal.erasing import erasures_after, last_erasure
from anning.logs import warn
from anning.registers.erased_rows import numbers_told
from anning.registers.events import ContactsRecorded, kind_of_type
from anning.registers.histories import subscribers
from anning.registers.open import must_exist
from anning.registers.stated import stated
from anning.registers.statements import Subscriber
from anning.registers.views import MIGRATIONS, QUERIES, RegisterView

SMALL: Final = 50_000
"""Statements up to which full histories are read at every start."""

TAIL_WORTH_A_SNAPSHOT: Final = 200_000
"""Statements read beyond a snapshot after which a new one is written."""

SNAPSHOT_NAME: Final = "index.snapshot"

_CONTACTS: Final = kind_of_type(ContactsRecorded)
_writing: Final = threading.Lock()
_log = structlog.get_logger(__name__)


def open_gate(
    url: str,
    segments: Path | None = None,
    *,
    snapshots: Path | None = None,
    shared: bool = False,
    small: int = SMALL,
    counts: Path | None = None,
    shards: int = 1,
) -> Gate:
    """A gate that has followed the whole journal of a database, with a snapshot of the counts.

    Args:
        url: ``sqlite:///path`` or ``postgresql://...``.
        segments: the folder of import segments, where it is not beside the database.
        snapshots: the folder of the index's snapshot; when a process keeps the index there (`anning index keep`), it
            is read along. Without it large worlds are read from the first event too.
        shared: whether other processes are to read the index along; it is the compact one then.
        small: statements up to which full histories are kept.
        counts: the folder of the counts; until there is one only the contacts that the journal records are counted.
        shards: into how many they are cut.

    Raises:
        Unavailable: there is no such database, or it or the owner of the counts cannot be reached.
        SchemaMismatch: its tables are not those of this code.
        JournalError: the counts are damaged, or those of another journal.
        Conflict: the counts were cut into another number of shards.
    """
    must_exist(url)
    view = CountsView(counts, shards) if counts is not None and counts.exists() else None
    with Store.open(url, [RegisterView()], migrations=MIGRATIONS, segments=segments) as store:
        folder = store.database.segments
        if view is not None:
            view.must_be_of(store.log_id)
        if not shared and _statements(store) <= small:
            gate = Gate(segments=folder, contacts=view, histories=RegisterHistories(url, segments))
            gate.knows_erasures = last_erasure(store)
            gate.follow(store.excerpts(), log_id=store.log_id)
            return gate
        histories = RegisterHistories(url, segments)
        kept = None if shared or snapshots is None else _kept(snapshots, store.log_id)
        if kept is not None and snapshots is not None:
            return _beside_a_keeper(kept, store, snapshots, folder, histories, view)
        gate = _from_snapshot(store, snapshots, folder, histories, view, shared=shared)
        begun = gate.position
        with _without_collecting():
            gate.follow(store.excerpts(gate.position), log_id=store.log_id)
        if snapshots is not None and _statements(store, begun) > TAIL_WORTH_A_SNAPSHOT:
            writing = _snapshot_of(gate, store, snapshots)
            threading.Thread(target=writing, name="anning-snapshot").start()
        return gate


def _kept(snapshots: Path, log_id: str) -> SharedIndex | None:
    """The index that another process keeps, if one does and it is of this journal."""
    path = snapshots / SOCKET_NAME
    if not path.exists():
        return None
    try:
        index = SharedIndex(path)
    except Unavailable:
        return None
    return index if index.log_id == log_id else None


def _beside_a_keeper(
    index: SharedIndex,
    store: Store,
    snapshots: Path,
    folder: Path | None,
    histories: RegisterHistories,
    contacts: KeepsContacts | None,
) -> Gate:
    """A gate that reads the keeper's index along, and the directory from the snapshot on."""
    gate = Gate(index=index, segments=folder, histories=histories, contacts=contacts)
    contents = usable(snapshot.contents_of(snapshots / SNAPSHOT_NAME), store)
    if isinstance(contents, snapshot.Contents):
        _unfold(gate, contents, store)
    gate.follow(store.excerpts(gate.position), log_id=store.log_id)
    return gate


def freshened(gate: Gate, store: Store, snapshots: Path) -> Callable[[], None]:
    """What sees to it, after an erasure, that no snapshot stays that holds what was erased.

    One that is there is written anew from a gate that has followed the erasure; where the gate cannot, it is removed.
    """
    path = snapshots / SNAPSHOT_NAME
    index = gate.sources.index
    if not path.exists():
        return lambda: None
    if isinstance(index, CompactIndex) and index.keepable and not isinstance(index, SharedIndex):
        return _snapshot_of(gate, store, snapshots)
    return lambda: path.unlink(missing_ok=True)


def save(gate: Gate, store: Store, snapshots: Path) -> None:
    """Write a snapshot of the gate as it stands; what fails is logged, for the old one or none serves as well."""
    _snapshot_of(gate, store, snapshots)()


def _snapshot_of(gate: Gate, store: Store, snapshots: Path) -> Callable[[], None]:
    """What writes a snapshot of the gate as it stands now; the gate may go on meanwhile."""
    index = gate.sources.index
    if not isinstance(index, CompactIndex) or not index.keepable or gate.position == 0:
        return lambda: None
    log_id, position, leaf, beside = gate.log_id, gate.position, _leaf(store, gate.position), gate.fold()

    def write() -> None:
        with _writing:
            try:
                snapshots.mkdir(parents=True, exist_ok=True)
                path = snapshots / SNAPSHOT_NAME
                snapshot.write(index, path, log_id=log_id, position=position, leaf=leaf, beside=beside)
            except OSError as error:
                warn(_log, "snapshot-not-written", position=position, error=type(error).__name__)

    return write


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A million statements make no circles, and looking for some takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def usable(found: snapshot.Contents | snapshot.Refused, store: Store) -> snapshot.Contents | snapshot.Refused:
    """A snapshot's table of contents, unless it does not belong to this journal as it stands."""
    if isinstance(found, snapshot.Refused):
        return found
    if found.log_id != store.log_id:
        return snapshot.Refused(
            "foreign", f"快照属于另一日志 {found.log_id}", f"the snapshot is of another journal, {found.log_id}"
        )
    head = store.head().position
    if found.position > head:
        return snapshot.Refused(
            "ahead",
            f"快照已读到第 {found.position} 号，日志只到第 {head} 号：事件库曾被恢复到较早的备份",
            f"the snapshot has read up to {found.position} and the journal ends at {head}: "
            "the database was taken back to an earlier backup",
        )
    with store.read() as connection:
        told = all(
            numbers_told(connection, erasure) is not None for erasure in erasures_after(connection, found.position)
        )
    if not told:
        return snapshot.Refused(
            "erased",
            f"快照只到第 {found.position} 号，此后有内容被擦除，且已不再告知是谁的",
            f"the snapshot has read up to {found.position}, and what was erased since is told of nobody any more",
        )
    if found.leaf != _leaf(store, found.position):
        return snapshot.Refused(
            "diverged",
            f"第 {found.position} 号事件与快照所记不同",
            f"the event at {found.position} is not the one the snapshot has read",
        )
    return found


class RegisterHistories:
    """Full histories from the register tables; the database is opened when it is asked for the first time."""

    def __init__(self, url: str, segments: Path | None) -> None:
        self._url = url
        self._segments = segments
        self._store: Store | None = None

    def __call__(self, numbers: Sequence[str], position: int) -> Mapping[str, Subscriber]:
        """What was said of these numbers in events up to that position."""
        if self._store is None:
            self._store = Store.open(self._url, [RegisterView()], migrations=MIGRATIONS, segments=self._segments)
            weakref.finalize(self, self._store.close)
        try:
            with self._store.read() as connection:
                return subscribers(connection, numbers, position)
        except TornSegment:
            # A file may have been written anew since the connection looked; if it is torn it is so now, too.
            with self._store.read() as connection:
                return subscribers(connection, numbers, position)

    def erased(self, position: int) -> Mapping[str, Sequence[str]] | None:
        """Whose histories an erasure touched, and whom they dealt with; None when that is told no longer."""
        if self._store is None:
            self([], position)
        assert self._store is not None
        with self._store.read() as connection:
            return numbers_told(connection, position)


def _from_snapshot(
    store: Store,
    snapshots: Path | None,
    folder: Path | None,
    histories: RegisterHistories,
    contacts: CountsView | None,
    *,
    shared: bool,
) -> Gate:
    """A gate that stands on the snapshot, or one that has heard nothing when there is none to stand on."""
    path = None if snapshots is None else snapshots / SNAPSHOT_NAME
    found: snapshot.Read | snapshot.Refused = snapshot.Refused("missing", "没有快照", "there is no snapshot")
    if path is not None:
        contents = usable(snapshot.contents_of(path), store)
        found = (
            contents
            if isinstance(contents, snapshot.Refused)
            else snapshot.read(path, contents, shared=shared, histories=histories)
        )
    if isinstance(found, snapshot.Refused):
        if found.rule != "missing":
            warn(_log, "snapshot-refused", rule=found.rule, zh=found.zh, en=found.en)
        index = CompactIndex.empty(shared=shared, histories=histories)
        gate = Gate(index=index, segments=folder, histories=histories, contacts=contacts)
        gate.knows_erasures = last_erasure(store)
        return gate
    gate = Gate(index=found.index, segments=folder, histories=histories, contacts=contacts)
    _unfold(gate, found.contents, store)
    return gate


def _unfold(gate: Gate, contents: snapshot.Contents, store: Store) -> None:
    """Stand on a snapshot; contacts that it lacks, counted elsewhere when it was made, are told again."""
    after = gate.unfold(contents.beside, contents.log_id, contents.position)
    again = store.excerpts(after, contents.position - after)
    gate.contacts.take(stated(excerpt for excerpt in again if excerpt.kind == _CONTACTS))


def _statements(store: Store, after: int = 0) -> int:
    """Single statements and rows of imports after a position."""
    with store.read() as connection:
        rows = QUERIES.value(connection, "imported_rows", after=after)
    return store.head().position - after + int(rows or 0)


def _leaf(store: Store, position: int) -> str:
    return next((event.leaf_hash.hex() for event in store.events(position - 1, 1)), "")

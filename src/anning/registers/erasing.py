"""What is due is erased (到期擦除): by the house every hour, or by hand.

A run looks at everything once, then erases number by number, those of a number at once: what took the effect from
something never goes before it. Each piece is one command: the writer takes it when nothing was said meanwhile of these
numbers, else the next run looks again. Files are written anew first; the event decides which of them stands.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import structlog

from anning.errors import Conflict, JournalError, Unavailable
from anning.journal import Connection, Entry, steps
from anning.journal.database import ERASED
from anning.journal.envelope import to_microseconds
from anning.journal.erasing import File, must_be_known, payload_of, purge, remove_file, sweep_files
from anning.journal.folders import flush
from anning.journal.segment_files import checked_file
from anning.journal.segment_rewriting import rewrite
from anning.journal.segments import importing_alone
from anning.journal.store import excerpts_after
from anning.law.calendar import SHANGHAI
from anning.logs import warn
from anning.registers.due import Item, all_due, holds_at
from anning.registers.erased_rows import TOLD
from anning.registers.events import SuppressionKept, kind_of
from anning.registers.events import payload_of as plain
from anning.registers.open import Registers
from anning.registers.queries import QUERIES
from anning.registers.retention import Holds
from anning.registers.segment_rows import Imported, imported
from anning.registers.tables import TABLES

ACTOR: Final = "calendar"
TOLD_FOR: Final = timedelta(hours=1)
"""For how long followers are told whose histories an erasure touched."""

PIECE: Final = 1_000
"""Statements that one command erases, those of whole numbers."""

Evidence = Callable[[frozenset[str]], None]

_log = structlog.get_logger(__name__)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did (擦除结果).

    Attributes:
        erased: how many statements; `reasons`: why.
        postponed: how many were due and wait for the next run, since something was said of them meanwhile.
        ids: the places of the erasures.
        marks: how many marks were set.
        purged: whether the bytes are gone from the database's files; else the next run sees to it.
    """

    erased: int = 0
    reasons: dict[str, int] = {}
    postponed: int = 0
    ids: tuple[str, ...] = ()
    marks: int = 0
    purged: bool = True


class Eraser:
    """Erases what is due.

    Args:
        registers: whose.
        evidence: has what proved a consent erased, by its hash, before the consent is.
    """

    def __init__(self, registers: Registers, evidence: Evidence | None = None) -> None:
        self._registers = registers
        self._store = registers.store
        self._evidence = evidence
        self._looked: tuple[object, Holds] | None = None
        self._to_purge: set[str] = set()
        self._begun = False
        self._alone = threading.Lock()

    def due(self, at: datetime | None = None) -> list[Item]:
        """What is due at a moment, now when none is named."""
        with self._store.read() as connection:
            return list(all_due(connection, at or self._registers.now))

    def hourly(self) -> Done | None:
        """Run when a day has begun or a hold was set or lifted since the last run; see to what that one left."""
        now = self._registers.now
        self._untell(now)
        with self._store.read() as connection:
            seen = (now.astimezone(SHANGHAI).date(), holds_at(connection, now))
        if seen == self._looked:
            if self._to_purge:
                self._purge()
            return None
        done = self.run()
        if not done.postponed:
            self._looked = seen
        return done

    def run(self) -> Done:
        """Erase all that is due now.

        Raises:
            Unavailable: evidence cannot be erased, or the database is away; what was not erased is due still.
        """
        with self._alone:
            return self._run()

    def _run(self) -> Done:
        now = self._registers.now
        if not self._begun:
            self._begun = True
            with self._store.read() as connection:
                recent = QUERIES.value(connection, "erasure_before", moment=to_microseconds(now))
            # Whoever was killed after recording an erasure left the bytes to us.
            if recent:
                self._to_purge.add(TOLD)
        folder = self._store.database.segments
        with importing_alone(folder) if folder is not None and folder.is_dir() else nullcontext():
            sweep_files(self._store)
            with self._store.read() as connection:
                position = self._store.head().position
                pieces = list(_pieces(all_due(connection, now)))
            done = Done()
            for piece in pieces:
                done = self._erase(piece, position, now, done)
        return msgspec.structs.replace(done, purged=self._purge())

    def _erase(self, piece: Sequence[Item], position: int, now: datetime, before: Done) -> Done:
        rewritten: list[tuple[Path, File]] = []
        try:
            rewritten = self._rewritten(piece)
            marks = self._marks(piece, now)
            self._let_go_of_evidence(piece)
            command = _Erase(piece, [file for _, file in rewritten], marks, self._registers, position, now)
            ack = self._registers.writer.write(command, key=command.key, tenant=command.tenant, actor=ACTOR, at=now)
        except Conflict as changed:
            warn(_log, "erasure-postponed", statements=len(piece), en=changed.en)
            sweep_files(self._store)
            return msgspec.structs.replace(before, postponed=before.postponed + len(piece))
        steps.reached("erasing.after-event")
        for old, _ in rewritten:
            remove_file(old)
            flush(old.parent)
        steps.reached("erasing.after-unlink")
        self._to_purge.update((TOLD, *(TABLES[item.kind].name for item in piece)))
        return Done(
            erased=before.erased + len(piece),
            reasons=dict(Counter(before.reasons) + Counter(item.reason for item in piece)),
            postponed=before.postponed,
            ids=(*before.ids, ack.ids[-1]),
            marks=before.marks + len(marks),
        )

    def _rewritten(self, piece: Sequence[Item]) -> list[tuple[Path, File]]:
        """The files of all imports of which rows go, written anew, each with the file it replaces."""
        rows: dict[int, set[int]] = {}
        for item in piece:
            if item.imported:
                rows.setdefault(item.position, set()).add(item.line)
        found = []
        for position, lines in rows.items():
            event = self._import_at(position)
            folder = self._store.segments
            old = checked_file(event, folder)
            found.append((old, rewrite(event.payload, position, folder, np.array(sorted(lines), dtype=np.int64))))
        return found

    def _import_at(self, position: int) -> Imported:
        with self._store.read() as connection:
            found = excerpts_after(connection, position - 1, 1)
        whole = imported(found[0]) if found else None
        if whole is None or whole.position != position:
            raise JournalError(f"第 {position} 号不是导入", f"there is no import at {position}", thing=str(position))
        return whole

    def _marks(self, piece: Sequence[Item], now: datetime) -> list[SuppressionKept]:
        pairs = sorted({(item.number, item.org) for item in piece if item.needs_mark})
        marks = self._registers.marks
        if pairs and marks is None:
            raise Unavailable(
                "没有抑制标记的密钥，不能擦除曾拒绝者的同意",
                "without a key for suppression marks the consents of people who refused cannot be erased",
                thing="suppression",
                rule="suppression-key",
            )
        return [marks.kept(number, org, now) for number, org in pairs] if marks is not None else []

    def _let_go_of_evidence(self, piece: Sequence[Item]) -> None:
        """What proved only what goes now goes first: were we killed between, the consent is due still."""
        counted = Counter(item.evidence for item in piece if item.evidence)
        if not counted or self._evidence is None:
            return
        with self._store.read() as connection:
            alone = frozenset(
                hash
                for hash, count in counted.items()
                if QUERIES.value(connection, "evidence_used", hash=hash) <= count
            )
        self._evidence(alone)

    def _untell(self, now: datetime) -> None:
        """Whose histories were touched is told no longer once everybody had time to hear it."""
        with self._store.read() as connection:
            position = QUERIES.value(connection, "erasure_before", moment=to_microseconds(now - TOLD_FOR))
            told = bool(position and QUERIES.value(connection, "numbers_untold", position=position))
        if told:
            with self._store.database.connect() as writing, writing.transaction(self._store.database.begin_write):
                QUERIES.change(writing, "untell_numbers", position=position)
            self._to_purge.add(TOLD)

    def _purge(self) -> bool:
        if not self._to_purge:
            return True
        purged = purge(self._store, sorted(self._to_purge))
        if purged:
            self._to_purge.clear()
        steps.reached("erasing.after-purge")
        return purged


class _Erase:
    """The command that erases a piece; see `anning.journal.command.Command`."""

    def __init__(
        self,
        piece: Sequence[Item],
        files: Sequence[File],
        marks: Sequence[SuppressionKept],
        registers: Registers,
        position: int,
        now: datetime,
    ) -> None:
        self.tenant = registers.tenant
        self.key = f"erase-{secrets.token_hex(12)}"
        self._files, self._marks, self._position, self._now = files, marks, position, now
        self._numbers = {item.number for item in piece if item.number}
        self._leaves = sorted({item.position for item in piece if not item.imported})
        self._payload = payload_of(Counter(item.reason for item in piece), self._leaves, files)

    def digest(self) -> bytes:
        """Its key, which is new each time."""
        return hashlib.sha256(self.key.encode()).digest()

    def decide(self, connection: Connection, /) -> list[Entry]:
        """The marks, then the erasure.

        Raises:
            Conflict: something was said meanwhile that may make what is to go count again.
        """
        since = self._position
        said = {row[0] for row in QUERIES.rows(connection, "said_since", position=since)}
        if QUERIES.value(connection, "held_or_imported_since", position=since) or not said.isdisjoint(self._numbers):
            raise Conflict(
                "待擦除的号码此间又有登记，留待下一次",
                "something was said meanwhile of what is to be erased: the next run looks again",
                thing=ERASED,
                rule="meanwhile",
            )
        must_be_known(connection, self._leaves)
        entries = [Entry(kind_of(one), plain(one), self.tenant, ACTOR, self._now, self.key) for one in self._marks]
        return [*entries, Entry(ERASED, self._payload, self.tenant, ACTOR, self._now, self.key)]


def _pieces(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items that are erased together: never those of one number apart, and all that touch files at once."""
    with_files: list[Item] = []
    waiting: list[Item] = []
    for of_number in _by_number(items):
        if any(item.imported for item in of_number):
            with_files += of_number
            continue
        waiting += of_number
        if len(waiting) >= PIECE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
    if with_files:
        yield with_files


def _by_number(items: Iterable[Item]) -> Iterator[list[Item]]:
    together: list[Item] = []
    for item in items:
        if together and (not item.number or item.number != together[-1].number):
            yield together
            together = []
        together.append(item)
    if together:
        yield together

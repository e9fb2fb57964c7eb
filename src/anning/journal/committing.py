"""Commands made into one transaction (成组提交): decided in order, applied to the views together, appended, committed.

A command must see the views as its forerunners left them, and most commands read nothing that these changed. So what
was decided is applied to the views only when a command reaches for the database, or at the end; and what a command
read before is remembered until an event of that kind is taken (`Connection.remembered`): nobody else can have changed
it, since the epoch is locked and compared before anything else.

When a view or the database refuses something the whole is undone and done again with a savepoint for each command, so
that each fails alone. Salts that were drawn are used again: nothing of them was ever written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from anning.errors import AnningError, Conflict, InvalidCommand, NotTheWriter
from anning.journal import erasing, steps
from anning.journal.command import Ack, Answer, Batch, Task
from anning.journal.database import Connection
from anning.journal.driver import family_error
from anning.journal.envelope import Clock, Entry, Event, Salts, seal, to_microseconds
from anning.journal.store import STATEMENTS, Store

EVENT_COLUMNS: Final = (
    "position",
    "log_id",
    "kind",
    "payload",
    "tenant",
    "actor",
    "at",
    "recorded_at",
    "key",
    "salt",
    "leaf_hash",
    "epoch",
)
COMMAND_COLUMNS: Final = ("tenant", "key", "digest", "first_position", "last_position")


class Committer:
    """Writes batches of commands in the name of one epoch."""

    def __init__(self, store: Store, connection: Connection, epoch: int, *, clock: Clock, salts: Salts) -> None:
        self._store = store
        self._connection = connection
        self._epoch = epoch
        self._clock = clock
        self._new_salt = salts
        self._drawn: list[bytes] = []
        self._spare_salts: deque[bytes] = deque()
        connection.remember()

    def commit(self, tasks: Sequence[Task]) -> Batch:
        """Write them; what each is to be answered is in the batch.

        Raises:
            NotTheWriter: a newer epoch was given.
            Exception: the database refused the whole; whether it was committed cannot always be known.
        """
        self._drawn.clear()
        try:
            return self._write(tasks, self._answer_together)
        except _OneByOne:
            self._spare_salts.extendleft(reversed(self._drawn))
            return self._write(tasks, self._answer_alone)

    def _write(self, tasks: Sequence[Task], answer: Callable[[Task, Batch], Ack | Exception]) -> Batch:
        connection = self._connection
        try:
            with connection.transaction(self._store.database.begin_write):
                head = self._still_the_writer()
                steps.reached("writer.after-begin")
                batch = Batch(head, self._clock(), self._known(tasks))
                if answer == self._answer_alone:
                    connection.execute("SAVEPOINT command")
                for task in tasks:
                    batch.outcomes.append((task.future, answer(task, batch)))
                self._settle(batch)
                steps.reached("writer.after-views")
                self._append(batch)
                steps.reached("writer.after-append")
                if batch.events:
                    self._store.database.announce(connection)
                steps.reached("writer.before-commit")
        except BaseException:
            connection.forget()
            raise
        return batch

    def _still_the_writer(self) -> int:
        """The last position, when no newer epoch was given; its row stays locked to the end of the transaction."""
        found = STATEMENTS.row(self._connection, "held_epoch_and_head")
        newest, head = found or (0, 0)
        if newest != self._epoch:
            raise NotTheWriter(
                f"本写入者（第 {self._epoch} 任）已被第 {newest} 任取代",
                f"this writer (epoch {self._epoch}) was succeeded by epoch {newest}",
                rule="fencing",
            )
        return int(head)

    def _known(self, tasks: Sequence[Task]) -> dict[tuple[str, str], Answer]:
        asked = msgspec.json.encode([(task.tenant, task.key) for task in tasks]).decode()
        rows = STATEMENTS.rows(self._connection, "known_commands", asked=asked)
        return {(tenant, key): Answer(digest, first, last) for tenant, key, digest, first, last in rows}

    # --- decided together, applied together -----------------------------------------------------------------------

    def _answer_together(self, task: Task, batch: Batch) -> Ack | Exception:
        earlier = batch.earlier(task)
        if earlier is not None:
            return self._answer_again(task, earlier)
        connection = self._connection
        reached_out = False

        def settle() -> None:
            nonlocal reached_out
            reached_out = True
            self._settle(batch)

        try:
            connection.settle_first(settle)
            sealed = self._sealed(task, batch)
            connection.settle_first(None)
        except AnningError as error:
            connection.settle_first(None)
            if reached_out and not connection.sound:
                raise _OneByOne from error
            return error
        except Exception as error:
            connection.settle_first(None)
            if reached_out:
                raise _OneByOne from error
            return error
        if batch.refused_by_a_view or (reached_out and not connection.sound):
            raise _OneByOne
        batch.unsettled.extend(event for event, _ in sealed)
        return self._taken(task, batch, sealed)

    def _settle(self, batch: Batch) -> None:
        """Apply to the views what was decided and not applied yet."""
        events, batch.unsettled = batch.unsettled, []
        if not events:
            return
        try:
            self._apply(events)
        except Exception as error:
            if self._connection.lost:
                raise
            batch.refused_by_a_view = True
            raise _OneByOne from error

    # --- each alone -----------------------------------------------------------------------------------------------

    def _answer_alone(self, task: Task, batch: Batch) -> Ack | Exception:
        earlier = batch.earlier(task)
        if earlier is not None:
            return self._answer_again(task, earlier)
        try:
            sealed = self._sealed(task, batch)
            self._apply([event for event, _ in sealed])
        except Exception as error:
            # A command that fails in whatever way is refused alone, unless the database went away.
            if self._connection.lost:
                raise
            self._connection.execute("ROLLBACK TO SAVEPOINT command")
            self._connection.forget()
            return family_error(error) or error
        self._connection.next_savepoint()
        return self._taken(task, batch, sealed)

    # --- what both do ---------------------------------------------------------------------------------------------

    def _answer_again(self, task: Task, earlier: Answer) -> Ack | Conflict:
        if earlier.digest != task.digest:
            return Conflict(
                f"幂等键 {task.key} 已用于另一内容",
                f"the idempotency key {task.key} was used for something else",
                thing=task.key,
                field="key",
                rule="idempotency",
            )
        return Ack(self._store.log_id, earlier.first, earlier.last, duplicate=True)

    def _sealed(self, task: Task, batch: Batch) -> list[tuple[Event, bytes]]:
        sealed = []
        for position, entry in enumerate(task.command.decide(self._connection), batch.position + 1):
            _must_speak_for(entry, task)
            sealed.append(
                seal(
                    entry,
                    log_id=self._store.log_id,
                    position=position,
                    recorded_at=batch.recorded_at,
                    salt=self._salt(),
                    epoch=self._epoch,
                )
            )
        return sealed

    def _salt(self) -> bytes:
        salt = self._spare_salts.popleft() if self._spare_salts else self._new_salt()
        self._drawn.append(salt)
        return salt

    def _apply(self, events: list[Event]) -> None:
        if events:
            for view in self._store.views:
                view.apply(self._connection, events)
            # Last: a view may look at what is being erased.
            erasing.erase(self._connection, events)

    def _taken(self, task: Task, batch: Batch, sealed: list[tuple[Event, bytes]]) -> Ack:
        first, last = (batch.position + 1, batch.position + len(sealed)) if sealed else (0, 0)
        batch.position += len(sealed)
        for event, payload in sealed:
            batch.events.append(event)
            batch.payloads.append(payload.decode())
            self._connection.forget(event.kind)
        batch.fresh[task.tenant, task.key] = Answer(task.digest, first, last)
        return Ack(self._store.log_id, first, last, duplicate=False)

    def _append(self, batch: Batch) -> None:
        recorded_at = to_microseconds(batch.recorded_at)
        rows = (
            (
                event.position,
                event.log_id,
                event.kind,
                payload,
                event.tenant,
                event.actor,
                to_microseconds(event.at),
                recorded_at,
                event.key,
                event.salt,
                event.leaf_hash,
                event.epoch,
            )
            for event, payload in zip(batch.events, batch.payloads, strict=True)
        )
        if batch.events:
            self._connection.insert("events", EVENT_COLUMNS, rows)
        if batch.fresh:
            answers = ((*name, answer.digest, answer.first, answer.last) for name, answer in batch.fresh.items())
            self._connection.insert("commands", COMMAND_COLUMNS, answers)


class _OneByOne(Exception):
    """Something was refused that was done together: undo it, and do it again one by one."""


def _must_speak_for(entry: Entry, task: Task) -> None:
    """An entry is written in the name of whoever gave the command, and not after it was given."""
    if entry.tenant != task.tenant or entry.actor != task.actor or entry.key != task.key:
        field = next(field for field in ("tenant", "actor", "key") if getattr(entry, field) != getattr(task, field))
        raise InvalidCommand(
            f"事项的 {field} 与命令不一致",
            f"the entry's {field} is not that of its command",
            thing=entry.kind,
            field=field,
            rule="own-name",
        )
    if entry.at is not task.at and to_microseconds(entry.at) > to_microseconds(task.at):
        raise InvalidCommand(
            "事项的时间晚于命令",
            "the entry was said later than its command",
            thing=entry.kind,
            field="at",
            rule="own-time",
        )

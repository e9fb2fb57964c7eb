"""What is due to be erased, of everybody (到期清单)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.journal import Connection
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.journal.segment_files import file_of, rows_of
from anning.registers.effect import Lost, erasable, without_effect
from anning.registers.events import ConsentGiven, LegalHoldSet, kind_of
from anning.registers.histories import Placed, placed
from anning.registers.queries import QUERIES
from anning.registers.retention import MONTHS, Due, Holds, Reason, due, holds_of
from anning.registers.segment_lookup import open_segments
from anning.registers.segment_rows import NUMBER
from anning.registers.statements import Consent, Refusal, Statement, statement_of

_AT_ONCE: Final = 2_000
_BLOCK: Final = 10_000_000
"""Numbers that are looked at together when imports are compared with each other."""

_SHORTEST: Final = timedelta(days=28 * int(min(dated.value for dated in MONTHS.values)))


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One statement that is due (到期项).

    Attributes:
        position, line, imported: where it stands; see `anning.registers.histories.Placed`.
        kind: of the statement.
        since, reason: when and why it lost its effect.
        due: from when it may be erased.
        number, org: whom it is about; for the run alone, and never shown.
        evidence: the hash of what proved it.
        needs_mark: an old list could bring it back, since nothing that stands would keep it away.
    """

    position: int
    line: int
    imported: bool
    kind: str
    since: datetime
    reason: Reason
    due: Due
    number: str = ""
    org: str = ""
    evidence: str = ""
    needs_mark: bool = False

    @property
    def place(self) -> str:
        """Where it stands, as the journal says it."""
        return f"{self.position}/{self.line}" if self.imported else str(self.position)


class _Each(NamedTuple):
    """A statement of a number, as the registers and as its readings have it."""

    placed: Placed
    statement: Statement


def all_due(connection: Connection, at: datetime) -> Iterator[Item]:
    """Everything that is due at a moment, holds respected, those of one number together."""
    holds, hold_items = _holds(connection, at)
    yield from _of_persons(connection, at, holds)
    yield from _of_moments(connection, at, holds)
    yield from (item for item in hold_items if item.due.at <= at)


def holds_at(connection: Connection, at: datetime) -> Holds:
    """The holds that stand at a moment."""
    return _holds(connection, at)[0]


def of_numbers(connection: Connection, numbers: Sequence[str], at: datetime, holds: Holds) -> Iterator[Item]:
    """What is due of these numbers."""
    by_number: dict[str, list[_Each]] = {}
    for one in placed(connection, numbers):
        stated = one.stated
        each = _Each(one, statement_of(stated.payload, stated.at, stated.position))
        by_number.setdefault(one.number, []).append(each)
    for number, said in by_number.items():
        yield from _of_one(number, said, at, holds)


# --- of one number ----------------------------------------------------------------------------------------------


def _of_one(number: str, said: list[_Each], at: datetime, holds: Holds) -> Iterator[Item]:
    statements = [each.statement for each in said]
    lost, victims = without_effect(statements, at)
    if not lost:
        return
    _together(said, victims)
    dues = {place: due(loss.since) for place, loss in lost.items()}
    may_go = {
        place for place in lost if dues[place].at <= at and not holds.hold(number, _organisation(statements[place]))
    }
    going = erasable(lost, victims, may_go)
    left = [statement for place, statement in enumerate(statements) if place not in going]
    for place in sorted(going):
        yield _item(
            said[place], lost[place], dues[place], needs_mark=_needs_mark(said[place].statement, lost[place], left)
        )


def _together(said: list[_Each], victims: dict[int, set[int]]) -> None:
    """A row of an import that says two things goes when both may."""
    rows: dict[tuple[int, int], list[int]] = {}
    for place, each in enumerate(said):
        if each.placed.imported:
            rows.setdefault((each.placed.stated.position, each.placed.line), []).append(place)
    for places in rows.values():
        for place in places if len(places) > 1 else ():
            victims.setdefault(place, set()).update(other for other in places if other != place)


def _needs_mark(statement: Statement, loss: Lost, left: Iterable[Statement]) -> bool:
    """Whether an old list could bring a consent back: it was refused or ended, and nothing left tells so."""
    if not isinstance(statement, Consent | Refusal) or loss.reason in ("expired", "recycled", "forgotten"):
        return False
    return not any(isinstance(other, Consent | Refusal) and other.to == statement.to for other in left)


def _organisation(statement: Statement) -> str:
    return str(getattr(statement, "to", "") or getattr(statement, "sender", ""))


def _item(each: _Each, loss: Lost, when: Due, *, needs_mark: bool) -> Item:
    payload = each.placed.stated.payload
    return Item(
        position=each.placed.stated.position,
        line=each.placed.line,
        imported=each.placed.imported,
        kind=kind_of(payload),
        since=loss.since,
        reason=loss.reason,
        due=when,
        number=each.placed.number,
        org=_organisation(each.statement),
        evidence=payload.evidence_hash if isinstance(payload, ConsentGiven) else "",
        needs_mark=needs_mark,
    )


# --- of everybody -----------------------------------------------------------------------------------------------


def _of_persons(connection: Connection, at: datetime, holds: Holds) -> Iterator[Item]:
    numbers = iter(sorted(_candidates(connection, to_microseconds(at - _SHORTEST))))
    while some := list(islice(numbers, _AT_ONCE)):
        yield from of_numbers(connection, some, at, holds)


def _candidates(connection: Connection, before: int) -> set[str]:
    """Numbers of which something may be due: of all others one thing was said, and stands."""
    found = {row[0] for row in QUERIES.rows(connection, "numbers_of_several", at=before)}
    indexes = []
    for event, index in open_segments(connection):
        indexes.append(index)
        if event.payload["row_kind"] == "consent":
            found.update(_run_out(rows_of(file_of(event, connection.segments), event.payload), event.payload, before))
    if indexes:
        known = np.array([int(row[0][1:]) for row in QUERIES.rows(connection, "numbers_known")], dtype=np.int64)
        known.sort()
        readers = [index.values for index in indexes]
        ends = [index.rows for index in indexes]
        found.update(f"+{number}" for number in _in_several(readers, ends, known))
    return found


def _run_out(rows: pl.LazyFrame, payload: dict[str, Any], before: int) -> list[str]:
    default = payload["details"].get("defaults", {}).get("expires")
    if "expires" in rows.collect_schema():
        expires = pl.col("expires") if default is None else pl.col("expires").fill_null(default)
    elif default is not None:
        expires = pl.lit(default)
    else:
        return []
    found = rows.filter(expires <= before).select(pl.col(NUMBER).unique()).collect()[NUMBER].to_list()
    return [f"+{number}" for number in found]


def _in_several(
    readers: Sequence[Callable[[int, int], NDArray[np.int64]]], ends: Sequence[int], known: NDArray[np.int64]
) -> Iterator[int]:
    """Numbers that stand in more than one row of all these sorted lists; a block of numbers at a time."""
    begun = [0] * len(readers)
    known_begun = 0
    while True:
        heads = [
            int(read(start, start + 1)[0]) for read, start, end in zip(readers, begun, ends, strict=True) if start < end
        ]
        if not heads:
            return
        limit = min(heads) // _BLOCK * _BLOCK + _BLOCK
        parts = []
        for place, (read, start, end) in enumerate(zip(readers, begun, ends, strict=True)):
            after = _first_from(read, start, end, limit)
            if after > start:
                parts.append(read(start, after))
                begun[place] = after
        known_after = int(np.searchsorted(known, limit))
        together = np.concatenate([*parts, known[known_begun:known_after]])
        known_begun = known_after
        values, counts = np.unique(together, return_counts=True)
        yield from values[counts > 1].tolist()


def _first_from(read: Callable[[int, int], NDArray[np.int64]], start: int, end: int, limit: int) -> int:
    low, high = start, end
    while low < high:
        middle = (low + high) // 2
        if read(middle, middle + 1)[0] < limit:
            low = middle + 1
        else:
            high = middle
    return low


# --- of one moment, and of holds and marks ----------------------------------------------------------------------


def _of_moments(connection: Connection, at: datetime, holds: Holds) -> Iterator[Item]:
    """Records of what happened once, earlier ports, and marks whose time is over."""
    before = to_microseconds(at - _SHORTEST)
    for position, line, moment, sender, number, contacts in QUERIES.rows(connection, "contacts_until", at=before):
        times = msgspec.json.decode(contacts, type=list[datetime])
        last = max([from_microseconds(moment), *times])
        yield from _once(position, line, "contacts-recorded", last, at, "done", holds.hold(number, sender), number)
    for position, line, moment, number in QUERIES.rows(connection, "unattributed_until", at=before):
        last = from_microseconds(moment)
        yield from _once(position, line, "reply-unattributed", last, at, "done", holds.hold(number), number)
    earlier: tuple[str, int, int] | None = None
    for number, position, line, moment in QUERIES.rows(connection, "ports_of_several"):
        if earlier is not None and earlier[0] == number:
            since = from_microseconds(moment)
            yield from _once(*earlier[1:], "number-ported", since, at, "replaced", holds.hold(number), number)
        earlier = (number, position, line)
    for position, until in QUERIES.rows(connection, "suppressions_ended", at=to_microseconds(at)):
        ended = from_microseconds(until)
        when = msgspec.structs.replace(due(ended), at=ended, months=0)
        yield Item(
            position=position, line=0, imported=False, kind="suppression-kept", since=ended, reason="over", due=when
        )


def _once(
    position: int, line: int, kind: str, since: datetime, at: datetime, reason: Reason, held: bool, number: str
) -> Iterator[Item]:
    when = due(since)
    if when.at <= at and not held:
        yield Item(
            position=position,
            line=line,
            imported=False,
            kind=kind,
            since=since,
            reason=reason,
            due=when,
            number=number,
        )


def _holds(connection: Connection, at: datetime) -> tuple[Holds, list[Item]]:
    """What is held, and the statements of holds that were lifted."""
    said: dict[str, list[tuple[int, int, datetime, LegalHoldSet]]] = {}
    for position, line, moment, id, number, org, held, reason in QUERIES.rows(connection, "legal_holds"):
        when = from_microseconds(moment)
        if when <= at:
            one = LegalHoldSet(id=id, number=number, org=org, held=bool(held), reason=reason)
            said.setdefault(id, []).append((position, line, when, one))
    holds = holds_of(one for of_id in said.values() for *_, one in of_id)
    lifted = [
        Item(
            position=position,
            line=line,
            imported=False,
            kind="legal-hold-set",
            since=of_id[-1][2],
            reason="done",
            due=due(of_id[-1][2]),
        )
        for of_id in said.values()
        if not of_id[-1][3].held
        for position, line, *_ in of_id
    ]
    return holds, lifted

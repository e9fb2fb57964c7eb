"""All that was ever said of some numbers, found in the registers (号码的历次表示)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from anning.journal import Connection
from anning.journal.envelope import LARGEST_EXACT_INTEGER, from_microseconds
from anning.registers.queries import QUERIES
from anning.registers.segment_lookup import placed_in_segments, said_in_segments
from anning.registers.segment_rows import Stated
from anning.registers.statements import SUBSCRIBER_EVENTS, Forgetting, Subscriber, fold, statement_of
from anning.registers.tables import TABLES, Table

EVER: Final = LARGEST_EXACT_INTEGER
"""A position after every other."""

_AT_ONCE: Final = 10_000
"""How many numbers one query asks for."""

_TABLES: Final = tuple(TABLES[str(kind.__struct_config__.tag)] for kind in SUBSCRIBER_EVENTS)


def subscriber(connection: Connection, number: str) -> tuple[Subscriber | None, list[Stated]]:
    """All that was ever said of one number: settled, and statement by statement in the order of time.

    What the person wanted forgotten is in neither.
    """
    said = [one for _, one in _said(connection, [number], EVER)]
    said.sort(key=lambda one: (one.at, one.position))
    settled: Subscriber | None = None
    for one in said:
        settled = fold(settled, one.payload, one.at, one.position)
    forgettings = () if settled is None else settled.forgettings
    if forgettings:
        said = [one for one in said if not _forgotten(one, forgettings)]
    return settled, said


def _forgotten(one: Stated, forgettings: Sequence[Forgetting]) -> bool:
    stated = statement_of(one.payload, one.at, one.position)
    return any(forgetting.ends(stated) for forgetting in forgettings)


def subscribers(connection: Connection, numbers: Iterable[str], until: int = EVER) -> dict[str, Subscriber]:
    """The histories of many numbers in a few queries; a number of which nothing was said is left out.

    Args:
        numbers: E.164.
        until: the last journal position that counts; what was written after it is not known yet.
    """
    wanted = list(dict.fromkeys(numbers))
    settled: dict[str, Subscriber] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        for number, one in _said(connection, wanted[first : first + _AT_ONCE], until):
            settled[number] = fold(settled.get(number), one.payload, one.at, one.position)
    return settled


class Placed(NamedTuple):
    """A statement about a number where it stands (在库表示).

    Attributes:
        line: of a row of an import, its number from 0; else 0.
        imported: whether it is a row of an import.
    """

    number: str
    stated: Stated
    line: int
    imported: bool


def placed(connection: Connection, numbers: Sequence[str]) -> Iterator[Placed]:
    """Every statement about these numbers that is on record, what no longer counts included, in no order."""
    imports = {position for position, _ in QUERIES.rows(connection, "imports_until", until=EVER)}
    for table in _TABLES:
        for number, position, line, at, *cells in _rows(connection, table, numbers, EVER):
            stated = Stated(position, from_microseconds(at), table.payload(cells))
            yield Placed(number, stated, line, imported=position in imports)
    for number, stated, row in placed_in_segments(connection, numbers, EVER):
        yield Placed(number, stated, row, imported=True)


def _said(connection: Connection, numbers: Sequence[str], until: int) -> Iterator[tuple[str, Stated]]:
    """Every statement about these numbers, with its number, in no order."""
    for table in _TABLES:
        for number, position, _, at, *cells in _rows(connection, table, numbers, until):
            yield number, Stated(position, from_microseconds(at), table.payload(cells))
    yield from said_in_segments(connection, numbers, until)


def _rows(connection: Connection, table: Table, numbers: Sequence[str], until: int) -> list[Any]:
    columns = ", ".join(("number AS of_number", "position", "line", "at", *(column.name for column in table.columns)))
    select = f"SELECT {columns} FROM {table.name} WHERE number"
    if connection.dialect == "sqlite":
        asked: Any = msgspec.json.encode(numbers).decode()
        sql = f"{select} IN (SELECT value FROM json_each(?)) AND position <= ?"
    else:
        asked, sql = list(numbers), f"{select} = ANY(%s) AND position <= %s"
    found: list[Any] = connection.raw.execute(sql, (asked, until)).fetchall()
    return found

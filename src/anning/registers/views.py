"""The register tables as a view of the journal: emptied and applied again, every row is the same (登记视图)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from anning.journal import Connection, Event
from anning.journal.database import ERASED
from anning.journal.envelope import to_microseconds
from anning.journal.segment_files import file_of
from anning.registers import queries
from anning.registers.erased_rows import erase
from anning.registers.events import KINDS, Payload, event_of
from anning.registers.segment_rows import Imported, imported, lines_of_segment
from anning.registers.tables import IMPORT_COLUMNS, IMPORTS, TABLE_NAMES, TABLES

FOLDER: Final = Path(__file__).parent
MIGRATIONS: Final = (FOLDER / "migrations",)
"""The migration folders to give to `Store.create` and `Store.open`."""

QUERIES: Final = queries.QUERIES


class RegisterView:
    """Who may, and who wishes what; see `anning.journal.store.View`."""

    name = "registers"
    tables = TABLE_NAMES

    def apply(self, connection: Connection, events: Sequence[Event]) -> None:
        """A row for each statement; a segment of statements is looked up where it is."""
        rows: dict[str, list[tuple[Any, ...]]] = {}
        for event in events:
            if event.erased:
                continue
            if event.kind == ERASED:
                _put(connection, rows)
                rows = {}
                erase(connection, event)
            elif event.kind in KINDS:
                row = TABLES[event.kind].row(event, event_of(event.kind, event.payload))
                rows.setdefault(event.kind, []).append(row)
            elif (whole := imported(event)) is not None:
                _take_import(connection, whole)
        _put(connection, rows)

    def reset(self, connection: Connection) -> None:
        """Empty all tables."""
        for table in self.tables:
            connection.execute(f"DELETE FROM {table}")


def rows(connection: Connection, query: str, *, at: int, **parameters: str) -> list[Payload]:
    """Statements that count at a moment, found by a named query whose name begins with their kind.

    Args:
        query: selects the moment and the table's payload columns, whatever the moment: so the writer may remember.
        at: in microseconds since 1970 UTC; what counts only from later is left out.
    """
    kind = query.partition("_by_")[0].replace("_", "-")

    def read() -> list[tuple[int, Payload]]:
        table = TABLES[kind]
        return [(since, table.payload(cells)) for since, *cells in QUERIES.rows(connection, query, **parameters)]

    found = connection.remembered(kind, (query, *parameters.values()), read)
    return [said for since, said in found if since <= at]


def _put(connection: Connection, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    for kind, of_kind in rows.items():
        connection.insert(TABLES[kind].name, TABLES[kind].names, of_kind)


def _take_import(connection: Connection, event: Imported) -> None:
    if event.looked_up:
        file_of(event, connection.segments)
    else:
        for lines in lines_of_segment(event, connection.segments):
            connection.insert(lines.table.name, lines.table.names, lines.rows)
    payload = event.payload
    row = (
        event.position,
        event.tenant,
        to_microseconds(event.at),
        payload["row_kind"],
        event.live,
        payload["source"],
        payload["file"],
        payload["sha256"],
    )
    connection.insert(IMPORTS, IMPORT_COLUMNS, [row])

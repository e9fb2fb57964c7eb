"""What an erasure takes from the register tables, and whose histories are to be read again (登记表的擦除).

A gate keeps what people said and not at which place of the journal. So that one that follows can let go, the numbers
of what is erased stand in a table of their own, `erased_numbers`, until everybody has heard: for some hours, within
the day in which what is due must be gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import polars as pl

from anning.journal import Connection, Event
from anning.journal.erasing import leaves_of, spread
from anning.journal.migrating import STATEMENTS
from anning.journal.segment_files import ROW, rows_of
from anning.journal.store import excerpts_after
from anning.registers.queries import QUERIES
from anning.registers.segment_rows import NUMBER, Imported, imported
from anning.registers.statements import SUBSCRIBER_EVENTS
from anning.registers.tables import IMPORTS, TABLE_NAMES, TABLES

ABOUT_NUMBERS: Final = tuple(TABLES[str(kind.__struct_config__.tag)] for kind in SUBSCRIBER_EVENTS)
"""The tables of what was said by persons."""

TOLD: Final = "erased_numbers"
_ORGANISATION: Final = ("org", "sender")


def erase(connection: Connection, event: Event) -> None:
    """Take from the tables what an event of kind ``erased`` names, and note whose it was if it is still there."""
    leaves = leaves_of(event.payload)
    if event.position > STATEMENTS.value(connection, "head"):
        # Said for the first time, and not read again.
        QUERIES.change(connection, "tell_number", position=event.position, number="", org="")
        _note_numbers(connection, event.position, leaves)
        for file in event.payload["files"]:
            _note_rows(connection, event.position, file)
    for name in TABLE_NAMES:
        _among(connection, f"DELETE FROM {name} WHERE position", leaves)
    for file in event.payload["files"]:
        _erase_rows(connection, file)


def numbers_told(connection: Connection, erasure: int) -> Mapping[str, Sequence[str]] | None:
    """By number that an erasure touched the organisations its holder dealt with; None when it is told no longer."""
    told: dict[str, list[str]] = {}
    for number, org in QUERIES.rows(connection, "numbers_told", position=erasure):
        told.setdefault(number, []).append(org)
    if not told:
        return None
    del told[""]  # says that the erasure is told at all, whoever it touched
    return told


def _note_numbers(connection: Connection, erasure: int, leaves: Sequence[int]) -> None:
    for table in ABOUT_NUMBERS:
        names = [column.name for column in table.columns]
        org = next((name for name in _ORGANISATION if name in names), "''")
        select = f"INSERT INTO {TOLD} SELECT DISTINCT {erasure:d}, number, {org} FROM {table.name} WHERE position"
        _among(connection, select, leaves, " ON CONFLICT DO NOTHING")


def _erase_rows(connection: Connection, file: Mapping[str, Any]) -> None:
    """Rows of a segment: out of the file, by its being another one from now on, or out of the tables."""
    position = file["position"]
    lines = list(spread(file["rows"]))
    for name in TABLE_NAMES:
        if name != IMPORTS:
            _among(connection, f"DELETE FROM {name} WHERE position = {position:d} AND line", lines)
    if file["file"]:
        told = {name: file[name] for name in ("position", "file", "sha256", "live")}
        QUERIES.change(connection, "rewrite_import", **told)


def _note_rows(connection: Connection, erasure: int, file: Mapping[str, Any]) -> None:
    whole = _import_at(connection, file["position"])
    if whole is None or connection.segments is None:
        return
    path = connection.segments / Path(whole.payload["file"]).name
    if whole.payload["sha256"] != file["was"] or not path.is_file():
        return
    frame = rows_of(path, whole.payload, numbered=True).filter(pl.col(ROW).is_in(list(spread(file["rows"])))).collect()
    org = whole.payload["details"].get("defaults", {}).get("org", "") if whole.payload["row_kind"] == "consent" else ""
    orgs = frame["org"].to_list() if "org" in frame.columns else [None] * frame.height
    numbers = frame[NUMBER].to_list()
    told = {
        (f"+{number}" if isinstance(number, int) else number, org if one is None else one)
        for number, one in zip(numbers, orgs, strict=True)
    }
    for number, one in sorted(told):
        QUERIES.change(connection, "tell_number", position=erasure, number=number, org=one)


def _import_at(connection: Connection, position: int) -> Imported | None:
    found = excerpts_after(connection, position - 1, 1)
    return imported(found[0]) if found and found[0].position == position else None


def _among(connection: Connection, sql: str, numbers: Iterable[int], after: str = "") -> None:
    asked = list(numbers)
    if not asked:
        return
    if connection.dialect == "sqlite":
        among: Any = msgspec.json.encode(asked).decode()
        connection.raw.execute(f"{sql} IN (SELECT value FROM json_each(?)){after}", (among,))
    else:
        connection.raw.execute(f"{sql} = ANY(%s){after}", (asked,))

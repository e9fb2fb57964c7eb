"""The rows of an imported segment, read as what they are: statements like any others (导入段中的表示).

A segment of wishes or consents has the columns of its register table that the file gave, in the table's own cell
form, and the number. What holds for all rows that say nothing themselves is in the event's ``details.defaults``, every
column of the table named there. `at` may be missing: the statement then counts from the import. A consent row may name
the moment it was `withdrawn`: that is a refusal besides.

Rows are in order of their number, which is the integer of its digits in E.164, and each says on which `line` it stood:
the file is looked up as it is. In segments of earlier versions they are as they came, the number is text, and the rows
are copied into the register tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import polars as pl

from anning.errors import JournalError
from anning.journal import Event, read_segment
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.journal.segment_files import standing
from anning.journal.segment_order import LINE
from anning.journal.segments import KIND as SEGMENT
from anning.journal.store import Excerpt
from anning.registers.events import ConsentGiven, ConsentWithdrawn, NumberRecycled, Payload, WishStated
from anning.registers.tables import TABLES, Table

ROW_KINDS: Final = {
    "wish": TABLES["wish-stated"],
    "consent": TABLES["consent-given"],
    "recycling": TABLES["number-recycled"],
}
"""What a segment may hold, by its `row_kind`."""

NUMBER: Final = "number"
WITHDRAWN: Final = "withdrawn"
IMPORT_DOOR: Final = "import"

_BLANK: Final[dict[str, Payload]] = {
    "wish": WishStated(number="", says="decline"),
    "consent": ConsentGiven(number="", to=""),
    "recycling": NumberRecycled(number=""),
}
_OF_EACH_ROW: Final = frozenset({"number", "says", "to"})
"""Fields for which a list must bring something itself."""


ADDED: Final[dict[str, Any]] = {
    "door": "",
    "proof": "",
    "evidence_kind": "",
    "evidence_hash": "",
    "confirms": "",
}
"""Columns that tables were given later, and what the rows of segments written before mean by them."""


class Stated(NamedTuple):
    """One statement at its place: what the gate and everybody above reads (一项表示)."""

    position: int
    at: datetime
    payload: Payload


class Imported(NamedTuple):
    """A whole list at its place: the event of a segment of statements (一份导入).

    Attributes:
        tenant, at: as the event has them.
        payload: what the event says of its file, as it stands now; see `anning.journal.segments`.
    """

    position: int
    tenant: str
    at: datetime
    payload: dict[str, Any]

    @property
    def live(self) -> int:
        """How many rows stand."""
        count: int = self.payload.get("live", self.payload["rows"])
        return count

    @property
    def looked_up(self) -> bool:
        """Whether its rows are found in the file and are in no table."""
        return self.payload.get("sorted_by") == NUMBER


class Lines(NamedTuple):
    """Rows ready for one table."""

    table: Table
    rows: list[tuple[Any, ...]]


def unsaid(row_kind: str) -> dict[str, Any]:
    """What rows mean that say nothing of a column, to be written beside them: cells by the name of the column."""
    blank = _BLANK[row_kind]
    return {
        column.name: column.encode(getattr(blank, column.field))
        for column in ROW_KINDS[row_kind].columns
        if column.field not in _OF_EACH_ROW
    }


def is_import(event: Event | Excerpt) -> bool:
    """Whether the event is a segment of statements."""
    return imported(event) is not None


def imported(event: Event | Excerpt) -> Imported | None:
    """The import an event vouches for; None when it is another event, or a segment of no statements."""
    if event.kind != SEGMENT or event.erased:
        return None
    if isinstance(event, Excerpt):
        payload = msgspec.json.decode(event.payload) | event.rewritten
        whole = Imported(event.position, event.tenant, from_microseconds(event.at), payload)
    else:
        whole = Imported(event.position, event.tenant, event.at, standing(event))
    return whole if whole.payload["row_kind"] in ROW_KINDS else None


def lines_of_segment(event: Imported, folder: Path | None) -> Iterator[Lines]:
    """The rows of a segment of an earlier version for the register tables, batch by batch.

    Raises:
        TornSegment: the file is not the one the event vouches for.
        JournalError: it is not said what its rows mean by a column that they do not have.
    """
    table = _table(event)
    refusals = TABLES["consent-withdrawn"]
    for first, frame in _frames(event, folder):
        columns = _columns(event, table, frame)
        lines = frame[LINE].to_list() if LINE in frame.columns else range(first, first + frame.height)
        place = [[event.position] * frame.height, lines, [event.tenant] * frame.height, columns["at"]]
        cells = [_numbers(columns[column.name]) for column in table.columns]
        yield Lines(table, list(zip(*place, *cells, strict=True)))
        if WITHDRAWN in frame.columns:
            yield Lines(
                refusals,
                [
                    (event.position, line, event.tenant, moment, number, org, channel, IMPORT_DOOR, "")
                    for line, moment, number, org, channel in zip(
                        lines, columns[WITHDRAWN], columns["number"], columns["org"], columns["channel"], strict=True
                    )
                    if moment is not None
                ],
            )


def statements_of_segment(event: Imported, folder: Path | None) -> Iterator[Stated]:
    """The rows of a segment as typed statements.

    Raises:
        TornSegment: the file is not the one the event vouches for.
        JournalError: it is not said what its rows mean by a column that they do not have.
    """
    moments: dict[int, datetime] = {}
    for _, frame in _frames(event, folder):
        yield from statements_of_rows(event, frame, moments)
        if len(moments) > 100_000:
            moments.clear()


def statements_of_rows(event: Imported, frame: pl.DataFrame, moments: dict[int, datetime]) -> Iterator[Stated]:
    """Some rows of a segment as typed statements.

    Args:
        moments: those met so far, to make each once.
    """
    table = _table(event)
    columns = _columns(event, table, frame)
    given = [column for column in table.columns if column.name in frame.columns]
    fields = [column.field for column in given]
    cells = [_decoded(columns[column.name], column.decode) for column in given]
    constant = ADDED | _defaults(event)
    same = {column.field: column.decode(constant[column.name]) for column in table.columns if column not in given}
    ends = columns.get(WITHDRAWN) or [None] * frame.height
    for at, end, *values in zip(columns["at"], ends, *cells, strict=True):
        moment = moments.get(at) or moments.setdefault(at, from_microseconds(at))
        payload = table.kind(**same, **dict(zip(fields, values, strict=True)))
        yield Stated(event.position, moment, payload)
        if end is not None and isinstance(payload, ConsentGiven):
            refusal = ConsentWithdrawn(number=payload.number, to=payload.to, channel=payload.channel, door=IMPORT_DOOR)
            yield Stated(event.position, from_microseconds(end), refusal)


def _table(event: Imported) -> Table:
    kind = event.payload["row_kind"]
    if kind not in ROW_KINDS:
        raise JournalError(f"未知的导入类别 {kind}", f"imports of {kind} are not known", thing=kind)
    return ROW_KINDS[kind]


def _frames(event: Imported, folder: Path | None) -> Iterator[tuple[int, pl.DataFrame]]:
    first = 0
    for frame in read_segment(event, folder, check_roots=False):
        yield first, frame
        first += frame.height


def _defaults(event: Imported) -> dict[str, Any]:
    defaults: dict[str, Any] = event.payload["details"].get("defaults", {})
    return defaults


def _columns(event: Imported, table: Table, frame: pl.DataFrame) -> dict[str, list[Any]]:
    """Every cell of the table, from the file or from what holds for all rows."""
    constant = {**ADDED, "at": to_microseconds(event.at), **_defaults(event)}
    for column in table.columns:
        if column.name not in constant and column.name not in frame.columns:
            raise JournalError(
                f"第 {event.position} 号导入没有记下 {column.name} 的取值",
                f"the import at {event.position} does not say what its rows mean by {column.name}",
                thing=str(event.position),
                field=column.name,
            )
    columns = {name: [cell] * frame.height for name, cell in constant.items() if name not in frame.columns}
    for name in frame.columns:
        said = frame[name]
        if name == NUMBER and said.dtype == pl.Int64:
            said = "+" + said.cast(pl.String)
        cells = said.to_list()
        default = constant.get(name)
        if default is not None and said.null_count():
            cells = [default if cell is None else cell for cell in cells]
        columns[name] = cells
    return columns


def _numbers(cells: list[Any]) -> list[Any]:
    return [int(cell) for cell in cells] if cells and isinstance(cells[0], bool) else cells


def _decoded(cells: list[Any], decode: Any) -> list[Any]:
    known = {cell: decode(cell) for cell in set(cells)}
    return [known[cell] for cell in cells]

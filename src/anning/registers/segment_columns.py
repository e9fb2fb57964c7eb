"""The rows of an imported segment by columns, typed (导入段的列式读取): for whoever takes in millions at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import polars as pl

from anning.errors import JournalError
from anning.journal.envelope import to_microseconds
from anning.journal.segment_files import checked_file, rows_of, torn
from anning.journal.segment_order import LINE
from anning.registers.segment_rows import ADDED, NUMBER, ROW_KINDS, WITHDRAWN, Imported
from anning.registers.tables import Table

MOBILE: Final = "mobile"
AT: Final = "at"

_FIRST, _LAST = 8_613_000_000_000, 8_619_999_999_999
_CHINA: Final = 8_600_000_000_000
_PIECE: Final = 262_144
_PLACE: Final = "_place"


def _types(table: Table) -> dict[str, pl.DataType]:
    hints = get_type_hints(table.kind)
    return {column.name: _type(hints[column.field]) for column in table.columns} | {NUMBER: pl.Int64()}


def _type(hint: Any) -> pl.DataType:
    if get_origin(hint) is Literal:
        return pl.Enum(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return pl.Enum([member.value for member in hint])
    among = {hint, *get_args(hint)}
    if bool in among:
        return pl.Boolean()
    return pl.Int64() if datetime in among else pl.String()


TYPES: Final[Mapping[str, Mapping[str, pl.DataType]]] = {
    kind: _types(table)
    | {AT: pl.Int64(), LINE: pl.Int64(), MOBILE: pl.Int64()}
    | ({WITHDRAWN: pl.Int64()} if kind == "consent" else {})
    for kind, table in ROW_KINDS.items()
}
"""The columns there are, by what the rows are.

`number` is the integer of its digits in E.164, `mobile` the eleven digits of a mainland mobile number and 0 for any
other; moments (`at`, `expires`, `withdrawn`) are microseconds since 1970 UTC; words of a closed list are of an Enum;
lists (`trades`, `hours`, `weekdays`, `code_prefixes`, `except_for`) JSON text, as in the register tables.
"""


def columns_of_segment(
    event: Imported, folder: Path | None, columns: Collection[str] | None = None
) -> Iterator[pl.DataFrame]:
    """All rows of an import, some hundred thousand at a time, in the order of the file.

    Args:
        event: the import; see `anning.registers.stated.told`.
        folder: where segments are.
        columns: those that are wanted, of `TYPES`; all of them by default. What is not asked for is not read.

    Raises:
        TornSegment: the file is not the one the event vouches for; its SHA-256 is found right before the first row.
        JournalError: it is not said what its rows mean by a column that they do not have.
    """
    path = checked_file(event, folder)
    types = TYPES[event.payload["row_kind"]]
    scan = rows_of(path, event.payload)
    given = scan.collect_schema()
    if LINE not in given:
        scan = scan.with_row_index(LINE)
    chosen = [_column(event, name, kind, given) for name, kind in types.items() if columns is None or name in columns]
    seen = 0
    # The place is always read: of what holds for all rows alone nobody could tell how many they are.
    for frame in scan.select(pl.col(LINE).alias(_PLACE), *chosen).collect_batches(
        chunk_size=_PIECE, maintain_order=True
    ):
        seen += frame.height
        yield frame.drop(_PLACE)
    if seen != event.live:
        raise torn(event.payload, f"有 {seen} 行", f"it has {seen} rows")


def _column(event: Imported, name: str, kind: pl.DataType, given: Mapping[str, pl.DataType]) -> pl.Expr:
    if name in (NUMBER, MOBILE):
        number = pl.col(NUMBER) if given[NUMBER] == pl.Int64 else pl.col(NUMBER).str.slice(1).cast(pl.Int64)
        if name == NUMBER:
            return number
        return pl.when(number.is_between(_FIRST, _LAST)).then(number - _CHINA).otherwise(0).alias(MOBILE)
    if name == LINE:
        return pl.col(LINE).cast(kind)
    constant = {**ADDED, AT: to_microseconds(event.at), WITHDRAWN: None, **event.payload["details"].get("defaults", {})}
    if name not in given:
        if name not in constant:
            raise JournalError(
                f"第 {event.position} 号导入没有记下 {name} 的取值",
                f"the import at {event.position} does not say what its rows mean by {name}",
                thing=str(event.position),
                field=name,
            )
        return pl.lit(constant[name]).cast(kind).alias(name)
    found = pl.col(name)
    if constant.get(name) is not None:
        found = found.fill_null(pl.lit(constant[name]).cast(given[name]))
    return found.cast(kind)

"""Whole lists of wishes and consents at once, as segments of the journal (批量导入).

A list is taken whole or not at all; with `good_rows` its good rows are taken and the bad ones come back with row number
and cause. Its identity is its SHA-256: the same list twice is once, and one killed half-way is begun again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.errors import InvalidFile
from anning.journal import Event, SegmentWriter, Store
from anning.journal.envelope import to_microseconds
from anning.journal.segments import Writing
from anning.numbers import CAUSES
from anning.registers.columns import CONSENT_COLUMNS, RECYCLING_COLUMNS, WISH_COLUMNS, Meaning, Unreadable
from anning.registers.moments import spelled_moments
from anning.registers.segment_rows import NUMBER, unsaid
from anning.registers.serving import Serving
from anning.registers.suppression import Marks, Suppressed
from anning.registers.views import QUERIES
from anning.tables import Block, Numbers, Table, open_table
from anning.tables.formats import cannot_open
from anning.tables.layout import HEADER_WITHIN
from anning.tables.texts import Texts
from anning.tables.writers import Style, write_table

RowKind = Literal["wish", "consent", "recycling"]
Progress = Callable[[int], None]
_Among = Callable[[NDArray[np.int64]], NDArray[np.bool_]]
_Columns = tuple[tuple[int, Meaning], ...]
"""Which column means what."""

_Failed = dict[int, tuple[str, Unreadable]]
"""By place in a block the column that cannot be meant, and why."""

SHOWN: Final = 5
"""How many bad rows an error names one by one."""

_ROWS: Final = 1 << 18
_CHINA: Final = 8_600_000_000_000
"""What a mainland mobile number of eleven digits lacks of its digits in E.164."""

REMEMBERED: Final = 100_000
"""How many different texts of a column are remembered."""

_BAD_COLUMNS: Final = ("行号 row", "原因 cause (zh)", "cause (en)")
_MEANINGS: Final[Mapping[str, tuple[Meaning, ...]]] = {
    "wish": WISH_COLUMNS,
    "consent": CONSENT_COLUMNS,
    "recycling": RECYCLING_COLUMNS,
}
_MUST_SAY: Final = {"wish": "says", "consent": "org", "recycling": "number"}
_INTEGER: Final = frozenset({"at", "expires", "withdrawn"})
_PAST: Final = frozenset({"at", "withdrawn"})
"""Moments that cannot be yet to come."""

_BOOLEAN: Final = frozenset({"keeps_consents", "confirmed"})
_ORGANISATIONS: Final = frozenset({"org", "through", "except_for"})


_KEPT_AWAY: Final = Unreadable(
    "早于清除之日的同意不再恢复（抑制标记 suppressed）",
    "a consent dated before its erasure does not come back (suppressed)",
)


class BadRow(msgspec.Struct, frozen=True):
    """A row that cannot be taken (不合格行): its number in the file, from 1, and why."""

    row: int
    column: str
    zh: str
    en: str
    cells: tuple[str, ...]


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a list (导入结果).

    Attributes:
        id: ``log:position`` of the import's event.
        rows: taken into the journal.
        bad: not taken, in file order.
        duplicate: it had been imported before; nothing was written this time.
        bad_file: where the bad rows were written.
    """

    id: str
    row_kind: str
    rows: int
    bad: tuple[BadRow, ...]
    duplicate: bool
    bad_file: Path | None


class Importer:
    """Takes one list into the journal."""

    def __init__(
        self, store: Store, writer: Writing, *, tenant: str, actor: str, now: datetime, marks: Marks | None = None
    ) -> None:
        self._store = store
        self._writer = writer
        self._tenant = tenant
        self._actor = actor
        self._now = now
        self._marks = marks

    def take(
        self,
        path: Path,
        row_kind: RowKind,
        *,
        defaults: Mapping[str, str] | None = None,
        good_rows: bool = False,
        bad_file: Path | None = None,
        progress: Progress | None = None,
        operator: str = "",
        spoken_for: frozenset[str] | None = None,
        reserve: Callable[[int], None] | None = None,
    ) -> ImportReport:
        """Import a list of wishes, consents, or numbers that have a new holder.

        Args:
            path: CSV, XLSX or Parquet with a header in Chinese or English.
            defaults: cells that hold for rows without them, by column name, written as in a list.
            good_rows: take the good rows and leave the bad.
            bad_file: where bad rows go; beside the file, as ``NAME.bad.csv``, when not named.
            progress: told the rows read so far.
            operator: whose subscribers alone the list may be about (R23b); everybody's when empty.
            spoken_for: organisations to which alone consents may be recorded; any when None.
            reserve: told how many good rows a batch has before they are kept; what it raises ends the import.

        Raises:
            InvalidFile: it cannot be read, or has bad rows and `good_rows` is off: nothing of it was taken.
        """
        _refuse_to_overwrite(path, bad_file)
        constant = self._constants(row_kind, defaults or {})
        before = self._store.head().position
        with self._store.read() as connection:
            away = Suppressed(connection, self._marks, self._now) if row_kind == "consent" else None
        reading = _Reading(
            path, row_kind, constant, self._organisations(), self._now, progress, strict=not good_rows, away=away
        )
        reading.spoken_for = spoken_for
        reading.reserve = reserve
        if operator:
            reading.only_of = self._subscribers_of(operator)
        try:
            event = SegmentWriter(self._store, self._writer).write(
                reading.frames(),
                row_kind=row_kind,
                source=_identity(path, constant),
                tenant=self._tenant,
                actor=self._actor,
                at=self._now,
                details={"defaults": {**unsaid(row_kind), **constant}},
                sorted_by=NUMBER,
            )
        except InvalidFile:
            self._report_bad(path, reading, bad_file)
            raise
        written = self._report_bad(path, reading, bad_file)
        return _report(event, row_kind, reading, duplicate=event.position <= before, bad_file=written)

    def _constants(self, row_kind: RowKind, defaults: Mapping[str, str]) -> dict[str, Any]:
        meanings = {meaning.name: meaning for meaning in _MEANINGS[row_kind]}
        constants: dict[str, Any] = {}
        for name, text in defaults.items():
            try:
                constants[name] = meanings[name].read(text)
            except Unreadable as cause:
                raise InvalidFile(
                    f"{name}：{cause.zh}", f"{name}: {cause.en}", thing=name, field=name, rule="allowed-value"
                ) from None
        constants = {name: int(cell) if isinstance(cell, bool) else cell for name, cell in sorted(constants.items())}
        named = [constants[name] for name in ("org", "through") if constants.get(name)]
        missing = [org for org in named if org not in self._organisations()]
        if missing:
            raise InvalidFile(
                f"机构“{missing[0]}”未登记",
                f"the organisation “{missing[0]}” is not registered",
                thing=missing[0],
                field="org",
                rule="known-organisation",
            )
        return constants

    def _subscribers_of(self, operator: str) -> _Among:
        def among(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
            with self._store.read() as connection:
                return Serving(connection, self._now).are_of(operator, numbers)

        return among

    def _organisations(self) -> frozenset[str]:
        with self._store.read() as connection:
            return frozenset(row[0] for row in QUERIES.rows(connection, "known_organisations"))

    @staticmethod
    def _report_bad(path: Path, reading: _Reading, bad_file: Path | None) -> Path | None:
        if not reading.bad or reading.table is None:
            return None
        target = bad_file or path.with_name(f"{path.name}.bad.csv")
        causes = [
            [str(bad.row) for bad in reading.bad],
            [bad.zh for bad in reading.bad],
            [bad.en for bad in reading.bad],
        ]
        cells = list(zip(*(bad.cells for bad in reading.bad), strict=True))
        style = Style.of(target, reading.table).for_spreadsheets()
        write_table(target, [*_BAD_COLUMNS, *reading.table.columns], [*causes, *cells], style)
        return target


def _identity(path: Path, constant: Mapping[str, Any]) -> str:
    """What makes a list the same one again: its bytes, and what was said to hold for all its rows."""
    content = _sha256_of(path)
    if not constant:
        return content
    return hashlib.sha256(content.encode() + msgspec.json.encode(constant, order="sorted")).hexdigest()


def _refuse_to_overwrite(path: Path, bad_file: Path | None) -> None:
    if bad_file is None:
        return
    if bad_file.exists() and bad_file.samefile(path):
        raise InvalidFile(
            f"{bad_file} 就是要导入的文件，不会覆盖它",
            f"{bad_file} is the list itself and will not be written over",
            thing=str(bad_file),
            field="bad",
            rule="not-the-list",
        )
    if bad_file.is_dir() or not bad_file.absolute().parent.is_dir():
        raise InvalidFile(
            f"{bad_file} 写不进去：目录不存在或它就是目录",
            f"{bad_file} cannot be written: no such folder, or a folder itself",
            thing=str(bad_file),
            field="bad",
            rule="writable",
        )


class _Reading:
    """A list on its way into a segment: frames of good rows, and the bad rows met so far."""

    def __init__(
        self,
        path: Path,
        row_kind: RowKind,
        constant: Mapping[str, Any],
        organisations: frozenset[str],
        now: datetime,
        progress: Progress | None,
        *,
        strict: bool,
        away: Suppressed | None = None,
    ) -> None:
        self.bad: list[BadRow] = []
        self.table: Table | None = None
        self.rows = 0
        self._path = path
        self._row_kind = row_kind
        self._constant = constant
        self._organisations = organisations
        self._now = to_microseconds(now)
        self._progress = progress
        self._strict = strict
        self.only_of: _Among | None = None
        self.spoken_for: frozenset[str] | None = None
        self.reserve: Callable[[int], None] | None = None
        self._away = away
        self._known: dict[str, dict[str, Any]] = {}

    def frames(self) -> Iterator[pl.DataFrame]:
        """The good rows, batch by batch; the first bad row of a strict reading ends them, once all are known."""
        meanings = _MEANINGS[self._row_kind]
        self.table = table = open_table(self._path, header=lambda row: _names_numbers(row, meanings))
        columns = self._columns(table, meanings)
        seen = 0
        for block in table.batches(_ROWS):
            frame = self._frame(block, columns, table.above)
            seen += block.height
            if self._progress is not None:
                self._progress(seen)
            if frame.height and not (self._strict and self.bad):
                if self.reserve is not None:
                    self.reserve(frame.height)
                self.rows += frame.height
                yield frame
        if self._strict and self.bad:
            raise self._refusal()
        if not self.rows:
            raise InvalidFile(
                f"{self._path.name} 没有可导入的行",
                f"{self._path.name} has no row to import",
                thing=self._path.name,
                rule="not-empty",
            )

    def _columns(self, table: Table, meanings: tuple[Meaning, ...]) -> _Columns:
        """Which columns mean what; the numbers must be among them, and what was said unless it holds for all rows."""
        name = self._path.name
        if not table.header or not _names_numbers(table.columns, meanings):
            raise InvalidFile(
                f"{name} 的前 {HEADER_WITHIN} 行中没有含号码列的表头",
                f"{name} has no header with a column of numbers in its first {HEADER_WITHIN} rows",
                thing=name,
                field="number",
                rule="header",
            )
        columns = _meant(table.columns, meanings)
        must_say = _MUST_SAY[self._row_kind]
        if must_say not in self._constant and all(meaning.name != must_say for _, meaning in columns):
            raise InvalidFile(
                f"{name} 缺少 {must_say} 列",
                f"{name} has no column {must_say}",
                thing=name,
                field=must_say,
                rule="required-column",
            )
        return columns

    def _frame(self, block: Block, columns: _Columns, above: int) -> pl.DataFrame:
        failed: _Failed = {}
        if block.unclosed:
            failed[block.height - 1] = ("number", Unreadable(*CAUSES["unclosed-quote"]))
        cells = {meaning.name: self._read(block, index, meaning, failed) for index, meaning in columns}
        if "expires" in cells:
            ended = (cells["expires"] <= self._said_at(cells)).fill_null(False)
            for place in ended.arg_true().to_list():
                failed.setdefault(place, ("expires", Unreadable("到期早于同意时间", "it expires before it is given")))
        self._refuse_others(cells[NUMBER], failed)
        if self._away:
            orgs: pl.Series | str = cells["org"] if "org" in cells else self._constant.get("org", "")
            if isinstance(orgs, pl.Series) and "org" in self._constant:
                orgs = orgs.fill_null(self._constant["org"])
            for place in self._away.among(cells[NUMBER], orgs, self._said_at(cells)):
                failed.setdefault(place, ("at", _KEPT_AWAY))
        frame = pl.DataFrame([column.alias(name) for name, column in cells.items()])
        if not failed:
            return frame
        self._return(block, failed, above)
        good = np.ones(block.height, dtype=np.bool_)
        good[list(failed)] = False
        return frame.filter(good)

    def _refuse_others(self, numbers: pl.Series, failed: _Failed) -> None:
        """Numbers that another operator serves fail, whatever is on record of them."""
        if self.only_of is not None:
            for place in np.flatnonzero(~self.only_of(numbers.to_numpy())).tolist():
                failed.setdefault(
                    place, (NUMBER, Unreadable("不是本运营商的用户", "not a subscriber of this operator"))
                )

    def _read(self, block: Block, index: int, meaning: Meaning, failed: _Failed) -> pl.Series:
        if meaning.name == NUMBER:
            return self._numbers(block.numbers(index), meaning, failed)
        if meaning.name in _INTEGER:
            return self._moments(block.column(index), meaning, failed)
        return self._meant(block.distinct(index), meaning, failed, np.arange(block.height))

    def _said_at(self, cells: Mapping[str, pl.Series]) -> pl.Series | int:
        """When each row was said: its own time, else that of all rows, else now."""
        for_all: int = self._constant.get("at", self._now)
        return cells["at"].fill_null(for_all) if "at" in cells else for_all

    def _return(self, block: Block, failed: _Failed, above: int) -> None:
        """Note the bad rows, each as it is written. A blank row fails by its number; it is nobody's mistake."""
        places = sorted(failed)
        rows = block.rows(np.array(places, dtype=np.int64))
        written = zip(*(rows.texts(index) for index in range(rows.frame.width)), strict=True)
        for place, cells in zip(places, written, strict=True):
            if any(cell.strip() for cell in cells):
                column, cause = failed[place]
                self.bad.append(BadRow(above + block.first + place, column, cause.zh, cause.en, cells))

    def _numbers(self, read: Numbers, meaning: Meaning, failed: _Failed) -> pl.Series:
        """The numbers of a column as integers: those in a common spelling at once, the others one by one."""
        numbers = np.where(read.values > 0, read.values + _CHINA, 0)
        known = self._known.setdefault(meaning.name, {})
        for place in np.flatnonzero(read.values == 0).tolist():
            text = read.parsed[place].raw
            try:
                number = known[text] if text in known else known.setdefault(text, self._cell(text, meaning))
                numbers[place] = int(number[1:])
            except Unreadable as cause:
                failed.setdefault(place, (meaning.name, cause))
        if len(known) > REMEMBERED:
            known.clear()
        return pl.Series(numbers, dtype=pl.Int64)

    def _moments(self, texts: pl.Series, meaning: Meaning, failed: _Failed) -> pl.Series:
        """A column of moments: common spellings all at once, the others one by one."""
        moments = spelled_moments(texts)
        if meaning.name in _PAST:
            moments = moments.set(moments > self._now, None)
        left = moments.is_null().arg_true().to_numpy()
        if len(left):
            others = self._meant(Texts.of(texts.gather(left).to_list()), meaning, failed, left)
            moments = moments.scatter(left, others)
        return moments

    def _meant(self, texts: Texts, meaning: Meaning, failed: _Failed, rows: NDArray[np.integer]) -> pl.Series:
        """What some rows' cells of a column mean; each text is read once for all rows that have it."""
        known = self._known.setdefault(meaning.name, {})
        meant, unreadable = [], {}
        for place, text in enumerate(texts.distinct):
            try:
                if text not in known:
                    known[text] = self._cell(text, meaning)
                meant.append(known[text])
            except Unreadable as cause:
                unreadable[place] = cause
                meant.append(None)
        for place in np.flatnonzero(np.isin(texts.places, list(unreadable))).tolist() if unreadable else ():
            failed.setdefault(int(rows[place]), (meaning.name, unreadable[int(texts.places[place])]))
        if len(known) > REMEMBERED:
            known.clear()
        return pl.Series(meant, dtype=_type(meaning.name)).gather(texts.places)

    def _cell(self, text: str, meaning: Meaning) -> Any:
        if not text.strip():
            if meaning.name in ("number", _MUST_SAY[self._row_kind]) and meaning.name not in self._constant:
                raise Unreadable(f"{meaning.name} 为空", f"{meaning.name} is empty")
            return None
        if "\0" in text:
            raise Unreadable("含有空字符", "it holds a NUL character")
        cell = meaning.read(text)
        if meaning.name in _PAST and cell > self._now:
            raise Unreadable(f"时间 {text} 尚未到来", f"the time {text} is yet to come")
        if meaning.name == "org" and self.spoken_for is not None and cell not in self.spoken_for:
            raise Unreadable(f"本租户不得代表“{cell}”", f"this tenant does not speak for “{cell}”")
        if meaning.name in _ORGANISATIONS:
            named = msgspec.json.decode(cell) if meaning.name == "except_for" else [cell]
            for org in named:
                if org not in self._organisations:
                    raise Unreadable(f"机构“{org}”未登记", f"the organisation “{org}” is not registered")
        return cell

    def _refusal(self) -> InvalidFile:
        shown = self.bad[:SHOWN]
        zh = "；".join(f"第 {bad.row} 行 {bad.column}：{bad.zh}" for bad in shown)
        en = "; ".join(f"row {bad.row}, {bad.column}: {bad.en}" for bad in shown)
        return InvalidFile(
            f"{self._path.name} 有 {len(self.bad)} 行不合格，整份未导入。{zh}",
            f"{self._path.name} has {len(self.bad)} bad row(s), nothing was imported. {en}",
            thing=self._path.name,
            field=shown[0].column,
            rule="atomic-import",
        )


def _meant(header: Sequence[str], meanings: tuple[Meaning, ...]) -> _Columns:
    by_heading = {heading: meaning for meaning in meanings for heading in meaning.headings}
    found: dict[str, tuple[int, Meaning]] = {}
    for index, heading in enumerate(header):
        meaning = by_heading.get(heading.strip().lower())
        if meaning is not None:
            found.setdefault(meaning.name, (index, meaning))
    return tuple(found.values())


def _names_numbers(row: Sequence[str], meanings: tuple[Meaning, ...]) -> bool:
    """Whether this row is the header: one of its columns is that of the numbers."""
    return any(meaning.name == "number" for _, meaning in _meant(row, meanings))


def _sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hex: its identity, whatever its name."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as refused:
        raise cannot_open(path, refused) from refused


def _type(name: str) -> pl.DataType:
    if name in _INTEGER:
        return pl.Int64()
    return pl.Boolean() if name in _BOOLEAN else pl.String()


def _report(event: Event, row_kind: str, reading: _Reading, *, duplicate: bool, bad_file: Path | None) -> ImportReport:
    return ImportReport(
        id=f"{event.log_id}:{event.position}",
        row_kind=row_kind,
        rows=int(event.payload["rows"]),
        bad=tuple(reading.bad),
        duplicate=duplicate,
        bad_file=bad_file,
    )

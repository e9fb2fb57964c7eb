"""The register tables: one per kind of statement, every statement a row, histories kept (登记表).

A row is the payload, cell by cell, behind the event's place: `position` in the journal, `line` within an import
(0 for a statement of its own), `tenant`, and `at` in microseconds since 1970 UTC. Booleans are 0 and 1, days ISO text,
lists JSON text, the same in both databases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import astuple

from anning.content import fold_signature
from anning.journal import Event
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.registers import events as reg
from anning.registers.events import Payload
from anning.registers.words import words_hash

PLACE: Final = ("position", "line", "tenant", "at")
"""Where a row comes from; the columns every table begins with."""

_RESERVED: Final = {
    "to": "org",
    "on": "org",
    "user": "code_user",
    "use": "code_use",
    "at": "contacts",
    "by": "decided_by",
}
"""Field names that SQL or the place keeps for itself, and the names of their columns."""


class Column(NamedTuple):
    """One field of a payload as a cell."""

    name: str
    field: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


class Table(NamedTuple):
    """One kind of statement as a table."""

    name: str
    kind: type[Payload]
    columns: tuple[Column, ...]
    derived: tuple[tuple[str, Callable[[Any], Any]], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All columns in order."""
        return (*PLACE, *(column.name for column in self.columns), *(name for name, _ in self.derived))

    def row(self, event: Event, payload: Payload) -> tuple[Any, ...]:
        """The row of a statement of its own."""
        return (
            event.position,
            0,
            event.tenant,
            to_microseconds(event.at),
            *[column.encode(cell) for column, cell in zip(self.columns, astuple(payload), strict=True)],
            *(derive(payload) for _, derive in self.derived),
        )

    def payload(self, cells: Sequence[Any]) -> Payload:
        """The statement of a row's cells, the place left out."""
        return self.kind(
            **{column.field: column.decode(cell) for column, cell in zip(self.columns, cells, strict=False)}
        )


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    return str.__str__(value)


def _optional(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _column(field: str, hint: Any) -> Column:
    name = "is_on" if hint is bool and field == "on" else _RESERVED.get(field, field)
    among = {hint, *get_args(hint)}
    if any(get_origin(one) is tuple for one in among):
        return Column(name, field, _optional(_json), _optional(lambda cell: msgspec.json.decode(cell, type=hint)))
    if bool in among:
        return Column(name, field, int, bool)
    if datetime in among:
        return Column(name, field, _optional(to_microseconds), _optional(from_microseconds))
    if date in among:
        return Column(name, field, _optional(date.isoformat), _optional(date.fromisoformat))
    return Column(name, field, _text, hint if hint is reg.WishKind else _same)


def _table(name: str, kind: type[Payload], **derived: Callable[[Any], Any]) -> Table:
    hints = get_type_hints(kind)
    columns = tuple(_column(field, hints[field]) for field in kind.__struct_fields__)
    return Table(name, kind, columns, tuple(derived.items()))


_ALL: Final = (
    _table("organisations", reg.OrganisationRegistered),
    _table("identities", reg.IdentityVerified),
    _table("licences", reg.LicenceRecorded),
    _table("codes", reg.CodeRecorded),
    _table("signatures", reg.SignatureRecorded, folded=lambda said: fold_signature(said.text)),
    _table("measures", reg.MeasureTaken),
    _table("content_blocks", reg.ContentBlocked),
    _table("wishes", reg.WishStated),
    _table("wish_withdrawals", reg.WishWithdrawn),
    _table("consents", reg.ConsentGiven),
    _table("refusals", reg.ConsentWithdrawn),
    _table("unclear_replies", reg.ReplyUnclear),
    _table("unattributed_replies", reg.ReplyUnattributed),
    _table("reply_readings", reg.ReplyRead),
    _table("recycled_numbers", reg.NumberRecycled),
    _table("consent_words", reg.WordsRecorded, words_hash=lambda said: words_hash(said.text)),
    _table("served_ranges", reg.NumberRangeServed),
    _table("ported_numbers", reg.NumberPorted),
    _table("forgotten_subscribers", reg.SubscriberForgotten),
    _table("suppressions", reg.SuppressionKept),
    _table("legal_holds", reg.LegalHoldSet),
    _table("approvals", reg.ApprovalRecorded),
    _table("charge_notices", reg.ChargeNoticeGiven),
    _table("prior_contacts", reg.ContactsRecorded),
    _table("instrument_confirmations", reg.InstrumentConfirmed),
    _table("house_policies", reg.HousePolicySet),
    _table("content_models", reg.ContentModelDecided),
)

TABLES: Final = MappingProxyType({reg.kind_of_type(table.kind): table for table in _ALL})
"""Every table by the journal kind of its rows."""

IMPORTS: Final = "imports"
IMPORT_COLUMNS: Final = ("position", "tenant", "at", "row_kind", "rows", "source", "file", "sha256")
"""The list of imports: one row for each segment of the journal (导入台账)."""

TABLE_NAMES: Final = (*(table.name for table in _ALL), IMPORTS)

"""Who may: organisations, identity, licences, codes, signatures, measures, blocks, approvals, settings (名录).

An in-memory view of the journal. A statement does not exist before its time: a measure taken at noon is no measure
in the morning, and the directory can still say how things stood then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

import msgspec

from anning.content import fold_signature, normalise
from anning.gate.history import History
from anning.gate.shelf import Folded, Shelf, shelf_of_histories, shelf_of_several
from anning.journal.envelope import to_microseconds
from anning.law.instrument import SHANGHAI
from anning.law.observations import CodeState, LicenceState, SignatureState
from anning.numbers import parse
from anning.registers import events as reg
from anning.registers.commands import SHORTEST_PORT
from anning.registers.stated import Stated

V = TypeVar("V")
K = TypeVar("K")

_COVERS: dict[str, frozenset[str]] = {
    "sms": frozenset({"sms", "carrier"}),
    "app": frozenset({"sms", "carrier"}),
    "call": frozenset({"voice", "carrier"}),
}


class Organisation(msgspec.Struct, frozen=True):
    """An organisation or person as registered (主体)."""

    id: str
    name: str
    trade: str
    kind: str
    folded_name: str


class Code(msgspec.Struct, frozen=True):
    """A number code as registered (码号)."""

    holder: str
    user: str
    use: str
    state: CodeState
    reviewed: bool


class Licence(msgspec.Struct, frozen=True):
    """A licence as recorded; both days are local and inclusive (经营许可)."""

    from_day: date
    until_day: date
    revoked: bool


class _Folded(msgspec.Struct, frozen=True):
    shelves: dict[str, Folded]
    confirmed: dict[str, list[tuple[int, int, bool]]]
    house_policy: list[tuple[int, int, bool]]
    models: list[tuple[int, int, str]]


class Directory:
    """All that is registered about those who send and carry, at any moment.

    Attributes:
        version: how often it has changed; what was read under another version may be out of date.
    """

    def __init__(self) -> None:
        self._organisations: Shelf[str, History[Organisation]] = shelf_of_histories(Organisation)
        self._verified: Shelf[str, History[bool]] = shelf_of_histories(bool)
        self._licences: Shelf[str, dict[tuple[str, str], History[Licence]]] = shelf_of_several(Licence)
        self._codes: Shelf[str, History[Code]] = shelf_of_histories(Code)
        self._signatures: Shelf[str, dict[str, History[str]]] = shelf_of_several(str)
        self._sanctions: Shelf[str, History[str]] = shelf_of_histories(str)
        self._blocks: Shelf[bytes, History[bool]] = shelf_of_histories(bool)
        self._approvals: Shelf[str, dict[str, History[reg.ApprovalRecorded]]] = shelf_of_several(reg.ApprovalRecorded)
        self._confirmed: dict[str, History[bool]] = {}
        self._house_policy: History[bool] = History()
        self._house_policy.state(_BEGINNING, 0, False)
        self._models: History[str] = History()
        self._models.state(_BEGINNING, 0, reg.BUILT_IN_MODEL)
        self.version = 0

    # --- as a snapshot keeps it ----------------------------------------------------------------------------------

    def fold(self) -> bytes:
        """Everything it has taken in."""
        shelves = {name: getattr(self, f"_{name}").fold() for name in _SHELVES}
        confirmed = {name: list(history.everything()) for name, history in self._confirmed.items()}
        policy, models = list(self._house_policy.everything()), list(self._models.everything())
        return msgspec.msgpack.encode(_Folded(shelves, confirmed, policy, models))

    def unfold(self, folded: bytes) -> None:
        """Stand on what `fold` gave."""
        content = msgspec.msgpack.decode(folded, type=_Folded)
        for name in _SHELVES:
            getattr(self, f"_{name}").take(content.shelves[name])
        for name, said in content.confirmed.items():
            for moment, position, confirmed in said:
                _of(self._confirmed, name).state(moment, position, confirmed)
        for moment, position, on in content.house_policy:
            self._house_policy.state(moment, position, on)
        for moment, position, model in content.models:
            self._models.state(moment, position, model)
        self.version += 1

    def take(self, statements: Iterable[Stated]) -> None:
        """Take in what was said next; what is not the directory's is left to others."""
        for position, at, said in statements:
            take = _TAKES.get(type(said))
            if take is not None:
                take(self, to_microseconds(at), position, said)
                self.version += 1

    # --- what it takes in ---------------------------------------------------------------------------------------

    def _organisation(self, at: int, position: int, said: reg.OrganisationRegistered) -> None:
        row = Organisation(said.id, said.name, said.trade, said.org_kind, fold_signature(said.name))
        _of(self._organisations, said.id).state(at, position, row)

    def _identity(self, at: int, position: int, said: reg.IdentityVerified) -> None:
        _of(self._verified, said.org).state(at, position, said.verified)

    def _licence(self, at: int, position: int, said: reg.LicenceRecorded) -> None:
        rows = self._licences.of(said.holder, dict)
        row = Licence(said.from_day, said.until_day, said.state == "revoked")
        _of(rows, (said.licence_kind, said.licence_class)).state(at, position, row)

    def _code(self, at: int, position: int, said: reg.CodeRecorded) -> None:
        row = Code(said.holder, said.user, said.use, CodeState(said.state), said.reviewed)
        _of(self._codes, code_form(said.code)).state(at, position, row)

    def _signature(self, at: int, position: int, said: reg.SignatureRecorded) -> None:
        owners = self._signatures.of(fold_signature(said.text), dict)
        _of(owners, said.owner).state(at, position, said.state)

    def _measure(self, at: int, position: int, said: reg.MeasureTaken) -> None:
        if said.measure in ("suspended", "closed") and not said.noticed:
            return
        _of(self._sanctions, said.on).state(at, position, said.measure)

    def _block(self, at: int, position: int, said: reg.ContentBlocked) -> None:
        _of(self._blocks, content_key(said.text)).state(at, position, not said.lifted)

    def _approval(self, at: int, position: int, said: reg.ApprovalRecorded) -> None:
        _of(self._approvals.of(said.agency, dict), said.id).state(at, position, said)

    def _instrument(self, at: int, position: int, said: reg.InstrumentConfirmed) -> None:
        _of(self._confirmed, said.instrument).state(at, position, said.confirmed)

    def _policy(self, at: int, position: int, said: reg.HousePolicySet) -> None:
        self._house_policy.state(at, position, said.on)

    def _model(self, at: int, position: int, said: reg.ContentModelDecided) -> None:
        if said.step == "activated":
            self._models.state(at, position, said.model)

    # --- what it answers ----------------------------------------------------------------------------------------

    def organisation(self, org: str, moment: int, changes: list[int] | None = None) -> Organisation | None:
        """The organisation as registered at that moment, None when it was not."""
        return _read(self._organisations, org, moment, changes)

    def verified(self, org: str, moment: int, changes: list[int] | None = None) -> bool:
        """Whether its real identity was verified (身份核验)."""
        return _read(self._verified, org, moment, changes) or False

    def sanction(self, org: str, moment: int, changes: list[int] | None = None) -> str:
        """The measure in effect: none, warned, limited, suspended, closed (措施)."""
        return _read(self._sanctions, org, moment, changes) or "none"

    def code(self, code: str, moment: int, changes: list[int] | None = None) -> Code | None:
        """The registered row of a code in `code_form`.

        A 106 port may be used with an extension (扩展码): one that has no row of its own is the port's.
        """
        row = _read(self._codes, code, moment, changes)
        if row is None and code.startswith("106"):
            for length in range(len(code) - 1, SHORTEST_PORT - 1, -1):
                row = _read(self._codes, code[:length], moment, changes)
                if row is not None:
                    break
        return row

    def licence(
        self, provider: str, channel: str, moment: int, day: date, changes: list[int] | None = None
    ) -> tuple[LicenceState, date | None]:
        """How the provider's licence for that channel stands on that local day, and its last day when it is valid."""
        rows = self._licences.get(provider)
        if rows is None:
            return LicenceState.NONE, None
        kinds = _COVERS[channel]
        states: set[LicenceState] = set()
        until: date | None = None
        for (kind, _), history in rows.items():
            row = history.at(moment, changes)
            if row is None:
                continue
            state = _standing(row, day) if kind in kinds else LicenceState.WRONG_KIND
            states.add(state)
            if state is LicenceState.VALID:
                until = row.until_day if until is None else max(until, row.until_day)
        for state in _BEST_FIRST:
            if state in states:
                return state, until
        return LicenceState.NONE, None

    def licence_begins(self, provider: str, channel: str, moment: int, day: date) -> date | None:
        """First day of the next licence that has not begun yet."""
        rows = self._licences.get(provider, {})
        begins = [
            row.from_day
            for (kind, _), history in rows.items()
            if kind in _COVERS[channel]
            and (row := history.at(moment)) is not None
            and not row.revoked
            and row.from_day > day
        ]
        return min(begins, default=None)

    def signature(self, text: str, sender: str, moment: int, changes: list[int] | None = None) -> SignatureState:
        """How an SMS signature stands for that sender; one that looks alike is the same (短信签名)."""
        if not text:
            return SignatureState.NONE
        owners = self._signatures.get(fold_signature(text))
        if owners is None:
            return SignatureState.UNREGISTERED
        states = {
            owner: state for owner, history in owners.items() if (state := history.at(moment, changes)) is not None
        }
        own = states.pop(sender, None)
        if own == "approved":
            return SignatureState.APPROVED
        if states:
            return SignatureState.FOREIGN
        return SignatureState.UNREGISTERED if own is None else SignatureState.NOT_APPROVED

    def blocked(self, key: bytes, moment: int, changes: list[int] | None = None) -> bool:
        """Whether a content block is in force on the text with that `content_key` (R32)."""
        return _read(self._blocks, key, moment, changes) or False

    def approvals(
        self, agency: str, text: str, moment: int, changes: list[int] | None = None
    ) -> list[reg.ApprovalRecorded]:
        """The agency's public-interest applications for exactly this text, blanks aside."""
        rows = self._approvals.get(agency)
        if rows is None:
            return []
        wanted = _blankless(text)
        found = [row for history in rows.values() if (row := history.at(moment, changes)) is not None]
        return [row for row in found if _blankless(row.text) == wanted]

    def confirmed(self, moment: int, changes: list[int] | None = None) -> frozenset[str]:
        """Instruments the operator has confirmed."""
        if not self._confirmed:
            return _NONE
        return frozenset(name for name, history in self._confirmed.items() if history.at(moment, changes))

    def house_policy(self, moment: int, changes: list[int] | None = None) -> bool:
        """Whether the operator's own limits are judged too."""
        return self._house_policy.at(moment, changes) or False

    def content_model(self, moment: int, changes: list[int] | None = None) -> str:
        """Which content model texts are judged by: the SHA-256 of its file, or "builtin"."""
        return self._models.at(moment, changes) or reg.BUILT_IN_MODEL


def moment_of(at: datetime) -> int:
    """Microseconds since 1970 (UTC), as the histories count."""
    return to_microseconds(at)


def midnight(day: date) -> int:
    """The moment at which a local day begins in Beijing."""
    return to_microseconds(datetime.combine(day, time(), SHANGHAI))


def instant(moment: int) -> datetime:
    """The aware moment of such a count."""
    return datetime.fromtimestamp(moment // 1_000_000, UTC).replace(microsecond=moment % 1_000_000)


def code_form(code: str) -> str:
    """The spelling in which codes are compared: E.164 for subscribers' numbers, plain digits for codes, else as is."""
    parsed = parse(code)
    return parsed.number if parsed.valid else _blankless(code)


def content_key(text: str) -> bytes:
    """What two texts share that say the same with disguise undone: SHA-256 of the normalised words."""
    return hashlib.sha256(_blankless(normalise(text)).encode("utf-8", "surrogatepass")).digest()


def _standing(row: Licence, day: date) -> LicenceState:
    if row.revoked:
        return LicenceState.REVOKED
    if day < row.from_day:
        return LicenceState.NOT_YET
    return LicenceState.VALID if day <= row.until_day else LicenceState.EXPIRED


def _blankless(text: str) -> str:
    return "".join(text.split())


def _of(histories: dict[K, History[V]], key: K) -> History[V]:
    history = histories.get(key)
    if history is None:
        history = histories[key] = History()
    return history


def _read(histories: dict[K, History[V]], key: K, moment: int, changes: list[int] | None) -> V | None:
    history = histories.get(key)
    return None if history is None else history.at(moment, changes)


_BEGINNING = -(2**62)
_SHELVES = (
    "organisations",
    "verified",
    "licences",
    "codes",
    "signatures",
    "sanctions",
    "blocks",
    "approvals",
)
_NONE: frozenset[str] = frozenset()
_BEST_FIRST = (
    LicenceState.VALID,
    LicenceState.REVOKED,
    LicenceState.NOT_YET,
    LicenceState.EXPIRED,
    LicenceState.WRONG_KIND,
)
_TAKES: dict[type[reg.Payload], Callable[[Directory, int, int, Any], None]] = {
    reg.OrganisationRegistered: Directory._organisation,
    reg.IdentityVerified: Directory._identity,
    reg.LicenceRecorded: Directory._licence,
    reg.CodeRecorded: Directory._code,
    reg.SignatureRecorded: Directory._signature,
    reg.MeasureTaken: Directory._measure,
    reg.ContentBlocked: Directory._block,
    reg.ApprovalRecorded: Directory._approval,
    reg.InstrumentConfirmed: Directory._instrument,
    reg.HousePolicySet: Directory._policy,
    reg.ContentModelDecided: Directory._model,
}

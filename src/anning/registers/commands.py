"""What may be said to the registers (登记命令): a statement, checked against what stands, becomes an event.

One command for each act: the statement itself (a payload of `anning.registers.events`), or a subscriber's answer,
which becomes a refusal, an answer to be read, or nothing. What the law forbids, the register refuses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeAlias

import msgspec

from anning.content import Reply, read_reply
from anning.errors import InvalidCommand
from anning.journal import Connection, Entry
from anning.journal.envelope import canonical_payload
from anning.numbers import Kind, parse
from anning.registers import checks
from anning.registers.events import (
    KINDS,
    CodeRecorded,
    ConsentGiven,
    ConsentWithdrawn,
    ContentModelDecided,
    MeasureTaken,
    Payload,
    ReplyUnattributed,
    ReplyUnclear,
    event_of,
    kind_of,
    payload_of,
)
from anning.registers.suppression import Marks, must_not_be_suppressed
from anning.registers.views import rows

REPLY_DOOR: Final = "reply"
SHORTEST_PORT: Final = 8
"""A main port has at least eight digits; what follows a registered port is the sender's extension (扩展码)."""

_NOMINAL_USES: Final = {
    Kind.CODE_106_COMMERCIAL: "commercial",
    Kind.CODE_106_SERVICE: "service",
    Kind.CODE_106_PUBLIC_INTEREST: "public-interest",
}
_USE_WORDS: Final = {
    "commercial": ("商业性", "commercial"),
    "service": ("服务类", "service"),
    "public-interest": ("公益", "public-interest"),
}


class ReplyReceived(msgspec.Struct, frozen=True, kw_only=True):
    """A subscriber answered a code (上行回复). Who uses the code is refused on every number it has."""

    number: str
    code: str
    text: str


Said: TypeAlias = Payload | ReplyReceived


class RegisterCommand:
    """One statement on its way into the journal; see `anning.journal.writer.Command`.

    Args:
        said: what is said.
        tenant, actor: in whose register, and by whom.
        at: when it was said; it counts from then.
        key: the idempotency key.
        dated: whether the speaker named the moment; one that did not may ask again later under the same key.
        marks: who must not come back with an old list.
    """

    def __init__(
        self,
        said: Said,
        *,
        tenant: str,
        actor: str,
        at: datetime,
        key: str,
        dated: bool = False,
        marks: Marks | None = None,
    ) -> None:
        self.said = said
        self.tenant = tenant
        self.actor = actor
        self.at = at
        self.key = key
        self.dated = dated
        self.marks = marks

    def digest(self) -> bytes:
        """What is said and, when the speaker named it, from when it counts."""
        content = {
            "kind": kind_of(self.said) if isinstance(self.said, Payload) else "reply-received",
            "said": payload_of(self.said) if isinstance(self.said, Payload) else msgspec.to_builtins(self.said),
            "at": self.at.isoformat() if self.dated else "",
        }
        return hashlib.sha256(canonical_payload(content)).digest()

    def decide(self, connection: Connection, /) -> Sequence[Entry]:
        """The event it leads to; none when an answer does not refuse.

        Raises:
            InvalidCommand: a field is not what it must be, or the registers forbid it; field and rule are named.
        """
        said = self.said
        payload = read_answer(connection, said, self.at) if isinstance(said, ReplyReceived) else said
        if payload is None:
            return ()
        if isinstance(payload, ContentModelDecided) and not payload.by:
            payload = msgspec.structs.replace(payload, by=self.actor)
        checked = _checked(connection, payload, self.at, self.marks)
        return (Entry(kind_of(checked), payload_of(checked), self.tenant, self.actor, self.at, self.key),)


class TogetherCommand:
    """Several statements of one moment on their way into the journal, all of them or none (一并登记).

    Each is checked against the registers as they stand before the first.

    Args:
        said: what is said, in this order.
        tenant, actor, at, key, marks: as in `RegisterCommand`.
    """

    def __init__(
        self,
        said: Sequence[Payload],
        *,
        tenant: str,
        actor: str,
        at: datetime,
        key: str,
        marks: Marks | None = None,
    ) -> None:
        self.said = tuple(said)
        self.tenant = tenant
        self.actor = actor
        self.at = at
        self.key = key
        self.marks = marks

    def digest(self) -> bytes:
        """What is said, in order."""
        content = {"said": [{"kind": kind_of(one), **payload_of(one)} for one in self.said]}
        return hashlib.sha256(canonical_payload(content)).digest()

    def decide(self, connection: Connection, /) -> Sequence[Entry]:
        """An event for each.

        Raises:
            InvalidCommand: a field is not what it must be, or the registers forbid it; nothing is written.
        """
        kept = [_checked(connection, one, self.at, self.marks) for one in self.said]
        return tuple(Entry(kind_of(one), payload_of(one), self.tenant, self.actor, self.at, self.key) for one in kept)


def _checked(connection: Connection, payload: Payload, at: datetime, marks: Marks | None) -> Payload:
    checked = checks.checked(connection, _well_formed(payload), at)
    if isinstance(checked, ConsentGiven):
        must_not_be_suppressed(connection, marks, checked, at)
    return checked


def read_answer(connection: Connection, answer: ReplyReceived, at: datetime) -> Payload | None:
    """What a subscriber's answer says: see `answered`."""
    return answered(answer, user_of_code(connection, answer.code, at))


def answered(answer: ReplyReceived, to: str | None) -> Payload | None:
    """What an answer says to an organisation: a refusal, something to be read, or nothing.

    Where nobody is registered for the code, whatever may be a refusal is kept as it came: none is lost.

    Args:
        to: who uses the code that was answered; None when nobody is known to.
    """
    reading = read_reply(answer.text).reply
    if reading is not Reply.REFUSAL and reading is not Reply.UNCLEAR:
        return None
    if to is None:
        return ReplyUnattributed(code=answer.code, number=answer.number, words=answer.text)
    if reading is Reply.REFUSAL:
        return ConsentWithdrawn(number=answer.number, to=to, door=REPLY_DOOR, words=answer.text)
    return ReplyUnclear(number=answer.number, to=to, words=answer.text)


def user_of_code(connection: Connection, code: str, at: datetime) -> str | None:
    """Who uses a code, its extension cut off digit by digit until a registered port is found; None when nobody."""
    parsed = parse(code)
    digits = parsed.number if parsed.valid else "".join(filter(str.isdecimal, code))
    shortest = SHORTEST_PORT if parsed.kind is not Kind.INVALID and digits.startswith("106") else len(digits)
    lengths = range(len(digits), shortest - 1, -1)
    codes = msgspec.json.encode([digits[:length] for length in lengths]).decode()
    found = rows(connection, "code_recorded_by_codes", codes=codes, at=checks.micros(at))
    longest = max((row for row in found if isinstance(row, CodeRecorded)), key=lambda row: len(row.code), default=None)
    return None if longest is None else longest.user


def remark(said: Said) -> tuple[str, str] | None:
    """What its speaker should know of a statement that is kept: that it has no effect, or looks like a slip."""
    if isinstance(said, MeasureTaken) and said.measure in ("suspended", "closed") and not said.noticed:
        return (
            "已记录，但未事先告知当事方，暂停或关停不生效（R22b）",
            "recorded, but the party was not told beforehand: the suspension or closing has no effect (R22b)",
        )
    if isinstance(said, CodeRecorded):
        return _unlike_its_prefix(said)
    return None


def _unlike_its_prefix(said: CodeRecorded) -> tuple[str, str] | None:
    """The numbering plan names a use for each 106 block; a code registered for another is kept and remarked on."""
    nominal = _NOMINAL_USES.get(parse(said.code).kind)
    if nominal is None or said.use in (nominal, "any"):
        return None
    (zh, en), (as_zh, as_en) = _USE_WORDS[nominal], _USE_WORDS[said.use]
    return (
        f"注意：按编号计划，{said.code} 所在号段是{zh}端口，现登记为{as_zh}用途；已照此登记，请核对",
        f"mind: the numbering plan has {said.code} in a block for {en} ports, and it is registered for {as_en} use; "
        "recorded so, please make sure",
    )


def _well_formed(payload: Payload) -> Payload:
    """The payload with every field of its declared type.

    Raises:
        InvalidCommand: one is not, named.
    """
    kind = kind_of(payload)
    try:
        return event_of(kind, payload_of(payload)) if kind in KINDS else payload
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$.")
        field = path.rstrip("`").partition("[")[0]
        raise InvalidCommand(
            f"{field} 的取值不在允许之列：{getattr(payload, field, '')}",
            f"{field} is not one of the values allowed: {what}",
            thing=kind,
            field=field,
            rule="allowed-value",
        ) from error

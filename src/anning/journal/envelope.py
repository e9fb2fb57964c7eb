"""The envelope of an event (事件信封): what exactly is kept, and what of it may be published.

The canonical bytes are the RFC 8785 (JCS) form of::

    {"actor", "at", "key", "kind", "log", "payload", "position", "recorded_at", "tenant", "v": 1}

``at`` and ``recorded_at`` are RFC 3339 in UTC with exactly six digits after the second. The epoch of the writer is
not part of it: which process held the pen changes nothing that was said.

    commitment = SHA-256(salt || canonical)        16 random bytes of salt per event
    leaf_hash  = SHA-256(0x00 || commitment)       RFC 9162 section 2.1.1, over the 32 bytes of the commitment

Only the leaf hash is ever published. Without the salt it tells nothing of a number, even by trying all numbers; once
payload and salt are erased it still stands, and with it everybody else's receipts.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeAlias

import msgspec
import rfc8785

from anning.errors import InvalidCommand
from anning.journal.merkle import leaf_hash as merkle_leaf_hash

VERSION: Final = 1
SALT_LENGTH: Final = 16
LARGEST_EXACT_INTEGER: Final = 2**53 - 1

Payload: TypeAlias = dict[str, Any]
"""JSON object: null, booleans, strings, arrays, objects, and numbers that an IEEE double holds exactly."""

Clock: TypeAlias = Callable[[], datetime]
Salts: TypeAlias = Callable[[], bytes]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SIMPLE: Final = frozenset({str, bool, type(None)})
_decode = msgspec.json.Decoder().decode
_encode_sorted = msgspec.json.Encoder(order="sorted").encode


class Entry(msgspec.Struct, frozen=True):
    """What somebody wants written, before it has a place (待写事项).

    Attributes:
        kind: what happened, a short slug such as ``wish``; the views know what to make of it.
        payload: the facts, as JSON.
        tenant: whose register it belongs to (carrier, reseller, provider).
        actor: who said it or did it.
        at: when it was said; must carry a time zone.
        key: the idempotency key of the command it came with (幂等键).
    """

    kind: str
    payload: Payload
    tenant: str
    actor: str
    at: datetime
    key: str


class Event(msgspec.Struct, frozen=True):
    """One entry of the journal, at its place for good (事件).

    Attributes:
        log_id, position: the place; positions run from 1 without gaps.
        kind, payload, tenant, actor, at, key: as in `Entry`; ``at`` is in UTC.
        recorded_at: when the writer took it, UTC.
        salt: 16 random bytes that keep the leaf hash from being guessed.
        leaf_hash: 32 bytes, see the head of this module.
        epoch: which holder of the writer's lock wrote it.
        rewritten: of a segment of which rows were erased, what stands now in place of its file; else empty.

    An event that was erased has an empty payload, key and salt; the leaf hash stands.
    """

    log_id: str
    position: int
    kind: str
    payload: Payload
    tenant: str
    actor: str
    at: datetime
    recorded_at: datetime
    key: str
    salt: bytes
    leaf_hash: bytes
    epoch: int
    rewritten: Payload = {}

    @property
    def erased(self) -> bool:
        """Whether what it said was erased (已擦除)."""
        return not self.salt

    def __repr__(self) -> str:
        """The place and the kind: a repr ends up in logs, where neither numbers nor salts belong."""
        return f"Event({self.log_id}:{self.position} {self.kind})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """As `__repr__`, for tracebacks and consoles that rich prints."""
        return [("place", f"{self.log_id}:{self.position}"), ("kind", self.kind)]


def now() -> datetime:
    """The present moment in UTC; the only clock of the journal, given to it so that tests can give another."""
    return datetime.now(UTC)


def new_salt() -> bytes:
    """16 bytes from the system's generator of secrets."""
    return secrets.token_bytes(SALT_LENGTH)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC, as both databases store a moment.

    Raises:
        InvalidCommand: the moment carries no time zone.
    """
    if moment.tzinfo is None:
        raise InvalidCommand(
            f"时间 {moment.isoformat()} 没有时区",
            f"the time {moment.isoformat()} has no time zone",
            field="at",
            rule="aware-time",
        )
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The moment that many microseconds after 1970-01-01 UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def canonical_payload(payload: Payload) -> bytes:
    """The RFC 8785 form of a payload.

    Raises:
        InvalidCommand: a value is not JSON, or a number that a double does not hold exactly (beyond 2^53 - 1).
    """
    if _is_plain(payload):
        try:
            return _encode_sorted(payload)
        except UnicodeEncodeError:
            pass  # named below
    _must_be_exact(payload, "payload")
    return _canonical(payload, "payload")


def canonical(event: Event) -> bytes:
    """The canonical bytes of an event, see the head of this module."""
    return _assemble(
        event.log_id,
        event.position,
        Entry(event.kind, event.payload, event.tenant, event.actor, event.at, event.key),
        event.recorded_at,
        canonical_payload(event.payload),
    )


def commitment(salt: bytes, canonical_bytes: bytes) -> bytes:
    """SHA-256(salt || canonical): what a receipt opens (承诺值)."""
    return hashlib.sha256(salt + canonical_bytes).digest()


def leaf_hash(salt: bytes, canonical_bytes: bytes) -> bytes:
    """The leaf of an event or of a row of a segment: two hash calls, no more (叶哈希)."""
    return merkle_leaf_hash(commitment(salt, canonical_bytes))


def seal(
    entry: Entry, *, log_id: str, position: int, recorded_at: datetime, salt: bytes, epoch: int
) -> tuple[Event, bytes]:
    """The event that puts ``entry`` at its place, and the canonical bytes of its payload as stored.

    The payload is read back from its canonical bytes: whoever hears the event live sees exactly what a replay sees.

    Raises:
        InvalidCommand: a field cannot be kept as it is, named in the error.
    """
    must_be_text(entry.kind, "kind")
    must_be_text(entry.tenant, "tenant")
    must_be_text(entry.actor, "actor")
    must_be_text(entry.key, "key")
    payload_bytes = canonical_payload(entry.payload)
    to_microseconds(entry.at)  # a moment without a time zone is refused
    at = entry.at.astimezone(UTC)
    canonical_bytes = _assemble(log_id, position, entry, recorded_at, payload_bytes)
    event = Event(
        log_id=log_id,
        position=position,
        kind=entry.kind,
        payload=_decode(payload_bytes),
        tenant=entry.tenant,
        actor=entry.actor,
        at=at,
        recorded_at=recorded_at,
        key=entry.key,
        salt=salt,
        leaf_hash=leaf_hash(salt, canonical_bytes),
        epoch=epoch,
    )
    return event, payload_bytes


class Leaf(StrEnum):
    """How an event stands to its leaf hash (叶的状态)."""

    INTACT = "intact"
    ERASED = "erased"
    WRONG = "wrong"


def verify(event: Event) -> Leaf:
    """Whether the event still says what its leaf hash was made of, or was erased.

    Whether an erasure was recorded is seen in the journal only: see `anning.journal.erasing.unaccounted`.
    """
    if event.erased:
        return Leaf.WRONG if event.payload or event.key else Leaf.ERASED
    intact = len(event.salt) == SALT_LENGTH and leaf_hash(event.salt, canonical(event)) == event.leaf_hash
    return Leaf.INTACT if intact else Leaf.WRONG


def _assemble(log_id: str, position: int, entry: Entry, recorded_at: datetime, payload_bytes: bytes) -> bytes:
    # The names are in JCS order already, so the payload, canonical by itself, is not walked twice.
    return b"".join(
        (
            b'{"actor":',
            _canonical(entry.actor, "actor"),
            b',"at":"',
            _rfc3339(entry.at),
            b'","key":',
            _canonical(entry.key, "key"),
            b',"kind":',
            _canonical(entry.kind, "kind"),
            b',"log":',
            _canonical(log_id, "log"),
            b',"payload":',
            payload_bytes,
            b',"position":%d,"recorded_at":"' % position,
            _rfc3339(recorded_at),
            b'","tenant":',
            _canonical(entry.tenant, "tenant"),
            b',"v":%d}' % VERSION,
        )
    )


@lru_cache(maxsize=4096)
def _rfc3339(moment: datetime) -> bytes:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z").encode()


def _is_plain(value: Any) -> bool:
    """Whether msgspec's sorted JSON is the RFC 8785 form, many times as fast: no fractions, names in ASCII."""
    kind = type(value)
    if kind in _SIMPLE:
        return True
    if kind is dict:
        for name, member in value.items():
            if type(name) is not str or not name.isascii():
                return False
            if type(member) not in _SIMPLE and not _is_plain(member):
                return False
        return True
    if kind is list or kind is tuple:
        return all(map(_is_plain, value))
    return kind is int and -LARGEST_EXACT_INTEGER <= value <= LARGEST_EXACT_INTEGER


def _canonical(value: Any, field: str) -> bytes:
    if type(value) is str:
        try:
            return _encode_sorted(value)
        except UnicodeEncodeError:
            pass  # named below
    try:
        canonical_bytes: bytes = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise InvalidCommand(
            f"{field} 无法写成规范 JSON：{error}",
            f"{field} has no canonical JSON form: {error}",
            field=field,
            rule="canonical-json",
        ) from error
    return canonical_bytes


def must_be_text(value: object, field: str) -> None:
    """Text that both databases and canonical JSON hold.

    Raises:
        InvalidCommand: it is empty, no text, has a NUL, or half a surrogate pair.
    """
    if not isinstance(value, str) or not value or "\0" in value or not (value.isascii() or _is_unicode(value)):
        raise InvalidCommand(
            f"{field} 须为非空文本，且不得含空字符或残缺的代理码位",
            f"{field} must be text, not empty, without NUL characters or lone surrogates",
            field=field,
            rule="plain-text",
        )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _must_be_exact(value: object, path: str) -> None:
    if isinstance(value, dict):
        for name, member in value.items():
            _must_be_exact(member, f"{path}.{name}")
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for index, member in enumerate(value):
            _must_be_exact(member, f"{path}[{index}]")
    elif isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= LARGEST_EXACT_INTEGER):
        raise InvalidCommand(
            f"{path} 的数值 {value} 超出 ±(2^53 - 1)，无法精确保存，请改用文本",
            f"{path} is {value}, beyond ±(2^53 - 1): it cannot be kept exactly; give it as text",
            field=path,
            rule="exact-number",
        )

"""Whom a person consented to, on what words, how strong that is, what proves it (我同意过的)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from anning.journal import Connection, Store
from anning.journal.envelope import to_microseconds
from anning.registers.events import ConsentGiven, OrganisationRegistered, WordsRecorded
from anning.registers.looked_up import ConsentStanding, consents_of
from anning.registers.stated import Stated
from anning.registers.views import rows
from anning.wishes.exhibits import Exhibits

Strength = Literal["confirmed", "one-sided", "invalid", "none"]


class ConsentHeld(msgspec.Struct, frozen=True, kw_only=True):
    """How a person stands towards one organisation on one channel, and the consent that decided (对一家机构的同意).

    Attributes:
        state: as in `ConsentStanding`.
        strength: confirmed by the person's own phone, one-sided, or invalid because nobody acted (S01).
        words: what was shown, to the letter; empty when nobody recorded it.
        evidence: kept, missing (recorded by hash, not here), or none.
        place: of the consent, ``log:position``.
    """

    org: str
    name: str
    channel: str
    state: str
    strength: Strength
    refused: bool
    given_at: datetime | None = None
    expires: datetime | None = None
    act: str = ""
    door: str = ""
    through: str = ""
    purpose: str = ""
    trade: str = ""
    words: str = ""
    words_hash: str = ""
    evidence: Literal["kept", "missing", "none"] = "none"
    evidence_kind: str = ""
    evidence_hash: str = ""
    place: str = ""


def held(
    store: Store, exhibits: Exhibits, number: str, at: datetime, to: Sequence[str] | None = None
) -> list[ConsentHeld]:
    """The consents of a number, E.164, one for each organisation and channel.

    Args:
        to: these organisations only; all that were spoken to when None.

    Raises:
        Unavailable: the evidence cannot be looked for.
    """
    with store.read() as connection:
        found = consents_of(connection, number, at, to)
        given = [(one, _consent_behind(one, found.statements)) for one in found.standing]
        names = {one.to: _name(connection, one.to, at) for one, _ in given}
        words = {
            consent.payload.words_hash: _words(connection, consent.payload.words_hash, at)
            for _, consent in given
            if consent is not None and isinstance(consent.payload, ConsentGiven) and consent.payload.words_hash
        }
    return [_held(one, consent, names[one.to], words, store.log_id, exhibits) for one, consent in given]


def words_of(store: Store, sha256: str, at: datetime) -> WordsRecorded | None:
    """The words of a hash; None when nobody recorded them."""
    with store.read() as connection:
        return _recorded(connection, sha256, at)


def _consent_behind(one: ConsentStanding, statements: Sequence[Stated]) -> Stated | None:
    """The consent that decided, as it was recorded."""
    if one.given_at is None:
        return None
    given = datetime.fromisoformat(one.given_at)
    return next(
        (
            said
            for said in reversed(statements)
            if isinstance(said.payload, ConsentGiven)
            and said.payload.to == one.to
            and said.at == given
            and said.payload.channel in (one.channel, "both")
        ),
        None,
    )


def _held(
    one: ConsentStanding,
    consent: Stated | None,
    name: str,
    words: dict[str, str],
    log: str,
    exhibits: Exhibits,
) -> ConsentHeld:
    blank = ConsentHeld(
        org=one.to, name=name, channel=one.channel, state=one.state, strength="none", refused=one.refused
    )
    if consent is None or not isinstance(consent.payload, ConsentGiven):
        return blank
    said = consent.payload
    evidence: Literal["kept", "missing", "none"] = "none"
    if said.evidence_hash:
        evidence = "kept" if exhibits.has(said.evidence_hash) else "missing"
    strength: Strength = "confirmed" if said.confirmed else "one-sided"
    if said.act not in ("explicit", "requested"):
        strength = "invalid"
    return msgspec.structs.replace(
        blank,
        strength=strength,
        given_at=consent.at,
        expires=said.expires,
        act=said.act,
        door=said.door,
        through=said.through,
        purpose=said.purpose,
        trade=said.trade,
        words=words.get(said.words_hash, ""),
        words_hash=said.words_hash,
        evidence=evidence,
        evidence_kind=said.evidence_kind,
        evidence_hash=said.evidence_hash,
        place=f"{log}:{consent.position}",
    )


def _name(connection: Connection, org: str, at: datetime) -> str:
    for row in rows(connection, "organisation_registered_by_id", id=org, at=to_microseconds(at)):
        if isinstance(row, OrganisationRegistered):
            return row.name
    return org


def _words(connection: Connection, sha256: str, at: datetime) -> str:
    found = _recorded(connection, sha256, at)
    return "" if found is None else found.text


def _recorded(connection: Connection, sha256: str, at: datetime) -> WordsRecorded | None:
    found = rows(connection, "words_recorded_by_hash", words_hash=sha256, at=to_microseconds(at))
    return next((row for row in found if isinstance(row, WordsRecorded)), None)

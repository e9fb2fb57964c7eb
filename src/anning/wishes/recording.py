"""A sender records a consent it was given (同意登记): the words shown, what proves it, the recipient asked or not."""

from __future__ import annotations

from datetime import datetime

import msgspec

from anning.errors import InvalidCommand, NotFound
from anning.journal import Ack, Clock
from anning.journal.envelope import to_microseconds
from anning.registers.events import ConsentGiven, OrganisationRegistered, WordsRecorded
from anning.registers.open import Registers
from anning.registers.views import rows
from anning.registers.words import words_hash
from anning.wishes.confirming import Confirming, Request
from anning.wishes.exhibits import Exhibits


class Recording:
    """Takes consents in with what they rest on."""

    def __init__(self, registers: Registers, confirming: Confirming, exhibits: Exhibits, clock: Clock) -> None:
        self._registers = registers
        self._confirming = confirming
        self._exhibits = exhibits
        self._clock = clock

    def record(
        self,
        said: ConsentGiven,
        *,
        words: str,
        tenant: str,
        actor: str,
        at: datetime | None = None,
        key: str = "",
        confirm_at: str = "",
    ) -> Ack:
        """Record a consent; answered when it is on disk.

        What was ticked beforehand, bundled or silent is recorded as what it is, and stands for nothing (S01).

        Args:
            words: what was shown, to the letter; empty when only its hash is known.
            at: when it was given; now when not given.
            confirm_at: the code a reply to the request for confirmation comes to; empty when nobody is to be asked.

        Raises:
            InvalidCommand: the words are not those of the hash, or a field is not what it must be.
            NotFound: the evidence it names is not kept here.
        """
        if said.confirmed:
            raise InvalidCommand(
                "confirmed：经本人手机确认只能由本人答复产生",
                "confirmed: only the recipient's own answer makes a consent confirmed",
                thing="consent-given",
                field="confirmed",
                rule="own-phone",
            )
        if words:
            said = self._worded(said, words)
        if said.evidence_hash and not self._exhibits.has(said.evidence_hash):
            raise NotFound(
                "所称证据未保存在此：请先上传证据，再登记同意",
                "the evidence it names is not kept here: upload it first, then record the consent",
                thing=said.evidence_hash[:64],
                field="evidence_hash",
                rule="evidence-kept",
            )
        if words and self._knows(said.to):
            self._record_words(said.to, words, tenant, actor)
        ack = self._registers.write(said, actor=actor, key=key, at=at, tenant=tenant)
        if confirm_at and ack.first:
            request = Request(
                consent=said,
                place=ack.ids[0],
                words=words or self._words_of(said.words_hash),
                sender=self._name_of(said.to),
                tenant=tenant,
            )
            self._confirming.ask(request, confirm_at)
        return ack

    @staticmethod
    def _worded(said: ConsentGiven, words: str) -> ConsentGiven:
        found = words_hash(words)
        if said.words_hash not in ("", found):
            raise InvalidCommand(
                "words_hash：与所给原文的 SHA-256 不符",
                "words_hash: it is not the SHA-256 of the words given",
                thing="consent-given",
                field="words_hash",
                rule="words-hash",
            )
        return msgspec.structs.replace(said, words_hash=found)

    def _record_words(self, org: str, words: str, tenant: str, actor: str) -> None:
        """Once for each wording: the key is its hash."""
        said = WordsRecorded(org=org, text=words)
        self._registers.write(said, actor=actor, key=f"words:{org}:{words_hash(words)}", tenant=tenant)

    def _knows(self, org: str) -> bool:
        return self._organisation(org) is not None

    def _name_of(self, org: str) -> str:
        found = self._organisation(org)
        return org if found is None else found.name

    def _organisation(self, org: str) -> OrganisationRegistered | None:
        with self._registers.store.read() as connection:
            found = rows(connection, "organisation_registered_by_id", id=org, at=to_microseconds(self._clock()))
        return next((row for row in found if isinstance(row, OrganisationRegistered)), None)

    def _words_of(self, sha256: str) -> str:
        if not sha256:
            return ""
        with self._registers.store.read() as connection:
            found = rows(connection, "words_recorded_by_hash", words_hash=sha256, at=to_microseconds(self._clock()))
        return next((row.text for row in found if isinstance(row, WordsRecorded)), "")

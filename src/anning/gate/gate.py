"""The gate: one decision on one communication, from views of the journal, without a database or a clock (闸口).

`Gate` judges one; `Campaign` (campaign.py) the rows of a bulk job by the same rules, observing once what they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from anning.content import REPLY_HASH
from anning.content import judge as judge_by_rules
from anning.errors import InvalidInput, Unavailable
from anning.gate.communication import Communication
from anning.gate.counts.contacts import Contacts, ContentKind, KeepsContacts
from anning.gate.counts.kept import KeptContacts
from anning.gate.directory import Directory, instant, moment_of
from anning.gate.handovers import Handovers
from anning.gate.index import CompactIndex, Histories, Index, PastIndex, PlainIndex
from anning.gate.observe import PARTS, Sources, observe
from anning.gate.sources import our_code_hash
from anning.gate.texts import Judge, Readers
from anning.gate.validity import ageing, reads
from anning.journal import Event
from anning.journal.store import Excerpt
from anning.law.calendar import WorkingCalendar
from anning.law.decision import Decision, Hashes, Outcome
from anning.law.instrument import SHANGHAI
from anning.law.instruments import common
from anning.law.instruments.registry import IN_FORCE, compose
from anning.law.observations import Channel, Observations
from anning.law.regime import Regime, Valuation
from anning.law.tri import UNKNOWN
from anning.numbers import parse
from anning.registers.segment_rows import statements_of_segment
from anning.registers.stated import Erasure, Imported, Stated, told

TEXTS_KEPT: Final = 8192
"""Distinct texts whose content is remembered."""

EMPTY_LOG: Final = "none"
"""Log id of a gate that has heard of no journal yet."""

UNNAMED: Final = "unnamed"
"""Content hash of decisions by another judge that was handed in without one."""

_PAGE: Final = 10_000
"""Events that are taken in together."""

_DAY = timedelta(days=1)

JUST_NOW: Final = 3600 * 1_000_000
"""Microseconds before the latest statement that still count as now."""


class Terms(msgspec.Struct, frozen=True):
    """What decisions of one moment and channel share.

    Attributes:
        counts: the fields of counts that the regime's rules read on this channel.
        until: when settings, hours or dates may make the regime judge otherwise; a day at most.
    """

    regime: Regime
    counts: frozenset[str]
    until: datetime
    hashes: Hashes


class _Beside(msgspec.Struct, frozen=True):
    directory: bytes
    contacts: bytes
    handovers: bytes


class Gate:
    """Judges by what the journal has said so far; feed it with `follow`.

    Attributes:
        log_id, position: how far in which journal it has heard.
        sources: directory, index, contacts, content rules, calendar, and the parts that are away.
        contacts: the same contacts, to add to.
        just_now: microseconds before the latest statement that still count as now, see `sources_at`.
        knows_erasures: erasures up to this position were made before the gate began to hear: it never heard what went.
        erasures: how many it has followed.
    """

    def __init__(
        self,
        *,
        index: Index | None = None,
        judge: Judge = judge_by_rules,
        content_hash: str = "",
        calendar: WorkingCalendar | None = None,
        segments: Path | None = None,
        histories: Histories | None = None,
        contacts: KeepsContacts | None = None,
    ) -> None:
        """An empty gate.

        Args:
            index: where numbers are looked up; by default a dictionary.
            judge: what reads a text; what raises leaves the text unknown.
            content_hash: what that judge goes by, for the hashes of decisions; our own rules carry theirs.
            calendar: working days, for public-interest applications; by default the published years.
            segments: the folder of import segments; needed only when there are imports.
            histories: the registers, asked about moments that a compact index no longer tells.
            contacts: what was sent before; by default what this gate hears of, in memory.
        """
        self._histories = histories
        self.knows_erasures = 0
        self.erasures = 0
        self.just_now = JUST_NOW
        self._segments = segments
        ours = judge is judge_by_rules
        readers = Readers(None if ours else judge, content_hash or ("" if ours else UNNAMED), segments, TEXTS_KEPT)
        self.log_id = EMPTY_LOG
        self.position = 0
        self.contacts: KeepsContacts = KeptContacts() if contacts is None else contacts
        self.sources = Sources(
            directory=Directory(),
            index=PlainIndex() if index is None else index,
            contacts=self.contacts,
            handovers=Handovers(),
            readers=readers,
            calendar=WorkingCalendar.published() if calendar is None else calendar,
            away={},
        )

    @classmethod
    def of(cls, events: Iterable[Event], *, segments: Path | None = None) -> Gate:
        """A gate that has followed these events from the first."""
        gate = cls(segments=segments)
        gate.follow(events)
        return gate

    def follow(self, events: Iterable[Event | Excerpt], *, log_id: str = "") -> None:
        """Take in what the journal says next, in order.

        Args:
            log_id: of the journal; events say it themselves, excerpts do not.

        Raises:
            InvalidInput: an event of another journal, or one that leaves a gap.
            TornSegment: an import's file is not the one its event vouches for.
        """
        page: list[Event | Excerpt] = []
        for event in events:
            of_log = event.log_id if isinstance(event, Event) else log_id
            reached = page[-1].position if page else self.position
            if event.position <= reached and of_log == self.log_id:
                continue
            if self.log_id not in (EMPTY_LOG, of_log) or event.position != reached + 1:
                self._take(page)
                raise InvalidInput(
                    f"闸口已读到 {self.log_id}:{reached}，收到的却是 {of_log}:{event.position}",
                    f"the gate stands at {self.log_id}:{reached} and was given {of_log}:{event.position}",
                    thing="journal",
                    field="position",
                    rule="gap-free",
                )
            self.log_id = of_log
            page.append(event)
            if len(page) == _PAGE:
                self._take(page)
                page = []
        self._take(page)

    def _take(self, page: Sequence[Event | Excerpt]) -> None:
        """Take in events that follow on each other; an import by itself, for it may be as long as a nation."""
        said: list[Stated] = []
        for one in told(page):
            if isinstance(one, Imported):
                self._hear(said)
                said = []
                self._take_import(one)
            elif isinstance(one, Erasure):
                self._hear(said)
                said = []
                self._let_go(one)
            else:
                said.append(one)
        self._hear(said)
        if page:
            self.position = page[-1].position
            if isinstance(self.sources.index, CompactIndex):
                self.sources.index.reached(self.position)

    def _take_import(self, event: Imported) -> None:
        index = self.sources.index
        if isinstance(index, CompactIndex) and event.looked_up:
            index.take_segment(event, self._segments)
        else:
            index.take(statements_of_segment(event, self._segments))

    def _let_go(self, erasure: Erasure) -> None:
        """Know no longer what was erased.

        Raises:
            Unavailable: the registers no longer tell whose it was; the gate must be made anew.
        """
        if erasure.position > self.knows_erasures and self._histories is not None:
            self.sources.index.let_go(erasure.position, self._histories)
            self.erasures += 1

    def _hear(self, said: Sequence[Stated]) -> None:
        self.sources.directory.take(said)
        self.sources.index.take(said)
        self.contacts.take(said)
        self.sources.handovers.take(said)

    def fold(self) -> bytes:
        """All that it keeps beside its index, for a snapshot."""
        return msgspec.msgpack.encode(
            _Beside(self.sources.directory.fold(), self.contacts.fold(), self.sources.handovers.fold())
        )

    def unfold(self, folded: bytes, log_id: str, position: int) -> int:
        """Stand where `fold` was called, at that position of that journal; the index is handed in by itself.

        Returns:
            The position after which the journal's contacts must be told again, see `KeepsContacts.unfold`.
        """
        beside = msgspec.msgpack.decode(folded, type=_Beside)
        self.sources.directory.unfold(beside.directory)
        self.sources.handovers.unfold(beside.handovers)
        self.log_id, self.position = log_id, position
        return self.contacts.unfold(beside.contacts, position)

    def lose(self, part: str, since: datetime) -> None:
        """A part is away (部件故障): index, directory, journal, records or detection.

        Args:
            since: when it was last in step; what it last said is relied on for no longer than a day.

        Raises:
            InvalidInput: no such part.
        """
        if part not in PARTS:
            raise InvalidInput(
                f"没有名为“{part}”的部件，可用：{'、'.join(PARTS)}",
                f"no part named {part!r}; there are: {', '.join(PARTS)}",
                thing=part,
                field="parts_down",
            )
        self.sources.away = {**self.sources.away, part: since}

    def regain(self, part: str) -> None:
        """The part is back."""
        self.sources.away = {name: since for name, since in self.sources.away.items() if name != part}

    def sources_at(self, at: datetime) -> Sources:
        """Where facts of that moment come from: the index from its horizon on, the registers before (`past`).

        A moment shortly before the latest statement counts as now: what was said meanwhile is known, and heeded.
        Without registers to ask, what people said at an earlier moment is unknown.
        """
        index = self.sources.index
        if isinstance(index, CompactIndex):
            try:
                index.refresh()
            except Unavailable:
                return self._without_index(at)
        if not isinstance(index, CompactIndex) or moment_of(at) >= index.horizon - self.just_now:
            return self.sources
        if self._histories is None:
            return self._without_index(at)
        return msgspec.structs.replace(self.sources, index=PastIndex(self._histories, self.position))

    def _without_index(self, since: datetime) -> Sources:
        return msgspec.structs.replace(self.sources, away={**self.sources.away, "index": since})

    def observe(self, c: Communication, contacts: Contacts | None = None) -> Observations:
        """All that is seen of it, free of law.

        Args:
            contacts: what was sent before, where that is known more exactly than to the gate.
        """
        try:
            return observe(c, _with(self.sources_at(c.at), contacts))
        except Unavailable:
            # It went away between the two looks at it; now it is known to be away.
            return observe(c, _with(self._without_index(c.at), contacts))

    def dated(self, c: Communication, observations: Observations) -> Observations:
        """The same, with the moment of a consent, which a compact index no longer tells; no rule looks at it."""
        compact = isinstance(self.sources.index, CompactIndex)
        if not compact or self._histories is None or observations.consent_at in (None, UNKNOWN):
            return observations
        whole = msgspec.structs.replace(self.sources, index=PastIndex(self._histories, self.position))
        try:
            consent_at = observe(c, whole).consent_at
        except Unavailable:
            consent_at = UNKNOWN
        return msgspec.structs.replace(observations, consent_at=consent_at)

    def decide(self, c: Communication, under: str = IN_FORCE) -> Decision:
        """The verdict on one communication.

        Raises:
            InvalidInput: no such instrument.
        """
        return self.decide_observed(self.observe(c), under)

    def decide_observed(self, observations: Observations, under: str = IN_FORCE) -> Decision:
        """The verdict on what was observed."""
        return self.settle(observations, self.terms(under, observations.at, observations.channel))

    def record(self, c: Communication, observations: Observations) -> None:
        """It goes out: from now on it is an earlier contact."""
        number = parse(c.number).number or c.number
        self.contacts.record(c.sender, number, c.channel, contact_kind(observations), moment_of(c.at))

    # --- how long a decision stands -----------------------------------------------------------------------------

    def terms(self, under: str, at: datetime, channel: Channel) -> Terms:
        """What a decision under that name at that moment on that channel is made by and how long it may stand.

        Raises:
            InvalidInput: no such instrument.
        """
        changes: list[int] = []
        moment, directory = moment_of(at), self.sources.directory
        confirmed = directory.confirmed(moment, changes)
        house_policy = directory.house_policy(moment, changes)
        day = at.astimezone(SHANGHAI).date()
        regime = compose(under, day, confirmed, house_policy)
        read = reads(under, day, confirmed, house_policy, channel)
        ends = (
            *(instant(change) for change in changes if change > moment),
            *(edge for edge in read.edges if edge > at),
            at + _DAY,
        )
        content_hash = self.sources.readers.version(directory.content_model(moment, changes))
        return Terms(regime, read.counts, min(ends), _hashes(regime, content_hash))

    def settle(self, observations: Observations, terms: Terms) -> Decision:
        """The verdict on what was observed, under terms already at hand."""
        judgement = terms.regime.judge(observations)
        ends = (terms.until, *observations.boundaries[:1], *ageing(observations, terms.counts))
        valid_until = min(ends).astimezone(UTC)
        return Decision(
            outcome=judgement.outcome,
            reasons=judgement.reasons,
            advisories=judgement.advisories,
            in_scope=judgement.in_scope,
            out_of_scope=judgement.out_of_scope,
            degraded=judgement.degraded,
            under=terms.regime.name,
            hashes=terms.hashes,
            log_id=self.log_id,
            position=self.position,
            at=observations.at,
            valid_until=valid_until,
            until=valid_until if judgement.outcome is Outcome.HOLD else None,
        )


def _with(sources: Sources, contacts: Contacts | None) -> Sources:
    return sources if contacts is None else msgspec.structs.replace(sources, contacts=contacts)


def contact_kind(observations: Observations) -> ContentKind:
    """What a communication counts as once it has gone out, for frequency rules: as the law reads it, in doubt as an
    offer."""
    day = observations.at.astimezone(SHANGHAI).date()
    if Valuation(common.INSTRUMENT, observations, day)("commercial") is not False:
        return "commercial"
    return "code" if observations.verification_code is True else "service"


@lru_cache(maxsize=64)
def _hashes(regime: Regime, content_hash: str) -> Hashes:
    return Hashes(
        law=regime.law_hash,
        parameters=regime.parameters_hash,
        code=our_code_hash(),
        content=content_hash,
        reply=REPLY_HASH,
    )

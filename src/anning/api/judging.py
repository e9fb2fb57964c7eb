"""Judging at the door: what requests share is observed once and kept while it stands (判定复用).

Requests that differ by person alone share a `Line`: one `Campaign`, whose verdicts are those of `Gate.decide`. A
verdict found again is answered again only before its `valid_until` and only at the journal's present position.
Where rules look back on earlier contacts, which a campaign counts as its own, each request is judged by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.api.models import Sending, Verdict, verdict_fields
from anning.gate.campaign import BlockJudged, Campaign
from anning.gate.communication import Communication
from anning.gate.directory import code_form
from anning.gate.gate import Gate
from anning.gate.index import Index
from anning.gate.index.protocol import Towards
from anning.journal import Event
from anning.journal.database import ERASED
from anning.law.decision import Decision, Outcome
from anning.law.observations import Channel
from anning.numbers import Parsed
from anning.registers.segment_rows import is_import
from anning.tables import Numbers

LINES: Final = 8_192
"""How many lines are kept; beyond, all are begun again."""

VIEWS: Final = 64
"""How many senders' views are kept at once."""

HISTORIES: Final = 65_536
"""A view that has met so many histories is begun again."""

KEPT: Final = 4_096
"""How many verdicts a line keeps in their written form."""

_AGAIN: Final = 3
T = TypeVar("T")

_encode = msgspec.json.Encoder().encode

LineKey: TypeAlias = tuple[Any, ...]
CountKey: TypeAlias = tuple[str, str, str, str, str, str]
"""Tenant, sender, channel, purpose, outcome, obligations with `;` between them."""


class Kept:
    """A verdict in its written form, and how often each tenant was given it.

    Attributes:
        written: its JSON without the first brace.
        starts: by tenant how an answer that carries it begins; its length is always the same.
    """

    __slots__ = ("counts", "decision", "outcome", "starts", "written")

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.outcome = decision.outcome
        self.written = _encode(Verdict(**verdict_fields(decision)))[1:]
        self.counts: dict[str, int] = {}
        self.starts: dict[str, dict[str, Any]] = {}


class Line:
    """What requests that differ by person alone share.

    Attributes:
        live: whether it is still among those that are counted; one that is not is never asked again.
    """

    __slots__ = ("_campaign", "_gate", "_views", "alone", "common", "kept", "live", "position", "under")

    def __init__(self, gate: Gate, common: Communication, under: str, views: Callable[..., Towards]) -> None:
        self.live = True
        self._gate = gate
        self._views = views
        self.common = common
        self.under = under
        self.kept: dict[int, Kept] = {}
        self.begin(common.at)

    def begin(self, now: datetime) -> None:
        """Observe again what is shared, for this moment.

        Raises:
            InvalidInput: no such instrument.
        """
        self.position = self._gate.position
        self.common = msgspec.structs.replace(self.common, at=now)
        self._campaign = Campaign(self._gate, self.common, self.under, self._views)
        self.alone = bool(self._gate.terms(self.under, now, self.common.channel).counts)

    def decide(self, parsed: Parsed, now: datetime) -> Kept:
        """The verdict on one person."""
        if self.position != self._gate.position:
            self.begin(now)
        if self.alone:
            number = parsed.number or parsed.raw
            return self.keep(self._gate.decide(msgspec.structs.replace(self.common, number=number, at=now), self.under))
        decision = self._campaign.decide(parsed)
        if now >= decision.valid_until or now < self.common.at:
            self.begin(now)
            decision = self._campaign.decide(parsed)
        found = self.kept.get(id(decision))
        return found if found is not None else self.keep(decision)

    def decide_block(self, column: Numbers, texts: Sequence[str | None] | None, now: datetime) -> BlockJudged:
        """The verdicts on many, those of a job at this moment."""
        if self.alone or self.position != self._gate.position or now < self.common.at:
            self.begin(now)
        judged = self._campaign.decide_block(column, texts)
        if any(now >= decision.valid_until for decision in judged.decisions):
            self.begin(now)
            judged = self._campaign.decide_block(column, texts)
        return judged

    def keep(self, decision: Decision) -> Kept:
        """A verdict written down; it is held, so that its identity stays its own."""
        found = self.kept.get(id(decision))
        if found is None:
            found = self.kept[id(decision)] = Kept(decision)
        return found


class Judging:
    """The gate of a server, followed live and asked from many threads.

    Attributes:
        gate: what judges.
    """

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.mutex = threading.Lock()
        self._lines: dict[LineKey, Line] = {}
        self._uncounted: dict[CountKey, int] = {}
        self._views: dict[tuple[int, tuple[str, ...]], tuple[Index, Towards]] = {}

    def follow(self, events: Sequence[Event]) -> None:
        """Take in what was just committed: lists and erasures beside the judging, single statements between."""
        for event in events:
            if is_import(event) or event.kind == ERASED:
                self.gate.follow((event,))
            else:
                with self.mutex:
                    self.gate.follow((event,))

    def line(self, key: LineKey, asked: Sending, now: datetime, *, blind: bool = False) -> Line:
        """The line of requests that share all of this.

        Args:
            key: `key_of` the request.
            blind: whether who asks is an outsider; see `anning.gate.blind`.

        Raises:
            InvalidInput: no such instrument.
        """
        found = self._lines.get(key)
        if found is None:
            if len(self._lines) >= LINES:
                self._forget()
            found = self._lines[key] = Line(
                self.gate, communication(asked, "", now, blind=blind), asked.under, self._view
            )
        elif len(found.kept) > KEPT:
            self._count_of(found)
            found.kept.clear()
        return found

    def decide(
        self, asked: Sending, parsed: Parsed, now: datetime, tenant: str, *, blind: bool = False
    ) -> tuple[Kept, Line]:
        """The verdict on one now, counted as given to that tenant, and the line it was judged in."""
        with self.mutex:
            line = self.line(key_of(asked, blind), asked, now, blind=blind)
            return self._decide(line, parsed, now, tenant), line

    def decide_in(self, line: Line, parsed: Parsed, now: datetime, tenant: str, *, holds: bool) -> Kept | None:
        """The same in a line at hand; None, and not counted, when it is no longer live, or is full.

        Args:
            holds: whether a verdict that holds the communication is wanted too; else it is None as well.
        """
        with self.mutex:
            if not line.live or len(line.kept) > KEPT:
                return None
            kept = line.decide(parsed, now)
            if kept.outcome is Outcome.HOLD and not holds:
                return None
            counts = kept.counts
            counts[tenant] = counts.get(tenant, 0) + 1
            return kept

    @staticmethod
    def _decide(line: Line, parsed: Parsed, now: datetime, tenant: str) -> Kept:
        kept = line.decide(parsed, now)
        counts = kept.counts
        counts[tenant] = counts.get(tenant, 0) + 1
        return kept

    def decide_at(self, asked: Sending, number: str, at: datetime, tenant: str, *, blind: bool = False) -> Kept:
        """The verdict on one at a moment it names, which may have to ask the registers: not for the event loop."""
        decision = self.unlocked(lambda: self.gate.decide(communication(asked, number, at, blind=blind), asked.under))
        with self.mutex:
            self.note(decision, tenant, asked)
        return Kept(decision)

    def decide_block(
        self,
        asked: Sending,
        column: Numbers,
        texts: Sequence[str | None] | None,
        now: datetime,
        tenant: str,
        *,
        blind: bool = False,
    ) -> tuple[list[Kept], NDArray[np.int32]]:
        """The verdicts on many now, counted as given to that tenant: the distinct ones, and by row which."""
        with self.mutex:
            line = self.line(key_of(asked, blind), asked, now, blind=blind)
            judged = line.decide_block(column, texts, now)
            kept = [line.keep(decision) for decision in judged.decisions]
            for each, rows in zip(kept, _rows_of(judged), strict=True):
                each.counts[tenant] = each.counts.get(tenant, 0) + rows
        return kept, judged.places

    def decide_block_at(
        self,
        asked: Sending,
        column: Numbers,
        texts: Sequence[str | None] | None,
        at: datetime,
        tenant: str,
        *,
        blind: bool = False,
    ) -> tuple[list[Kept], NDArray[np.int32]]:
        """The same at a moment that is named, which may have to ask the registers: not for the event loop."""
        judged = self.unlocked(
            lambda: Campaign(self.gate, communication(asked, "", at, blind=blind), asked.under).decide_block(
                column, texts
            )
        )
        with self.mutex:
            for decision, rows in zip(judged.decisions, _rows_of(judged), strict=True):
                self.note(decision, tenant, asked, rows)
        return list(map(Kept, judged.decisions)), judged.places

    def unlocked(self, ask: Callable[[], T]) -> T:
        """Ask the gate something that takes long, beside the judging.

        A statement taken in meanwhile may change a table under the asker's hands; then it asks again.
        """
        for _ in range(_AGAIN):
            with suppress(RuntimeError):
                return ask()
        with self.mutex:
            return ask()

    def note(self, decision: Decision, tenant: str, asked: Sending, many: int = 1) -> None:
        """Count what was answered outside a line; the caller holds the mutex."""
        key = (tenant, asked.sender, asked.channel.value, asked.purpose.value, decision.outcome.word, _ids(decision))
        self._uncounted[key] = self._uncounted.get(key, 0) + many

    def counted(self) -> dict[CountKey, int]:
        """What was answered since this was last asked."""
        with self.mutex:
            for line in self._lines.values():
                self._count_of(line)
            taken, self._uncounted = self._uncounted, {}
        return taken

    def _view(self, index: Index, parties: tuple[str, ...]) -> Towards:
        """How numbers stand towards these parties: one view for all lines, whose marks may be large."""
        key = (id(index), parties)
        found = self._views.get(key)
        if found is None or found[0] is not index or len(found[1].histories) > HISTORIES:
            if len(self._views) >= VIEWS:
                self._views.clear()
            found = self._views[key] = (index, index.towards(parties))
        return found[1]

    def _forget(self) -> None:
        for line in self._lines.values():
            self._count_of(line)
            line.live = False
        self._lines.clear()

    def _count_of(self, line: Line) -> None:
        for key, many in _counts(line):
            self._uncounted[key] = self._uncounted.get(key, 0) + many


def key_of(asked: Sending, blind: bool = False) -> LineKey:
    """What makes requests of one line."""
    return (
        blind,
        asked.text,
        asked.sender,
        asked.code,
        asked.provider,
        asked.channel,
        asked.purpose,
        asked.via,
        asked.under,
        asked.platform_call,
        asked.caller_identity,
        asked.charged,
    )


def communication(asked: Sending, number: str, at: datetime, *, blind: bool = False) -> Communication:
    """The request as the gate takes it."""
    return Communication(
        channel=asked.channel,
        provider=asked.provider,
        sender=asked.sender,
        via=asked.via,
        code=code_form(asked.code) if asked.code.strip() else "",
        number=number,
        text="" if asked.channel is Channel.CALL else asked.text,
        purpose=asked.purpose,
        platform_call=asked.platform_call,
        caller_identity=asked.caller_identity,
        charged=asked.charged,
        at=at,
        blind=blind,
    )


def _counts(line: Line) -> Iterator[tuple[CountKey, int]]:
    common = line.common
    for kept in line.kept.values():
        counts = kept.counts
        if not counts:
            continue
        kept.counts = {}
        for tenant, many in counts.items():
            said = common.sender, common.channel.value, common.purpose.value
            yield (tenant, *said, kept.outcome.word, _ids(kept.decision)), many


def _ids(decision: Decision) -> str:
    return ";".join(decision.obligations())


def _rows_of(judged: BlockJudged) -> list[int]:
    """How many rows have each of the distinct decisions."""
    counted: list[int] = np.bincount(judged.places + 1, minlength=len(judged.decisions) + 1)[1:].tolist()
    return counted

"""The process that judges lists (名单工作进程): one job at a time, by a gate of its own."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from multiprocessing.synchronize import Event as Wake
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import structlog

from anning.accounts import model
from anning.accounts.open import open_state
from anning.api import tables
from anning.api.counting import Counting
from anning.api.problems import OURS, problem_of
from anning.api.quota import Quotas
from anning.api.rows import RowsKept
from anning.api.scrubs import Scrub, Scrubs, ending_of
from anning.errors import AnningError, Unavailable
from anning.gate.campaign import BlockJudged, Campaign
from anning.gate.communication import Communication
from anning.gate.directory import code_form
from anning.gate.gate import Gate
from anning.gate.opening import open_gate
from anning.gate.scrub import scrub
from anning.journal import Follower, Store
from anning.journal.envelope import now
from anning.law.observations import Channel
from anning.logs import complain, configure
from anning.registers.views import MIGRATIONS, RegisterView
from anning.settings import Settings
from anning.tables import Numbers, open_table
from anning.tables.writers import Style

EVERY: Final = 0.25
"""Seconds between two notes of progress."""

TRIES: Final = 3
"""A list that took the process with it so often is not tried again."""

_log = structlog.get_logger(__name__)


class _Cancelled(Exception):
    """Nobody wants the job any more."""


def work(settings: Settings, wake: Wake, parent: int, shadow: bool) -> None:
    """Judge whatever waits, until the server is gone."""
    configure(settings.log_level)
    with open_state(settings, tables.STATE_MIGRATIONS) as state, _store(settings) as store:
        scrubs = Scrubs(state, settings.data_dir / "scrubs", now, shadow=shadow)
        quotas = Quotas(
            state,
            now,
            questions=settings.outsider_questions_per_day,
            consents=settings.outsider_consents_per_day,
        )
        clerk = Clerk(settings, store, scrubs, Counting(state, now, shadow=shadow), quotas)
        while os.getppid() == parent:
            if not clerk.do_next():
                wake.wait(1.0)
                wake.clear()


class Clerk:
    """Does one job after another, judging by what the journal says when each begins."""

    def __init__(self, settings: Settings, store: Store, scrubs: Scrubs, counting: Counting, quotas: Quotas) -> None:
        self._settings = settings
        self._store = store
        self._scrubs = scrubs
        self._counting = counting
        self._quotas = quotas
        self._gate: Gate | None = None

    def do_next(self) -> bool:
        """Do the job that waited longest; False when none waits."""
        taken = self._scrubs.take()
        if taken is None:
            return False
        job, folder, tried = taken
        try:
            if tried >= TRIES:
                self._scrubs.end(job.id, problem=OURS)
                return True
            result = self._judge(job, folder)
        except _Cancelled:
            self._scrubs.forget(msgspec.structs.replace(job, state="cancelled"))
        except AnningError as error:
            self._scrubs.end(job.id, problem=problem_of(_as_uploaded(error, job, folder)))
        except Exception:  # noqa: BLE001 - one list must not end the process that judges the next
            complain(_log, "scrub-failed", job=job.id, exc_info=True)
            self._scrubs.end(job.id, problem=OURS)
        else:
            self._scrubs.end(job.id, result=result)
        return True

    def _judge(self, job: Scrub, folder: Path) -> dict[str, Any]:
        asked = job.asked
        source = folder / f"list{Path(asked.filename).suffix.lower()}"
        table = open_table(
            source, sheet=asked.sheet, encoding=asked.encoding, delimiter=asked.delimiter, header=asked.header
        )
        number = table.number_column(asked.number_column)
        words = None
        if asked.text_column is not None and asked.channel is not Channel.CALL:
            words = table.column(asked.text_column, field="text_column")
        c = _communication(job, blind=self._is_outsider(job.tenant))
        kept = RowsKept(folder)
        judge = _Counted(Campaign(self._gate_now(), c, asked.under), kept)
        if c.blind:
            judge.reserve = lambda rows: self._quotas.take(job.tenant, "questions", rows)
        noted = 0.0

        def progress(read: int, rows: int) -> None:
            nonlocal noted
            if time.monotonic() - noted >= EVERY:
                noted = time.monotonic()
                if not self._scrubs.progress(job.id, read, rows):
                    raise _Cancelled

        out = folder / f"result{ending_of(asked)}"
        with closing(kept):
            result = scrub(
                table,
                judge,
                out,
                Style.of(out, table),
                number=number,
                text=words,
                language=asked.language,
                headers=asked.language,
                progress=progress,
            )
            kept.finish()
        self._counting.add(
            {
                (job.tenant, asked.sender, asked.channel.value, asked.purpose.value, outcome, reasons): many
                for (outcome, reasons), many in judge.tally.items()
            }
        )
        plain: dict[str, Any] = msgspec.to_builtins(result)
        plain["files"] = {part: Path(path).name for part, path in result.files.items()}
        plain["counted"] = [
            {
                "obligation": each.reason.obligation,
                "effect": each.reason.effect.word,
                "rows": each.rows,
                "zh": each.reason.zh,
                "en": each.reason.en,
                "citation_zh": each.reason.citation.zh(),
                "citation_en": each.reason.citation.en(),
            }
            for each in result.counted
        ]
        return {**plain, "at": c.at.isoformat(), "under": asked.under, "position": judge.position}

    def _is_outsider(self, tenant: str) -> bool:
        """Whether a tenant is told no wishes; one that is gone is told none."""
        with self._store.read() as connection:
            found = model.tenant(connection, tenant)
        return found is None or found.outsider

    def _gate_now(self) -> Gate:
        """The gate, as the journal stands now."""
        if self._gate is None:
            self._gate = open_gate(
                self._settings.database,
                self._settings.segments,
                counts=self._settings.counts,
                shards=self._settings.counts_shards,
            )
        # Where the counts are away the job goes by those last seen; what is sent is judged again.
        with suppress(Unavailable):
            self._gate.contacts.refresh()
        with Follower(self._store, self._gate.position) as follower:
            while events := follower.poll():
                self._gate.follow(events)
        return self._gate


class _Counted:
    """A campaign that counts what it decided, and keeps it row by row."""

    def __init__(self, campaign: Campaign, kept: RowsKept) -> None:
        self._campaign = campaign
        self._kept = kept
        self.tally: Counter[tuple[str, str]] = Counter()
        self.reserve: Callable[[int], None] | None = None
        self.position = 0

    def decide_block(self, column: Numbers, texts: Sequence[str | None] | None = None) -> BlockJudged:
        if self.reserve is not None:
            self.reserve(len(column.kinds))
        judged = self._campaign.decide_block(column, texts)
        rows = np.bincount(judged.places[judged.places >= 0], minlength=len(judged.decisions)).tolist()
        for many, decision in zip(rows, judged.decisions, strict=True):
            self.tally[decision.outcome.word, ";".join(decision.obligations())] += many
            self.position = decision.position
        self._kept.add(column, judged)
        return judged


def _as_uploaded(error: AnningError, job: Scrub, folder: Path) -> AnningError:
    """The list under the name its owner knows; where it lies here is nobody's business."""
    place, name = str(folder / f"list{Path(job.asked.filename).suffix.lower()}"), job.asked.filename
    for text in ("zh", "en", "thing"):
        setattr(error, text, getattr(error, text).replace(place, name))
    return error


def _communication(job: Scrub, *, blind: bool) -> Communication:
    asked = job.asked
    call = asked.channel is Channel.CALL
    return Communication(
        channel=asked.channel,
        provider=asked.provider,
        sender=asked.sender,
        via=asked.via,
        code=code_form(asked.code) if asked.code.strip() else "",
        number="",
        text="" if call else asked.text or "",
        purpose=asked.purpose,
        platform_call=call if asked.platform_call is None else asked.platform_call,
        caller_identity=asked.caller_identity,
        charged=asked.charged,
        blind=blind,
        at=asked.at or now(),
    )


def _store(settings: Settings) -> Store:
    return Store.open(settings.database, [RegisterView()], migrations=MIGRATIONS, segments=settings.segments)

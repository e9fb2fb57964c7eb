"""All contacts by cell - sender, number and channel - in bounded memory (计数单元).

The latest lie in a dictionary. When they are 16,384 they become a sorted run that does not change any more, and runs
are merged as they grow, a few at a time, so that there are never many. What no window looks back on any more is left
out when runs are merged.
"""

from __future__ import annotations

import threading
from bisect import bisect
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from anning.errors import Unavailable
from anning.gate.counts.contacts import HORIZON_SECONDS, KEPT, LATE_SECONDS
from anning.gate.counts.keys import FIRST_MOBILE, KIND_BITS, LAST_MOBILE
from anning.gate.counts.runs import Run, frozen, merged, sorted_run, without
from anning.gate.counts.sought import Sought

RECENT: Final = 16_384
"""So many contacts lie in the dictionary before they become a run."""

CAPACITY: Final = 64_000_000
"""Contacts at most, by default."""

_GROWTH: Final = 4
_ASIDE: Final = 1_000_000
_LOOKED_BACK: Final = HORIZON_SECONDS + LATE_SECONDS
_AN_HOUR: Final = 3600


Stamps: TypeAlias = dict[int, tuple[int, ...]]
"""Contacts by cell."""


class _State(NamedTuple):
    """What a reader must see of one moment: replaced as a whole."""

    recent: Stamps
    runs: tuple[Run, ...]
    released: Stamps
    in_runs: int


def _state(recent: Stamps, runs: tuple[Run, ...], released: Stamps) -> _State:
    return _State(recent, runs, released, sum(map(len, runs)))


class Cells:
    """Stamps by cell. One thread changes them; any may read.

    Attributes:
        latest: the second from which windows are counted back when contacts are left out.
    """

    def __init__(
        self,
        capacity: int = CAPACITY,
        runs: Iterable[Run] = (),
        *,
        released: Stamps | None = None,
        aside: Executor | None = None,
        recent: int = RECENT,
    ) -> None:
        """Cells with what is in these runs.

        Args:
            capacity: contacts at most.
            released: contacts taken back that still lie in the runs.
            aside: where large merges are done meanwhile; by default they are waited for.
            recent: so many contacts lie in the dictionary.
        """
        self._capacity = capacity
        self._aside = aside
        self._recent_at_most = recent
        self._state = _state({}, tuple(runs), released or {})
        self._recent = 0
        self._changing = threading.Lock()
        self._merging: Future[Any] | None = None
        self._full_until = 0
        self._sought: Sought | None = None
        self.latest = 0

    def __len__(self) -> int:
        return self._recent + self._state.in_runs

    @property
    def runs(self) -> tuple[Run, ...]:
        """The sorted runs, the largest first."""
        return self._state.runs

    @property
    def merging(self) -> bool:
        """Whether runs are being merged aside."""
        return self._merging is not None and not self._merging.done()

    @property
    def released(self) -> Stamps:
        """Contacts taken back that still lie in a run, by cell."""
        return self._state.released

    def stamps(self, cell: int) -> tuple[int, ...]:
        """The contacts of a cell, in order of time; of each kind the latest 256."""
        recent, runs, released, _ = self._state
        stamps = recent.get(cell, ())
        older = [stamp for run in runs for stamp in run.stamps(cell)]
        if not older:
            return stamps
        for stamp in released.get(cell, ()):
            if stamp in older:
                older.remove(stamp)
        older.extend(stamps)
        older.sort()
        return _latest_of_each_kind(older) if len(older) > KEPT else tuple(older)

    def known(self, cell: int) -> bool:
        """Whether the cell has any contact; one that was taken back since may be taken for one still."""
        recent, runs, _, _ = self._state
        return cell in recent or any(run.stamps(cell) for run in runs)

    def known_values(self, prefix: int, values: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The same of many mobile numbers of one sender and channel."""
        recent, runs, _, _ = self._state
        found = np.zeros(len(values), dtype=np.bool_)
        sought = self._sought
        if sought is None or sought.runs is not runs or sought.prefix != prefix:
            sought = self._sought = Sought(runs, prefix)
        sought.mark(values, found)
        if recent:
            numbers = np.fromiter(list(recent), np.int64) ^ prefix
            mine = numbers[(numbers >= FIRST_MOBILE) & (numbers <= LAST_MOBILE)]
            if len(mine):
                found |= np.isin(values, mine)
        return found

    def add(self, cell: int, stamp: int) -> None:
        """One contact more.

        Raises:
            Unavailable: there is no room for it.
        """
        recent = self._state.recent
        stamps = recent.get(cell)
        if stamps is None:
            recent[cell] = (stamp,)
        else:
            place = bisect(stamps, stamp)
            recent[cell] = (*stamps[:place], stamp, *stamps[place:])
            if len(stamps) >= KEPT:
                recent[cell] = _latest_of_each_kind(recent[cell])
                self._recent += len(recent[cell]) - len(stamps) - 1
        self._recent += 1
        if self._recent >= self._recent_at_most:
            self.freeze()

    def extend(self, records: NDArray[np.void]) -> None:
        """Many contacts more, as `RECORDS` of a log."""
        if len(records) < self._recent_at_most:
            for key, second in records[["key", "second"]].tolist():
                self.add(key >> KIND_BITS, second << KIND_BITS | key & 3)
            return
        run = sorted_run(records["key"], records["second"])
        with self._changing:
            self._state = _state(self._state.recent, (*self._state.runs, run), self._state.released)
        self.freeze()

    def make_room(self, contacts: int = 1) -> None:
        """See to it that so many more can be added.

        Raises:
            Unavailable: as many are kept as may be, and windows look back on all of them.
        """
        if len(self) + contacts <= self._capacity:
            return
        if self.latest >= self._full_until:
            self.forget()
            if len(self) + contacts <= self._capacity:
                return
            self._full_until = self.latest + _AN_HOUR
        raise Unavailable(
            f"联系计数已满（上限 {self._capacity:,}），请调高 ANNING_COUNTS_CAPACITY",
            f"the counts are full at {self._capacity:,} contacts: raise ANNING_COUNTS_CAPACITY",
            thing="counts",
            rule="capacity",
        )

    def remove(self, cell: int, stamp: int) -> None:
        """Take back a contact that was added."""
        recent, runs, released, _ = self._state
        stamps = recent.get(cell, ())
        if stamp in stamps:
            place = stamps.index(stamp)
            left = stamps[:place] + stamps[place + 1 :]
            if left:
                recent[cell] = left
            else:
                del recent[cell]
            self._recent -= 1
        elif any(stamp in run.stamps(cell) for run in runs):
            with self._changing:
                recent, runs, released, _ = self._state
                self._state = _state(recent, runs, {**released, cell: (*released.get(cell, ()), stamp)})

    def freeze(self, *, merge: bool = True) -> None:
        """Make a run of the latest contacts, and merge runs when that is due."""
        if self._recent:
            run = frozen(self._state.recent.items())
            with self._changing:
                self._state = _state({}, (*self._state.runs, run), self._state.released)
                self._recent = 0
        while merge and not self.merging and (due := self._due()):
            self._wait()
            if self._aside is not None and sum(map(len, due)) > _ASIDE:
                self._merging = self._aside.submit(self._merge, due, self._state.released)
            else:
                self._merge(due, self._state.released)

    def forget(self) -> None:
        """Leave out at once all that no window looks back on any more."""
        self._wait()
        self._merge(self._state.runs, self._state.released)

    def write_out(self, write: Callable[[Run], None]) -> None:
        """Have all that is here now made one run, aside, and given to `write`."""
        self._wait()
        self.freeze(merge=False)
        _, runs, released, _ = self._state

        def all_of_it() -> None:
            write(self._merge(runs, released))

        if self._aside is None:
            all_of_it()
        else:
            self._merging = self._aside.submit(all_of_it)

    def _wait(self) -> None:
        """For a merge that is being done aside; what went wrong there goes wrong here."""
        if self._merging is not None:
            self._merging.result()
            self._merging = None

    def _due(self) -> tuple[Run, ...]:
        """The last two runs, when the newer has come near the older in size."""
        last = self._state.runs[-2:]
        return last if len(last) == 2 and len(last[0]) < _GROWTH * len(last[1]) else ()

    def _merge(self, runs: tuple[Run, ...], released: Stamps) -> Run:
        """Put one run in the place of several that lie one behind the other, contacts taken back left out."""
        whole = merged(runs, max(self.latest - _LOOKED_BACK, 0))
        left: Stamps = {}
        if released:
            whole, left = without(whole, released)
        with self._changing:
            recent, now, since, _ = self._state
            # What came meanwhile lies behind these runs, and what was taken back meanwhile stays to be taken back.
            if runs == now[: len(runs)]:
                left = {}
            place = now.index(runs[0]) if runs else 0
            now = (*now[:place], whole, *now[place + len(runs) :])
            self._state = _state(recent, now, _still(since, released, left))
        return whole


def _still(since: Stamps, seen: Stamps, left: Stamps) -> Stamps:
    """What was taken back: not found before, or said after it was looked for."""
    still = {cell: left.get(cell, ()) + stamps[len(seen.get(cell, ())) :] for cell, stamps in since.items()}
    return {cell: stamps for cell, stamps in still.items() if stamps}


def _latest_of_each_kind(stamps: Iterable[int]) -> tuple[int, ...]:
    kept: list[int] = []
    counts = [0, 0, 0, 0]
    for stamp in sorted(stamps, reverse=True):
        counts[stamp & 3] += 1
        if counts[stamp & 3] <= KEPT:
            kept.append(stamp)
    kept.reverse()
    return tuple(kept)

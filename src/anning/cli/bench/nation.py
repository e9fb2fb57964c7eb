"""A generated nation: numbers, wishes and consents drawn from one seed, by the number itself (基准全国数据).

Whatever a person said follows from their number, so that any part of the nation can be made anew anywhere, row by row,
without keeping it. Numbers come in whole blocks of a million, as the operators were given them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.cli.bench import kernels, world
from anning.gate.gate import Gate
from anning.gate.index import CompactIndex
from anning.gate.index.histories import Pair, Said, said
from anning.gate.index.kernels import BLOCK, BLOCKS, FIRST_MOBILE
from anning.journal import Entry, MemoryJournal
from anning.journal.envelope import to_microseconds
from anning.registers import events as reg
from anning.tables.numbers import KIND_OF_PREFIX, Numbers

Values = NDArray[np.int64]

SEED: Final = world.SEED
SEGMENT: Final = 10_000
"""Numbers of a seven-digit segment."""

_BLOCK_OF_SEGMENTS: Final = BLOCK // SEGMENT
_ALLOTTED: Final = 5_000
"""Blocks of a million that are given out in a generated plan; about as many as in 2023."""

_WISH_SEED, _DEALING_SEED = 1, 2
_SINCE: Final = datetime(2026, 8, 1, tzinfo=UTC)

WISHES: Final = (
    ("none", 0.41),
    ("declines", 0.35),
    ("declines-finance", 0.08),
    ("declines-calls", 0.10),
    ("declines-evenings", 0.03),
    ("excepts-sender", 0.03),
)
"""What people wish in general, and how many of them; six in ten say something (a billion of 1.7)."""

DEALINGS: Final = ("none", "consented", "withdrew", "consented-later", "withdrew-later")
"""What passed between them and the sender; `later`: after they had stated their wish."""

_MOST_WHO_DEALT: Final = 50_000_000
_SHARE_WHO_DEALT: Final = 0.10
_AMONG_THEM: Final = (0.60, 0.05, 0.30, 0.05)


class Plan(msgspec.Struct, frozen=True):
    """The segments of a nation's numbers, in order (号段)."""

    segments: Values

    def __len__(self) -> int:
        return len(self.segments) * SEGMENT

    def numbers(self, places: Values) -> Values:
        """The numbers at these places in the order of all."""
        return self.segments[places // SEGMENT] * SEGMENT + places % SEGMENT

    def by_block(self) -> Iterator[Values]:
        """All numbers in order, a million at a time."""
        for first in range(0, len(self), BLOCK):
            yield self.numbers(np.arange(first, min(first + BLOCK, len(self))))

    def drawn(self, rows: int, seed: int = SEED) -> Values:
        """Random numbers of the nation, as a campaign's rows name them."""
        return self.numbers(np.random.default_rng(seed + rows).integers(0, len(self), rows))


def plan_of(numbers: int, file: Path | None = None) -> Plan:
    """As many numbers of the nation as asked for, in whole segments.

    Args:
        file: a published list of seven-digit segments (column ``prefix7``); without it one is drawn.
    """
    allotted = _published(file) if file is not None else _drawn()
    blocks, first = np.unique(allotted // _BLOCK_OF_SEGMENTS, return_index=True)
    order = np.random.default_rng(SEED).permutation(len(blocks))
    ends = np.append(first[1:], len(allotted))
    chosen: list[Values] = []
    missing = max(1, numbers // SEGMENT)
    for block in order.tolist():
        segments = allotted[first[block] : ends[block]][:missing]
        chosen.append(segments)
        missing -= len(segments)
        if missing <= 0:
            break
    return Plan(np.sort(np.concatenate(chosen)))


def _published(file: Path) -> Values:
    segments = pl.read_csv(file, columns=["prefix7"])["prefix7"].unique().sort().to_numpy()
    mobile = segments[(segments >= FIRST_MOBILE // SEGMENT) & (segments < FIRST_MOBILE // SEGMENT + BLOCKS * 100)]
    return mobile.astype(np.int64)


def _drawn() -> Values:
    blocks = np.sort(np.random.default_rng(SEED).choice(BLOCKS, _ALLOTTED, replace=False))
    first = FIRST_MOBILE // SEGMENT + blocks[:, None] * _BLOCK_OF_SEGMENTS
    return (first + np.arange(_BLOCK_OF_SEGMENTS)).ravel().astype(np.int64)


def wishes_of(numbers: Values) -> NDArray[np.uint8]:
    """By number the place of its holder's wish in `WISHES`."""
    return _draw(numbers, _WISH_SEED, [share for _, share in WISHES])


def dealings_of(numbers: Values, of_all: int) -> NDArray[np.uint8]:
    """By number the place in `DEALINGS` of what passed between its holder and the sender.

    Args:
        of_all: numbers of the nation; of a large one a smaller share have dealt with the sender.
    """
    dealt = min(_SHARE_WHO_DEALT, _MOST_WHO_DEALT / of_all)
    return _draw(numbers, _DEALING_SEED, [1 - dealt, *(dealt * share for share in _AMONG_THEM)])


def _draw(numbers: Values, seed: int, shares: list[float]) -> NDArray[np.uint8]:
    out = np.empty(len(numbers), np.uint8)
    kernels.draw(numbers, seed, np.floor(np.cumsum(shares)[:-1] * (1 << 32)).astype(np.int64), out)
    return out


_WISHES: Final[tuple[reg.Payload, ...]] = (
    reg.WishWithdrawn(number="", channel="both"),
    reg.WishStated(number="", channel="sms", says="decline"),
    reg.WishStated(number="", channel="sms", says="decline", trades=("finance",)),
    reg.WishStated(number="", channel="call", says="decline"),
    reg.WishStated(number="", channel="sms", says="decline", hours=(1080, 1440), keeps_consents=True),
    reg.WishStated(number="", channel="sms", says="decline", except_for=(world.SENDER,)),
)
_CONSENT: Final = reg.ConsentGiven(number="", to=world.SENDER, channel="sms", confirmed=True)
_WITHDRAWAL: Final = reg.ConsentWithdrawn(number="", to=world.SENDER, channel="sms", door="sms")


def story(number: str, wished: int, dealt: int) -> list[reg.Payload]:
    """All that a number's holder said, in order."""
    dealings: list[reg.Payload] = [] if not dealt else [_CONSENT] if dealt % 2 else [_CONSENT, _WITHDRAWAL]
    wishes = [_WISHES[wished]] if wished else []
    ordered = [*wishes, *dealings] if dealt > 2 else [*dealings, *wishes]
    return [msgspec.structs.replace(each, number=number) for each in ordered]


def gate_of(plan: Plan, *, dealings: bool = True, shared: bool = False) -> Gate:
    """A gate that knows the sender and all that the nation said, taken in by columns."""
    index = CompactIndex.empty(shared=shared)
    take_wishes(index, plan)
    if dealings:
        _take_dealings(index, plan)
    as_of(index)
    gate = Gate(index=index)
    _tell(gate, ())
    return gate


def gate_by_histories(payloads: Iterable[reg.Payload]) -> Gate:
    """A gate that knows the sender and heard these statements one by one: what is taken in by columns must equal it."""
    gate = Gate()
    _tell(gate, payloads)
    return gate


def _tell(gate: Gate, payloads: Iterable[reg.Payload]) -> None:
    entries = [
        Entry(reg.kind_of(each), reg.payload_of(each), world.ACTOR, world.ACTOR, _SINCE, f"bench-{place}")
        for place, each in enumerate([*world.organisations(), *payloads])
    ]
    gate.follow(MemoryJournal(clock=lambda: world.AT).append(entries))


def as_of(index: CompactIndex) -> None:
    """All that was taken in by columns was said on one day."""
    moment = to_microseconds(_SINCE)
    index.keeping.heard(moment)
    index.keeping.heard_in_general(moment, moment)
    index.keeping.seal()


def take_wishes(index: CompactIndex, plan: Plan) -> None:
    """What the nation wishes, into an index that knows nobody."""
    stated = [said(payload) for payload in _WISHES]
    for numbers in plan.by_block():
        wished = wishes_of(numbers)
        for place in range(1, len(WISHES)):
            index.keeping.say_all(numbers[wished == place] - FIRST_MOBILE, 0, stated[place])


def _take_dealings(index: CompactIndex, plan: Plan) -> None:
    organisation = index.ledger.organisation(world.SENDER)
    gathered: list[tuple[Values, NDArray[np.uint32]]] = []
    for numbers in plan.by_block():
        dealt = dealings_of(numbers, len(plan))
        who = np.flatnonzero(dealt)
        wished = wishes_of(numbers[who]) > 0
        classes = np.empty(len(who), np.uint32)
        for place in range(1, len(DEALINGS)):
            for before in (0, 1):
                # Who has no wish, or stated it later, said nothing in general before.
                these = (dealt[who] == place) & ((wished & (place > 2)) == bool(before))
                if these.any():
                    classes[these] = index.ledger.dealings(_pair(place, before))
        index.keeping.deal(numbers[who] - FIRST_MOBILE)
        gathered.append((numbers[who] - FIRST_MOBILE, classes))
    persons, of_persons = (np.concatenate(each) for each in zip(*gathered, strict=True))
    index.pairs.add(np.full(len(persons), organisation, np.int64), persons, of_persons)


def _pair(dealt: int, before: int) -> Pair:
    statements: list[Said] = [said(_CONSENT)] if dealt % 2 else [said(_CONSENT), said(_WITHDRAWAL)]
    return tuple((before, each.statement) for each in statements)  # type: ignore[misc]  # both are dealings


def column_of(values: Values) -> Numbers:
    """Mobile numbers as a list's column."""
    kinds = KIND_OF_PREFIX[values // 10_000_000]
    return Numbers(values, kinds, np.empty(0, np.int64), np.empty(0, np.int32), [])

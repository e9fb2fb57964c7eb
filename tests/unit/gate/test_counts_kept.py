"""Counts in memory: what is bounded, what is forgotten, what a job and an outage make of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
import polars as pl
import pytest

from anning.errors import Unavailable
from anning.gate.campaign import Campaign
from anning.gate.counts.cells import Cells
from anning.gate.counts.contacts import KEPT, SECOND, Volume
from anning.gate.counts.job import JobContacts
from anning.gate.counts.kept import KeptContacts
from anning.gate.counts.keys import mobile
from anning.gate.counts.runs import frozen
from anning.gate.counts.shards import shard_of_number
from anning.gate.counts.volumes import HOUR, HOURS, Volumes
from anning.law.decision import Outcome
from anning.law.observations import Purpose
from anning.numbers import parse
from anning.tables import read_numbers
from gate_world import LI, NOON, SERVICE_PORT, WANG, World, offer

DAY = 86_400 * SECOND
NOTICE = "【安宁银行】您尾号8000的账户11月账单已出，应还1200元。"


def number(place: int) -> str:
    return f"+86138{place:08}"


@pytest.mark.parametrize("recent", [8, 100_000])
def test_the_latest_of_each_kind_are_kept(recent: int) -> None:
    contacts = KeptContacts(Cells(recent=recent))
    for second in range(KEPT + 50):
        contacts.record("bank", WANG, "sms", "commercial", second * SECOND)
    contacts.record("bank", WANG, "sms", "code", 0)
    ages = contacts.ages("bank", WANG, "sms", (KEPT + 49) * SECOND)
    assert ages.marketing == tuple(range(KEPT))
    assert ages.codes == (KEPT + 49,)
    assert not contacts.known("bank", LI, "sms")


def test_what_no_window_looks_back_on_is_forgotten_and_nothing_else() -> None:
    contacts = KeptContacts(Cells(recent=100))
    for place in range(5000):
        contacts.record("bank", number(place), "sms", "commercial", place * DAY)
    contacts.cells.forget()
    remembered = [place for place in range(5000) if contacts.known("bank", number(place), "sms")]
    # 30 days, and one for a communication that is judged a day late.
    assert remembered[: len(remembered) - 100] == list(range(4999 - 31, 4900))
    assert remembered[-32:] == list(range(4968, 5000))


def test_a_slip_of_the_pen_makes_nothing_old() -> None:
    contacts = KeptContacts(Cells(recent=2))
    contacts.record("bank", WANG, "sms", "service", 10 * DAY)
    contacts.add("bank", LI, "sms", "service", 10_000 * DAY, by=11 * DAY)
    contacts.measure("bank", "sms", "service", 10_000 * DAY, by=11 * DAY)
    contacts.cells.forget()
    assert contacts.ages("bank", WANG, "sms", 11 * DAY).contacts == (86_400,)
    assert contacts.volume("bank", "sms", 11 * DAY, 28) == Volume(0, 1)


def test_more_than_the_capacity_is_not_counted_until_something_may_be_forgotten() -> None:
    contacts = KeptContacts(Cells(3, recent=2))
    for place in range(3):
        contacts.record("bank", number(place), "sms", "commercial", 0)
    with pytest.raises(Unavailable, match="the counts are full at 3 contacts: raise ANNING_COUNTS_CAPACITY"):
        contacts.record("bank", number(3), "sms", "commercial", 5 * SECOND)
    assert not contacts.known("bank", number(3), "sms")
    contacts.record("bank", number(3), "sms", "commercial", 32 * DAY)
    assert len(contacts.cells) == 1


def test_contacts_count_from_the_beginning_of_their_second() -> None:
    contacts = KeptContacts()
    contacts.record("bank", WANG, "call", "service", 10 * SECOND + 900_000)
    assert contacts.ages("bank", WANG, "call", 11 * SECOND + 100_000).contacts == (1,)
    assert contacts.ages("bank", WANG, "call", 10 * SECOND).contacts == (0,)
    before = contacts.ages("bank", WANG, "call", 9 * SECOND + 999_999)
    assert (before.contacts, before.coming) == ((), 10 * SECOND)


def test_a_contact_taken_back_counts_no_more_wherever_it_lies() -> None:
    cells = Cells(recent=4)
    stamps = [second << 2 for second in range(1, 9)]
    for stamp in stamps:
        cells.add(7, stamp)
    cells.add(7, stamps[0])
    for stamp in stamps[1:]:
        cells.remove(7, stamp)
    # Of two in the same second one is left; what was never there is not missed.
    cells.remove(7, stamps[0])
    cells.remove(8, stamps[0])
    assert cells.stamps(7) == (stamps[0],)
    cells.forget()
    assert (cells.stamps(7), len(cells), cells.released) == ((stamps[0],), 1, {})


def test_merges_aside_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anning.gate.counts.cells._ASIDE", 0)
    with ThreadPoolExecutor(1) as aside:
        cells = Cells(recent=4, aside=aside)
        for place in range(500):
            cells.add(place % 90, (place + 1) << 2)
            if place % 5 == 0:
                cells.remove(place % 90, (place + 1) << 2)
        left = {cell: [place for place in range(500) if place % 90 == cell and place % 5] for cell in range(90)}
        for _ in range(2):
            assert [len(cells.stamps(cell)) for cell in range(90)] == [len(left[cell]) for cell in range(90)]
            cells.forget()


def test_a_merge_that_fails_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anning.gate.counts.cells._ASIDE", 0)
    monkeypatch.setattr("anning.gate.counts.cells.merged", lambda *_: 1 / 0)
    with ThreadPoolExecutor(1) as aside:
        cells = Cells(recent=1, aside=aside)
        with pytest.raises(ZeroDivisionError):
            for place in range(5):
                cells.add(place, 4)


def test_known_among_many_is_what_each_is() -> None:
    rng = np.random.default_rng(3)
    contacts, there = KeptContacts(Cells(recent=64)), set[int]()
    values = 13_800_000_000 + rng.integers(0, 5000, 3000)
    for value in [*values[:2000].tolist(), 13_000_000_000, 19_999_999_999]:
        contacts.record("bank", f"+86{value}", "sms", "service", SECOND)
        there.add(value)
    contacts.record("bank", "10086", "sms", "service", SECOND)
    contacts.record("shop", "+8613899999999", "sms", "service", SECOND)
    asked = np.concatenate([values, [0, 1, 13_000_000_000, 13_899_999_999, 19_999_999_999]]).astype(np.int64)
    assert contacts.known_values("bank", asked, "sms").tolist() == [value in there for value in asked.tolist()]
    assert not contacts.known_values("bank", asked, "call").any()
    assert not contacts.known_values("nobody", asked, "sms").any()
    assert contacts.known_among("bank", ["10086", "10010", "+8613000000000"], "sms") == {"10086", "+8613000000000"}


def test_what_is_folded_unfolds() -> None:
    contacts = KeptContacts(Cells(recent=4))
    for place in range(11):
        contacts.record("bank", number(place % 3), "sms", "service", place * SECOND)
    contacts.record("bank", "10086", "call", "service", SECOND)
    again = KeptContacts()
    assert again.unfold(contacts.fold(), 7) == 7
    assert KeptContacts().unfold(b"of another version", 7) == 0
    for to in (number(0), number(1), number(2), "10086"):
        for channel in ("sms", "call"):
            assert again.stamps("bank", to, channel) == contacts.stamps("bank", to, channel)
    assert again.volume("bank", "sms", SECOND, 28) == Volume(11, 0)
    again.record("shop", "10086", "sms", "code", SECOND)
    assert contacts.stamps("shop", "10086", "sms") == ()


@pytest.mark.parametrize("written", ["+8613800138000", "+8619999999999", "+8613000000000"])
def test_a_mobile_number_stands_for_itself(written: str) -> None:
    assert mobile(written) == int(written[3:])


@pytest.mark.parametrize(
    "written",
    ["", "13800138000", "+861380013800", "+86138001380000", "+861062345678", "+86１3800138000", "+8612800138000"],
)
def test_what_is_no_mobile_number_does_not(written: str) -> None:
    assert mobile(written) is None


def test_every_number_has_one_shard_and_shards_are_of_a_size() -> None:
    shards = [shard_of_number(number(place), 4) for place in range(10_000)]
    assert all(2200 < shards.count(shard) < 2800 for shard in range(4))
    assert {shard_of_number(to, 1) for to in (WANG, "10086")} == {0}


def test_hours_of_four_weeks_are_remembered() -> None:
    volumes = Volumes()
    for hour, messages in ((0, 5), (10, 7), (671, 2), (672, 3)):
        volumes.add(1, hour * HOUR, messages)
    assert volumes.of(1, 672 * HOUR, 28) == Volume(3, 7)
    assert volumes.of(1, 683 * HOUR, 28) == Volume(0, 3)
    assert volumes.of(1, 672 * HOUR, 0) == Volume(3, 0)
    assert volumes.of(1, 0, 28) == Volume(5, 0)
    assert volumes.of(2, 672 * HOUR, 28) == Volume()
    # Later hours take the place of the oldest, and what is older than all is passed over.
    volumes.add(1, (672 + HOURS) * HOUR)
    volumes.add(1, 671 * HOUR)
    assert volumes.of(1, (672 + HOURS) * HOUR, 28) == Volume(1, 0)
    volumes.add(1, (672 + HOURS) * HOUR, -5)
    assert volumes.of(1, (672 + HOURS) * HOUR, 28) == Volume(0, 0)


def test_a_job_counts_each_kind_for_itself_up_to_its_bound() -> None:
    job = JobContacts(KeptContacts())
    job.add_first([WANG, LI], "code")
    job.add_first_values(np.array([13_800_000_007]), "service")
    for _ in range(KEPT + 5):
        job.add(WANG, "commercial")
    job.add(WANG, "service")
    ages = job.ages("bank", WANG, "sms", 0)
    assert (len(ages.contacts), len(ages.marketing), len(ages.codes)) == (KEPT + 2, KEPT, 1)
    assert job.ages("bank", LI, "sms", 0).contacts == (0,)
    assert job.known_values("bank", np.array([13_800_000_007, 13_800_000_008]), "sms").tolist() == [True, False]
    assert job.volume("bank", "sms", 0, 28) == Volume(2, 0)


def test_a_job_in_an_outage_has_room_for_as_many_rows_as_one_after_the_other() -> None:
    world = World()
    world.gate.lose("index", NOON)
    for place in range(40):
        world.gate.contacts.record("bank", number(place), "sms", "service", int(NOON.timestamp()) * SECOND)
    c = msgspec.structs.replace(offer(""), text=NOTICE, code=SERVICE_PORT, purpose=Purpose.SERVICE)
    rows = [number(place % 50) for place in range(90)]
    one_by_one = Campaign(world.gate, c)
    outcomes = [one_by_one.decide(parse(row)).outcome for row in rows]
    assert outcomes == [Outcome.ALLOW] * 60 + [Outcome.HOLD] * 30
    in_blocks, blocks = Campaign(world.gate, c), []
    for cut in (rows[:45], rows[45:]):
        judged = in_blocks.decide_block(read_numbers(pl.Series(cut, dtype=pl.String)))
        blocks += [judged.decisions[place].outcome for place in judged.places.tolist()]
    assert blocks == outcomes


def test_runs_are_shared_as_they_lie() -> None:
    run = frozen([(3, (8, 5)), (1, (4,))])
    assert [(int(key), int(second)) for key, second in zip(run.keys, run.seconds, strict=True)] == [
        (4, 1),
        (12, 2),
        (13, 1),
    ]

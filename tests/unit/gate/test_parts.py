"""The gate's small parts: histories, the plain index, kept contacts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anning.gate.counts.job import JobContacts
from anning.gate.counts.kept import KeptContacts
from anning.gate.directory import Directory, code_form, content_key, instant, moment_of
from anning.gate.history import History
from anning.gate.index import PlainIndex
from anning.registers import events as reg
from anning.registers.stated import Stated
from gate_world import LI, LONG_AGO, NOON, WANG

SECOND = 1_000_000


def test_a_history_answers_for_any_moment() -> None:
    history: History[str] = History()
    history.state(20, 2, "second")
    history.state(10, 1, "first")
    history.state(20, 3, "later position")
    assert [history.at(moment) for moment in (9, 10, 19, 20, 99)] == [None, "first", "first", *["later position"] * 2]


def test_a_history_tells_when_it_will_change() -> None:
    history: History[str] = History()
    history.state(10, 1, "first")
    history.state(20, 2, "second")
    changes: list[int] = []
    assert history.at(5, changes) is None
    assert history.at(15, changes) == "first"
    assert history.at(25, changes) == "second"
    assert changes == [10, 20]


def test_a_history_of_which_nothing_is_said_yet_says_nothing() -> None:
    assert History[str]().at(5, []) is None


def test_a_history_may_be_read_while_it_is_written() -> None:
    history: History[int] = History()
    seen: list[int | None] = []

    class Place(int):
        """A moment that reads the history whenever it is compared, as another thread might."""

        def __lt__(self, other: int) -> bool:
            seen.append(history.at(100))
            return int(self) < int(other)

    for moment in (10, 30, 20):
        history.state(Place(moment), 1, moment)
    assert seen
    assert set(seen) <= {10, 30}
    assert history.at(25) == 20


def test_moments_survive_the_way_there_and_back() -> None:
    assert instant(moment_of(NOON + timedelta(microseconds=7))) == NOON + timedelta(microseconds=7)


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("1066 0000 1111", "106600001111"),
        ("13800138000", WANG),
        ("400-800-1234", "4008001234"),
        ("bank.app", "bank.app"),
    ],
)
def test_codes_are_compared_in_one_spelling(written: str, compared: str) -> None:
    assert code_form(written) == compared


def test_texts_that_say_the_same_have_one_key() -> None:
    assert content_key("加微信领贷 款") == content_key("加微信領贷款")
    assert content_key("加微信领贷款") != content_key("加微信领存款")


def test_a_later_row_of_a_licence_replaces_the_earlier() -> None:
    directory = Directory()
    row = reg.LicenceRecorded(
        holder="cpaas", licence_kind="sms", from_day=LONG_AGO.date(), until_day=NOON.date(), state="valid"
    )
    directory.take([Stated(1, LONG_AGO, row)])
    assert directory.licence("cpaas", "sms", moment_of(NOON), NOON.date())[0] == "valid"
    revoked = reg.LicenceRecorded(
        holder="cpaas", licence_kind="sms", from_day=LONG_AGO.date(), until_day=NOON.date(), state="revoked"
    )
    directory.take([Stated(2, NOON, revoked)])
    assert directory.licence("cpaas", "sms", moment_of(NOON), NOON.date())[0] == "revoked"
    assert directory.licence("cpaas", "sms", moment_of(NOON) - 1, NOON.date())[0] == "valid"


def test_equal_histories_are_kept_once() -> None:
    index = PlainIndex()
    index.take(Stated(1, LONG_AGO, reg.WishStated(number=number, says="decline")) for number in (WANG, LI))
    index.take([Stated(2, LONG_AGO, reg.OrganisationRegistered(id="bank", name="安宁银行"))])
    assert len(index) == 2
    assert index.subscriber(WANG) is index.subscriber(LI)
    assert index.subscriber("+8613600136000") is None


def test_rows_of_a_job_come_before_what_was_before_it() -> None:
    before = KeptContacts()
    before.record("bank", WANG, "sms", "commercial", 0)
    job = JobContacts(before)
    assert job.known("bank", WANG, "sms")
    assert not job.known("bank", LI, "sms")
    job.add(WANG, "commercial")
    job.add(WANG, "code")
    job.add(LI, "service")
    ages = job.ages("bank", WANG, "sms", 60 * SECOND)
    assert (ages.contacts, ages.marketing, ages.codes) == ((0, 0, 60), (0, 60), (0,))
    assert job.ages("bank", LI, "sms", 60 * SECOND).contacts == (0,)

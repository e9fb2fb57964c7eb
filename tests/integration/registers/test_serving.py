"""Who serves a number, and whose word of it counts (号码归属、二次放号)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anning.errors import InvalidFile
from anning.gate.gate import Gate
from anning.gate.index.compact import CompactIndex
from anning.law.observations import Channel, ConsentState
from anning.registers.events import ConsentGiven, NumberPorted, NumberRangeServed, NumberRecycled, WishStated
from anning.registers.histories import subscribers
from anning.registers.open import Registers
from anning.registers.serving import Serving, operator_of
from anning.registers.standing import NOBODY, consent_reading, wish_reading

from .conftest import NOW

MVNO = "+8617001234567"
MOBILE = "+8617091234567"
OTHER = "+8613800138000"


@pytest.fixture
def served(registers: Registers) -> Registers:
    """A carrier's ranges, a reseller's within them."""
    for prefix, operator in (("170", "mobile"), ("1700", "mvno"), ("139", "mobile")):
        registers.write(NumberRangeServed(prefix=prefix, operator=operator), actor="test", at=NOW - timedelta(days=400))
    return registers


def of(registers: Registers, number: str, days: int = 0) -> str:
    with registers.store.read() as connection:
        return operator_of(connection, number, NOW + timedelta(days=days))


def test_the_longest_range_serves_and_ports_go_above_it(served: Registers) -> None:
    assert (of(served, MVNO), of(served, MOBILE), of(served, OTHER)) == ("mvno", "mobile", "")
    served.write(NumberPorted(number=MVNO, to="mobile"), actor="mobile", at=NOW - timedelta(days=10))
    assert (of(served, MVNO), of(served, MVNO, -11)) == ("mobile", "mvno")
    served.write(NumberPorted(number=MVNO, to="telecom"), actor="telecom", at=NOW - timedelta(days=5))
    assert of(served, MVNO) == "telecom"
    served.write(NumberRecycled(number=MVNO), actor="telecom", at=NOW - timedelta(days=1))
    assert of(served, MVNO) == "mvno", "a number given to somebody new is back where its range is"
    served.write(NumberRangeServed(prefix="1700", operator=""), actor="test", at=NOW)
    assert of(served, MVNO) == "mobile"


def test_many_at_once_are_each(served: Registers) -> None:
    numbers = [MVNO, MOBILE, OTHER, "+8613912345678", "+861012345678", "+85291234567"]
    served.write(NumberPorted(number=OTHER, to="mvno"), actor="mvno")
    with served.store.read() as connection:
        serving = Serving(connection, NOW)
        of_each = serving.of(numbers)
        whole = np.array([int(number[1:]) for number in numbers], dtype=np.int64)
        for operator in ("mobile", "mvno", "telecom"):
            assert serving.are_of(operator, whole).tolist() == [each == operator for each in of_each]


def test_a_ported_number_keeps_what_was_said(served: Registers) -> None:
    served.write(WishStated(number=MVNO, says="decline"), actor="mvno", at=NOW - timedelta(days=30))
    served.write(NumberPorted(number=MVNO, to="mobile"), actor="mobile", at=NOW - timedelta(days=10))
    with served.store.read() as connection:
        settled = subscribers(connection, [MVNO])[MVNO]
    reading = wish_reading(
        settled, sender="shop", channel=Channel.CALL, trades=frozenset(("retail",)), code="", code_kind="", at=NOW
    )
    assert reading.state.value == "declined"


def test_an_operators_list_is_about_its_own_subscribers(served: Registers, tmp_path: Path) -> None:
    path = tmp_path / "wishes.csv"
    path.write_text(f"phone,says\n{MVNO},decline\n{MOBILE},decline\n{OTHER},decline\n", encoding="utf-8")
    with pytest.raises(InvalidFile) as refused:
        served.take(path, "wish", actor="mvno", operator="mvno")
    assert "不是本运营商的用户" in refused.value.zh
    taken = served.take(path, "wish", actor="mvno", operator="mvno", good_rows=True)
    assert (taken.rows, [(bad.row, bad.column) for bad in taken.bad]) == (1, [(3, "number"), (4, "number")])


def test_a_list_of_new_holders_ends_what_the_old_ones_said_at_a_gate_that_follows(
    served: Registers, tmp_path: Path
) -> None:
    numbers = [f"+86139{place:08d}" for place in range(300)]
    for number in numbers[:40]:
        served.write(ConsentGiven(number=number, to="bank"), actor="test", at=NOW - timedelta(days=60))
        served.write(WishStated(number=number, says="decline", trades=("retail",)), actor="test")
    path = tmp_path / "recycled.csv"
    path.write_text("号码\n" + "\n".join(number[3:] for number in numbers), encoding="utf-8")

    def asked(some: object, position: int) -> object:
        with served.store.read() as connection:
            return subscribers(connection, some, position)  # type: ignore[arg-type]

    index = CompactIndex.empty(histories=asked)  # type: ignore[arg-type]
    gate = Gate(index=index, segments=served.store.database.segments)
    gate.follow(served.store.excerpts(), log_id=served.store.log_id)
    before = served.store.head().position
    assert served.take(path, "recycling", actor="mobile").rows == 300
    gate.follow(served.store.excerpts(before), log_id=served.store.log_id)
    for number in numbers[:40]:
        settled = index.subscriber(number, ("bank",)) or NOBODY
        reading = consent_reading(
            settled, sender="bank", via="", channel=Channel.SMS, sender_trade="finance", at=NOW + timedelta(days=1)
        )
        assert reading.state is ConsentState.RECYCLED
    again = served.take(path, "recycling", actor="mobile")
    assert again.duplicate


@given(st.lists(st.tuples(st.from_regex(r"1[3-9][0-9]{0,4}", fullmatch=True), st.sampled_from("abc")), max_size=6))
def test_a_range_is_whatever_its_longest_prefix_says(ranges: list[tuple[str, str]]) -> None:
    serving = Serving.__new__(Serving)
    serving._ranges = dict(ranges)
    serving._lengths = sorted({len(prefix) for prefix in serving._ranges}, reverse=True)
    serving._any_ported = False
    numbers = [f"+86{prefix:0<11.11}" for prefix, _ in ranges] or [OTHER]
    whole = np.array([int(number[1:]) for number in numbers], dtype=np.int64)
    for operator in "abc":
        assert serving.are_of(operator, whole).tolist() == [one == operator for one in serving.of(numbers)]

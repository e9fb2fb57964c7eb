"""What a page with switches shows is what stands, and what it sends back is what was meant (意愿开关)."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from anning.registers.events import WishKind
from anning.wishes.rules import TRADES, Rule, changes
from anning.wishes.switches import Switches, switched, wanted

MINUTES = st.integers(0, 1439)
SWITCHES = st.builds(
    Switches,
    calls=st.booleans(),
    sms=st.booleans(),
    trades=st.lists(st.sampled_from(TRADES), unique=True, max_size=3).map(tuple),
    only_within=st.none() | st.tuples(MINUTES, MINUTES).filter(lambda two: two[0] != two[1]),
    no_weekends=st.booleans(),
    prefixes=st.lists(st.sampled_from(["400", "95", "951", "international", "0755"]), unique=True, max_size=3).map(
        tuple
    ),
    filtered=st.booleans(),
)


@given(SWITCHES, st.booleans())
def test_switches_come_back_as_they_were_sent(sent: Switches, keeps: bool) -> None:
    assert switched(wanted((), sent, keeps_consents=keeps)) == sent


@given(SWITCHES, SWITCHES, st.booleans())
def test_from_any_switches_to_any_others(first: Switches, second: Switches, keeps: bool) -> None:
    stood = wanted((), first, keeps_consents=keeps)
    after = wanted(stood, second, keeps_consents=False)
    assert switched(after) == second
    assert wanted(stood, switched(stood), keeps_consents=False) == stood
    said = changes("+8613800138000", stood, after, door="page", proof="one-time-code")
    assert bool(said) is (after != stood)


def test_exceptions_reach_every_refusal() -> None:
    rules = wanted((), Switches(calls=True, trades=("property",), except_for=("bank",)), keeps_consents=False)
    assert {rule.except_for for rule in rules} == {("bank",)}
    assert switched(rules).except_for == ("bank",)


def test_what_no_switch_shows_is_listed_and_kept() -> None:
    apps = Rule(channel="sms", trades=("retail",), weekdays=(1, 2))
    shown = switched((Rule(channel="call"), apps))
    assert (shown.calls, shown.others) == (True, (apps,))
    more = msgspec.structs.replace(shown, sms=True)
    assert apps in wanted((Rule(channel="call"), apps), more, keeps_consents=False)


def test_the_filter_and_the_wish_are_two_switches() -> None:
    filtered = Rule(channel="call", wish_kind=WishKind.NUISANCE_FILTER, keeps_consents=True)
    shown = switched((filtered, Rule(channel="call")))
    assert (shown.filtered, shown.calls) == (True, True)
    assert wanted((filtered,), msgspec.structs.replace(shown, calls=False), keeps_consents=False) == (filtered,)

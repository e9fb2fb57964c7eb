"""Wishes as plain switches (意愿开关), and the rules behind them: what a page shows and what it sends back.

Rules that no switch shows, such as an app may have made, are `others`: they are listed, kept, and can be dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from anning.registers.events import Trade, WishKind
from anning.wishes.rules import Rule

WEEKEND: Final = (6, 7)


class Switches(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody switched on.

    Attributes:
        calls, sms: no sales calls, no advertising SMS.
        trades: nothing of these trades.
        only_within: local minutes of the day outside which nothing may come; None for no such limit.
        no_weekends: nothing on Saturday and Sunday.
        prefixes: no calls from codes that begin so.
        filtered: the operator's nuisance filter.
        except_for: organisations that may come all the same.
        others: rules that no switch shows.
    """

    calls: bool = False
    sms: bool = False
    trades: tuple[Trade, ...] = ()
    only_within: tuple[int, int] | None = None
    no_weekends: bool = False
    prefixes: tuple[str, ...] = ()
    filtered: bool = False
    except_for: tuple[str, ...] = ()
    others: tuple[Rule, ...] = ()


def switched(rules: Iterable[Rule]) -> Switches:
    """The switches that show these rules."""
    rules = tuple(rules)
    excepted = {rule.except_for for rule in rules if rule.wish_kind is WishKind.DECLINE_CALLS}
    alike = excepted.pop() if len(excepted) == 1 else ()
    shown = Switches(except_for=alike)
    others = []
    for rule in rules:
        more = _shows(rule, shown, alike)
        if more is None:
            others.append(rule)
        else:
            shown = more
    return msgspec.structs.replace(shown, others=tuple(others))


def wanted(stood: Iterable[Rule], switches: Switches, *, keeps_consents: bool) -> tuple[Rule, ...]:
    """The rules that shall stand; those that stand already stay what they are.

    Args:
        keeps_consents: of what is new, whether consents given before stand all the same.
    """
    stood = tuple(stood)
    known = {msgspec.structs.replace(rule, keeps_consents=False): rule for rule in stood}
    new = [known.get(rule, msgspec.structs.replace(rule, keeps_consents=keeps_consents)) for rule in _rules(switches)]
    asked = set(new) | set(switches.others)
    before = [rule for rule in stood if rule in asked]
    return (*before, *(rule for rule in (*new, *switches.others) if rule not in before))


def _shows(rule: Rule, shown: Switches, alike: tuple[str, ...]) -> Switches | None:
    """The switches with this rule shown too; None when none shows it."""
    bare = msgspec.structs.replace(rule, keeps_consents=False, except_for=())
    replace = msgspec.structs.replace
    if bare == _FILTER:
        return replace(shown, filtered=True)
    if rule.except_for != alike:
        return None
    match bare:
        case Rule() if bare == Rule():
            return replace(shown, calls=True, sms=True)
        case Rule() if bare == Rule(channel="call"):
            return replace(shown, calls=True)
        case Rule() if bare == Rule(channel="sms"):
            return replace(shown, sms=True)
        case Rule(trades=trades) if trades and bare == Rule(trades=trades) and not shown.trades:
            return replace(shown, trades=trades)
        case Rule(hours=(begins, ends)) if bare == Rule(hours=(begins, ends)) and shown.only_within is None:
            return replace(shown, only_within=(ends % 1440, begins))
        case Rule() if bare == Rule(weekdays=WEEKEND):
            return replace(shown, no_weekends=True)
        case Rule(code_prefixes=prefixes) if bare == Rule(channel="call", code_prefixes=prefixes) and (
            not shown.prefixes
        ):
            return replace(shown, prefixes=prefixes)
        case _:
            return None


_FILTER: Final = Rule(channel="call", wish_kind=WishKind.NUISANCE_FILTER)


def _rules(switches: Switches) -> list[Rule]:
    excepted = switches.except_for
    rules: list[Rule] = []
    if switches.filtered:
        rules.append(_FILTER)
    if switches.calls and switches.sms:
        rules.append(Rule(except_for=excepted))
    elif switches.calls or switches.sms:
        rules.append(Rule(channel="call" if switches.calls else "sms", except_for=excepted))
    if switches.trades:
        rules.append(Rule(trades=switches.trades, except_for=excepted))
    if switches.only_within is not None:
        begins, ends = switches.only_within
        rules.append(Rule(hours=(ends, begins), except_for=excepted))
    if switches.no_weekends:
        rules.append(Rule(weekdays=WEEKEND, except_for=excepted))
    if switches.prefixes:
        rules.append(Rule(channel="call", code_prefixes=switches.prefixes, except_for=excepted))
    return rules

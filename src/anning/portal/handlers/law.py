"""The law (法规), for everybody: instruments, articles, what is encoded, what two instruments judge differently."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from anning.accounts.roles import Action
from anning.errors import InvalidInput, NotFound
from anning.gate.directory import moment_of
from anning.gate.validity import MINUTE_OF_DAY
from anning.gate.wording import condition_words
from anning.law.articles import Standing, articles, obligations
from anning.law.citation import Mark
from anning.law.diff import Comparison, case_words, circumstance_words, compare
from anning.law.instrument import SHANGHAI, Instrument
from anning.law.instruments import common
from anning.law.instruments.registry import CALL_CENTRE, IN_FORCE, INSTRUMENTS, instrument
from anning.law.observations import Channel
from anning.law.predicates import PREDICATES
from anning.portal.choices import instruments
from anning.portal.visit import Page, Shown, Visit

ALL: Final[dict[str, Instrument]] = {**INSTRUMENTS, common.INSTRUMENT.name: common.INSTRUMENT}
CHANNELS: Final = {
    Channel.SMS: ("短信", "SMS"),
    Channel.CALL: ("电话", "calls"),
    Channel.APP: ("互联网递送", "app messages"),
}


def show_law(visit: Visit) -> Shown:
    """All instruments, those in force first."""
    now = visit.house.clock()
    confirmed = _confirmed(visit)
    in_force = [each for each in INSTRUMENTS.values() if each.in_force(now)]
    values = {
        "in_force": in_force,
        "others": [each for each in ALL.values() if each not in in_force],
        "advising": CALL_CENTRE if CALL_CENTRE not in confirmed else "",
        "today": now.astimezone(SHANGHAI).date(),
        "channels": CHANNELS,
        "house_policy": visit.house.judging.gate.sources.directory.house_policy(moment_of(now)),
    }
    return Shown(template="law.html", values=values)


def show_instrument(visit: Visit) -> Shown:
    """One, with its figures and rules."""
    name = visit.params["name"]
    each = ALL.get(name)
    if each is None:
        raise NotFound(f"没有名为“{name}”的规定", f"there is no instrument named {name!r}", thing=name, field="name")
    values = {
        "instrument": each,
        "rules": [(rule, condition_words(rule.when)) for rule in each.rules],
        "figures": [
            (
                parameter,
                [
                    (_from(value.since), _figure(parameter.unit, value.value), value.citation)
                    for value in parameter.values
                ],
            )
            for parameter in each.parameters
        ],
        "channels": CHANNELS,
        "marks_here": _marks(each),
    }
    return Shown(template="instrument.html", values=values)


def show_articles(_: Visit) -> Shown:
    """The draft's articles and all other obligations: where each stands."""
    known = {each.id: each for each in obligations()}
    of_articles = {name for article in articles() for name in article.obligations}
    standings = {standing: sum(each.standing is standing for each in known.values()) for standing in Standing}
    values = {
        "articles": articles(),
        "obligations": known,
        "others": [each for each in known.values() if each.id not in of_articles],
        "standings": standings,
        "said": {each.id: _said(each.id) for each in known.values()},
    }
    return Shown(template="articles.html", values=values)


def show_obligation(visit: Visit) -> Shown:
    """One obligation: its rules in every instrument, with their sources."""
    id = visit.params["id"]
    each = next((one for one in obligations() if one.id == id), None)
    if each is None:
        raise NotFound(f"没有义务 {id}", f"there is no obligation {id!r}", thing=id, field="id")
    rules = [
        (ALL[name.instrument], rule, condition_words(rule.when))
        for name in each.rules
        for rule in ALL[name.instrument].rules
        if rule.name == name.rule and rule.citation.obligation == id
    ]
    values = {
        "obligation": each,
        "rules": rules,
        "predicates": [(name, PREDICATES[name]) for name in each.predicates if name in PREDICATES],
        "articles": [article for article in articles() if id in article.obligations],
    }
    return Shown(template="obligation.html", values=values)


def show_difference(visit: Visit) -> Shown:
    """What two instruments judge differently, in words."""
    query = visit.query
    first, second = query.get("first", IN_FORCE), query.get("second", "cn-2020-draft")
    channel = _channel(query.get("channel", "sms"))
    for name in (first, second):
        if name != IN_FORCE:
            instrument(name)
    asked = "first" in query
    found = _compared(first, second, visit.house.clock().astimezone(SHANGHAI).date(), channel) if asked else None
    values = {
        "first": first,
        "second": second,
        "channel": channel,
        "channels": CHANNELS,
        "instruments": instruments(),
        "comparison": found,
        "sentences": []
        if found is None
        else [(case_words(each), circumstance_words(each), each) for each in found.sentences],
        "lists": _lists(visit),
    }
    return Shown(template="difference.html", values=values)


@lru_cache(maxsize=128)
def _compared(first: str, second: str, day: date, channel: Channel) -> Comparison:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
    return compare(first, second, noon, (channel,))


def _lists(visit: Visit) -> list[Any]:
    """Lists that can be judged under both."""
    if not (visit.signed_in and visit.may(Action.SCRUB)):
        return []
    return [job for job in visit.house.scrubs.of(visit.tenant.id, "", 50) if job.state == "done"]


def _channel(text: str) -> Channel:
    try:
        return Channel(text)
    except ValueError:
        raise InvalidInput(
            f"没有渠道“{text[:20]}”", f"there is no channel {text[:20]!r}", thing=text[:20], field="channel"
        ) from None


def _confirmed(visit: Visit) -> frozenset[str]:
    return visit.house.judging.gate.sources.directory.confirmed(moment_of(visit.house.clock()))


def _marks(each: Instrument) -> list[tuple[Mark, int]]:
    """How well its rules' sources are known, and of how many rules."""
    many: dict[Mark, int] = {}
    for rule in each.rules:
        many[rule.citation.mark] = many.get(rule.citation.mark, 0) + 1
    return sorted(many.items(), key=lambda one: -one[1])


def _from(since: date) -> date | None:
    return None if since == date.min else since


def _figure(unit: str, value: float) -> str:
    return f"{int(value) // 60:02}:{int(value) % 60:02}" if unit == MINUTE_OF_DAY else f"{value:g}"


def _said(id: str) -> tuple[str, str]:
    """What an obligation comes to, in both languages: its first rule's words, else what its process does."""
    each = next(one for one in obligations() if one.id == id)
    for name in each.rules:
        for rule in ALL[name.instrument].rules:
            if rule.name == name.rule:
                return rule.zh, rule.en
    if each.zh:
        return each.zh, each.en
    named = [PREDICATES[name] for name in each.predicates if name in PREDICATES]
    return "、".join(one.zh for one in named), ", ".join(one.en for one in named) or each.duty


PAGES: Final = (
    Page(
        method="GET",
        path="/law",
        action=Action.READ_LAW,
        handler=show_law,
        zh="法规：现行有效的与其他的",
        en="The law: what is in force, and what else can be judged by",
    ),
    Page(
        method="GET",
        path="/law/articles",
        action=Action.READ_LAW,
        handler=show_articles,
        zh="条文对照：哪些已编码，哪些没有、为何",
        en="Article by article: what is encoded, what is not and why",
    ),
    Page(
        method="GET",
        path="/law/difference",
        action=Action.READ_LAW,
        handler=show_difference,
        zh="两部规定的差别，用话说出来",
        en="What two instruments judge differently, in words",
    ),
    Page(
        method="GET",
        path="/law/obligations/{id}",
        action=Action.READ_LAW,
        handler=show_obligation,
        zh="一项义务：各部规定中的规则与出处",
        en="One obligation: its rules in every instrument, and their sources",
    ),
    Page(
        method="GET",
        path="/law/{name}",
        action=Action.READ_LAW,
        handler=show_instrument,
        zh="一部规定：参数与逐条规则",
        en="One instrument: its figures and rules",
    ),
)

"""How what the rules know for certain and what was trained become one verdict (内容判定原则).

1. What the lists find for certain stands: prohibited words that add up (R15b); a one-time code, of which what it is for
   is set aside before anything is read as an offer; only an authority speaks in the public interest (R27).
2. Of the rest the trained model and the weighed words each give log-odds that it is unwanted. They add up as fitted on
   hands from which neither was made, so that the score is a probability.
3. What the model takes for phishing, and which leads nowhere but to official addresses, is a service.
4. The words are weighed wherever that can change the class; where the model alone is beyond what they could turn round,
   they are not asked.
"""

from __future__ import annotations

from typing import Final

import msgspec

from anning.content.features import codes_of
from anning.content.model import ContentClass, WayOut
from anning.content.rules import (
    OFFICE,
    Look,
    Publicly,
    Weighed,
    hands_a_code,
    is_agency,
    leads_only_to_official,
    prohibited_by_lists,
    read_publicly,
    set_aside_own_affairs,
    strongest,
    the_rules,
    trade_of,
    weigh,
    without_denials,
)
from anning.content.trained import Model, Opinion, probability

REACH: Final = 3.0
"""The rules' log-odds count up to this much either way."""

_CERTAIN: Final = 0.9
_TO_ALL: Final = 1.0
_SAID_BY_RULES: Final = 0.35
_CLEARLY_PROHIBITED: Final = 2.0
_MOST_WORDS: Final = 8
_PHISHING: Final = "phishing"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The class with its confidence and what decided."""

    klass: ContentClass
    score: float
    commercial_score: float
    deciding: tuple[str, ...]
    trade: str
    prohibited_kind: str
    is_verification_code: bool
    promotional_tail: bool
    publicity_of_work: bool


class Circumstances(msgspec.Struct, frozen=True):
    """What else was read of the message.

    Attributes:
        sender: the name given; empty when none is.
        may_hand_a_code: false where the text has no character of a word for a one-time code.
    """

    sender: str
    way_out: WayOut
    links: tuple[str, ...]
    phones: tuple[str, ...]
    obfuscated: bool
    may_hand_a_code: bool = True


def decide(body: str, around: Circumstances, model: Model) -> Verdict:
    """The verdict on a message.

    Args:
        body: its normalised words, without the signature, links as one word.
    """
    rules = the_rules()
    is_code = around.may_hand_a_code and hands_a_code(body)
    agency = is_agency(around.sender)
    office = agency and not around.way_out.offered
    codes = codes_of(body)
    opinion = model.ask(set_aside_own_affairs(body, rules.look(body))[0]) if is_code else model.ask(body, codes)
    logit = _trained_logit(opinion, model) - (OFFICE if office else 0.0)
    reach = model.card.calibration.rules * REACH
    may_be_public = agency and not is_code and opinion.public > _TO_ALL - _SAID_BY_RULES and logit < reach
    weighed, publicly = None, None
    kind, weight = "", 0.0
    kind_words: tuple[str, ...] = ()
    deciding: tuple[str, ...]
    if may_be_public or abs(logit) <= reach or rules.names_prohibited(body, codes):
        look = rules.look(body)
        weighed = _weigh(body, look, around, office=office, is_code=is_code)
        logit += model.card.calibration.rules * max(-REACH, min(REACH, weighed.logit))
        kind, weight, kind_words = prohibited_by_lists(
            without_denials(weighed.plain) if agency else weighed.plain, weighed.offered, around.links, look
        )
        publicly = read_publicly(body, look, weighed) if may_be_public else None
    commercial = probability(logit)
    if not kind and commercial >= _CERTAIN and opinion.prohibited >= _CLEARLY_PROHIBITED:
        kind, kind_words = model.kind(body), opinion.for_it
        weight = 4 * (probability(opinion.prohibited) - 0.5)
        if kind == _PHISHING and not around.phones and leads_only_to_official(around.links):
            kind, commercial = "", 1 - commercial
    if kind:
        klass, score, deciding = ContentClass.PROHIBITED, min(0.99, 0.5 + 0.25 * weight), kind_words
        commercial = max(commercial, 0.9)
    elif commercial >= 0.5:
        klass, score = ContentClass.COMMERCIAL, commercial
        deciding = _either(strongest(weighed.offer_words), opinion.for_it) if weighed else opinion.for_it
    elif publicly is not None and _speaks_to_all(publicly, opinion):
        klass, score = ContentClass.PUBLIC_INTEREST, max(0.5, probability(opinion.public + publicly.strength - 1))
        deciding = publicly.words
    else:
        klass, score = ContentClass.SERVICE, 1 - commercial
        deciding = _either(strongest(weighed.service_words), opinion.against) if weighed else opinion.against
    trade = trade_of(body, around.sender)
    return Verdict(
        klass=klass,
        score=round(score, 4),
        commercial_score=round(commercial, 4),
        deciding=deciding,
        trade=model.trade(body) if not trade and klass is ContentClass.COMMERCIAL else trade,
        prohibited_kind=kind,
        is_verification_code=is_code,
        promotional_tail=klass is ContentClass.COMMERCIAL and opinion.tail > 0,
        publicity_of_work=publicly is not None
        and publicly.about_itself
        and klass in (ContentClass.PUBLIC_INTEREST, ContentClass.SERVICE),
    )


def rules_logit(body: str, around: Circumstances) -> float:
    """The rules' own log-odds that a message is commercial, within their reach."""
    look = the_rules().look(body)
    office = is_agency(around.sender) and not around.way_out.offered
    weighed = _weigh(body, look, around, office=office, is_code=hands_a_code(body))
    return max(-REACH, min(REACH, weighed.logit))


def _trained_logit(opinion: Opinion, model: Model) -> float:
    by = model.card.calibration
    return by.bias + by.whole * opinion.whole + by.ending * opinion.ending


def _weigh(body: str, look: Look, around: Circumstances, *, office: bool, is_code: bool) -> Weighed:
    return weigh(
        body,
        look,
        sender=around.sender,
        office=office,
        way_out=around.way_out,
        links=around.links,
        phones=around.phones,
        obfuscated=around.obfuscated,
        is_code=is_code,
    )


def _speaks_to_all(publicly: Publicly, opinion: Opinion) -> bool:
    """Whether an authority speaks to everyone: clearly so by the model, a little less where the rules agree."""
    return opinion.public + (_SAID_BY_RULES if publicly.to_all else -_SAID_BY_RULES) > _TO_ALL


def _either(words: tuple[str, ...], stretches: tuple[str, ...]) -> tuple[str, ...]:
    """The words of the rules, then the stretches that the model found beside them."""
    beside = (told for told in stretches if told and not any(word in told or told in word for word in words))
    return (*words, *beside)[:_MOST_WORDS]

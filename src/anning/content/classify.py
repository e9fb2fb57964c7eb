"""The apparent class of a message by rules (按规则判断内容类别).

Commercial is what introduces or promotes goods, services or chances to invest (2020 draft, art. 42). Words that offer
and words that serve are weighed as log-odds. Speaking *about* a commercial thing in the course of serving ("您的贷款
申请已受理", a code for drawing a coupon) is no offer and is set aside first (exemptions); a warning against an offer
is none either. What is left of an offer after that is an offer whatever it is wrapped in: words of service lower the
score of a faint offer, and lose that power as the offer grows clear. So a promotional tail makes a service message
commercial.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from anning.content.lexicon import Lexicon, WordGroup, lexicon
from anning.content.links import domain_of
from anning.content.model import ContentClass, WayOut
from anning.content.phrases import PhraseIndex

_SENTENCE = re.compile(r"[^。!?！？;；\n]+")
_NOTHING_KNOWN = -0.6
_WAY_OUT = 2.6
_REACHABLE = 0.7
_HIDDEN_OFFER = 1.0
_MIN_PUBLIC = 1.5
_WARNING = 1.5
_WARNED = 2.0
_SERVED = 0.9
_OWN_AFFAIR = 1.3
_HANDED_CODE = 3.0
_CLEAR_OFFER = 1.2


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


def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of the word lists; the polite 您 stands for the plain 你 too."""
    return re.compile(pattern.replace("您", "[您你]"))


class _Weigher:
    """One set of word groups, ready to be looked for."""

    def __init__(self, groups: Sequence[WordGroup]) -> None:
        self._words: PhraseIndex[tuple[str, float]] = PhraseIndex(
            {word: (group.name, group.weight) for group in groups for word in group.words}
        )
        self._patterns = [
            (_pattern(pattern), group.name, group.weight) for group in groups for pattern in group.patterns
        ]

    def weigh(self, text: str) -> tuple[float, dict[str, float]]:
        """The sum, each further word of one group counting less, and the words with their weight."""
        hits: dict[str, tuple[str, float]] = {}
        for _, phrase, value in self._words.find(text):
            hits[phrase] = value
        for pattern, name, weight in self._patterns:
            match = pattern.search(text)
            if match is not None and match[0] not in hits:
                hits[match[0]] = (name, weight)
        total, seen = 0.0, dict[str, int]()
        for name, weight in hits.values():
            rank = seen.get(name, 0)
            seen[name] = rank + 1
            total += weight * 0.6**rank
        return total, {phrase: weight for phrase, (_, weight) in hits.items()}


class _Rules:
    def __init__(self, words: Lexicon) -> None:
        self.offers = _Weigher(words.offers)
        self.service = _Weigher(words.service)
        self.guidance = _Weigher(words.public_guidance)
        self.publicity = _Weigher(words.publicity)
        self.exemptions = [_pattern(pattern) for group in words.exemptions for pattern in group.patterns]
        self.warning = re.compile("|".join(words.warnings))
        self.agency = re.compile("|".join(words.agencies))
        self.prohibited_words: PhraseIndex[tuple[tuple[str, float], ...]] = PhraseIndex(_by_word(words))
        self.prohibited_patterns = [
            (kind.kind, re.compile(pattern)) for kind in words.prohibited for pattern in kind.patterns
        ]
        self.trades: PhraseIndex[str] = PhraseIndex({word: t.trade for t in words.trades for word in t.words})
        self.official_domains = tuple(words.official_domains)


def _by_word(words: Lexicon) -> dict[str, tuple[tuple[str, float], ...]]:
    found: dict[str, list[tuple[str, float]]] = {}
    for kind in words.prohibited:
        for word, weight in kind.words.items():
            found.setdefault(word, []).append((kind.kind, weight))
    return {word: tuple(kinds) for word, kinds in found.items()}


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    return _Rules(lexicon())


_CODE_NAME = (
    r"(?:验证码|校验码|检验码|动态码|动态密码|确认码|一次性密码|短信密码|短信口令|随机码|登录码|"
    r"激活码|otp|(?:verification|security|login|confirmation|one[- ]time) (?:code|pin|password)|"
    r"passcode)"
)
_CODE = re.compile(
    rf"{_CODE_NAME}[^\d。!?]{{0,16}}(?<!\d)\d(?: ?[\da-z]){{3,7}}(?![\d元])|"
    rf"(?<![\d.])\d(?: ?\d){{3,7}}(?!\d)(?:[^\d。!?]{{0,12}}|(?:是|为|\()[^。!?]{{0,24}}?){_CODE_NAME}|"
    r"(?:your|code)[^\d.!?]{0,30}(?:code|"
    rf"is|:)[^\d.!?]{{0,12}}\d{{4,8}}"
)


def classify(
    body: str, *, sender: str, way_out: WayOut, links: tuple[str, ...], phones: tuple[str, ...], obfuscated: bool
) -> Verdict:
    """Judges the words of a message. `body`: normalised, without the signature; `sender`: the name given."""
    rules = _rules()
    is_code = _CODE.search(body) is not None
    # Who warns the public offers no unsubscription: a warning beside one is a cloak.
    plain, warned = (body, False) if way_out.offered else _set_aside_warnings(rules, body)
    offered, own_affairs = _set_aside_own_affairs(rules, plain)
    offer, offer_words = rules.offers.weigh(offered)
    served, service_words = rules.service.weigh(body)
    served += min(_OWN_AFFAIR * own_affairs, 2 * _OWN_AFFAIR) + (_HANDED_CODE if is_code else 0.0)
    if offer_words and not served and not warned:
        offer += _REACHABLE * (bool(links) + bool(phones))
    if way_out.offered:
        offer += _WAY_OUT
        offer_words["退订方式 way out"] = _WAY_OUT
    if obfuscated and offer > 0.9:
        offer += _HIDDEN_OFFER
        offer_words["混淆写法 disguised wording"] = _HIDDEN_OFFER
    logit = _NOTHING_KNOWN + offer - served * _power_of_service(offer) - _WARNED * warned
    commercial = _squash(max(logit, _appended_offer(rules, offered) if offer >= _CLEAR_OFFER and served else logit))

    agency = rules.agency.search(sender) is not None
    guidance, guidance_words = rules.guidance.weigh(body) if agency else (0.0, {})
    publicity, publicity_words = rules.publicity.weigh(body) if agency else (0.0, {})
    about_itself = agency and publicity >= _MIN_PUBLIC and publicity > guidance
    to_all = max(guidance + _WARNING * warned, publicity if about_itself else 0.0)
    to_one = served * (1.2 if own_affairs else 0.35)

    kind, kind_weight, kind_words = _prohibited(rules, plain, links)
    if kind:
        klass, score, deciding = ContentClass.PROHIBITED, min(0.99, 0.5 + 0.25 * kind_weight), kind_words
        commercial = max(commercial, 0.9)
    elif commercial >= 0.5:
        klass, score, deciding = ContentClass.COMMERCIAL, commercial, _strongest(offer_words)
    elif agency and not is_code and to_all >= _MIN_PUBLIC and to_all > to_one:
        klass, score = ContentClass.PUBLIC_INTEREST, max(0.5, _squash(to_all - 0.5 * served))
        deciding = _strongest(publicity_words if about_itself else guidance_words) or ("警示 warning",)
    else:
        klass, score, deciding = ContentClass.SERVICE, 1 - commercial, _strongest(service_words)
    return Verdict(
        klass=klass,
        score=round(score, 4),
        commercial_score=round(commercial, 4),
        deciding=deciding,
        trade=_trade(rules, f"{body} {sender} {sender}"),
        prohibited_kind=kind,
        is_verification_code=is_code,
        promotional_tail=klass is ContentClass.COMMERCIAL and served >= _SERVED,
        publicity_of_work=about_itself and klass in (ContentClass.PUBLIC_INTEREST, ContentClass.SERVICE),
    )


def _set_aside_own_affairs(rules: _Rules, text: str) -> tuple[str, int]:
    """The text without what speaks of deals the recipient has made or is making, and how often it does."""
    times = 0
    for pattern in rules.exemptions:
        text, found = pattern.subn(" ", text)
        times += found
    return text, times


def _appended_offer(rules: _Rules, offered: str) -> float:
    """The log-odds of the most commercial single sentence, where what is appended to a service stands alone."""
    best = -12.0
    for sentence in _SENTENCE.findall(offered):
        offer, _ = rules.offers.weigh(sentence)
        if offer >= _CLEAR_OFFER:
            served, _ = rules.service.weigh(sentence)
            best = max(best, _NOTHING_KNOWN + offer - served * _power_of_service(offer))
    return best


def _set_aside_warnings(rules: _Rules, body: str) -> tuple[str, bool]:
    """The text without the sentences that warn, and whether there were any."""
    if rules.warning.search(body) is None:
        return body, False
    kept = [s for s in _SENTENCE.findall(body) if rules.warning.search(s) is None]
    return "。".join(kept), True


def _power_of_service(offer: float) -> float:
    """How much words of service count against an offer: all at none, a quarter once it is clear."""
    return max(0.12, 1.0 - offer / 2.6)


def _squash(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-12.0, min(12.0, logit))))


def _strongest(words: dict[str, float], most: int = 8) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-words[word], word))[:most])


def _trade(rules: _Rules, text: str) -> str:
    votes: dict[str, int] = {}
    for _, _, trade in rules.trades.find(text):
        votes[trade] = votes.get(trade, 0) + 1
    return max(votes, key=lambda trade: votes[trade]) if votes else ""


def _prohibited(rules: _Rules, text: str, links: tuple[str, ...]) -> tuple[str, float, tuple[str, ...]]:
    """The kind of prohibited content with its weight and words; an empty kind when the words do not add up."""
    weights: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    found: dict[str, tuple[tuple[str, float], ...]] = {
        phrase: kinds for _, phrase, kinds in rules.prohibited_words.find(text)
    }
    for phrase, kinds in found.items():
        for kind, weight in kinds:
            weights[kind] = weights.get(kind, 0.0) + weight
            words.setdefault(kind, []).append(phrase)
    for kind, pattern in rules.prohibited_patterns:
        match = pattern.search(text)
        if match is not None and not (kind == "phishing" and _only_official(rules, links)):
            weights[kind] = weights.get(kind, 0.0) + 1.2
            words.setdefault(kind, []).append(match[0][:24])
    if not weights:
        return "", 0.0, ()
    kind = max(weights, key=lambda k: weights[k])
    if weights[kind] < 1.0:
        return "", 0.0, ()
    return kind, weights[kind], tuple(words[kind][:8])


def _only_official(rules: _Rules, links: tuple[str, ...]) -> bool:
    return bool(links) and all(
        any(host == domain or host.endswith("." + domain) for domain in rules.official_domains)
        for host in map(domain_of, links)
    )

"""What the word lists make of a message (按词库判断).

Commercial is what introduces or promotes goods, services or chances to invest (2020 draft, art. 42). Words that offer
and words that serve are weighed as log-odds. Speaking *about* a commercial thing in the course of serving ("您的贷款
申请已受理", a code for drawing a coupon) is no offer and is set aside first (exemptions); a warning against an offer
is none either. What is left of an offer after that is an offer whatever it is wrapped in: words of service lower the
score of a faint offer, and lose that power as the offer grows clear. So a promotional tail makes a service message
commercial. How this opinion and the trained one add up is said in `verdict`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from anning.content.features import Codes, codes_of
from anning.content.lexicon import Lexicon, WordGroup, lexicon
from anning.content.links import domain_of
from anning.content.model import WayOut
from anning.content.patterns import PatternIndex
from anning.content.phrases import PhraseIndex
from anning.content.private import gives_contact, is_among_friends, sells

_SENTENCE = re.compile(r"[^。!?！？;；\n]+")
# Texts without a known word are about as often offers as services; but who restricts a service must show the offer
# (2020 draft art. 18), so they stay below even.
_NOTHING_KNOWN = -0.6
_WAY_OUT = 2.6
_FAINT_OFFER = 0.9
OFFICE = 2.0
_APPEAL = 1.5
_PERSONAL = 2.0
_REACHABLE = 0.7
_HIDDEN_OFFER = 1.0
_SOLD_BY_A_PERSON = 1.6
_AMONG_FRIENDS = 0.1
_MIN_PUBLIC = 1.5
_WARNING = 1.5
_WARNED = 2.0
_SERVED = 0.9
_OWN_AFFAIR = 1.3
_HANDED_CODE = 3.0
_CLEAR_OFFER = 1.2
_PROHIBITED_PATTERN = 1.2
# What these speak of is also everyone's lawful business: an invoice applied for, a certificate issued, an examination.
_LAWFUL_BUSINESS = frozenset(("fake-invoice", "fake-certificate", "exam-cheating"))


def _pattern(pattern: str) -> str:
    """A pattern of the word lists; the polite 您 stands for the plain 你 too."""
    return pattern.replace("您", "[您你]")


_Named = tuple[str, float]


class Look(NamedTuple):
    """The patterns that may match a text of such characters, by what they are for."""

    patterns: dict[str, list[tuple[re.Pattern[str], _Named]]]


class _Weigher:
    """One set of word groups, ready to be looked for."""

    def __init__(self, name: str, groups: Sequence[WordGroup]) -> None:
        self._name = name
        self._words: PhraseIndex[tuple[str, float]] = PhraseIndex(
            {word: (group.name, group.weight) for group in groups for word in group.words}
        )

    def weigh(self, text: str, look: Look) -> tuple[float, dict[str, float]]:
        """The sum, each further word of one group counting less, and the words with their weight.

        `look`: at the text, or at a longer text that it is what is left of.
        """
        hits: dict[str, tuple[str, float]] = {}
        for _, phrase, value in self._words.find(text):
            hits[phrase] = value
        for pattern, value in look.patterns.get(self._name, ()):
            match = pattern.search(text)
            if match is not None and match[0] not in hits:
                hits[match[0]] = value
        total, seen = 0.0, dict[str, int]()
        for name, weight in hits.values():
            rank = seen.get(name, 0)
            seen[name] = rank + 1
            total += weight * 0.6**rank
        return total, {phrase: weight for phrase, (_, weight) in hits.items()}


class Rules:
    def __init__(self, words: Lexicon) -> None:
        self.offers = _Weigher("offers", words.offers)
        self.service = _Weigher("service", words.service)
        self.guidance = _Weigher("guidance", words.public_guidance)
        self.publicity = _Weigher("publicity", words.publicity)
        every = list(_all_patterns(words))
        self.patterns: PatternIndex[_Named] = PatternIndex(every)
        self.prohibited_patterns: PatternIndex[_Named] = PatternIndex(one for one in every if one[0] == "prohibited")
        self.warning = re.compile("|".join(words.warnings))
        self.agency = re.compile("|".join(words.agencies))
        self.no_agency = re.compile("|".join(words.no_agencies))
        self.prohibited_words: PhraseIndex[tuple[tuple[str, float], ...]] = PhraseIndex(_by_word(words))
        self.trades: PhraseIndex[str] = PhraseIndex({word: t.trade for t in words.trades for word in t.words})
        self.official_domains = tuple(words.official_domains)

    def look(self, text: str) -> Look:
        """The patterns that may match `text`."""
        return Look(self.patterns.that_may_match(codes_of(text)))

    def names_prohibited(self, text: str, codes: Codes) -> bool:
        """Whether a word or pattern of the lists of what is prohibited is in the text of these code points."""
        if self.prohibited_words.holds(text):
            return True
        left = self.prohibited_patterns.that_may_match(codes).get("prohibited", ())
        return any(pattern.search(text) is not None for pattern, _ in left)


def _all_patterns(words: Lexicon) -> Iterator[tuple[str, str, _Named]]:
    """Every pattern of the word lists: what it is for, the pattern, and its group or kind with its weight."""
    for use, groups in (
        ("offers", words.offers),
        ("service", words.service),
        ("guidance", words.public_guidance),
        ("publicity", words.publicity),
    ):
        for group in groups:
            for pattern in group.patterns:
                yield use, _pattern(pattern), (group.name, group.weight)
    for exemption in words.exemptions:
        for pattern in exemption.patterns:
            yield "exemptions", _pattern(pattern), (exemption.name, 0.0)
    for kind in words.prohibited:
        for pattern in kind.patterns:
            yield "prohibited", pattern, (kind.kind, _PROHIBITED_PATTERN)


def _by_word(words: Lexicon) -> dict[str, tuple[tuple[str, float], ...]]:
    found: dict[str, list[tuple[str, float]]] = {}
    for kind in words.prohibited:
        for word, weight in kind.words.items():
            found.setdefault(word, []).append((kind.kind, weight))
    return {word: tuple(kinds) for word, kinds in found.items()}


@lru_cache(maxsize=1)
def the_rules() -> Rules:
    return Rules(lexicon())


@lru_cache(maxsize=4096)
def _is_agency(sender: str) -> bool:
    """Whether a name is that of an authority or public body, and not of a firm with such a word in its name."""
    rules = the_rules()
    return rules.agency.search(sender) is not None and rules.no_agency.search(sender) is None


@lru_cache(maxsize=4096)
def _trades_of(sender: str) -> tuple[str, ...]:
    return tuple(trade for _, _, trade in the_rules().trades.find(sender))


_CODE_NAME = (
    r"(?:验证码|校验码|检验码|动态码|动态密码|动态口令|交易口令|确认码|一次性密码|短信密码|短信口令|短信码|随机码|登录码|"
    r"操作码|激活码|(?:登录|登入|身份|支付)(?:验证|校验)|(?:核验|验证)[^\d。!?]{0,6}[4-8]位(?:数字)?|otp|"
    r"(?:verification|security|login|confirmation|one[- ]time) (?:code|pin|password)|"
    r"passcode)"
)
_CODE = re.compile(
    rf"{_CODE_NAME}(?:(?!拨|致电)[^\d。!?]){{0,16}}(?<!\d)\d(?: ?[\da-z]){{3,7}}(?![\d元])|"
    rf"(?<![\d.])\d(?: ?\d){{3,7}}(?!\d)(?:[^\d。!?]{{0,12}}|(?:是|为|\()[^。!?]{{0,24}}?){_CODE_NAME}|"
    r"(?<!\d)\d{4,8} is your [a-z ]{2,24}|use \d{4,8} to (?:sign|log|verify|confirm)|"
    r"(?:your|code)[^\d.!?]{0,30}(?:code|"
    rf"is|:)[^\d.!?]{{0,12}}\d{{4,8}}"
)


class Weighed(NamedTuple):
    """What the rules make of a message.

    Attributes:
        logit: the log-odds that it is commercial.
        offer_words, service_words: what speaks for it and against it, with weights.
        served: how much it speaks of serving.
        own_affairs: how often it speaks of what the recipient has made or is making.
        warned: it has sentences that warn.
        plain: the text without them; offered: without the recipient's own affairs too.
    """

    logit: float
    offer_words: dict[str, float]
    service_words: dict[str, float]
    served: float
    own_affairs: int
    warned: bool
    plain: str
    offered: str


def weigh(
    body: str,
    look: Look,
    *,
    sender: str,
    office: bool,
    way_out: WayOut,
    links: tuple[str, ...],
    phones: tuple[str, ...],
    obfuscated: bool,
    is_code: bool,
) -> Weighed:
    """Weighs the words of a message.

    `body`: normalised, without the signature; `sender`: the name given; `office`: an authority speaks, and offers no
    way out.
    """
    rules = the_rules()
    # Who warns the public offers no unsubscription: a warning beside one is a cloak.
    plain, warned = (body, False) if way_out.offered else _set_aside_warnings(rules, body)
    offered, own_affairs = set_aside_own_affairs(plain, look)
    offer, offer_words = rules.offers.weigh(offered, look)
    served, service_words = rules.service.weigh(plain if office and warned else body, look)
    served += min(_OWN_AFFAIR * own_affairs, 2 * _OWN_AFFAIR) + (_HANDED_CODE if is_code else 0.0)
    if offer_words and not served and not warned and not office:
        offer += _REACHABLE * (bool(links) + bool(phones))
    if offer_words and not (links or way_out.offered or (sender and offer < _CLEAR_OFFER)):
        offer = _from_a_person(
            body, offer, offer_words, phones, served=bool(served), may_be_private=not sender and not obfuscated
        )
    if way_out.offered and not _ends_a_service(body, way_out, offer, served):
        offer += _WAY_OUT
        offer_words["退订方式 way out"] = _WAY_OUT
    if obfuscated and offer > 0.9:
        offer += _HIDDEN_OFFER
        offer_words["混淆写法 disguised wording"] = _HIDDEN_OFFER
    logit = _NOTHING_KNOWN + offer - served * _power_of_service(offer) - _WARNED * warned - OFFICE * office
    if offer >= _CLEAR_OFFER and served:
        logit = max(logit, _appended_offer(rules, plain))
    return Weighed(logit, offer_words, service_words, served, own_affairs, warned, plain, offered)


class Publicly(NamedTuple):
    """What an authority says to everyone (公益). `words`: what shows it; `about_itself`: it praises its own work."""

    to_all: bool
    strength: float
    words: tuple[str, ...]
    about_itself: bool


def read_publicly(body: str, look: Look, weighed: Weighed) -> Publicly:
    """Whether an authority speaks to everyone or to one person about his own affair, and whether about itself."""
    rules = the_rules()
    guidance, guidance_words = rules.guidance.weigh(body, look)
    publicity, publicity_words = rules.publicity.weigh(body, look)
    about_itself = publicity >= _MIN_PUBLIC and publicity > guidance
    personal = _ONE_PERSON.search(body) is not None
    appeal = _APPEAL if not personal and _TO_ALL.search(body) else 0.0
    to_all = max(guidance + _WARNING * weighed.warned + appeal, publicity if about_itself else 0.0)
    to_one = weighed.served * (1.2 if weighed.own_affairs else 0.35) + _PERSONAL * personal
    words = strongest(publicity_words if about_itself else guidance_words) or ("提请公众 an appeal to all",)
    return Publicly(to_all >= _MIN_PUBLIC and to_all > to_one, to_all - 0.5 * weighed.served, words, about_itself)


def is_agency(sender: str) -> bool:
    """Whether a name is that of an authority or public body, and not of a firm with such a word in its name."""
    return bool(sender) and _is_agency(sender)


def hands_a_code(body: str) -> bool:
    """Whether the text hands over a one-time code (验证码)."""
    return _CODE.search(body) is not None


# A person's own affair, as against what is said to everyone ("为了您的安全" is).
_ONE_PERSON = re.compile(
    r"(?<![为祝请醒谢向知给让对])[您你](?!的?(?:安全|生命|财产|健康|家人|支持|配合|理解|城市|家园|身边)|好)|[*\d]号?工单|[\u3400-\u9fff]\*"
)
_TO_ALL = re.compile(r"请|勿|应|须|切|市民|群众|居民|公民|将于|严禁|谨防|截至")
_DENIAL = re.compile(r"不|勿|没有|谨|骗|假|警惕|陷阱|违法")
_SERVICE_ENDED = re.compile(
    r"(?:退订|取消|关闭|停止|停用|不想?(?:再)?(?:接收|需要|收到))[^,。;!]{0,8}(?:提醒|通知|动账|账单|物流|余额|业务|包月|天气|快报)"
)
_ANY_SENDER_S_KEYWORD = re.compile(
    r"(?:TD|T|R|N|Q|D|QX|DT|TT|JS)\d{0,4}|STOP|UNSUB\w*|END|CANCEL|QUIT|\d+|[\u3400-\u9fff]+|"
)


def _ends_a_service(body: str, way_out: WayOut, offer: float, served: float) -> bool:
    """Telling how to stop a notice is part of serving: no offer beside it, or a way that names the service it ends.

    "退订动账提醒" and a keyword of the service's own (TDTQ) name it; "拒收请回复R" is how all advertisements end.
    """
    if served < _SERVED or offer >= _FAINT_OFFER:
        return False
    names_it = _SERVICE_ENDED.search(body) is not None or not _ANY_SENDER_S_KEYWORD.fullmatch(way_out.keyword)
    return offer <= 0.0 or names_it


def _from_a_person(
    body: str, offer: float, words: dict[str, float], phones: tuple[str, ...], *, served: bool, may_be_private: bool
) -> float:
    """The offer of an unsigned text: nearly none among friends, more where someone sells and says how to reach him."""
    contact = gives_contact(body, phones)
    if may_be_private and is_among_friends(body, words, contact=contact):
        return offer * _AMONG_FRIENDS
    return offer + _SOLD_BY_A_PERSON if contact and not served and sells(body) else offer


def without_denials(text: str) -> str:
    """What an agency says without the sentences in which it denies, forbids or exposes."""
    return "。".join(sentence for sentence in _SENTENCE.findall(text) if not _DENIAL.search(sentence))


def set_aside_own_affairs(text: str, look: Look) -> tuple[str, int]:
    """The text without what speaks of deals the recipient has made or is making, and how often it does."""
    times = 0
    for pattern, _ in look.patterns.get("exemptions", ()):
        text, found = pattern.subn(" ", text)
        times += found
    return text, times


def _appended_offer(rules: Rules, plain: str) -> float:
    """The log-odds of the most commercial single sentence, where what is appended to a service stands alone."""
    best = -12.0
    for sentence in _SENTENCE.findall(plain):
        look = rules.look(sentence)
        offer, _ = rules.offers.weigh(set_aside_own_affairs(sentence, look)[0], look)
        if offer >= _CLEAR_OFFER:
            served, _ = rules.service.weigh(sentence, look)
            served += _HANDED_CODE if _CODE.search(sentence) else 0.0
            best = max(best, _NOTHING_KNOWN + offer - served * _power_of_service(offer))
    return best


def _set_aside_warnings(rules: Rules, body: str) -> tuple[str, bool]:
    """The text without the sentences that warn, and whether there were any."""
    if rules.warning.search(body) is None:
        return body, False
    kept = [s for s in _SENTENCE.findall(body) if rules.warning.search(s) is None]
    return "。".join(kept), True


def _power_of_service(offer: float) -> float:
    """How much words of service count against an offer: all at none, a quarter once it is clear."""
    return max(0.12, 1.0 - offer / 2.6)


def strongest(words: dict[str, float], most: int = 8) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-words[word], word))[:most])


def trade_of(body: str, sender: str) -> str:
    """What the words speak of; the sender's name counts twice."""
    votes: dict[str, int] = {}
    for _, _, trade in the_rules().trades.find(body):
        votes[trade] = votes.get(trade, 0) + 1
    for trade in _trades_of(sender):
        votes[trade] = votes.get(trade, 0) + 2
    return max(votes, key=lambda trade: votes[trade]) if votes else ""


def prohibited_by_lists(
    text: str, offered: str, links: tuple[str, ...], look: Look
) -> tuple[str, float, tuple[str, ...]]:
    """The kind of prohibited content with its weight and words; an empty kind when the words do not add up.

    `offered`: the text without the recipient's own affairs.
    """
    rules = the_rules()
    weights: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    found: dict[str, tuple[tuple[str, float], ...]] = {
        phrase: kinds for _, phrase, kinds in rules.prohibited_words.find(text)
    }
    for phrase, kinds in found.items():
        for kind, weight in kinds:
            if kind in _LAWFUL_BUSINESS and phrase not in offered:
                continue
            weights[kind] = weights.get(kind, 0.0) + weight
            words.setdefault(kind, []).append(phrase)
    for pattern, (kind, weight) in look.patterns.get("prohibited", ()):
        match = pattern.search(text)
        if match is not None and not (kind == "phishing" and _only_official(rules, links)):
            weights[kind] = weights.get(kind, 0.0) + weight
            words.setdefault(kind, []).append(match[0][:24])
    if not weights:
        return "", 0.0, ()
    kind = max(weights, key=lambda k: weights[k])
    if weights[kind] < 1.0:
        return "", 0.0, ()
    return kind, weights[kind], tuple(words[kind][:8])


def leads_only_to_official(links: tuple[str, ...]) -> bool:
    """Whether there are links, all of them to official addresses of the lists."""
    return _only_official(the_rules(), links)


def _only_official(rules: Rules, links: tuple[str, ...]) -> bool:
    return bool(links) and all(
        any(host == domain or host.endswith("." + domain) for domain in rules.official_domains)
        for host in map(domain_of, links)
    )

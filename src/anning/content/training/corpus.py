"""The messages a model is trained, calibrated and tested on, from our own hands and from labelled lists (训练语料).

A sample knows its class, its family and its group: near-duplicates and what one template says are one group, and a
group is never split. Its weight makes up for how often a family speaks.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from typing import Final

import msgspec

from anning.content.lexicon import lexicon
from anning.content.model import ContentClass
from anning.content.training.disguise import HELD_OUT, PLAIN, TRAINED
from anning.content.training.hands import Family, Use, families, messages_of

_GRAMMARS: Final = frozenset(("registrar", "hawker", "bureau-contrast", "copy-desk", "errand-book", "tail-grammar"))
"""Hands whose templates combine so many words that one needs many of their messages to have read them all."""

_EACH: Final = 12
_EACH_OF_A_GRAMMAR: Final = 120
_MIXED_TAILS: Final = 6000
_JOINED_SERVICES: Final = 4000
_LISTED: Final = 3000
_SENTENCE: Final = re.compile(r"(?<=[。！!；;？?])")
_CLAUSE: Final = re.compile(r"(?<=[，。！,])")
_SIGNATURE: Final = re.compile(r"【[^】]*】")
_JOINTS: Final = ("", "。", "，", " ")
_WAYS_OUT: Final = ("，退订回T", "。退订回TD", "拒收请回复R")
_WAYS_OUT_OF_SERVICE: Final = (
    "如不需要此提醒请回TD", "不想接收物流短信请回T", "退订动账提醒回复TD", "关闭提醒回N",
    "退订该通知请回复R", "取消订阅天气短信回复TDTQ",
)  # fmt: skip
_CLASSES: Final = {
    "service": ContentClass.SERVICE,
    "private": ContentClass.SERVICE,
    "commercial": ContentClass.COMMERCIAL,
    "tail": ContentClass.COMMERCIAL,
    "public": ContentClass.PUBLIC_INTEREST,
    "publicity": ContentClass.PUBLIC_INTEREST,
    "prohibited": ContentClass.PROHIBITED,
}


LABELLED: Final = "labelled list"
"""Source of what a user labelled."""


class Sample(msgspec.Struct, frozen=True):
    """A labelled message.

    Attributes:
        detail: the trade of an offer, the kind of what is prohibited; empty when it is not known.
        kind: what the family tells: service, private, commercial, tail, public, publicity, prohibited.
        family: what weight is shared out among; group: what is never split between training and testing.
        source: whose message it is, for the counts on the card.
    """

    text: str
    klass: ContentClass
    detail: str
    kind: str
    family: str
    group: str
    source: str = "hands"

    @property
    def unwanted(self) -> bool:
        """Commercial or prohibited."""
        return self.klass in (ContentClass.COMMERCIAL, ContentClass.PROHIBITED)


def own_samples(use: Use, seed: int = 1) -> list[Sample]:
    """Messages of our own hands of that use, tails joined to services of the same side, none disguised."""
    chosen = [family for family in families() if family.use == use]
    rng = random.Random(f"{seed} {use}")
    services: dict[str, list[str]] = {}
    for family in chosen:
        if family.klass == "service":
            services.setdefault(family.hand, []).extend(messages_of(family, _count(family), seed))
    anywhere = [text for texts in services.values() for text in texts]
    found: list[Sample] = []
    for family in chosen:
        texts = messages_of(family, _count(family) * (4 if _is_plain_tail(family) else 1), seed)
        if family.klass == "tail":
            own = services.get(family.hand, anywhere)
            texts = [_with_tail(rng.choice(own if rng.random() < 0.5 else anywhere), text, rng) for text in texts]
        found += [sample_of(family, text) for text in texts]
    return found


def sample_of(family: Family, text: str) -> Sample:
    """A message of a family, labelled as the family is."""
    name = f"{family.hand}/{family.name}"
    return Sample(text, _CLASSES[family.klass], family.detail, family.klass, name, name)


def _count(family: Family) -> int:
    return len(family.templates) * (_EACH_OF_A_GRAMMAR if family.hand in _GRAMMARS else _EACH)


def _is_plain_tail(family: Family) -> bool:
    return family.klass == "tail" and family.hand not in _GRAMMARS


def _with_tail(service: str, tail: str, rng: random.Random) -> str:
    joint = "" if service.endswith("。") else rng.choice(_JOINTS)
    return service + joint + tail + (rng.choice(_WAYS_OUT) if rng.random() < 0.5 else "")


def training_samples(others: Sequence[Sample] = (), seed: int = 1) -> list[Sample]:
    """Everything a model is fitted on: our training hands, their variations, the hand-made messages, and others'."""
    own = own_samples("train", seed)
    rng = random.Random(f"{seed} variations")
    made = [*own, *_variations(own, rng), *_joined(own, rng), *_tails_alone(seed), *_mixed_tails([*own, *others], rng)]
    return [*made, *_word_lists(rng), *handmade(), *others]


def _variations(own: Iterable[Sample], rng: random.Random) -> Iterator[Sample]:
    """What is unwanted, disguised; what is wanted, written otherwise, in part, or with a way to stop the service."""
    for sample in own:
        if sample.unwanted:
            for name in rng.sample(sorted(TRAINED), 2):
                yield _rewritten(sample, TRAINED[name](sample.text, rng))
            continue
        if rng.random() < 0.25:
            yield _rewritten(sample, PLAIN[rng.choice(sorted(PLAIN))](sample.text, rng))
        sentences = [part for part in _SENTENCE.split(sample.text) if len(part) > 5]
        if len(sentences) > 1 and rng.random() < 0.6:
            yield _rewritten(sample, rng.choice(sentences))
        if sample.kind == "service" and rng.random() < 0.06:
            yield _rewritten(sample, sample.text + rng.choice(_WAYS_OUT_OF_SERVICE))


def _joined(own: Sequence[Sample], rng: random.Random) -> Iterator[Sample]:
    """Two services in one message are a service still: it is not length that makes an offer."""
    services = [sample for sample in own if sample.kind == "service"]
    for _ in range(_JOINED_SERVICES):
        first, second = rng.choice(services), rng.choice(services)
        yield _rewritten(first, first.text + _SIGNATURE.sub("", second.text))


def _tails_alone(seed: int) -> Iterator[Sample]:
    for family in families():
        if family.use == "train" and _is_plain_tail(family):
            for text in messages_of(family, _count(family), seed + 1):
                yield msgspec.structs.replace(sample_of(family, text), kind="commercial")


def _mixed_tails(samples: Sequence[Sample], rng: random.Random) -> Iterator[Sample]:
    """A service with a piece of any advertisement at its end."""
    services = [sample for sample in samples if sample.kind == "service"]
    offers = [sample for sample in samples if sample.kind == "commercial"]
    for place in range(_MIXED_TAILS):
        service, offer = rng.choice(services), rng.choice(offers)
        tail = _SIGNATURE.sub("", offer.text)
        clauses = [clause for clause in _CLAUSE.split(tail) if len(clause) > 3]
        if len(clauses) > 2 and rng.random() < 0.6:
            first = rng.randrange(len(clauses) - 1)
            tail = "".join(clauses[first : first + 2])
        elif len(clauses) <= 2:
            tail = tail[: rng.randrange(25, 80)]
        family = f"mixed/{place % 400}"
        text = service.text + rng.choice(_JOINTS) + tail
        yield Sample(text, ContentClass.COMMERCIAL, offer.detail, "tail", family, offer.group, "mixed")


def _word_lists(rng: random.Random) -> Iterator[Sample]:
    """What the word lists know, as messages of a few words each: two offering words are an offer, two serving none."""
    words = lexicon()
    for groups, klass, kind in (
        (words.offers, ContentClass.COMMERCIAL, "commercial"),
        (words.service, ContentClass.SERVICE, "service"),
    ):
        telling = [group for group in groups if group.weight >= 0.9 and group.words]
        for place in range(_LISTED):
            group, other = rng.choice(telling), rng.choice(telling)
            said = [*rng.sample(group.words, min(2, len(group.words))), *rng.sample(other.words, rng.randrange(2))]
            yield Sample("，".join(said), klass, "", kind, f"lists/{kind}-{place % 40}", "lists", "word lists")
    for listed in words.prohibited:
        strong = [word for word, weight in listed.words.items() if weight >= 0.5]
        for place in range(_LISTED // 40 if len(strong) > 1 else 0):
            text = "，".join(rng.sample(strong, min(len(strong), rng.randrange(2, 4))))
            family = f"lists/{listed.kind}-{place % 4}"
            yield Sample(text, ContentClass.PROHIBITED, listed.kind, "prohibited", family, "lists", "word lists")


def _rewritten(sample: Sample, text: str) -> Sample:
    return msgspec.structs.replace(sample, text=text)


def disguised(samples: Iterable[Sample], seed: int = 1) -> Iterator[tuple[str, Sample]]:
    """What is unwanted in each of the ways that no training message is hidden, named."""
    rng = random.Random(f"{seed} disguises")
    for sample in samples:
        if sample.unwanted:
            for name, disguise in HELD_OUT.items():
                yield name, _rewritten(sample, disguise(sample.text, rng))


def handmade() -> Iterator[Sample]:
    """The messages written one by one: the file says the class, a word before a colon the trade or kind."""
    for name, kind in (
        ("service", "service"), ("tails", "tail"), ("commercial", "commercial"), ("obfuscated", "commercial"),
        ("public_interest", "public"), ("prohibited", "prohibited"),
    ):  # fmt: skip
        for place, (mark, text) in enumerate(handmade_lines(name)):
            klass = _CLASSES["publicity" if mark == "publicity" else kind]
            detail = mark if kind in ("commercial", "prohibited") else ""
            family = f"handmade/{name}-{place // 6}"
            yield Sample(
                text.removeprefix("! "),
                klass,
                detail,
                mark if mark == "publicity" else kind,
                family,
                family,
                "handmade",
            )


def handmade_lines(name: str) -> Iterator[tuple[str, str]]:
    """The lines of one file of hand-made messages, each with the mark before its colon."""
    raw = files(__package__).joinpath("handmade", f"{name}.txt").read_text("utf-8")
    yield from marked_lines(raw)


def marked_lines(raw: str) -> Iterator[tuple[str, str]]:
    """Lines that may begin with a word and a colon; those that begin with # are remarks."""
    for line in raw.splitlines():
        if line and not line.startswith("#"):
            mark, colon, text = line.partition(": ")
            yield (mark, text) if colon and mark.isascii() and len(mark) < 20 and " " not in mark else ("", line)


def weights_of(samples: Sequence[Sample], share: Callable[[Sample], str], shares: dict[str, float]) -> list[float]:
    """A weight for each sample: a family by the root of how much it says, then each share as large as it should be."""
    counts = Counter(sample.family for sample in samples)
    weights = [counts[sample.family] ** -0.5 for sample in samples]
    totals: dict[str, float] = dict.fromkeys(shares, 0.0)
    for sample, weight in zip(samples, weights, strict=True):
        totals[share(sample)] += weight
    scale = {name: part * len(samples) / totals[name] if totals[name] else 0.0 for name, part in shares.items()}
    return [weight * scale[share(sample)] for sample, weight in zip(samples, weights, strict=True)]

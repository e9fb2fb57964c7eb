"""What a model does on messages that it was not made from: errors, calibration, bounds (模型评估).

The hands of use `test` are wholly unseen: no model was fitted, calibrated or corrected on them. From their services
comes the count that matters most, of services judged otherwise. Messages of one family are alike, so a bound over
messages says more than is known; the bound over families, in which a family fails when one of its messages does,
stands beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from anning.content.judge import RULES_HASH, judge
from anning.content.model import Content, ContentClass
from anning.content.trained import Model
from anning.content.training.chance import lower_bound, upper_bound
from anning.content.training.corpus import Sample, disguised, own_samples
from anning.content.training.hands import Use, families
from anning.content.training.sampling import service_samples, spread
from anning.content.training.timing import Speed, speed_of

SERVICES: Final = 30_000
"""Service messages that are judged."""

PLAIN: Final = "plain"
"""Among the ways of hiding: the same messages as they are."""

_BINS: Final = 10
_MOST_WORDS: Final = 12
_MOST_ERRORS: Final = 60
_DISGUISED: Final = 400


class Share(msgspec.Struct, frozen=True):
    """How many of how many.

    Attributes:
        bound: one-sided 95 % bound after Clopper and Pearson: the upper of what should not happen, the lower of what
            should.
    """

    happened: int
    of: int
    bound: float


class Services(msgspec.Struct, frozen=True):
    """Services judged otherwise (服务短信误判): of the messages, and of the families that they come from.

    Attributes:
        by_family: a family counts when one of its messages is judged otherwise; `templates` in the same way.
    """

    messages: Share
    by_family: Share
    templates: int
    hands: int


class Bin(msgspec.Struct, frozen=True):
    """Messages whose commercial score lies between two tenths: how high it is and how many are unwanted."""

    least: float
    messages: int
    mean_score: float
    unwanted: float


class FamilyRow(msgspec.Struct, frozen=True):
    """One family: what its messages are, how many there are, how many were judged as they should not be."""

    hand: str
    family: str
    kind: str
    messages: int
    wrong: int


class Wrong(msgspec.Struct, frozen=True):
    """One message that was judged as it should not be; of those alike the first."""

    text: str
    kind: str
    family: str
    judged: str
    commercial_score: float
    deciding: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluation found.

    Attributes:
        confusion: by what the messages are, how many were judged as what.
        caught: what is unwanted and was judged unwanted, by kind: commercial, tail, prohibited.
        disguised: the same of some of them, by the way in which they are hidden, `PLAIN` for not at all; none of the
            ways is one of training.
        brier: mean squared distance of the commercial score from what is so; `calibration_error`: mean distance of
            score and share over the bins, weighted by messages.
        deciding: the words that decided most often, by the class judged.
        services: none where the evaluation is of a list of others' alone.
    """

    model: str
    model_hash: str
    rules_hash: str
    trained_on: dict[str, int]
    source: str
    messages: int
    confusion: dict[str, dict[str, int]]
    caught: dict[str, Share]
    calibration: tuple[Bin, ...]
    brier: float
    calibration_error: float
    families: tuple[FamilyRow, ...]
    wrong: tuple[Wrong, ...]
    deciding: dict[str, dict[str, int]]
    disguised: dict[str, Share] = {}
    services: Services | None = None
    speed: Speed | None = None


def right(sample: Sample, seen: Content) -> bool:
    """Whether the verdict is one that the message allows.

    What is unwanted must be seen as unwanted; whether an offer is prohibited is the second question. Publicity of an
    agency's own work is no public interest in law, and is marked as such; both classes are right for it.
    """
    if sample.unwanted:
        return seen.klass in (ContentClass.COMMERCIAL, ContentClass.PROHIBITED)
    if sample.klass is ContentClass.PUBLIC_INTEREST:
        return seen.klass in (ContentClass.PUBLIC_INTEREST, ContentClass.SERVICE)
    return seen.klass is sample.klass


def evaluate(samples: Sequence[Sample], model: Model, *, source: str) -> Report:
    """What the model makes of labelled messages."""
    seen = [judge(sample.text, model) for sample in samples]
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    words: dict[str, Counter[str]] = defaultdict(Counter)
    rows: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    wrong: dict[tuple[str, str], Wrong] = {}
    for sample, content in zip(samples, seen, strict=True):
        confusion[sample.kind][str(content.klass)] += 1
        words[str(content.klass)].update(content.deciding[:3])
        row = rows[sample.family, sample.kind]
        row[0] += 1
        if not right(sample, content):
            row[1] += 1
            wrong.setdefault(
                (sample.family, "".join(content.deciding[:1])),
                Wrong(
                    sample.text, sample.kind, sample.family, str(content.klass), content.commercial_score,
                    content.deciding[:5],
                ),
            )  # fmt: skip
    bins, brier, distance = _calibration(samples, seen)
    return Report(
        model=model.named,
        model_hash=model.hash,
        rules_hash=RULES_HASH,
        trained_on=model.card.trained_on,
        source=source,
        messages=len(samples),
        confusion={kind: dict(sorted(counts.items())) for kind, counts in sorted(confusion.items())},
        caught=_caught(zip(samples, seen, strict=True), lambda sample: sample.kind),
        calibration=bins,
        brier=brier,
        calibration_error=distance,
        families=tuple(
            FamilyRow(family.partition("/")[0], family.partition("/")[2] or family, kind, *counts)
            for (family, kind), counts in sorted(rows.items())
        ),
        wrong=tuple(wrong.values())[:_MOST_ERRORS],
        deciding={klass: dict(counts.most_common(_MOST_WORDS)) for klass, counts in sorted(words.items())},
    )


def evaluate_on_hands(model: Model, use: Use = "test", *, services: int = SERVICES, timed: bool = True) -> Report:
    """What the model makes of our hands of that use: plain, disguised, and many services of them.

    Args:
        services: how many service messages are judged, at the most.
        timed: whether it is also timed.

    Raises:
        ImportError: pypinyin is not installed, by which sounds are disguised.
    """
    samples = own_samples(use)
    report = evaluate(samples, model, source=f"hands: {use}")
    hidden: dict[str, list[Sample]] = defaultdict(list)
    hidden[PLAIN] = spread(samples, _DISGUISED)
    for way, sample in disguised(hidden[PLAIN]):
        hidden[way].append(sample)
    told = {
        way: _caught_of(kept, [judge(sample.text, model) for sample in kept]) for way, kept in sorted(hidden.items())
    }
    counted, wrong = _services(model, use, services)
    return msgspec.structs.replace(
        report,
        disguised=told,
        services=counted,
        wrong=(*report.wrong, *wrong)[:_MOST_ERRORS],
        speed=speed_of([s.text for s in samples if s.kind == "service"], [s.text for s in samples], model)
        if timed
        else None,
    )


def _services(model: Model, use: Use, most: int) -> tuple[Services, list[Wrong]]:
    samples = service_samples(use, most)
    failed: Counter[str] = Counter()
    wrong: list[Wrong] = []
    for sample in samples:
        seen = judge(sample.text, model)
        if not right(sample, seen):
            if sample.family not in failed:
                wrong.append(
                    Wrong(
                        sample.text, sample.kind, sample.family, str(seen.klass), seen.commercial_score,
                        seen.deciding[:5],
                    )
                )  # fmt: skip
            failed[sample.family] += 1
    told = [family for family in families() if family.use == use and family.klass == "service"]
    otherwise, every = failed.total(), len({sample.family for sample in samples})
    return (
        Services(
            messages=Share(otherwise, len(samples), upper_bound(otherwise, len(samples))),
            by_family=Share(len(failed), every, upper_bound(len(failed), every)),
            templates=sum(len(family.templates) for family in told),
            hands=len({family.hand for family in told}),
        ),
        wrong,
    )


def _calibration(samples: Sequence[Sample], seen: Sequence[Content]) -> tuple[tuple[Bin, ...], float, float]:
    held: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for sample, content in zip(samples, seen, strict=True):
        held[min(_BINS - 1, int(content.commercial_score * _BINS))].append((content.commercial_score, sample.unwanted))
    bins = tuple(
        Bin(
            least=place / _BINS,
            messages=len(each),
            mean_score=round(sum(score for score, _ in each) / len(each), 4),
            unwanted=round(sum(unwanted for _, unwanted in each) / len(each), 4),
        )
        for place, each in enumerate(held)
        if each
    )
    every = [pair for each in held for pair in each]
    brier = sum((score - unwanted) ** 2 for score, unwanted in every) / max(1, len(every))
    distance = sum(each.messages * abs(each.mean_score - each.unwanted) for each in bins) / max(1, len(every))
    return bins, round(brier, 5), round(distance, 5)


def _caught(pairs: Iterable[tuple[Sample, Content]], by: Callable[[Sample], str]) -> dict[str, Share]:
    kept: dict[str, tuple[list[Sample], list[Content]]] = {}
    for sample, content in pairs:
        if sample.unwanted:
            samples, seen = kept.setdefault(by(sample), ([], []))
            samples.append(sample)
            seen.append(content)
    return {name: _caught_of(*each) for name, each in sorted(kept.items())}


def _caught_of(samples: Sequence[Sample], seen: Sequence[Content]) -> Share:
    happened = sum(right(sample, content) for sample, content in zip(samples, seen, strict=True))
    return Share(happened, len(samples), lower_bound(happened, len(samples)))

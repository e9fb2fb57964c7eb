"""Fitting a model to labelled messages with scikit-learn (训练): the extra `train` has what it takes.

Each head is a logistic regression over the n-grams of `features`. The first is fitted on everything, the others on
what they are asked of. Weights become bytes. How the whole, the most telling ending and the rules add up to one
probability is fitted on messages of hands that were not seen: those held back for it, and each of our own in turn,
judged by weights from the others.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from anning.content.features import codes_of, spelling_table
from anning.content.judge import speaks_for_agency, words_of
from anning.content.modelfile import Calibration, Card, Details, Parts, to_bytes
from anning.content.trained import Model, probability, rows_of
from anning.content.training.corpus import LABELLED, Sample, weights_of
from anning.content.training.sounds import sound_tables
from anning.errors import Unavailable

BITS: Final = 18
_STRENGTH: Final = 1.0
_FOLDS: Final = 4
_PRIOR: Final = {"True": 0.5, "False": 0.5}
_SHARES: Final = {"hands wanted": 0.46, "prose": 0.14, "hands unwanted": 0.26, "others": 0.14}
_TRADES: Final = (
    "finance", "property", "health", "recruitment", "travel", "education", "retail", "government", "other",
)  # fmt: skip
_KINDS: Final = (
    "fraud", "phishing", "gambling", "porn", "drugs", "weapons", "fake-invoice", "fake-certificate", "exam-cheating",
    "illegal-goods", "cult",
)  # fmt: skip

Rules = Callable[[str], float]


class Fitted(NamedTuple):
    """A model file, and what weights that had not seen a message make of it: how likely it is to be unwanted."""

    data: bytes
    unseen: list[tuple[Sample, float]]


def fit(samples: Sequence[Sample], held: Sequence[Sample], *, rules: Rules, name: str, version: str) -> Fitted:
    """A model fitted on `samples` and calibrated on `held`.

    Args:
        rules: the log-odds of the rules that a text is commercial.

    Raises:
        Unavailable: scikit-learn or pypinyin is not installed.
    """
    spellings, of_character = _sounds()
    spelled = spelling_table(spellings)
    rows = [rows_of(codes_of(words_of(sample.text)), of_character, spelled, BITS) for sample in samples]
    weights = np.array(weights_of(samples, _share, _SHARES))
    unwanted = np.array([sample.unwanted for sample in samples])
    agencies = np.array([not sample.unwanted and speaks_for_agency(sample.text) for sample in samples])
    offers = np.array([sample.kind in ("commercial", "tail") for sample in samples])
    heads = [
        _fit_head(rows, unwanted, weights, np.ones(len(samples), bool)),
        _fit_head(rows, np.array([s.kind == "prohibited" for s in samples]), weights, unwanted),
        _fit_head(rows, np.array([s.kind == "tail" for s in samples]), weights, offers),
        _fit_head(rows, np.array([s.kind in ("public", "publicity") for s in samples]), weights, agencies),
    ]
    scales = [_scale(weight) for weight, _ in heads]
    trade, trade_weights = _fit_details(rows, [s.detail if offers[i] else "" for i, s in enumerate(samples)], _TRADES)
    prohibited = [sample.detail if sample.kind == "prohibited" else "" for sample in samples]
    kind, kind_weights = _fit_details(rows, prohibited, _KINDS)
    card = Card(
        name=name,
        version=version,
        bits=BITS,
        bias=tuple(round(float(bias), 6) for _, bias in heads),  # type: ignore[arg-type]
        scale=tuple(scales),  # type: ignore[arg-type]
        trade=trade,
        kind=kind,
        calibration=Calibration(0.0, 1.0, 0.0, 0.0),
        spellings=spellings,
        trained_on=dict(sorted(Counter(sample.source for sample in samples).items())),
    )
    quantised = np.stack([_quantise(weight, scale) for (weight, _), scale in zip(heads, scales, strict=True)], axis=1)
    parts = Parts(card, quantised, np.concatenate([trade_weights, kind_weights], axis=1), of_character)
    unseen = _opinions(Model(to_bytes(parts), name), held)
    for fold in range(_FOLDS):
        inside = np.array([_fold(sample) == fold for sample in samples])
        head, bias = _fit_head(rows, unwanted, weights, ~inside)
        scale = _scale(head)
        of_others = msgspec.structs.replace(
            parts,
            card=msgspec.structs.replace(card, bias=(float(bias), *card.bias[1:]), scale=(scale, *card.scale[1:])),
            heads=np.column_stack([_quantise(head, scale), quantised[:, 1:]]),
        )
        unseen += _opinions(
            Model(to_bytes(of_others), name), [s for s, held_out in zip(samples, inside, strict=True) if held_out]
        )
    said = [rules(sample.text) for sample, _, _ in unseen]
    by = _calibrated(unseen, said)
    data = to_bytes(msgspec.structs.replace(parts, card=msgspec.structs.replace(card, calibration=by)))
    return Fitted(
        data,
        [
            (sample, probability(by.bias + by.whole * whole + by.ending * ending + by.rules * told))
            for (sample, whole, ending), told in zip(unseen, said, strict=True)
        ],
    )


def _fold(sample: Sample) -> int:
    """In which turn a sample is held back, a hand or a group of a labelled list as a whole; -1 for what never is."""
    if sample.source == LABELLED:
        return zlib.crc32(sample.group.encode()) % _FOLDS
    if sample.source != "hands":
        return -1
    hand = sample.family.partition("/")[0]
    return zlib.crc32(hand.encode()) % _FOLDS


def _opinions(model: Model, samples: Sequence[Sample]) -> list[tuple[Sample, float, float]]:
    asked = [(sample, model.ask(words_of(sample.text))) for sample in samples]
    return [(sample, opinion.whole, opinion.ending) for sample, opinion in asked]


def _share(sample: Sample) -> str:
    if sample.kind == "prose":
        return "prose"
    if sample.source == "fake base stations":
        return "others"
    return "hands unwanted" if sample.unwanted else "hands wanted"


def _sounds() -> Any:
    try:
        return sound_tables()
    except ImportError as error:
        raise _missing("pypinyin") from error


def _missing(package: str) -> Unavailable:
    return Unavailable(
        f"训练模型需要 {package}：pip install 'anning[train]'",
        f"training needs {package}: pip install 'anning[train]'",
        thing=package,
    )


def _matrix(rows: Sequence[Any], width: int) -> Any:
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.concatenate([*rows, np.empty(0, np.int64)])
    return csr_matrix((np.ones(ends[-1], np.float32), columns, ends), shape=(len(rows), width))


def _logistic(**options: Any) -> Any:
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise _missing("scikit-learn") from error
    return LogisticRegression(C=_STRENGTH, max_iter=300, tol=1e-3, **options)


def _fit_head(rows: Sequence[Any], answers: Any, weights: Any, asked: Any) -> tuple[Any, float]:
    """The weights and the bias of one yes-or-no question, of the samples that it is asked of."""
    places = np.flatnonzero(asked)
    chosen = answers[places]
    if len(set(chosen.tolist())) < 2:
        return np.zeros(1 << BITS), -4.0 if not chosen.any() else 4.0
    fitted = _logistic().fit(_matrix([rows[place] for place in places.tolist()], 1 << BITS), chosen, weights[places])
    return fitted.coef_[0], fitted.intercept_[0]


def _fit_details(rows: Sequence[Any], answers: Sequence[str], labels: Sequence[str]) -> tuple[Details, Any]:
    """The weights of a question of many answers, over rows eight times as coarse."""
    width = 1 << BITS - 3
    places = [place for place, answer in enumerate(answers) if answer in labels]
    present = sorted({answers[place] for place in places})
    table = np.zeros((width, len(labels)))
    bias = [-9.0] * len(labels)
    if len(present) > 1:
        matrix = _matrix([rows[place] >> 3 for place in places], width)
        fitted = _logistic(class_weight="balanced").fit(matrix, [answers[place] for place in places])
        both = len(present) == 2
        for place, label in enumerate(fitted.classes_):
            column = labels.index(label)
            sign = -1.0 if both and place == 0 else 1.0
            table[:, column] = sign * fitted.coef_[0 if both else place]
            bias[column] = round(float(sign * fitted.intercept_[0 if both else place]), 6)
    scale = _scale(table)
    return Details(tuple(labels), tuple(bias), scale), _quantise(table, scale)


def _scale(weights: Any) -> float:
    largest = float(np.abs(weights).max(initial=0.0))
    return round(largest / 127, 9) or 1e-6


def _quantise(weights: Any, scale: float) -> Any:
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)


def _calibrated(unseen: Sequence[tuple[Sample, float, float]], rules: Sequence[float]) -> Calibration:
    """How whole, ending and rules add up, from samples that the model has not seen."""
    seen = np.array([[whole, ending, said] for (_, whole, ending), said in zip(unseen, rules, strict=True)])
    samples = [sample for sample, _, _ in unseen]
    weights = weights_of(samples, lambda sample: str(sample.unwanted), _PRIOR)
    fitted = _logistic().fit(seen, [sample.unwanted for sample in samples], weights)
    whole, ending, said = (round(float(value), 4) for value in fitted.coef_[0])
    return Calibration(round(float(fitted.intercept_[0]), 4), whole, ending, said)

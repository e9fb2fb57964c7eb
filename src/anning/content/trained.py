"""The trained opinion on a message: how unwanted it reads as a whole and in its most telling ending (模型判断)."""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from anning.content.features import GRAMS_A_SIGN, Codes, codes_of, compiled, read_grams, spelling_table
from anning.content.modelfile import Card, Details, from_bytes, model_hash

BUILT_IN: Final = "builtin.model"
"""The file beside the code of the model that ships."""

_STRETCHES: Final = 4
_SHORTEST_ENDING: Final = 5
_FARTHEST: Final = 12.0


class Opinion(NamedTuple):
    """What the weights say of one message, as log-odds.

    Attributes:
        whole: that it is unwanted (commercial or prohibited), from all of its n-grams.
        ending: the same of its most telling ending, in which an appended offer stands out of a service.
        prohibited: that it is prohibited, given that it is unwanted.
        tail: that it follows on a service, given that it is commercial.
        public: that it speaks to everyone, given that it is not unwanted.
        stretches: where the stretches begin and end that speak for being unwanted, strongest first, then against.
        words: what was asked about; told: how many of the stretches speak for it.
    """

    whole: float
    ending: float
    prohibited: float
    tail: float
    public: float
    stretches: list[list[int]]
    words: str
    told: int

    @property
    def for_it(self) -> tuple[str, ...]:
        """The stretches that speak for being unwanted, strongest first."""
        return tuple(self.words[first:end] for first, end in self.stretches[: self.told])

    @property
    def against(self) -> tuple[str, ...]:
        """The stretches that speak against it, strongest first."""
        return tuple(self.words[first:end] for first, end in self.stretches[self.told :] if end)


class Model:
    """Weights ready to be asked; the same text always gets the same answer.

    Raises:
        InvalidFile: the bytes are no model.
    """

    def __init__(self, data: bytes, name: str) -> None:
        parts = from_bytes(data, name)
        self.card: Card = parts.card
        self.hash = model_hash(data)
        self._heads = np.ascontiguousarray(parts.heads)
        self._details = parts.details
        self._scale = np.array(self.card.scale)
        self._bias = self.card.bias
        self._bits = self.card.bits
        self._of_character = np.ascontiguousarray(parts.of_character, np.uint16)
        self._spelled = spelling_table(self.card.spellings)

    @property
    def named(self) -> str:
        """Its name and version."""
        return f"{self.card.name} {self.card.version}"

    def ask(self, words: str, codes: Codes | None = None) -> Opinion:
        """The opinion on normalised words, without signature and with links as one word.

        `codes`: their code points, where they are at hand.
        """
        whole, ending, prohibited, tail, public, told, stretches = _score(
            codes_of(words) if codes is None else codes,
            self._of_character,
            self._spelled,
            self._bits,
            self._heads,
            self._scale,
        )
        bias = self._bias
        return Opinion(
            whole=whole + bias[0],
            ending=ending + bias[0],
            prohibited=prohibited + bias[1],
            tail=tail + bias[2],
            public=public + bias[3],
            stretches=stretches.tolist(),
            words=words,
            told=told,
        )

    def trade(self, words: str) -> str:
        """The likeliest trade of an offer."""
        return self._likeliest(words, self.card.trade, 0)

    def kind(self, words: str) -> str:
        """The likeliest kind of what is prohibited."""
        return self._likeliest(words, self.card.kind, len(self.card.trade.labels))

    def _likeliest(self, words: str, details: Details, first: int) -> str:
        if not details.labels:
            return ""
        columns, bias = self._details[:, first : first + len(details.labels)], np.array(details.bias)
        place = _likeliest(codes_of(words), self._of_character, self._spelled, self._bits, columns, details.scale, bias)
        return details.labels[int(place)]

    def rows(self, words: str) -> Any:
        """The rows of the weights that the words' n-grams fall on."""
        return rows_of(codes_of(words), self._of_character, self._spelled, self.card.bits)


def rows_of(codes: Any, of_character: Any, spelled: Any, bits: int) -> Any:
    """The rows of the weights that a text's n-grams fall on, int64."""
    grams = np.empty((GRAMS_A_SIGN * len(codes), 3), np.int64)
    found, _ = read_grams(codes, of_character, spelled, bits, grams, np.empty(len(codes), np.int64))
    return grams[:found, 0].copy()


@compiled
def _likeliest(codes: Any, of_character: Any, spelled: Any, bits: int, columns: Any, scale: float, bias: Any) -> int:
    """The place of the answer with the largest sum."""
    grams = np.empty((GRAMS_A_SIGN * len(codes), 3), np.int64)
    found, _ = read_grams(codes, of_character, spelled, bits, grams, np.empty(len(codes), np.int64))
    sums = np.zeros(len(bias), np.int64)
    for gram in range(found):
        for answer in range(len(bias)):
            sums[answer] += columns[grams[gram, 0] >> 3, answer]
    return int(np.argmax(sums * scale + bias))


@compiled
def _score(codes: Any, of_character: Any, spelled: Any, bits: int, heads: Any, scale: Any) -> Any:
    """Sums over the heads, the weight of the most telling ending, and where the strongest stretches stand."""
    length = len(codes)
    grams = np.empty((GRAMS_A_SIGN * length, 3), np.int64)
    places = np.empty(length, np.int64)
    found, count = read_grams(codes, of_character, spelled, bits, grams, places)
    whole = prohibited = tail = public = 0.0
    shares = np.zeros(count + 1)
    begun = np.zeros(count + 1)
    for gram in range(found):
        row, first, last = grams[gram, 0], grams[gram, 1], grams[gram, 2]
        weight = heads[row, 0] * scale[0]
        whole += weight
        prohibited += heads[row, 1] * scale[1]
        tail += heads[row, 2] * scale[2]
        public += heads[row, 3] * scale[3]
        begun[first] += weight
        share = weight / (last - first + 1)
        for sign in range(first, last + 1):
            shares[sign] += share
    stretches = np.zeros((2 * _STRETCHES, 2), np.int64)
    told = _tell(shares, count, places, codes, 1.0, stretches, 0)
    _tell(shares, count, places, codes, -1.0, stretches, told)
    return whole, _best_ending(begun, count, places, codes), prohibited, tail, public, told, stretches


@compiled
def _best_ending(begun: Any, count: int, places: Any, codes: Any) -> float:
    """The largest weight of the whole or of what follows one of its stops, a few signs at the least."""
    following, best = 0.0, -1e9
    for sign in range(count - 1, -1, -1):
        following += begun[sign]
        if sign == 0 or (count - sign >= _SHORTEST_ENDING and _is_stop(codes[places[sign] - 1])):
            best = max(best, following)
    return best if count else 0.0


@compiled
def _is_stop(code: int) -> bool:
    """Whether a code point parts what is before it from what follows: neither letter, character nor digit."""
    return not (0x30 <= code <= 0x39 or 0x61 <= code <= 0x7A or 0x3400 <= code <= 0x9FFF or code == 0x25)


@compiled
def _tell(shares: Any, count: int, places: Any, codes: Any, sense: float, stretches: Any, told: int) -> int:
    """Writes where the strongest runs of signs of that sense begin and end in the text; returns how many are told."""
    taken = np.zeros(count + 1, np.bool_)
    most = told + _STRETCHES
    while told < most:
        best, best_first, best_end = 0.15, 0, 0
        sign = 0
        while sign < count:
            if taken[sign] or shares[sign] * sense <= 0.05:
                sign += 1
                continue
            first, weight = sign, 0.0
            while sign < count and not taken[sign] and shares[sign] * sense > 0.05 and sign - first < 8:
                weight += shares[sign] * sense
                sign += 1
            if weight > best:
                best, best_first, best_end = weight, first, sign
        if best_end == 0:
            break
        for sign in range(best_first, best_end):
            taken[sign] = True
        end = places[best_end] if best_end < count else len(codes)
        while end > places[best_end - 1] + 1 and _is_stop(codes[end - 1]):
            end -= 1
        stretches[told, 0], stretches[told, 1] = places[best_first], end
        told += 1
    return told


@lru_cache(maxsize=1)
def built_in() -> Model:
    """The model that ships."""
    return Model(files("anning.content").joinpath("weights", BUILT_IN).read_bytes(), BUILT_IN)


def load_model(path: Path) -> Model:
    """The model of a file.

    Raises:
        InvalidFile: it is none.
        OSError: it cannot be read.
    """
    return Model(path.read_bytes(), path.name)


def probability(logit: float) -> float:
    """Log-odds as a probability, kept off 0 and 1."""
    if abs(logit) > _FARTHEST:
        logit = math.copysign(_FARTHEST, logit)
    return 1.0 / (1.0 + math.exp(-logit))

"""Which messages a model is tried on (抽样): services of every family in equal parts, and offers spread over all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from anning.content.training.corpus import Sample, sample_of
from anning.content.training.hands import Use, families, messages_of

_EACH: Final = 1000


def service_samples(use: Use, most: int) -> list[Sample]:
    """So many different service messages of the hands of that use, families in equal parts as far as they reach."""
    told = [family for family in families() if family.use == use and family.klass == "service"]
    found = [[sample_of(family, text) for text in messages_of(family, _EACH, seed=7)] for family in told]
    rounds = (sample for place in range(_EACH) for texts in found for sample in texts[place : place + 1])
    return [sample for _, sample in zip(range(most), rounds, strict=False)]


def spread(samples: Sequence[Sample], most: int) -> list[Sample]:
    """So many unwanted messages, evenly out of all of them."""
    unwanted = [sample for sample in samples if sample.unwanted]
    return unwanted[:: max(1, len(unwanted) // most)]

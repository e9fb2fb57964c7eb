"""Bounds of a share that was counted (二项比例的精确置信上下限)."""

from __future__ import annotations

import math
from typing import Final

CONFIDENCE: Final = 0.95
"""One-sided."""

_STEPS: Final = 60


def upper_bound(happened: int, of: int, confidence: float = CONFIDENCE) -> float:
    """The largest share that would show so few with a chance of one less the confidence; 1 when nothing was tried.

    Source: C. Clopper, E. Pearson, "The use of confidence or fiducial limits", Biometrika 26 (1934), one-sided.
    """
    if happened >= of:
        return 1.0
    low, high = happened / of, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _at_most(happened, of, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def lower_bound(happened: int, of: int, confidence: float = CONFIDENCE) -> float:
    """The smallest share that would show so many with a chance of one less the confidence; 0 when nothing was tried."""
    return 1.0 - upper_bound(of - happened, of, confidence)


def _at_most(happened: int, of: int, share: float) -> float:
    """The chance of so many or fewer."""
    if share >= 1.0:
        return 0.0
    yes, no = math.log(share) if share > 0 else -math.inf, math.log1p(-share)
    whole = math.lgamma(of + 1)
    return sum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(of - k + 1) + (k * yes if k else 0.0) + (of - k) * no)
        for k in range(happened + 1)
    )

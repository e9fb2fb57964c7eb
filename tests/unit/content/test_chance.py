"""The bounds of Clopper and Pearson, against what is printed and against scipy's beta distribution."""

from __future__ import annotations

import pytest
from scipy.stats import beta

from anning.content.training.chance import lower_bound, upper_bound


@pytest.mark.parametrize(("happened", "of"), [(0, 35), (0, 30_000), (1, 20), (7, 100), (999, 1000)])
def test_the_upper_bound_is_that_of_the_beta_distribution(happened: int, of: int) -> None:
    assert upper_bound(happened, of) == pytest.approx(beta.ppf(0.95, happened + 1, of - happened), rel=1e-6)


def test_nothing_in_so_many_leaves_about_three_in_so_many() -> None:
    assert upper_bound(0, 30_000) == pytest.approx(3 / 30_000, rel=0.01)


def test_the_lower_bound_mirrors_the_upper() -> None:
    assert lower_bound(95, 100) == pytest.approx(1 - upper_bound(5, 100))
    assert lower_bound(0, 9) == 0.0


def test_of_nothing_tried_nothing_is_known() -> None:
    assert (upper_bound(0, 0), lower_bound(0, 0)) == (1.0, 0.0)

"""Two one-sided tests: against statsmodels and plain formulas, and in simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import ttost_ind

from abstats.inference import (
    equivalence,
    estimate_effect,
    quantile_non_inferiority,
    two_one_sided,
    with_alpha,
)
from abstats.moments import Moments

from .quantile_worlds import curves
from .rows import share
from .test_estimate import SEEDS, WAYS, sample


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 3.0))
def test_of_means_with_an_absolute_margin_it_is_statsmodels_tost(seed, margin) -> None:
    rng = np.random.default_rng(seed)
    control, treatment = rng.normal(1, 1, size=40), rng.normal(1.2, 2, size=70)
    p, *_ = ttost_ind(treatment, control, -margin, margin, usevar="unequal")
    cells = [Moments.from_rows(["y"], values) for values in (control, treatment)]
    test = equivalence("mean", *cells, margin=margin, relative=False)
    assert test.p_value == pytest.approx(p, rel=1e-8)
    assert test.is_equivalent == (p <= 0.05)


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.5))
def test_a_relative_margin_is_two_contrasts_of_the_unknown_means(seed, margin) -> None:
    rng = np.random.default_rng(seed)
    control, treatment = rng.normal(10, 3, size=40), rng.normal(10, 2, size=70)
    p = [
        stats.ttest_ind(
            treatment, (1 + sign * margin) * control, equal_var=False, alternative=alternative
        ).pvalue
        for sign, alternative in ((-1, "greater"), (1, "less"))
    ]
    cells = [Moments.from_rows(["y"], values) for values in (control, treatment)]
    test = equivalence("mean", *cells, margin=margin, relative=True)
    assert test.p_value == pytest.approx(max(p), rel=1e-8)


@given(SEEDS, WAYS, st.floats(0.01, 0.9), st.booleans(), st.sampled_from([0.05, 0.025]))
def test_the_interval_lies_within_the_margins_exactly_where_it_is_equivalent(
    seed, way, margin, relative, alpha
) -> None:
    kind, estimator = way
    arms = sample(seed, kind)
    test = equivalence(
        kind, *arms, margin=margin, relative=relative, estimator=estimator, alpha=alpha
    )
    if math.isnan(test.ci_lower + test.ci_upper) or abs(test.p_value - alpha) < 1e-9:
        return
    assert test.is_equivalent == (-margin < test.ci_lower and test.ci_upper < margin)
    if not relative and way != ("proportion", "unadjusted"):
        effect = with_alpha(estimate_effect(kind, *arms, estimator=estimator), 2 * alpha)
        assert (test.ci_lower, test.ci_upper) == pytest.approx((effect.ci_lower, effect.ci_upper))


@given(SEEDS, st.floats(0.01, 0.9))
def test_swapping_the_arms_changes_nothing_with_an_absolute_margin(seed, margin) -> None:
    arms = sample(seed, "mean")
    one = equivalence("mean", *arms, margin=margin, relative=False)
    other = equivalence("mean", *arms[::-1], margin=margin, relative=False)
    assert one.p_value == pytest.approx(other.p_value, rel=1e-9)


def test_a_quantile_is_equivalent_by_its_own_two_tests() -> None:
    rng = np.random.default_rng(3)
    units = np.arange(4_000)
    arms = curves(0.5, *((units, rng.exponential(size=4_000), 4_000) for _ in range(2)))
    tests = [
        quantile_non_inferiority(0.5, *arms, margin=0.2, relative=True, direction=direction)
        for direction in ("increase", "decrease")
    ]
    both = two_one_sided(*tests)
    assert both.p_value == max(test.p_value for test in tests)
    assert (both.ci_lower, both.ci_upper) == (tests[0].bound, tests[1].bound)
    assert both.is_equivalent


def test_what_cannot_be_tested_says_why() -> None:
    nobody = Moments(("y",), 0, np.array([math.nan]), np.array([[math.nan]]))
    test = equivalence("mean", nobody, share(3, 9), margin=0.1, relative=True)
    assert (test.status, test.is_equivalent) == ("no_data", None)
    assert math.isnan(test.p_value)
    for margin, relative, text in (
        (0.0, False, r"margin == 0\.0, must be > 0 and finite"),
        (-0.1, True, r"margin == -0\.1, must be > 0 and < 1"),
        (1.5, True, r"margin == 1\.5, must be > 0 and < 1"),
    ):
        with pytest.raises(ValueError, match=text):
            equivalence("mean", nobody, nobody, margin=margin, relative=relative)

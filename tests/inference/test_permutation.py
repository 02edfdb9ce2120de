"""The permutation test of buckets against scipy, enumeration and its promise."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import BucketSums, Permutation, permutation_test
from tests.inference.test_buckets import buckets


def of_values(name: str, values: np.ndarray) -> BucketSums:
    """Every unit in a bucket of its own."""
    ones = np.ones(len(values))
    return BucketSums(name, np.stack([ones, values, ones], axis=-1)[None])


def permuted(control: BucketSums, treatment: BucketSums, n: int = 10_000) -> Permutation:
    (found,) = permutation_test([control], [treatment], permutations=n)
    return found


def studentised(treatment: np.ndarray, control: np.ndarray) -> float:
    variance = sum(((x - x.mean()) ** 2).sum() / len(x) ** 2 for x in (treatment, control))
    return float((treatment.mean() - control.mean()) / math.sqrt(variance))


def test_p_values_are_those_of_all_permutations() -> None:
    rng = np.random.default_rng(1)
    control, treatment = rng.exponential(1, 9), rng.exponential(3, 5)
    both = np.concatenate([treatment, control])
    observed = studentised(treatment, control)
    exact = np.mean(
        [
            abs(studentised(both[list(chosen)], np.delete(both, chosen))) >= abs(observed) - 1e-12
            for chosen in combinations(range(14), 5)
        ]
    )
    found = permuted(of_values("c", control), of_values("t", treatment), 20_000)
    assert found.statistic == pytest.approx(observed)
    assert found.p_value == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 20_000))


def test_p_values_are_those_of_scipy_on_the_same_cells() -> None:
    rng = np.random.default_rng(2)
    control, treatment = rng.lognormal(0, 1, 120), rng.lognormal(0.25, 1, 60)
    scipy = stats.permutation_test(
        (treatment, control), studentised, n_resamples=4000, rng=np.random.default_rng(3)
    )
    found = permuted(of_values("c", control), of_values("t", treatment))
    assert found.statistic == pytest.approx(scipy.statistic)
    assert found.p_value == pytest.approx(scipy.pvalue, abs=0.03)


def test_a_ratio_is_studentised_by_its_linearised_value_per_bucket() -> None:
    """The plainest way: residuals of the bucket sums, arm by arm."""
    rng = np.random.default_rng(4)
    arms = []
    for name, n in (("c", 500), ("t", 200)):
        denominators = rng.poisson(4, n).astype(float)
        rows = np.stack([rng.gamma(2, 1, n) * denominators, denominators], axis=1)
        arms.append(buckets(name, rows, 60))
    found = permuted(*arms, n=10)
    values, variances = [], []
    for arm in arms:
        _, y, d = arm.sums[0].T
        ratio = y.sum() / d.sum()
        values.append(ratio)
        variances.append(((y - ratio * d) ** 2).sum() / d.sum() ** 2)
    assert found.estimate == pytest.approx(values[1] - values[0])
    assert found.statistic == pytest.approx((values[1] - values[0]) / math.sqrt(sum(variances)))


def test_buckets_change_places_within_strata_only() -> None:
    """Two periods of very different means: a permutation across them would drown the effect."""
    rng = np.random.default_rng(5)
    control = [of_values(f"c{k}", rng.normal(100 * k, 1, n)) for k, n in enumerate((90, 50))]
    treatment = [
        of_values(f"t{k}", rng.normal(100 * k + 0.7, 1, n)) for k, n in enumerate((10, 50))
    ]
    (found,) = permutation_test(control, treatment, permutations=2000)
    assert found.estimate == pytest.approx(
        np.average(
            [
                t.sums[0, :, 1].mean() - c.sums[0, :, 1].mean()
                for c, t in zip(control, treatment, strict=True)
            ]
        )
    )
    assert found.p_value < 0.01


@given(seed=st.integers(0, 10**6), shift=st.floats(-1e6, 1e6), scale=st.floats(1e-3, 1e3))
def test_another_unit_of_measurement_changes_no_p_value(
    seed: int, shift: float, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    control, treatment = rng.normal(0, 1, 30), rng.normal(0.5, 2, 15)
    first = permuted(of_values("c", control), of_values("t", treatment), 200)
    moved = permuted(
        of_values("c", scale * (control + shift)), of_values("t", scale * (treatment + shift)), 200
    )
    assert moved.statistic == pytest.approx(first.statistic, rel=1e-5, abs=1e-7)
    # A tie within rounding may fall to either side.
    assert moved.p_value == pytest.approx(first.p_value, abs=2.5 / 201)


def test_ties_count_as_large() -> None:
    """Two of ten units have the event, both in the treatment: 1 of 45 allocations each way."""
    control, treatment = np.zeros(8), np.ones(2)
    found = permuted(of_values("c", control), of_values("t", treatment), 4000)
    # No variation within either arm: the statistic is infinite, as in one allocation of 45.
    assert found.p_value == pytest.approx(1 / 45, abs=0.01)


def test_no_variation_is_no_test() -> None:
    found = permuted(of_values("c", np.full(10, 3.0)), of_values("t", np.full(10, 3.0)), 100)
    assert math.isnan(found.p_value)


def test_permutations_are_counted_from_one() -> None:
    arm = of_values("c", np.arange(5.0))
    with pytest.raises(ValueError, match="permutations == 0, must be >= 1"):
        permuted(arm, arm, 0)

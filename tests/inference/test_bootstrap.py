"""The Poisson bootstrap of buckets against rows, scipy and its own algebra."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import Bootstrap, BucketSums, poisson_bootstrap
from abstats.inference.random_bits import RandomBits
from tests.inference.test_buckets import buckets


def of_values(name: str, values: np.ndarray, n_buckets: int, seed: int = 0) -> BucketSums:
    return buckets(name, np.stack([values, np.ones(len(values))], axis=1), n_buckets, seed)


def bootstrap(control: BucketSums, treatment: BucketSums, **options: float) -> Bootstrap:
    settings = {"replicates": 2000, **options}
    (found,) = poisson_bootstrap([control], [treatment], **settings)
    return found


def test_replicates_are_weighted_sums_of_the_units_of_each_bucket() -> None:
    """A loop over replicates and units, with the weights that the stream gives."""
    rng = np.random.default_rng(2)
    arms = {"c": rng.exponential(1.0, 40), "t": rng.exponential(1.3, 30)}
    sums = {name: of_values(name, values, 25) for name, values in arms.items()}
    means: dict[str, list[float]] = {"c": [], "t": []}
    for name, values in arms.items():
        place = np.random.default_rng(0).integers(0, 25, len(values))
        weights = RandomBits(f"bootstrap|{name}").poisson(199, 25)
        for drawn in weights:
            total = sum(drawn[b] * v for b, v in zip(place, values, strict=True))
            means[name].append(total / sum(drawn[b] for b in place))
    differences = sorted(np.array(means["t"]) - np.array(means["c"]))
    relative = sorted((np.array(means["t"]) - np.array(means["c"])) / np.array(means["c"]))
    found = bootstrap(sums["c"], sums["t"], replicates=199)
    # .025 x 200: the fifth from both ends.
    np.testing.assert_allclose((found.ci_lower, found.ci_upper), (differences[4], differences[-5]))
    np.testing.assert_allclose(
        (found.relative_ci_lower, found.relative_ci_upper), (relative[4], relative[-5])
    )
    below = sum(d <= 0 for d in differences)
    assert found.p_value == pytest.approx(2 * (1 + min(below, 199 - below)) / 200)


def test_the_interval_is_that_of_a_bootstrap_of_the_units_by_scipy() -> None:
    """4,000 and 1,000 units in 1,000 and 250 buckets, resampled as units by scipy."""
    rng = np.random.default_rng(3)
    control, treatment = rng.exponential(1.0, 4000), rng.exponential(1.05, 1000)
    found = bootstrap(of_values("c", control, 1000), of_values("t", treatment, 250))
    units = stats.bootstrap(
        (treatment, control),
        lambda t, c, axis: t.mean(axis=axis) - c.mean(axis=axis),
        n_resamples=999,
        method="percentile",
        vectorized=True,
        rng=np.random.default_rng(4),
    )
    half = units.confidence_interval.high - units.confidence_interval.low
    # Scatter of both bounds by the replicates, and of the spread of 250 buckets.
    assert found.ci_lower == pytest.approx(units.confidence_interval.low, abs=0.1 * half)
    assert found.ci_upper == pytest.approx(units.confidence_interval.high, abs=0.1 * half)


def test_a_bucket_has_the_same_weight_in_every_metric() -> None:
    rng = np.random.default_rng(5)
    one, other = (of_values(name, rng.normal(1, 1, 300), 50).sums for name in "ct")
    both = [
        [BucketSums(name, np.concatenate([sums, 2 * sums + [0, 0, 0]]))]
        for name, sums in (("c", one), ("t", other))
    ]
    for arm in both:
        arm[0].sums[1, :, [0, 2]] /= 2
    first, doubled = poisson_bootstrap(*both, replicates=1000)
    assert doubled.ci_lower == pytest.approx(2 * first.ci_lower)
    assert doubled.p_value == first.p_value


@given(
    seed=st.integers(0, 10**6),
    shift=st.floats(-3, 3),
    scale=st.floats(0.01, 100),
    alpha=st.sampled_from([0.01, 0.05, 0.2]),
)
def test_intervals_and_p_value_agree_and_move_with_the_scale(
    seed: int, shift: float, scale: float, alpha: float
) -> None:
    rng = np.random.default_rng(seed)
    control, treatment = rng.normal(5, 1, 60), rng.normal(5 + shift / 4, 2, 25)
    arms = of_values("c", control, 30), of_values("t", treatment, 20)
    found = bootstrap(*arms, replicates=300, alpha=alpha)
    leaves_out_zero = found.ci_lower > 0 or found.ci_upper < 0
    assert (found.p_value <= alpha + 1e-12) == leaves_out_zero
    relative_leaves_out = found.relative_ci_lower > 0 or found.relative_ci_upper < 0
    assert leaves_out_zero == relative_leaves_out
    scaled = bootstrap(
        of_values("c", scale * control, 30),
        of_values("t", scale * treatment, 20),
        replicates=300,
        alpha=alpha,
    )
    assert scaled.ci_lower == pytest.approx(scale * found.ci_lower, rel=1e-6, abs=1e-9 * scale)
    assert scaled.relative == pytest.approx(found.relative, rel=1e-6)


def test_without_a_control_mean_there_is_no_relative_interval() -> None:
    rng = np.random.default_rng(6)
    found = bootstrap(
        of_values("c", rng.normal(0, 1, 200), 50), of_values("t", rng.normal(1, 1, 200), 50)
    )
    assert math.isnan(found.relative_ci_lower)
    assert found.ci_lower > 0


def test_an_arm_without_units_has_no_numbers() -> None:
    empty = BucketSums("t", np.zeros((1, 10, 3)))
    found = bootstrap(of_values("c", np.ones(50), 10), empty)
    assert math.isnan(found.p_value)
    assert found.replicates == 0


def test_too_few_replicates_for_the_level_are_refused() -> None:
    arm = of_values("c", np.ones(50), 10)
    with pytest.raises(ValueError, match="replicates == 100, must be >= 2 / alpha == 200"):
        bootstrap(arm, arm, replicates=100, alpha=0.01)

"""The joint region: one answer for tests and intervals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from abstats.inference.quantile_curve import quantile_arm
from abstats.inference.quantile_region import QuantileRegion, region_freedom

from .quantile_worlds import curves, latencies


def region(p, *arms, n_points=64):
    made = [quantile_arm(p, "arm", c) for c in curves(p, *arms, n_points=n_points)]
    return QuantileRegion(*made, region_freedom(*made))


def as_sample(values):
    return np.arange(len(values)), np.asarray(values, dtype=float), len(values)


def test_the_distance_is_the_least_joint_z_of_a_common_quantile():
    """By minimising z_c(q)^2 + z_t(q)^2 over q, on the rows' own interpolated shares."""
    rng = np.random.default_rng(1)
    first, (unit, values, n) = (latencies(rng, 1_500) for _ in range(2))
    for p, factor in ((0.5, 1.1), (0.95, 0.8)):
        ours = region(p, first, (unit, factor * values, n))

        def joint(q, region=ours, p=p):
            z = [
                (np.interp(q, arm.curve.grid, arm.share) - p) / arm.share_std_error
                for arm in (region.control, region.treatment)
            ]
            return z[0] ** 2 + z[1] ** 2

        ends = sorted((ours.control.quantile, ours.treatment.quantile))
        best = optimize.minimize_scalar(joint, bounds=ends, options={"xatol": 1e-6}).fun
        assert abs(ours.difference_distance()) == pytest.approx(math.sqrt(best), rel=2e-3)


def test_for_normal_quantiles_it_is_the_interval_of_two_normal_estimates():
    """With many units the quantiles are normal, with variance p (1 - p) / (n f^2)."""
    many, few = (stats.norm.ppf((np.arange(n) + 0.5) / n) for n in (200_000, 50_000))
    ours = region(0.5, as_sample(many), as_sample(few + 0.01), n_points=128)
    std_error = math.sqrt(0.25 * 2 * math.pi * (1 / 200_000 + 1 / 50_000))
    lower, upper = ours.difference_bounds(1.96)
    assert (upper - lower) / 2 == pytest.approx(1.96 * std_error, rel=0.01)
    assert ours.std_error() == pytest.approx(std_error, rel=0.01)
    assert ours.difference_distance() == pytest.approx(0.01 / std_error, rel=0.01)


values = st.lists(st.integers(-20, 60), min_size=12, max_size=80)


@given(values, values, st.sampled_from([0.3, 0.5, 0.7]), st.floats(0.2, 3.0))
@settings(max_examples=150, deadline=None)
def test_bounds_hold_zero_exactly_where_the_distance_is_within_the_critical_value(
    first, second, p, critical
):
    ours = region(p, as_sample(first), as_sample(second))
    distance = abs(ours.difference_distance())
    if abs(distance - critical) < 1e-9:
        return
    lower, upper = ours.difference_bounds(critical)
    assert (lower <= 0.0 <= upper) == (distance <= critical)
    relative = ours.relative_bounds(critical)
    if all(map(math.isfinite, relative)):
        assert (relative[0] <= 0.0 <= relative[1]) == (distance <= critical)
        assert relative[0] <= relative[1]


@given(values, values, st.sampled_from([0.3, 0.5, 0.7]))
@settings(max_examples=100, deadline=None)
def test_swapping_the_arms_changes_the_sign_only(first, second, p):
    one = region(p, as_sample(first), as_sample(second))
    two = region(p, as_sample(second), as_sample(first))
    assert two.difference_distance() == pytest.approx(-one.difference_distance(), abs=1e-9)
    lower, upper = one.difference_bounds(1.5)
    assert two.difference_bounds(1.5) == (-upper, -lower)


@given(values, values, st.sampled_from([0.3, 0.5, 0.7]))
@settings(max_examples=100, deadline=None)
def test_intervals_at_stricter_levels_hold_those_at_looser_ones(first, second, p):
    ours = region(p, as_sample(first), as_sample(second))
    loose, strict = ours.difference_bounds(1.0), ours.difference_bounds(2.5)
    assert strict[0] <= loose[0] <= ours.treatment.quantile - ours.control.quantile
    assert strict[1] >= loose[1]


def test_a_negative_quantile_is_taken_by_its_size():
    rng = np.random.default_rng(3)
    sample = rng.normal(-10.0, 1.0, 4_000)
    ours = region(0.5, as_sample(sample), as_sample(sample + 1.0))
    lower, upper = ours.relative_bounds(1.96)
    assert 0.0 < lower < 0.1 < upper < 0.11
    crossing = region(0.5, as_sample(sample + 10.0), as_sample(sample + 11.0))
    assert crossing.relative_bounds(1.96) == (-math.inf, math.inf)


def test_independent_events_need_no_students_t_and_clustered_ones_do():
    rng = np.random.default_rng(4)
    sample = as_sample(rng.normal(size=500))
    assert region(0.95, sample, sample).degrees_of_freedom > 1e5
    clustered = region(0.95, latencies(rng, 500), latencies(rng, 500))
    assert 5 < clustered.degrees_of_freedom < 60

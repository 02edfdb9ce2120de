"""Repeated intervals and p-values: published values, duality, and coverage at all looks at once."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from abstats.inference.sequential import (
    classic_bounds,
    repeated_intervals,
    repeated_p_value,
    spending_bounds,
)

from .oracles import equal, score_paths
from .test_boundaries import LOOK_TIMES
from .test_spending import ANY, OBRIEN_FLEMING, POCOCK


def test_rpacts_repeated_intervals_of_log_hazard_ratios() -> None:
    """rpact's own tests, test-f_analysis_base_survival.R, x1: 8, 15 and 29 events."""
    upper = np.array([2.4878815, 2.4031352, 2.3549063])
    bounds = classic_bounds("pocock", [0.2, 0.4, 0.6], alpha=0.05)._replace(upper=upper)
    std_errors = 2.0 / np.sqrt([8.0, 15.0, 29.0])
    found = repeated_intervals(bounds, np.array([1.52, 1.38, 2.9]) * std_errors, std_errors)
    np.testing.assert_allclose(np.exp(found.lower), [0.50439514, 0.58958009, 1.2243899], rtol=5e-7)
    np.testing.assert_allclose(np.exp(found.upper), [17.013382, 7.0540547, 7.0401059], rtol=5e-7)


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.data())
@settings(max_examples=25, deadline=None)
def test_zero_is_outside_exactly_when_the_bound_is_crossed(t, spending, sides, data) -> None:
    bounds = spending_bounds(t, alpha=0.05, sides=sides, spending=spending)
    z = np.array(data.draw(st.lists(st.floats(-6, 6), min_size=t.size, max_size=t.size)))
    std_errors = 1.0 / np.sqrt(t)
    found = repeated_intervals(bounds, z * std_errors, std_errors)
    crossed = (np.abs(z) if sides == 2 else z) >= bounds.upper
    outside = (found.lower >= 0.0) | (found.upper <= 0.0)
    clear = np.abs(np.abs(z) - bounds.upper) > 1e-9
    assert (outside == crossed)[clear].all()


@pytest.mark.parametrize("drift", [0.0, 2.0, 6.0])
@pytest.mark.parametrize("sides", [1, 2])
def test_all_intervals_hold_together_whatever_the_effect(drift, sides) -> None:
    """And whether or not anybody stops; 200,000 experiments. Fixed intervals do not."""
    t = np.array([0.1, 0.4, 0.5, 0.8, 1.0])
    bounds = spending_bounds(t, alpha=0.05, sides=sides, spending=POCOCK)
    std_errors = np.broadcast_to(1.0 / np.sqrt(t), (200_000, 5))
    z = score_paths(np.random.default_rng(407), 200_000, t, drift)
    found = repeated_intervals(bounds, z * std_errors, std_errors)
    covered = ((found.lower <= drift) & (drift <= found.upper)).all(axis=1).mean()
    assert covered == pytest.approx(0.95, abs=4 * np.sqrt(0.05 * 0.95 / 200_000))
    fixed = (np.abs(z - drift * np.sqrt(t)) <= stats.norm.isf(0.025)).all(axis=1).mean()
    assert fixed < 0.88


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.floats(-5, 5), st.floats(0.001, 0.3))
@settings(max_examples=40, deadline=None)
def test_the_repeated_p_value_is_at_most_alpha_exactly_when_the_bound_is_crossed(
    t, spending, sides, statistic, alpha
) -> None:
    bound = spending_bounds(t, alpha=alpha, sides=sides, spending=spending).upper[-1]
    crossed = (abs(statistic) if sides == 2 else statistic) >= bound
    p_value = repeated_p_value(t, statistic, sides=sides, spending=spending)
    assume(abs(p_value / alpha - 1.0) > 1e-6)
    assert (p_value < alpha) == crossed


def test_the_repeated_p_value_of_the_only_look_is_the_fixed_one() -> None:
    for z in (0.3, -2.1, 5.0, 9.0):
        found = repeated_p_value([1.0], z, spending=OBRIEN_FLEMING)
        assert found == pytest.approx(2.0 * stats.norm.sf(abs(z)), rel=1e-6)
    found = repeated_p_value([1.0], -3.0, sides=1, spending=OBRIEN_FLEMING)
    assert found == pytest.approx(stats.norm.cdf(3.0), rel=1e-6)
    assert repeated_p_value([1.0], -4.0, sides=1, spending=OBRIEN_FLEMING) == 1.0
    assert repeated_p_value([0.1], 1.0, spending=OBRIEN_FLEMING) == 1.0


def test_the_smallest_repeated_p_value_may_be_read_at_every_look() -> None:
    """P(min over looks <= a) = a when all is spent: the looks' bounds at level a, 100,000 paths."""
    t = equal(4)
    z = np.abs(score_paths(np.random.default_rng(408), 100_000, t))
    for level in (0.01, 0.1):
        bounds = spending_bounds(t, alpha=level, spending=OBRIEN_FLEMING)
        at_bound = [
            repeated_p_value(t[: k + 1], float(bounds.upper[k]), spending=OBRIEN_FLEMING)
            for k in range(4)
        ]
        np.testing.assert_allclose(at_bound, level, rtol=1e-6)
        share = (z >= bounds.upper).any(axis=1).mean()
        assert share == pytest.approx(level, abs=4 * np.sqrt(level / 100_000))


def test_binding_futility_has_no_repeated_intervals() -> None:
    bounds = spending_bounds([0.5], alpha=0.05, sides=1, spending=POCOCK)
    with pytest.raises(ValueError, match=r"bounds\.is_binding == True, must be False"):
        repeated_intervals(bounds._replace(is_binding=True), [1.0], [1.0])

"""Confidence sequences of effects: printed values, agreement, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.inference import estimate_effect, non_inferiority
from abstats.inference.anytime import always_valid
from abstats.inference.anytime.normal_mixture import critical_z, tuned_growth
from abstats.moments import Moments

from ..rows import share


def arm(mean: float, std: float, n: int) -> Moments:
    return Moments(("y",), n, np.array([mean]), np.array([[std**2]]))


def from_sums(total: float, squares: float, n: int) -> Moments:
    return arm(total / n, math.sqrt((squares - total**2 / n) / (n - 1)), n)


def bounds(effect, **options):
    given = {"planned": (10_000, 10_000), "counts_each_unit_once": True} | options
    return always_valid(effect, **given)


GROWTHBOOK = from_sums(1396.87, 52377.9767, 3000), from_sums(2422.7, 134698.29, 3461)


def test_growthbooks_asymptotic_confidence_sequence_comes_out_of_the_critical_value() -> None:
    """Its test: delta-method relative effect .50336 [-.55844, 1.56516], tuned at N 1,000."""
    effect = estimate_effect("mean", *GROWTHBOOK)
    units = effect.control_n + effect.treatment_n
    critical = critical_z(units / 1_000 * tuned_growth(0.05), 0.05)
    half_width = critical * effect.relative_std_error
    assert effect.relative == pytest.approx(0.50336, abs=5e-6)
    assert effect.relative - half_width == pytest.approx(-0.55844, abs=5e-6)
    assert effect.relative + half_width == pytest.approx(1.56516, abs=5e-6)


def test_the_bounds_of_that_test_are_the_estimate_and_the_critical_value_times_its_error() -> None:
    """Absolute; ours of the relative effect are Fieller's, which agree with them."""
    effect = estimate_effect("mean", *GROWTHBOOK)
    planned = (464, 536)
    ours = bounds(effect, planned=planned)
    assert ours.fraction == pytest.approx(6.461, rel=1e-3)
    critical = critical_z(ours.fraction * tuned_growth(0.05), 0.05)
    # Of Student's t with 5,741 degrees of freedom, not of the normal.
    assert ours.ci_upper - effect.estimate == pytest.approx(critical * effect.std_error, rel=2e-3)
    assert ours.ci_lower < 0 < ours.ci_upper
    assert ours.relative_ci_lower < 0 < ours.relative_ci_upper
    assert ours.p_value == 1.0
    # The delta method's interval would have to be doubled above to agree.
    assert ours.relative_ci_upper == pytest.approx(2.42, abs=0.01)


MEANS = st.floats(-0.3, 0.3)


@given(MEANS, st.integers(3_000, 50_000), st.integers(3_000, 50_000), st.floats(0.5, 3.0))
def test_absolute_relative_and_evidence_agree(lift, n0, n1, spread) -> None:
    """Law 9 at any look: same side of zero, same decision."""
    effect = estimate_effect("mean", arm(10.0, 1.0, n0), arm(10.0 + lift, spread, n1))
    result = bounds(effect)
    excludes = result.ci_lower > 0 or result.ci_upper < 0
    assert (result.p_value < 0.05) == excludes
    assert (result.log_e_value > math.log(20)) == excludes
    assert (result.relative_ci_lower > 0 or result.relative_ci_upper < 0) == excludes
    # Always wider than an interval for one look.
    assert result.ci_lower < effect.ci_lower < effect.ci_upper < result.ci_upper


@given(st.integers(0, 400), st.integers(0, 400))
def test_proportions_agree_with_the_score_test_inverted(x0, x1) -> None:
    effect = estimate_effect("proportion", share(x0, 4_000), share(x1, 4_000))
    result = bounds(effect)
    if x0 + x1 < 2:
        assert result.status == "too_early"
        return
    excludes = result.ci_lower > 0 or result.ci_upper < 0
    assert (result.p_value < 0.05) == excludes
    assert excludes == (result.relative_ci_lower > 0 or result.relative_ci_upper < 0)


@given(MEANS, st.sampled_from([0.01, 0.05, 0.2]))
def test_one_side_is_two_sides_of_a_mirror(lift, alpha) -> None:
    effect = estimate_effect("mean", arm(10.0, 1.0, 5_000), arm(10.0 + lift, 1.0, 5_000))
    mirrored = estimate_effect("mean", arm(-10.0, 1.0, 5_000), arm(-10.0 - lift, 1.0, 5_000))
    up = bounds(effect, alpha=alpha, alternative="greater")
    down = bounds(mirrored, alpha=alpha, alternative="less")
    assert math.isnan(up.ci_upper)
    assert math.isnan(down.ci_lower)
    assert up.ci_lower == pytest.approx(-down.ci_upper)
    assert up.log_e_value == pytest.approx(down.log_e_value)
    assert (up.p_value < alpha) == (up.ci_lower > 0) == (up.relative_ci_lower > 0)
    assert up.ci_lower > bounds(effect, alpha=alpha).ci_lower


def test_cuped_narrows_the_bounds_as_it_narrows_an_interval() -> None:
    rng = np.random.default_rng(206)
    x = rng.normal(size=(2, 3_000))
    y = 0.9 * x + 0.4 * rng.normal(size=(2, 3_000)) + 5.0
    arms = [
        Moments.from_rows(("y", "x_y"), np.column_stack(pair)) for pair in zip(y, x, strict=True)
    ]
    plain, cuped = (
        estimate_effect("mean", *arms, estimator=name) for name in ("unadjusted", "cuped")
    )
    ours, adjusted = bounds(plain), bounds(cuped)
    width = (adjusted.ci_upper - adjusted.ci_lower) / (ours.ci_upper - ours.ci_lower)
    assert width == pytest.approx(cuped.std_error / plain.std_error, rel=1e-3)


def test_the_local_level_makes_a_non_inferiority_test_always_valid() -> None:
    """One-sided: the margin is cleared where the bound clears it."""
    arms = arm(10.0, 1.0, 8_000), arm(9.99, 1.0, 8_000)
    ours = bounds(estimate_effect("mean", *arms), alternative="greater")
    for margin in (0.02, 0.05, 0.06, 0.07):
        test = non_inferiority(
            "mean",
            *arms,
            margin=margin,
            relative=False,
            direction="increase",
            alpha=ours.local_alpha,
        )
        assert test.is_non_inferior == (ours.ci_lower > -margin)
        assert test.bound == pytest.approx(ours.ci_lower)


def test_information_does_not_turn_back_when_an_outlier_comes() -> None:
    """Its clock is the units: a standard error that doubles leaves it where it was."""
    calm = estimate_effect("mean", arm(1.0, 1.0, 5_000), arm(1.0, 1.0, 5_000))
    wild = estimate_effect("mean", arm(1.0, 2.0, 5_001), arm(1.0, 2.0, 5_001))
    assert wild.std_error > calm.std_error
    assert bounds(wild).fraction > bounds(calm).fraction == pytest.approx(0.5)


def test_the_clock_of_a_ramp_is_information_not_units() -> None:
    """99/1 of 20,000 units know as much as 792 at 50/50."""
    effect = estimate_effect("proportion", share(990, 19_800), share(10, 200))
    assert bounds(effect).fraction == pytest.approx(792 / 20_000)


@pytest.mark.parametrize(
    ("control", "treatment", "status"),
    [
        (arm(math.nan, math.nan, 0), arm(1.0, 1.0, 500), "no_data"),
        (arm(1.0, math.nan, 1), arm(1.0, 1.0, 500), "too_few_units"),
        (arm(1.0, 0.0, 500), arm(1.0, 0.0, 500), "zero_variance"),
        (arm(math.inf, 1.0, 500), arm(1.0, 1.0, 500), "no_data"),
        (arm(1.0, 1.0, 99), arm(1.0, 1.0, 120), "too_early"),
        (arm(1.0, 1.0, 1_999), arm(1.0, 1.0, 4_000), "too_early"),
        (arm(1.0, 1.0, 4_999), arm(1.0, 1.0, 100_000), "too_early"),
    ],
)
def test_a_look_without_a_basis_has_a_status_and_no_numbers(control, treatment, status) -> None:
    result = bounds(estimate_effect("mean", control, treatment))
    assert result.status == status
    assert result.status_reason
    assert math.isnan(result.ci_lower)
    assert math.isnan(result.ci_upper)
    assert math.isnan(result.p_value)


@pytest.mark.parametrize(("n0", "n1"), [(100, 200), (2_000, 40_000), (5_000, 10**6)])
def test_the_first_look_may_be_as_soon_as_the_smaller_arm_is_large_enough(n0, n1) -> None:
    for arms in ((arm(1.0, 1.0, n0), arm(1.0, 1.0, n1)), (arm(1.0, 1.0, n1), arm(1.0, 1.0, n0))):
        effect = estimate_effect("mean", *arms)
        assert bounds(effect, planned=(10**4, 10**4)).status == "ok"


def test_the_first_look_waits_for_a_thousandth_of_the_plan() -> None:
    effect = estimate_effect("mean", arm(1.0, 1.0, 900), arm(1.0, 1.0, 900))
    early = bounds(effect, planned=(10**6, 10**6))
    assert early.status == "too_early"
    assert "0.0009 of the planned information" in early.status_reason
    later = estimate_effect("mean", arm(1.0, 1.0, 1_001), arm(2.0, 1.0, 1_001))
    result = bounds(later, planned=(10**6, 10**6))
    assert result.status == "ok"
    assert math.isfinite(result.ci_lower)


def test_a_proportion_waits_until_the_smaller_arm_expects_an_event() -> None:
    effect = estimate_effect("proportion", share(49, 9_900), share(1, 100))
    assert bounds(effect).status == "too_early"
    assert "expects 0.5 events" in bounds(effect).status_reason
    full = estimate_effect("proportion", share(9_850, 9_900), share(99, 100))
    assert bounds(full).status == "too_early"


def test_totals_that_keep_growing_are_refused() -> None:
    effect = estimate_effect("mean", arm(1.0, 1.0, 5_000), arm(2.0, 1.0, 5_000))
    result = bounds(effect, counts_each_unit_once=False)
    assert result.status == "open_ended_totals"
    assert "window" in result.status_reason
    assert math.isnan(result.p_value)


def test_a_relative_interval_may_be_unbounded_while_the_absolute_one_stands() -> None:
    """At a look's critical value the control mean may be zero where it was not at 1.96."""
    effect = estimate_effect("mean", arm(0.05, 1.0, 3_000), arm(0.5, 1.0, 3_000))
    assert effect.status == "ok"
    result = bounds(effect)
    assert result.status == "relative_unbounded"
    assert math.isnan(result.relative_ci_lower)
    assert result.ci_lower > 0


@pytest.mark.parametrize("n", [100, 3_000, 10**7])
@pytest.mark.parametrize("gap", [0.0, 5.0, 1e6])
@pytest.mark.parametrize("alpha", [1e-9, 0.05, 0.4])
def test_extreme_effects_and_levels_keep_finite_numbers(n, gap, alpha) -> None:
    effect = estimate_effect("mean", arm(1.0, 1.0, n), arm(1.0 + gap, 1.0, n))
    for alternative in ("two_sided", "greater", "less"):
        result = bounds(effect, planned=(n, n), alpha=alpha, alternative=alternative)
        assert math.isfinite(result.log_e_value)
        assert 0 <= result.p_value <= 1
        assert 0 < result.local_alpha < alpha


def test_misuse_is_told_by_name_value_and_rule() -> None:
    effect = estimate_effect("mean", arm(1.0, 1.0, 500), arm(1.0, 1.0, 500))
    with pytest.raises(ValueError, match=r"alpha == 0, must be > 0 and < 1"):
        bounds(effect, alpha=0)
    with pytest.raises(ValueError, match=r"alternative == 'bigger', must be one of"):
        bounds(effect, alternative="bigger")
    with pytest.raises(ValueError, match=r"planned == \(0, 5\), must be >= 1 unit in each arm"):
        bounds(effect, planned=(0, 5))

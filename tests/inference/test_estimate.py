"""Effects: their algebra, and what they say where a number cannot be had."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.inference import Effect, estimate_effect
from abstats.moments import Moments

from .rows import numbers, share

SEEDS = st.integers(0, 2**32 - 1)
WAYS = st.sampled_from(
    [(kind, estimator) for kind in ("mean", "ratio") for estimator in ("unadjusted", "cuped")]
)
NAN = pytest.approx(math.nan, nan_ok=True)


def sample(seed: int, kind: str, **shift: float) -> list[Moments]:
    """Two arms of random size, mean and spread; `shift` is added to columns."""
    rng = np.random.default_rng(seed)
    columns = ("y", "d", "x_y", "x_d") if kind == "ratio" else ("y", "x_y", "missing")
    arms = []
    for _ in "ct":
        n = int(rng.integers(20, 200))
        activity = rng.gamma(2.0, size=n)
        rows = {
            "y": activity + rng.normal(size=n) + rng.normal(scale=0.3),
            "d": 1.0 + rng.poisson(activity),
            "x_y": activity + rng.normal(size=n),
            "x_d": 1.0 + rng.poisson(activity),
            "missing": (rng.random(n) < 0.2).astype(float),
        }
        table = np.column_stack([rows[name] + shift.get(name, 0.0) for name in columns])
        arms.append(Moments.from_rows(columns, table))
    return arms


def scaled(arms: list[Moments], factor: float) -> list[Moments]:
    """The same arms with y multiplied."""
    matrix = np.eye(len(arms[0].columns))
    matrix[0, 0] = factor
    return [arm.project(matrix, arm.columns) for arm in arms]


def near(value: float, scale: float = 1.0):
    return pytest.approx(value, rel=1e-8, abs=1e-9 * abs(scale), nan_ok=True)


@given(SEEDS, WAYS)
def test_swapping_the_arms_turns_the_sign(seed, way) -> None:
    kind, estimator = way
    control, treatment = sample(seed, kind)
    there = estimate_effect(kind, control, treatment, estimator=estimator)
    back = estimate_effect(kind, treatment, control, estimator=estimator)
    assert back.estimate == near(-there.estimate, there.std_error)
    assert back.statistic == near(-there.statistic)
    assert back.p_value == near(there.p_value)
    assert back.ci_lower == near(-there.ci_upper, there.std_error)
    assert back.ci_upper == near(-there.ci_lower, there.std_error)
    assert back.control_mean == near(there.treatment_mean, there.std_error)


@given(SEEDS, WAYS, st.floats(1e-6, 1e6))
def test_another_unit_of_measurement_scales_absolute_and_keeps_relative(seed, way, factor) -> None:
    kind, estimator = way
    arms = sample(seed, kind)
    one = estimate_effect(kind, *arms, estimator=estimator)
    other = estimate_effect(kind, *scaled(arms, factor), estimator=estimator)
    for field in ("estimate", "std_error", "ci_lower", "ci_upper", "control_mean", "mde"):
        expected = factor * getattr(one, field)
        assert getattr(other, field) == near(expected, factor * one.std_error)
    for field in ("relative", "relative_ci_lower", "relative_ci_upper", "mde_relative"):
        assert getattr(other, field) == near(getattr(one, field), one.relative_std_error)
    for field in ("statistic", "p_value", "degrees_of_freedom", "variance_reduction"):
        assert getattr(other, field) == near(getattr(one, field))


@pytest.mark.parametrize("factor", [1e100, 1e-100])
@pytest.mark.parametrize("kind", ["mean", "ratio"])
@pytest.mark.parametrize("estimator", ["unadjusted", "cuped"])
def test_values_of_an_extreme_scale_keep_their_test(kind, estimator, factor) -> None:
    """Squares of their variances leave the range of floats."""
    arms = sample(7, kind)
    one = estimate_effect(kind, *arms, estimator=estimator)
    other = estimate_effect(kind, *scaled(arms, factor), estimator=estimator)
    assert other.status == one.status == "ok"
    for field in ("statistic", "degrees_of_freedom", "p_value"):
        assert getattr(other, field) == pytest.approx(getattr(one, field), rel=1e-9)
    for field in ("relative", "relative_ci_lower", "relative_ci_upper"):
        assert getattr(other, field) == pytest.approx(getattr(one, field), rel=1e-9)


@given(SEEDS, WAYS)
def test_turning_the_metric_around_turns_effect_and_relative_effect(seed, way) -> None:
    kind, estimator = way
    arms = sample(seed, kind)
    one = estimate_effect(kind, *arms, estimator=estimator)
    other = estimate_effect(kind, *scaled(arms, -1.0), estimator=estimator)
    assert other.estimate == -one.estimate
    assert other.p_value == one.p_value
    assert other.relative == -one.relative
    assert other.relative_ci_lower == near(-one.relative_ci_upper)
    assert other.relative_ci_upper == near(-one.relative_ci_lower)


@given(SEEDS, st.floats(-1e6, 1e6))
def test_shifting_a_covariate_changes_nothing(seed, shift) -> None:
    """Law 16, for every field."""
    one = estimate_effect("mean", *sample(seed, "mean"), estimator="cuped")
    other = estimate_effect("mean", *sample(seed, "mean", x_y=shift), estimator="cuped")
    assert other.status == one.status
    for field, value in numbers(one).items():
        assert getattr(other, field) == pytest.approx(value, rel=1e-7, abs=1e-9, nan_ok=True)


@given(SEEDS, st.floats(-1e3, 1e3))
def test_shifting_the_pre_period_ratio_changes_nothing(seed, shift) -> None:
    """Law 16 for ratios: x_y + c x_d adds c to the pre-period ratio of everyone."""
    arms = sample(seed, "ratio")
    matrix = np.eye(4)
    matrix[2, 3] = shift
    shifted = [arm.project(matrix, arm.columns) for arm in arms]
    one = estimate_effect("ratio", *arms, estimator="cuped")
    other = estimate_effect("ratio", *shifted, estimator="cuped")
    assert other.estimate == pytest.approx(one.estimate, abs=1e-4 * one.std_error)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-3)


@given(SEEDS, WAYS, st.floats(0.001, 0.5))
def test_relative_and_absolute_agree_in_sign_and_significance(seed, way, alpha) -> None:
    """Law 9."""
    kind, estimator = way
    effect = estimate_effect(kind, *sample(seed, kind), estimator=estimator, alpha=alpha)
    assert np.sign(effect.relative) == np.sign(effect.estimate)
    if abs(effect.p_value - alpha) < 1e-9:
        return
    significant = effect.p_value <= alpha
    assert significant == (effect.ci_lower > 0 or effect.ci_upper < 0)
    if effect.status == "ok":
        assert effect.relative_ci_lower <= effect.relative <= effect.relative_ci_upper
        assert (effect.relative_ci_lower > 0) == (effect.ci_lower > 0)
        assert (effect.relative_ci_upper < 0) == (effect.ci_upper < 0)
    else:
        assert effect.status == "relative_unbounded"
        assert math.isnan(effect.relative_ci_lower)
        assert math.isnan(effect.relative_ci_upper)


@given(SEEDS, WAYS)
def test_cells_rolled_up_give_the_effect_of_all_their_rows(seed, way) -> None:
    kind, estimator = way
    first, second = sample(seed, kind), sample(seed + 1, kind)
    merged = [a.merge(b) for a, b in zip(first, second, strict=True)]
    again = [b.merge(a) for a, b in zip(first, second, strict=True)]
    one = estimate_effect(kind, *merged, estimator=estimator)
    other = estimate_effect(kind, *again, estimator=estimator)
    for field, value in numbers(one).items():
        assert getattr(other, field) == pytest.approx(value, rel=1e-7, abs=1e-10, nan_ok=True)


def test_the_same_moments_give_the_same_bytes() -> None:
    for kind in ("mean", "ratio"):
        arms = sample(1, kind)
        results = [repr(estimate_effect(kind, *arms, estimator="cuped")) for _ in range(3)]
        assert len(set(results)) == 1


def test_mde_is_what_a_test_with_that_standard_error_detects() -> None:
    """.05 -> .055 with 31,231 per arm, unpooled, at power .8."""
    effect = estimate_effect("mean", share(1_562, 31_231), share(1_718, 31_231))
    assert effect.mde == pytest.approx(0.005, rel=2e-3)
    assert effect.mde_relative == pytest.approx(effect.mde / effect.control_mean)
    stricter = estimate_effect("mean", share(1_562, 31_231), share(1_718, 31_231), power=0.9)
    assert stricter.mde / effect.mde == pytest.approx(
        (1.95996 + 1.28155) / (1.95996 + 0.84162), rel=1e-4
    )


def rows(*values: float) -> Moments:
    return Moments.from_rows(("y",), list(values))


@pytest.mark.parametrize("estimator", ["unadjusted", "cuped"])
@pytest.mark.parametrize("kind", ["mean", "proportion"])
def test_an_arm_without_units_has_no_data(kind, estimator) -> None:
    effect = estimate_effect(kind, rows(), rows(1.0, 0.0), estimator=estimator)
    assert effect.status == "no_data"
    assert effect.status_reason == "The control has no units."
    assert (effect.control_n, effect.treatment_n) == (0, 2)
    assert math.isnan(effect.control_mean)
    assert effect.treatment_mean == 0.5
    assert_no_result(effect)


@pytest.mark.parametrize("sizes", [(1, 300_000), (300_000, 1), (1, 1)])
@pytest.mark.parametrize("estimator", ["unadjusted", "cuped"])
def test_a_share_of_one_unit_is_no_test(sizes, estimator) -> None:
    """The score test would take one event of one unit for p = 2.7e-6 and worse."""
    arms = [share(1 if n == 1 else 10, n) for n in sizes]
    effect = estimate_effect("proportion", *arms, estimator=estimator)
    assert effect.status == "too_few_units"
    assert "one unit; a variance needs two" in effect.status_reason
    assert (effect.control_n, effect.treatment_n) == sizes
    assert effect.control_mean == arms[0].mean_of("y")
    assert_no_result(effect)
    for field in ("statistic", "degrees_of_freedom", "control_std", "treatment_std", "ci_upper"):
        assert math.isnan(getattr(effect, field))


def test_one_unit_is_too_few_for_a_variance() -> None:
    effect = estimate_effect("mean", rows(1.0, 2.0), rows(3.0))
    assert effect.status == "too_few_units"
    assert effect.status_reason == "The treatment has one unit; a variance needs two."
    assert_no_result(effect)


@pytest.mark.parametrize("kind", ["mean", "proportion"])
def test_moments_that_are_not_finite_are_no_data(kind) -> None:
    broken = Moments(("y",), 9, np.array([math.nan]), np.array([[math.nan]]))
    effect = estimate_effect(kind, broken, rows(0.0, 1.0))
    assert effect.status == "no_data"
    assert effect.status_reason == "The moments of the control are not finite."
    assert_no_result(effect)


def test_a_zero_denominator_is_told() -> None:
    control = Moments.from_rows(("y", "d"), [(1, 0), (2, 0)])
    treatment = Moments.from_rows(("y", "d"), [(1, 1), (2, 3)])
    effect = estimate_effect("ratio", control, treatment)
    assert effect.status == "denominator_zero"
    assert effect.treatment_mean == 0.75
    assert math.isnan(effect.control_mean)
    assert_no_result(effect)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e8 + 0.1])
def test_constant_arms_have_an_estimate_but_no_test(value) -> None:
    effect = estimate_effect("mean", rows(*[value] * 7), rows(*[value + 1.0] * 9))
    assert effect.status == "zero_variance"
    assert effect.estimate == pytest.approx(1.0)
    assert effect.std_error == 0.0
    assert math.isnan(effect.p_value)
    assert math.isnan(effect.ci_lower)
    assert math.isnan(effect.mde)


def test_a_covariate_that_explains_everything_leaves_no_test() -> None:
    x = np.random.default_rng(0).normal(size=(2, 50))
    arms = [Moments.from_rows(("y", "x_y"), np.column_stack([3 * v + 1, v])) for v in x]
    effect = estimate_effect("mean", *arms, estimator="cuped")
    assert effect.status == "zero_variance"


def test_one_constant_arm_is_still_tested() -> None:
    effect = estimate_effect("mean", rows(0.0, 0.0, 0.0), rows(1.0, 2.0, 4.0))
    assert effect.degrees_of_freedom == pytest.approx(2.0)
    assert 0 < effect.p_value < 1
    assert effect.status == "relative_undefined"


def test_arguments_out_of_range_are_told_by_name_value_and_rule() -> None:
    arms = rows(0.0, 1.0), rows(1.0, 0.0)
    with pytest.raises(ValueError, match=r"alpha == 1.5, must be > 0 and < 1\."):
        estimate_effect("mean", *arms, alpha=1.5)
    with pytest.raises(ValueError, match=r"power == 0.0, must be > 0 and < 1\."):
        estimate_effect("mean", *arms, power=0.0)
    with pytest.raises(ValueError, match=r"kind == 'medain', must be one of"):
        estimate_effect("medain", *arms)
    with pytest.raises(ValueError, match=r"estimator == 'none', must be one of"):
        estimate_effect("proportion", *arms, estimator="none")
    with pytest.raises(ValueError, match=r"mean of y in the control == 2.5, must be >= 0 and <= 1"):
        estimate_effect("proportion", rows(2.0, 3.0), rows(0.0, 1.0))


def assert_no_result(effect: Effect) -> None:
    for field in ("estimate", "std_error", "ci_lower", "relative", "p_value", "mde"):
        assert math.isnan(getattr(effect, field))

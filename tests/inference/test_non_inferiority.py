"""Guardrails against their margins."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import estimate_effect, non_inferiority
from abstats.inference.score import Counts, difference_statistic, ratio_statistic
from abstats.moments import Moments

from .rows import batch_moments, share
from .test_estimate import SEEDS, WAYS, sample

DIRECTION = st.sampled_from(["increase", "decrease"])


@given(SEEDS, st.floats(0.01, 0.5), DIRECTION)
def test_a_relative_margin_is_a_linear_contrast_of_two_means(seed, margin, direction) -> None:
    """mu_t - (1 -+ m) mu_c by Welch-Satterthwaite, from plain formulas."""
    control, treatment = sample(seed, "mean")
    sign = 1 if direction == "increase" else -1
    factor = 1 - sign * margin * np.sign(control.mean_of("y"))
    v_t, v_c = treatment.std_error("y") ** 2, (factor * control.std_error("y")) ** 2
    t = sign * (treatment.mean_of("y") - factor * control.mean_of("y")) / math.sqrt(v_t + v_c)
    df = (v_t + v_c) ** 2 / (v_t**2 / (treatment.n - 1) + v_c**2 / (control.n - 1))
    result = non_inferiority(
        "mean", control, treatment, margin=margin, relative=True, direction=direction
    )
    assert result.statistic == pytest.approx(t, rel=1e-9, abs=1e-12)
    assert result.degrees_of_freedom == pytest.approx(df, rel=1e-9)
    assert result.p_value == pytest.approx(stats.t.sf(t, df), rel=1e-7)


@given(SEEDS, st.floats(0.01, 0.5), DIRECTION)
def test_a_relative_margin_of_a_negative_control_mean_is_one_of_its_size(seed, margin, direction):
    """Welch's t on rows: of -10 a margin of 20 % tolerates -12 if an increase is good, else -8."""
    rng = np.random.default_rng(seed)
    control, treatment = (rng.normal(-10, scale, size=n) for scale, n in ((3, 40), (5, 70)))
    if direction == "increase":
        worst, alternative = (1 + margin) * control, "greater"
    else:
        worst, alternative = (1 - margin) * control, "less"
    expected = stats.ttest_ind(treatment, worst, equal_var=False, alternative=alternative)
    result = non_inferiority(
        "mean",
        *(Moments.from_rows(("y",), values) for values in (control, treatment)),
        margin=margin,
        relative=True,
        direction=direction,
    )
    sign = 1 if direction == "increase" else -1
    assert result.statistic == pytest.approx(sign * expected.statistic, rel=1e-9, abs=1e-12)
    assert result.degrees_of_freedom == pytest.approx(expected.df, rel=1e-9)
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-8)


@given(SEEDS, WAYS, st.floats(0.01, 2.0), DIRECTION)
def test_an_absolute_margin_shifts_the_effect(seed, way, margin, direction) -> None:
    kind, estimator = way
    arms = sample(seed, kind)
    effect = estimate_effect(kind, *arms, estimator=estimator)
    result = non_inferiority(
        kind, *arms, margin=margin, relative=False, direction=direction, estimator=estimator
    )
    good = effect.estimate if direction == "increase" else -effect.estimate
    assert result.statistic == pytest.approx((good + margin) / effect.std_error, rel=1e-9)
    assert result.degrees_of_freedom == pytest.approx(effect.degrees_of_freedom)


@given(SEEDS, WAYS, st.floats(0.01, 0.9), DIRECTION, st.booleans())
def test_the_bound_is_within_the_margin_exactly_where_it_is_non_inferior(
    seed, way, margin, direction, relative
) -> None:
    kind, estimator = way
    result = non_inferiority(
        kind,
        *sample(seed, kind),
        margin=margin,
        relative=relative,
        direction=direction,
        estimator=estimator,
    )
    if math.isnan(result.bound) or abs(result.p_value - 0.05) < 1e-9:
        return
    within = result.bound > -margin if direction == "increase" else result.bound < margin
    assert result.is_non_inferior == within == (result.p_value <= 0.05)


@given(st.integers(1, 99), st.integers(0, 120), st.floats(0.01, 0.9), DIRECTION, st.booleans())
def test_a_proportion_takes_the_score_test_at_the_margin(x0, x1, margin, direction, relative):
    control, treatment = share(x0, 100), share(x1, 120)
    result = non_inferiority(
        "proportion", control, treatment, margin=margin, relative=relative, direction=direction
    )
    sign = 1 if direction == "increase" else -1
    counts = Counts(x0, 100, x1, 120)
    z = (
        ratio_statistic(counts, 1 - sign * margin)
        if relative
        else difference_statistic(counts, -sign * margin)
    )
    assert result.statistic == sign * z
    assert result.degrees_of_freedom == math.inf
    if abs(result.p_value - 0.05) > 1e-9:
        within = result.bound > -margin if sign > 0 else result.bound < margin
        assert result.is_non_inferior == within


def test_zero_events_in_both_arms_can_be_non_inferior_only_with_enough_units() -> None:
    few = non_inferiority(
        "proportion",
        share(0, 20),
        share(0, 20),
        margin=0.01,
        relative=False,
        direction="decrease",
    )
    many = non_inferiority(
        "proportion",
        share(0, 20_000),
        share(0, 20_000),
        margin=0.01,
        relative=False,
        direction="decrease",
    )
    assert few.is_non_inferior is False
    assert many.is_non_inferior is True


def test_cuped_sharpens_the_test() -> None:
    arms = sample(3, "mean")
    plain = non_inferiority("mean", *arms, margin=0.2, relative=True, direction="increase")
    cuped = non_inferiority(
        "mean", *arms, margin=0.2, relative=True, direction="increase", estimator="cuped"
    )
    width = [
        abs(r.bound - e.relative)
        for r, e in zip(
            (plain, cuped),
            (estimate_effect("mean", *arms, estimator=name) for name in ("unadjusted", "cuped")),
            strict=True,
        )
    ]
    assert width[1] < width[0]


def test_where_there_is_no_test_nothing_is_claimed() -> None:
    some, zeros = Moments.from_rows(("y",), [1.0, 2.0]), Moments.from_rows(("y",), [-1.0, 1.0])
    constant, empty = Moments.from_rows(("y",), [1.0, 1.0]), Moments.from_rows(("y",), [])
    cases = [
        ("mean", empty, some, True, "no_data"),
        ("proportion", empty, constant, True, "no_data"),
        ("mean", zeros, some, True, "relative_undefined"),
        ("proportion", share(0, 10), share(1, 10), True, "relative_undefined"),
        ("mean", constant, constant, False, "zero_variance"),
        ("proportion", share(1, 1), share(1, 10), False, "too_few_units"),
    ]
    for kind, control, treatment, relative, status in cases:
        result = non_inferiority(
            kind, control, treatment, margin=0.1, relative=relative, direction="increase"
        )
        assert result.status == status
        assert result.is_non_inferior is None
        assert math.isnan(result.p_value)


def test_arguments_out_of_range_are_told_by_name_value_and_rule() -> None:
    arms = sample(0, "mean")
    with pytest.raises(ValueError, match=r"margin == 1.2, must be > 0 and < 1\."):
        non_inferiority("mean", *arms, margin=1.2, relative=True, direction="increase")
    with pytest.raises(ValueError, match=r"margin == -1, must be > 0 and finite\."):
        non_inferiority("mean", *arms, margin=-1, relative=False, direction="increase")
    with pytest.raises(ValueError, match=r"direction == 'up', must be one of"):
        non_inferiority("mean", *arms, margin=0.1, relative=True, direction="up")


@pytest.mark.slow
def test_a_margin_of_the_control_mean_is_not_a_fixed_number() -> None:
    """At the edge of a 20 % margin: ours rejects 5 %, a margin taken as fixed 6.8 %."""
    rng = np.random.default_rng(11)
    n, margin, tests = 400, 0.2, 10_000
    ours = fixed = 0
    for _ in range(10):
        control = batch_moments(("y",), rng.normal(1.0, 1.0, size=(tests // 10, n, 1)))
        treatment = batch_moments(("y",), rng.normal(1.2, 1.0, size=(tests // 10, n, 1)))
        for c, t in zip(control, treatment, strict=True):
            result = non_inferiority(
                "mean", c, t, margin=margin, relative=True, direction="decrease"
            )
            ours += result.p_value <= 0.05
            wrong = non_inferiority(
                "mean",
                c,
                t,
                margin=margin * c.mean_of("y"),
                relative=False,
                direction="decrease",
            )
            fixed += wrong.p_value <= 0.05
    assert 0.0435 < ours / tests < 0.0565
    assert fixed / tests > 0.06

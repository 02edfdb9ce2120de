"""Gini effects: at one size, by groups of users; over creators and over units."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import GiniArm, gini_effect, gini_non_inferiority, with_alpha

from .gini_worlds import (
    GROUPS,
    UNIT_VALUES,
    creator_tests,
    creator_totals,
    gini,
    gini_arm,
    missed,
    rejected,
    unit_arm,
    unit_tests,
    zipf,
)


def arm(full, apart=0.01, n=10_000, per_block=1_000, groups=GROUPS):
    """An arm whose coefficients move by `apart`, up and down in turn, as groups leave."""
    full = np.atleast_1d(np.array(full, dtype=float))
    signs = np.where(np.arange(groups) % 2 == 0, 1.0, -1.0)
    return GiniArm(n, per_block, full, full[:, None] + apart * signs)


def test_the_gini_of_a_log_normal_is_the_known_one():
    """2 Phi(sigma / sqrt 2) - 1 (Kleiber & Kotz 2003, Statistical Size Distributions, ch. 4)."""
    values = np.exp(stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000))
    assert gini(values) == pytest.approx(2 * stats.norm.cdf(1 / math.sqrt(2)) - 1, rel=1e-3)
    assert gini(values) == pytest.approx(0.5205, abs=5e-4)


def test_the_variance_is_the_jackknifes_by_hand():
    one = arm([0.6], apart=0.01)
    assert one.value == 0.6
    # (B - 1) / B x sum of B squares of .01
    assert one.variance == pytest.approx(19 * 1e-4)
    two = arm([0.6, 0.62], apart=0.01)
    assert two.value == pytest.approx(0.61)
    assert two.variance == pytest.approx(19 * 1e-4 / 2)
    assert (one.degrees_of_freedom, two.degrees_of_freedom) == (19, 38)


def test_the_jackknife_agrees_with_the_influence_function_over_units():
    """Davidson (2009), "Reliable inference for the Gini index", J. Econometrics 150, eq. 19."""
    rng = np.random.default_rng(1)
    ratios = []
    for _ in range(40):
        y = np.sort(rng.lognormal(0.0, 0.7, 4_000))
        n, mean, g = len(y), y.mean(), gini(y)
        rank = np.arange(1, n + 1)
        z = -(g + 1) * y + (2 * rank - 1) / n * y - 2 / n * np.cumsum(y)
        davidson = z.var() / (n * mean**2)
        ratios.append(unit_arm(rng.permutation(y)).variance / davidson)
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.15)


def test_an_effect_is_a_t_test_of_the_blocks():
    control, treatment = arm([0.70, 0.72], 0.001), arm([0.74], 0.002, n=1_500)
    effect = gini_effect(control, treatment)
    assert (effect.control_n, effect.treatment_n) == (10_000, 1_500)
    assert effect.control_mean == pytest.approx(0.71)
    assert effect.estimate == pytest.approx(0.03)
    first, second = 19 * 1e-6 / 2, 19 * 4e-6
    assert effect.std_error == pytest.approx(math.sqrt(first + second))
    freedom = (first + second) ** 2 / (first**2 / 38 + second**2 / 19)
    assert effect.degrees_of_freedom == pytest.approx(freedom)
    t = 0.03 / math.sqrt(first + second)
    assert effect.p_value == pytest.approx(2 * stats.t.sf(t, freedom))
    assert effect.control_std == pytest.approx(math.sqrt(first * 2_000))
    assert (effect.test, effect.status) == ("jackknife_t", "ok")
    assert effect.relative == pytest.approx(0.03 / 0.71)
    assert effect.mde > 0
    at_p = with_alpha(effect, effect.p_value)
    assert at_p.ci_lower == pytest.approx(0.0, abs=1e-9)
    assert at_p.relative_ci_lower == pytest.approx(0.0, abs=1e-9)


totals = st.lists(st.lists(st.integers(0, 9), min_size=GROUPS, max_size=GROUPS), min_size=3)


@given(totals, st.floats(0.1, 50.0))
@settings(max_examples=60, deadline=None)
def test_a_change_of_unit_of_the_totals_changes_nothing(rows, scale):
    table = np.array(rows, dtype=float)[:, None, :] + 1.0
    first, second = gini_arm(table, 1_000), gini_arm(scale * table, 1_000)
    assert second.value == pytest.approx(first.value, abs=1e-12)
    assert second.variance == pytest.approx(first.variance, rel=1e-6, abs=1e-20)


def test_swapping_the_arms_changes_the_sign_only():
    a, b = arm([0.7], 0.002), arm([0.73], 0.003)
    one, two = gini_effect(a, b), gini_effect(b, a)
    assert two.estimate == -one.estimate
    assert (two.p_value, two.std_error) == (one.p_value, one.std_error)


@pytest.mark.slow
def test_the_plug_in_always_rejects_an_a_a_of_nine_to_one_with_many_creators():
    rng = np.random.default_rng(22)
    effects, plug_in = creator_tests(rng, 60, 2_000, 3, (9_000, 1_000))
    error = np.array([effect.std_error for effect in effects])
    assert np.mean(np.abs(plug_in[:, 1] - plug_in[:, 0]) > 1.96 * error) == 1.0
    assert rejected(effects) < 0.15


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(1_000, 1_000), (9_000, 1_000), (1_000, 9_000)])
def test_intervals_over_creators_cover_the_difference_of_two_markets(sizes):
    """The treatment's popularity is steeper: exponent 1.15 for 1."""
    rng = np.random.default_rng([23, *sizes])
    effects, _ = creator_tests(rng, 300, 200, 10, sizes, exponents=(1.0, 1.15))
    assert np.mean([effect.estimate for effect in effects]) > 0.05
    assert 0.012 < missed(effects) < 0.088


@pytest.mark.slow
def test_several_blocks_of_the_larger_arm_make_the_error_smaller():
    rng = np.random.default_rng(24)
    several, _ = creator_tests(rng, 150, 200, 30, (9_000, 1_000))
    single, _ = creator_tests(rng, 150, 200, 30, (1_000, 1_000))
    spread = np.std([effect.estimate for effect in several])
    assert spread == pytest.approx(np.mean([e.std_error for e in several]), rel=0.2)
    # sqrt((1 + 1/9) / 2) = .745
    ratio = np.mean([e.std_error for e in several]) / np.mean([e.std_error for e in single])
    assert ratio == pytest.approx(0.745, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("world", ["log-normal, sigma 1", "a tenth buys", "Poisson, mean 3"])
@pytest.mark.parametrize("sizes", [(400, 400), (3_600, 400)])
def test_a_a_over_units_rejects_five_percent(world, sizes):
    rng = np.random.default_rng([25, *sizes])
    effects = unit_tests(rng, 500, UNIT_VALUES[world], sizes)
    assert 0.02 < rejected(effects) < 0.08


def test_a_guardrail_is_tested_at_its_margin():
    control, treatment = arm([0.70], 0.001), arm([0.71], 0.001)
    for margin, relative, passes in (
        (0.03, False, True),
        (0.011, False, False),
        (0.04, True, True),
        (0.015, True, False),
    ):
        result = gini_non_inferiority(
            control, treatment, margin=margin, relative=relative, direction="decrease"
        )
        assert result.is_non_inferior is passes
        assert result.is_non_inferior == (result.bound < margin)
    with pytest.raises(ValueError, match="direction == 'down'"):
        gini_non_inferiority(control, treatment, margin=0.1, relative=True, direction="down")


NOTHING = GiniArm(0, 0, np.empty(0), np.empty((0, 0)))


@pytest.mark.parametrize(
    ("treatment", "status", "reason"),
    [
        (NOTHING, "no_data", "The treatment has no units."),
        (GiniArm(500, 1_000, np.empty(0), np.empty((0, 0))), "no_data", "no block of units"),
        (arm([math.nan]), "no_data", "a block without a positive total"),
        (arm([0.5], apart=math.nan), "too_few_units", "all its events in one group"),
        (arm([0.5], per_block=39), "too_few_units", "fewer than two units in each of 20 groups"),
    ],
)
def test_a_gini_that_cannot_be_had_has_a_status_and_a_reason(treatment, status, reason):
    effect = gini_effect(arm([0.5]), treatment)
    assert effect.status == status
    assert reason in effect.status_reason
    assert math.isnan(effect.p_value)
    assert math.isnan(effect.ci_lower)
    result = gini_non_inferiority(
        arm([0.5]), treatment, margin=0.1, relative=True, direction="decrease"
    )
    assert (result.status, result.is_non_inferior) == (status, None)


def test_coefficients_that_never_move_have_no_test():
    effect = gini_effect(arm([0.5], 0.0), arm([0.5], 0.0))
    assert (effect.status, effect.std_error) == ("zero_variance", 0.0)
    assert math.isnan(effect.p_value)


def test_blocks_of_different_size_are_refused():
    with pytest.raises(ValueError, match="units_per_block == 900, must be 1000 as in control"):
        gini_effect(arm([0.5]), arm([0.5], per_block=900))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ((100, 60, np.ones(2), np.ones((2, 20))), "units_per_block == 60 in 2 blocks"),
        ((100, 50, np.ones(2), np.ones((1, 20))), r"full has shape \(2,\)"),
        ((100, 50, np.ones(2), np.ones((2, 5))), "groups == 5, must be >= 10"),
    ],
)
def test_an_arm_that_contradicts_itself_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        GiniArm(*fields)


def test_the_totals_of_a_block_are_those_of_its_groups():
    rng = np.random.default_rng(31)
    table = creator_totals(rng, 4_000, 2, zipf(50, 1.0), 2.0)
    made = gini_arm(table, 4_000)
    assert made.units_per_block == 2_000
    assert made.full[1] == gini(table[:, 1, :].sum(axis=1))
    kept = np.delete(table[:, 0, :], 7, axis=1).sum(axis=1)
    assert made.without_group[0, 7] == gini(kept)

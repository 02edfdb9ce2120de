"""Bad input: a NULL with status and reason, or an error that names it; never a wrong number.

A look before any data, information going backwards, zero variance, one unit, an empty arm, NaN and
infinities, margins of the wrong sign, looks beyond the plan: for every public function.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from abstats.inference import (
    ArmMeans,
    GiniArm,
    balance_test,
    contributions,
    equivalence,
    estimate_effect,
    gated_p_values,
    gini_effect,
    gini_non_inferiority,
    homogeneity_test,
    non_inferiority,
    omnibus_test,
    quantile_effect,
    quantile_non_inferiority,
    sample_ratio_test,
    sequential_sample_ratio_test,
)
from abstats.inference.anytime import always_valid, mixture_sprt
from abstats.inference.bayes import FLAT_PRIOR, NormalPrior, normal_posterior
from abstats.inference.comparison import Failure
from abstats.inference.design import (
    Baseline,
    Margin,
    TestPlan,
    baseline_of,
    detectable_effect,
    detectable_margin,
    power_of,
    units_needed,
)
from abstats.inference.sequential import (
    Plan,
    Spending,
    classic_bounds,
    futility_bounds,
    inference_at_stop,
    monitor,
    operating_characteristics,
    repeated_intervals,
    repeated_p_value,
    running_bounds,
    running_p_value,
    spending_bounds,
    stage_wise_p_value,
)
from abstats.moments import Moments

from .quantile_worlds import curve

NAN, INF = math.nan, math.inf
POCOCK = Spending("pocock")
DESIGN = spending_bounds([0.5, 1.0], alpha=0.05, spending=POCOCK)
NUMBERS = ("estimate", "std_error", "ci_lower", "ci_upper", "p_value", "relative", "mde")


def cell(n, mean, variance, columns=("y",)):
    k = len(columns)
    cov = np.full((k, k), 0.0) if math.isfinite(variance) else np.full((k, k), variance)
    np.fill_diagonal(cov, variance)
    return Moments(columns, n, np.full(k, float(mean)), cov)


GOOD = cell(100, 10.0, 4.0)
ARMS = {
    "no units": (cell(0, NAN, NAN), "no_data", "has no units"),
    "one unit": (cell(1, 10.0, NAN), "too_few_units", "one unit; a variance needs two"),
    "a NaN value": (Moments.from_rows(("y",), [1.0, NAN, 2.0]), "no_data", "not finite"),
    "a mean of infinity": (cell(100, INF, 4.0), "no_data", "not finite"),
    "a variance of NaN": (cell(100, 10.0, NAN), "no_data", "not finite"),
    "a variance of infinity": (cell(100, 10.0, INF), "no_data", "not finite"),
    "a mean too large": (cell(100, 1e200, 4.0), "no_data", "too large to be squared"),
}


@pytest.fixture(params=ARMS.values(), ids=ARMS)
def bad(request):
    return request.param


@pytest.mark.parametrize("is_control", [True, False])
@pytest.mark.parametrize(
    ("kind", "estimator", "columns"),
    [
        ("mean", "unadjusted", ("y",)),
        ("mean", "cuped", ("y", "x_y")),
        ("ratio", "unadjusted", ("y", "d")),
        ("ratio", "cuped", ("y", "d", "x_y", "x_d")),
    ],
)
def test_an_arm_without_usable_moments_has_a_status_and_no_numbers(
    bad, is_control, kind, estimator, columns
) -> None:
    broken, status, reason = bad
    variance = float(broken.cov[0, 0])
    arms = [
        cell(100, 10.0, 4.0, columns),
        cell(broken.n, float(broken.mean[0]), variance, columns),
    ]
    if is_control:
        arms.reverse()
    effect = estimate_effect(kind, *arms, estimator=estimator)
    assert effect.status == status
    assert reason in effect.status_reason
    assert all(math.isnan(getattr(effect, name)) for name in NUMBERS)
    margin = {"margin": 0.1, "relative": True, "estimator": estimator}
    test = non_inferiority(kind, *arms, direction="increase", **margin)
    same = equivalence(kind, *arms, **margin)
    assert test.status == same.status == status
    assert math.isnan(test.p_value)
    assert test.is_non_inferior is None
    assert math.isnan(same.p_value)
    assert same.is_equivalent is None
    omnibus = omnibus_test(kind, [arms[0], arms[0], arms[1]], estimator=estimator)
    assert omnibus.status == status
    assert math.isnan(omnibus.p_value)
    look = always_valid(effect, planned=(100, 100), counts_each_unit_once=True)
    assert look.status == status
    assert math.isnan(look.p_value)
    assert math.isnan(look.ci_lower)


def test_a_covariate_that_is_not_finite_is_unusable_and_the_metric_stands() -> None:
    cov = np.array([[4.0, NAN], [NAN, NAN]])
    broken = Moments(("y", "x_y"), 100, np.array([10.0, NAN]), cov)
    arms = cell(100, 10.0, 4.0, ("y", "x_y")), broken
    assert estimate_effect("mean", *arms, estimator="cuped").status == "covariate_unusable"
    assert estimate_effect("mean", *arms).status == "ok"


def test_an_event_share_that_is_not_finite_is_no_data() -> None:
    for mean in (NAN, INF):
        arms = cell(100, 0.1, 0.09), cell(100, mean, 0.09)
        assert estimate_effect("proportion", *arms).status == "no_data"
    for mean in (-0.1, 1.1):
        with pytest.raises(ValueError, match=r"must be >= 0 and <= 1"):
            estimate_effect("proportion", cell(100, 0.1, 0.09), cell(100, mean, 0.09))


def test_arms_without_variance_have_no_test_at_all() -> None:
    arms = cell(100, 10.0, 0.0), cell(100, 10.0, 0.0)
    effect = estimate_effect("mean", *arms)
    margin = {"margin": 0.1, "relative": True}
    assert effect.status == "zero_variance"
    assert math.isnan(effect.p_value)
    assert non_inferiority("mean", *arms, direction="increase", **margin).is_non_inferior is None
    assert equivalence("mean", *arms, **margin).is_equivalent is None
    assert omnibus_test("mean", arms).status == "zero_variance"
    look = always_valid(effect, planned=(100, 100), counts_each_unit_once=True)
    assert look.status == "zero_variance"
    assert math.isnan(look.p_value)
    assert normal_posterior(effect.estimate, effect.std_error, FLAT_PRIOR).status == "zero_variance"


@pytest.mark.parametrize("margin", [-0.1, 0.0, NAN, INF])
@pytest.mark.parametrize("relative", [True, False])
def test_a_margin_of_the_wrong_sign_is_an_error(margin, relative) -> None:
    options = {"margin": margin, "relative": relative}
    events = quantile_arm()
    gini = gini_arm()
    tests = (
        lambda: non_inferiority("mean", GOOD, GOOD, direction="increase", **options),
        lambda: non_inferiority(
            "proportion",
            cell(100, 0.1, 0.09),
            cell(100, 0.1, 0.09),
            direction="decrease",
            **options,
        ),
        lambda: equivalence("mean", GOOD, GOOD, **options),
        lambda: quantile_non_inferiority(0.5, events, events, direction="increase", **options),
        lambda: gini_non_inferiority(gini, gini, direction="increase", **options),
        lambda: Margin(margin, relative, "increase"),
    )
    for test in tests:
        with pytest.raises(ValueError, match=r"margin == .*, must be > 0"):
            test()


def quantile_arm(**changes):
    rng = np.random.default_rng(1)
    values = rng.integers(1, 21, 4_000).astype(float)
    return replace(curve(np.arange(4_000) % 400, values, 400, np.arange(1.0, 21.0)), **changes)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"n": 0}, "no_data"),
        ({"n": 1}, "too_few_units"),
        ({"mean_events": NAN}, "no_data"),
        ({"mean_events": INF}, "no_data"),
        ({"var_events": INF}, "no_data"),
        ({"mean_events": 0.0}, "no_data"),
    ],
)
def test_a_quantile_of_unusable_events_has_a_status_and_no_numbers(changes, status) -> None:
    effect = quantile_effect(0.5, quantile_arm(), quantile_arm(**changes))
    assert effect.status == status
    assert all(math.isnan(getattr(effect, name)) for name in NUMBERS)


def gini_arm(full=(0.5,), without=None, n=1_000, per_block=1_000):
    if without is None:
        without = [0.5 + 0.01 * np.random.default_rng(1).standard_normal(20)]
    return GiniArm(n, per_block, np.array(full), np.array(without))


@pytest.mark.parametrize(
    ("arm", "status"),
    [
        (gini_arm((), np.empty((0, 20)), n=0), "no_data"),
        (gini_arm((NAN,)), "no_data"),
        (gini_arm((INF,)), "no_data"),
        (gini_arm(without=[[NAN] * 20]), "too_few_units"),
        (gini_arm(n=1, per_block=1), "too_few_units"),
    ],
)
def test_a_gini_of_unusable_blocks_has_a_status_and_no_numbers(arm, status) -> None:
    effect = gini_effect(gini_arm(), arm)
    assert effect.status == status
    assert math.isnan(effect.p_value)
    assert math.isnan(effect.ci_lower)


@pytest.mark.parametrize(
    ("fractions", "rule"),
    [
        ([], "at least one"),
        ([NAN], "a look needs data"),
        ([0.0], "a look needs data"),
        ([-0.1], "a look needs data"),
        ([INF], "a look needs data"),
        ([0.5, 0.4], "must increase by at least 1e-06 of itself"),
        ([0.5, 0.5], "must increase by at least 1e-06 of itself"),
        ([0.5, 1.0, 1.2], "none is left for looks beyond"),
    ],
)
def test_looks_without_data_backwards_or_beyond_the_plan_have_no_bounds(fractions, rule) -> None:
    designs = (
        lambda: spending_bounds(fractions, alpha=0.05, spending=POCOCK),
        lambda: classic_bounds("pocock", fractions, alpha=0.05),
        lambda: futility_bounds(
            fractions, drift=2.8, alpha=0.05, beta=0.2, spending=POCOCK, beta_spending=POCOCK
        ),
        lambda: repeated_p_value(fractions, 2.0, spending=POCOCK),
    )
    for design in designs:
        with pytest.raises(ValueError, match=rule):
            design()


def test_clocks_without_data_or_backwards_have_no_bounds() -> None:
    for variances in ([NAN, 1.0], [0.0, 1.0], [2.0, 1.0], [1.0, INF]):
        with pytest.raises(ValueError, match=r"information == "):
            running_bounds(POCOCK, [0.5, 1.0], variances, alpha=0.05, sides=2)
    for times in ([NAN, 1.0], [0.0, 1.0], [0.7, 0.6], [0.5, 1.1]):
        with pytest.raises(ValueError, match=r"times == .*, must be > 0, <= 1 and never fall"):
            running_bounds(POCOCK, times, [1.0, 2.0], alpha=0.05, sides=2)


def test_a_monitored_look_without_data_backwards_or_beyond_has_a_status_and_no_bounds() -> None:
    plan = Plan(alpha=0.05, spending=POCOCK)
    looks = monitor(plan, [NAN, 0.5, 0.3, 0.6, 1.0, 1.1], [NAN, 1.0, 9.0, INF, 1.0, 9.0])
    assert [look.status for look in looks] == [
        "no_data",
        "ok",
        "information_backwards",
        "no_data",
        "ok",
        "beyond_plan",
    ]
    for look in looks:
        assert (look.status == "ok") == math.isfinite(look.upper)
        assert (look.status == "ok") == (look.status_reason == "")
        assert look.decision in ("continue", "not_rejected")


@pytest.mark.parametrize("statistic", [NAN, INF, -INF])
def test_a_statistic_that_is_not_finite_has_no_sequential_p_value(statistic) -> None:
    tests = (
        lambda: repeated_p_value([0.5, 1.0], statistic, spending=POCOCK),
        lambda: running_p_value(POCOCK, [0.5, 1.0], [1.0, 2.0], statistic, sides=2),
        lambda: stage_wise_p_value(DESIGN, statistic),
        lambda: inference_at_stop(DESIGN, statistic, 0.1, 0.05),
    )
    for test in tests:
        with pytest.raises(ValueError, match=r"statistic == .*, must be finite"):
            test()


@pytest.mark.parametrize("std_error", [NAN, 0.0, -1.0, INF])
def test_a_standard_error_that_is_none_has_no_sequential_interval(std_error) -> None:
    tests = (
        lambda: repeated_intervals(DESIGN, [1.0, 1.0], [1.0, std_error]),
        lambda: inference_at_stop(DESIGN, 2.0, std_error, 0.05),
        lambda: mixture_sprt(1.0, std_error, 1.0),
    )
    for test in tests:
        with pytest.raises(ValueError, match=r"std_errors? == .*, must be .*> 0"):
            test()


def test_estimates_of_another_number_of_looks_have_no_repeated_intervals() -> None:
    with pytest.raises(ValueError, match=r"estimates has shape \(1,\), must end in \(2,\)"):
        repeated_intervals(DESIGN, [1.0], [1.0, 1.0])


@pytest.mark.parametrize("number", [NAN, INF])
def test_designs_and_tests_of_numbers_that_are_not_finite_are_errors(number) -> None:
    baseline, plan = Baseline(10.0, 4.0), TestPlan()
    rho = Spending("kim_demets", number)
    tests = {
        "estimate": lambda: mixture_sprt(number, 1.0, 1.0),
        "null": lambda: mixture_sprt(1.0, 1.0, 1.0, null=number),
        "mixing_sd": lambda: mixture_sprt(1.0, 1.0, number),
        "prior.mean": lambda: normal_posterior(1.0, 1.0, NormalPrior(number, 1.0, "declared")),
        "drift": lambda: operating_characteristics(DESIGN, number),
        "rho": lambda: spending_bounds([0.5], alpha=0.05, spending=rho),
        "effect": lambda: power_of(baseline, plan, 1_000, number),
        "units": lambda: power_of(baseline, plan, number, 0.1),
        "value": lambda: Baseline(number, 1.0),
        "variance": lambda: Baseline(1.0, number),
        "counts": lambda: sample_ratio_test([number, 1], [0.5, 0.5]),
        "weights": lambda: sequential_sample_ratio_test([1, 1], [number, 0.5]),
        "planned": lambda: always_valid(
            estimate_effect("mean", GOOD, GOOD), planned=(number, 1), counts_each_unit_once=True
        ),
    }
    for name, test in tests.items():
        with pytest.raises(ValueError, match=rf"{name} == .*, must"):
            test()
    with pytest.raises(ValueError, match=r"effect == .*, must be finite"):
        units_needed(baseline, plan, number)
    with pytest.raises(ValueError, match=r"drift == .*, must be > 0 and finite"):
        futility_bounds(
            [0.5], drift=number, alpha=0.05, beta=0.2, spending=POCOCK, beta_spending=POCOCK
        )


def test_an_estimate_that_is_not_finite_has_no_posterior() -> None:
    for estimate, std_error in ((NAN, 1.0), (INF, 1.0), (1.0, NAN), (1.0, INF)):
        posterior = normal_posterior(estimate, std_error, FLAT_PRIOR)
        assert posterior.status == "no_data"
        assert math.isnan(posterior.chance_to_win)
    for sd in (0.0, -1.0, NAN):
        with pytest.raises(ValueError, match=r"prior\.sd == .*, must be > 0"):
            normal_posterior(1.0, 1.0, NormalPrior(0.0, sd, "declared"))


@pytest.mark.parametrize("units", [0, -5, 3, NAN, INF])
def test_a_design_for_no_units_is_an_error(units) -> None:
    baseline = Baseline(10.0, 4.0)
    with pytest.raises(ValueError, match=r"units == .*, must give two units to each arm"):
        detectable_effect(baseline, TestPlan(), units)
    plan = TestPlan(margin=Margin(0.1, True, "increase"))
    with pytest.raises(ValueError, match=r"units == .*, must give two units to each arm"):
        detectable_margin(baseline, plan, units)


@pytest.mark.parametrize(
    ("past", "status"),
    [
        (cell(0, NAN, NAN), "no_data"),
        (cell(1, 1.0, NAN), "too_few_units"),
        (cell(10, NAN, 1.0), "no_data"),
        (cell(10, 1.0, 0.0), "zero_variance"),
    ],
)
def test_past_units_without_a_variance_are_no_baseline(past, status) -> None:
    found = baseline_of("mean", past)
    assert isinstance(found, Failure)
    assert found.status == status


@pytest.mark.parametrize("name", ["no units", "one unit", "a NaN value", "a variance of infinity"])
def test_covariates_without_usable_moments_have_no_balance_test(name) -> None:
    assert math.isnan(balance_test([GOOD, ARMS[name][0]]).p_value)


def test_counts_and_p_values_outside_their_range_are_errors() -> None:
    with pytest.raises(ValueError, match="count == 1, must be >= 0 and <= units == inf"):
        homogeneity_test([1, 1], [3, INF])
    for p in (-0.1, 1.1, INF):
        with pytest.raises(ValueError, match=r"gate == .*, must be >= 0 and <= 1"):
            gated_p_values([0.01], [p])
        with pytest.raises(ValueError, match=r"adjusted == .*, must be >= 0 and <= 1"):
            gated_p_values([p], [0.01])


def test_children_that_are_not_finite_contribute_nothing_that_is_a_number() -> None:
    for value in (NAN, INF):
        children = [ArmMeans(value, 1.0), ArmMeans(1.0, 1.0)]
        split = contributions("product", ArmMeans(value, 1.0), children)
        assert split.status == "no_data"
        assert all(math.isnan(part) for part in split.contributions)

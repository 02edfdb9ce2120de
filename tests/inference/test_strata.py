"""Strata: one is today's case, several are the regression on rows, and the wrong ways fail."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given
from hypothesis import strategies as st

from abstats.inference import (
    estimate_effect,
    left_out_strata,
    merge_sparse_strata,
    non_inferiority,
    with_alpha,
    with_variance_reduction,
)
from abstats.inference.compare import compare
from abstats.inference.comparison import Comparison
from abstats.moments import Moments

from .rows import numbers, share
from .test_estimate import SEEDS, sample

WAYS = st.sampled_from(
    [
        ("mean", "unadjusted"),
        ("mean", "cuped"),
        ("ratio", "unadjusted"),
        ("ratio", "cuped"),
        ("proportion", "unadjusted"),
    ]
)


def world(seed, sizes):
    """Rows of both arms in strata of these (control, treatment) sizes; strata differ in all."""
    rng = np.random.default_rng(seed)
    stratum = np.concatenate([np.full(c + t, k) for k, (c, t) in enumerate(sizes)])
    arm = np.concatenate([np.repeat([0, 1], pair) for pair in sizes])
    n = len(arm)
    activity = rng.gamma(2.0, size=n) + stratum
    x_d = rng.poisson(3 * activity) + 1.0
    x_y = rng.poisson(0.4 * x_d) + 2.0 + rng.normal(size=n)
    d = rng.poisson(3 * activity) + 1.0
    y = 2.0 * stratum + rng.poisson(0.5 * d) + 0.8 * x_y + 0.3 * arm * (1 + stratum)
    y = y + rng.normal(size=n) * (1 + arm + stratum)
    return {"stratum": stratum, "arm": arm, "y": y, "d": d, "x_y": x_y, "x_d": x_d}


def cells(data, *columns):
    """Moments of each arm in each stratum: control's list, the treatment's list."""
    rows = np.column_stack([data[column] for column in columns])
    strata = range(max(data["stratum"]) + 1)
    return [
        [
            Moments.from_rows(columns, rows[(data["arm"] == a) & (data["stratum"] == k)])
            for k in strata
        ]
        for a in (0, 1)
    ]


def samples(seed, kind, k=3):
    """`k` strata of two arms each."""
    if kind == "proportion":
        rng = np.random.default_rng(seed)
        sizes = rng.integers(20, 200, size=(2, k))
        return [
            [
                share(int(rng.binomial(n, p)), int(n))
                for n, p in zip(row, rng.random(k), strict=True)
            ]
            for row in sizes
        ]
    pairs = [sample((seed + 7919 * i) % 2**32, kind) for i in range(k)]
    return [list(arm) for arm in zip(*pairs, strict=True)]


SIZES = [(400, 40), (150, 160), (60, 300)]


# Reference values.


@pytest.mark.parametrize("kind", ["mean", "proportion"])
def test_a_ramp_from_99_1_to_50_50_is_stratified_by_period(kind) -> None:
    """Trap 7; the example of Crook, Frasca, Kohavi & Longbotham (2009), "Seven Pitfalls", KDD.

    Visitors and converted: the treatment wins on both days and loses in the total.
    """
    friday = share(20_000, 990_000), share(230, 10_000)
    saturday = share(5_000, 500_000), share(6_000, 500_000)
    control, treatment = zip(friday, saturday, strict=True)
    pooled = estimate_effect(kind, share(25_000, 1_490_000), share(6_230, 510_000))
    assert pooled.estimate == pytest.approx(-0.0046, abs=5e-5)
    assert pooled.ci_upper < 0
    days = [estimate_effect(kind, *day) for day in (friday, saturday)]
    precision = [day.std_error**-2 for day in days]
    by_variance = np.average([day.estimate for day in days], weights=precision)
    assert by_variance == pytest.approx(0.0020, abs=5e-5)
    ours = estimate_effect(kind, control, treatment)
    assert ours.estimate == pytest.approx(0.0024, abs=5e-5)
    assert ours.estimate == pytest.approx(np.mean([day.estimate for day in days]), rel=1e-12)
    assert ours.ci_lower > 0
    assert ours.relative_ci_lower > 0
    assert (ours.control_n, ours.treatment_n) == (1_490_000, 510_000)


def test_the_estimate_is_the_interacted_regression_with_hc2_variance_within_strata() -> None:
    """statsmodels on rows; the variance adds what the strata's random shares are worth."""
    data = world(1, SIZES)
    effect = estimate_effect("mean", *cells(data, "y"))
    dummies = np.stack([data["stratum"] == k for k in (1, 2)], axis=1).astype(float)
    centred = dummies - dummies.mean(axis=0)
    arm = data["arm"][:, None]
    design = np.hstack([np.ones_like(arm), arm, centred, arm * centred])
    fit = sm.OLS(data["y"], design).fit(cov_type="HC2")
    assert effect.estimate == pytest.approx(fit.params[1], rel=1e-10)
    assert effect.control_mean == pytest.approx(fit.params[0], rel=1e-10)
    by_stratum = [
        data["y"][(data["stratum"] == k) & (data["arm"] == 1)].mean()
        - data["y"][(data["stratum"] == k) & (data["arm"] == 0)].mean()
        for k in range(3)
    ]
    per_unit = np.array(by_stratum)[data["stratum"]]
    expected = fit.bse[1] ** 2 + np.var(per_unit) / len(per_unit)
    assert effect.std_error**2 == pytest.approx(expected, rel=1e-9)


def test_cuped_is_the_regression_on_arms_in_strata_and_covariates() -> None:
    """One slope for all: y ~ stratum x arm + x on rows, arms contrasted at the strata's shares."""
    data = world(2, SIZES)
    effect = estimate_effect("mean", *cells(data, "y", "x_y", "x_d"), estimator="cuped")
    group = 2 * data["stratum"] + data["arm"]
    dummies = np.stack([group == g for g in range(6)], axis=1).astype(float)
    covariates = np.column_stack([data["x_y"], data["x_d"]])
    covariates -= covariates.mean(axis=0)
    coefficients = sm.OLS(data["y"], np.hstack([dummies, covariates])).fit().params
    shares = np.bincount(data["stratum"]) / len(group)
    assert effect.estimate == pytest.approx(
        shares @ (coefficients[1:6:2] - coefficients[0:6:2]), rel=1e-10
    )
    assert effect.control_mean == pytest.approx(shares @ coefficients[0:6:2], rel=1e-10)


@pytest.mark.parametrize(
    ("kind", "estimator", "columns"),
    [
        ("mean", "cuped", ("y", "x_y")),
        ("ratio", "unadjusted", ("y", "d")),
        ("ratio", "cuped", ("y", "d", "x_y", "x_d")),
    ],
)
def test_control_and_effect_vary_jointly_as_their_influence_functions_say(kind, estimator, columns):
    """On rows: what a unit adds within its cell, and by being one more of its stratum."""
    data = world(3, SIZES)
    control, treatment = cells(data, *columns)
    comparison = compare(kind, control, treatment, estimator=estimator)
    assert isinstance(comparison, Comparison)
    n = len(data["y"])
    share_of = np.bincount(data["stratum"]) / n
    everyone = np.ones(n, dtype=bool)

    def of_arm(a):
        return (data["arm"] == a) if a is not None else everyone

    def level(values, a):
        """Mean over strata, weighted by their units, within an arm or both."""
        keep = of_arm(a)
        return sum(s * values[keep & (data["stratum"] == k)].mean() for k, s in enumerate(share_of))

    def linear(numerator, denominator, a):
        if kind == "mean":
            return data[numerator].astype(float)
        y, d = data[numerator], data[denominator]
        ratio = level(y, a) / level(d, a)
        return (y - ratio * d) / level(d, a)

    theta = 0.0
    if estimator == "cuped":
        products = np.zeros((2, 2))
        for k in range(3):
            for a in (0, 1):
                cell = of_arm(a) & (data["stratum"] == k)
                pair = linear("y", "d", None)[cell], linear("x_y", "x_d", None)[cell]
                products += np.cov(*pair) * (cell.sum() - 1)
        theta = products[0, 1] / products[1, 1]
    own, anyone = {}, np.zeros(n)
    for a in (0, 1):
        own[a] = linear("y", "d", a)
        if estimator == "cuped":
            own[a] = own[a] - theta * linear("x_y", "x_d", a)
    if estimator == "cuped":
        anyone = theta * linear("x_y", "x_d", None)
    expected = np.zeros((2, 2))
    stratum_rows = []
    for k, s in enumerate(share_of):
        here = data["stratum"] == k
        for a in (0, 1):
            cell = here & (data["arm"] == a)
            size = cell.sum()
            of_control = anyone[cell] * (size / n) + own[0][cell] * (s if a == 0 else 0.0)
            of_effect = own[a][cell] * s * (1 if a else -1)
            expected += np.cov(of_control, of_effect) / size
        at = [own[a][here & (data["arm"] == a)].mean() for a in (0, 1)]
        stratum_rows.append([at[0] + anyone[here].mean(), at[1] - at[0]])
    expected += np.cov(np.array(stratum_rows)[data["stratum"]].T, bias=True) / n
    np.testing.assert_allclose(comparison.covariance, expected, rtol=1e-9)


def test_a_stratified_ratio_is_a_ratio_of_weighted_means_not_a_mean_of_ratios() -> None:
    """Cochran (1977), sec. 6.11: the combined estimate; a stratum without d is no problem."""
    data = world(4, SIZES)
    data["d"][(data["stratum"] == 0) & (data["arm"] == 1)] = 0.0
    control, treatment = cells(data, "y", "d")
    effect = estimate_effect("ratio", control, treatment)
    shares = np.bincount(data["stratum"]) / len(data["y"])
    ratios = [
        shares @ [c.mean_of("y") for c in arm] / (shares @ [c.mean_of("d") for c in arm])
        for arm in (control, treatment)
    ]
    assert effect.estimate == pytest.approx(ratios[1] - ratios[0], rel=1e-12)
    assert effect.status == "ok"


# Algebra.


@given(SEEDS, WAYS)
def test_one_stratum_gives_the_same_bits_as_none(seed, way) -> None:
    kind, estimator = way
    control, treatment = samples(seed, kind, 1)
    one = estimate_effect(kind, control[0], treatment[0], estimator=estimator)
    assert repr(estimate_effect(kind, control, treatment, estimator=estimator)) == repr(one)


@given(SEEDS, WAYS, st.permutations(range(4)))
def test_the_order_of_strata_does_not_matter(seed, way, order) -> None:
    kind, estimator = way
    arms = samples(seed, kind, 4)
    one = estimate_effect(kind, *arms, estimator=estimator)
    other = estimate_effect(kind, *([arm[i] for i in order] for arm in arms), estimator=estimator)
    for field, value in numbers(one).items():
        assert getattr(other, field) == pytest.approx(value, rel=1e-7, abs=1e-10, nan_ok=True)


@given(SEEDS, WAYS)
def test_a_stratum_with_one_unit_in_an_arm_changes_nothing_and_is_named(seed, way) -> None:
    kind, estimator = way
    arms = samples(seed, kind)
    one = estimate_effect(kind, *arms, estimator=estimator)
    k = arms[0][0].mean.size
    single = Moments(arms[0][0].columns, 1, np.full(k, 0.5), np.full((k, k), np.nan))
    nobody = Moments(arms[0][0].columns, 0, np.full(k, np.nan), np.full((k, k), np.nan))
    control = [nobody, *arms[0], arms[0][0]]
    treatment = [nobody, *arms[1], single]
    other = estimate_effect(kind, control, treatment, estimator=estimator)
    assert repr(other) == repr(one)
    assert left_out_strata(control, treatment) == (0, 4)
    assert left_out_strata(*arms) == ()


@given(SEEDS, WAYS, st.sampled_from([0.001, 0.2]))
def test_absolute_and_relative_intervals_agree_with_the_p_value_at_any_level(seed, way, alpha):
    kind, estimator = way
    effect = with_alpha(estimate_effect(kind, *samples(seed, kind), estimator=estimator), alpha)
    assume(effect.status == "ok" and abs(effect.p_value - alpha) > 1e-9)
    assert (effect.ci_lower > 0 or effect.ci_upper < 0) == (effect.p_value < alpha)
    relative = effect.relative_ci_lower, effect.relative_ci_upper
    if not math.isnan(relative[0]) and not math.isnan(relative[1]):
        # The score tests of a difference and of a ratio have the same null at zero only.
        assert (relative[0] > 0 or relative[1] < 0) == (effect.p_value < alpha)


@given(SEEDS, WAYS, st.floats(0.01, 0.9), st.booleans(), st.sampled_from(["increase", "decrease"]))
def test_a_margins_bound_agrees_with_its_p_value(seed, way, margin, relative, direction) -> None:
    kind, estimator = way
    result = non_inferiority(
        kind,
        *samples(seed, kind),
        margin=margin,
        relative=relative,
        direction=direction,
        estimator=estimator,
    )
    assume(not math.isnan(result.bound) and abs(result.p_value - 0.05) > 1e-9)
    within = result.bound > -margin if direction == "increase" else result.bound < margin
    assert result.is_non_inferior == within == (result.p_value <= 0.05)


@given(SEEDS)
def test_merging_sparse_strata_keeps_every_unit_and_leaves_none_out(seed) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.choice([0, 1, 2, 30, 31], size=(2, 5))
    sizes[:, 2] = 40
    values = [[rng.normal(size=n) for n in row] for row in sizes]
    arms = [[Moments.from_rows(("y",), v) for v in row] for row in values]
    merged = merge_sparse_strata(*arms)
    assert left_out_strata(*merged) == ()
    sparse = [k for k in range(5) if sizes[:, k].min() < 2]
    for row, arm in zip(values, merged, strict=True):
        assert len(arm) == 5 - len(sparse)
        assert sum(cell.n for cell in arm) == sum(map(len, row))
        largest = arm[sum(k not in sparse for k in range(2))]
        expected = np.concatenate([row[k] for k in sorted({2, *sparse})])
        assert largest.n == len(expected)
        assert largest.mean[0] == pytest.approx(expected.mean(), abs=1e-12)


def test_strata_too_sparse_everywhere_become_one() -> None:
    one, two = Moments.from_rows(("y",), [1.0]), Moments.from_rows(("y",), [2.0, 4.0])
    control, treatment = merge_sparse_strata([one, two, two], [two, one, one])
    assert [cell.n for cell in (*control, *treatment)] == [5, 4]


# What cannot be had.


def test_no_stratum_with_both_arms_is_a_status() -> None:
    some, none = Moments.from_rows(("y",), [1.0, 2.0, 3.0]), Moments.from_rows(("y",), np.empty(0))
    for kind in ("mean", "proportion"):
        effect = estimate_effect(kind, [some, none], [none, some])
        assert (effect.status, effect.status_reason) == (
            "too_few_units",
            "No stratum has two units of each arm.",
        )
        assert (effect.control_n, effect.treatment_n) == (3, 3)
        assert math.isnan(effect.control_mean)
        effect = estimate_effect(kind, [some, some], [none, none])
        assert (effect.status, effect.status_reason) == ("no_data", "The treatment has no units.")


def test_constants_within_every_stratum_have_no_test() -> None:
    arms = [[Moments.from_rows(("y",), [v] * 5) for v in (1.0, 2.0)] for _ in "ct"]
    effect = estimate_effect("mean", *arms)
    assert (effect.status, effect.estimate) == ("zero_variance", 0.0)


def test_zero_events_in_a_stratums_arm_still_give_an_estimate_and_an_interval() -> None:
    """Law 10."""
    control, treatment = [share(90, 9_900), share(50, 5_000)], [share(0, 100), share(70, 5_000)]
    effect = estimate_effect("proportion", control, treatment)
    assert effect.ci_lower < effect.estimate < effect.ci_upper
    assert effect.relative_ci_lower < effect.relative < effect.relative_ci_upper
    none = [share(0, 100), share(0, 5_000)]
    effect = estimate_effect("proportion", none, treatment)
    assert effect.status == "relative_undefined"
    assert effect.relative_ci_lower > 0
    assert math.isnan(effect.relative_ci_upper)
    assert estimate_effect("proportion", none, none).p_value == 1.0


@pytest.mark.parametrize(("events", "status"), [(15, "covariate_unusable"), (25, "ok")])
def test_cuped_leaves_a_heavy_stratum_of_rare_events_to_the_score_test(events, status) -> None:
    """Events in a stratum of 100 units that stands for half of them, beside 5,000 with 500."""
    rng = np.random.default_rng(5)

    def cell(n, count):
        y = np.zeros(n)
        y[:count] = 1.0
        return Moments.from_rows(("y", "x_y"), np.column_stack([y, rng.normal(size=n)]))

    control = [cell(9_900, 2_000), cell(5_000, 500)]
    treatment = [cell(100, events), cell(5_000, 500)]
    effect = estimate_effect("proportion", control, treatment, estimator="cuped")
    assert effect.status == status


def test_misuse_is_told_by_name_value_and_rule() -> None:
    cell = share(5, 10)
    with pytest.raises(ValueError, match=r"len\(treatment\) == 1, must be len\(control\) == 2"):
        estimate_effect("mean", [cell, cell], [cell])
    with pytest.raises(ValueError, match=r"len\(control\) == 0, must be >= 1"):
        estimate_effect("mean", [], [])
    with pytest.raises(ValueError, match=r"columns == \('d',\), must be \('y',\)"):
        estimate_effect("mean", [cell, cell], [cell, cell.project([[1.0]], ("d",))])


def test_strata_and_covariates_reduce_the_variance_by_what_they_explain() -> None:
    """Half of the variance is between strata, and .18 the covariate's."""
    rng = np.random.default_rng(17)
    n = 60_000
    data = {"stratum": rng.integers(3, size=n), "arm": rng.integers(2, size=n)}
    data["x_y"] = rng.normal(size=n)
    data["y"] = 1.5**0.5 * data["stratum"] + 0.6 * data["x_y"] + 0.8 * rng.normal(size=n)
    arms = cells(data, "y", "x_y")
    whole = estimate_effect("mean", *(arm[0].merge(arm[1]).merge(arm[2]) for arm in arms))
    strata = estimate_effect("mean", *arms)
    cuped = estimate_effect("mean", *arms, estimator="cuped")
    assert math.isnan(strata.variance_reduction)
    assert with_variance_reduction(strata, whole).variance_reduction == pytest.approx(0.5, abs=0.01)
    assert cuped.variance_reduction == pytest.approx(0.36, abs=0.01)
    both = with_variance_reduction(cuped, whole).variance_reduction
    assert both == pytest.approx(0.68, abs=0.01)
    again = with_variance_reduction(cuped, strata).variance_reduction
    assert again == pytest.approx(cuped.variance_reduction, rel=1e-9)

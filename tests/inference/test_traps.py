"""What platforms get wrong: each test shows the wrong way failing and ours holding."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from abstats.inference import estimate_effect
from abstats.inference.anytime import mixture_sprt
from abstats.inference.bayes import FLAT_PRIOR, NormalPrior, normal_posterior
from abstats.inference.sequential import Spending, spending_bounds
from abstats.moments import Moments

from .rows import batch_moments, share

LABELS = (0, 1)


def test_trap_1_a_flat_priors_winners_are_wrong_and_bounds_that_survive_peeking_are_not() -> None:
    """28 looks at no effect: 46 % have a winner. Below, effects that come from a prior."""
    rng = np.random.default_rng(1)
    tests, looks = 20_000, 28
    error = math.sqrt(0.05 * 0.95 / tests)
    information = np.arange(1.0, looks + 1)
    scores = rng.standard_normal((tests, looks)).cumsum(axis=1)
    z = scores / np.sqrt(information)

    def winner_beyond(prior):
        """The estimate at which the chance to win is 95 %, at each look."""
        limits = []
        for std_error in information**-0.5:
            at_zero, at_one = (normal_posterior(y, std_error, prior) for y in (0.0, 1.0))
            limits.append((1.6448536 * at_zero.sd - at_zero.mean) / (at_one.mean - at_zero.mean))
        return np.array(limits)

    flat = np.abs(scores / information) > winner_beyond(FLAT_PRIOR)
    assert flat.any(axis=1).mean() == pytest.approx(0.46, abs=0.015)
    assert flat[:, :5].any(axis=1).mean() == pytest.approx(0.26, abs=0.015)
    sprt = [mixture_sprt(0.0, s, 0.3).ci_upper / s for s in information**-0.5]
    assert (np.abs(z) > sprt).any(axis=1).mean() < 0.05
    for function in ("obrien_fleming", "pocock"):
        bounds = spending_bounds(information / looks, alpha=0.05, spending=Spending(function))
        crossed = (np.abs(z) >= bounds.upper).any(axis=1).mean()
        assert crossed == pytest.approx(0.05, abs=4 * error)
    # A prior that is right about where effects come from: wrong among those it stops.
    spread = 0.3
    effects = spread * rng.standard_normal((tests, 1))
    estimates = effects + scores / information
    wrong = {}
    for prior in (FLAT_PRIOR, NormalPrior(0.0, spread, "calibrated")):
        beyond = np.abs(estimates) > winner_beyond(prior)
        first = beyond.argmax(axis=1)
        stopped = beyond.any(axis=1)
        called = np.sign(estimates[np.arange(tests), first]) * np.sign(effects[:, 0])
        wrong[prior.source] = (called < 0)[stopped].mean()
    assert wrong["flat"] > 0.05 + 8 * error
    assert wrong["calibrated"] < 0.05


def test_trap_3_a_covariate_from_inside_the_experiment_eats_the_effect_it_measures() -> None:
    """A true 5 % becomes about 1.8 %, with much the same variance gain."""
    rng = np.random.default_rng(3)
    n = 100_000
    treated = rng.random(n) < 0.5
    taste = rng.gamma(4.0, 2.5, size=n)
    lift = np.where(treated, 1.05, 1.0)
    before = taste + rng.normal(scale=2.0, size=n)
    first_days = taste * lift + rng.normal(scale=2.0, size=n)
    y = taste * lift + rng.normal(scale=2.0, size=n)

    def adjusted(covariate):
        rows = np.column_stack([y, covariate - covariate.mean()])
        arms = [Moments.from_rows(("y", "x_y"), rows[treated == arm]) for arm in LABELS]
        return estimate_effect("mean", *arms, estimator="cuped")

    wrong, ours = adjusted(first_days), adjusted(before)
    assert wrong.relative < 0.02
    assert wrong.relative_ci_upper < 0.05
    assert ours.relative == pytest.approx(0.05, abs=0.008)
    assert ours.relative_ci_lower < 0.05 < ours.relative_ci_upper
    assert wrong.variance_reduction == pytest.approx(ours.variance_reduction, abs=0.05)


def test_trap_4_zero_fill_with_an_indicator_keeps_the_effect_that_dropping_changes() -> None:
    """40 % of units are new: an effect of .10 for the others, .40 for them, .22 for all."""
    rng = np.random.default_rng(4)
    n = 200_000
    treated = rng.random(n) < 0.5
    is_new = rng.random(n) < 0.4
    x = np.where(is_new, 0.0, rng.normal(3.0, 1.0, size=n))
    effect = np.where(is_new, 0.40, 0.10)
    y = 0.9 * x + effect * treated + rng.normal(scale=0.5, size=n)
    truth = 0.22

    kept = ~is_new
    dropped = [
        Moments.from_rows(("y", "x_y"), np.column_stack([y, x])[kept & (treated == a)])
        for a in LABELS
    ]
    wrong = estimate_effect("mean", *dropped, estimator="cuped")
    assert wrong.estimate == pytest.approx(0.10, abs=0.01)
    assert wrong.ci_upper < truth

    centred = np.where(is_new, 0.0, x - x[kept].mean())
    rows = np.column_stack([y, centred, is_new])
    arms = [Moments.from_rows(("y", "x_y", "missing"), rows[treated == a]) for a in LABELS]
    ours = estimate_effect("mean", *arms, estimator="cuped")
    assert ours.ci_lower < truth < ours.ci_upper
    assert ours.variance_reduction > 0.5
    # The indicator earns its place: without it the new units' own level is noise.
    without = estimate_effect("mean", *(a.select("y", "x_y") for a in arms), estimator="cuped")
    assert without.variance_reduction < ours.variance_reduction - 0.2


def test_trap_9_a_delta_interval_of_the_lift_contradicts_the_absolute_test_and_ours_agrees() -> (
    None
):
    rng = np.random.default_rng(9)
    n_worlds, n = 4_000, 60
    disagreements = 0
    for control, treatment in zip(
        rng.exponential(size=(n_worlds, n, 1)),
        1.35 * rng.exponential(size=(n_worlds, n, 1)),
        strict=True,
    ):
        arms = [Moments.from_rows(("y",), rows) for rows in (control, treatment)]
        effect = estimate_effect("mean", *arms)
        is_significant = effect.p_value < 0.05
        excludes_zero = effect.relative_ci_lower > 0 or effect.relative_ci_upper < 0
        assert excludes_zero == is_significant
        z = effect.relative / effect.relative_std_error
        disagreements += (2 * stats.norm.sf(abs(z)) < 0.05) != is_significant
    assert disagreements / n_worlds > 0.02


def test_trap_10_no_event_in_control_still_gives_an_estimate_and_an_interval() -> None:
    effect = estimate_effect("proportion", share(0, 1000), share(30, 1000))
    # The wrong way: a log ratio or Wald's relative effect has nothing to say.
    assert math.isnan(effect.relative)
    assert effect.estimate == pytest.approx(0.03)
    assert 0 < effect.ci_lower < 0.03 < effect.ci_upper
    assert effect.p_value == pytest.approx(3.41375e-08, rel=1e-6)
    assert effect.relative_ci_lower > 6
    none = estimate_effect("proportion", share(0, 1000), share(0, 1000))
    assert (none.estimate, none.p_value) == (0.0, 1.0)
    assert none.ci_lower < 0 < none.ci_upper
    gone = estimate_effect("proportion", share(30, 1000), share(0, 1000))
    assert gone.relative == -1.0
    assert gone.relative_ci_lower == -1.0 < gone.relative_ci_upper < 0


def test_trap_11_an_offset_of_1e8_changes_no_test() -> None:
    rng = np.random.default_rng(11)
    values = [np.round(rng.normal(size=5_000), 6), np.round(rng.normal(0.05, 1, size=5_000), 6)]
    plain = estimate_effect("mean", *(Moments.from_rows(("y",), v) for v in values))
    shifted = [v + 1e8 for v in values]
    wrong_variance = sum((np.sum(v**2) - np.sum(v) ** 2 / 5_000) / 4_999 / 5_000 for v in shifted)
    assert abs(wrong_variance / plain.std_error**2 - 1) > 0.1
    ours = estimate_effect("mean", *(Moments.from_rows(("y",), v) for v in shifted))
    assert ours.std_error == pytest.approx(plain.std_error, rel=1e-6)
    assert ours.p_value == pytest.approx(plain.p_value, rel=1e-4)


def test_trap_12_pooled_regression_variance_covers_65_percent_where_welch_covers_95() -> None:
    """Arms of 10/90 percent; the small one varies most."""
    rng = np.random.default_rng(12)
    tests, small, large = 4_000, 100, 900
    rho, spread = 0.7, math.sqrt(1 - 0.7**2)

    def draw(n, sd):
        x = rng.normal(size=(tests, n))
        y = sd * (rho * x + spread * rng.normal(size=(tests, n)))
        return np.stack([y, x], axis=2)

    rows = draw(large, 1.0), draw(small, 4.0)
    arms = [batch_moments(("y", "x_y"), table) for table in rows]
    covered_wrong = covered = 0
    for control, treatment in zip(*arms, strict=True):
        effect = estimate_effect("mean", control, treatment, estimator="cuped")
        covered += effect.ci_lower <= 0 <= effect.ci_upper
        pooled = (effect.control_std**2 * (large - 1) + effect.treatment_std**2 * (small - 1)) / (
            large + small - 3
        )
        half = 1.96 * math.sqrt(pooled * (1 / large + 1 / small))
        covered_wrong += abs(effect.estimate) <= half
    assert covered_wrong / tests < 0.75
    assert covered / tests > 0.93
    # The wrong way is what a regression prints.
    y, x = (np.concatenate([rows[a][0, :, i] for a in LABELS]) for i in (0, 1))
    arm = np.repeat([0.0, 1.0], [large, small])
    fit = sm.OLS(y, np.column_stack([np.ones(len(y)), arm, x])).fit()
    first = estimate_effect("mean", arms[0][0], arms[1][0], estimator="cuped")
    assert fit.params[1] == pytest.approx(first.estimate, rel=1e-10)
    assert fit.bse[1] < 0.6 * first.std_error


def test_trap_16_the_n_of_a_mean_is_the_n_of_its_values() -> None:
    """Half the values NULL: counting all rows rejects far more than 5 % of A/A tests."""
    rng = np.random.default_rng(16)
    tests, n = 4_000, 100
    arms = [batch_moments(("y",), rng.normal(size=(tests, n, 1))) for _ in LABELS]
    wrong = ours = 0
    for control, treatment in zip(*arms, strict=True):
        ours += estimate_effect("mean", control, treatment).p_value < 0.05
        counted = [Moments(m.columns, 2 * n, m.mean, m.cov) for m in (control, treatment)]
        wrong += estimate_effect("mean", *counted).p_value < 0.05
    assert wrong / tests > 0.14
    assert 0.04 < ours / tests < 0.06


@pytest.mark.parametrize("mean", [1e-9, -0.01, 0.01])
def test_trap_17_a_control_mean_near_zero_has_no_relative_interval_but_an_absolute_one(mean):
    base = np.array([-1.0, 1.0, -2.0, 2.0, 0.5, -0.5] * 20)
    control = Moments.from_rows(("y",), base + mean)
    treatment = Moments.from_rows(("y",), base + 1.0)
    # The wrong way: a symmetric interval of the relative effect, however meaningless.
    effect = estimate_effect("mean", control, treatment)
    assert math.isfinite(effect.relative_std_error)
    assert effect.status == "relative_unbounded"
    assert "unbounded" in effect.status_reason
    assert math.isnan(effect.relative_ci_lower)
    assert math.isnan(effect.relative_ci_upper)
    assert 0 < effect.ci_lower < effect.estimate < effect.ci_upper
    assert effect.p_value < 0.001


def test_trap_17_a_negative_control_mean_turns_nothing_around() -> None:
    base = np.random.default_rng(17).normal(size=500)
    control = Moments.from_rows(("y",), base - 10.0)
    treatment = Moments.from_rows(("y",), base - 9.0)
    effect = estimate_effect("mean", control, treatment)
    # The wrong way divides by the mean itself, and calls a gain a loss; its logarithm is NaN.
    assert effect.estimate / effect.control_mean < 0
    assert effect.estimate > 0
    assert effect.relative == pytest.approx(1 / abs(effect.control_mean))
    assert 0 < effect.relative_ci_lower < effect.relative < effect.relative_ci_upper


def test_trap_17_a_control_mean_of_zero_is_undefined_not_an_error() -> None:
    control = Moments.from_rows(("y",), [-1.0, 1.0, -2.0, 2.0])
    treatment = Moments.from_rows(("y",), [3.0, 4.0, 5.0, 4.0])
    effect = estimate_effect("mean", control, treatment)
    assert effect.status == "relative_undefined"
    assert math.isnan(effect.relative)
    assert effect.ci_lower > 0


def test_trap_17_a_delta_interval_of_a_control_near_zero_misses_and_fiellers_set_holds() -> None:
    """Control at 1.5 of its standard errors, an effect of as much; unbounded sets hold all."""
    rng = np.random.default_rng(170)
    tests, n = 4_000, 400
    mean = 1.5 / math.sqrt(n)
    fieller = delta = 0
    for values in rng.normal(mean, 1.0, size=(tests, 2, n)):
        arms = [Moments.from_rows(("y",), values[0]), Moments.from_rows(("y",), values[1] + mean)]
        effect = estimate_effect("mean", *arms)
        # Fieller's set: all r for which the test of mu_t - (1 + r) mu_c = 0 does not reject.
        contrast = effect.estimate - effect.control_mean
        spread = effect.std_error**2 + effect.control_mean_variance
        spread -= 2.0 * effect.control_mean_covariance
        critical = stats.t.isf(0.025, effect.degrees_of_freedom)
        holds = abs(contrast) <= critical * math.sqrt(spread)
        if effect.status == "ok" and effect.control_mean > 0:
            assert holds == (effect.relative_ci_lower <= 1.0 <= effect.relative_ci_upper)
        fieller += holds
        delta += abs(effect.relative - 1.0) <= 1.96 * effect.relative_std_error
    error = math.sqrt(0.05 * 0.95 / tests)
    assert abs(delta / tests - 0.95) > 4 * error
    assert fieller / tests == pytest.approx(0.95, abs=4 * error)


def test_trap_18_an_uncentred_covariate_moves_nothing_of_ours() -> None:
    rng = np.random.default_rng(18)
    n = 2_000
    x = rng.normal(5.0, 1.0, size=(2, n))
    y = x + rng.normal(size=(2, n)) + np.array([[0.0], [2.0]])
    relative = {}
    for shift in (0.0, 1e6):
        arms = [
            Moments.from_rows(("y", "x_y"), np.column_stack([y[a], x[a] + shift])) for a in LABELS
        ]
        relative[shift] = estimate_effect("mean", *arms, estimator="cuped")
    for one, other in zip(relative[0.0], relative[1e6], strict=True):
        assert other == (pytest.approx(one, rel=1e-8) if isinstance(one, float) else one)
    # The wrong way subtracts theta times the raw covariate from the means.
    theta = np.cov(x[0], y[0])[0, 1] / np.var(x[0], ddof=1)
    wrong = [
        (y[1].mean() - y[0].mean()) / (y[0].mean() - theta * (x[0].mean() + shift))
        for shift in (0.0, 1e6)
    ]
    assert abs(wrong[0] - wrong[1]) > 0.1


def test_trap_19_threads_add_in_any_order_and_neither_test_nor_verdict_moves() -> None:
    """Sums differ in their last digits, rounded or not; effects agree to 1e-9 of an error."""
    rng = np.random.default_rng(19)
    metrics, chunks, size = 60, 16, 125
    rows = rng.lognormal(10.0, 1.0, size=(metrics, 2, chunks, size))
    differ = rounded_differ = 0
    for metric in rows:
        effects, raw = [], []
        for _ in range(4):
            order = rng.permutation(chunks)
            sums = [sum(arm[order].sum(axis=1).tolist()) for arm in metric]
            raw.append((sums[1] - sums[0]) / (chunks * size))
            arms = []
            for arm in metric:
                whole = Moments.from_rows(("y",), arm[order[0]])
                for k in order[1:]:
                    whole = whole.merge(Moments.from_rows(("y",), arm[k]))
                arms.append(whole)
            effects.append(estimate_effect("mean", *arms))
            assert repr(estimate_effect("mean", *arms)) == repr(effects[-1])
        differ += len(set(raw)) > 1
        rounded_differ += len({round(value, 11) for value in raw}) > 1
        first = effects[0]
        for other in effects[1:]:
            for name in ("estimate", "std_error", "ci_lower", "ci_upper"):
                gap = abs(getattr(other, name) - getattr(first, name))
                assert gap <= 1e-9 * first.std_error
            assert other.p_value == pytest.approx(first.p_value, rel=1e-9)
            assert (other.p_value <= 0.05) == (first.p_value <= 0.05)
    assert differ / metrics > 0.5
    assert rounded_differ > 0


def test_law_14_tail_p_values_are_not_one_minus_a_cdf() -> None:
    arms = [Moments(("y",), 10_000, np.array([m]), np.array([[1.0]])) for m in (0.0, 0.3)]
    effect = estimate_effect("mean", *arms)
    t, df = effect.statistic, effect.degrees_of_freedom
    assert 2 * (1 - stats.t.cdf(t, df)) == 0.0
    assert effect.p_value == pytest.approx(2 * stats.t.sf(t, df), rel=1e-9)
    assert 0 < effect.p_value < 1e-90

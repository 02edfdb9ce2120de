"""Trap 1: what stopping at 95 % chance to win does, for each kind of prior."""

import math

import numpy as np
import pytest

from abstats.inference.bayes import (
    FLAT_PRIOR,
    NormalPrior,
    beta_binomial_posterior,
    calibrated_prior,
    declared_prior,
    normal_posterior,
)
from abstats.inference.bayes.calibration import FEWEST_EXPERIMENTS
from abstats.inference.score import Counts


def estimates(effects, information, rng):
    """Estimates at each look, shape (tests, looks), of information that accumulates."""
    steps = np.diff(information, prepend=0.0)
    noise = rng.standard_normal((len(effects), len(information))) * np.sqrt(steps)
    return effects[:, None] + noise.cumsum(axis=1) / information


def stopped(paths, information, prior):
    """The sign at which each test stops at 95 % chance to win or to lose; 0 if it never does."""
    # The chance is monotone in the estimate: the code says at which estimate it reaches 95 %.
    z = 1.6448536269514722
    limits = []
    for sign in (1.0, -1.0):
        for amount in information:
            shrunk = NormalPrior(sign * prior.mean, prior.sd, prior.source)
            at_zero = normal_posterior(0.0, amount**-0.5, shrunk)
            slope = normal_posterior(1.0, amount**-0.5, shrunk).mean - at_zero.mean
            limits.append((z * at_zero.sd - at_zero.mean) / slope)
    up, down = np.array(limits).reshape(2, -1)
    wins, loses = paths > up, -paths > down
    first = (wins | loses).argmax(axis=1)
    rows = np.arange(len(paths))
    return np.where(wins[rows, first], 1, np.where(loses[rows, first], -1, 0))


def test_the_limits_of_these_simulations_are_where_the_chance_to_win_is_95_percent() -> None:
    prior = declared_prior(0.3, 0.7)
    rng = np.random.default_rng(240)
    information = np.array([4.0, 9.0])
    for path in estimates(rng.normal(size=50), information, rng):
        signs = stopped(path[None, :], information, prior)
        chances = [
            normal_posterior(y, i**-0.5, prior).chance_to_win
            for y, i in zip(path, information, strict=True)
        ]
        decided = [1 if c > 0.95 else -1 for c in chances if c > 0.95 or c < 0.05]
        assert signs[0] == (decided[0] if decided else 0)


@pytest.mark.parametrize(("looks", "wrong"), [(1, 0.10), (5, 0.26), (28, 0.46)])
def test_trap_1_with_a_flat_prior_looking_often_finds_winners_where_nothing_is(looks, wrong):
    rng = np.random.default_rng(241)
    information = np.arange(1.0, looks + 1)
    paths = estimates(np.zeros(20_000), information, rng)
    rate = (stopped(paths, information, FLAT_PRIOR) != 0).mean()
    assert rate == pytest.approx(wrong, abs=0.01)
    assert f"{wrong:.0%}".replace("%", " %") in normal_posterior(1, 1, FLAT_PRIOR).peeking or (
        looks == 1
    )


def false_discoveries(experiments, error, histories, seed, spread=1.0):
    """Share of wrong ones among stopped tests, and of histories that make a prior."""
    rng = np.random.default_rng(seed)
    information = np.arange(1.0, 29.0) / 28.0 * 2.25
    wrong = decided = priors = 0
    for _ in range(histories):
        se = error * np.exp(0.3 * rng.standard_normal(experiments))
        true = spread * rng.standard_normal(experiments)
        result = calibrated_prior(true + se * rng.standard_normal(experiments), se)
        if result.prior is None:
            continue
        priors += 1
        effects = spread * rng.standard_normal(200)
        sign = stopped(estimates(effects, information, rng), information, result.prior)
        wrong += (sign * effects < 0).sum()
        decided += (sign != 0).sum()
    return wrong / decided, priors / histories


@pytest.mark.slow
@pytest.mark.parametrize(
    ("experiments", "error", "most"), [(20, 0.5, 0.055), (20, 1.0, 0.07), (50, 1.0, 0.055)]
)
def test_a_prior_estimated_from_past_experiments_keeps_the_promise_nearly(
    experiments, error, most
) -> None:
    """28 looks; `error` is the past standard errors over the spread of true effects."""
    assert experiments >= FEWEST_EXPERIMENTS
    rate, _ = false_discoveries(experiments, error, 150, 243)
    assert rate < most


@pytest.mark.slow
def test_a_calibrated_prior_does_not_protect_experiments_of_another_kind() -> None:
    """Effects a tenth of those the prior came from: the promise is about experiments like those."""
    rng = np.random.default_rng(244)
    information = np.arange(1.0, 29.0) / 28.0 * 10.0
    effects = 0.1 * rng.standard_normal(8_000)
    sign = stopped(estimates(effects, information, rng), information, NormalPrior(0, 1, "declared"))
    assert (sign * effects < 0)[sign != 0].mean() > 0.2


@pytest.mark.slow
def test_beta_priors_of_the_arms_do_not_protect_either() -> None:
    """A/A at 5 %, uniform priors, 200 units an arm and look: 26 % after 5 looks."""
    rng = np.random.default_rng(245)
    tests, looks, units = 120, 5, 200
    events = rng.binomial(units, 0.05, size=(tests, 2, looks)).cumsum(axis=2)
    stops = 0
    for control, treatment in events:
        for look in range(looks):
            n = units * (look + 1)
            chance = beta_binomial_posterior(
                Counts(int(control[look]), n, int(treatment[look]), n)
            ).chance_to_win
            if not 0.05 < chance < 0.95:
                stops += 1
                break
    assert stops / tests == pytest.approx(0.26, abs=0.11)


def test_every_result_says_what_peeking_does_to_it() -> None:
    flat = normal_posterior(1.0, 1.0, FLAT_PRIOR).peeking
    declared = normal_posterior(1.0, 1.0, declared_prior(0.0, 1.0)).peeking
    calibrated = normal_posterior(1.0, 1.0, NormalPrior(0.0, 1.0, "calibrated")).peeking
    arms = beta_binomial_posterior(Counts(1, 10, 2, 10)).peeking
    assert flat.startswith("flat prior: not protected")
    assert declared.startswith("declared prior: protected in expectation")
    assert calibrated.startswith(
        "calibrated prior: protected in expectation over experiments like those"
    )
    assert "not protected" in arms
    for label in (flat, declared, arms):
        assert "26 %" in label
        assert "46 %" in label
    assert math.isnan(normal_posterior(math.nan, 1.0, FLAT_PRIOR).mean)

"""The beta-binomial model against finite sums in fractions and published formulas."""

import math
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.inference.bayes import beta_binomial_posterior, beta_prior, normal_posterior
from abstats.inference.bayes.priors import FLAT_PRIOR
from abstats.inference.score import Counts

SMALL = st.integers(0, 30)


def inverse_beta(a: int, b: int) -> Fraction:
    """1 / B(a, b) for whole numbers."""
    return Fraction(a * b, a + b) * comb(a + b, a)


def beats(a0: int, b0: int, a1: int, b1: int) -> Fraction:
    """P(Beta(a1, b1) > Beta(a0, b0)): Miller (2014), eq. 6, in fractions."""
    total = Fraction(0)
    for i in range(a1):
        total += (
            inverse_beta(1 + i, b1) * inverse_beta(a0, b0) / inverse_beta(a0 + i, b0 + b1)
        ) / (b1 + i)
    return total


def loss(a0: int, b0: int, a1: int, b1: int) -> Fraction:
    """E max(control - treatment, 0): Stucchio (2015), sec. 6, through `beats`."""
    return Fraction(a0, a0 + b0) * beats(a1, b1, a0 + 1, b0) - Fraction(a1, a1 + b1) * beats(
        a1 + 1, b1, a0, b0
    )


def test_two_draws_can_be_counted_by_hand() -> None:
    """Uniform priors, 0 of 1 and 1 of 1: densities 2 (1 - x) and 2 y, so P(y > x) = 5/6."""
    result = beta_binomial_posterior(Counts(0, 1, 1, 1))
    assert result.chance_to_win == pytest.approx(5 / 6, rel=1e-12)
    assert result.mean == pytest.approx(1 / 3)
    assert result.expected_loss == pytest.approx(1 / 30, rel=1e-10)


@given(SMALL, SMALL, SMALL, SMALL, st.sampled_from(["increase", "decrease"]))
def test_agrees_with_the_published_sums(x0, rest0, x1, rest1, direction) -> None:
    if x0 + rest0 == 0 or x1 + rest1 == 0:
        return
    result = beta_binomial_posterior(Counts(x0, x0 + rest0, x1, x1 + rest1), direction=direction)
    beta = x0 + 1, rest0 + 1, x1 + 1, rest1 + 1
    if direction == "decrease":
        beta = rest0 + 1, x0 + 1, rest1 + 1, x1 + 1
    assert result.chance_to_win == pytest.approx(float(beats(*beta)), rel=1e-8)
    assert result.expected_loss == pytest.approx(float(loss(*beta)), rel=1e-6)
    mirrored = beta[2:] + beta[:2]
    assert result.expected_loss_of_control == pytest.approx(float(loss(*mirrored)), rel=1e-6)


@given(st.integers(0, 2_000), st.integers(2_000, 10**5), st.floats(0, 1), st.integers(10, 10**5))
def test_probabilities_losses_and_mirrors_add_up(x0, n0, rate, n1) -> None:
    x1 = round(rate * n1)
    up = beta_binomial_posterior(Counts(x0, n0, x1, n1))
    down = beta_binomial_posterior(Counts(x1, n1, x0, n0))
    assert up.chance_to_win + down.chance_to_win == pytest.approx(1.0, abs=1e-9)
    assert up.expected_loss_of_control - up.expected_loss == pytest.approx(up.mean, abs=1e-9)
    assert up.ci_lower == pytest.approx(-down.ci_upper, abs=1e-9)
    assert up.ci_lower < up.mean < up.ci_upper


def test_the_credible_interval_holds_what_it_says() -> None:
    rng = np.random.default_rng(231)
    for counts in (Counts(0, 50, 3, 50), Counts(5_000, 90_000, 60, 1_000), Counts(0, 9, 0, 9)):
        x0, n0, x1, n1 = counts
        draws = rng.beta(x1 + 1, n1 - x1 + 1, 10**6) - rng.beta(x0 + 1, n0 - x0 + 1, 10**6)
        result = beta_binomial_posterior(counts, alpha=0.1)
        assert (draws < result.ci_lower).mean() == pytest.approx(0.05, abs=0.001)
        assert (draws > result.ci_upper).mean() == pytest.approx(0.05, abs=0.001)
        assert result.sd == pytest.approx(draws.std(), rel=0.005)


def test_many_units_make_it_the_normal_model() -> None:
    n, x0, x1 = 10**7, 500_000, 500_300
    p0, p1 = x0 / n, x1 / n
    error = math.sqrt((p0 * (1 - p0) + p1 * (1 - p1)) / n)
    normal = normal_posterior(p1 - p0, error, FLAT_PRIOR)
    result = beta_binomial_posterior(Counts(x0, n, x1, n))
    assert result.chance_to_win == pytest.approx(normal.chance_to_win, abs=1e-5)
    assert result.expected_loss == pytest.approx(normal.expected_loss, rel=1e-4)
    assert result.ci_lower == pytest.approx(normal.ci_lower, abs=1e-4 * error)


def test_a_prior_counts_as_units_already_seen() -> None:
    prior = beta_prior(5.0, 95.0)
    believed = beta_binomial_posterior(
        Counts(3, 50, 8, 50), control_prior=prior, treatment_prior=prior
    )
    seen = beta_binomial_posterior(Counts(3 + 4, 50 + 98, 8 + 4, 50 + 98))
    assert believed == seen


def test_arms_without_events_under_jeffreys_prior_have_finite_numbers() -> None:
    prior = beta_prior(0.5, 0.5)
    result = beta_binomial_posterior(
        Counts(0, 1_000, 0, 1_000), control_prior=prior, treatment_prior=prior
    )
    assert result.chance_to_win == pytest.approx(0.5, abs=1e-9)
    assert result.ci_lower == pytest.approx(-result.ci_upper, abs=1e-12)
    assert 0 < result.expected_loss < 0.001


def test_an_arm_without_units_has_no_posterior() -> None:
    result = beta_binomial_posterior(Counts(0, 0, 5, 10))
    assert result.status == "no_data"
    assert math.isnan(result.chance_to_win)


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"events == 11, must be >= 0 and <= units == 10"):
        beta_binomial_posterior(Counts(11, 10, 5, 10))
    with pytest.raises(ValueError, match=r"others == 0.0, must be >= 0.1 and finite"):
        beta_prior(1.0, 0.0)

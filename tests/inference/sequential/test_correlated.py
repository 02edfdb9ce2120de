"""Looks with their actual correlation: brute force, and accumulating totals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from abstats.inference.sequential import spending_bounds
from abstats.inference.sequential.correlated import correlated_looks
from abstats.inference.sequential.crossing import exit_probabilities
from abstats.inference.sequential.increments import independent_increments

from .oracles import canonical_correlation, equal, first_crossing
from .test_spending import OBRIEN_FLEMING, POCOCK


@pytest.mark.parametrize(("looks", "error"), [(2, 1e-6), (5, 3e-6), (12, 6e-5)])
@pytest.mark.parametrize("spending", [OBRIEN_FLEMING, POCOCK])
@pytest.mark.parametrize("sides", [1, 2])
def test_the_canonical_correlation_gives_the_recursions_bounds(looks, error, spending, sides):
    t = equal(looks)
    arguments = {"alpha": 0.05, "spending": spending, "sides": sides}
    exact = spending_bounds(t, **arguments).upper
    found = spending_bounds(t, **arguments, correlation=canonical_correlation(t)).upper
    np.testing.assert_allclose(found, exact, atol=error)


@pytest.mark.slow
def test_the_canonical_correlation_of_two_weeks_of_days() -> None:
    t = equal(14)
    exact = spending_bounds(t, alpha=0.05, spending=OBRIEN_FLEMING).upper
    matrix = canonical_correlation(t)
    found = spending_bounds(t, alpha=0.05, spending=OBRIEN_FLEMING, correlation=matrix).upper
    bounded = np.isfinite(exact)
    np.testing.assert_allclose(found[bounded], exact[bounded], atol=2e-4)


@pytest.mark.slow
@given(st.integers(0, 10_000), st.sampled_from([1, 2]))
@settings(max_examples=2, deadline=None)
def test_any_correlation_spends_its_share_by_scipys_integration(seed, sides) -> None:
    rng = np.random.default_rng(seed)
    draws = rng.normal(size=(4, 8)) + rng.normal(size=8)
    matrix = np.corrcoef(draws)
    bounds = spending_bounds(equal(4), alpha=0.1, spending=POCOCK, sides=sides, correlation=matrix)
    lower = -bounds.upper if sides == 2 else np.full(4, -np.inf)
    shares = np.diff(bounds.alpha_spent, prepend=0.0) / sides
    for k in range(1, 4):
        part = matrix[: k + 1, : k + 1]
        crossed = first_crossing(part, lower[: k + 1], bounds.upper[: k + 1])
        assert crossed == pytest.approx(shares[k], abs=2e-5)


def test_drift_and_two_regions_agree_with_the_recursion() -> None:
    """The continuation region of a two-sided test with futility, at an effect."""
    t = np.array([0.3, 0.6, 1.0])
    upper, futility = np.array([2.6, 2.4, 2.0]), np.array([0.3, 0.8, 2.0])
    exact = exit_probabilities(independent_increments(t), upper, futility, 2, 2.5)
    looks = correlated_looks(canonical_correlation(t), t)
    found = exit_probabilities(looks, upper, futility, 2, 2.5)
    for name in ("above", "below", "futility"):
        np.testing.assert_allclose(getattr(found, name), getattr(exact, name), atol=1e-5)


def test_the_same_input_gives_the_same_bytes() -> None:
    matrix = canonical_correlation([0.2, 0.3, 1.0]) ** 0.8
    first, second = (
        spending_bounds(equal(3), alpha=0.05, spending=POCOCK, correlation=matrix).upper
        for _ in range(2)
    )
    assert first.tobytes() == second.tobytes()


DAYS = np.array([7.0, 14.0, 21.0, 28.0])


def totals(rng, shape):
    """Totals of units that enter early and go on growing, and who has entered, at four looks."""
    entry = 28.0 * rng.beta(0.5, 3.0, shape)
    rate = rng.gamma(20.0, 1.0 / 20.0, shape)
    total, age, values, entered = np.zeros(shape), np.zeros(shape), [], []
    for day in DAYS:
        grown = np.clip(day - entry, 0.0, None)
        total = total + rng.poisson(rate * (grown - age))
        age = grown
        values.append(total)
        entered.append(grown > 0.0)
    return np.stack(values, -1), np.stack(entered, -1)


def mean_and_covariance(values, entered):
    """Means of the units entered, and the covariance of these means between looks."""
    n = entered.sum(-2)
    mean = (values * entered).sum(-2) / n
    residual = (values - mean[..., None, :]) * entered
    products = np.einsum("...ij,...ik->...jk", residual, residual)
    return n, mean, products / (n[..., :, None] * n[..., None, :])


def test_accumulating_totals_hold_alpha_with_their_covariance_and_not_with_n_fractions() -> None:
    """references.md: Lan-DeMets at n-fractions rejects .082 (O'Brien-Fleming), .074 (Pocock).

    Information goes backwards here, to a sixth: units come early and their totals go on growing.
    """
    rng = np.random.default_rng(406)
    n, _, covariance = mean_and_covariance(*totals(rng, (200_000,)))
    std_error = np.sqrt(np.diag(covariance))
    assert np.all(np.diff(1.0 / std_error**2) < 0.0)
    matrix = covariance / np.outer(std_error, std_error)
    experiments = 6_000
    z = []
    for _ in range(experiments // 1_000):
        arms = [mean_and_covariance(*totals(rng, (1_000, 200))) for _ in range(2)]
        variance = sum(np.diagonal(arm[2], axis1=-2, axis2=-1) for arm in arms)
        z.append((arms[0][1] - arms[1][1]) / np.sqrt(variance))
    z = np.abs(np.concatenate(z))
    error = np.sqrt(0.05 * 0.95 / experiments)
    for spending, wrong in ((OBRIEN_FLEMING, 0.082), (POCOCK, 0.074)):
        arguments = {"alpha": 0.05, "spending": spending, "is_final": True}
        naive = spending_bounds(n / n[-1] * [1, 1, 1, 1 + 1e-5], **arguments).upper
        rejected = (z >= naive).any(axis=1).mean()
        assert rejected == pytest.approx(wrong, abs=4 * error)
        assert rejected > 0.05 + 4 * error
        # Progress is time here: any increasing measure will do.
        actual = spending_bounds(DAYS / 28.0, **arguments, correlation=matrix).upper
        assert (z >= actual).any(axis=1).mean() == pytest.approx(0.05, abs=4 * error)


def test_one_look_is_the_fixed_test() -> None:
    bounds = spending_bounds([1.0], alpha=0.05, spending=POCOCK, correlation=[[1.0]])
    assert bounds.upper[0] == pytest.approx(stats.norm.isf(0.025), rel=1e-12)


@pytest.mark.parametrize(
    ("matrix", "rule"),
    [
        ([[1.0]], r"must have one row and one column per look \(2\)"),
        ([[1.0, 0.5], [0.4, 1.0]], "must be symmetric with ones on the diagonal"),
        ([[2.0, 0.5], [0.5, 1.0]], "must be symmetric with ones on the diagonal"),
        ([[1.0, np.nan], [np.nan, 1.0]], "must be symmetric with ones on the diagonal"),
        ([[1.0, 1.0], [1.0, 1.0]], "must be positive definite: every look needs news"),
        ([[1.0, -1.2], [-1.2, 1.0]], "must be positive definite"),
    ],
)
def test_matrices_that_are_no_correlations_are_refused(matrix, rule) -> None:
    with pytest.raises(ValueError, match=rule):
        spending_bounds([0.5, 1.0], alpha=0.05, spending=POCOCK, correlation=matrix)


def test_too_many_looks_are_refused() -> None:
    t = equal(31)
    with pytest.raises(ValueError, match=r"looks == 31, must be <= 30"):
        spending_bounds(t, alpha=0.05, spending=POCOCK, correlation=canonical_correlation(t))

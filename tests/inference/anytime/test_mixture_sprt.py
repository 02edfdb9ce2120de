"""The mixture SPRT against its definition, and over many looks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from abstats.inference.anytime import mixture_sprt

SIZES = st.floats(0.01, 100)


@pytest.mark.parametrize("sides", [1, 2])
def test_the_ratio_is_the_likelihood_averaged_over_effects(sides) -> None:
    """Johari, Pekelis & Walsh (2022), eq. 10, by quadrature."""
    estimate, std_error, mixing_sd, null = 0.7, 0.3, 0.5, 0.2

    def integrand(effect):
        ratio = stats.norm.pdf(estimate, effect, std_error) / stats.norm.pdf(
            estimate, null, std_error
        )
        return ratio * stats.norm.pdf(effect, null, mixing_sd) * (1 if sides == 2 else 2)

    mean, _ = integrate.quad(integrand, null if sides == 1 else -5, 6)
    test = mixture_sprt(estimate, std_error, mixing_sd, null=null, sides=sides)
    assert test.log_e_value == pytest.approx(math.log(mean), abs=1e-9)
    assert test.p_value == pytest.approx(min(1, 1 / mean), rel=1e-9)


def test_agrees_with_the_closed_form_of_the_paper() -> None:
    """Johari, Pekelis & Walsh (2022), eq. 11: n = 100, sigma^2 = 1, tau^2 = .04, mean .25."""
    n, sigma2, tau2, mean = 100, 1.0, 0.04, 0.25
    ratio = math.sqrt(sigma2 / (sigma2 + n * tau2)) * math.exp(
        n**2 * tau2 * mean**2 / (2 * sigma2 * (sigma2 + n * tau2))
    )
    test = mixture_sprt(mean, math.sqrt(sigma2 / n), math.sqrt(tau2))
    assert math.exp(test.log_e_value) == pytest.approx(ratio, rel=1e-12)


@given(st.floats(-100, 100), SIZES, SIZES, st.floats(0.001, 0.4), st.sampled_from([1, 2]))
def test_the_interval_is_the_nulls_whose_ratio_stays_below_one_over_alpha(
    estimate, std_error, mixing_sd, alpha, sides
) -> None:
    options = {"alpha": alpha, "sides": sides}
    test = mixture_sprt(estimate, std_error, mixing_sd, **options)
    at_bound = mixture_sprt(estimate, std_error, mixing_sd, null=test.ci_lower, **options)
    assert at_bound.p_value == pytest.approx(alpha, rel=1e-6)
    assert (test.ci_lower > 0) == (test.p_value < alpha) or test.ci_upper < 0
    assert test.ci_upper == (
        math.inf if sides == 1 else pytest.approx(2 * estimate - test.ci_lower, abs=1e-9)
    )


@pytest.mark.parametrize("mixing_sd", [0.02, 0.1, 1.0])
def test_p_values_below_alpha_at_any_of_2160_looks_are_rarer_than_alpha(mixing_sd) -> None:
    rng = np.random.default_rng(203)
    looks, tests, alpha = 2_160, 2_000, 0.05
    n = np.arange(1, looks + 1)
    mean = np.abs(rng.standard_normal((tests, looks)).cumsum(axis=1) / n)
    # The largest mean that is not rejected, from the interval around zero.
    bound = np.array([mixture_sprt(0.0, 1 / math.sqrt(k), mixing_sd).ci_upper for k in n])
    assert (mean > bound).any(axis=1).mean() < alpha


@pytest.mark.parametrize(("name", "at"), [("std_error", 1), ("mixing_sd", 2)])
@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_misuse_is_told_by_name_value_and_rule(name, at, value) -> None:
    arguments = [0.0, 1.0, 1.0]
    arguments[at] = value
    with pytest.raises(ValueError, match=rf"{name} == {value!r}, must be > 0 and finite"):
        mixture_sprt(*arguments)

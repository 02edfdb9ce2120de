"""The normal mixture against confseq's printed values, quadrature and random walks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from abstats.inference.anytime.normal_mixture import (
    boundary,
    critical_z,
    log_e_value,
    tuned_growth,
)

ALPHAS = st.floats(1e-6, 0.4)
GROWTHS = st.floats(1e-3, 1e4)
SIDES = st.sampled_from([1, 2])


def test_agrees_with_the_values_printed_in_confseqs_tests() -> None:
    """gostevehoward/confseq, tests of MixtureTest: v_opt 100, alpha .05."""
    rho = 100 / tuned_growth(0.05)
    assert rho == pytest.approx(12.60056, abs=1e-5)
    assert boundary(100, rho, 0.05) == pytest.approx(30.35209, abs=1e-5)
    assert log_e_value(10 / math.sqrt(100), 100 / rho) == pytest.approx(-0.6510052, abs=1e-6)
    one_sided = 100 / tuned_growth(0.05, 1)
    assert boundary(100, one_sided, 0.05, 1) == pytest.approx(27.66071, abs=1e-5)
    assert log_e_value(1, 100 / one_sided, 1) == pytest.approx(-0.06502391, abs=1e-7)


def test_the_closed_form_is_within_three_thousandths_of_the_tightest_boundary() -> None:
    best = optimize.minimize_scalar(
        lambda rho: boundary(100, rho, 0.05), bounds=(1, 100), method="bounded"
    )
    assert best.x == pytest.approx(12.17735, abs=1e-3)
    for alpha in (0.001, 0.05, 0.1):
        for sides in (1, 2):
            tightest = optimize.minimize_scalar(
                lambda growth, a=alpha, s=sides: critical_z(growth, a, s),
                bounds=(0.1, 100),
                method="bounded",
            )
            ours = critical_z(tuned_growth(alpha, sides), alpha, sides)
            assert tightest.fun <= ours < 1.003 * tightest.fun


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("z", [-2.0, 0.0, 1.5, 4.0])
@pytest.mark.parametrize("growth", [0.1, 8.0, 300.0])
def test_the_evidence_is_the_mean_likelihood_ratio_over_the_mixing_distribution(
    z, growth, sides
) -> None:
    """Of one standard normal observation z against drifts with standard deviation sqrt(growth)."""
    mixing = (
        stats.norm(scale=math.sqrt(growth))
        if sides == 2
        else stats.halfnorm(scale=math.sqrt(growth))
    )
    centre, width = z * growth / (1 + growth), 12 * math.sqrt(growth / (1 + growth))
    low = centre - width if sides == 2 else max(centre - width, 0.0)
    mean, _ = integrate.quad(
        lambda drift: math.exp(drift * z - drift**2 / 2) * mixing.pdf(drift),
        low,
        max(centre + width, width),
        limit=200,
    )
    assert log_e_value(z, growth, sides) == pytest.approx(math.log(mean), abs=1e-8)


@given(GROWTHS, ALPHAS, SIDES)
def test_the_boundary_is_where_the_evidence_reaches_one_over_alpha(growth, alpha, sides) -> None:
    z = critical_z(growth, alpha, sides)
    assert log_e_value(z, growth, sides) == pytest.approx(-math.log(alpha), rel=1e-9)
    assert log_e_value(1.01 * z, growth, sides) > -math.log(alpha)


@given(GROWTHS, ALPHAS)
def test_one_side_is_never_dearer_than_two_and_two_no_dearer_than_one_at_half_the_level(
    growth, alpha
) -> None:
    assert critical_z(growth, alpha, 1) <= critical_z(growth, alpha, 2) * (1 + 1e-12)
    assert critical_z(growth, alpha, 2) <= critical_z(growth, alpha / 2, 1) * (1 + 1e-12)


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6), ALPHAS, SIDES, st.floats(1e-3, 1e3))
def test_the_boundary_has_the_unit_of_the_sum(variance, rho, alpha, sides, scale) -> None:
    scaled = boundary(variance * scale**2, rho * scale**2, alpha, sides)
    assert scaled == pytest.approx(scale * boundary(variance, rho, alpha, sides), rel=1e-9)


@pytest.mark.parametrize("sides", [1, 2])
def test_a_random_walk_rarely_ever_crosses_where_a_fixed_test_nearly_always_does(sides) -> None:
    """2,160 looks, tuned at the last: the bound is exact, and it is not reached."""
    rng = np.random.default_rng(201)
    looks, walks, alpha = 2_160, 2_000, 0.05
    v = np.arange(1, looks + 1)
    z = rng.standard_normal((walks, looks)).cumsum(axis=1) / np.sqrt(v)
    z = np.abs(z) if sides == 2 else z
    growth = v / looks * tuned_growth(alpha, sides)
    critical = np.array([critical_z(g, alpha, sides) for g in growth])
    ours = (z > critical).any(axis=1).mean()
    fixed = (z > stats.norm.isf(alpha / sides)).any(axis=1).mean()
    assert 0.005 < ours < alpha
    assert fixed > 0.4


def test_evidence_is_a_fair_bet_under_the_null() -> None:
    """Its mean is one at any time: here over 400,000 draws of z."""
    rng = np.random.default_rng(202)
    z = rng.standard_normal(400_000)
    for growth in (0.1, 0.5):
        u = z**2 * growth / (1 + growth) / 2
        assert log_e_value(z[0], growth) == pytest.approx(u[0] - math.log1p(growth) / 2)
        assert np.mean(np.exp(u) / math.sqrt(1 + growth)) == pytest.approx(1.0, abs=0.01)


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"alpha == 1.5, must be > 0 and < 1"):
        tuned_growth(1.5)
    with pytest.raises(ValueError, match=r"alpha == 0.5, must be < 0.5 for one side"):
        critical_z(1.0, 0.5, 1)
    with pytest.raises(ValueError, match=r"sides == 3, must be 1 or 2"):
        critical_z(1.0, 0.05, 3)
    with pytest.raises(ValueError, match=r"variance == 0.0, must be > 0 and finite"):
        boundary(0.0, 1.0, 0.05)
    with pytest.raises(ValueError, match=r"rho == inf, must be > 0 and finite"):
        boundary(1.0, math.inf, 0.05)

"""Dunnett's test against his tables, brute-force integration and scipy, and in simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import adjust_p_values, dunnett_alphas, dunnett_p_values

INF = math.inf
SHARES = st.lists(st.floats(0.0, 0.95), min_size=1, max_size=4)
FREEDOM = st.one_of(st.floats(3.0, 1e5), st.just(INF))


def critical(k, freedom, alpha, sides):
    level = dunnett_alphas([0.5] * k, [freedom] * k, alpha, sides=sides)[0]
    return stats.t.isf(level / sides, freedom)


@pytest.mark.parametrize(
    ("k", "freedom", "two_sided", "one_sided"),
    [
        (1, 5, 2.57, 2.02),
        (2, 5, 3.03, 2.44),
        (3, 10, 2.76, 2.34),
        (9, 20, 2.95, 2.60),
        (5, INF, 2.51, 2.23),
    ],
)
def test_dunnetts_tables_of_five_percent(k, freedom, two_sided, one_sided) -> None:
    """Dunnett (1955), table 1a; Dunnett (1964), table II: equal arms, to two decimals."""
    assert critical(k, freedom, 0.05, 2) == pytest.approx(two_sided, abs=0.0051)
    assert critical(k, freedom, 0.05, 1) == pytest.approx(one_sided, abs=0.0051)


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("freedom", [4.0, 37.5, 5e4])
def test_agrees_with_gauss_quadrature_of_the_multivariate_t(freedom, sides) -> None:
    shares = np.array([0.2, 0.5, 0.9])
    own, common = np.sqrt(1 - shares), np.sqrt(shares)
    nodes, weights = np.polynomial.legendre.leggauss(600)
    z, scale = 10 * nodes, math.sqrt(freedom)
    low, high = stats.chi.ppf([1e-15, 1 - 1e-15], freedom) / scale
    s = (low + high) / 2 + (high - low) / 2 * nodes
    density = stats.chi.pdf(s * scale, freedom) * scale * weights * (high - low) / 2
    for t in (1.5, 3.1, 4.4):
        limit = t * s[:, None, None]
        within = stats.norm.cdf((limit - common * z[:, None]) / own)
        if sides == 2:
            within -= stats.norm.cdf((-limit - common * z[:, None]) / own)
        inside = density @ within.prod(axis=2) @ (stats.norm.pdf(z) * weights * 10)
        p = [sides * stats.t.sf(t, freedom)] * 3
        ours = dunnett_p_values(p, shares, [freedom] * 3, sides=sides)
        assert ours == pytest.approx([1 - inside] * 3, abs=1e-10)


def test_agrees_with_scipy_where_variances_are_pooled() -> None:
    """scipy integrates by quasi Monte Carlo; agreement within its error."""
    rng = np.random.default_rng(5)
    control = rng.normal(size=25)
    groups = [rng.normal(size=n) + d for n, d in ((20, 0.5), (30, 0.9), (12, -0.3))]
    theirs = stats.dunnett(*groups, control=control, rng=np.random.default_rng(6))
    freedom = [sum(map(len, groups)) + 25 - 4] * 3
    shares = [len(group) / (len(group) + 25) for group in groups]
    p = 2 * stats.t.sf(np.abs(theirs.statistic), freedom)
    assert dunnett_p_values(p, shares, freedom) == pytest.approx(theirs.pvalue, abs=5e-5)
    ours = stats.t.isf(dunnett_alphas(shares, freedom, 0.05) / 2, freedom)
    bounds = theirs.confidence_interval(0.95)
    middle = np.array([group.mean() for group in groups]) - control.mean()
    error = middle / theirs.statistic
    assert ours * error == pytest.approx(bounds.high - middle, rel=2e-3)


@settings(deadline=None, max_examples=60)
@given(SHARES, FREEDOM, st.data())
def test_lies_between_no_correction_and_sidaks_and_keeps_the_order(shares, freedom, data) -> None:
    m = len(shares)
    p = np.array(data.draw(st.lists(st.floats(1e-12, 0.99), min_size=m, max_size=m)))
    adjusted = dunnett_p_values(p, shares, [freedom] * m)
    assert (adjusted >= p).all()
    assert (adjusted <= adjust_p_values(p, "bonferroni") * (1 + 1e-9)).all()
    if math.isinf(freedom):  # with a common S the statistics are dependent even at share 0
        assert (adjusted <= -np.expm1(m * np.log1p(-p)) * (1 + 1e-9)).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= -1e-14).all()
    turned = dunnett_p_values(p[::-1], shares[::-1], [freedom] * m)
    np.testing.assert_allclose(turned[::-1], adjusted, rtol=1e-10)


@settings(deadline=None, max_examples=40)
@given(SHARES, FREEDOM, st.floats(0.001, 0.2), st.sampled_from([1, 2]))
def test_a_p_value_at_its_level_is_adjusted_to_alpha(shares, freedom, alpha, sides) -> None:
    """So a simultaneous interval leaves out zero exactly where the adjusted p is at most alpha."""
    family = [freedom] * len(shares)
    levels = dunnett_alphas(shares, family, alpha, sides=sides)
    at = dunnett_p_values(levels, shares, family, sides=sides)
    assert at == pytest.approx([alpha] * len(shares), rel=1e-9)


def test_without_correlation_it_is_sidaks_and_alone_it_is_no_correction() -> None:
    p = [0.01, 0.02, 0.3]
    assert dunnett_p_values(p, [0.0] * 3, [INF] * 3) == pytest.approx(
        [1 - (1 - x) ** 3 for x in p], rel=1e-12
    )
    assert dunnett_p_values([0.01], [0.5], [9.0]).tolist() == [0.01]
    assert dunnett_alphas([0.5], [9.0], 0.05) == pytest.approx([0.05], rel=1e-12)


def test_keeps_its_digits_in_the_tail() -> None:
    adjusted = dunnett_p_values([1e-179, 1e-40, 0.0], [0.15, 0.15, 0.15], [INF] * 3)
    assert adjusted == pytest.approx([3e-179, 3e-40, 0.0], rel=1e-6)
    assert dunnett_p_values([1e-30, 0.5], [0.5, 0.5], [3.0, INF])[0] > 1e-30


def test_missing_comparisons_pass_through_and_do_not_count() -> None:
    adjusted = dunnett_p_values([0.01, math.nan, 0.2], [0.5, 0.5, 0.5], [9.0, 9.0, 9.0])
    alone = dunnett_p_values([0.01, 0.2], [0.5, 0.5], [9.0, 9.0])
    assert adjusted[[0, 2]].tolist() == alone.tolist()
    assert math.isnan(adjusted[1])
    levels = dunnett_alphas([0.5, math.nan], [9.0, 9.0], 0.05)
    assert levels[0] == pytest.approx(0.05)
    assert math.isnan(levels[1])


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"control_shares == \[1.0\], must be >= 0 and < 1"):
        dunnett_p_values([0.5], [1.0], [9.0])
    with pytest.raises(ValueError, match=r"degrees_of_freedom == \[0.0\], must be > 0"):
        dunnett_p_values([0.5], [0.5], [0.0])
    with pytest.raises(ValueError, match=r"control_shares has shape \(2,\)"):
        dunnett_p_values([0.5], [0.5, 0.5], [9.0])
    with pytest.raises(ValueError, match="sides == 3, must be 1 or 2"):
        dunnett_p_values([0.5], [0.5], [9.0], sides=3)
    with pytest.raises(ValueError, match=r"p_values == \[2.0\]"):
        dunnett_p_values([2.0], [0.5], [9.0])
    with pytest.raises(ValueError, match=r"alpha == 1\.0"):
        dunnett_alphas([0.5], [9.0], 1.0)

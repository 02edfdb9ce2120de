"""Covariate balance against Hotelling's T2 on rows, and its size where arms are unequal."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.multivariate.manova import MANOVA
from statsmodels.stats.multivariate import test_mvmean_2indep as hotelling_on_rows

from abstats.inference import balance_test
from abstats.moments import Moments

from .rows import batch_moments


def cells(rng, *sizes, columns=("a", "b")):
    mixing = rng.normal(size=(len(columns), len(columns)))
    return [
        Moments.from_rows(columns, rng.normal(size=(n, len(columns))) @ mixing + 5) for n in sizes
    ]


@pytest.mark.parametrize(("shift", "rel"), [(0.1, 1e-9), (0.6, 1e-9), (3.0, 1e-6)])
def test_two_arms_give_hotellings_t2_of_the_rows(shift, rel) -> None:
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(3, 3))
    first = rng.normal(size=(40, 3)) @ mixing
    second = 2 * rng.exponential(size=(15, 3)) @ mixing + shift
    expected = hotelling_on_rows(first, second)
    result = balance_test([Moments.from_rows(("a", "b", "c"), rows) for rows in (first, second)])
    assert result.statistic == pytest.approx(expected.t2, rel=1e-9)
    assert result.degrees_of_freedom == 3
    assert result.p_value == pytest.approx(expected.pvalue, rel=rel)


def test_one_column_in_two_arms_is_the_squared_t_of_pooled_variances() -> None:
    rng = np.random.default_rng(1)
    rows = [rng.normal(0, 3, size=9), rng.normal(1, 1, size=40)]
    result = balance_test([Moments.from_rows(("a",), values) for values in rows])
    expected = stats.ttest_ind(*rows, equal_var=True)
    assert result.statistic == pytest.approx(expected.statistic**2, rel=1e-12)
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-10)


def test_one_column_in_many_arms_is_the_analysis_of_variance() -> None:
    rng = np.random.default_rng(5)
    rows = [rng.normal(size=n) for n in (5, 9, 30, 12)]
    result = balance_test([Moments.from_rows(("a",), values) for values in rows])
    expected = stats.f_oneway(*rows)
    assert result.statistic == pytest.approx(3 * expected.statistic, rel=1e-11)
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-10)


def test_many_columns_in_many_arms_have_the_lawley_hotelling_trace_of_the_rows() -> None:
    rng = np.random.default_rng(6)
    sizes = (12, 20, 30, 9)
    rows = [rng.normal(size=(n, 3)) + 0.3 * i for i, n in enumerate(sizes)]
    arm = np.repeat(np.eye(4), sizes, axis=0)
    arm[:, 0] = 1.0
    fit = MANOVA(np.vstack(rows), arm).mv_test([("arms", np.eye(4)[1:])])
    trace = fit.results["arms"]["stat"].loc["Hotelling-Lawley trace", "Value"]
    result = balance_test([Moments.from_rows(("a", "b", "c"), values) for values in rows])
    assert result.statistic == pytest.approx(trace * (sum(sizes) - 4), rel=1e-9)
    assert result.degrees_of_freedom == 9
    left = sum(sizes) - 4 - 3 + 1
    expected = stats.f.sf(trace / 9 * left, 9, left)
    assert result.p_value == pytest.approx(expected, rel=1e-9)


def test_far_out_the_p_value_keeps_its_digits() -> None:
    """Hotelling's T2 of two columns has the tail (1 + T2 / (N - 2))^(-(N - 3) / 2)."""
    arms = [Moments(("a", "b"), 5_000, np.array([m, 0.0]), np.eye(2)) for m in (0.0, 0.5)]
    result = balance_test(arms)
    assert result.statistic == pytest.approx(2_500 * 0.25)
    log_tail = -9_997 / 2 * math.log1p(result.statistic / 9_998)
    assert math.log(result.p_value) == pytest.approx(log_tail, rel=1e-10)
    assert log_tail < -290


def test_too_few_units_for_the_columns_have_no_p_value() -> None:
    rng = np.random.default_rng(7)
    columns = tuple("abcdef")
    few = [Moments.from_rows(columns, rng.normal(size=(n, 6))) for n in (3, 4)]
    assert math.isnan(balance_test(few).p_value)
    enough = [Moments.from_rows(columns, rng.normal(size=(n, 6))) for n in (4, 4)]
    assert 0 < balance_test(enough).p_value < 1
    assert balance_test(enough).degrees_of_freedom == 6


def test_the_order_of_arms_does_not_matter() -> None:
    arms = cells(np.random.default_rng(2), 30, 40, 50)
    forward, backward = balance_test(arms), balance_test(arms[::-1])
    assert forward.statistic == pytest.approx(backward.statistic, rel=1e-9)
    assert forward.p_value == pytest.approx(backward.p_value, rel=1e-9)
    assert forward.degrees_of_freedom == 4


def test_constant_and_collinear_columns_do_not_count() -> None:
    rng = np.random.default_rng(3)
    plain, extended = [], []
    for n in (60, 70):
        rows = rng.normal(size=(n, 2))
        plain.append(Moments.from_rows(("a", "b"), rows))
        more = np.column_stack([rows, rows @ [2.0, -1e6], np.full(n, 7.0)])
        extended.append(Moments.from_rows(("a", "b", "sum", "constant"), more))
    expected, result = balance_test(plain), balance_test(extended)
    assert result.degrees_of_freedom == expected.degrees_of_freedom == 2
    assert result.statistic == pytest.approx(expected.statistic, rel=1e-5)
    assert result.p_value == pytest.approx(expected.p_value, rel=1e-5)


def test_a_column_that_tells_the_arms_apart_fails_for_certain() -> None:
    arms = [Moments.from_rows(("missing",), np.full(10, value)) for value in (0.0, 1.0)]
    assert balance_test(arms).p_value == 0.0


def test_nothing_to_test_has_no_p_value() -> None:
    constant = Moments.from_rows(("a",), np.ones(5))
    one = Moments.from_rows(("a",), [1.0])
    for arms in ([constant, constant], [constant, one], [], [constant]):
        result = balance_test(arms)
        assert math.isnan(result.p_value)
        assert result.degrees_of_freedom == 0


def test_columns_must_agree() -> None:
    with pytest.raises(ValueError, match=r"columns == \('b',\), must be \('a',\)"):
        balance_test([Moments.from_rows(("a",), [1, 2]), Moments.from_rows(("b",), [1, 2])])


@pytest.mark.slow
def test_balanced_arms_are_rejected_at_the_nominal_rate() -> None:
    rng = np.random.default_rng(4)
    columns = ("a", "b", "c")
    draws = []
    for n in (300, 500, 400):
        rows = rng.exponential(size=(2_000, n, 3))
        rows[:, :, 2] += rows[:, :, 0]
        draws.append(batch_moments(columns, rows))
    rejected = sum(balance_test(arms).p_value < 0.05 for arms in zip(*draws, strict=True))
    assert 0.035 < rejected / 2_000 < 0.065


def normal_moments(rng, tests, n, k):
    """Moments of n units of k independent normals, drawn from their own distribution."""
    columns = tuple(f"c{i:02d}" for i in range(k))
    means = rng.normal(size=(tests, k)) / math.sqrt(n)
    # Bartlett's decomposition of a Wishart matrix.
    root = np.tril(rng.normal(size=(tests, k, k)), -1)
    root[:, range(k), range(k)] = np.sqrt(rng.chisquare(n - 1 - np.arange(k), size=(tests, k)))
    spreads = np.einsum("tij,tkj->tik", root, root) / (n - 1)
    return [Moments(columns, n, m, s) for m, s in zip(means, spreads, strict=True)]


def p_value_of_own_covariances(first, second):
    """The wrong way: Wald's chi-square with each arm's own covariance."""
    difference = second.mean - first.mean
    covariance = first.cov / first.n + second.cov / second.n
    statistic = difference @ np.linalg.solve(covariance, difference)
    return stats.chi2.sf(statistic, len(difference))


def rates(pairs, level=0.001):
    """Shares of tests below the level: ours, and with own covariances."""
    p = np.array(
        [(balance_test(pair).p_value, p_value_of_own_covariances(*pair)) for pair in pairs]
    )
    return (p < level).mean(axis=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("k", "sizes", "wrong"),
    [(1, (90, 10), 0.003), (20, (1_000, 100), 0.01), (20, (100, 100), 0.004)],
)
def test_normal_covariates_fail_a_healthy_experiment_in_a_thousand(k, sizes, wrong) -> None:
    rng = np.random.default_rng(8)
    tests = 20_000
    arms = [normal_moments(rng, tests, n, k) for n in sizes]
    ours, own = rates(list(zip(*arms, strict=True)))
    # Four standard errors of .001 around it.
    assert abs(ours - 0.001) < 4 * math.sqrt(0.001 / tests)
    assert own > wrong


@pytest.mark.slow
def test_normal_covariates_in_four_arms_fail_one_in_a_thousand_though_it_is_an_approximation():
    rng = np.random.default_rng(10)
    tests = 20_000
    arms = [normal_moments(rng, tests, n, 10) for n in (900, 50, 50, 100)]
    p = np.array([balance_test(cell).p_value for cell in zip(*arms, strict=True)])
    assert abs((p < 0.001).mean() - 0.001) < 4 * math.sqrt(0.001 / tests)


@pytest.mark.slow
@pytest.mark.parametrize(("k", "sizes", "wrong"), [(1, (900, 100), 0.02), (10, (4_500, 500), 0.04)])
def test_skewed_covariates_in_unequal_arms_fail_few_healthy_experiments(k, sizes, wrong) -> None:
    """Revenue: a tenth of the units buy (a twentieth, of ten metrics), for lognormal amounts."""
    rng = np.random.default_rng(9)
    buyers = 0.1 if k == 1 else 0.05
    pairs = []
    for _ in range(20 if k == 1 else 10):
        arms = []
        for n in sizes:
            shape = (200, n, k)
            amounts = np.where(rng.random(shape) < buyers, rng.lognormal(size=shape), 0.0)
            arms.append(batch_moments(tuple(f"c{i}" for i in range(k)), amounts))
        pairs += zip(*arms, strict=True)
    ours, own = rates(pairs)
    assert ours < 0.01
    assert own > wrong

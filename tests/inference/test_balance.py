"""Covariate balance against brute-force Wald tests on rows."""

import math

import numpy as np
import pytest

from abstats.inference import balance_test
from abstats.moments import Moments

from .rows import batch_moments


def cells(rng, *sizes, columns=("a", "b")):
    mixing = rng.normal(size=(len(columns), len(columns)))
    return [
        Moments.from_rows(columns, rng.normal(size=(n, len(columns))) @ mixing + 5) for n in sizes
    ]


def test_two_arms_give_the_quadratic_form_of_the_difference() -> None:
    first, second = cells(np.random.default_rng(0), 50, 80)
    difference = second.mean - first.mean
    covariance = first.cov / 50 + second.cov / 80
    expected = difference @ np.linalg.solve(covariance, difference)
    result = balance_test([first, second])
    assert result.statistic == pytest.approx(expected, rel=1e-10)
    assert result.degrees_of_freedom == 2


def test_one_column_in_two_arms_is_the_squared_welch_statistic() -> None:
    first, second = cells(np.random.default_rng(1), 30, 40, columns=("a",))
    t = (second.mean - first.mean)[0] / math.hypot(first.std_error("a"), second.std_error("a"))
    assert balance_test([first, second]).statistic == pytest.approx(t * t, rel=1e-12)


def test_the_order_of_arms_does_not_matter() -> None:
    arms = cells(np.random.default_rng(2), 30, 40, 50)
    forward, backward = balance_test(arms), balance_test(arms[::-1])
    assert forward.statistic == pytest.approx(backward.statistic, rel=1e-9)
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

"""The algebra of moments against plain arithmetic on rows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from abstats.moments import Moments

COLUMNS = ("y", "d", "x_y")
ROWS = arrays(
    np.float64,
    st.tuples(st.integers(0, 12), st.just(3)),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False),
)


def assert_same(left: Moments, right: Moments, tolerance: float = 1e-9) -> None:
    assert left.columns == right.columns
    assert left.n == right.n
    scale = np.sqrt(np.nan_to_num(np.diag(right.cov))) + np.abs(np.nan_to_num(right.mean)) + 1e-9
    np.testing.assert_allclose(left.mean / scale, right.mean / scale, atol=tolerance, rtol=0)
    outer = np.outer(scale, scale)
    np.testing.assert_allclose(left.cov / outer, right.cov / outer, atol=tolerance, rtol=0)


def test_moments_of_rows_are_those_of_a_loop_over_the_rows() -> None:
    rows = [(1.0, 2.0), (3.0, 5.0), (8.0, 4.0)]
    moments = Moments.from_rows(("y", "d"), rows)
    mean = [sum(row[i] for row in rows) / 3 for i in (0, 1)]
    for i in (0, 1):
        for j in (0, 1):
            products = sum((row[i] - mean[i]) * (row[j] - mean[j]) for row in rows)
            assert moments.cov[i, j] == pytest.approx(products / 2, rel=1e-15)
        assert moments.mean[i] == pytest.approx(mean[i], rel=1e-15)


@given(ROWS, ROWS)
def test_merging_two_cells_equals_pooling_their_rows(left, right) -> None:
    merged = Moments.from_rows(COLUMNS, left).merge(Moments.from_rows(COLUMNS, right))
    assert_same(merged, Moments.from_rows(COLUMNS, np.concatenate([left, right])))


@given(ROWS, ROWS)
def test_merging_is_commutative(left, right) -> None:
    a, b = Moments.from_rows(COLUMNS, left), Moments.from_rows(COLUMNS, right)
    assert_same(a.merge(b), b.merge(a))


@given(ROWS, ROWS, ROWS)
def test_merging_is_associative(first, second, third) -> None:
    a, b, c = (Moments.from_rows(COLUMNS, rows) for rows in (first, second, third))
    assert_same(a.merge(b).merge(c), a.merge(b.merge(c)))


@given(ROWS, arrays(np.float64, (2, 3), elements=st.floats(-10, 10)))
def test_projecting_moments_equals_projecting_rows(rows, matrix) -> None:
    projected = Moments.from_rows(COLUMNS, rows).project(matrix, ("a", "b"))
    expected = Moments.from_rows(("a", "b"), rows @ matrix.T)
    assert projected.n == expected.n
    size = 1e-9 + 10 * np.abs(rows).sum()
    np.testing.assert_allclose(projected.mean / size, expected.mean / size, atol=1e-12, rtol=0)
    np.testing.assert_allclose(projected.cov / size**2, expected.cov / size**2, atol=1e-12, rtol=0)


def test_variance_keeps_its_digits_at_an_offset_of_1e8_where_power_sums_lose_them() -> None:
    """Trap 11: raw power sums at mean 1e8 and sd 1."""
    rng = np.random.default_rng(3)
    small = rng.normal(size=10_000)
    values = 1e8 + small
    exact = np.var(values - 1e8, ddof=1)  # the subtraction is exact
    power_sums = (np.sum(values**2) - np.sum(values) ** 2 / 10_000) / 9_999
    assert abs(power_sums / exact - 1) > 0.1
    halves = [Moments.from_rows(("y",), part) for part in np.split(values, 10)]
    merged = halves[0]
    for half in halves[1:]:
        merged = merged.merge(half)
    assert merged.variance("y") == pytest.approx(exact, rel=1e-6)


def test_a_cell_without_units_has_no_mean_and_merges_as_nothing() -> None:
    empty = Moments.from_rows(("y",), [])
    some = Moments.from_rows(("y",), [1.0, 2.0])
    assert math.isnan(empty.mean_of("y"))
    assert empty.merge(some) is some
    assert some.merge(empty) is some


def test_one_unit_has_no_variance_but_merges_exactly() -> None:
    one = Moments.from_rows(("y",), [3.0])
    assert math.isnan(one.variance("y"))
    assert math.isnan(one.std_error("y"))
    assert one.merge(Moments.from_rows(("y",), [5.0])).variance("y") == 2.0


def test_select_takes_columns_in_the_order_asked() -> None:
    moments = Moments.from_rows(("y", "d"), [(1, 10), (2, 30), (3, 20)]).select("d", "y")
    assert moments.columns == ("d", "y")
    assert moments.mean.tolist() == [20.0, 2.0]
    assert moments.variance("d") == 100.0


def test_the_standard_error_is_that_of_the_mean() -> None:
    moments = Moments.from_rows(("y",), [1, 2, 3, 4])
    assert moments.std_error("y") == pytest.approx(math.sqrt((5 / 3) / 4), rel=1e-15)


def test_misuse_is_told_by_name_value_and_rule() -> None:
    moments = Moments.from_rows(("y",), [1.0, 2.0])
    with pytest.raises(KeyError, match=r"column == 'z', must be one of"):
        moments.select("z")
    with pytest.raises(ValueError, match=r"columns == \('x',\), must be \('y',\)"):
        moments.merge(Moments.from_rows(("x",), [1.0]))
    with pytest.raises(ValueError, match=r"columns == \('y', 'y'\), must be unique"):
        Moments.from_rows(("y", "y"), [(1, 2)])
    with pytest.raises(ValueError, match=r"n == -1, must be >= 0"):
        Moments(("y",), -1, np.zeros(1), np.zeros((1, 1)))
    with pytest.raises(ValueError, match=r"matrix has shape \(1, 2\), must be \(1, 1\)"):
        moments.project([[1.0, 2.0]], ("a",))
    with pytest.raises(ValueError, match=r"rows has shape \(2,\), must be \(n, 2\)"):
        Moments.from_rows(("y", "d"), [1.0, 2.0])
    with pytest.raises(ValueError, match=r"mean has shape \(2,\), must be \(1,\)"):
        Moments(("y",), 3, np.zeros(2), np.zeros((1, 1)))
    with pytest.raises(ValueError, match=r"cov has shape \(2, 2\), must be \(1, 1\)"):
        Moments(("y",), 3, np.zeros(1), np.zeros((2, 2)))

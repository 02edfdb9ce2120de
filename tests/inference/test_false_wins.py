"""How many shipped wins are false: the formula, and simulated companies that ship."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from abstats.inference.false_wins import expected_false_wins, null_share

P_VALUES = st.lists(st.floats(0, 1), max_size=40)


def test_the_share_of_nulls_by_hand() -> None:
    # Ten p-values, three above one half: (1 + 3) / 5.
    p_values = [0.001, 0.002, 0.01, 0.02, 0.03, 0.2, 0.5, 0.6, 0.7, 0.9]
    assert null_share(p_values) == pytest.approx(0.8)
    assert null_share([]) == 1.0
    assert null_share([0.9, 0.8]) == 1.0


def test_a_hundred_tests_at_five_percent_make_two_and_a_half_false_wins() -> None:
    assert expected_false_wins([0.025] * 100, 1.0) == pytest.approx(2.5)
    assert expected_false_wins([0.025] * 100, 0.8) == pytest.approx(2.0)
    assert expected_false_wins([], 1.0) == 0.0


@given(P_VALUES, st.floats(0, 1))
def test_a_smaller_p_value_never_makes_nulls_likelier(p_values, factor) -> None:
    smaller = [p * factor for p in p_values]
    assert 0.0 < null_share(smaller) <= null_share(p_values) <= 1.0


def test_values_outside_their_range_are_named() -> None:
    with pytest.raises(ValueError, match="p_values == "):
        null_share([0.5, 1.5])
    with pytest.raises(ValueError, match="chances == "):
        expected_false_wins([-0.1], 1.0)
    with pytest.raises(ValueError, match="share_of_nulls == "):
        expected_false_wins([0.1], 2.0)


@pytest.mark.parametrize("effects", [0.0, 0.2, 0.5])
def test_the_estimate_is_at_least_what_is_false_in_the_mean(effects) -> None:
    rng = np.random.default_rng(23)
    shape = (2000, 60)
    is_null = rng.random(shape) >= effects
    z = rng.normal(size=shape) + np.where(is_null, 0.0, rng.normal(0, 3, size=shape))
    p = 2 * special.ndtr(-np.abs(z))
    false = ((p <= 0.05) & (z > 0) & is_null).sum(axis=1)
    estimates = [expected_false_wins([0.025] * 60, null_share(row)) for row in p]
    error = np.std(false - np.array(estimates)) / np.sqrt(shape[0])
    assert np.mean(estimates) >= false.mean() - 3 * error
    # Not by much: at most by what comparisons with small effects look like nulls.
    assert np.mean(estimates) <= 0.025 * 60 * (1 - effects) + 0.025 * 60 * effects / 2 + 0.1

"""Levels at which the grid is taken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.inference import grid_levels


@given(st.floats(0.001, 0.999), st.integers(16, 200))
def test_levels_ascend_from_the_smallest_value_over_p_to_the_largest(p, n_points):
    levels = grid_levels(p, n_points)
    assert len(levels) == n_points
    assert np.all(np.diff(levels) > 0.0)
    assert (levels[0], levels[-1]) == (0.0, 1.0)
    assert np.min(np.abs(levels - p)) < 1e-12


@pytest.mark.parametrize("p", [0.5, 0.95, 0.99])
def test_a_cell_is_a_third_as_wide_as_its_distance_from_p(p):
    levels = grid_levels(p, 64)[1:-1]
    distance = np.abs(np.log(levels / (1 - levels)) - np.log(p / (1 - p)))
    above = distance[levels > p * (1 + 1e-12)]
    assert np.all(np.diff(above) / above[1:] < 1 / 3)
    assert distance[levels < p][0] == pytest.approx(9.0)


@pytest.mark.parametrize(
    ("p", "n_points", "message"),
    [(1.0, 64, "p == 1.0, must be > 0 and < 1"), (0.5, 15, "n_points == 15, must be >= 16")],
)
def test_arguments_out_of_range_are_refused(p, n_points, message):
    with pytest.raises(ValueError, match=message):
        grid_levels(p, n_points)

"""The recursion's grid: against finer ones, and against the grid of 200 points."""

import numpy as np
import pytest

from abstats.inference.sequential import increments, spending_bounds
from abstats.inference.sequential.crossing import exit_probabilities
from abstats.inference.sequential.increments import independent_increments

from .oracles import equal, simpson_exits
from .test_spending import OBRIEN_FLEMING, POCOCK


@pytest.mark.parametrize("looks", [2, 7, 30])
def test_a_finer_grid_changes_nothing(monkeypatch, looks) -> None:
    rng = np.random.default_rng(405)
    t = np.sort(rng.uniform(0.01, 1.0, looks))
    found = spending_bounds(t, alpha=0.05, spending=POCOCK, sides=1).upper
    monkeypatch.setattr(increments, "PANEL_WIDTH", 2.0)
    monkeypatch.setattr(increments, "REACH", 14.0)
    finer = spending_bounds(t, alpha=0.05, spending=POCOCK, sides=1).upper
    np.testing.assert_allclose(found, finer, rtol=1e-10)


def test_a_grid_of_two_hundred_points_is_too_coarse_for_many_looks() -> None:
    """Jennison & Turnbull's r = 18 at 300 looks: increments are narrower than its mesh.

    It finds .05013 for .05 here, and at 500 looks overflows.
    """
    t = equal(300)
    bounds = spending_bounds(t, alpha=0.05, spending=OBRIEN_FLEMING, sides=1)
    nowhere = np.full(300, -np.inf)
    ours = exit_probabilities(independent_increments(t), bounds.upper, nowhere, 1, 0.0)
    assert ours.above.sum() == pytest.approx(0.05, rel=1e-9)
    coarse = simpson_exits(t, nowhere, bounds.upper, r=18)[0].sum()
    assert abs(coarse - 0.05) > 1e-4


@pytest.mark.parametrize("theta", [-2.0, 0.0, 3.0])
def test_tilting_a_state_is_a_recursion_under_the_other_effect(theta) -> None:
    looks = independent_increments([1.0, 1.7, 4.0])
    direct, tilted = looks.start(theta), looks.start(1.0)
    for _ in range(2):
        direct = looks.advance(direct, [(-1.5, 2.0)])
        tilted = looks.advance(tilted, [(-1.5, 2.0)])
    moved = looks.tilted(tilted, theta)
    for z in (-3.0, 0.5, 4.0):
        assert looks.above(moved, z) == pytest.approx(looks.above(direct, z), rel=1e-10)
        assert looks.below(moved, z) == pytest.approx(looks.below(direct, z), rel=1e-10)


def test_masses_add_up_to_the_paths_that_go_on() -> None:
    looks = independent_increments([0.2, 0.5, 0.9])
    state, stopped = looks.start(0.7), 0.0
    for _ in range(2):
        stopped += looks.above(state, 1.1) + looks.below(state, -0.4)
        state = looks.advance(state, [(-0.4, 1.1)])
        assert state.masses.sum() == pytest.approx(1.0 - stopped, abs=1e-12)

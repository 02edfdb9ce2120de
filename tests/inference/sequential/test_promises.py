"""Type I error over many looks, simulated with seeds."""

import numpy as np
import pytest

from abstats.inference.sequential import spending_bounds

from .oracles import equal, score_paths
from .test_spending import OBRIEN_FLEMING, POCOCK


@pytest.mark.slow
@pytest.mark.parametrize(
    ("looks", "experiments", "naive"),
    [(5, 200_000, 0.142), (28, 100_000, None), (2_160, 8_000, None)],
)
def test_alpha_holds_over_any_number_of_looks_and_naive_peeking_does_not(looks, experiments, naive):
    """5 looks at 1.96 reject .142 (Armitage, McPherson & Rowe 1969, table 2)."""
    rng = np.random.default_rng(410)
    t = equal(looks)
    bounds = [
        spending_bounds(t, alpha=0.05, spending=spending).upper
        for spending in (OBRIEN_FLEMING, POCOCK)
    ]
    crossed = np.zeros(3)
    batch = 2_000
    for _ in range(experiments // batch):
        z = np.abs(score_paths(rng, batch, t))
        for i, upper in enumerate([*bounds, np.full(looks, 1.959964)]):
            crossed[i] += (z >= upper).any(axis=1).sum()
    share = crossed / experiments
    error = np.sqrt(0.05 * 0.95 / experiments)
    np.testing.assert_allclose(share[:2], 0.05, atol=4 * error)
    assert share[2] > 0.05 + 20 * error
    if naive is not None:
        assert share[2] == pytest.approx(naive, abs=4 * error)

"""Sizes of the resampling tests, and coverage of the bootstrap, over simulated A/A tests."""

import numpy as np
import pytest

from tests.inference.bucket_worlds import rates


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "split"),
    [("log-normal, sigma 1", "50/50"), ("normal, treatment 3 x as spread", "90/10")],
)
def test_both_reject_as_often_as_they_say(world: str, split: str) -> None:
    """400 tests, Monte-Carlo error .011; an interval misses where the bootstrap rejects."""
    found = rates(world, split, 400, seed=5)
    for rejected in (found.bootstrap, found.permutation):
        assert 0.02 <= rejected <= 0.085


def test_a_permutation_test_that_is_not_studentised_does_not() -> None:
    """The same world of unequal spreads at 90/10: why each difference has its own error."""
    rng = np.random.default_rng(6)
    tests, n_control, n_treatment = 200, 180, 20
    rejected = 0
    for _ in range(tests):
        both = np.concatenate([rng.normal(3, 3, n_treatment), rng.normal(3, 1, n_control)])
        moved = rng.permuted(np.tile(both, (200, 1)), axis=1)[:, :n_treatment].mean(axis=1)
        observed = abs(both[:n_treatment].mean() - both.mean())
        # The difference of means rises with the treatment's mean.
        rejected += np.mean(np.abs(moved - both.mean()) >= observed) <= 0.05
    assert rejected / tests > 0.2

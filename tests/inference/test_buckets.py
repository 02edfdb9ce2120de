import numpy as np
import pytest

from abstats.inference import BucketSums
from abstats.inference.buckets import arm_values, bucket_arms, usable_strata
from abstats.inference.compare import compare
from abstats.inference.comparison import Comparison
from abstats.moments import Moments


def buckets(name: str, rows: np.ndarray, n_buckets: int, seed: int = 0) -> BucketSums:
    """Units of shape (n, 2), value and denominator, put into buckets at random."""
    place = np.random.default_rng(seed).integers(0, n_buckets, len(rows))
    columns = (np.ones(len(rows)), rows[:, 0], rows[:, 1])
    sums = [np.bincount(place, weights=column, minlength=n_buckets) for column in columns]
    return BucketSums(name, np.stack(sums, axis=-1)[None])


def test_values_are_those_of_the_moments_in_strata_too() -> None:
    rng = np.random.default_rng(1)
    sizes = ((300, 30), (40, 50), (1, 60))
    arms = [[rng.gamma(2.0, 1.0, (n, 2)) for n in pair] for pair in zip(*sizes, strict=True)]
    control, treatment = (
        [buckets(f"{i}{s}", rows, 25) for s, rows in enumerate(strata)]
        for i, strata in enumerate(arms)
    )
    totals = bucket_arms(control, treatment)
    values = arm_values(*totals, usable_strata(*totals))
    expected = compare(
        "ratio", *([Moments.from_rows(("y", "d"), rows) for rows in strata] for strata in arms)
    )
    assert isinstance(expected, Comparison)
    np.testing.assert_allclose(values.control, [expected.control], rtol=1e-12)
    np.testing.assert_allclose(values.treatment - values.control, [expected.estimate], rtol=1e-12)


@pytest.mark.parametrize(
    ("control", "treatment", "message"),
    [
        ([], [], r"len\(control\) == 0"),
        (["a"], ["b", "c"], "must be equal and >= 1"),
    ],
)
def test_arms_have_the_same_strata(control: list[str], treatment: list[str], message: str) -> None:
    rows = np.ones((5, 2))
    with pytest.raises(ValueError, match=message):
        bucket_arms(*([buckets(name, rows, 2) for name in arm] for arm in (control, treatment)))


def test_sums_have_three_columns() -> None:
    with pytest.raises(ValueError, match=r"must be \(metrics, buckets, 3\)"):
        BucketSums("a", np.zeros((2, 3)))

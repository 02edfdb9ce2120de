import hashlib
import itertools
import math

import numpy as np
import pytest
from scipy import stats

from abstats.demo.experiments import EXPERIMENTS


def point(salt: str, unit_id: str) -> float:
    """The documented rule, in the plainest Python."""
    return int(hashlib.md5(f"{salt}:{unit_id}".encode()).hexdigest()[:8], 16) / 2**32


def variant(experiment, unit_id: str) -> str:
    position, upper = point(experiment.experiment_id, unit_id), 0.0
    for arm in experiment.arms:
        upper += arm.weight
        if position < upper:
            return arm.variant_id
    return experiment.arms[-1].variant_id


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.experiment_id)
def test_every_logged_variant_can_be_recomputed(log, experiment):
    rows = log.execute(
        "select distinct bucketing_id, variant_id from raw.experiment_exposures "
        "where experiment_id = ?",
        [experiment.experiment_id],
    ).fetchall()
    assert len(rows) > 1000
    assert all(variant(experiment, unit_id) == logged for unit_id, logged in rows)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.experiment_id)
def test_the_traffic_is_split_by_the_weights(experiment):
    units = [str(unit) for unit in range(30_000)]
    variants = [variant(experiment, unit) for unit in units]
    observed = [variants.count(arm.variant_id) for arm in experiment.arms]
    expected = [arm.weight * len(units) for arm in experiment.arms]
    assert math.isclose(sum(arm.weight for arm in experiment.arms), 1)
    assert stats.chisquare(observed, expected).pvalue > 0.001


@pytest.mark.parametrize(
    ("one", "other"),
    list(itertools.combinations(EXPERIMENTS, 2)),
    ids=lambda experiment: experiment.experiment_id,
)
def test_experiments_are_split_independently_of_each_other(one, other):
    cells = [(variant(one, str(unit)), variant(other, str(unit))) for unit in range(30_000)]
    table = [[cells.count((a.variant_id, b.variant_id)) for b in other.arms] for a in one.arms]
    assert stats.chi2_contingency(table).pvalue > 0.001


def aa_p_values(clicks: np.ndarray, arms: np.ndarray) -> np.ndarray:
    """p-value of each A/A test: Welch on clicks per viewer; `arms` is (tests, viewers)."""
    return np.array(
        [stats.ttest_ind(clicks[arm], clicks[~arm], equal_var=False).pvalue for arm in arms]
    )


def test_aa_tests_without_a_salt_are_all_the_same_test_and_salted_ones_are_not(world):
    """Trap 14."""
    clicks = np.array(
        [
            n
            for (n,) in world.sql("""
                select count(click_id) from raw.viewers left join raw.clicks using (viewer_id)
                group by viewers.viewer_id order by viewers.viewer_id
            """).fetchall()
        ],
        dtype=float,
    )

    def arms(salt: str) -> np.ndarray:
        rows = world.execute(
            "select split_point(?, viewer_id::varchar) < 0.5 from raw.viewers order by viewer_id",
            [salt],
        ).fetchall()
        return np.array(rows)[:, 0]

    names = [f"aa_{number}" for number in range(100)]
    unsalted = np.array([arms("") for _ in names])
    salted = np.array([arms(name) for name in names])

    assert len(set(aa_p_values(clicks, unsalted))) == 1

    p_values = aa_p_values(clicks, salted)
    assert len(set(p_values)) == len(names)
    assert stats.kstest(p_values, "uniform").pvalue > 0.001
    agreement = np.corrcoef(salted.astype(float)) - np.eye(len(names))
    assert np.abs(agreement).max() < 5 / math.sqrt(clicks.size)

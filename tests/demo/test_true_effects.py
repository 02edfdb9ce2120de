import math

import duckdb
import numpy as np
import pytest
from scipy import stats

from abstats.demo.experiments import EXPERIMENTS
from abstats.demo.true_metrics import TRUE_METRICS
from abstats.demo.world import World, build
from tests.demo.intervals import z_scores
from tests.demo.resimulated import Resimulation

REPLICATIONS = 400


def test_every_treatment_and_metric_has_its_true_effect(log):
    rows = log.sql("""
        select experiment_id, treatment_variant_id, control_variant_id, metric_name
        from raw.true_effects
    """).fetchall()
    expected = {
        (
            experiment.experiment_id,
            arm.variant_id,
            experiment.arms[0].variant_id,
            metric.metric_name,
        )
        for experiment in EXPERIMENTS
        for arm in experiment.arms[1:]
        for metric in TRUE_METRICS
    }
    assert set(rows) == expected
    assert len(rows) == len(expected)


def test_the_true_effect_of_an_aa_test_is_exactly_zero(log):
    assert log.sql("""
        select distinct true_effect_abs, true_effect_rel
        from raw.true_effects where experiment_id = 'aa_check'
    """).fetchall() == [(0.0, 0.0)]


def test_relative_effects_are_absolute_ones_over_the_control_mean(log):
    for absolute, relative, control_mean in log.sql(
        "select true_effect_abs, true_effect_rel, control_mean from raw.true_effects"
    ).fetchall():
        assert relative == pytest.approx(absolute / control_mean)


@pytest.mark.slow
@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.experiment_id)
def test_true_effects_equal_the_mean_of_many_replays_drawn_event_by_event(experiment):
    """Within 4.5 standard errors of the replays; the same viewers, requests and slates."""
    with duckdb.connect() as world:
        for _ in build(world, World(users=150, days=10, seed=11)):
            pass
        truths = {
            (treatment, metric): (effect, control_mean)
            for treatment, metric, effect, control_mean in world.execute(
                "select treatment_variant_id, metric_name, true_effect_abs, control_mean "
                "from raw.true_effects where experiment_id = ?",
                [experiment.experiment_id],
            ).fetchall()
        }
        replays = Resimulation(world)
    rng = np.random.default_rng(1)
    for days in ((0, None), (0, 7), (1, 7)):
        totals = {
            arm.variant_id: replays.totals(experiment, arm.variant_id, days, REPLICATIONS, rng)
            for arm in experiment.arms
        }
        for metric in TRUE_METRICS:
            window_days = metric.window_days or experiment.window_days
            if (metric.from_day, window_days) != days:
                continue
            # A ratio of expected sums: of the sums over all replays.
            means, errors = {}, {}
            for variant_id, total in totals.items():
                y, d = total[metric.numerator], total[metric.denominator]
                mean = y.sum() / d.sum()
                means[variant_id] = mean
                errors[variant_id] = np.std(y - mean * d) / d.mean() / math.sqrt(REPLICATIONS)
            control = experiment.arms[0].variant_id
            for arm in experiment.arms[1:]:
                effect, control_mean = truths[arm.variant_id, metric.metric_name]
                assert abs(means[control] - control_mean) < 4.5 * errors[control] + 1e-9
                error = math.hypot(errors[control], errors[arm.variant_id])
                difference = means[arm.variant_id] - means[control]
                assert abs(difference - effect) < 4.5 * error + 1e-9


@pytest.mark.slow
def test_plain_intervals_over_the_log_cover_the_true_effects():
    """Six worlds, all metrics: 95 % intervals miss one in twenty.

    The 42 intervals of a world are not independent: a share that is off by more than three
    standard errors between worlds, or an average off by as much for one metric, is an error.
    """
    worlds = []
    for seed in range(6):
        with duckdb.connect() as world:
            for _ in build(world, World(users=1000, days=28, seed=seed)):
                pass
            worlds.append(z_scores(world))
    z = np.array([[scores[key] for key in sorted(worlds[0])] for scores in worlds])
    covered = (np.abs(z) < stats.norm.ppf(0.975)).mean(axis=1)
    assert abs(covered.mean() - 0.95) < 3 * max(covered.std(ddof=1), 0.05) / math.sqrt(len(z))
    assert np.abs(z.mean(axis=0)).max() * math.sqrt(len(z)) < 4

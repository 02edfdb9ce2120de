"""What one world shows: intervals against the truth, verdicts, p-values of health checks."""

from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from abstats.demo.experiments import EXPERIMENTS
from abstats.demo.world import World
from benchmarks.demo_project import Model, connect_to_world, run_models

AA = "A/A"
KINDS = {
    experiment.experiment_id: (
        AA
        if len({(arm.model, arm.slowness) for arm in experiment.arms}) == 1
        else f"{len(experiment.arms)} arms"
    )
    for experiment in EXPERIMENTS
}
"""Experiment -> its kind: "A/A", "2 arms" or "3 arms"."""


class Comparison(NamedTuple):
    """One row of `fct_experiment_results` beside its row of `raw.true_effects`.

    Attributes:
        experiment_id: The experiment.
        treatment: Its treatment variant.
        metric: The metric's name.
        metric_kind: "mean", "proportion" or "ratio".
        estimator: "unadjusted" or "cuped".
        p_value: Of the two-sided test, unadjusted for multiplicity; None if there is none.
        covers_absolute: Whether the 95 % interval of the absolute effect holds the true effect;
            None if a bound is NULL.
        covers_relative: The same of the relative effect.
        error: Estimate minus true effect, in standard errors; None without an estimate.
        variance_reduction: Of the estimator against the unadjusted one; None for the latter.
    """

    experiment_id: str
    treatment: str
    metric: str
    metric_kind: str
    estimator: str
    p_value: float | None
    covers_absolute: bool | None
    covers_relative: bool | None
    error: float | None
    variance_reduction: float | None


class Verdict(NamedTuple):
    """One row of `fct_experiment_decisions`.

    Attributes:
        experiment_id: The experiment.
        treatment: Its treatment variant.
        verdict: "ship", "rollback", "keep_running", "inconclusive" or "invalid".
        rule: The rule that decided.
        is_wrong: The primary metric decided, and the truth says otherwise: a ship whose true
            effect on it is not positive, or a rollback whose true effect is not negative.
    """

    experiment_id: str
    treatment: str
    verdict: str
    rule: str
    is_wrong: bool


class HealthTest(NamedTuple):
    """A row of `fct_experiment_health` with a p-value whose null hypothesis holds in the demo.

    Attributes:
        experiment_id: The experiment.
        check: The check's name.
        subject: "experiment" or the metric that is checked.
        p_value: Of the check.
    """

    experiment_id: str
    check: str
    subject: str
    p_value: float


class Outcome(NamedTuple):
    """Everything that is read of one world.

    Attributes:
        seed: The world's seed.
        comparisons: Of the whole population, every estimator.
        verdicts: One per treatment.
        health: One per check with a p-value.
    """

    seed: int
    comparisons: tuple[Comparison, ...]
    verdicts: tuple[Verdict, ...]
    health: tuple[HealthTest, ...]


# Comparing with NULL gives NULL: an interval without a bound neither covers nor misses.
COMPARISONS = """
    select
        experiment_id,
        treatment_variant_id,
        metric_name,
        results.metric_kind,
        results.estimator,
        results.p_value,
        truth.true_effect_abs >= results.effect_abs_ci_lower
            and truth.true_effect_abs <= results.effect_abs_ci_upper,
        truth.true_effect_rel >= results.effect_rel_ci_lower
            and truth.true_effect_rel <= results.effect_rel_ci_upper,
        (results.effect_abs - truth.true_effect_abs) / nullif(results.effect_abs_se, 0),
        results.variance_reduction
    from fct_experiment_results as results
    inner join raw.true_effects as truth
        using (experiment_id, treatment_variant_id, control_variant_id, metric_name)
    where
        results.segment_name = 'all' and results.alpha = 0.05
        and results.is_latest
    order by 1, 2, 3, 5
"""

VERDICTS = """
    select
        experiment_id,
        treatment_variant_id,
        decisions.verdict,
        decisions.rule,
        coalesce(
            decisions.rule = 'primary_won' and truth.true_effect_abs <= 0
            or decisions.rule = 'primary_lost' and truth.true_effect_abs >= 0,
            false
        )
    from fct_experiment_decisions as decisions
    inner join raw.true_effects as truth
        using (experiment_id, treatment_variant_id, control_variant_id)
    where truth.metric_name = 'ctr'  -- the primary metric of all three
    order by 1, 2
"""

HEALTH = """
    select experiment_id, check_name, subject, p_value
    from fct_experiment_health
    where check_name in ('sample_ratio_mismatch', 'covariate_balance') and p_value is not null
    order by 1, 2, 3
"""


def outcome(world: World, models: Sequence[Model]) -> Outcome:
    """Simulate a world in memory, run the compiled models on it and read what they say."""
    with connect_to_world(world) as connection:
        run_models(connection, models)
        return read_outcome(connection, world.seed)


def read_outcome(connection: duckdb.DuckDBPyConnection, seed: int) -> Outcome:
    """Read a built world. Schemas `main` and `raw` of its database are the current ones."""
    return Outcome(
        seed,
        tuple(Comparison(*row) for row in connection.execute(COMPARISONS).fetchall()),
        tuple(Verdict(*row) for row in connection.execute(VERDICTS).fetchall()),
        tuple(HealthTest(*row) for row in connection.execute(HEALTH).fetchall()),
    )

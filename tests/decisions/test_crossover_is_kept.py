"""Trap 2: dropping the units that met several variants biases; keeping them does not."""

import numpy as np
import pytest

from abstats.analysis import estimate_results
from abstats.decisions import check_health
from tests.analysis.worlds import (
    DAY,
    STAMP,
    a_metric,
    an_experiment,
    counts_table,
    moment_rows,
    moments_table,
)
from tests.decisions.watermarks import FRESH

REPEATS = 120
UNITS = 4000


def aa_tests(seed):
    """A/A tests in which only the treatment loses its assignment, the more active units first.

    Yields for each variant the minutes of its units (by first exposure) and who met both.
    """
    rng = np.random.default_rng(seed)
    for _ in range(REPEATS):
        world = {}
        for variant in ("control", "new"):
            active = rng.gamma(2.0, 1.0, UNITS // 2)
            minutes = rng.gamma(2.0, active)
            crossed = rng.random(len(active)) < (0.02 * active if variant == "new" else 0.0)
            world[variant] = (minutes, crossed)
        yield world


def effects(worlds, keep):
    """Result rows of all A/A tests, one experiment each."""
    minutes = a_metric("minutes")
    experiments, blocks = [], []
    for i, world in enumerate(worlds):
        name = f"aa_{i:03d}"
        experiments.append(an_experiment(name, metrics={"primary": ["minutes"]}))
        for variant, (values, crossed) in world.items():
            kept = values if keep else values[~crossed]
            blocks.append(moment_rows(minutes, variant, ["y"], kept, experiment=name))
    dates = {experiment.name: DAY for experiment in experiments}
    return estimate_results(
        experiments,
        {"minutes": minutes},
        moments_table(*blocks),
        analysis_dates=dates,
        **STAMP,
    ).to_pylist()


def test_dropping_units_that_met_both_variants_finds_an_effect_in_an_aa_test():
    worlds = list(aa_tests(seed=2))
    kept, dropped = effects(worlds, keep=True), effects(worlds, keep=False)

    def relative(rows):
        return float(np.mean([row["effect_rel"] for row in rows]))

    def rejected(rows):
        return sum(row["is_significant"] for row in rows)

    # Standard error of the mean of 120 tests: about .003.
    assert relative(kept) == pytest.approx(0.0, abs=0.009)
    assert relative(dropped) < -0.015
    # Binomial(120, .05): 2 to 12 with probability .96.
    assert rejected(kept) <= 13
    assert rejected(dropped) > rejected(kept)


def test_the_crossover_check_sees_that_only_one_variant_loses_units():
    world = next(aa_tests(seed=2))
    crossed = {variant: int(met_both.sum()) for variant, (_, met_both) in world.items()}
    table = check_health(
        [an_experiment(metrics={"primary": ["minutes"]})],
        {"minutes": a_metric("minutes")},
        counts_table(dict.fromkeys(world, UNITS // 2), several=crossed),
        moments_table(),
        covariates=moments_table(),
        watermarks=FRESH,
        analysis_dates={"exp": DAY},
        **STAMP,
    )
    (row,) = (r for r in table.to_pylist() if r["check_name"] == "units_in_several_variants")
    assert row["status"] == "warn"
    assert row["p_value"] < 1e-6
    assert "dropping them would bias it" in row["next_step"]

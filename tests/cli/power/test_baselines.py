"""Where moments of few units are withheld, a baseline still has all units."""

from types import SimpleNamespace

import numpy as np
import pytest

from abstats.cli.power.baselines import Wanted, read_histories
from abstats.cli.show.rows import ResultRow
from tests.analysis.worlds import DAY, a_metric, an_experiment, moment_rows, moments_table

CLICKS = a_metric("clicks")
WANTED = Wanted("clicks", "mean", CLICKS.definition_hash)
POST_STRATIFIED = an_experiment(segments=["platform"], analysis={"post_stratify": "platform"})
VALUES = np.random.default_rng(1).normal(10.0, 2.0, size=500)


def history_in(experiment, shown):
    """The history where the moments show these strata of 300, 190 and 10 units of each arm."""
    strata = {"ios": VALUES[:300], "web": VALUES[300:490], "tv": VALUES[490:]}
    blocks = [
        moment_rows(CLICKS, variant, ["y"], strata[name].reshape(-1, 1), stratum=name)
        for variant in ("control", "new")
        for name in shown
    ]
    row = dict.fromkeys(ResultRow._fields) | {
        "metric_name": "clicks",
        "analysis_date": DAY,
        "control_n_units": 500,
        "treatment_n_units": 500,
        "control_mean": VALUES.mean(),
        "effect_abs_se": (2.0 * VALUES.var(ddof=1) / 500) ** 0.5,
    }
    tables = SimpleNamespace(
        arrow=lambda _, columns, *__: moments_table(*blocks).select(columns),
        rows=lambda *_: [ResultRow(**row)],
    )
    return read_histories(tables, experiment, [WANTED])["clicks"]


@pytest.mark.parametrize("shown", [["ios", "web", "tv"], ["ios"], []])
def test_a_baseline_has_the_units_of_strata_that_are_withheld(shown) -> None:
    (look,) = history_in(POST_STRATIFIED, shown).looks
    assert look.units == 1000
    assert look.baseline.value == pytest.approx(VALUES.mean())
    assert look.baseline.variance == pytest.approx(VALUES.var(ddof=1), rel=0.05)

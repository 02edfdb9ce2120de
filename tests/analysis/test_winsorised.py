"""A winsorised metric has capped rows, which decide, and raw rows beside them."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from abstats.spec.values import RetentionSpec, WinsorizeSpec
from tests.analysis.test_results import a_world, rows_of
from tests.analysis.worlds import a_metric, an_experiment, moment_rows, moments_table

CAP = 6.0


def capped_blocks(metric, world, *, with_cap=True):
    """The raw moments of a metric and, beside them, those of its capped values."""
    blocks = [moment_rows(metric, variant, ["y"], rows[:, :1]) for variant, rows in world.items()]
    if with_cap:
        for variant, rows in world.items():
            values = np.column_stack([np.minimum(rows[:, 0], CAP), rows[:, 0] > CAP])
            columns = ["y", "is_capped"]
            blocks.append(moment_rows(metric, variant, columns, values, is_winsorised=True))
    return blocks


def winsorised(name):
    return a_metric(name, winsorize=WinsorizeSpec(upper_value=CAP))


def test_the_capped_row_is_the_headline_and_both_are_welch_tests_on_rows():
    clicks, world = winsorised("clicks"), a_world(lift=0.3)
    rows = rows_of(an_experiment(), [clicks], moments_table(*capped_blocks(clicks, world)))
    found = {row["is_winsorised"]: row for row in rows}
    assert len(rows) == 2
    for is_winsorised, row in found.items():
        new, control = (
            np.minimum(world[variant][:, 0], CAP if is_winsorised else np.inf)
            for variant in ("new", "control")
        )
        welch = stats.ttest_ind(new, control, equal_var=False)
        assert row["p_value"] == pytest.approx(welch.pvalue, rel=1e-9)
        assert row["is_headline"] == is_winsorised


def test_a_winsorised_metric_counts_once_in_its_family():
    metrics = [winsorised("clicks"), a_metric("orders"), winsorised("minutes")]
    blocks = []
    for seed, metric in enumerate(metrics):
        world = a_world(seed=seed, lift=0.2 * (seed + 1))
        if metric.winsorize is None:
            blocks += [moment_rows(metric, v, ["y"], rows[:, :1]) for v, rows in world.items()]
        else:
            blocks += capped_blocks(metric, world)
    experiment = an_experiment(
        metrics={"primary": [metric.name for metric in metrics]}, analysis={"correction": "holm"}
    )
    rows = rows_of(experiment, metrics, moments_table(*blocks))
    assert {row["family_size"] for row in rows} == {3}
    headlines = [row for row in rows if row["is_headline"]]
    assert [row["metric_name"] for row in headlines] == ["clicks", "minutes", "orders"]
    expected = multipletests([row["p_value"] for row in headlines], method="holm")[1]
    assert [row["p_value_adjusted"] for row in headlines] == pytest.approx(list(expected))


def test_without_a_cap_the_deciding_row_says_so_and_the_raw_one_has_its_numbers():
    clicks = a_metric("clicks", winsorize=WinsorizeSpec(upper=0.99))
    blocks = capped_blocks(clicks, a_world(), with_cap=False)
    raw, capped = rows_of(an_experiment(), [clicks], moments_table(*blocks))
    assert (raw["is_winsorised"], raw["is_headline"], raw["status"]) == (False, False, "ok")
    assert (capped["is_winsorised"], capped["is_headline"]) == (True, True)
    assert (capped["status"], capped["p_value"]) == ("no_data", None)
    assert "cap or standard deviation is frozen" in capped["status_reason"]


def test_a_retention_is_tested_as_a_proportion():
    returned = np.array([[1.0]] * 40 + [[0.0]] * 160), np.array([[1.0]] * 60 + [[0.0]] * 140)
    kinds = {}
    for kind, more in (
        ("proportion", {}),
        ("retention", {"retention": RetentionSpec(from_day=1, to_day=7)}),
    ):
        clicks = a_metric("clicks", kind, **more)
        blocks = [
            moment_rows(clicks, v, ["y"], rows)
            for v, rows in zip(("control", "new"), returned, strict=True)
        ]
        (kinds[kind],) = rows_of(an_experiment(), [clicks], moments_table(*blocks))
    assert kinds["retention"]["test"] == "score_z"
    assert kinds["retention"]["metric_kind"] == "retention"
    assert kinds["retention"]["p_value"] == kinds["proportion"]["p_value"]

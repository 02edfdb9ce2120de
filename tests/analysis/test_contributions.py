"""Contributions of children to a parent's effect, from result rows."""

from datetime import date

import numpy as np
import pytest

from abstats.analysis import CONTRIBUTIONS_GRAIN, CONTRIBUTIONS_SCHEMA, estimate_results
from abstats.analysis.contributions import split_effects
from tests.analysis.worlds import DAY, STAMP, a_metric, an_experiment, moment_rows, moments_table

REVENUE = a_metric("revenue", decomposition="sum", cuped=True)
APP, SITE = (a_metric(name, parent="revenue", cuped=True) for name in ("app", "site"))
SALES = a_metric("sales", decomposition="product")
BUYERS = a_metric("buyers", "proportion", parent="sales")
PER_BUYER = a_metric("per_buyer", "ratio", parent="sales")
METRICS = {m.name: m for m in (REVENUE, APP, SITE, SALES, BUYERS, PER_BUYER)}


def a_world(seed=1, variants=("control", "new"), strata=("all",)):
    """What a user spends in the app and on the site, and a covariate."""
    rng = np.random.default_rng(seed)
    return {
        (variant, stratum): np.column_stack(
            [
                rng.gamma(1.0, 3.0 + i + 2 * k, 200 + 30 * i) * (rng.random(200 + 30 * i) < 0.6),
                rng.gamma(2.0, 1.0 - 0.1 * i, 200 + 30 * i) * (rng.random(200 + 30 * i) < 0.5),
                rng.gamma(1.0, 1.0, 200 + 30 * i),
            ]
        )
        for i, variant in enumerate(variants)
        for k, stratum in enumerate(strata)
    }


def results_of(experiment, world, metrics=METRICS, days=(DAY,), drop=()):
    blocks = []
    for (variant, stratum), rows in world.items():
        app, site, x = rows.T
        total = app + site
        columns = {
            "revenue": (("y", "x_y"), (total, x)),
            "app": (("y", "x_y"), (app, x)),
            "site": (("y", "x_y"), (site, x)),
            "sales": (("y",), (total,)),
            "buyers": (("y",), ((total > 0) * 1.0,)),
            "per_buyer": (("y", "d"), (total, (total > 0) * 1.0)),
        }
        blocks += [
            moment_rows(
                metrics[name], variant, of, np.column_stack(values), stratum=stratum, day=day
            )
            for name, (of, values) in columns.items()
            if name in experiment.roles() and name not in drop
            for day in days
        ]
    return estimate_results(
        [experiment], metrics, moments_table(*blocks), analysis_dates={"exp": days[-1]}, **STAMP
    )


def split(experiment, results, metrics=METRICS):
    table = split_effects([experiment], metrics, results, **STAMP)
    assert table.schema == CONTRIBUTIONS_SCHEMA
    return table.to_pylist()


def an_experiment_of(*names, **changes):
    return an_experiment(metrics={"primary": list(names)}, **changes)


def parent_effect(results, name, **where):
    (row,) = (
        row
        for row in results.to_pylist()
        if row["metric_name"] == name
        and row["estimator"] == "unadjusted"
        and all(row[key] == value for key, value in where.items())
    )
    return row["effect_abs"]


def test_the_children_of_a_sum_contribute_their_own_effects_and_leave_nothing():
    experiment, world = an_experiment_of("revenue", "app", "site"), a_world()
    results = results_of(experiment, world)
    rows = {row["child_metric_name"]: row for row in split(experiment, results)}
    control, new = world["control", "all"], world["new", "all"]
    effect = new[:, :2].sum(axis=1).mean() - control[:, :2].sum(axis=1).mean()
    for i, child in enumerate(("app", "site")):
        own = new[:, i].mean() - control[:, i].mean()
        assert rows[child]["contribution_abs"] == pytest.approx(own, rel=1e-10)
        assert rows[child]["share_of_parent"] == pytest.approx(own / effect, rel=1e-10)
    assert abs(rows["(residual)"]["contribution_abs"]) < 1e-9 * abs(effect)
    assert {row["status"] for row in rows.values()} == {"ok"}
    assert {row["decomposition"] for row in rows.values()} == {"sum"}


@pytest.mark.parametrize("strata", [("all",), ("2026-01-05", "2026-01-08")])
@pytest.mark.parametrize(
    ("parent", "children"), [("revenue", ("app", "site")), ("sales", ("buyers", "per_buyer"))]
)
def test_the_rows_of_a_parent_add_up_to_its_unadjusted_effect(parent, children, strata):
    """Also in a ramp: means within periods, weighted by their units, still add and multiply."""
    variants = ("control", "a", "b")
    changes = {"allocation": []}
    weights = {"control": 0.5, "a": 0.25, "b": 0.25}
    if len(strata) > 1:
        first = {"control": 0.8, "a": 0.1, "b": 0.1}
        changes["allocation"] = [
            {"from": "2026-01-05", "weights": first},
            {"from": "2026-01-08", "weights": weights},
        ]
    experiment = an_experiment_of(parent, *children, variants=weights, **changes)
    days = (date(2026, 2, 8), date(2026, 2, 9), DAY)
    results = results_of(experiment, a_world(variants=variants, strata=strata), days=days)
    found: dict = {}
    for row in split(experiment, results):
        assert row["status"] == "ok"
        look = {k: row[k] for k in ("treatment_variant_id", "control_variant_id", "analysis_date")}
        found.setdefault(tuple(look.items()), []).append(row)
    assert len(found) == 6
    for look, rows in found.items():
        effect = parent_effect(results, parent, **dict(look))
        assert [row["child_metric_name"] for row in rows] == ["(residual)", *children]
        assert sum(row["contribution_abs"] for row in rows) == pytest.approx(effect, rel=1e-9)
        assert sum(row["share_of_parent"] for row in rows) == pytest.approx(1.0, rel=1e-9)
        assert abs(rows[0]["share_of_parent"]) < 1e-9


def test_a_factors_contribution_is_its_change_times_the_mean_of_the_other():
    experiment = an_experiment_of("sales", "buyers", "per_buyer")
    results = results_of(experiment, a_world())
    rows = {row["child_metric_name"]: row for row in split(experiment, results)}
    means = {
        row["metric_name"]: (row["control_mean"], row["treatment_mean"])
        for row in results.to_pylist()
    }
    for child, other in (("buyers", "per_buyer"), ("per_buyer", "buyers")):
        change = means[child][1] - means[child][0]
        expected = change * sum(means[other]) / 2
        assert rows[child]["contribution_abs"] == pytest.approx(expected, rel=1e-9)


def test_children_that_the_experiment_does_not_measure_are_named():
    experiment = an_experiment_of("revenue", "app")
    rows = split(experiment, results_of(experiment, a_world()))
    assert [row["child_metric_name"] for row in rows] == ["(residual)", "app", "site"]
    for row in rows:
        assert row["contribution_abs"] is row["share_of_parent"] is None
        assert row["status"] == "children_missing"
        assert row["status_reason"] == "The experiment does not measure site."


def test_children_that_do_not_make_up_the_parent_leave_a_residual_that_is_told():
    experiment = an_experiment_of("revenue", "app")
    metrics = {name: metric for name, metric in METRICS.items() if name != "site"}
    results = results_of(experiment, a_world())
    rows = {row["child_metric_name"]: row for row in split(experiment, results, metrics)}
    effect = parent_effect(results, "revenue")
    rest = effect - parent_effect(results, "app")
    assert rows["(residual)"]["contribution_abs"] == pytest.approx(rest, rel=1e-9)
    assert {row["status"] for row in rows.values()} == {"residual"}
    assert "The sum of the children is" in rows["app"]["status_reason"]


def test_a_child_without_data_has_its_row_and_says_so():
    experiment = an_experiment_of("revenue", "app", "site")
    rows = split(experiment, results_of(experiment, a_world(), drop=("site",)))
    assert [row["status"] for row in rows] == ["no_data"] * 3
    assert all(row["contribution_abs"] is None for row in rows)


def test_a_parent_that_is_not_measured_or_not_composed_has_no_rows():
    assert split(an_experiment_of("app"), results_of(an_experiment_of("app"), a_world())) == []
    plain = METRICS | {"revenue": a_metric("revenue", cuped=True)}
    experiment = an_experiment_of("revenue", "app", "site")
    assert split(experiment, results_of(experiment, a_world(), plain), plain) == []


def test_rows_are_sorted_by_their_grain_which_is_unique():
    experiment = an_experiment_of("revenue", "app", "site", "sales", "buyers", "per_buyer")
    rows = split(experiment, results_of(experiment, a_world()))
    grain = [tuple(row[name] for name in CONTRIBUTIONS_GRAIN) for row in rows]
    assert grain == sorted(set(grain))
    assert len(grain) == 6

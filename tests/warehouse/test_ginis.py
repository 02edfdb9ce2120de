"""Ginis through the tables against loops over rows, and their error rates at 90/10."""

import hashlib
from collections import defaultdict
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from abstats.analysis import estimate_results
from abstats.analysis.distributions import ArmKey, Distributions, MetricKey, read_ginis
from abstats.inference import gini_effect
from abstats.spec.covariate import CupedSpec
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec
from abstats.spec.roles import MetricRoles
from abstats.spec.values import UNIT, GiniSpec
from abstats.warehouse.gini_values import gini_values_sql
from abstats.warehouse.measurement_plan import plan_measurement
from tests.analysis.worlds import STAMP
from tests.inference.gini_worlds import gini
from tests.warehouse.worlds import SOURCES, World, build_tables, compiled, experiment, load, metric

LAST = datetime(2026, 1, 20)
DAY = datetime(2026, 1, 19).date()


def gini_metric(name: str, over: str, **fields: Any) -> MetricSpec:
    spec = metric(name, "gini", gini=GiniSpec(over=over), cuped=CupedSpec(enabled=False), **fields)
    entities = {"user": "user_id", "creator": "label"}
    numerator = spec.numerator.model_copy(update={"entities": entities})
    return spec.model_copy(update={"numerator": numerator})


METRICS = [
    gini_metric("creators", "creator"),
    gini_metric("impressions", "creator", agg="count", days=2, filter="weight > 0"),
    gini_metric("units", UNIT),
]


def tables(
    connection: duckdb.DuckDBPyConnection,
    experiments: list[ExperimentSpec],
    metrics: list[MetricSpec],
    exposures: pa.Table,
    events: pa.Table,
) -> dict[ArmKey, Any]:
    """The arms that the model gives for these rows."""
    load(connection, World([], [], LAST, experiments))
    connection.register("raw_exposures", exposures)
    connection.register("raw_events", events)
    connection.execute(
        "insert into first_exposures select experiment_id, unit_id, variant_id,"
        " timestamp '2026-01-05' + to_hours(hour), null, 1, platform, null from raw_exposures"
    )
    connection.execute(
        "insert into events select unit_id, timestamp '2026-01-05' + to_hours(hour), value,"
        " weight, creator from raw_events"
    )
    statements = compiled(experiments, metrics)
    build_tables(connection, statements)
    plan = plan_measurement(experiments, metrics)
    sql = gini_values_sql(plan, SOURCES, "units", "duckdb")
    return read_ginis(connection.execute(sql).to_arrow_table())


def world(seed: int, n: int, treated: float = 0.4) -> tuple[pa.Table, pa.Table]:
    rng = np.random.default_rng(seed)
    exposures = pa.table(
        {
            "experiment_id": ["e1"] * n,
            "unit_id": np.arange(n),
            "variant_id": np.where(rng.random(n) < treated, "b", "a").tolist(),
            # Units exposed late have no complete window of two days until the 20th.
            "hour": rng.integers(0, 10 * 24, n),
            "platform": ["ios"] * n,
        }
    )
    user = rng.integers(0, n + 5, 12 * n)
    return exposures, pa.table(
        {
            "unit_id": user,
            "hour": rng.integers(-24, 12 * 24, 12 * n),
            "value": rng.integers(1, 6, 12 * n).astype(float),
            "weight": rng.integers(0, 2, 12 * n).astype(float),
            "creator": [f"c{k}" for k in rng.zipf(1.5, 12 * n) % 50],
        }
    )


def expected(
    exposures: pa.Table, events: pa.Table, spec: MetricSpec, order: list[int]
) -> dict[str, tuple[int, int, list[list[float]]]]:
    """n, units per block and the coefficients of each block by the group left out, by loops."""
    exposed = {row["unit_id"]: row for row in exposures.to_pylist()}
    counted: dict[int, list[tuple[str, float]]] = defaultdict(list)
    known = 15 * 24
    days = None if spec.window is None else spec.window.days
    for row in events.to_pylist():
        unit = exposed.get(row["unit_id"])
        if unit is None:
            continue
        end = 10 * 24 if days is None else unit["hour"] + 24 * days
        if unit["hour"] <= row["hour"] < end and (
            row["weight"] > 0 or spec.numerator.filter is None
        ):
            amount = 1.0 if spec.numerator.agg == "count" else row["value"]
            counted[row["unit_id"]].append((row["creator"], amount))
    arms: dict[str, list[int]] = {"a": [], "b": []}
    for unit in order:
        if days is None or exposed[unit]["hour"] + 24 * days <= known:
            arms[exposed[unit]["variant_id"]].append(unit)
    per_block = min(map(len, arms.values()))
    everyone = {c for units in arms.values() for u in units for c, _ in counted[u]}
    result = {}
    for variant, units in arms.items():
        blocks = []
        for block in range(min(len(units) // per_block, 10)):
            coefficients = []
            for left_out in range(-1, 20):
                stays = [
                    units[place]
                    for place in range(block * per_block, (block + 1) * per_block)
                    if place % 20 != left_out
                ]
                if spec.gini is not None and spec.gini.over == UNIT:
                    totals = [sum(amount for _, amount in counted[u]) for u in stays]
                else:
                    by_creator = dict.fromkeys(everyone, 0.0)
                    for u in stays:
                        for creator, amount in counted[u]:
                            by_creator[creator] += amount
                    totals = list(by_creator.values())
                coefficients.append(float(gini(np.array(totals))))
            blocks.append(coefficients)
        result[variant] = (len(units), per_block, blocks)
    return result


@pytest.mark.parametrize("spec", METRICS, ids=lambda spec: spec.name)
def test_coefficients_of_blocks_and_groups_are_those_of_loops_over_the_rows(
    spec: MetricSpec,
) -> None:
    exposures, events = world(1, 230, treated=0.25)
    e1 = experiment("e1", [spec.name], segments=["platform"])
    with duckdb.connect() as connection:
        found = tables(connection, [e1], [spec], exposures, events)
    order = sorted(
        exposures["unit_id"].to_pylist(),
        key=lambda unit: hashlib.md5(f"{unit}|e1|gini".encode()).hexdigest(),
    )
    wanted = expected(exposures, events, spec, order)
    assert len(wanted["a"][2]) > 1
    for variant, (n, per_block, blocks) in wanted.items():
        arm = found[ArmKey(MetricKey("e1", spec.name, spec.definition_hash), variant, DAY)]
        assert (arm.n, arm.units_per_block) == (n, per_block)
        np.testing.assert_allclose(arm.full, [b[0] for b in blocks], rtol=1e-12)
        np.testing.assert_allclose(arm.without_group, [b[1:] for b in blocks], rtol=1e-12)


def test_an_a_a_test_at_90_to_10_rejects_as_often_as_it_says_where_the_plug_in_rejects_most() -> (
    None
):
    """200 assignments of the same 1,500 users at random."""
    runs, n, creators = 200, 1500, 500
    rng = np.random.default_rng(3)
    names = [f"e{k}" for k in range(runs)]
    exposures = pa.table(
        {
            "experiment_id": np.repeat(names, n).tolist(),
            "unit_id": np.tile(np.arange(n), runs),
            "variant_id": np.where(rng.random(n * runs) < 0.1, "b", "a").tolist(),
            "hour": np.zeros(n * runs, dtype=int),
            "platform": ["ios"] * (n * runs),
        }
    )
    user = np.repeat(np.arange(n), rng.poisson(rng.lognormal(0.0, 1.0, n) * 4))
    weight = np.arange(1, creators + 1.0) ** -1.0
    creator = rng.choice(creators, len(user), p=weight / weight.sum())
    events = pa.table(
        {
            "unit_id": user,
            "hour": np.full(len(user), 5),
            "value": np.ones(len(user)),
            "weight": np.ones(len(user)),
            "creator": [f"c{k}" for k in creator],
        }
    )
    spec = gini_metric("creators", "creator")
    with duckdb.connect() as connection:
        found = tables(
            connection,
            [experiment(name, ["creators"]) for name in names],
            [spec],
            exposures,
            events,
        )
    rejected = plug_in = 0
    arm_of = exposures["variant_id"].to_numpy().reshape(runs, n)
    for run, name in enumerate(names):
        control, treatment = (
            found[ArmKey(MetricKey(name, "creators", spec.definition_hash), v, DAY)] for v in "ab"
        )
        effect = gini_effect(control, treatment)
        rejected += effect.p_value < 0.05
        whole = [
            gini(np.bincount(creator[(arm_of[run] == v)[user]], minlength=creators).astype(float))
            for v in "ab"
        ]
        plug_in += abs(whole[1] - whole[0]) > 1.96 * effect.std_error
    assert 0.01 < rejected / runs < 0.1
    assert plug_in / runs > 0.5


def test_results_have_a_row_for_every_segment_and_say_where_no_gini_is_computed() -> None:
    exposures, events = world(4, 400)
    spec = METRICS[0]
    roles = {"guardrails": [{"metric": "creators", "margin": 0.2}], "primary": ["units"]}
    e1 = experiment("e1", ["units"], segments=["platform"]).model_copy(
        update={"metrics": MetricRoles.model_validate(roles)}
    )
    with duckdb.connect() as connection:
        found = tables(connection, [e1], [spec, METRICS[2]], exposures, events)
        moments = connection.execute("select * from moments").to_arrow_table()
    rows = estimate_results(
        [e1],
        {s.name: s for s in METRICS},
        moments,
        analysis_dates={"e1": DAY},
        distributions=Distributions(ginis=found),
        **STAMP,
    ).to_pylist()
    by_key = {(row["metric_name"], row["segment_name"]): row for row in rows}
    assert len(rows) == len(by_key) == 4
    whole = by_key["creators", "all"]
    assert (whole["status"], whole["test"], whole["role"]) == ("ok", "jackknife_t", "guardrail")
    assert whole["is_non_inferior"] is True
    assert whole["control_n_units"] + whole["treatment_n_units"] == 400
    part = by_key["creators", "platform"]
    assert (part["status"], part["effect_abs"]) == ("no_data", None)
    assert "whole population" in part["status_reason"]


def test_an_arm_without_units_or_events_has_a_status_and_no_number() -> None:
    exposures, events = world(5, 200, treated=0.0)
    e1 = experiment("e1", ["creators"])
    with duckdb.connect() as connection:
        found = tables(connection, [e1], METRICS[:1], exposures, events.slice(0, 0))
        moments = connection.execute("select * from moments").to_arrow_table()
    (row,) = estimate_results(
        [e1],
        {"creators": METRICS[0]},
        moments,
        analysis_dates={"e1": DAY},
        distributions=Distributions(ginis=found),
        **STAMP,
    ).to_pylist()
    assert (row["status"], row["p_value"]) == ("no_data", None)
    assert row["status_reason"] == "The control has a block without a positive total."

"""Units with folded segments and their stratum, against a loop over exposures."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from abstats.spec.experiment import ExperimentSpec
from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.strata import stratified_exposures_sql
from tests.warehouse.worlds import (
    START_AT,
    Event,
    Exposure,
    World,
    build,
    compiled,
    experiment,
    load,
    metric,
)

METRICS = [metric("total")]
WEEK = timedelta(days=7)
RAMP = [
    {"from": "2026-01-05", "weights": {"a": 0.9, "b": 0.1}},
    {"from": "2026-01-08", "weights": {"a": 0.7, "b": 0.3}},
    {"from": "2026-01-12", "weights": {"a": 0.5, "b": 0.5}},
]
KEEP_TWO = [{"name": "platform", "keep": 2}]
PLATFORM = {"post_stratify": "platform"}
EXPERIMENTS = [
    experiment("plain", ["total"]),
    experiment("ramp", ["total"], allocation=RAMP),
    experiment("folded", ["total"], segments=KEEP_TWO),
    experiment("values", ["total"], segments=KEEP_TWO, analysis=PLATFORM),
    experiment("both", ["total"], allocation=RAMP, segments=["platform"], analysis=PLATFORM),
]
SQL = stratified_exposures_sql(
    plan_measurement(EXPERIMENTS, METRICS), "first_exposures", "dates", "duckdb"
)


def stratified(
    exposures: Sequence[Exposure], experiments: Sequence[ExperimentSpec] = EXPERIMENTS
) -> dict[tuple[str, int], tuple[str | None, str]]:
    """Platform and stratum by experiment and unit."""
    with duckdb.connect() as connection:
        load(connection, World(exposures, [], experiments=experiments))
        rows = connection.execute(
            f"select experiment_id, unit_id, segment__platform, stratum from ({SQL})"
        ).fetchall()
    assert len(rows) == len(exposures)
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


instants = st.integers(0, 10 * 24 - 1).map(lambda hours: START_AT + timedelta(hours=hours))
platforms = st.sampled_from(["ios", "web", "o'tv", "(other)", None])


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from([spec.name for spec in EXPERIMENTS]), instants, platforms),
        max_size=40,
    )
)
def test_values_and_strata_are_those_that_a_loop_over_exposures_finds(
    rows: list[tuple[str, datetime, str | None]],
) -> None:
    exposures = [
        Exposure(name, unit, "a", at, platform=platform)
        for unit, (name, at, platform) in enumerate(rows)
    ]
    found = stratified(exposures)
    for spec in EXPERIMENTS:
        mine = [e for e in exposures if e.experiment == spec.name]
        kept = kept_values(mine, spec.segment_keeps.get("platform", 99))
        for exposure in mine:
            value = exposure.platform
            if value is not None and value not in kept:
                value = "(other)"
            period = max(p["from"] for p in RAMP if p["from"] <= f"{exposure.at:%Y-%m-%d}")
            stratum = {
                "ramp": period,
                "values": value or "(missing)",
                "both": f"{period}|{value or '(missing)'}",
            }.get(spec.name, "all")
            assert found[spec.name, exposure.unit] == (value, stratum)


def kept_values(exposures: Sequence[Exposure], keep: int) -> list[str]:
    """The values with most units of the first week, by name, then later ones as they come."""
    early = Counter(e.platform for e in exposures if e.platform and e.at < START_AT + WEEK)
    late = sorted((e.at, e.platform) for e in exposures if e.platform and e.platform not in early)
    ranked = sorted(early, key=lambda value: (-early[value], value))
    return list(dict.fromkeys([*ranked, *(value for _, value in late)]))[:keep]


def test_a_value_that_is_large_after_the_first_week_does_not_replace_one_that_was_kept() -> None:
    late = START_AT + WEEK
    exposures = [
        Exposure("folded", 1, "a", START_AT, platform="ios"),
        Exposure("folded", 2, "a", late - timedelta(microseconds=1), platform="web"),
        *(Exposure("folded", unit, "a", late, platform="tv") for unit in range(3, 30)),
    ]
    values = {unit: value for (_, unit), (value, _) in stratified(exposures).items()}
    assert (values[1], values[2], values[3]) == ("ios", "web", "(other)")


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (datetime(2026, 1, 7, 23, 59, 59, 999_999), "2026-01-05"),
        (datetime(2026, 1, 8), "2026-01-08"),
    ],
)
def test_a_period_begins_at_midnight(at: datetime, period: str) -> None:
    assert stratified([Exposure("ramp", 1, "a", at)])["ramp", 1] == (None, period)


def test_the_cells_of_all_strata_are_those_of_the_units_in_them() -> None:
    spec = experiment("e1", ["total"], allocation=RAMP, segments=["platform"], analysis=PLATFORM)
    days = (START_AT, START_AT + timedelta(days=4), START_AT + timedelta(days=8))
    exposures = [
        Exposure("e1", unit, "ab"[unit % 2], days[unit % 3], platform=("ios", None)[unit % 5 > 1])
        for unit in range(60)
    ]
    events = [Event(e.unit, e.at, float(e.unit**2 % 17)) for e in exposures]
    with duckdb.connect() as connection:
        build(connection, World(exposures, events, experiments=[spec]), compiled([spec], METRICS))
        rows = connection.execute(
            "select variant_id, segment_name, segment_value, stratum, n, mean_a from moments"
            " where metric_name = 'total' and column_a = 'y' and column_b = 'y'"
        ).fetchall()
        units = connection.execute(
            "select variant_id, segment_name, segment_value, stratum, n from moments"
            " where metric_name = 'units'"
        ).fetchall()
    expected: dict[tuple[str, str, str, str], list[float]] = {}
    for exposure, event in zip(exposures, events, strict=True):
        value = exposure.platform or "(missing)"
        period = max(p["from"] for p in RAMP if p["from"] <= f"{exposure.at:%Y-%m-%d}")
        for segment in (("all", "all"), ("platform", value)):
            key = (exposure.variant, *segment, f"{period}|{value}")
            expected.setdefault(key, []).append(event.value or 0.0)
    assert {row[:4]: row[4] for row in rows} == {k: len(v) for k, v in expected.items()}
    assert {row[:4]: row[4] for row in units} == {row[:4]: row[4] for row in rows}
    for row in rows:
        assert row[5] == pytest.approx(sum(expected[row[:4]]) / row[4], rel=1e-14)


@pytest.mark.parametrize("adapter_type", ["duckdb", "postgres", "snowflake", "bigquery", "trino"])
def test_the_text_is_a_single_select(adapter_type: str) -> None:
    plan = plan_measurement(EXPERIMENTS, METRICS)
    sql = stratified_exposures_sql(plan, "first_exposures", "dates", adapter_type)
    (statement,) = sqlglot.parse(sql, dialect=sqlglot_dialect(adapter_type))
    assert isinstance(statement, sqlglot.exp.Query)
    assert "abstats_placeholder" not in sql

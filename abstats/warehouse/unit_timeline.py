"""From stored states to the per-unit table: at the latest analysis date, or at every date."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from abstats.warehouse.frozen_scales import scales_subquery
from abstats.warehouse.measurement_plan import MeasurementPlan
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_days import unit_days_schema
from abstats.warehouse.unit_events import (
    TIMESTAMP,
    experiment_number,
    exposed_units,
    exposures_sql,
)
from abstats.warehouse.unit_lists import split_by_merge, with_running_lists
from abstats.warehouse.unit_measures import (
    UNIT_KEYS,
    active_column,
    finished_measures,
    with_states,
)
from abstats.warehouse.unit_states import (
    ACTIVE_BEFORE_EXPOSURE,
    State,
    covariate_states,
    outcome_states,
)
from abstats.warehouse.unit_totals import unit_totals_schema


@dataclass(frozen=True)
class StoredStates:
    """The relations that hold units and their states.

    Attributes:
        exposures: First exposures.
        dates: One row per experiment, with its latest analysis date.
        unit_days: What units did after their exposure, by day.
        unit_totals: What they did after it until now.
        unit_histories: What they did before it.
        scales: Frozen caps and standard deviations; None where no metric has one.
    """

    exposures: Relation
    dates: Relation
    unit_days: Relation
    unit_totals: Relation
    unit_histories: Relation
    scales: Relation | None = None


class _Days:
    """Placeholders of the incremental tables, without the rows that hold hashes."""

    def __init__(self, plan: MeasurementPlan) -> None:
        self.outcomes: Sequence[State] = outcome_states(plan)
        self.covariates: Sequence[State] = covariate_states(plan)
        days = placeholder("unit_days", unit_days_schema(self.outcomes))
        totals = placeholder("unit_totals", unit_totals_schema(self.outcomes))
        histories = placeholder(
            "unit_histories", unit_days_schema(self.covariates, with_activity=True)
        )
        self.days, self.totals, self.histories = (
            table.filter(table.unit_id.notnull()).mutate(
                experiment_number=experiment_number(plan, table.experiment_id)
            )
            for table in (days, totals, histories)
        )


def latest_measures_sql(plan: MeasurementPlan, sources: StoredStates, adapter_type: str) -> str:
    """SQL of the per-unit table at the latest analysis date, from the running totals."""
    stored = _Days(plan)
    totals = stored.totals.select(*UNIT_KEYS, *(state.name for state in stored.outcomes))
    wide = _with_histories(plan, with_states(exposed_units(plan), totals), stored)
    wide = wide.mutate(known_until=wide.analysis_end_at)
    subqueries = _subqueries(plan, sources, adapter_type)
    return compile_expression(finished_measures(plan, wide), subqueries, adapter_type)


def timeline_measures_sql(
    plan: MeasurementPlan, sources: StoredStates, wanted_dates: str, adapter_type: str
) -> str:
    """SQL of the per-unit table at every wanted analysis date, in one pass over the days.

    A unit has one state per day on which it did something; that state holds until the next such
    day.

    Args:
        plan: What is measured.
        sources: The stored states.
        wanted_dates: `select experiment_id, analysis_date`.
        adapter_type: dbt's name of the engine.
    """
    stored = _Days(plan)
    wanted = placeholder("wanted", {"experiment_id": "string", "analysis_date": "date"})
    units = exposed_units(plan).rename(last_date="analysis_date")
    units = _with_histories(plan, units.semi_join(wanted, "experiment_id"), stored)
    keys = [*UNIT_KEYS, "partition_date"]
    first_days = units.select(
        *UNIT_KEYS,
        partition_date=units.exposed_at.date(),
        **{state.name: ibis.null(state.type) for state in stored.outcomes},
    )
    active_days = stored.days.semi_join(
        units.select("experiment_number").distinct(), "experiment_number"
    )
    active_days = active_days.select(*keys, *(state.name for state in stored.outcomes))
    # Several rows of one day are left: of all but the last the next date is their own.
    days = ibis.union(first_days, active_days)
    window = ibis.window(group_by=list(UNIT_KEYS), order_by="partition_date")
    until_now = ibis.cumulative_window(group_by=list(UNIT_KEYS), order_by="partition_date")
    direct, by_value = split_by_merge(stored.outcomes, adapter_type)
    running = days.select(
        *keys,
        next_date=days.partition_date.lead().over(window),
        **{state.name: state.merged(days[state.name], until_now) for state in direct},
    )
    running = with_running_lists(running, days, UNIT_KEYS, "partition_date", by_value)
    wide = units.inner_join(running, list(UNIT_KEYS))
    last_date = ibis.least(
        wide.last_date,
        _date(wide.next_date - ibis.interval(days=1)).fill_null(wide.last_date),
    )
    n_days = last_date.delta(wide.partition_date, unit="day") + 1
    wide = wide.mutate(n_days=n_days)
    wide = wide.filter(wide.n_days > 0)
    wide = wide.mutate(day=ibis.range(0, wide.n_days).unnest())
    wide = wide.mutate(analysis_date=_date(wide.partition_date + wide.day.as_interval("D")))
    wide = wide.semi_join(wanted, ["experiment_id", "analysis_date"])
    wide = wide.mutate(known_until=(wide.analysis_date.cast(TIMESTAMP) + ibis.interval(days=1)))
    subqueries = _subqueries(plan, sources, adapter_type)
    subqueries["wanted"] = wanted_dates
    return compile_expression(finished_measures(plan, wide), subqueries, adapter_type)


def _date(shifted: ir.Value) -> ir.Value:
    """A shifted date as a date: to engines it is a timestamp, what Ibis does not know."""
    return shifted.cast(TIMESTAMP).cast("date")


def _with_histories(plan: MeasurementPlan, wide: ir.Table, stored: _Days) -> ir.Table:
    """Units with what they did before their exposure: one row per fact, of its one date."""
    was_active: ir.Value = ibis.literal(False)
    for fact in plan.facts():
        histories = stored.histories.filter(stored.histories.fact == fact)
        active = active_column(fact)
        names = [state.name for state in stored.covariates if state.fact == fact]
        activity = {active: histories[ACTIVE_BEFORE_EXPOSURE]}
        wide = with_states(wide, histories.select(*UNIT_KEYS, *names, **activity))
        was_active = was_active | wide[active].fill_null(False)
    return wide.mutate(**{ACTIVE_BEFORE_EXPOSURE: was_active})


def _subqueries(plan: MeasurementPlan, sources: StoredStates, adapter_type: str) -> dict[str, str]:
    return {
        "exposures": exposures_sql(sources.exposures, adapter_type),
        "dates": f"select * from {sources.dates.sql}",
        "unit_days": f"select * from {sources.unit_days.sql}",
        "unit_totals": f"select * from {sources.unit_totals.sql}",
        "unit_histories": f"select * from {sources.unit_histories.sql}",
        **scales_subquery(plan, sources.scales),
    }

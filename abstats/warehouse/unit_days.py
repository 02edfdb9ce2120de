"""Per-unit states by day, incremental: each event is aggregated once for its experiments.

`int_experiment_unit_days` holds what units did after their exposure, by the date of the event;
`int_experiment_unit_histories` what they did before it, by the date of the exposure. Both are
written partition by partition (`partitions`); a row without a unit holds a partition's hash.
"""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
from ibis import _
from sqlglot import exp

from abstats.warehouse.dialects import small_hint, sqlglot_dialect
from abstats.warehouse.measurement_plan import MeasurementPlan
from abstats.warehouse.partitions import (
    EMPTIED,
    PartitionSources,
    stale_cohorts_sql,
    stale_days_sql,
)
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.quantile_grids import wide_grids_sql, with_grids
from abstats.warehouse.unit_events import (
    FactUnits,
    Sources,
    events_of_units,
    experiment_number,
    exposed_units,
    exposures_sql,
    fact_units,
    is_within,
    longest_lookback,
)
from abstats.warehouse.unit_phases import states_by_unit
from abstats.warehouse.unit_states import (
    ACTIVE_BEFORE_EXPOSURE,
    State,
    covariate_states,
    outcome_states,
)

_KEYS = {
    "partition_key": "string",
    "experiment_id": "string",
    "fact": "string",
    "partition_date": "date",
}
_PARTITION_KEYS = ["experiment_number", "partition_date"]


def unit_days_sql(
    plan: MeasurementPlan, sources: Sources, partitions: PartitionSources, adapter_type: str
) -> str:
    """The stale partitions of `int_experiment_unit_days`, computed anew.

    Columns: partition_key, experiment_id, fact, partition_date (of the events), unit_id,
    inputs_hash and the states of outcomes.
    """
    states = outcome_states(plan)
    units = with_grids(plan, exposed_units(plan))
    small = small_hint("stale_partitions", adapter_type)
    parts, subqueries = [], {}
    for fact in fact_units(plan, sources, adapter_type):
        # The bound says nothing new, but lets an engine skip what lies before it unread.
        of_fact = f"from stale_partitions where fact = '{fact.fact}' and inputs_hash <> {EMPTIED}"
        subqueries[fact.placeholder] = (
            f"select * from ({fact.sql}) as events "
            f"where event_at >= (select cast(min(partition_date) as timestamp) {of_fact}) "
            f"and cast(event_at as date) in (select {small}partition_date {of_fact})"
        )
        joined = events_of_units(plan, fact, units)
        # In the order of the states: a set would give another text in every process.
        periods = list(dict.fromkeys(state.period for state in states if state.fact == fact.fact))
        joined = joined.filter(ibis.or_(*(is_within(period, joined) for period in periods)))
        joined = joined.mutate(partition_date=joined.event_at.date())
        joined = joined.semi_join(_stale_of(plan, fact), _PARTITION_KEYS)
        part = _by_partition(plan, fact, joined, states, all_count=len(periods) == 1)
        parts.append(part.filter(ibis.or_(*(part[state.name].notnull() for state in states))))
    rows = _with_markers(parts, units, states)
    subqueries["grids"] = wide_grids_sql(plan, sources.grids, adapter_type)
    stale = stale_days_sql(plan, partitions, adapter_type)
    return _text(rows, stale, subqueries, sources, adapter_type, kept=partitions.kept)


def unit_histories_sql(
    plan: MeasurementPlan, sources: Sources, partitions: PartitionSources, adapter_type: str
) -> str:
    """The stale partitions of `int_experiment_unit_histories`, computed anew.

    Columns: partition_key, experiment_id, fact, partition_date (of the exposure), unit_id,
    inputs_hash, the states of covariates and whether the unit was active before its exposure.
    """
    states = covariate_states(plan)
    units = exposed_units(plan)
    units = units.mutate(partition_date=units.exposed_at.date())
    parts, subqueries = [], {}
    for fact in fact_units(plan, sources, adapter_type):
        # Nobody of a stale cohort is read before this, and engines skip what lies there unread.
        # A bound on the other side would make DuckDB expect few events and hash all of them.
        of_fact = f"from stale_partitions where fact = '{fact.fact}' and inputs_hash <> {EMPTIED}"
        subqueries[fact.placeholder] = (
            f"select * from ({fact.sql}) as events "
            f"where event_at >= (select {_read_from(plan, fact, adapter_type)} {of_fact})"
        )
        cohorts = units.semi_join(_stale_of(plan, fact), _PARTITION_KEYS)
        joined = events_of_units(plan, fact, cohorts)
        joined = joined.filter(joined.event_at < joined.exposed_at)
        parts.append(_by_partition(plan, fact, joined, states, active=ACTIVE_BEFORE_EXPOSURE))
    rows = _with_markers(parts, units, states, with_activity=True)
    stale = stale_cohorts_sql(plan, partitions, adapter_type)
    return _text(rows, stale, subqueries, sources, adapter_type, kept=partitions.kept)


def unit_days_schema(states: Sequence[State], *, with_activity: bool = False) -> dict[str, str]:
    """Columns of a table of states by partition, and their Ibis types."""
    return {
        **_KEYS,
        "unit_id": "string",
        "inputs_hash": "int64",
        **{state.name: state.type for state in states},
        **({ACTIVE_BEFORE_EXPOSURE: "boolean"} if with_activity else {}),
    }


def _stale() -> ir.Table:
    return placeholder("stale", {**_KEYS, "inputs_hash": "int64"})


def _stale_of(plan: MeasurementPlan, fact: FactUnits) -> ir.Table:
    """The stale partitions of a fact that have content."""
    stale = _stale().filter(_.fact == fact.fact, _.inputs_hash != EMPTIED)
    stale = stale.mutate(experiment_number=experiment_number(plan, stale.experiment_id))
    return stale.select("partition_key", "experiment_id", *_PARTITION_KEYS)


def _read_from(plan: MeasurementPlan, fact: FactUnits, adapter_type: str) -> str:
    """The first instant that units of stale cohorts may be read from."""
    start = min(plan.experiments[name].start for name in fact.experiments)
    day = exp.DateSub(
        this=exp.Min(this=exp.column("partition_date")),
        expression=exp.Literal.number(longest_lookback(plan).days + 1),
        unit=exp.var("DAY"),
    ).sql(dialect=sqlglot_dialect(adapter_type))
    return f"least(cast({day} as timestamp), cast('{start.isoformat()}' as timestamp))"


def _by_partition(
    plan: MeasurementPlan,
    fact: FactUnits,
    joined: ir.Table,
    states: Sequence[State],
    *,
    all_count: bool = False,
    active: str | None = None,
) -> ir.Table:
    """The states of one fact by partition and unit, in the columns of the whole table."""
    mine = [state for state in states if state.fact == fact.fact]
    grouped = states_by_unit(joined, mine, _PARTITION_KEYS, active=active, all_count=all_count)
    grouped = grouped.inner_join(_stale_of(plan, fact), _PARTITION_KEYS)
    names = {state.name for state in mine}
    return grouped.select(
        "partition_key",
        "experiment_id",
        "partition_date",
        "unit_id",
        fact=ibis.literal(fact.fact),
        inputs_hash=ibis.null("int64"),
        **{
            state.name: grouped[state.name] if state.name in names else ibis.null(state.type)
            for state in states
        },
        **({} if active is None else {active: grouped[active]}),
    ).select(*unit_days_schema(states, with_activity=active is not None))


def _with_markers(
    parts: Sequence[ir.Table],
    units: ir.Table,
    states: Sequence[State],
    *,
    with_activity: bool = False,
) -> ir.Table:
    """The states and, for each stale partition, the row that holds its hash."""
    stale = _stale()
    # The join that finds nobody gives the missing unit the type that ids have in the log.
    nobody = units.filter(ibis.literal(False)).select("unit_id_text", nobody_id=units.unit_id)
    markers = stale.left_join(nobody, [stale.partition_key == nobody.unit_id_text])
    markers = markers.select(
        *_KEYS,
        "inputs_hash",
        unit_id=markers.nobody_id,
        **{state.name: ibis.null(state.type) for state in states},
        **({ACTIVE_BEFORE_EXPOSURE: ibis.null("boolean")} if with_activity else {}),
    ).select(*unit_days_schema(states, with_activity=with_activity))
    return ibis.union(markers, *parts) if parts else markers


def _text(
    rows: ir.Table,
    stale_sql: str,
    subqueries: dict[str, str],
    sources: Sources,
    adapter_type: str,
    *,
    kept: Mapping[str, str],
) -> str:
    subqueries |= {
        "exposures": exposures_sql(sources.exposures, adapter_type),
        "dates": f"select * from {sources.dates.sql}",
        "stale": f"select {small_hint('stale_partitions', adapter_type)}* from stale_partitions",
    }
    compiled = compile_expression(rows, subqueries, adapter_type)
    dialect = sqlglot_dialect(adapter_type)
    lost = "".join(
        f", cast(null as {type_}) as {exp.to_identifier(name, quoted=True).sql(dialect=dialect)}"
        for name, type_ in kept.items()
        if name not in rows.columns
    )
    return (
        f"with stale_partitions as ({stale_sql}\n)\n"
        f"select *{lost} from (\n{compiled}\n) as unit_days"
    )

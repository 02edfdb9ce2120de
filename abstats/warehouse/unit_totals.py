"""Running totals: what every unit did after its exposure until now, one row per unit.

The table is made from itself: what the last build left, and the partitions of `unit_days` that it
did not hold yet. It keeps the hashes of the partitions that are in it, each in a row without a
unit. Where one of them is another now, or gone, the units that have done something since that date
are added up anew from their days; what nobody touched stays.
"""

from collections.abc import Iterable, Mapping, Sequence

import ibis
import ibis.expr.types as ir
from sqlglot import exp

from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.measurement_plan import MeasurementPlan
from abstats.warehouse.partitions import EMPTIED
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.quoting import text_for
from abstats.warehouse.relation import Relation, aliased
from abstats.warehouse.unit_events import experiment_number
from abstats.warehouse.unit_lists import merged_by
from abstats.warehouse.unit_states import State, outcome_states

_UNIT = ("experiment_number", "unit_id")


def unit_totals_sql(
    plan: MeasurementPlan, unit_days: Relation, stored: Relation | None, adapter_type: str
) -> str:
    """SQL of `int_experiment_unit_totals`.

    Columns: partition_key, experiment_id, last_date (of the unit's events, or of the partition),
    unit_id, inputs_hash and the states of outcomes.

    Args:
        plan: What is measured.
        unit_days: What units did after their exposure, by day.
        stored: The table itself as the last build left it; None where there is none.
        adapter_type: dbt's name of the engine.
    """
    states = outcome_states(plan)
    columns = _quoted(states, adapter_type)
    is_declared = _is_declared(plan, adapter_type)
    if stored is None or not _has_columns(stored, unit_days, states):
        named = _names(["experiment_id", "unit_id", "partition_date as last_date", *columns])
        parts = (
            f"days_to_add as (select {named} from {unit_days.sql} "
            f"where unit_id is not null and {is_declared})"
        )
    else:
        parts = _days_to_add(unit_days.sql, stored.sql, columns, is_declared)
    totals = _totals(plan, states, adapter_type)
    compiled = compile_expression(totals, {"days": "select * from days_to_add"}, adapter_type)
    names = ["partition_key", "experiment_id", "last_date", "unit_id", "inputs_hash", *columns]
    markers = _names(name if name != "last_date" else "partition_date" for name in names)
    return (
        f"with {parts}\n"
        f"select {_names(names)} from (\n{compiled}\n) as totals\n"
        f"union all\n"
        f"select {markers} from {unit_days.sql} "
        f"where unit_id is null and inputs_hash <> {EMPTIED} and {is_declared}"
    )


def unit_totals_schema(states: Sequence[State]) -> Mapping[str, str]:
    """Columns of the running totals, and their Ibis types."""
    return {
        "partition_key": "string",
        "experiment_id": "string",
        "last_date": "date",
        "unit_id": "string",
        "inputs_hash": "int64",
        **{state.name: state.type for state in states},
    }


def _has_columns(stored: Relation, unit_days: Relation, states: Sequence[State]) -> bool:
    """Whether what is stored can be added to: it has every state, and ids of today's type."""
    return unit_totals_schema(states).keys() <= stored.types.keys() and (
        stored.type_of("unit_id") == unit_days.type_of("unit_id")
    )


def _totals(plan: MeasurementPlan, states: Sequence[State], adapter_type: str) -> ir.Table:
    schema = unit_totals_schema(states)
    days = placeholder("days", {n: t for n, t in schema.items() if n not in _OF_MARKERS})
    days = days.mutate(experiment_number=experiment_number(plan, days.experiment_id))
    merged = merged_by(days, _UNIT, states, adapter_type, last_date=days.last_date.max())
    names = [(index, ibis.literal(name)) for index, name in enumerate(plan.experiments)]
    experiment_id = merged.experiment_number.cases(*names) if names else ibis.null("string")
    return merged.mutate(
        partition_key=ibis.null("string"),
        experiment_id=experiment_id,
        inputs_hash=ibis.null("int64"),
    )


_OF_MARKERS = ("partition_key", "inputs_hash")


def _days_to_add(unit_days: str, stored: str, columns: Sequence[str], is_declared: str) -> str:
    """The rows whose sum by unit are the totals: what is held, and days."""
    values = "".join(f", {{0}}.{column}" for column in columns)
    is_same = "held.partition_key = kept.partition_key and held.inputs_hash = kept.inputs_hash"
    return f"""held as (
    select partition_key, experiment_id, last_date as partition_date, inputs_hash
    from {stored}
    where unit_id is null
),
kept as (
    select partition_key, experiment_id, fact, partition_date, inputs_hash
    from {unit_days}
    where unit_id is null and inputs_hash <> {EMPTIED} and {is_declared}
),
changed as (
    select held.experiment_id, min(held.partition_date) as changed_from
    from held
    left join kept on {is_same}
    where kept.partition_key is null
    group by held.experiment_id
),
added as (
    select kept.experiment_id, kept.fact, kept.partition_date
    from kept
    left join held on {is_same}
    where held.partition_key is null
),
touched as (
    select stored.experiment_id, stored.unit_id
    from {stored} as stored
    inner join changed on stored.experiment_id = changed.experiment_id
    where
        stored.unit_id is not null
        and stored.last_date >= changed.changed_from
        and stored.{is_declared}
),
days_to_add as (
    select stored.experiment_id, stored.unit_id, stored.last_date{values.format("stored")}
    from {stored} as stored
    left join changed on stored.experiment_id = changed.experiment_id
    where
        stored.unit_id is not null
        and (changed.changed_from is null or stored.last_date < changed.changed_from)
    union all
    select days.experiment_id, days.unit_id, days.partition_date{values.format("days")}
    from {aliased(unit_days, "days")}
    inner join added
        on
            days.partition_date = added.partition_date
            and days.fact = added.fact
            and days.experiment_id = added.experiment_id
    left join touched
        on days.experiment_id = touched.experiment_id and days.unit_id = touched.unit_id
    where days.unit_id is not null and touched.unit_id is null
    union all
    select days.experiment_id, days.unit_id, days.partition_date{values.format("days")}
    from {aliased(unit_days, "days")}
    inner join touched
        on days.experiment_id = touched.experiment_id and days.unit_id = touched.unit_id
)"""


def _is_declared(plan: MeasurementPlan, adapter_type: str) -> str:
    """Condition on days: where this model runs alone, they may have experiments that are gone.

    Their units have no number here, and their hashes would say that they are in the totals.
    """
    names = ", ".join(text_for(name, adapter_type) for name in plan.experiments)
    return f"experiment_id in ({names or 'null'})"


def _quoted(states: Sequence[State], adapter_type: str) -> list[str]:
    dialect = sqlglot_dialect(adapter_type)
    return [exp.to_identifier(state.name, quoted=True).sql(dialect=dialect) for state in states]


def _names(columns: Iterable[str]) -> str:
    return ", ".join(columns)

"""Sums over random buckets of units, for the experiments that ask for cross-checks.

At the latest analysis date and for the whole population: what a bootstrap and a permutation test
need, in as many rows as there are buckets, however many units there are.
"""

from sqlglot import exp

from abstats.spec.buckets import WITHOUT_SUMS, arms_of
from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import (
    DENOMINATOR,
    OUTCOME,
    MeasurementPlan,
    PlannedMetric,
)
from abstats.warehouse.portable_digest import portable_digest_sql
from abstats.warehouse.quoting import fitting, quoted_for
from abstats.warehouse.relation import aliased

COLUMNS = {
    "experiment_id": "text",
    "metric_name": "text",
    "definition_hash": "text",
    "variant_id": "text",
    "analysis_date": "date",
    "allocation_period": "text",
    "n_buckets": "bigint",
    "bucket": "bigint",
    "n_units": "bigint",
    "sum_value": "double",
    "sum_denominator": "double",
}
_SALT = "abstats cross-check"
"""Another hash than the one that assigned the units, whatever that was made of."""
_DIGITS, _N_DIGITS = "0123456789abcdef", 6
_ARMS = {
    "experiment_id": "text",
    "variant_id": "text",
    "allocation_period": "text",
    "n_buckets": "bigint",
}
_PERIOD_LENGTH = len("2026-01-05")


def bucket_sums_sql(plan: MeasurementPlan, units: str, adapter_type: str) -> str:
    """SQL of the sums: one row per metric, arm and bucket that has a unit with a value.

    A unit's bucket follows from the MD5 of the experiment and its id, the same on every engine and
    in every metric. A value is that which decides: of a winsorised metric the capped one.

    Args:
        plan: What is measured.
        units: The per-unit table at the latest date.
        adapter_type: dbt's name of the engine.
    """
    asking = [
        name for name, spec in plan.experiments.items() if spec.analysis.cross_checks is not None
    ]
    metrics = [
        (metric, experiments)
        for metric in plan.metrics
        if metric.spec.kind not in WITHOUT_SUMS
        and (experiments := [name for name in asking if name in metric.windows])
    ]
    if not metrics:
        return literal_rows_sql(COLUMNS, [], adapter_type)
    sums = ",\n        ".join(part for metric, _ in metrics for part in _sums(metric, adapter_type))
    selects = "\nunion all\n".join(
        _long(metric, experiments, adapter_type) for metric, experiments in metrics
    )
    arms = [
        (name, arm.variant_id, arm.period, arm.n_buckets)
        for name in asking
        for arm in arms_of(plan.experiments[name])
    ]
    return f"""
select * from (
with arms as (
{literal_rows_sql(_ARMS, arms, adapter_type)}
),
hashed as (
    select
        units.*,
        {_period_sql(plan, asking)} as allocation_period,
        {_digest_sql(adapter_type)} as digest
    from {aliased(units, "units")}
    where units.experiment_id in ({_texts(asking)})
),
placed as (
    select
        hashed.*,
        arms.n_buckets,
        cast(
            floor(arms.n_buckets * ({_number_sql(adapter_type)}) / {16.0**_N_DIGITS})
            as bigint
        ) as bucket
    from hashed
    inner join arms
        on
            hashed.experiment_id = arms.experiment_id
            and hashed.variant_id = arms.variant_id
            and hashed.allocation_period = arms.allocation_period
),
sums as (
    select
        experiment_id,
        variant_id,
        analysis_date,
        allocation_period,
        n_buckets,
        bucket,
        {sums}
    from placed
    group by
        experiment_id, variant_id, analysis_date, allocation_period, n_buckets, bucket
)
{selects}
) as bucket_sums"""


def _sums(metric: PlannedMetric, adapter_type: str) -> list[str]:
    value = _column(metric, OUTCOME, adapter_type)
    sums = [
        f"count({value}) as {_sum(metric, 'n', adapter_type)}",
        f"sum({value}) as {_sum(metric, 'y', adapter_type)}",
    ]
    if DENOMINATOR in metric.outcomes:
        denominator = _column(metric, DENOMINATOR, adapter_type)
        sums.append(f"sum({denominator}) as {_sum(metric, 'd', adapter_type)}")
    return sums


def _column(metric: PlannedMetric, column: str, adapter_type: str) -> str:
    name = metric.unit_column(column, is_winsorised=metric.is_winsorised)
    return quoted_for(name, adapter_type)


def _sum(metric: PlannedMetric, what: str, adapter_type: str) -> str:
    """The column of a sum: of units (n), values (y) or denominators (d)."""
    return quoted_for(fitting(f"{what}__{metric.spec.name}"), adapter_type)


def _long(metric: PlannedMetric, experiments: list[str], adapter_type: str) -> str:
    units, value = _sum(metric, "n", adapter_type), _sum(metric, "y", adapter_type)
    denominator = _sum(metric, "d", adapter_type) if DENOMINATOR in metric.outcomes else units
    double = exp.DataType.build("double").sql(dialect=sqlglot_dialect(adapter_type))
    return f"""select
    experiment_id,
    '{metric.spec.name}' as metric_name,
    '{metric.spec.definition_hash}' as definition_hash,
    variant_id,
    analysis_date,
    allocation_period,
    n_buckets,
    bucket,
    {units} as n_units,
    {value} as sum_value,
    cast({denominator} as {double}) as sum_denominator
from sums
where {units} > 0 and experiment_id in ({_texts(experiments)})"""


def _period_sql(plan: MeasurementPlan, asking: list[str]) -> str:
    """The allocation period in which a unit was first exposed: its stratum begins with it."""
    ramped = [name for name in asking if plan.experiments[name].allocation]
    if not ramped:
        return "'all'"
    period = f"substring(units.stratum, 1, {_PERIOD_LENGTH})"
    return f"case when units.experiment_id in ({_texts(ramped)}) then {period} else 'all' end"


def _digest_sql(adapter_type: str) -> str:
    """Hexadecimal digits that follow from salt, experiment and unit."""
    text = exp.DataType.build("text").sql(dialect=sqlglot_dialect(adapter_type))
    unit = f"units.experiment_id || '|' || cast(units.unit_id as {text})"
    return portable_digest_sql(f"'{_SALT}|' || {unit}", adapter_type)


def _number_sql(adapter_type: str) -> str:
    """The first digits as a number: no engine reads hexadecimal as another does."""
    dialect = sqlglot_dialect(adapter_type)
    digits = []
    for place in range(_N_DIGITS):
        digit = exp.Substring(
            this=exp.column("digest", table="hashed"),
            start=exp.Literal.number(place + 1),
            length=exp.Literal.number(1),
        )
        position = exp.StrPosition(this=exp.Literal.string(_DIGITS), substr=digit)
        digits.append(f"({position.sql(dialect=dialect)} - 1) * {16 ** (_N_DIGITS - 1 - place)}")
    return " + ".join(digits)


def _texts(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)

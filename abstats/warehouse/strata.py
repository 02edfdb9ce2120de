"""Units with what they are compared by: segment values with folded tails, and the stratum.

Both are fixed here, once, so that moments, results, health and the public exposures agree, and
the fingerprint of the exposures changes with them.
"""

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.strata import SEPARATOR, UNSTRATIFIED, weights_by_period
from abstats.warehouse.measurement_plan import MeasurementPlan
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.unit_events import TIMESTAMP, attribute_column, interval, segment_column

OTHER = "(other)"
"""Segment value of the units whose own value is not kept."""

MISSING_SEGMENT_VALUE = "(missing)"
"""Segment value of the units that have none."""

_RANKED_DAYS = timedelta(days=7)


def stratified_exposures_sql(
    plan: MeasurementPlan, exposures: str, dates: str, adapter_type: str
) -> str:
    """SQL of first exposures with the tails of their segments folded, and the column `stratum`.

    A segment keeps the values with the most units among those exposed in the experiment's first
    seven days (all so far, if it is younger), by name where they have equally many. What room is
    left goes to values that come later, in the order in which they come. Any other is `(other)`.
    NULL stays.

    Args:
        plan: The declared experiments.
        exposures: Relation of first exposures.
        dates: Relation with `experiment_id` and `starts_at`.
        adapter_type: dbt's name of the engine.
    """
    schema = {
        "experiment_id": "string",
        "unit_id": "string",
        "variant_id": "string",
        "exposed_at": TIMESTAMP,
        "first_seen_at": TIMESTAMP,
        "n_variants": "int64",
        **{segment_column(segment): "string" for segment in plan.segments},
        **{attribute_column(attribute): "float64" for attribute in plan.attributes()},
    }
    logged = placeholder("first_exposures", schema)
    units = logged
    for segment, experiments in plan.segments.items():
        keeps = {name: plan.experiments[name].segment_keeps[segment] for name in experiments}
        units = _folded(units, _kept_values(logged, segment, keeps), segment, experiments)
    units = units.select(*schema, stratum=_stratum(plan, units))
    subqueries = {
        "first_exposures": f"select * from {exposures}",
        "dates": f"select * from {dates}",
    }
    compiled = compile_expression(units, subqueries, adapter_type)
    # The model's own steps stand before it, and a statement has one list of them.
    return f"select * from (\n{compiled}\n) as stratified_exposures"


def _kept_values(logged: ir.Table, segment: str, keeps: dict[str, int]) -> ir.Table:
    """`experiment_id, kept_value` of the values that are not folded."""
    starts = placeholder("dates", {"experiment_id": "string", "starts_at": TIMESTAMP})
    value = segment_column(segment)
    units = logged.inner_join(starts, "experiment_id")
    units = units.filter(units.experiment_id.isin(list(keeps)), units[value].notnull())
    is_early = units.exposed_at < units.starts_at + interval(_RANKED_DAYS)
    found = units.group_by(["experiment_id", value]).agg(
        n_early=is_early.ifelse(1, 0).sum(), first_at=units.exposed_at.min()
    )
    found = found.mutate(came_at=(found.n_early == 0).ifelse(found.first_at, ibis.null(TIMESTAMP)))
    order = [found.n_early.desc(), found.came_at.asc(), found[value].asc()]
    ranked = found.mutate(
        rank=ibis.row_number().over(ibis.window(group_by="experiment_id", order_by=order))
    )
    keep = ranked.experiment_id.cases(*keeps.items(), else_=0)
    return ranked.filter(ranked.rank < keep).select(
        kept_experiment_id=ranked.experiment_id, kept_value=ranked[value]
    )


def _folded(
    units: ir.Table, kept: ir.Table, segment: str, experiments: tuple[str, ...]
) -> ir.Table:
    value = segment_column(segment)
    joined = units.left_join(
        kept,
        [units.experiment_id == kept.kept_experiment_id, units[value] == kept.kept_value],
    )
    is_other = (
        joined.experiment_id.isin(experiments)
        & joined[value].notnull()
        & joined.kept_value.isnull()
    )
    folded = is_other.ifelse(OTHER, joined[value])
    return joined.mutate(**{value: folded}).drop("kept_experiment_id", "kept_value")


def _stratum(plan: MeasurementPlan, units: ir.Table) -> ir.Value:
    declared = [
        (units.experiment_id == name, stratum)
        for name, experiment in plan.experiments.items()
        if (stratum := _stratum_of(experiment, units)) is not None
    ]
    return ibis.cases(*declared, else_=UNSTRATIFIED) if declared else ibis.literal(UNSTRATIFIED)


def _stratum_of(experiment: ExperimentSpec, units: ir.Table) -> ir.Value | None:
    """The allocation period, the post-stratifying value, or both; None without either."""
    period = _period(experiment, units) if experiment.allocation else None
    if experiment.analysis.post_stratify is None:
        return period
    value = units[segment_column(experiment.analysis.post_stratify)]
    value = value.fill_null(MISSING_SEGMENT_VALUE)
    return value if period is None else period + SEPARATOR + value


def _period(experiment: ExperimentSpec, units: ir.Table) -> ir.StringValue:
    """The first day of the period in which the unit was first exposed."""
    first, *later = weights_by_period(experiment)
    if not later:
        return ibis.literal(first)
    return ibis.cases(
        *((units.exposed_at >= ibis.timestamp(day), day) for day in reversed(later)),
        else_=first,
    )

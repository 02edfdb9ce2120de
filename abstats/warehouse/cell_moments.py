"""Units to moments: n, means and covariances of every cell, in one statement.

Centred aggregates (`var_samp`, `covar_samp`) keep their digits at large means. Covariates are
centred on the mean of the observable units of the experiment before units that could not be
observed are filled with 0, so a constant shift of a covariate changes nothing. The two covariates
of a ratio keep their means and are filled with them: their ratio is what adjusts.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import combinations_with_replacement
from types import MappingProxyType

import ibis
import ibis.expr.types as ir

from abstats.warehouse.measurement_plan import (
    MISSING,
    OUTCOME,
    MeasurementPlan,
    PlannedMetric,
)
from abstats.warehouse.moment_pairs import (
    PAIRS,
    Pair,
    long_moments,
    moments_of_cells,
    pairs_sql,
)
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.strata import MISSING_SEGMENT_VALUE
from abstats.warehouse.unit_events import segment_column
from abstats.warehouse.unit_measures import unit_measures_schema
from abstats.warehouse.unit_quantiles import LEVELS, levels_sql, with_unit_points

ALL = "all"
UNITS, UNIT = "units", "unit"
IS_CAPPED = "is_capped"
"""Column of a capped block: 1 for a unit whose value is above the cap."""
_DATE_KEYS = ("experiment_id", "analysis_date")
_WANTED = {"experiment_id": "string", "analysis_date": "date", "inputs_hash": "int64"}


def cell_moments_sql(
    plan: MeasurementPlan,
    units: str,
    wanted: str,
    adapter_type: str,
    levels: Mapping[str, Sequence[float]] = MappingProxyType({}),
    *,
    all_observable: bool = False,
) -> str:
    """SQL of the long moments table: one row per cell and pair of columns.

    Args:
        plan: What is measured.
        units: `select` of per-unit tables at the dates to compute; it may read these as
            `wanted_dates`.
        wanted: `select experiment_id, analysis_date, inputs_hash` of the dates to compute.
        adapter_type: dbt's name of the engine.
        levels: By quantile over units the probabilities of its grid.
        all_observable: The exposure log does not say when units were first seen, so all of them
            count as observable before their exposure.
    """
    pairs = [_unit_pair(plan), *_metric_pairs(plan)]
    subqueries = {
        "units": "select * from measured_units",
        "wanted": "select * from wanted_dates",
        PAIRS: pairs_sql(pairs, adapter_type),
        LEVELS: levels_sql(levels, adapter_type),
    }
    constants = _constants(plan) if all_observable else {UNIT: 1.0}
    cells = _cells(plan, _centred(plan), pairs, constants)
    dates = placeholder("wanted", _WANTED)
    cells = cells.inner_join(dates, list(_DATE_KEYS))
    long = long_moments(cells, ["inputs_hash"])
    moments = compile_expression(long, subqueries, adapter_type)
    # Both are read several times.
    return (
        f"with wanted_dates as (\n{wanted}\n),\nmeasured_units as (\n{units}\n)\n"
        f"select * from (\n{moments}\n) as moments"
    )


def _unit_pair(plan: MeasurementPlan) -> Pair:
    """How many units a cell has, whatever is measured of them."""
    return Pair(UNITS, UNITS, UNIT, UNIT, UNIT, UNIT, tuple(plan.experiments), UNIT)


def _constants(plan: MeasurementPlan) -> Mapping[str, float]:
    """Columns of one value where every unit is observable: totals then have a past, if only 0."""
    indicators = {
        metric.unit_column(MISSING, is_winsorised=is_winsorised): 0.0
        for metric, is_winsorised in _blocks(plan)
        if metric.covariates and metric.fills_all
    }
    return {UNIT: 1.0, **indicators}


def _blocks(plan: MeasurementPlan) -> list[tuple[PlannedMetric, bool]]:
    """Every metric raw, and beside it capped where it is winsorised."""
    return [
        (metric, is_winsorised)
        for metric in plan.metrics
        for is_winsorised in ((False, True) if metric.is_winsorised else (False,))
    ]


def _metric_pairs(plan: MeasurementPlan) -> list[Pair]:
    return [
        Pair(
            metric_name=metric.spec.name,
            definition_hash=metric.spec.definition_hash,
            column_a=a,
            column_b=b,
            unit_column_a=metric.unit_column(a, is_winsorised=is_winsorised),
            unit_column_b=metric.unit_column(b, is_winsorised=is_winsorised),
            experiments=tuple(metric.windows),
            counted=metric.unit_column(next(iter(metric.outcomes)), is_winsorised=is_winsorised),
            is_winsorised=is_winsorised,
        )
        for metric, is_winsorised in _blocks(plan)
        for a, b in (
            combinations_with_replacement((*metric.columns, IS_CAPPED), 2)
            if is_winsorised
            else metric.pairs
        )
    ]


def _centred(plan: MeasurementPlan) -> ir.Table:
    """The per-unit table with filled covariates and the indicator of what was filled."""
    units = placeholder("units", unit_measures_schema(plan))
    units = with_unit_points(plan, units)
    covariates = [
        (metric, is_winsorised, covariate)
        for metric, is_winsorised in _blocks(plan)
        for covariate in metric.covariates
    ]
    if covariates:
        sources = dict.fromkeys(_source(*covariate) for covariate in covariates)
        centres = units.group_by(list(_DATE_KEYS)).agg(
            **{f"centre__{source}": units[source].mean() for source in sources}
        )
        units = units.left_join(centres, list(_DATE_KEYS))
        units = units.drop([f"{key}_right" for key in _DATE_KEYS])
    columns: dict[str, ir.Value] = {UNIT: ibis.literal(1.0)}
    for metric, is_winsorised, covariate in covariates:
        source = _source(metric, is_winsorised, covariate)
        centre = units[f"centre__{source}"].fill_null(0.0)
        centred = (units[source] - centre).fill_null(0.0)
        # A ratio's covariate is the ratio of its pre-period means, which centring would destroy.
        is_of_ratio = metric.spec.denominator is not None and covariate in metric.twins
        filled = units[source].fill_null(centre) if is_of_ratio else centred
        name = metric.unit_column(covariate, is_winsorised=is_winsorised)
        columns[name] = _where_measured(metric, is_winsorised, units, filled)
    for metric, is_winsorised in _blocks(plan):
        if metric.covariates:
            is_without = _is_without_history(metric, units).ifelse(1.0, 0.0)
            name = metric.unit_column(MISSING, is_winsorised=is_winsorised)
            columns[name] = _where_measured(metric, is_winsorised, units, is_without)
        if is_winsorised:
            raw, capped = (
                units[metric.unit_column(OUTCOME, is_winsorised=kind)] for kind in (False, True)
            )
            name = metric.unit_column(IS_CAPPED, is_winsorised=True)
            is_capped = (raw > capped).ifelse(1.0, 0.0)
            columns[name] = _where_measured(metric, is_winsorised, units, is_capped)
    return units.mutate(**columns)


def _source(metric: PlannedMetric, is_winsorised: bool, covariate: str) -> str:
    """The per-unit column of a covariate: of the metric's own values the capped one has its own."""
    return metric.unit_column(covariate, is_winsorised=is_winsorised and covariate in metric.twins)


def _where_measured(
    metric: PlannedMetric, is_winsorised: bool, units: ir.Table, value: ir.Value
) -> ir.Value:
    outcome = units[metric.unit_column(OUTCOME, is_winsorised=is_winsorised)]
    return outcome.notnull().ifelse(value, ibis.null("float64"))


def _is_without_history(metric: PlannedMetric, units: ir.Table) -> ir.BooleanValue:
    """Whether a measured unit has no own value before exposure.

    For totals that is a unit that could not be observed; an average has none without events too.
    """
    columns = [units[metric.unit_column(covariate)].isnull() for covariate in metric.twins]
    return reduce(lambda a, b: a | b, columns)


def _cells(
    plan: MeasurementPlan, units: ir.Table, pairs: Sequence[Pair], constants: Mapping[str, float]
) -> ir.Table:
    whole = units.mutate(segment_name=ibis.literal(ALL), segment_value=ibis.literal(ALL))
    parts = [moments_of_cells(whole, pairs, constants)]
    for segment, experiments in plan.segments.items():
        values = units[segment_column(segment)].fill_null(MISSING_SEGMENT_VALUE)
        part = units.filter(units.experiment_id.isin(experiments))
        cells = part.mutate(segment_name=ibis.literal(segment), segment_value=values)
        parts.append(moments_of_cells(cells, pairs, constants))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]

"""Units to moments: n, means and covariances of every cell, in one statement.

Centred aggregates (`var_samp`, `covar_samp`) keep their digits at large means. Covariates are
centred on the mean of the observable units of the experiment before units that could not be
observed are filled with 0, so a constant shift of a covariate changes nothing. The two covariates
of a ratio keep their means and are filled with them: their ratio is what adjusts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations_with_replacement
from types import MappingProxyType

import ibis
import ibis.expr.types as ir

from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import (
    MISSING,
    OUTCOME,
    MeasurementPlan,
    PlannedMetric,
)
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.strata import MISSING_SEGMENT_VALUE
from abstats.warehouse.unit_events import segment_column
from abstats.warehouse.unit_measures import unit_measures_schema
from abstats.warehouse.unit_quantiles import LEVELS, levels_sql, with_unit_points

ALL = "all"
COVARIATES = "covariates"
UNITS, UNIT = "units", "unit"
IS_CAPPED = "is_capped"
"""Column of a capped block: 1 for a unit whose value is above the cap."""
_PAIR_TYPES = {
    "pair_index": "bigint",
    "column_a_index": "bigint",
    "column_b_index": "bigint",
    "experiment_id": "text",
    "metric_name": "text",
    "definition_hash": "text",
    "column_a": "text",
    "column_b": "text",
    "is_winsorised": "boolean",
    "is_whole_population_only": "boolean",
}
_DATE_KEYS = ("experiment_id", "analysis_date")
_WANTED = {"experiment_id": "string", "analysis_date": "date", "inputs_hash": "int64"}


@dataclass(frozen=True)
class _Pair:
    """Two unit-level columns whose joint moments are wanted, of a metric or of all covariates."""

    metric_name: str
    definition_hash: str
    column_a: str
    column_b: str
    unit_column_a: str
    unit_column_b: str
    experiments: tuple[str, ...]
    is_winsorised: bool = False

    @property
    def is_joint(self) -> bool:
        """Whether it is of the covariates' joint block, which only the whole population has."""
        return self.metric_name == COVARIATES


def cell_moments_sql(
    plan: MeasurementPlan,
    units: str,
    wanted: str,
    adapter_type: str,
    levels: Mapping[str, Sequence[float]] = MappingProxyType({}),
) -> str:
    """SQL of the long moments table: one row per cell and pair of columns.

    Args:
        plan: What is measured.
        units: `select` of per-unit tables, one analysis date or several; it may read the dates
            as `wanted_dates`.
        wanted: `select experiment_id, analysis_date, inputs_hash` of the dates to compute.
        adapter_type: dbt's name of the engine.
        levels: By quantile over units the probabilities of its grid.
    """
    pairs = [_unit_pair(plan), *_metric_pairs(plan), *_covariate_pairs(plan)]
    subqueries = {
        "units": "select * from measured_units",
        "wanted": "select * from wanted_dates",
        "pairs": literal_rows_sql(_PAIR_TYPES, _pair_rows(pairs), adapter_type),
        LEVELS: levels_sql(levels, adapter_type),
    }
    moments = compile_expression(_long_moments(plan, pairs), subqueries, adapter_type)
    # Both are read several times.
    return (
        f"with wanted_dates as (\n{wanted}\n),\nmeasured_units as (\n{units}\n)\n"
        f"select * from (\n{moments}\n) as moments"
    )


def _unit_pair(plan: MeasurementPlan) -> _Pair:
    """How many units a cell has, whatever is measured of them."""
    return _Pair(UNITS, UNITS, UNIT, UNIT, UNIT, UNIT, tuple(plan.experiments))


def _blocks(plan: MeasurementPlan) -> list[tuple[PlannedMetric, bool]]:
    """Every metric raw, and beside it capped where it is winsorised."""
    return [
        (metric, is_winsorised)
        for metric in plan.metrics
        for is_winsorised in ((False, True) if metric.is_winsorised else (False,))
    ]


def _metric_pairs(plan: MeasurementPlan) -> list[_Pair]:
    return [
        _Pair(
            metric_name=metric.spec.name,
            definition_hash=metric.spec.definition_hash,
            column_a=a,
            column_b=b,
            unit_column_a=metric.unit_column(a, is_winsorised=is_winsorised),
            unit_column_b=metric.unit_column(b, is_winsorised=is_winsorised),
            experiments=tuple(metric.windows),
            is_winsorised=is_winsorised,
        )
        for metric, is_winsorised in _blocks(plan)
        for a, b in (
            combinations_with_replacement((*metric.columns, IS_CAPPED), 2)
            if is_winsorised
            else metric.pairs
        )
    ]


def _covariate_pairs(plan: MeasurementPlan) -> list[_Pair]:
    """Joint block of the covariates of each experiment, for the balance tests."""
    experiments_of: dict[tuple[tuple[str, str], tuple[str, str]], list[str]] = {}
    for name in plan.experiments:
        covariates = [
            (f"{metric.spec.name}.{covariate}", _joint_column(metric, covariate))
            for metric in plan.metrics_of(name)
            for covariate in metric.covariates
        ]
        if covariates:
            columns = [*covariates, (MISSING, MISSING)]
            for pair in combinations_with_replacement(columns, 2):
                experiments_of.setdefault(pair, []).append(name)
    return [
        _Pair(COVARIATES, COVARIATES, a, b, unit_column_a, unit_column_b, tuple(names))
        for ((a, unit_column_a), (b, unit_column_b)), names in experiments_of.items()
    ]


def _joint_column(metric: PlannedMetric, covariate: str) -> str:
    return f"joint__{metric.unit_column(covariate)}"


def _pair_rows(pairs: Sequence[_Pair]) -> list[tuple[int | str | bool, ...]]:
    columns = _unit_columns(pairs)
    return [
        (
            index,
            columns.index(pair.unit_column_a),
            columns.index(pair.unit_column_b),
            experiment,
            pair.metric_name,
            pair.definition_hash,
            pair.column_a,
            pair.column_b,
            pair.is_winsorised,
            pair.is_joint,
        )
        for index, pair in enumerate(pairs)
        for experiment in pair.experiments
    ]


def _unit_columns(pairs: Sequence[_Pair]) -> list[str]:
    """Every column of the pairs, once."""
    return list(
        dict.fromkeys(c for pair in pairs for c in (pair.unit_column_a, pair.unit_column_b))
    )


def _long_moments(plan: MeasurementPlan, pairs: Sequence[_Pair]) -> ir.Table:
    cells = _cells(plan, _centred(plan), pairs)
    wanted = placeholder(
        "pairs",
        {
            name: {"bigint": "int64", "text": "string", "boolean": "boolean"}[type_]
            for name, type_ in _PAIR_TYPES.items()
        },
    )
    dates = placeholder("wanted", _WANTED)
    long = cells.inner_join(wanted, "experiment_id")
    long = long.inner_join(dates, ["experiment_id", "analysis_date"])
    long = long.filter(~long.is_whole_population_only | (long.segment_name == ALL))

    columns = range(len(_unit_columns(pairs)))

    def chosen(prefix: str, index: str, choices: range, type_: str) -> ir.Value:
        branches = [(i, long[f"{prefix}_{i}"]) for i in choices]
        return long[index].cases(*branches) if branches else ibis.null(type_)

    long = long.select(
        "experiment_id",
        "variant_id",
        "segment_name",
        "segment_value",
        "stratum",
        "metric_name",
        "definition_hash",
        "is_winsorised",
        "analysis_date",
        "inputs_hash",
        "column_a",
        "column_b",
        n=chosen("n", "column_a_index", columns, "int64"),
        mean_a=chosen("mean", "column_a_index", columns, "float64"),
        mean_b=chosen("mean", "column_b_index", columns, "float64"),
        cov_ab=chosen("cov", "pair_index", range(len(pairs)), "float64"),
    )
    return long.filter(long.n > 0)


def _centred(plan: MeasurementPlan) -> ir.Table:
    """The per-unit table with filled covariates and the indicator of what was filled."""
    units = placeholder("units", unit_measures_schema(plan))
    wanted = placeholder("wanted", _WANTED)
    units = units.semi_join(wanted, list(_DATE_KEYS))
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
        units = units.inner_join(centres, list(_DATE_KEYS))
    columns: dict[str, ir.Value] = {
        MISSING: units.is_observable.ifelse(0.0, 1.0),
        UNIT: ibis.literal(1.0),
    }
    for metric, is_winsorised, covariate in covariates:
        source = _source(metric, is_winsorised, covariate)
        centre = units[f"centre__{source}"].fill_null(0.0)
        centred = (units[source] - centre).fill_null(0.0)
        # A ratio's covariate is the ratio of its pre-period means, which centring would destroy.
        is_of_ratio = metric.spec.denominator is not None and covariate in metric.twins
        filled = units[source].fill_null(centre) if is_of_ratio else centred
        if not is_winsorised:
            columns[_joint_column(metric, covariate)] = centred
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


def _cells(plan: MeasurementPlan, units: ir.Table, pairs: Sequence[_Pair]) -> ir.Table:
    whole = units.mutate(segment_name=ibis.literal(ALL), segment_value=ibis.literal(ALL))
    parts = [_aggregate(whole, pairs, is_whole_population=True)]
    for segment, experiments in plan.segments.items():
        values = units[segment_column(segment)].fill_null(MISSING_SEGMENT_VALUE)
        part = units.filter(units.experiment_id.isin(experiments))
        cells = part.mutate(segment_name=ibis.literal(segment), segment_value=values)
        parts.append(_aggregate(cells, pairs, is_whole_population=False))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _aggregate(units: ir.Table, pairs: Sequence[_Pair], *, is_whole_population: bool) -> ir.Table:
    aggregates: dict[str, ir.Value] = {}
    for index, name in enumerate(_unit_columns(pairs)):
        aggregates[f"n_{index}"] = units[name].count()
        aggregates[f"mean_{index}"] = units[name].mean()
    for index, pair in enumerate(pairs):
        a, b = units[pair.unit_column_a], units[pair.unit_column_b]
        if pair.is_joint and not is_whole_population:
            covariance: ir.Value = ibis.null("float64")
        elif pair.unit_column_a == pair.unit_column_b:
            covariance = a.var(how="sample")
        else:
            covariance = a.cov(b, how="sample")
        aggregates[f"cov_{index}"] = covariance
    keys = [*_DATE_KEYS, "variant_id", "segment_name", "segment_value", "stratum"]
    return units.group_by(keys).agg(**aggregates)

"""Caps and standard deviations: numbers that are the same for all variants and never move.

A row is computed once for a metric's definition in an experiment, and kept. Where it is not
declared, it comes from the units that were active in the period before the experiment that is as
long as the metric's window (for an open-ended metric: as the experiment); where the fact does not
go back that far, from the first units of the experiment whose windows were complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import ibis
import ibis.expr.types as ir

from abstats.spec.experiment import ExperimentSpec
from abstats.warehouse.literal_rows import Value, literal_rows_sql
from abstats.warehouse.measurement_plan import CAP, MeasurementPlan, PlannedMetric
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.relation import Relation
from abstats.warehouse.terms import Period, Term
from abstats.warehouse.unit_events import (
    TIMESTAMP,
    FactUnits,
    Sources,
    exposed_units,
    exposures_sql,
    fact_events,
    fact_units,
    interval,
)
from abstats.warehouse.unit_states import State, states_of_term
from abstats.warehouse.unit_values import value_of

FEWEST_UNITS = 1000
"""A quantile of fewer units would be the value of one or two of them."""

DECLARED, FROM_PRE_PERIOD, FROM_FIRST_COHORT = "declared", "pre_period", "first_cohort"
_KEYS = ("experiment_id", "metric_name", "definition_hash", "scale_name")
SCHEMA = {
    **dict.fromkeys(_KEYS, "string"),
    "value": "float64",
    "source": "string",
    "frozen_date": "date",
    "n_units": "int64",
}
_PERIOD = ("experiment_id", "period_name")
_WANTED = {
    **dict.fromkeys(_KEYS, "text"),
    "period_name": "text",
    "begins_at": "timestamp",
    "declared": "double",
}
_WANTED_SCHEMA = {
    name: {"text": "string", "timestamp": TIMESTAMP, "double": "float64"}[type_]
    for name, type_ in _WANTED.items()
}


@dataclass(frozen=True)
class _Scale:
    """One scale of a metric, the same in all its experiments."""

    metric: PlannedMetric
    name: str
    term: Term

    @property
    def reference(self) -> Term:
        """The term over a period that needs no exposure."""
        return Term(self.term.measure, Period(timedelta(), None), self.term.is_any)

    @property
    def quantile(self) -> float | None:
        """The quantile of the units' values that it is; None for their standard deviation."""
        winsorize = self.metric.spec.winsorize
        return winsorize.upper if self.name == CAP and winsorize is not None else None


def frozen_scales_sql(
    plan: MeasurementPlan, sources: Sources, stored: str | None, adapter_type: str
) -> str:
    """SQL of the scales that are not stored yet and can be had.

    Columns: experiment_id, metric_name, definition_hash, scale_name (`cap` or the name of a
    composite's part), value, source, frozen_date (the last day it was computed from), n_units.

    Args:
        plan: What is measured.
        sources: The relations it is measured on.
        stored: The table of scales as the last build left it; None where there is none yet.
        adapter_type: dbt's name of the engine.
    """
    subqueries = {
        "wanted": literal_rows_sql(_WANTED, _wanted_rows(plan), adapter_type),
        "stored": literal_rows_sql(_STORED_TYPES, [], adapter_type)
        if stored is None
        else f"select {', '.join(_KEYS)} from {stored}",
        "exposures": exposures_sql(sources.exposures, adapter_type),
        "dates": f"select * from {sources.dates.sql}",
    }
    wanted = placeholder("wanted", _WANTED_SCHEMA)
    wanted = wanted.anti_join(placeholder("stored", dict.fromkeys(_KEYS, "string")), list(_KEYS))
    declared = wanted.filter(wanted.declared.notnull())
    parts = [
        declared.select(
            *_KEYS,
            value=declared.declared,
            source=ibis.literal(DECLARED),
            frozen_date=ibis.null("date"),
            n_units=ibis.null("int64"),
        )
    ]
    wanted = wanted.filter(wanted.declared.isnull())
    for fact in fact_units(plan, sources, adapter_type):
        scales = [
            _Scale(metric, name, term)
            for metric in plan.metrics
            for name, term in metric.scales.items()
            if term.measure.fact == fact.fact and _declared(metric, name) is None
        ]
        if not scales:
            continue
        subqueries[fact.placeholder] = fact.sql
        before = _of_pre_period(plan, fact, scales, wanted)
        parts += [before, _of_first_cohorts(plan, fact, scales, wanted.anti_join(before, _KEYS))]
    return compile_expression(ibis.union(*parts), subqueries, adapter_type)


def with_scales(plan: MeasurementPlan, units: ir.Table) -> ir.Table:
    """Units with the frozen scales of their experiment, one column each; NULL for none yet.

    The placeholder `frozen_scales` stands for the stored table.
    """
    if not plan.has_scales():
        return units
    stored = placeholder("frozen_scales", SCHEMA)
    columns = {
        metric.scale_column(name): stored.value.max(
            where=(stored.metric_name == metric.spec.name)
            & (stored.definition_hash == metric.spec.definition_hash)
            & (stored.scale_name == name)
        )
        for metric in plan.metrics
        for name in metric.scales
    }
    by_experiment = stored.group_by("experiment_id").agg(**columns)
    return units.left_join(by_experiment, "experiment_id").drop("experiment_id_right")


def scales_subquery(plan: MeasurementPlan, scales: Relation | None) -> Mapping[str, str]:
    """What `with_scales` reads.

    Raises:
        ValueError: the plan needs scales and there is no relation of them.
    """
    if not plan.has_scales():
        return {}
    if scales is None:
        raise ValueError("scales is None, must be a relation: a metric has a frozen scale.")
    return {"frozen_scales": f"select * from {scales.sql}"}


_STORED_TYPES = dict.fromkeys(_KEYS, "text")


def _declared(metric: PlannedMetric, scale: str) -> float | None:
    winsorize = metric.spec.winsorize
    return winsorize.upper_value if scale == CAP and winsorize is not None else None


def _wanted_rows(plan: MeasurementPlan) -> list[tuple[Value, ...]]:
    return [
        (
            name,
            metric.spec.name,
            metric.spec.definition_hash,
            scale,
            _period_name(window),
            datetime.combine(experiment.start, time()) - (window or _length(experiment)),
            _declared(metric, scale),
        )
        for name, experiment in plan.experiments.items()
        for metric in plan.metrics_of(name)
        for window in [metric.windows[name]]
        for scale in metric.scales
    ]


def _period_name(window: timedelta | None) -> str:
    return Period(timedelta(), window).name


def _length(experiment: ExperimentSpec) -> timedelta:
    return experiment.end - experiment.start


def _of_pre_period(
    plan: MeasurementPlan, fact: FactUnits, scales: list[_Scale], wanted: ir.Table
) -> ir.Table:
    """Scales of the units that were active in the period before the start.

    A fact that begins within it, by more than a day, shows too little of it.
    """
    dates = placeholder("dates", {"experiment_id": "string", "starts_at": TIMESTAMP})
    periods = wanted.filter(wanted.experiment_id.isin(fact.experiments))
    periods = periods.select("experiment_id", "period_name", "begins_at").distinct()
    periods = periods.inner_join(dates, "experiment_id")
    events = fact_events(plan, fact)
    events = events.join(
        periods, [events.event_at >= periods.begins_at, events.event_at < periods.starts_at]
    )
    units = events.group_by(["experiment_id", "period_name", "unit_id", "begins_at"]).agg(
        first_event_at=events.event_at.min(), **_states(scales, events)
    )
    is_covered = ibis._.first_event_at.min() < ibis._.begins_at.min() + _DAY
    found = _scales_of_units(scales, units, {"is_covered": is_covered})
    long = _long(scales, found, wanted).inner_join(dates, "experiment_id")
    long = long.filter((long.n_units >= FEWEST_UNITS) & long.is_covered & long.value.notnull())
    return long.select(
        *_KEYS,
        "value",
        source=ibis.literal(FROM_PRE_PERIOD),
        frozen_date=(long.starts_at - _DAY).date(),
        n_units=long.n_units,
    )


def _of_first_cohorts(
    plan: MeasurementPlan, fact: FactUnits, scales: list[_Scale], wanted: ir.Table
) -> ir.Table:
    """Scales of the first units whose windows were complete, of all once there will be no more."""
    parts = []
    exposed = exposed_units(plan)
    for window in dict.fromkeys(
        window for scale in scales for window in scale.metric.windows.values()
    ):
        asked = wanted.filter(wanted.period_name == _period_name(window))
        units = exposed.filter(exposed.experiment_id.isin(fact.experiments))
        units = _first_cohort(units.semi_join(asked, "experiment_id"), window)
        events = fact_events(plan, fact)
        joined = events.join(
            units,
            [
                events.unit_id == (units.unit_id_text if fact.as_text else units.unit_id),
                events.event_at >= units.exposed_at,
                events.event_at < units.counts_until,
            ],
        )
        states = joined.group_by([joined.experiment_id, joined.unit_id_right.name("unit_id")]).agg(
            **_states(scales, joined)
        )
        keys = ["experiment_id", "unit_id"]
        units = units.left_join(states, keys).drop([f"{key}_right" for key in keys])
        units = units.mutate(period_name=ibis.literal(_period_name(window)))
        found = _scales_of_units(scales, units, {"frozen_at": ibis._.frozen_at.max()})
        long = _long(scales, found, asked)
        long = long.filter(long.value.notnull())
        parts.append(
            long.select(
                *_KEYS,
                "value",
                source=ibis.literal(FROM_FIRST_COHORT),
                frozen_date=(long.frozen_at - _DAY).date(),
                n_units=long.n_units,
            )
        )
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _first_cohort(units: ir.Table, window: timedelta | None) -> ir.Table:
    """The units whose windows were complete at the first midnight at which enough were.

    Once the last unit's window is complete and they were never enough, all units. Adds
    `counts_until` and `frozen_at`.
    """
    if window is None:
        units = units.mutate(counts_until=units.ends_at, frozen_at=units.ends_at)
        return units.filter(units.frozen_at <= units.analysis_end_at)
    by_exposure = ibis.window(
        group_by="experiment_id", order_by=[units.exposed_at, units.unit_id_text]
    )
    units = units.mutate(
        counts_until=units.exposed_at + interval(window),
        position=ibis.row_number().over(by_exposure),
    )
    enough = units.filter(units.position == FEWEST_UNITS - 1).select(
        "experiment_id", enough_at=units.counts_until
    )
    units = units.left_join(enough, "experiment_id").drop("experiment_id_right")
    # The midnight at or after the instant.
    midnight = (units.enough_at - ibis.interval(microseconds=1)).truncate("D") + _DAY
    units = units.mutate(frozen_at=midnight.fill_null(units.ends_at + interval(window)))
    return units.filter(
        (units.frozen_at <= units.analysis_end_at) & (units.counts_until <= units.frozen_at)
    )


def _states(scales: list[_Scale], events: ir.Table) -> dict[str, ir.Value]:
    states: dict[str, State] = {
        state.name: state for scale in scales for state in states_of_term(scale.reference)
    }
    return {
        name: state.of_events(events[state.value], events.event_at, ibis.literal(True))
        for name, state in states.items()
    }


def _scales_of_units(
    scales: list[_Scale], units: ir.Table, further: Mapping[str, ibis.Deferred]
) -> ir.Table:
    """One row per experiment and period with every scale and the units it was taken from."""
    values = {}
    for index, scale in enumerate(scales):
        fills_all = scale.metric.spec.missing == "zero"
        value = value_of([scale.reference], units, fills_all=fills_all)
        values[f"value_{index}"] = (
            value.number if fills_all else value.is_there.ifelse(value.number, ibis.null("float64"))
        )
    units = units.mutate(**values)
    found: dict[str, ir.Value] = {}
    shares: dict[str, ir.Value] = {}
    for index, scale in enumerate(scales):
        values_of_scale = units[f"value_{index}"]
        if scale.quantile is None:
            found[f"scale_{index}"] = values_of_scale.std(how="sample").nullif(0.0)
        else:
            shares[f"share_{index}"] = _share_of_quantile(units, index, scale.quantile)
            found[f"scale_{index}"] = ibis._[f"share_{index}"].sum()
        found[f"n_{index}"] = values_of_scale.count()
    return units.mutate(**shares).group_by(list(_PERIOD)).agg(**further, **found)


def _share_of_quantile(units: ir.Table, index: int, quantile: float) -> ir.Value:
    """What a unit's value adds to the quantile, which lies between two values in their order.

    Hyndman & Fan (1996), "Sample Quantiles in Statistical Packages", type 7. Written out, since
    not every engine has it.
    """
    value = units[f"value_{index}"]
    in_order = ibis.window(group_by=list(_PERIOD), order_by=value.asc())
    n = value.count().over(ibis.window(group_by=list(_PERIOD)))
    distance = (ibis.row_number().over(in_order) - (n - 1) * quantile).abs()
    return (distance < 1.0).ifelse(value * (1.0 - distance), ibis.null("float64"))


def _long(scales: list[_Scale], found: ir.Table, wanted: ir.Table) -> ir.Table:
    """The wanted scales with their value and number of units."""
    long = wanted.inner_join(found, ["experiment_id", "period_name"])

    def chosen(prefix: str, type_: str) -> ir.Value:
        return ibis.cases(
            *(
                (
                    (long.metric_name == scale.metric.spec.name) & (long.scale_name == scale.name),
                    long[f"{prefix}_{i}"],
                )
                for i, scale in enumerate(scales)
            ),
            else_=ibis.null(type_),
        )

    return long.mutate(value=chosen("scale", "float64"), n_units=chosen("n", "int64"))


_DAY = ibis.interval(days=1)

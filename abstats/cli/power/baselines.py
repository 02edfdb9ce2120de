"""Past experiments in the warehouse, read as baselines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import ibis.expr.types as ir
import pyarrow as pa

from abstats.cli.power.history import MOMENT_COLUMNS, History, histories, history_of_effects
from abstats.cli.show.reading import Tables
from abstats.cli.show.rows import WHOLE, ResultRow
from abstats.inference.comparison import Failure
from abstats.spec.experiment import ExperimentSpec

MOMENTS = "fct_experiment_moments"
BY_EFFECTS = frozenset({"quantile", "gini"})
"""Kinds whose spread is no moment of a unit's value: it is taken from their effects."""


class Wanted(NamedTuple):
    """A metric whose history is asked.

    Attributes:
        metric_name: Its name.
        kind: Its kind.
        definition_hash: Of its present definition.
    """

    metric_name: str
    kind: str
    definition_hash: str


def read_histories(
    tables: Tables, spec: ExperimentSpec, metrics: Sequence[Wanted]
) -> dict[str, History | Failure]:
    """The history of each metric in a past experiment, under its present definition.

    Of an experiment with strata the moments may lack some: those of few units, and one more that
    they would be had by. Where the effects tell of more units, the history is theirs.

    Raises:
        CommandError: A table is not there, or lacks columns of this version.
    """
    by_moments = [metric for metric in metrics if metric.kind not in BY_EFFECTS]
    kinds = {metric.metric_name: metric.kind for metric in by_moments}
    found = histories(spec, kinds, _moments(tables, spec, by_moments)) if kinds else {}
    has_strata = bool(spec.allocation) or spec.analysis.post_stratify is not None
    by_effects = [metric for metric in metrics if metric.kind in BY_EFFECTS or has_strata]
    if by_effects:
        results = _results(tables, spec, by_effects)
        for metric in by_effects:
            rows = [row for row in results if row.metric_name == metric.metric_name]
            of_effects, known = history_of_effects(spec, rows), found.get(metric.metric_name)
            if known is None or _has_more_units(of_effects, known):
                found[metric.metric_name] = of_effects
    return found


def _has_more_units(history: History | Failure, other: History | Failure) -> bool:
    """Whether a history counts more units than the other one on some day."""
    if isinstance(history, Failure):
        return False
    units = {} if isinstance(other, Failure) else {look.day: look.units for look in other.looks}
    return any(look.units > units.get(look.day, 0) for look in history.looks)


def _moments(tables: Tables, spec: ExperimentSpec, metrics: Sequence[Wanted]) -> pa.Table:
    """Moments of the whole population."""

    def is_wanted(table: ir.Table) -> ir.BooleanValue:
        return (
            (table.experiment_id == spec.name)
            & (table.segment_name == WHOLE)
            & table.metric_name.isin([metric.metric_name for metric in metrics])
            & table.definition_hash.isin([metric.definition_hash for metric in metrics])
        )

    return tables.arrow(MOMENTS, MOMENT_COLUMNS, is_wanted)


def _results(tables: Tables, spec: ExperimentSpec, metrics: Sequence[Wanted]) -> list[ResultRow]:
    def is_wanted(table: ir.Table) -> ir.BooleanValue:
        return (
            (table.experiment_id == spec.name)
            & (table.segment_name == WHOLE)
            & table.metric_name.isin([metric.metric_name for metric in metrics])
            & (table.control_variant_id == spec.control)
            & table.is_headline
            & table.is_current
        )

    return tables.rows("fct_experiment_results", ResultRow, is_wanted)

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

    Raises:
        CommandError: A table is not there, or lacks columns of this version.
    """
    by_moments = [metric for metric in metrics if metric.kind not in BY_EFFECTS]
    kinds = {metric.metric_name: metric.kind for metric in by_moments}
    found = histories(spec, kinds, _moments(tables, spec, by_moments)) if kinds else {}
    by_effects = [metric for metric in metrics if metric.kind in BY_EFFECTS]
    if by_effects:
        results = _results(tables, spec, by_effects)
        for metric in by_effects:
            rows = [row for row in results if row.metric_name == metric.metric_name]
            found[metric.metric_name] = history_of_effects(spec, rows)
    return found


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

"""Moments of cells of units, in long form: one row per pair of columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.placeholders import placeholder

PAIRS = "pairs"
"""The placeholder that `pairs_sql` stands for."""
CELL_KEYS = (
    "experiment_id",
    "variant_id",
    "segment_name",
    "segment_value",
    "stratum",
    "analysis_date",
)
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
}
_IBIS_TYPES = {"bigint": "int64", "text": "string", "boolean": "boolean"}


@dataclass(frozen=True)
class Pair:
    """Two unit-level columns whose joint moments are wanted.

    Attributes:
        metric_name: Whose they are.
        definition_hash: Hash of the metric's definition.
        column_a: Name of the first in the moments.
        column_b: Name of the second.
        unit_column_a: Name of the first in the table of units.
        unit_column_b: Name of the second.
        experiments: The experiments that they are wanted for.
        counted: A column of the units that is NULL where both are.
        is_winsorised: They are of capped values.
    """

    metric_name: str
    definition_hash: str
    column_a: str
    column_b: str
    unit_column_a: str
    unit_column_b: str
    experiments: tuple[str, ...]
    counted: str
    is_winsorised: bool = False


def pairs_sql(pairs: Sequence[Pair], adapter_type: str) -> str:
    """`select` of the pairs' names, for the placeholder `PAIRS`."""
    columns = _unit_columns(pairs)
    index_of = {name: index for index, name in enumerate(columns)}
    rows = [
        (
            index,
            index_of[pair.unit_column_a],
            index_of[pair.unit_column_b],
            experiment,
            pair.metric_name,
            pair.definition_hash,
            pair.column_a,
            pair.column_b,
            pair.is_winsorised,
        )
        for index, pair in enumerate(pairs)
        for experiment in pair.experiments
    ]
    return literal_rows_sql(_PAIR_TYPES, rows, adapter_type)


def moments_of_cells(
    units: ir.Table, pairs: Sequence[Pair], constants: Mapping[str, float]
) -> ir.Table:
    """One row per cell, with lists: n and mean of every column, covariances of every pair.

    What is made with the row is looked up in it by number, where `case` would look through all
    branches for every pair.

    Args:
        units: Units with `CELL_KEYS`.
        pairs: What is wanted.
        constants: Columns of the units that have one value wherever they have any.
    """
    counted = _counted(pairs)
    counts = {name: units[name].count() for name in counted.values()}
    ns, means, covariances = [], [], []
    for name in _unit_columns(pairs):
        constant = constants.get(name)
        ns.append(counts[counted[name]])
        means.append(
            units[name].mean() if constant is None else ibis.literal(constant).cast("float64")
        )
    for pair in pairs:
        a, b = units[pair.unit_column_a], units[pair.unit_column_b]
        if {pair.unit_column_a, pair.unit_column_b} & set(constants):
            # One unit has no sample covariance.
            covariance: ir.Value = (counts[pair.counted] > 1).ifelse(0.0, ibis.null("float64"))
        elif pair.unit_column_a == pair.unit_column_b:
            covariance = a.var(how="sample")
        else:
            covariance = a.cov(b, how="sample")
        covariances.append(covariance)
    return units.group_by(list(CELL_KEYS)).agg(
        ns=_list(ns, "int64"),
        means=_list(means, "float64"),
        covariances=_list(covariances, "float64"),
    )


def long_moments(cells: ir.Table, further_keys: Sequence[str] = ()) -> ir.Table:
    """One row per cell and pair of its experiment; cells without units have none.

    Args:
        cells: Of `moments_of_cells`; of its pairs `PAIRS` has the names.
        further_keys: Columns of the cells to keep beside the keys.
    """
    wanted = placeholder(PAIRS, {name: _IBIS_TYPES[type_] for name, type_ in _PAIR_TYPES.items()})
    long = cells.inner_join(wanted, "experiment_id")
    long = long.select(
        *CELL_KEYS,
        *further_keys,
        "metric_name",
        "definition_hash",
        "is_winsorised",
        "column_a",
        "column_b",
        n=long.ns[long.column_a_index.cast("int32")],
        mean_a=long.means[long.column_a_index.cast("int32")],
        mean_b=long.means[long.column_b_index.cast("int32")],
        cov_ab=long.covariances[long.pair_index.cast("int32")],
    )
    return long.filter(long.n > 0)


def _unit_columns(pairs: Sequence[Pair]) -> list[str]:
    """Every column of the pairs, once."""
    return list(
        dict.fromkeys(c for pair in pairs for c in (pair.unit_column_a, pair.unit_column_b))
    )


def _list(values: Sequence[ir.Value], type_: str) -> ir.Value:
    """A list of values; of one NULL where there are none, as engines refuse one without a type."""
    return ibis.array(values or [ibis.null(type_)])


def _counted(pairs: Sequence[Pair]) -> dict[str, str]:
    """For every column one that has as many values."""
    return {c: pair.counted for pair in pairs for c in (pair.unit_column_a, pair.unit_column_b)}

"""What the tables of the last build say of themselves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

import ibis.expr.types as ir

from abstats.cli.show.reading import MissingTableError, Tables
from abstats.cli.status.declared import STAMP, Declared

RESULTS = "fct_experiment_results"
DECISIONS = "fct_experiment_decisions"


class BuiltExperiment(NamedTuple):
    """Columns of a row of dim_experiments."""

    experiment_id: str
    analysis_date: date
    state: str
    spec_hash: str


class Built(NamedTuple):
    """The tables as they are in the warehouse.

    Attributes:
        experiments: The experiments by name.
        definitions: Hash of the definition of every metric, by its name.
        computed_at: When each public table was last computed, in UTC: None for a table without
            rows; one that is not there is left out.
        results_of: Hashes of the specs that the latest results of an experiment are of.
        verdicts: Verdicts by experiment, where they are final; else none.
        last_events: Last event of each fact at the last build, in UTC; None without events.
    """

    experiments: Mapping[str, BuiltExperiment]
    definitions: Mapping[str, str]
    computed_at: Mapping[str, datetime | None]
    results_of: Mapping[str, frozenset[str]]
    verdicts: Mapping[str, tuple[str, ...]]
    last_events: Mapping[str, datetime | None]

    @property
    def last_build(self) -> datetime | None:
        """When a public table was last computed, in UTC."""
        return max((at for at in self.computed_at.values() if at is not None), default=None)


def read_built(tables: Tables, declared: Declared) -> Built:
    """Read what is needed of the tables; of the large ones, aggregates.

    Raises:
        CommandError: Nothing was built yet, or the tables cannot be read.
    """
    experiments = [
        BuiltExperiment(**row)
        for row in tables.arrow("dim_experiments", BuiltExperiment._fields).to_pylist()
    ]
    metrics = tables.arrow("dim_metrics", ["metric_name", "definition_hash"]).to_pylist()
    facts = tables.arrow("int_fact_watermarks", ["fact", "last_at"]).to_pylist()
    computed_at = dict(_computed(tables, declared))
    return Built(
        experiments={row.experiment_id: row for row in experiments},
        definitions={row["metric_name"]: row["definition_hash"] for row in metrics},
        computed_at=computed_at,
        results_of=_results_of(tables) if RESULTS in computed_at else {},
        verdicts=_verdicts(tables) if DECISIONS in computed_at else {},
        last_events={row["fact"]: row["last_at"] for row in facts},
    )


def _computed(tables: Tables, declared: Declared) -> list[tuple[str, datetime | None]]:
    found = []
    for name in declared.stamped:
        try:
            (row,) = tables.read(name, [STAMP], _latest_stamp).to_pylist()
        except MissingTableError:
            continue
        found.append((name, row[STAMP]))
    return found


def _latest_stamp(table: ir.Table) -> ir.Table:
    return table.aggregate(table[STAMP].max().name(STAMP))


def _results_of(tables: Tables) -> dict[str, frozenset[str]]:
    columns = ["experiment_id", "spec_hash", "is_latest", "is_current"]

    def specs(table: ir.Table) -> ir.Table:
        latest = table.filter(table.is_latest & table.is_current)
        return latest.select("experiment_id", "spec_hash").distinct()

    found: dict[str, frozenset[str]] = {}
    for row in tables.read(RESULTS, columns, specs).to_pylist():
        name = row["experiment_id"]
        found[name] = found.get(name, frozenset()) | {row["spec_hash"]}
    return found


def _verdicts(tables: Tables) -> dict[str, tuple[str, ...]]:
    """The verdicts of experiments that have final ones only, in the order of their treatments."""
    columns = ["experiment_id", "treatment_variant_id", "verdict", "is_final"]
    rows = tables.arrow(DECISIONS, columns).to_pylist()
    open_ = {row["experiment_id"] for row in rows if not row["is_final"]}
    found: dict[str, tuple[str, ...]] = {}
    for row in sorted(rows, key=lambda row: (row["experiment_id"], row["treatment_variant_id"])):
        name = row["experiment_id"]
        if name not in open_:
            found[name] = (*found.get(name, ()), row["verdict"])
    return found

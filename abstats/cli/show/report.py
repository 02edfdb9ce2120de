"""What is shown of one experiment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from abstats.cli.show.rows import (
    WHOLE,
    CrossCheckRow,
    DecisionRow,
    ExperimentRow,
    HealthRow,
    MetricRow,
    PosteriorRow,
    ResultRow,
    TruthRow,
)

Pair = tuple[str, str]
"""A comparison: treatment and control."""


@dataclass(frozen=True)
class Report:
    """One experiment as of its latest analysis date.

    Attributes:
        experiment: Its declaration.
        metrics: All metrics by name.
        health: Its health checks.
        cross_checks: Its cross-checks; empty where it asks for none.
        decisions: Verdicts by treatment.
        results: Headline rows of everybody, and of the wanted segment.
        truths: True effects by experiment, treatment, control and metric; None where they
            are not wanted.
        segment: Name of the wanted segment; "all" for everybody.
        posteriors: Posteriors of everybody; none without a declared prior.
    """

    experiment: ExperimentRow
    metrics: Mapping[str, MetricRow]
    health: tuple[HealthRow, ...]
    cross_checks: tuple[CrossCheckRow, ...]
    decisions: Mapping[str, DecisionRow]
    results: tuple[ResultRow, ...]
    truths: Mapping[tuple[str, str, str, str], TruthRow] | None
    segment: str
    posteriors: tuple[PosteriorRow, ...] = ()

    @property
    def analysis_date(self) -> date | None:
        """Last day whose data was used; None before the first build."""
        dates = [row.analysis_date for row in self.results]
        return max(dates, default=None)

    @property
    def pairs(self) -> list[Pair]:
        """Comparisons with control first, as they have verdicts, then all others."""
        control = self.experiment.control_variant_id
        found = {(row.treatment_variant_id, row.control_variant_id) for row in self.results}
        found |= {
            (row.treatment_variant_id, row.control_variant_id) for row in self.decisions.values()
        }
        return sorted(found, key=lambda pair: (pair[1] != control, pair))

    def decision(self, pair: Pair) -> DecisionRow | None:
        """The verdict on a comparison; pairs of treatments have none."""
        decision = self.decisions.get(pair[0])
        return decision if decision and decision.control_variant_id == pair[1] else None

    @property
    def is_invalid(self) -> bool:
        """Its health failed: the effects must not be read."""
        return any(decision.verdict == "invalid" for decision in self.decisions.values())

    @property
    def is_final(self) -> bool:
        """It is over: the effects may be read. Never so without a verdict."""
        return bool(self.decisions) and all(d.is_final for d in self.decisions.values())

    def truth(self, row: ResultRow) -> TruthRow | None:
        """The true effect that a result estimates; it is known for everybody only."""
        if self.truths is None or row.segment_name != WHOLE:
            return None
        key = (row.experiment_id, row.treatment_variant_id, row.control_variant_id, row.metric_name)
        return self.truths.get(key)

    def covers(self, row: ResultRow) -> bool | None:
        """Whether the unadjusted interval holds the true effect; None where one is not known."""
        truth = self.truth(row)
        if truth is None:
            return None
        interval = row.relative_interval(adjusted=False)
        if interval is not None:
            return interval[0] <= truth.true_effect_rel <= interval[1]
        interval = row.absolute_interval(adjusted=False)
        return None if interval is None else interval[0] <= truth.true_effect_abs <= interval[1]

    def rows(self, pair: Pair) -> list[ResultRow]:
        """The comparison's rows in the order of the spec, segment values in their own."""
        order = self._metric_order()
        return sorted(
            (
                row
                for row in self.results
                if (row.treatment_variant_id, row.control_variant_id) == pair
                and row.segment_name == self.segment
            ),
            key=lambda row: (
                order.get(row.metric_name, len(order)),
                row.metric_name,
                row.segment_value,
            ),
        )

    def chances(self, pair: Pair) -> list[PosteriorRow]:
        """The comparison's posteriors of primary metrics, in the order of the spec."""
        order = self._metric_order()
        return sorted(
            (
                row
                for row in self.posteriors
                if (row.treatment_variant_id, row.control_variant_id) == pair
                and row.role == "primary"
            ),
            key=lambda row: order.get(row.metric_name, len(order)),
        )

    @property
    def units(self) -> dict[str, int]:
        """Units by variant: the most that any metric has."""
        units: dict[str, int] = {}
        for row in self.results:
            if row.segment_name != WHOLE:
                continue
            for variant, n in (
                (row.control_variant_id, row.control_n_units),
                (row.treatment_variant_id, row.treatment_n_units),
            ):
                # Of a few units only that they are few is known.
                units[variant] = max(units.get(variant, 0), n or 0)
        control = self.experiment.control_variant_id
        return dict(sorted(units.items(), key=lambda item: (item[0] != control, item[0])))

    @property
    def is_stale(self) -> bool:
        """The spec has changed since the results were computed."""
        return any(row.spec_hash != self.experiment.spec_hash for row in self.results)

    def metric(self, name: str) -> MetricRow:
        """How a metric is shown; by its bare name where dim_metrics does not know it."""
        return self.metrics.get(name) or MetricRow(name, None, name, None, None)

    def _metric_order(self) -> dict[str, int]:
        roles = json.loads(self.experiment.spec)["metrics"]
        declared = [*roles["primary"], *roles["secondary"], *roles["guardrails"]]
        names = [item["metric"] if isinstance(item, dict) else item for item in declared]
        return {name: i for i, name in enumerate(names)}

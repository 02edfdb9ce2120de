"""Results and health to the rows of fct_experiment_decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from abstats.analysis.comparisons import declared_metric
from abstats.analysis.results import analysis_date_of
from abstats.analysis.schemas import utc_naive
from abstats.decisions.headline import Headline, read_headlines
from abstats.decisions.interim import verdict_of_looks
from abstats.decisions.look_rows import LookRow, read_looks
from abstats.decisions.rules import (
    Health,
    unhealthy,
    verdict_on,
    with_warnings,
    without_exposures,
)
from abstats.decisions.schemas import DECISIONS_GRAIN, DECISIONS_SCHEMA
from abstats.decisions.verdict import SHIP, Verdict
from abstats.decisions.wording import listed
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import Horizon, horizon_of
from abstats.spec.look_dates import look_dates
from abstats.spec.metric import MetricSpec


def decide(
    experiments: Sequence[ExperimentSpec],
    metrics: Mapping[str, MetricSpec],
    results: pa.Table,
    health: pa.Table,
    *,
    analysis_dates: Mapping[str, date],
    code_version: str,
    computed_at: datetime,
) -> pa.Table:
    """One verdict per treatment against control; pairs of treatments have none.

    Where several treatments ship, each reason names the one with the largest effect on the first
    primary metric. Rows are sorted by their grain; the same input gives the same bytes.

    Args:
        experiments: The declared experiments.
        metrics: Experiment metrics by name.
        results: Rows of fct_experiment_results; headline rows of the whole population are read,
            other analysis dates than the experiment's are ignored.
        health: Rows of fct_experiment_health, likewise.
        analysis_dates: Last day whose data is used, by experiment; one for each experiment.
        code_version: Version of abstats, for the row.
        computed_at: Time of the computation, with a time zone.

    Returns:
        A table of `DECISIONS_SCHEMA`.

    Raises:
        ValueError: An analysis date or a metric is missing, results or health have no rows of a
            comparison or rows of another spec, or `computed_at` has no time zone.
    """
    _require_evidence_of_the_specs(experiments, (results, health), analysis_dates)
    headlines = read_headlines(results, analysis_dates)
    all_looks = read_looks(results, analysis_dates)
    healths = _read_health(health, analysis_dates)
    rows: list[dict[str, Any]] = []
    for experiment in experiments:
        analysis_date = analysis_date_of(experiment, analysis_dates)
        declared = [declared_metric(experiment, name, metrics) for name in experiment.roles()]
        horizon = horizon_of(experiment, declared)
        state = healths.get(experiment.name)
        if state is None:
            raise ValueError(f"health has no rows of experiment {experiment.name!r}.")
        evidence = {
            treatment: _in_spec_order(experiment, treatment, headlines)
            for treatment in experiment.treatments
        }
        dates = look_dates(experiment, declared)
        outcomes = {
            treatment: _at_looks(
                _looks_in_spec_order(experiment, treatment, all_looks),
                dates,
                state,
                horizon,
                analysis_date,
            )
            if dates
            else _when_over(found, state, horizon, analysis_date)
            for treatment, found in evidence.items()
        }
        verdicts = {treatment: verdict for treatment, (verdict, _) in outcomes.items()}
        best = _best(experiment, verdicts, evidence)
        rows.extend(
            {
                "experiment_id": experiment.name,
                "analysis_date": analysis_date,
                "treatment_variant_id": treatment,
                "control_variant_id": experiment.control,
                "verdict": verdict.verdict,
                "rule": verdict.rule,
                "reason": verdict.reason + (best if verdict.verdict == SHIP else ""),
                "is_final": decision_date is not None,
                "decision_date": decision_date,
                "spec_hash": experiment.spec_hash,
                "code_version": code_version,
                "computed_at": utc_naive(computed_at),
            }
            for treatment, (verdict, decision_date) in outcomes.items()
        )
    rows.sort(key=lambda row: tuple(row[name] for name in DECISIONS_GRAIN))
    return pa.Table.from_pylist(rows, schema=DECISIONS_SCHEMA)


def _when_over(
    evidence: Sequence[Headline], health: Health, horizon: Horizon, analysis_date: date
) -> tuple[Verdict, date | None]:
    """The verdict of an experiment that is judged once, and the date that is final, if it is."""
    verdict = verdict_on(evidence, health, horizon, analysis_date)
    return verdict, horizon.decided_on if analysis_date >= horizon.decided_on else None


def _at_looks(
    looks: Mapping[date, Sequence[LookRow]],
    dates: Sequence[date],
    health: Health,
    horizon: Horizon,
    analysis_date: date,
) -> tuple[Verdict, date | None]:
    """The verdict of a sequential design, and the date of the look that gave it."""
    verdict = unhealthy(health) or without_exposures(health, horizon, analysis_date)
    if verdict is not None:
        return verdict, horizon.decided_on if analysis_date >= horizon.decided_on else None
    verdict, decision_date = verdict_of_looks(looks, dates, analysis_date)
    return with_warnings(verdict, health), decision_date


def _looks_in_spec_order(
    experiment: ExperimentSpec,
    treatment: str,
    looks: Mapping[tuple[str, str, str], Mapping[date, Sequence[LookRow]]],
) -> dict[date, list[LookRow]]:
    """The looks of a comparison, rows in the order of the experiment's metrics."""
    order = {name: i for i, name in enumerate(experiment.roles())}
    found = looks.get((experiment.name, treatment, experiment.control), {})
    return {
        day: sorted(
            (row for row in rows if row.metric_name in order),
            key=lambda row: order[row.metric_name],
        )
        for day, rows in found.items()
    }


def _require_evidence_of_the_specs(
    experiments: Sequence[ExperimentSpec],
    tables: Sequence[pa.Table],
    analysis_dates: Mapping[str, date],
) -> None:
    hashes = {experiment.name: experiment.spec_hash for experiment in experiments}
    names = ("experiment_id", "analysis_date", "spec_hash")
    stale = {
        experiment
        for table in tables
        for experiment, day, spec_hash in zip(
            *(table.column(name).to_pylist() for name in names), strict=True
        )
        if experiment in hashes
        and day == analysis_dates.get(experiment)
        and spec_hash != hashes[experiment]
    }
    if stale:
        raise ValueError(
            f"The results or the health of {listed(sorted(stale))} were computed under another "
            "spec, must be built before the decisions: `dbt build --select "
            "int_experiment_results_estimated+ int_experiment_health_checked+`."
        )


def _read_health(health: pa.Table, analysis_dates: Mapping[str, date]) -> dict[str, Health]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in health.to_pylist():
        if analysis_dates.get(row["experiment_id"]) == row["analysis_date"]:
            found.setdefault(row["experiment_id"], []).append(row)
    return {experiment: Health.of(rows) for experiment, rows in found.items()}


def _in_spec_order(
    experiment: ExperimentSpec,
    treatment: str,
    headlines: Mapping[tuple[str, str, str], Sequence[Headline]],
) -> list[Headline]:
    """The comparison's headline rows in the order of the experiment's metrics."""
    found = {
        row.metric_name: row
        for row in headlines.get((experiment.name, treatment, experiment.control), ())
    }
    missing = [name for name in experiment.roles() if name not in found]
    if missing:
        raise ValueError(
            f"results have no headline row of {listed(missing)} for {treatment!r} against "
            f"{experiment.control!r} in experiment {experiment.name!r}."
        )
    return [found[name] for name in experiment.roles()]


def _best(
    experiment: ExperimentSpec,
    verdicts: Mapping[str, Verdict],
    evidence: Mapping[str, Sequence[Headline]],
) -> str:
    """Which of several winners to take, in words; empty for one winner."""
    winners = [name for name, verdict in verdicts.items() if verdict.verdict == SHIP]
    if len(winners) < 2:
        return ""
    if evidence[winners[0]][0].asks_equivalence:
        return f" {len(winners)} treatments may ship, each judged against {experiment.control}."
    best = max(sorted(winners), key=lambda name: evidence[name][0].wanted_gain)
    pairs = (
        "the results compare the treatments with each other"
        if experiment.analysis.comparisons == "all_pairs"
        else "that is no test between them, comparisons: all_pairs has one"
    )
    return (
        f" {len(winners)} treatments may ship, each judged against {experiment.control}; {best} "
        f"has the largest estimate for {evidence[best][0].metric_name} ({pairs})."
    )

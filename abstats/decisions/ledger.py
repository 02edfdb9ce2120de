"""Results and verdicts to the rows of fct_experiment_discoveries: all decided tests together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abstats.analysis.cells import ALL
from abstats.analysis.corrections import correction_of_p_values
from abstats.analysis.estimates import EQUIVALENCE
from abstats.analysis.schemas import utc_naive
from abstats.decisions.schemas import DISCOVERIES_SCHEMA
from abstats.decisions.verdict import INVALID, SHIP
from abstats.inference import adjust_p_values, interval_alphas
from abstats.inference.false_wins import expected_false_wins, null_share
from abstats.inference.online_fdr import lord_levels
from abstats.spec.experiment import ExperimentSpec

FALSE_DISCOVERY_RATE = 0.05
"""Share of false ones that the online levels leave among their discoveries."""

Row = Mapping[str, Any]


class _Decided(NamedTuple):
    """An experiment all of whose treatments have a final verdict.

    Attributes:
        entry_date: Day on which the last of them was decided.
        experiment: The experiment.
        verdicts: Its rows of fct_experiment_decisions, by treatment.
    """

    entry_date: date
    experiment: ExperimentSpec
    verdicts: Mapping[str, Row]


class _Entry(NamedTuple):
    """A primary comparison that was decided.

    Attributes:
        row: What it says by itself, without the other experiments.
        p_value: Of no effect, or of no equivalence; NaN where there is none.
        chance: Of winning if there is nothing to find: half of the two-sided level that its family
            left it, of an equivalence that level.
    """

    row: dict[str, Any]
    p_value: float
    chance: float


def discoveries(
    experiments: Sequence[ExperimentSpec],
    results: pa.Table,
    decisions: pa.Table,
    *,
    code_version: str,
    computed_at: datetime,
) -> pa.Table:
    """Every primary comparison with control that was decided, in the order of decision.

    An experiment enters when the last of its treatments is decided. Rows are in the order of entry;
    the same input gives the same bytes.

    Args:
        experiments: The declared experiments.
        results: Rows of fct_experiment_results that are current.
        decisions: Rows of fct_experiment_decisions.
        code_version: Version of abstats, for the row.
        computed_at: Time of the computation, with a time zone.

    Returns:
        A table of `DISCOVERIES_SCHEMA`.

    Raises:
        ValueError: `computed_at` has no time zone.
    """
    stamp = {"code_version": code_version, "computed_at": utc_naive(computed_at)}
    primary = _primary_results(results)
    entries = [
        entry
        for decided in sorted(_decided(experiments, decisions), key=_order)
        for entry in _entries(decided, primary)
    ]
    columns = _across([entry for entry in entries if not math.isnan(entry.p_value)])
    rows = [
        {
            **entry.row,
            **({} if math.isnan(entry.p_value) else next(columns)),
            "fdr_level": FALSE_DISCOVERY_RATE,
            **stamp,
        }
        for entry in entries
    ]
    return pa.Table.from_pylist(rows, schema=DISCOVERIES_SCHEMA)


def _order(decided: _Decided) -> tuple[date, str]:
    return decided.entry_date, decided.experiment.name


def _decided(experiments: Sequence[ExperimentSpec], decisions: pa.Table) -> Iterator[_Decided]:
    verdicts: dict[str, dict[str, Row]] = {}
    for row in decisions.to_pylist():
        verdicts.setdefault(row["experiment_id"], {})[row["treatment_variant_id"]] = row
    for experiment in experiments:
        found = verdicts.get(experiment.name, {})
        dates = [row["decision_date"] for row in found.values()]
        if dates and None not in dates:
            yield _Decided(max(dates), experiment, found)


def _primary_results(results: pa.Table) -> dict[tuple[str, date], list[Row]]:
    """Headline rows of primary metrics in the whole population, by experiment and date."""
    wanted = (
        (pc.field("segment_name") == ALL)
        & (pc.field("role") == "primary")
        & pc.field("is_headline")
    )
    found: dict[tuple[str, date], list[Row]] = {}
    for row in results.filter(wanted).to_pylist():
        found.setdefault((row["experiment_id"], row["analysis_date"]), []).append(row)
    return found


def _entries(
    decided: _Decided, primary: Mapping[tuple[str, date], Sequence[Row]]
) -> Iterator[_Entry]:
    """The entries of one experiment, in an order that no effect has a part in."""
    experiment = decided.experiment
    for treatment in sorted(experiment.treatments):
        verdict = decided.verdicts[treatment]
        family = primary.get((experiment.name, verdict["decision_date"]), ())
        levels = _levels(family, experiment)
        of_pair = {
            row["metric_name"]: (row, level)
            for row, level in zip(family, levels, strict=True)
            if (row["treatment_variant_id"], row["control_variant_id"])
            == (treatment, experiment.control)
        }
        for metric in (aim.metric for aim in experiment.metrics.primary):
            result, level = of_pair.get(metric, (None, math.nan))
            row = {
                "experiment_id": experiment.name,
                "metric_name": metric,
                "treatment_variant_id": treatment,
                "control_variant_id": experiment.control,
                "entry_date": decided.entry_date,
                "decision_date": verdict["decision_date"],
                "verdict": verdict["verdict"],
                "spec_hash": experiment.spec_hash,
            }
            is_equivalence = result is not None and result["hypothesis"] == EQUIVALENCE
            yield _entry(row, result, level if is_equivalence else level / 2.0)


def _entry(row: dict[str, Any], result: Row | None, chance: float) -> _Entry:
    if result is None:
        reason = "There are no results of the date that decided."
        return _Entry(row | {"status": "no_p_value", "status_reason": reason}, math.nan, chance)
    row["direction"] = result["direction"]
    if row["verdict"] == INVALID:
        reason = "Its health failed: the effect must not be read."
        return _Entry(row | {"status": "invalid", "status_reason": reason}, math.nan, chance)
    p_value, kind = _p_value(result)
    row |= {"effect_abs": result["effect_abs"], "effect_rel": result["effect_rel"]}
    if p_value is None:
        reason = result["status_reason"] or "There is no p-value at the date that decided."
        return _Entry(row | {"status": "no_p_value", "status_reason": reason}, math.nan, chance)
    if result["sequential_method"] is None:
        adjusted, is_significant = result["p_value_adjusted"], bool(result["is_significant"])
        rises = (result["effect_abs"] or 0.0) > 0.0
        is_wanted = result["hypothesis"] == EQUIVALENCE or rises == (
            result["direction"] == "increase"
        )
        is_won = is_significant and is_wanted
    else:
        adjusted = result["p_value_sequential_adjusted"]
        is_won = result["bound_crossed"] in ("better", "equivalent")
        is_significant = is_won or result["bound_crossed"] == "worse"
    row |= {
        "p_value": p_value,
        "p_value_kind": kind,
        "p_value_adjusted": adjusted,
        "is_significant": is_significant,
        "is_shipped_win": is_won and row["verdict"] == SHIP,
        "status": "ok",
        "status_reason": "",
    }
    return _Entry(row, p_value, chance)


def _p_value(result: Row) -> tuple[float | None, str]:
    """The p-value of the question that the row asks, over all looks, and how it counts them.

    By stages it is exact where the comparison's own bound is crossed, even if the experiment went
    on for the correction's or a guardrail's sake. A stop for any other reason has no stages to
    count: the smallest repeated p-value holds whatever stopped it.
    """
    method, by_stages = result["sequential_method"], result["p_value_stage_wise"]
    if method is None:
        is_equivalence = result["hypothesis"] == EQUIVALENCE
        return result["p_value_equivalence" if is_equivalence else "p_value"], "fixed"
    if by_stages is not None:
        return by_stages, "stage_wise"
    return result["p_value_sequential"], "repeated" if method == "group_sequential" else method


def _levels(family: Sequence[Row], experiment: ExperimentSpec) -> list[float]:
    """The level at which each comparison of a family is judged."""
    if not family:
        return []
    p_values = [_p_value(row)[0] for row in family]
    correction = correction_of_p_values(experiment.analysis.correction)
    known = [math.nan if p is None else p for p in p_values]
    levels: list[float] = interval_alphas(known, correction, experiment.analysis.alpha).tolist()
    return levels


def _across(entries: Sequence[_Entry]) -> Iterator[dict[str, Any]]:
    """What the entries with a p-value are worth among those of all experiments."""
    p = np.array([entry.p_value for entry in entries])
    batches = [entry.row["experiment_id"] for entry in entries]
    levels = lord_levels(p, batches, alpha=FALSE_DISCOVERY_RATE)
    by_fdr = {
        name: adjust_p_values(p, method)
        for name, method in (
            ("q_value_bh", "benjamini_hochberg"),
            ("q_value_by", "benjamini_yekutieli"),
        )
    }
    last = {name: i for i, name in enumerate(batches)}
    for i, entry in enumerate(entries):
        # Of all experiments up to this one, so that the rows of one say the same.
        so_far = entries[: last[entry.row["experiment_id"]] + 1]
        wins = sum(found.row["is_shipped_win"] for found in so_far)
        share = null_share(p[: len(so_far)])
        expected = expected_false_wins([found.chance for found in so_far], share)
        yield {
            "entry": i + 1,
            "q_value_bh": float(by_fdr["q_value_bh"][i]),
            "q_value_by": float(by_fdr["q_value_by"][i]),
            "online_level": float(levels[i]),
            "is_online_discovery": bool(p[i] <= levels[i]),
            "n_shipped_wins": wins,
            "null_share": share,
            "expected_false_wins": min(expected, float(wins)),
        }

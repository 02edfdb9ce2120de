"""Planned and running experiments that are too small for what they declare."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from abstats.analysis.cells import CellError
from abstats.cli.power.history import WEEK, History
from abstats.cli.power.look_plan import LookPlan
from abstats.cli.power.options import declared_weights
from abstats.cli.power.pasts import Past, Pasts
from abstats.cli.power.planning import Question, answer, detectable, true_effect
from abstats.inference.design import power_of
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import horizon_of
from abstats.spec.metric import MetricSpec
from abstats.spec.problems import Problem, key_path
from abstats.spec.roles import AimSpec
from abstats.spec.source import Path

TOLERANCE = 0.005
"""A power that is short by less reads as the one that is asked."""


class Declared(NamedTuple):
    """A metric of an experiment with an effect or margin that needs power.

    Attributes:
        spec: The experiment.
        metrics: All its metrics.
        metric: The metric.
        aim: What is to be shown of it.
        path: Where the effect or margin stands in the file.
    """

    spec: ExperimentSpec
    metrics: Sequence[MetricSpec]
    metric: MetricSpec
    aim: AimSpec
    path: Path


class Adequacy(NamedTuple):
    """What became of the check.

    Attributes:
        warnings: Experiments whose power is too low.
        unchecked: What could not be checked, and why: sentences.
    """

    warnings: tuple[Problem, ...]
    unchecked: tuple[str, ...]


def declared_aims(
    experiments: Sequence[ExperimentSpec], metrics: Mapping[str, MetricSpec]
) -> Iterator[Declared]:
    """Every smallest effect and every equivalence margin that experiments declare."""
    keys = ("minimum_effect", "equivalence_margin", "absolute_equivalence_margin")
    for spec in experiments:
        measured = [metrics[name] for name in spec.roles()]
        for role, aims in (
            ("primary", spec.metrics.primary),
            ("secondary", spec.metrics.secondary),
        ):
            for position, aim in enumerate(aims):
                for key in keys:
                    if getattr(aim, key) is not None:
                        path = ("metrics", role, position, key)
                        yield Declared(spec, measured, metrics[aim.metric], aim, path)


def check_adequacy(declared: Sequence[Declared], pasts: Pasts) -> Adequacy:
    """Warn of each that has less than the experiment's power; experiments that ended are left out.

    Args:
        declared: What needs power.
        pasts: The experiments in the warehouse.
    """
    warnings: list[Problem] = []
    unknown: list[str] = []
    unchecked: list[str] = []
    for item in declared:
        if pasts.has_ended(item.spec):
            continue
        try:
            past = pasts.history_of(item.spec, item.metric)
        except CellError as error:
            unchecked.append(f"Power was not checked for {item.metric.name}: {error}")
            continue
        if past is None:
            unknown.append(f"{item.metric.name} ({item.spec.name})")
            continue
        found = _shortfall(item, past)
        if isinstance(found, Problem):
            warnings.append(found)
        elif found:
            unchecked.append(f"Power was not checked for {item.metric.name}: {found}")
    if unknown:
        unchecked.append(
            f"Power was not checked for {', '.join(dict.fromkeys(unknown))}: the warehouse has no "
            "experiment on the same unit with values of it under its definition and window."
        )
    return Adequacy(tuple(warnings), tuple(unchecked))


def _shortfall(item: Declared, past: Past) -> Problem | str:
    """What is missing to the power that is asked, empty where nothing is; or why it is unknown."""
    spec, metric, history = item.spec, item.metric, past.history
    day = (horizon_of(spec, [metric]).decided_on - spec.start).days + 1
    question = _question(item, history, day)
    baseline, asked = history.baseline(day), question.effect_on(metric.name)
    sequential = spec.analysis.sequential
    planned = None if sequential is None else sequential.planned_units
    units = history.units(day) if planned is None else float(planned)
    try:
        plan = question.plan(metric.name, metric.direction)
        effect = true_effect(plan, baseline, asked, metric.direction)
        power = power_of(baseline, plan, units, effect)
    except ValueError as error:  # Too few units for a test, or a share beyond 1.
        return str(error)
    if power >= plan.power - TOLERANCE:
        return ""
    smallest = detectable(plan, baseline, units, metric.direction)
    shown = "is detected" if plan.margin is None else "is shown, if nothing changes,"
    what = "change" if plan.margin is None else "margin"
    least = f"a {what} of {_percent(smallest)}"
    if math.isnan(smallest):
        least = f"no {what}"
    elif plan.margin is not None and not plan.margin.is_relative:
        least = f"a {what} of {smallest * abs(baseline.value):.3g}"
    days = (spec.end - spec.start).days
    return Problem(
        spec.source.place(item.path),
        key_path(item.path),
        f"== {getattr(item.aim, str(item.path[-1])):g} for {metric.name!r} {shown} with a power of "
        f"{_percent(power)} at the end of {days} days",
        f"{_percent(plan.power)} is asked; {least} has it",
        _remedy(question, item, past, day, units),
    )


def _question(item: Declared, history: History, day: int) -> Question:
    analysis = item.spec.analysis
    return Question(
        spec=item.spec,
        weights=declared_weights(item.spec),
        alpha=analysis.alpha,
        power=analysis.power,
        correction=analysis.correction,
        sides=2,
        looks=LookPlan.declared(item.spec, item.metrics, item.metric),
        effect=None,
        efficiency=_efficiency(item.spec, history, day),
    )


def _efficiency(spec: ExperimentSpec, history: History, day: int) -> float:
    """What a unit is worth over one at the last weights of a ramp, for its smallest treatment.

    Arms are compared within periods that are weighted by their units, so the variance is that of
    1 / control's weight + 1 / treatment's, averaged over the units.
    """
    if not spec.allocation:
        return 1.0
    treatment = min(spec.treatments, key=lambda name: spec.variants[name])
    starts = [(period.from_date - spec.start).days for period in spec.allocation]
    ends = [*starts[1:], day - history.start_day]
    cost = total = 0.0
    for period, start, end in zip(spec.allocation, starts, ends, strict=True):
        units = history.units(history.start_day + end) - history.units(history.start_day + start)
        weights = period.weights
        cost += units * (1.0 / weights[spec.control] + 1.0 / weights[treatment])
        total += units
    final = 1.0 / spec.variants[spec.control] + 1.0 / spec.variants[treatment]
    return final * total / cost if cost > 0.0 else 1.0


def _remedy(question: Question, item: Declared, past: Past, day: int, units: float) -> str:
    """How many units would do, and how many more days they take."""
    metric = item.metric
    found = answer(question, metric.name, metric.direction, past.history, first_day=day)
    sequential = item.spec.analysis.sequential
    if sequential is not None and sequential.planned_units is not None:
        known = f"{units:,.0f} are planned; values are those of {past.experiment}"
    else:
        known = f"{units:,.0f} are expected, as in {past.experiment}"
    if found.units is None:
        return f"No number of units is enough: {known}."
    needed = f"{found.units:,} units of all variants are needed, {known}."
    if found.weeks is None:
        return f"Ten years would not do: {needed}"
    more = round(found.weeks * WEEK) - day
    if more <= 0:
        return needed
    return f"{more} more day{'' if more == 1 else 's'} would do: {needed}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"

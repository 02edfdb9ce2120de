"""A period of an experiment in which traffic is split by the same weights."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from abstats.spec.fields import Day, Number, Spec, Text, broken_rule
from abstats.spec.problems import nearest, shown
from abstats.spec.source import Path

WEIGHT_TOLERANCE = 1e-9
"""How far the weights may add up from 1: room for rounding, none for a forgotten variant."""


class Allocation(Spec):
    """The weights of the variants from a day on, until the next period begins.

    Attributes:
        from_date: First day of the period, from midnight UTC; `from` in the file.
        weights: Share of the new units that each variant gets; they add up to 1.
    """

    # It is written `from`, a word that Python keeps to itself.
    model_config = ConfigDict(serialize_by_alias=True)

    from_date: Annotated[
        Day,
        Field(alias="from", description="First day of the period, from midnight UTC (YYYY-MM-DD)."),
    ]
    weights: Annotated[
        dict[Text, Annotated[Number, Field(gt=0)]],
        Field(description="Share of the new units each variant gets; the shares add up to 1."),
    ]


def check_sum(weights: Mapping[str, float], below: Path = ()) -> None:
    """Raise where weights do not add up to 1; `below` is their path in what is validated."""
    total = sum(weights.values())
    if abs(total - 1) > WEIGHT_TOLERANCE:
        rule = "the weights must add up to 1"
        raise broken_rule(f"add up to {total:.12g}", rule, below=below)


def check_periods(
    periods: Sequence[Allocation],
    start: date | None,
    end: date | None,
    variants: Mapping[str, float] | None,
) -> None:
    """Raise where the periods of a ramp do not fit each other or their experiment.

    Args:
        periods: The periods as they were written.
        start: The experiment's first day; None where the file does not say, as below.
        end: The day that ends the experiment.
        variants: Its weights.
    """
    for position, period in enumerate(periods):
        if position:
            _check_order(position, period, periods[position - 1])
        elif start is not None and period.from_date != start:
            rule = f"the first period begins at start, {start}"
            raise broken_rule(f"== {period.from_date}", rule, below=(0, "from"))
        if end is not None and period.from_date >= end:
            rule = f"must be before end, {end}"
            raise broken_rule(f"== {period.from_date}", rule, below=(position, "from"))
        if variants is not None:
            _check_variants(position, period, variants)
        check_sum(period.weights, (position, "weights"))
    if periods and variants is not None and not _are_close(periods[-1].weights, variants):
        rule = "the last period must have the weights of variants"
        raise broken_rule(
            f"== {shown(periods[-1].weights)}", rule, below=(len(periods) - 1, "weights")
        )


def _check_order(position: int, period: Allocation, earlier: Allocation) -> None:
    if period.from_date <= earlier.from_date:
        rule = f"must be after the first day of the period before it, {earlier.from_date}"
        raise broken_rule(f"== {period.from_date}", rule, below=(position, "from"))


def _check_variants(position: int, period: Allocation, variants: Mapping[str, float]) -> None:
    below: Path = (position, "weights")
    names = ", ".join(shown(variant) for variant in variants)
    for name in period.weights:
        if name not in variants:
            rule, hint = f"must be one of the variants, {names}", nearest(name, variants)
            raise broken_rule(f"has {shown(name)}", rule, hint, below)
    for name in variants:
        if name not in period.weights:
            rule = f"must have a weight for each of the variants, {names}"
            raise broken_rule(f"has no {shown(name)}", rule, below=below)


def _are_close(weights: Mapping[str, float], others: Mapping[str, float]) -> bool:
    return all(abs(weights[name] - others[name]) <= WEIGHT_TOLERANCE for name in others)

"""Names of strata: the parts of an experiment's units within which variants are compared."""

from collections.abc import Mapping

from abstats.spec.experiment import ExperimentSpec

UNSTRATIFIED = "all"
"""The one stratum, and the one period, of an experiment that declares none."""

SEPARATOR = "|"
"""Between an allocation period and a post-stratifying value; a period is a date, so has none."""


def weights_by_period(experiment: ExperimentSpec) -> dict[str, Mapping[str, float]]:
    """Declared weights by allocation period, named by its first day, in the order of variants."""
    if not experiment.allocation:
        return {UNSTRATIFIED: experiment.variants}
    return {
        period.from_date.isoformat(): {name: period.weights[name] for name in experiment.variants}
        for period in experiment.allocation
    }


def period_of(experiment: ExperimentSpec, stratum: str) -> str:
    """The allocation period that a stratum lies in."""
    return stratum.partition(SEPARATOR)[0] if experiment.allocation else UNSTRATIFIED

"""The simulations, by what is promised."""

from collections.abc import Callable, Iterator, Mapping

from benchmarks.operating_characteristics.scenario import Scenario
from benchmarks.operating_characteristics.sections import (
    accumulating,
    adjusted,
    any_difference,
    arrivals,
    chances,
    every_hour,
    families,
    fixed_means,
    fixed_shares,
    ginis,
    group_sequential,
    in_strata,
    margins,
    powers,
    quantiles,
    ratios,
    sample_ratios,
)

SECTIONS: Mapping[str, Callable[[], Iterator[Scenario]]] = {
    "means": fixed_means.scenarios,
    "proportions": fixed_shares.scenarios,
    "ratios": ratios.scenarios,
    "cuped": adjusted.scenarios,
    "margins": margins.scenarios,
    "strata": in_strata.scenarios,
    "quantiles": quantiles.scenarios,
    "ginis": ginis.scenarios,
    "families": families.scenarios,
    "omnibus": any_difference.scenarios,
    "sample_ratio": sample_ratios.scenarios,
    "group_sequential": group_sequential.scenarios,
    "always_valid": every_hour.scenarios,
    "arrivals": arrivals.scenarios,
    "accumulating": accumulating.scenarios,
    "bayes": chances.scenarios,
    "power": powers.scenarios,
}


def scenarios_of(section: str) -> list[Scenario]:
    """The scenarios of a section."""
    return list(SECTIONS[section]())

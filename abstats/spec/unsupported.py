"""What dbt and our plans know and this version does not: refused by name, never ignored."""

from collections.abc import Mapping
from typing import Any

from abstats.spec.problems import Problem

NOT_SUPPORTED = "is not supported in this version of abstats"

PARAMS = {
    "fill_nulls_with": "a unit without events counts as zero; see `missing`",
    "join_to_timespine": "a unit is followed through its window, not over a calendar",
}
INPUT = {
    "offset_window": "all inputs of a metric count the same time",
    "offset_to_grain": "all inputs of a metric count the same time",
}
"""dbt's settings that change the numbers, with the rule that holds instead."""


def refused_params(metric: Mapping[str, Any]) -> list[Problem]:
    """Settings of a dbt metric that would change its numbers and cannot be honoured."""
    params = metric.get("type_params") or {}
    aggregation = params.get("metric_aggregation_params") or {}
    refused = {}
    for key, rule in PARAMS.items():
        # A fill of 0 is a setting too, and 0 == False.
        if params.get(key) is not None and params[key] is not False:
            refused[key] = rule
    if aggregation.get("non_additive_dimension"):
        refused["non_additive_dimension"] = "every event of a unit counts"
    return _problems(metric, metric["name"], refused)


def refused_input(
    metric: Mapping[str, Any], part: str, settings: Mapping[str, Any]
) -> list[Problem]:
    """Settings of an input of a metric, such as a ratio's numerator, that cannot be honoured."""
    refused = {key: rule for key, rule in INPUT.items() if settings.get(key)}
    return _problems(metric, f"{metric['name']}.{part}", refused)


def _problems(metric: Mapping[str, Any], above: str, refused: Mapping[str, str]) -> list[Problem]:
    file = metric["original_file_path"]
    return [Problem(file, f"{above}.{key}", NOT_SUPPORTED, rule) for key, rule in refused.items()]

"""All specs of a project, or one report of everything that is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abstats.spec.check import check_mentions, check_project
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.fact_rows import append_only_facts
from abstats.spec.graph import declared_metrics, read_metrics
from abstats.spec.load import load_files
from abstats.spec.metric import MetricSpec
from abstats.spec.problems import Problem, SpecError
from abstats.spec.warn import warnings_in


@dataclass(frozen=True)
class Project:
    """The sound specs of a project.

    Attributes:
        metrics: The experiment metrics.
        experiments: The experiments.
        warnings: What is allowed and likely not meant.
        append_only: Names of the facts whose rows are only ever added.
    """

    metrics: tuple[MetricSpec, ...]
    experiments: tuple[ExperimentSpec, ...]
    warnings: tuple[Problem, ...] = ()
    append_only: frozenset[str] = frozenset()


def load_project(
    graph: Mapping[str, Any], folder: Path, facts: Sequence[str] | None = None
) -> Project:
    """Read and check the specs of a project.

    Args:
        graph: dbt's flat graph or manifest as plain dicts.
        folder: The folder of experiments.
        facts: The var `facts` of the dbt project; None skips its check.

    Raises:
        SpecError: With every problem found, when there is any.
    """
    metrics, metric_problems = read_metrics(graph)
    files = load_files(folder)
    experiments = [file.spec for file in files if file.spec is not None]
    declared = declared_metrics(graph)
    append_only, fact_problems = append_only_facts(graph, metrics)
    problems = [
        *metric_problems,
        *fact_problems,
        *check_project(metrics, experiments, facts, declared),
    ]
    by_name = {metric.name: metric for metric in metrics}
    for file in files:
        problems += file.problems
        if file.mentions is not None:
            problems += check_mentions(file.mentions, by_name, declared)
    if problems:
        raise SpecError(problems)
    warnings = tuple(warnings_in(metrics, experiments))
    return Project(tuple(metrics), tuple(experiments), warnings, append_only)

"""What is told and stops nothing."""

from typing import Any

from abstats.spec import ExperimentSpec, MetricSpec
from abstats.spec.graph import read_metrics
from abstats.spec.problems import warning_report
from abstats.spec.warn import warnings_in

from .examples import EXPERIMENT, graph, parsed, simple

NAMES = ("ctr", "watch_minutes", "latency_ms", "orders")


def metrics(**metas: dict[str, Any]) -> list[MetricSpec]:
    nodes = [simple(name, {"experiment": metas.get(name, {})}, agg="count") for name in NAMES]
    specs, problems = read_metrics(graph(*nodes))
    assert problems == []
    return specs


def experiment(old: str = "", new: str = "") -> ExperimentSpec:
    spec, problems = parsed(EXPERIMENT.replace(old, new) if old else EXPERIMENT, "x.yml")
    assert problems == []
    assert spec is not None
    return spec


def test_a_window_within_the_experiment_is_fine() -> None:
    assert warnings_in(metrics(ctr={"window": {"days": 28}}), [experiment()]) == []


def test_a_metric_that_matures_after_the_experiment_is_told_with_the_day() -> None:
    (warning,) = warnings_in(metrics(ctr={"window": {"days": 28, "hours": 1}}), [experiment()])
    assert f"{warning.file} {warning}" == (
        "x.yml:10 metrics.primary[0] == 'ctr', which follows each unit for 28.0417 days in an "
        "experiment of 28 days, its last unit is mature with the data of 2026-03-02."
    )


def test_the_experiments_own_window_is_told_once() -> None:
    (warning,) = set(warnings_in(metrics(), [experiment("{days: 7}", "{days: 60}")]))
    assert f"{warning.file} {warning}" == (
        "x.yml:15 window follows each unit for 60 days in an experiment of 28 days, its last unit "
        "is mature with the data of 2026-04-02."
    )


def test_a_retention_is_as_long_as_its_last_day() -> None:
    days = {"kind": "retention", "retention": {"from_day": 30, "to_day": 60}}
    (warning,) = warnings_in(metrics(ctr=days), [experiment()])
    assert "which follows each unit for 60 days" in str(warning)


def test_an_attribute_named_like_what_is_measured_is_told() -> None:
    cuped = {"cuped": {"attributes": ["minutes", "score"]}}
    (warning,) = warnings_in(metrics(ctr=cuped), [])
    assert str(warning) == (
        "ctr.config.meta.experiment.cuped.attributes has 'minutes', the name of what the metric "
        "measures, an attribute must be fixed at or before exposure, which no check can see."
    )


def test_warnings_are_one_report() -> None:
    found = warnings_in(metrics(), [experiment("{days: 7}", "{days: 60}")])
    assert warning_report(found).startswith(
        "abstats warns of 1 problem in your specs; the build goes on.\n\nx.yml\n  line 15  window "
    )

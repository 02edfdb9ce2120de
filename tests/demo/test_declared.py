"""The simulator and the files that people write must speak of the same experiments and metrics."""

from pathlib import Path

import pytest
import yaml

from abstats.demo.experiments import EXPERIMENTS, START_AT
from abstats.demo.true_metrics import TRUE_METRICS

ROOT = Path(__file__).parents[2]


def experiment_file(name: str) -> dict:
    return yaml.safe_load((ROOT / "experiments" / f"{name}.yml").read_text(encoding="utf-8"))


# Their true values are no sums of expected outcomes.
WITHOUT_TRUTH = {"creator_gini", "p95_page_latency_ms"}


def declared_metrics() -> dict[str, dict]:
    metrics = {}
    for path in sorted((ROOT / "metrics").glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            for metric in model["metrics"]:
                meta = metric.get("config", {}).get("meta", {}).get("experiment")
                if meta is not None:
                    metrics[metric["name"]] = metric | {"meta": meta}
    return metrics


def test_every_simulated_experiment_is_declared_and_no_other():
    files = {path.stem for path in (ROOT / "experiments").glob("*.yml")}
    assert files == {experiment.experiment_id for experiment in EXPERIMENTS}


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.experiment_id)
def test_declared_variants_weights_control_and_start_are_the_simulated_ones(experiment):
    declared = experiment_file(experiment.experiment_id)
    assert declared["name"] == experiment.experiment_id
    assert declared["variants"] == {arm.variant_id: arm.weight for arm in experiment.arms}
    assert declared["control"] == experiment.arms[0].variant_id
    assert declared["start"] == START_AT.date()
    assert (declared["end"] - declared["start"]).days == 28
    # True effects know each metric's own window, and the experiment's for all others.
    assert declared.get("window", {}).get("days") == experiment.window_days


def test_every_declared_metric_has_a_true_effect_over_its_own_window():
    def days(meta: dict) -> tuple[int, int | None]:
        retention = meta.get("retention")
        if retention:
            return retention["from_day"], retention["to_day"]
        return 0, meta.get("window", {}).get("days")

    declared = declared_metrics()
    assert declared.keys() >= WITHOUT_TRUTH
    assert {
        name: days(metric["meta"]) for name, metric in declared.items() if name not in WITHOUT_TRUTH
    } == {metric.metric_name: (metric.from_day, metric.window_days) for metric in TRUE_METRICS}


def test_true_effects_use_the_declared_kind_of_metric():
    for metric in TRUE_METRICS:
        declared = declared_metrics()[metric.metric_name]
        is_ratio = declared["type"] == "ratio"
        assert is_ratio == (metric.denominator != "viewers")
        is_proportion = declared["meta"].get("kind") in {"proportion", "retention"}
        assert is_proportion == metric.numerator.startswith("has_")


def test_every_metric_of_an_experiment_is_declared():
    declared = declared_metrics()
    for experiment in EXPERIMENTS:
        roles = experiment_file(experiment.experiment_id)["metrics"]
        named = [*roles["primary"], *roles.get("secondary", [])]
        named += [guardrail["metric"] for guardrail in roles["guardrails"]]
        assert set(named) <= set(declared)
        assert len(named) == len(set(named))
